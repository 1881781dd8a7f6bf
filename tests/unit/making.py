"""Domain values with plain defaults: a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chatbot.domain.deployments import (
    AliasRequest,
    Commit,
    Deployment,
    Domain,
    EnvironmentKey,
    Project,
    ReleaseStage,
)
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import (
    Look,
)
from chatbot.domain.releases import ReleaseState, RollingRelease

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SHA = "3f2a1bc0d4e5f60718293a4b5c6d7e8f90a1b2c3"


def commit(sha: str = SHA, **changes: Any) -> Commit:
    return Commit(**{"sha": sha, "message": "fix the cart", "author": "ana", "branch": "main", **changes})


def deployment(deployment_id: str = "dpl_target", **changes: Any) -> Deployment:
    """Staged, an hour old."""
    values: dict[str, Any] = {
        "id": deployment_id,
        "project_id": "prj_shop",
        "project_name": "shop",
        "url": f"shop-{deployment_id[-6:]}-acme.vercel.app",
        "target": "production",
        "ready_state": "READY",
        "ready_substate": "STAGED",
        "created_at": NOON - timedelta(hours=1),
        "commit": commit(),
    }
    return Deployment(**{**values, **changes})


def staged(deployment_id: str = "dpl_target", **changes: Any) -> Deployment:
    return deployment(deployment_id, **changes)


def preview(deployment_id: str = "dpl_target", **changes: Any) -> Deployment:
    return deployment(deployment_id, **{"target": None, "ready_substate": None, **changes})


def promoted(deployment_id: str = "dpl_target", **changes: Any) -> Deployment:
    """Has served; older than what `current` makes."""
    values: dict[str, Any] = {
        "ready_substate": "PROMOTED",
        "rollback_candidate": True,
        "created_at": NOON - timedelta(days=9),
    }
    return deployment(deployment_id, **{**values, **changes})


def current(deployment_id: str = "dpl_current", **changes: Any) -> Deployment:
    """A day old."""
    values: dict[str, Any] = {
        "ready_substate": "PROMOTED",
        "created_at": NOON - timedelta(days=1),
        "commit": commit("c0ffee0" + SHA[7:]),
    }
    return deployment(deployment_id, **{**values, **changes})


def project(**changes: Any) -> Project:
    return Project(**{"id": "prj_shop", "name": "shop", "auto_assign": True, "current": current(), **changes})


def request(to_id: str, status: str = "succeeded", **changes: Any) -> AliasRequest:
    values: dict[str, Any] = {
        "type": "promote",
        "job_status": status,
        "from_id": "dpl_before",
        "to_id": to_id,
        "requested_at": NOON,
    }
    return AliasRequest(**{**values, **changes})


def pinned(**changes: Any) -> Project:
    """An instant rollback to Current switched auto-assignment off."""
    last = request("dpl_current", type="rollback")
    return project(**{"auto_assign": False, "last_request": last, **changes})


def domain(name: str = "shop.example.com", **changes: Any) -> Domain:
    return Domain(**{"name": name, "serves": "dpl_current", **changes})


def record(key: str = "API_URL", record_id: str = "env_1", *targets: str, **changes: Any) -> EnvironmentKey:
    values: dict[str, Any] = {
        "id": record_id,
        "key": key,
        "targets": frozenset(targets or ("production",)),
        "updated_at": NOON - timedelta(days=30),
    }
    return EnvironmentKey(**{**values, **changes})


THREE_STAGES = (ReleaseStage(5), ReleaseStage(25), ReleaseStage(100))


def canary(deployment_id: str = "dpl_canary", **changes: Any) -> Deployment:
    return deployment(deployment_id, **{"ready_substate": "ROLLING", **changes})


def release(**changes: Any) -> RollingRelease:
    """Of `canary` over `current`, in the first of three stages that wait to be approved; an hour old."""
    values: dict[str, Any] = {
        "state": ReleaseState.ACTIVE,
        "base": current(),
        "canary": canary(),
        "stages": THREE_STAGES,
        "active": 0,
        "started_at": NOON - timedelta(hours=1),
        "updated_at": NOON - timedelta(hours=1),
    }
    return RollingRelease(**{**values, **changes})


def look(target: Deployment, **changes: Any) -> Look:
    values: dict[str, Any] = {"project": project(), "domains": (domain(),), "environment": (record(),)}
    return Look(target=target, **{**values, **changes})


def operation(plan: Any, stage: Stage = Stage.REQUESTED, **changes: Any) -> Operation:
    values: dict[str, Any] = {
        "id": "6f1c0b1e-0000-4000-8000-000000000001",
        "actor": "slack:U0ANA0001",
        "channel": "C0DEPLOYS",
        "requested_at": NOON,
    }
    return Operation(plan=plan, stage=stage, **{**values, **changes})
