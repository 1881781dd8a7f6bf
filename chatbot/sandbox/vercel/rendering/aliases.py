"""Hostnames, and the aliases of a promote or rollback request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Alias, AliasMove
    from chatbot.sandbox.vercel.store import Store


def alias_body(store: Store, alias: Alias) -> dict[str, Any]:
    serving = store.deployments.get(alias.deployment_id or "")
    return {
        "uid": alias.id,
        "alias": alias.name,
        "created": iso(alias.created_at),
        "createdAt": alias.created_at,
        "updatedAt": alias.updated_at,
        "deploymentId": alias.deployment_id,
        "projectId": alias.project_id,
        "redirect": alias.redirect,
        "redirectStatusCode": alias.redirect_status,
        **({"deployment": {"id": serving.id, "url": serving.url}} if serving is not None else {}),
    }


def deployment_alias_body(alias: Alias) -> dict[str, Any]:
    return {
        "uid": alias.id,
        "alias": alias.name,
        "created": iso(alias.created_at),
        "redirect": alias.redirect,
    }


def move_body(move: AliasMove) -> dict[str, Any]:
    """As the documentation has it (v1)."""
    return {"id": move.id, "alias": move.alias, "status": move.status}


def nested_move_body(move: AliasMove, deployment_id: str) -> dict[str, Any]:
    """As the official CLI reads it (v9)."""
    return {
        "id": move.id,
        "alias": {"alias": move.alias, "deploymentId": deployment_id},
        "status": move.status,
    }


def iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
