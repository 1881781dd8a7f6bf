"""The projects as the workspace's side panel shows them."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Domain, Project
    from chatbot.sandbox.vercel.rollouts import Rollout
    from chatbot.sandbox.vercel.store import Store

RECENT = 15
MOST_PROJECTS = 50
"""Those in which something happened last: a page of thousands would help nobody."""


def panel_body(store: Store, account_id: str) -> dict[str, Any]:
    shown = heapq.nlargest(MOST_PROJECTS, store.projects_of(account_id), key=lambda one: one.updated_at)
    projects = sorted(shown, key=lambda project: project.name)
    return {
        "revision": store.revision.number,
        "projects": [_project(store, project) for project in projects],
    }


def state_word(project: Project, deployment: Deployment) -> str:
    if deployment.is_unfinished:
        return "Building"
    if deployment.state != "READY":
        return "Failed"
    if deployment.target != "production":
        return "Preview"
    if deployment.id == project.current_id:
        return "Current"
    if project.rollout is not None and deployment.id == project.rollout.canary_id:
        return "Canary"
    return "Promoted" if deployment.substate == "PROMOTED" else "Staged"


def _project(store: Store, project: Project) -> dict[str, Any]:
    current = store.current_of(project)
    last = project.last_request(store.now())
    existing = (one for one in store.newest_first(project) if one.deleted_by_retention_at is None)
    return {
        "id": project.id,
        "name": project.name,
        "auto_assign": project.auto_assign,
        "pinned": not project.auto_assign and last is not None and last.type == "rollback",
        "current": _current(project, current) if current is not None else None,
        "rollout": _rollout(project.rollout) if project.rollout is not None else None,
        "domains": [_domain(store, domain) for domain in project.domains.values()],
        "recent": [_recent(project, one) for one in islice(existing, RECENT)],
    }


def _current(project: Project, deployment: Deployment) -> dict[str, Any]:
    return {
        "id": deployment.id,
        "url": deployment.url,
        "sha": deployment.commit.sha,
        "message": deployment.commit.message,
        "author": deployment.commit.author_name,
        "branch": deployment.commit.branch,
        "state": state_word(project, deployment),
    }


def _rollout(rollout: Rollout) -> dict[str, Any]:
    return {
        "canary_id": rollout.canary_id,
        "stage": rollout.stage_index,
        "percentages": [stage.percentage for stage in rollout.config.stages],
        "queued_id": rollout.queued_id,
    }


def _domain(store: Store, domain: Domain) -> dict[str, Any]:
    target = domain.redirect or domain.name
    serving = store.deployments.get(store.serving(target) or "")
    return {
        "name": domain.name,
        "redirect": domain.redirect,
        "git_branch": domain.git_branch,
        "deployment_id": store.serving(domain.name),
        "sha": serving.commit.sha if serving is not None else None,
        "message": serving.commit.message if serving is not None else None,
        "healthy": serving is not None and serving.healthy,
        "site": f"/sites/{domain.name}/",
    }


def _recent(project: Project, deployment: Deployment) -> dict[str, Any]:
    return {
        "id": deployment.id,
        "sha": deployment.commit.sha,
        "message": deployment.commit.message,
        "branch": deployment.commit.branch,
        "author": deployment.commit.author_name,
        "target": deployment.target,
        "state": state_word(project, deployment),
        "created_at": deployment.created_at,
    }
