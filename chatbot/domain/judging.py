"""What a look at a project says about a request that was sent, or is about to be."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from chatbot.domain.deployments import Project
from chatbot.domain.releases import RollingRelease


@dataclass(frozen=True)
class Baseline:
    """Production as it was just before the ask: later looks are compared with it.

    `request_at` and `release_at`, the beginning of the newest rolling release, are on the platform's clock, so
    that no clock of ours is compared with them.
    """

    current_id: str | None
    request_at: datetime | None
    auto_assign: bool = True
    release_at: datetime | None = None

    @classmethod
    def of(cls, project: Project, release: RollingRelease | None = None) -> Self:
        last = project.last_request
        current_id = project.current.id if project.current else None
        return cls(
            current_id,
            last.requested_at if last else None,
            project.auto_assign,
            release.started_at if release else None,
        )

    def still_holds(self, project: Project) -> bool:
        """Whether nobody has moved production, asked to, or switched auto-assignment since."""
        return Baseline.of(project) == replace(self, release_at=None)

    def is_older_than_request_of(self, project: Project) -> bool:
        """Whether the platform shows a request that it did not show then."""
        last = project.last_request
        return last is not None and (self.request_at is None or last.requested_at > self.request_at)


class Sight(StrEnum):
    ARRIVED = "arrived"
    MOVING = "moving"
    FAILED = "failed"
    CONTESTED = "contested"  # somebody else's request is under way
    OVERTAKEN = "overtaken"
    ROLLING = "rolling"  # the visitors are split as they were to be
    QUEUED = "queued"
    NOTHING = "nothing"


def judge(project: Project, *, final_id: str, baseline: Baseline) -> Sight:
    """Read a project's state as an answer to "did our request take effect?".

    Arrival is what `targets.production` says, with a job that is through; an accepted request alone is none.
    The platform may never record a request that it finished at once, so a missing one decides nothing. Only
    one request is shown: somebody else's newer one hides ours.
    """
    current_id = project.current.id if project.current else None
    request = project.last_request
    fresh = baseline.is_older_than_request_of(project)
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
