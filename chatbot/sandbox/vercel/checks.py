"""Checks on a deployment: what integrations report before its domains are assigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment

CheckStatus = Literal["registered", "running", "completed"]
Conclusion = Literal["canceled", "failed", "neutral", "succeeded", "skipped", "stale"]


@dataclass(slots=True)
class Check:
    id: str
    name: str
    blocking: bool
    """Whether no domain is assigned until it is completed, and none if it fails."""
    created_at: int
    updated_at: int
    path: str | None = None
    details_url: str | None = None
    external_id: str | None = None
    rerequestable: bool = False
    status: CheckStatus = "registered"
    conclusion: Conclusion | None = None
    started_at: int | None = None
    completed_at: int | None = None
    output: dict[str, Any] | None = None


def state_of(deployment: Deployment) -> CheckStatus | None:
    """`checksState`: None before the deployment is READY and where nothing has registered."""
    statuses = {check.status for check in deployment.checks}
    if not statuses:
        return "completed" if deployment.state == "READY" else None
    if statuses == {"completed"}:
        return "completed"
    return "registered" if statuses == {"registered"} else "running"


def conclusion_of(deployment: Deployment) -> Literal["succeeded", "failed", "skipped", "canceled"] | None:
    """`checksConclusion`: None until all are completed."""
    if state_of(deployment) != "completed":
        return None
    conclusions = {check.conclusion for check in deployment.checks}
    if "failed" in conclusions or "stale" in conclusions:
        return "failed"
    if "canceled" in conclusions:
        return "canceled"
    return "skipped" if conclusions == {"skipped"} else "succeeded"


def block_of(deployment: Deployment) -> Literal["succeeded", "failed", "pending"]:
    """What the blocking checks say to assigning domains."""
    blocking = [check for check in deployment.checks if check.blocking]
    if any(check.conclusion in ("failed", "stale", "canceled") for check in blocking):
        return "failed"
    return "succeeded" if all(check.status == "completed" for check in blocking) else "pending"
