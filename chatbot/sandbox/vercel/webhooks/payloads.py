"""What each event says, as vercel.com/docs/webhooks/webhooks-api documents it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chatbot.sandbox.vercel.hostnames import automatic_hostname
from chatbot.sandbox.vercel.rendering.deployments import REGION, hostnames, inspector_url, meta

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Domain, Project
    from chatbot.sandbox.vercel.rollouts import Rollout
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.webhooks.catalogue import AlertType, DeploymentEvent


def deployment_payload(store: Store, event: DeploymentEvent, deployment: Deployment) -> dict[str, Any]:
    """All but `team` and `user`, which every event has."""
    project = store.projects[deployment.project_id]
    if event == "deployment.cleanup":
        return _cleanup(store, project, deployment)
    return {
        "deployment": _deployment(project, deployment),
        "links": {
            "deployment": inspector_url(store, deployment),
            "project": f"{store.base_url}/inspect/{store.slug_of(project.account_id)}/{project.name}",
        },
        "project": {"id": project.id},
        "plan": _plan(store, deployment),
        "regions": [REGION],
        **({} if event == "deployment.promoted" else {"target": deployment.target}),
        **({"alias": _to_come(store, project, deployment)} if event == "deployment.created" else {}),
    }


def alert_payload(
    store: Store, project: Project, kind: AlertType, title: str, started_at: int
) -> dict[str, Any]:
    """`alerts.triggered`: the kinds and their grouping are documented (vercel.com/docs/alerts), the names of the
    payload's keys are not confirmed.
    """
    slug = store.slug_of(project.account_id)
    return {
        "projectId": project.id,
        "projectSlug": project.name,
        "teamSlug": slug,
        "groupId": f"group_{secrets.token_hex(8)}",
        "links": {"observability": f"{store.base_url}/inspect/{slug}/{project.name}/observability/alerts"},
        "alerts": [{"type": kind, "title": title, "startedAt": iso(started_at), "unit": "requests"}],
    }


def domain_settings(domain: Domain) -> dict[str, Any]:
    """One side of `project.domain.updated`."""
    return {
        "domain": domain.name,
        "redirect": domain.redirect,
        "redirectStatusCode": domain.redirect_status,
        "gitBranch": domain.git_branch,
    }


def rollout_document(project: Project, rollout: Rollout) -> dict[str, Any]:
    """A rolling release as its events have it, which is not how the REST API has it."""
    percentage = {} if rollout.state == "ABORTED" else {"targetPercentage": rollout.stage.percentage}
    return {
        "projectId": project.id,
        "ownerId": project.account_id,
        "deploymentIds": [rollout.base_id, rollout.canary_id],
        "state": rollout.state,
        "activeStageIndex": rollout.stage_index,
        "default": {
            "baseDeploymentId": rollout.base_id,
            "targetDeploymentId": rollout.canary_id,
            **percentage,
            "targetStartAt": rollout.started_at,
            "targetUpdatedAt": rollout.updated_at,
        },
        "config": {
            "target": "production",
            "stages": [
                {
                    "targetPercentage": stage.percentage,
                    "requireApproval": stage.requires_approval,
                    **({"duration": stage.minutes} if stage.minutes is not None else {}),
                }
                for stage in rollout.config.stages
            ],
        },
        "writtenBy": "api",
    }


def iso(milliseconds: int) -> str:
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def _deployment(project: Project, deployment: Deployment) -> dict[str, Any]:
    return {
        "id": deployment.id,
        "meta": meta(project, deployment),
        "url": deployment.url,
        "name": deployment.name,
    }


def _cleanup(store: Store, project: Project, deployment: Deployment) -> dict[str, Any]:
    return {
        "deployment": {
            **_deployment(project, deployment),
            "alias": hostnames(store, project, deployment),
            "target": deployment.target,
            "regions": [REGION],
        },
        "project": {"id": project.id},
    }


def _to_come(store: Store, project: Project, deployment: Deployment) -> list[str]:
    """The hostnames that a build takes when it gets READY."""
    branch = deployment.commit.branch
    names = [domain.name for domain in project.domains.values() if domain.git_branch == branch]
    if deployment.target == "production" and deployment.auto_assign:
        names += [domain.name for domain in project.production_domains()]
    return [*names, automatic_hostname(store, deployment)]


def _plan(store: Store, deployment: Deployment) -> str:
    team = store.teams.get(deployment.account_id)
    return team.plan if team is not None else "hobby"
