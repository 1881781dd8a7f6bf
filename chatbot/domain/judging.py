"""What a look at a project says about a request that was sent, or is about to be."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from chatbot.domain.deployments import Project


@dataclass(frozen=True)
class Baseline:
    """Production as it was just before the ask: later looks are compared with it.

    `request_at` is on the platform's clock, so that no clock of ours is compared with it.
    """

    current_id: str | None
    request_at: datetime | None
    auto_assign: bool = True

    @classmethod
    def of(cls, project: Project) -> Self:
        last = project.last_request
        current_id = project.current.id if project.current else None
        return cls(current_id, last.requested_at if last else None, project.auto_assign)

    def still_holds(self, project: Project) -> bool:
        """Whether nobody has moved production, asked to, or switched auto-assignment since."""
        return Baseline.of(project) == self


class Sight(StrEnum):
    ARRIVED = "arrived"
    MOVING = "moving"
    FAILED = "failed"
    CONTESTED = "contested"  # somebody else's request is under way
    OVERTAKEN = "overtaken"
    NOTHING = "nothing"


def judge(project: Project, *, final_id: str, baseline: Baseline) -> Sight:
    """Read a project's state as an answer to "did our request take effect?".

    Arrival is what `targets.production` says, with a job that is through; an accepted request alone is none.
    The platform may never record a request that it finished at once, so a missing one decides nothing. Only
    one request is shown: somebody else's newer one hides ours.
    """
    current_id = project.current.id if project.current else None
    request = project.last_request
    fresh = request is not None and (
        baseline.request_at is None or request.requested_at > baseline.request_at
    )
    ours = request if request and fresh and request.to_id == final_id else None
    theirs = request if request and fresh and request.to_id != final_id else None
    if theirs and theirs.is_running:
        return Sight.CONTESTED
    if ours and ours.is_running:
        return Sight.MOVING
    if ours and ours.job_status in {"failed", "skipped"}:
        return Sight.FAILED
    if current_id == final_id:
        return Sight.ARRIVED
    if current_id != baseline.current_id or (
        theirs and theirs.job_status == "succeeded" and theirs.to_id == current_id
    ):
        return Sight.OVERTAKEN
    if ours or (theirs and theirs.job_status == "succeeded"):
        return Sight.MOVING  # the job is through, the project's read lags behind
    return Sight.NOTHING
