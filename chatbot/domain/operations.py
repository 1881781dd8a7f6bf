"""One requested change to production: its stages, and what a look at the platform says about it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.planning import Path, Plan, inverse_of


class Stage(StrEnum):
    """How far an operation is. The last seven are outcomes: nothing follows them."""

    REQUESTED = "requested"
    ASKED = "asked"
    BUILDING = "building"
    MOVING = "moving"
    UNSURE = "unsure"
    SUCCEEDED = "succeeded"
    PARTLY_MOVED = "partly_moved"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    OUTDATED = "outdated"
    CANCELLED = "cancelled"

    @property
    def is_outcome(self) -> bool:
        return not NEXT[self]


_ENDS = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.FAILED, Stage.UNKNOWN, Stage.SUPERSEDED})

NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.REQUESTED: frozenset({Stage.ASKED, Stage.OUTDATED, Stage.FAILED, Stage.CANCELLED}),
    Stage.ASKED: frozenset({Stage.BUILDING, Stage.MOVING, Stage.UNSURE}) | _ENDS,
    Stage.BUILDING: frozenset({Stage.MOVING, Stage.UNSURE}) | _ENDS,
    Stage.MOVING: _ENDS,
    Stage.UNSURE: frozenset({Stage.BUILDING, Stage.MOVING}) | _ENDS,
    **dict.fromkeys(
        (*_ENDS, Stage.OUTDATED, Stage.CANCELLED),
        frozenset[Stage](),
    ),
}


class IllegalTransition(Exception):
    """A bug: an operation was about to take a step that NEXT does not allow."""


def check_transition(before: Stage, after: Stage) -> None:
    """Raises IllegalTransition. Staying where one is, is no transition."""
    if after is not before and after not in NEXT[before]:
        raise IllegalTransition(f"{before} -> {after}")


@dataclass(frozen=True)
class DomainProof:
    """One domain, read back and probed. `status` is its HTTP status; `fault` says why there is none."""

    name: str
    serves: str | None
    moved: bool
    status: int | None = None
    fault: str | None = None


@dataclass(frozen=True)
class Build:
    """The new deployment of a rebuild, as last seen."""

    id: str
    url: str
    ready_state: str
    started_at: datetime
    logs_url: str | None = None
    error: str | None = None

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        return cls(
            id=deployment.id,
            url=deployment.url,
            ready_state=deployment.ready_state,
            started_at=deployment.created_at,
            logs_url=deployment.logs_url,
            error=deployment.error,
        )


@dataclass(frozen=True)
class Baseline:
    """Production as it was just before the ask: later looks are compared with it.

    `request_at` is on the platform's clock, so that no clock of ours is compared with it.
    """

    current_id: str | None
    request_at: datetime | None

    @classmethod
    def of(cls, project: Project) -> Self:
        last = project.last_request
        return cls(project.current.id if project.current else None, last.requested_at if last else None)


@dataclass(frozen=True)
class Findings:
    """What was learned while carrying an operation out. Stored as JSON with it.

    `said` is the platform's own message: it comes from outside. `changed` names what no longer held.
    `seen` is what was Current at the last look, `taken_by` what superseded the operation.
    """

    baseline: Baseline | None = None
    build: Build | None = None
    proofs: tuple[DomainProof, ...] = ()
    said: str | None = None
    changed: tuple[str, ...] = ()
    seen: str | None = None
    taken_by: str | None = None
    queued: bool = False


@dataclass(frozen=True)
class Operation:
    """What a message tells about an operation."""

    id: str
    plan: Plan
    stage: Stage
    actor: str
    channel: str
    requested_at: datetime
    asked_at: datetime | None = None
    finished_at: datetime | None = None
    reason: str | None = None
    findings: Findings = Findings()

    @property
    def final_id(self) -> str | None:
        """The deployment that is to be Current in the end; None while a rebuild has no id yet."""
        if self.plan.path is not Path.REBUILD:
            return self.plan.target.id
        return self.findings.build.id if self.findings.build else None

    def undoing(self) -> Plan | None:
        """What the one-click button of this operation promises, once it has succeeded; None: no way back.

        Only its core is meant: the whole plan is made when it is carried out.
        """
        done, inverse = self.plan, inverse_of(self.plan)
        if inverse is None or self.final_id is None:
            return None
        project = replace(done.project, current=self._made_current(), auto_assign=done.auto_assign_after)
        return Plan(
            path=inverse.path,
            project=project,
            target=inverse.target,
            domains=tuple(replace(d, serves=self.final_id) for d in done.domains),
            redirects=done.redirects,
            environment=EnvironmentChange(),
            auto_assign_after=inverse.path is not Path.ROLLBACK,
        )

    def _made_current(self) -> Deployment:
        build = self.findings.build
        if self.plan.path is not Path.REBUILD or build is None:
            return self.plan.target
        return replace(self.plan.target, id=build.id, url=build.url, target="production")


class Sight(StrEnum):
    """What one look at a project says about our request."""

    ARRIVED = "arrived"
    MOVING = "moving"
    FAILED = "failed"
    OVERTAKEN = "overtaken"
    NOTHING = "nothing"


def judge(project: Project, *, final_id: str, baseline: Baseline) -> Sight:
    """Read a project's state as an answer to "did our request take effect?".

    Arrival is what `targets.production` says, with a job that is through; an accepted request alone is none.
    The platform may never record a request that it finished at once, so a missing one decides nothing.
    """
    current_id = project.current.id if project.current else None
    request = project.last_request
    fresh = request is not None and (
        baseline.request_at is None or request.requested_at > baseline.request_at
    )
    if request is not None and fresh:
        if request.to_id != final_id:
            return Sight.OVERTAKEN
        match request.job_status:
            case "pending" | "in-progress":
                return Sight.MOVING
            case "failed" | "skipped":
                return Sight.FAILED
            case _ if current_id == baseline.current_id and current_id != final_id:
                return Sight.MOVING  # the job is through, the project read lags behind
            case _:
                pass
    if current_id == final_id:
        return Sight.ARRIVED
    if current_id != baseline.current_id:
        return Sight.OVERTAKEN
    return Sight.NOTHING


def duration(operation: Operation) -> timedelta | None:
    """From the ask to the outcome."""
    if operation.asked_at is None or operation.finished_at is None:
        return None
    return max(operation.finished_at - operation.asked_at, timedelta())
