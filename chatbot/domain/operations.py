"""One requested change to production: its stages, and what was learned while it was carried out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Self

from chatbot.domain.deployments import Deployment
from chatbot.domain.judging import Baseline
from chatbot.domain.plans import (
    Part,
    Path,
    Plan,
)
from chatbot.domain.releases import RollingRelease


class Stage(StrEnum):
    """How far an operation is. The last eight are outcomes: nothing follows them, except that an unknown one
    may become known.

    WAITING: for its turn on the project, or for the build that it is to promote. QUEUED: by the platform, behind
    a rolling release. STAGED: a redeploy's build is ready, and production stays as it was, as was said before.
    """

    WAITING = "waiting"
    REQUESTED = "requested"
    ASKED = "asked"
    BUILDING = "building"
    MOVING = "moving"
    QUEUED = "queued"
    UNSURE = "unsure"
    SUCCEEDED = "succeeded"
    STAGED = "staged"
    PARTLY_MOVED = "partly_moved"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    OUTDATED = "outdated"
    CANCELLED = "cancelled"

    @property
    def is_outcome(self) -> bool:
        return self in _OUTCOMES


_ENDS = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.FAILED, Stage.UNKNOWN, Stage.SUPERSEDED})
_OUTCOMES = _ENDS | {Stage.STAGED, Stage.OUTDATED, Stage.CANCELLED}

NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.WAITING: frozenset({Stage.REQUESTED, Stage.OUTDATED, Stage.FAILED, Stage.CANCELLED}),
    Stage.REQUESTED: frozenset({Stage.ASKED, Stage.OUTDATED, Stage.SUPERSEDED, Stage.FAILED}),
    Stage.ASKED: frozenset({Stage.BUILDING, Stage.MOVING, Stage.QUEUED, Stage.UNSURE}) | _ENDS,
    Stage.BUILDING: frozenset({Stage.MOVING, Stage.QUEUED, Stage.UNSURE, Stage.STAGED, Stage.CANCELLED})
    | _ENDS,
    Stage.MOVING: frozenset({Stage.QUEUED}) | _ENDS,
    Stage.QUEUED: _ENDS,
    Stage.UNSURE: frozenset({Stage.BUILDING, Stage.MOVING, Stage.QUEUED}) | _ENDS,
    **dict.fromkeys(_OUTCOMES, frozenset[Stage]()),
    Stage.UNKNOWN: _ENDS - {Stage.UNKNOWN},
}


class IllegalTransition(Exception):
    """A bug: an operation was about to take a step that NEXT does not allow."""


def check_transition(before: Stage, after: Stage) -> None:
    """Raises IllegalTransition. Staying where one is, is no transition."""
    if after is not before and after not in NEXT[before]:
        raise IllegalTransition(f"{before} -> {after}")


@dataclass(frozen=True)
class DomainProof:
    """One domain, read back and probed. `status` is its HTTP status; `fault` says why there is none; neither:
    not visited yet. `is_well`: the status was an expected one when the domain was visited. `gone`: it is no
    longer a domain of production.
    """

    name: str
    serves: str | None
    moved: bool
    status: int | None = None
    fault: str | None = None
    is_well: bool = False
    gone: bool = False


@dataclass(frozen=True)
class Build:
    """The new deployment of a rebuild or a redeploy, as last seen."""

    id: str
    url: str
    ready_state: str
    started_at: datetime
    logs_url: str | None = None
    error: str | None = None
    checks: Literal["pending", "failed"] | None = None

    @classmethod
    def of(cls, deployment: Deployment) -> Self:
        return cls(
            id=deployment.id,
            url=deployment.url,
            ready_state=deployment.ready_state,
            started_at=deployment.created_at,
            logs_url=deployment.logs_url,
            error=deployment.error,
            checks=deployment.checks,
        )


@dataclass(frozen=True)
class Trouble:
    """What stood in the way at last. `text` comes from outside.

    `kind`: "said" (the platform's own words), "status" (an error without words), "silent" (no answer),
    "garbled" (an answer that cannot be read), "job" (how its job ended), "checks" (the names of those that failed).
    """

    kind: Literal["said", "status", "silent", "garbled", "job", "checks"]
    text: str


@dataclass(frozen=True)
class Overtaking:
    """Who moved production meanwhile, and to what. `actor` as in the audit log, or the platform's user name;
    None where nobody says. `how`: a path; "stages" where visitors were only split; "gone" where nothing is in
    production any more; None for an assignment after a build.
    """

    to: Deployment
    actor: str | None = None
    how: str | None = None


@dataclass(frozen=True)
class Line:
    """Where a waiting operation stands; `place` is 1 for the next one. `ahead` is the one that is active."""

    place: int
    ahead: "Operation | None" = None


@dataclass(frozen=True)
class Findings:
    """What was learned while carrying an operation out. Stored as JSON with it.

    `before` is what was Current just before the last ask, `seen` at the last look. `changed` is what no longer
    held at the check. `auto_assign` is read back with the proofs. `left_staged`: the build is ready, and was not
    promoted because production had changed, or its checks failed. `overtaken` says who moved production, where it
    is known. `moved_after` is from the acceptance to the look that saw it moved; None for what waited in a queue of
    the platform. `log_end` are the last lines of the log of a build that failed. `release` is the newest rolling
    release at the last look; `unqueued_at` is since when the platform does not show what it has queued.
    `well_before` are the domains whose sites were seen well just before the ask; `offered_ts` is the message that
    offers an incident, since some of them fell ill.
    """

    baseline: Baseline | None = None
    before: Deployment | None = None
    build: Build | None = None
    proofs: tuple[DomainProof, ...] = ()
    trouble: Trouble | None = None
    changed: tuple[Part, ...] = ()
    seen: str | None = None
    auto_assign: bool | None = None
    queued: bool = False
    left_staged: bool = False
    moved_after: timedelta | None = None
    overtaken: Overtaking | None = None
    log_end: tuple[str, ...] = ()
    release: RollingRelease | None = None
    unqueued_at: datetime | None = None
    well_before: tuple[str, ...] = ()
    offered_ts: str | None = None


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
    promote_asked_at: datetime | None = None
    finished_at: datetime | None = None
    ended_by: str | None = None
    reason: str | None = None
    findings: Findings = Findings()

    @property
    def final_id(self) -> str | None:
        """The deployment that is to be Current in the end; None while what is built has no id yet."""
        if not self.plan.path.builds:
            return self.plan.target.id
        return self.findings.build.id if self.findings.build else None

    @property
    def began(self) -> RollingRelease | None:
        """The rolling release that it began, while that is under way."""
        release, path = self.findings.release, self.plan.path
        begins = self.stage is Stage.SUCCEEDED and (path is Path.PROMOTE or path.builds)
        is_ours = release is not None and release.is_active and release.canary_id == self.final_id
        return release if begins and is_ours else None

    @property
    def known(self) -> tuple[Deployment | None, ...]:
        """Deployments with their commits."""
        release = self.plan.newest_release
        return self.plan.current, release.canary if release else None, self.was, self.made

    @property
    def was(self) -> Deployment | None:
        """What the operation took the place of."""
        return self.findings.before or self.plan.current

    @property
    def made(self) -> Deployment:
        """What it makes Current: the target, or the deployment that was built from it."""
        build = self.findings.build
        if not self.plan.path.builds or build is None:
            return self.plan.target
        return replace(self.plan.target, id=build.id, url=build.url, target="production")


def fell_ill(operation: Operation) -> list[DomainProof]:
    """Sites that moved, are not well, and were so just before. One that nobody had time to visit is none."""
    before = set(operation.findings.well_before)
    return [
        p
        for p in operation.findings.proofs
        if p.moved and not p.is_well and p.fault != "skipped" and p.name in before
    ]


def duration(operation: Operation) -> timedelta | None:
    """From the ask to the outcome."""
    if operation.asked_at is None or operation.finished_at is None:
        return None
    return max(operation.finished_at - operation.asked_at, timedelta())
