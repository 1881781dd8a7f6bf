"""What may be promoted and rolled back to, and the platform's answer when it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.errors import ApiError

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Project
    from chatbot.sandbox.vercel.store import Store


_PARALLEL = "You cannot run parallel roll backs on the same project"


def is_rollback_candidate(store: Store, deployment: Deployment) -> bool:
    """Has served production and still exists; on Hobby only what is Current and what was before it."""
    if not _has_served(deployment) or deployment.deleted_by_retention_at is not None:
        return False
    project = store.projects[deployment.project_id]
    return not _is_hobby(store, project) or deployment.id in (project.current_id, project.previous_id)


def require_promotable(store: Store, project: Project, deployment: Deployment) -> None:
    """Raises ApiError 409, 410 or 422. A deployment that was Current before may be promoted again: the
    documentation undoes a rollback so, and the API is not known to refuse it otherwise.
    """
    if store.serves_everywhere(project, deployment):
        raise ApiError(409, _already_current(deployment))
    _require_existing(deployment)
    if deployment.target != "production":
        raise ApiError(
            422, f"The deployment {deployment.id} is not a production deployment and cannot be promoted."
        )
    if deployment.state != "READY":
        raise ApiError(422, f"The deployment {deployment.id} is not ready and cannot be promoted.")


def require_rollback_target(
    store: Store, project: Project, deployment: Deployment, *, request_is_running: bool
) -> None:
    """Raises ApiError 402, 409, 410 or 422. A rolling release is aborted by a rollback to either side of it."""
    rollout = project.rollout
    if rollout is not None and deployment.id in (rollout.base_id, rollout.canary_id):
        if request_is_running:
            raise ApiError(409, _PARALLEL)
        return
    if store.serves_everywhere(project, deployment):
        raise ApiError(422, _already_current(deployment))
    _require_existing(deployment)
    if not _has_served(deployment):
        raise ApiError(
            422, f"The deployment {deployment.id} has never served production: it cannot be rolled back to."
        )
    if _is_hobby(store, project) and deployment.id not in (project.current_id, project.previous_id):
        raise ApiError(402, "To roll back further than the previous production deployment, upgrade to pro")
    if request_is_running:
        raise ApiError(409, _PARALLEL)


def _has_served(deployment: Deployment) -> bool:
    return (
        deployment.target == "production"
        and deployment.state == "READY"
        and deployment.substate == "PROMOTED"
    )


def _is_hobby(store: Store, project: Project) -> bool:
    team = store.teams.get(project.account_id)
    return team is None or team.plan == "hobby"


def _require_existing(deployment: Deployment) -> None:
    if deployment.deleted_by_retention_at is not None:
        raise ApiError(410, f"The deployment {deployment.id} has been deleted.")


def _already_current(deployment: Deployment) -> str:
    return f"The provided deploymentId ({deployment.id}) is already the current production deployment."
