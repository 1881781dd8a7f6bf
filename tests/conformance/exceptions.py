"""Where an answer goes beyond what the official file declares, and why that is no violation.

Nothing here excuses a body: an answer listed here has the error body of the documentation, or none.
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
        frozenset({400, 401, 403, 404, 429, 500}),
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
        "POST /v1/projects/{}/rollback/{}",
        frozenset({402, 409, 422}),
        "newer than the file: SDK 1.28.35 requestRollback",
    ),
    Allowance(
        "POST /v9/projects/{}/rollback/{}",
        frozenset({402, 409, 422}),
        "the official CLI's path of the same operation",
    ),
    Allowance(
        "DELETE /v13/deployments/{}",
        frozenset({409}),
        "refused for what serves production (a field note); the status is not confirmed",
    ),
    Allowance(
        "POST /v1/projects/{}/rolling-release/start",
        frozenset({409, 422}),
        "newer than the file: SDK 1.28.35 startRollingRelease",
    ),
)


def allowance(call: str, status: int) -> Allowance | None:
    return next((one for one in ALLOWANCES if one.covers(call, status)), None)
