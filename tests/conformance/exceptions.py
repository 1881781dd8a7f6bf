"""Where an answer goes beyond what the official file declares, and why that is no violation.

Nothing here excuses a missing field or another type: an answer with a listed status has the error body of the
documentation, and a listed value stands where the file enumerates others of its kind.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Allowance:
    call: str
    """By method and path; `*` for every one."""
    statuses: frozenset[int]
    reason: str

    def covers(self, call: str, status: int) -> bool:
        return status in self.statuses and self.call in ("*", call)


ALLOWANCES = (
    Allowance(
        "*",
        frozenset({400, 401, 403, 404, 429}),
        "documented for the whole API (rest-api/errors); the file declares them for some operations only",
    ),
    Allowance("*", frozenset({405, 413}), "nothing is documented for a wrong method or an over-large body"),
    Allowance("*", frozenset({410}), "newer than the file: the SDK 1.28.35 declares 410 for every operation"),
    Allowance(
        "POST /v10/projects/{}/promote/{}",
        frozenset({422}),
        "newer than the file: SDK 1.28.35 requestPromote",
    ),
    Allowance(
        "DELETE /v13/deployments/{}",
        frozenset({409}),
        "refused for what serves production (a field note); the status is not confirmed",
    ),
    Allowance(
        "POST /v9/projects/{}/custom-environments",
        frozenset({409}),
        "refused for a slug that is taken; the status is not confirmed",
    ),
)


@dataclass(frozen=True)
class NewerValues:
    beside: str
    """The enumerations that they belong to: those with this value."""
    values: tuple[str, ...]
    reason: str


NEWER_VALUES = (
    NewerValues(
        "deployment.promoted",
        (
            *("deployment.blocked", "deployment.build-requested", "deployment.rollback", "project.renamed"),
            *(f"project.env-variable.{done}" for done in ("created", "updated", "deleted")),
            *(f"flag.{done}" for done in ("created", "updated", "deleted")),
            *(f"flag.segment.{done}" for done in ("created", "updated", "deleted")),
            *(f"comment.{done}" for done in ("created", "updated", "deleted", "mentioned")),
            *(f"comment.{done}" for done in ("reaction-added", "reaction-removed", "resolved", "unresolved")),
            *(f"message.{done}" for done in ("created", "updated", "deleted", "mentioned")),
            *("message.reaction-added", "message.reaction-removed", "thread.resolved", "thread.unresolved"),
            *("ai-gateway.auto-reload.limit-reached", "ai-gateway.balance-depleted", "alerts.triggered"),
            *("botid.anomaly", "firewall.custom-rule-anomaly", "firewall.system-rule-anomaly"),
            *("function.archival-required", "function.removal-required", "marketplace.invoice.overdue"),
            "integration-configuration.transferred",
        ),
        "newer than the file: the events of the SDK 1.28.35, createWebhook",
    ),
)


NEWER_NULLS = {
    "fromDeploymentId": "newer than the file: the SDK 1.28.35 takes null, where nothing was Current before",
}
"""Properties that may be null besides, by name, and why."""


UNRECORDED: dict[str, str] = {}
"""Routes without a recorded success, as `METHOD /path`, and why there cannot be one."""


def allowance(call: str, status: int) -> Allowance | None:
    return next((one for one in ALLOWANCES if one.covers(call, status)), None)
