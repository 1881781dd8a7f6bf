"""One deployment in its three official shapes: list item, full answer, and inside a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chatbot.sandbox.vercel.checks import block_of, conclusion_of, state_of
from chatbot.sandbox.vercel.eligibility import is_rollback_candidate
from chatbot.sandbox.vercel.hostnames import automatic_hostname

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, LogLine, Project
    from chatbot.sandbox.vercel.store import Store

REGION = "iad1"


def list_item(store: Store, deployment: Deployment) -> dict[str, Any]:
    """As `GET /v6/deployments` has it: `uid`, `created` and `state` where others say otherwise."""
    project = store.projects[deployment.project_id]
    creator = store.users[deployment.creator_id]
    removed = deployment.deleted_by_retention_at
    state = "DELETED" if removed is not None else deployment.state
    return {
        "uid": deployment.id,
        "name": deployment.name,
        "projectId": deployment.project_id,
        "url": deployment.url,
        "created": deployment.created_at,
        "createdAt": deployment.created_at,
        "state": state,
        "readyState": state,
        "type": "LAMBDAS",
        "creator": {
            "uid": creator.id,
            "email": creator.email,
            "username": creator.username,
            "githubLogin": creator.username,
        },
        "target": deployment.target,
        "source": deployment.source,
        "meta": meta(project, deployment),
        "inspectorUrl": inspector_url(store, deployment),
        "aliasAssigned": deployment.alias_assigned_at or False,
        "aliasError": alias_error(deployment),
        "isRollbackCandidate": is_rollback_candidate(store, deployment),
        "projectSettings": {"framework": project.framework or None, "nodeVersion": project.node_version},
        **_progress(deployment),
        **_checks(deployment),
        **_gate(deployment),
        **_environment(project, deployment),
        **_error(deployment),
        **({"deleted": removed, "softDeletedByRetention": True} if removed is not None else {}),
    }


def full_body(store: Store, deployment: Deployment) -> dict[str, Any]:
    """As `GET /v13/deployments/{id}`, create and cancel answer."""
    project = store.projects[deployment.project_id]
    creator = store.users[deployment.creator_id]
    team = store.teams.get(deployment.account_id)
    aliases = hostnames(store, project, deployment)
    automatic = automatic_hostname(store, deployment)
    removed = deployment.deleted_by_retention_at
    return {
        "id": deployment.id,
        "name": deployment.name,
        "url": deployment.url,
        "projectId": deployment.project_id,
        "ownerId": deployment.account_id,
        "target": deployment.target,
        "source": deployment.source,
        "type": "LAMBDAS",
        "version": 2,
        "plan": team.plan if team is not None else "hobby",
        "public": False,
        "regions": [REGION],
        "routes": None,
        "createdAt": deployment.created_at,
        "createdIn": REGION,
        "bootedAt": deployment.building_at or deployment.created_at,
        "buildSkipped": False,
        "readyState": deployment.state,
        "status": deployment.state,
        "creator": {"uid": creator.id, "username": creator.username},
        "inspectorUrl": inspector_url(store, deployment),
        "meta": meta(project, deployment),
        "alias": aliases,
        "aliasAssigned": deployment.alias_assigned_at is not None,
        "aliasError": alias_error(deployment),
        "automaticAliases": [automatic],
        "userAliases": [name for name in aliases if name != automatic],
        "autoAssignCustomDomains": deployment.auto_assign,
        "build": {"env": []},
        "env": [],
        "isInConcurrentBuildsQueue": deployment.state == "QUEUED",
        "isInSystemBuildsQueue": False,
        "projectSettings": {"framework": project.framework or None},
        "crons": [{"path": cron.path, "schedule": cron.schedule} for cron in deployment.crons],
        "project": {"id": project.id, "name": project.name, "framework": project.framework or None},
        **_git_source(project, deployment),
        **({"team": {"id": team.id, "name": team.name, "slug": team.slug}} if team is not None else {}),
        **({"aliasAssignedAt": deployment.alias_assigned_at} if deployment.alias_assigned_at else {}),
        **_progress(deployment),
        "buildingAt": deployment.building_at or deployment.created_at,
        **_checks(deployment),
        **_gate(deployment),
        **_environment(project, deployment),
        **_error(deployment),
        **({"canceledAt": deployment.canceled_at} if deployment.canceled_at is not None else {}),
        **({"deletedAt": removed, "softDeletedByRetention": True} if removed is not None else {}),
    }


def in_project(store: Store, deployment: Deployment) -> dict[str, Any]:
    """As `targets.production`, `latestDeployments[]` and `alias[].deployment` have it."""
    project = store.projects[deployment.project_id]
    creator = store.users[deployment.creator_id]
    team = store.teams.get(deployment.account_id)
    return {
        "id": deployment.id,
        "name": deployment.name,
        "url": deployment.url,
        "target": deployment.target,
        "type": "LAMBDAS",
        "plan": team.plan if team is not None else "hobby",
        "createdAt": deployment.created_at,
        "createdIn": REGION,
        "requestedAt": deployment.created_at,
        "readyState": deployment.state,
        "meta": meta(project, deployment),
        "alias": hostnames(store, project, deployment),
        "aliasAssigned": deployment.alias_assigned_at or False,
        "aliasError": alias_error(deployment),
        "aliasFinal": None,
        "automaticAliases": [automatic_hostname(store, deployment)],
        "builds": [],
        "deploymentHostname": deployment.url.removesuffix(".vercel.app"),
        "forced": False,
        "withCache": False,
        "previewCommentsEnabled": False,
        "private": False,
        "userId": creator.id,
        "teamId": team.id if team is not None else None,
        "creator": {"uid": creator.id, "email": creator.email, "username": creator.username},
        **({"readySubstate": deployment.substate} if deployment.substate else {}),
        **({"readyAt": deployment.ready_at} if deployment.ready_at is not None else {}),
        **({"buildingAt": deployment.building_at} if deployment.building_at is not None else {}),
        **_checks(deployment),
    }


def meta(project: Project, deployment: Deployment) -> dict[str, str]:
    """Nothing of a commit where files came from outside any repository."""
    commit = deployment.commit
    if not commit.sha:
        return dict(deployment.meta)
    return {
        "githubCommitRef": commit.branch,
        "githubCommitSha": commit.sha,
        "githubCommitMessage": commit.message,
        "githubCommitAuthorName": commit.author_name,
        "githubCommitAuthorLogin": commit.author_login,
        "githubOrg": "acme",
        "githubRepo": project.name,
        "githubRepoId": str(project.repo_id),
        **({"githubDeployment": "1"} if deployment.files is None else {}),
        **deployment.meta,
    }


def _git_source(project: Project, deployment: Deployment) -> dict[str, Any]:
    """Of a build from a push; uploaded files have none."""
    if deployment.files is not None:
        return {}
    commit = deployment.commit
    source = {"type": "github", "repoId": project.repo_id, "ref": commit.branch, "sha": commit.sha}
    return {"gitSource": {**source, "prId": None}}


def hostnames(store: Store, project: Project, deployment: Deployment) -> list[str]:
    """What points at it: the project's domains in their order, then generated names."""
    pointing = {alias.name for alias in store.aliases_of(deployment.id)}
    configured = [name for name in project.domains if name in pointing]
    return configured + sorted(pointing.difference(configured))


def inspector_url(store: Store, deployment: Deployment) -> str:
    owner = store.slug_of(deployment.account_id)
    return f"{store.base_url}/inspect/{owner}/{deployment.name}/{deployment.id.removeprefix('dpl_')}"


def alias_error(deployment: Deployment) -> dict[str, str] | None:
    if deployment.alias_error is None:
        return None
    return {"code": "alias_assignment_failed", "message": deployment.alias_error}


def event_body(deployment: Deployment, line: LogLine) -> dict[str, Any]:
    """One build log line, in the newer flat shape and, under `payload`, in the one that the CLI reads."""
    flat = {
        "created": line.created,
        "date": line.created,
        "deploymentId": deployment.id,
        "id": line.id,
        "info": {
            "type": "build",
            "name": "bld_" + deployment.id.removeprefix("dpl_")[:12],
            "entrypoint": ".",
        },
        "serial": line.id,
        "text": line.text,
        "type": line.type,
    }
    return {**flat, "payload": {key: value for key, value in flat.items() if key != "type"}}


def _progress(deployment: Deployment) -> dict[str, Any]:
    return {
        **({"readySubstate": deployment.substate} if deployment.substate else {}),
        **({"buildingAt": deployment.building_at} if deployment.building_at is not None else {}),
        **({"ready": deployment.ready_at} if deployment.ready_at is not None else {}),
    }


def _checks(deployment: Deployment) -> dict[str, Any]:
    state, conclusion = state_of(deployment), conclusion_of(deployment)
    return {
        **({"checksState": state} if state is not None else {}),
        **({"checksConclusion": conclusion} if conclusion is not None else {}),
    }


def _gate(deployment: Deployment) -> dict[str, Any]:
    """What assigning its domains waits for."""
    if not deployment.checks or deployment.state != "READY":
        return {}
    state, ended = block_of(deployment), max(check.updated_at for check in deployment.checks)
    gate = {"state": state, "startedAt": deployment.checks[0].created_at}
    return {"checks": {"deployment-alias": gate if state == "pending" else {**gate, "completedAt": ended}}}


def _environment(project: Project, deployment: Deployment) -> dict[str, Any]:
    environment = project.custom_environment(deployment.custom_environment_id or "")
    if environment is None:
        return {}
    return {"customEnvironment": {"id": environment.id, "slug": environment.slug}}


def _error(deployment: Deployment) -> dict[str, str]:
    if deployment.error is None:
        return {}
    error = deployment.error
    return {"errorCode": error.code, "errorStep": error.step, "errorMessage": error.message}
