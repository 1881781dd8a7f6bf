"""Rolling releases: the configuration (minutes) and the document of one (seconds)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Team
    from chatbot.sandbox.vercel.rollouts import Rollout, RolloutConfig, Stage
    from chatbot.sandbox.vercel.store import Store


def config_body(config: RolloutConfig | None) -> dict[str, Any] | None:
    if config is None:
        return None
    return {
        "target": "production",
        "stages": [_configured(stage) for stage in config.stages],
        "canaryResponseHeader": config.names_canary,
    }


def rollout_body(store: Store, rollout: Rollout) -> dict[str, Any]:
    """No stage is active in an aborted one, none is next unless it is active."""
    stages = [_stage(index, stage) for index, stage in enumerate(rollout.config.stages)]
    following = rollout.stage_index + 1
    return {
        "state": rollout.state,
        "currentDeployment": _deployment(store.deployments.get(rollout.base_id)),
        "canaryDeployment": _deployment(store.deployments.get(rollout.canary_id)),
        "queuedDeploymentId": rollout.queued_id,
        "advancementType": rollout.config.advancement,
        "stages": stages,
        "activeStage": stages[rollout.stage_index] if rollout.state != "ABORTED" else None,
        "nextStage": stages[following] if rollout.is_active and following < len(stages) else None,
        "startedAt": rollout.started_at,
        "updatedAt": rollout.updated_at,
    }


def billing_body(team: Team | None) -> dict[str, Any]:
    if team is None or team.plan == "hobby":
        message = "Rolling Releases are not available on the Hobby plan."
        return {"availableSlots": 0, "reason": "plan_not_supported", "message": message}
    message = "Rolling Releases are available on this plan."
    return {"availableSlots": "unlimited", "reason": "unlimited_slots", "message": message}


def _configured(stage: Stage) -> dict[str, Any]:
    return {
        "targetPercentage": stage.percentage,
        "requireApproval": stage.requires_approval,
        **({"duration": stage.minutes} if stage.minutes is not None else {}),
        **({"linearShift": True} if stage.shifts_linearly else {}),
    }


def _stage(index: int, stage: Stage) -> dict[str, Any]:
    return {
        "index": index,
        "isFinalStage": stage.is_final,
        "targetPercentage": stage.percentage,
        "requireApproval": stage.requires_approval,
        "duration": None if stage.minutes is None or stage.requires_approval else stage.minutes * 60,
        **({"linearShift": True} if stage.shifts_linearly else {}),
    }


def _deployment(deployment: Deployment | None) -> dict[str, Any] | None:
    """None once it has been deleted."""
    if deployment is None:
        return None
    return {
        "id": deployment.id,
        "name": deployment.name,
        "url": deployment.url,
        "target": deployment.target,
        "source": deployment.source,
        "createdAt": deployment.created_at,
        "readyState": deployment.state,
        **({"readyStateAt": deployment.ready_at} if deployment.ready_at is not None else {}),
    }
