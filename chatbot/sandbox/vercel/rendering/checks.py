"""Checks on a deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.checks import Check
    from chatbot.sandbox.vercel.records import Deployment


def check_body(deployment: Deployment, check: Check) -> dict[str, Any]:
    told = {
        "path": check.path,
        "detailsUrl": check.details_url,
        "externalId": check.external_id,
        "conclusion": check.conclusion,
        "startedAt": check.started_at,
        "completedAt": check.completed_at,
        "output": check.output,
    }
    return {
        "id": check.id,
        "name": check.name,
        "status": check.status,
        "blocking": check.blocking,
        "integrationId": "oac_sandbox",
        "deploymentId": deployment.id,
        "rerequestable": check.rerequestable,
        "createdAt": check.created_at,
        "updatedAt": check.updated_at,
        **{key: value for key, value in told.items() if value is not None},
    }
