"""Deployments and their states; projects, domains and environment keys, as far as the rules need them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Literal

from chatbot.domain.crons import Cron
from chatbot.domain.repositories import Repository


class State(StrEnum):
    """What people see. Derived each time from the platform's fields, never stored.

    Vercel docs, "Promoting a deployment": Staged, Promoted and Current.
    """

    BUILDING = "Building"
    FAILED = "Failed"
    PREVIEW = "Preview"
    STAGED = "Staged"
    PROMOTED = "Promoted"
    CURRENT = "Current"
    CANARY = "Canary"


@dataclass(frozen=True)
class Commit:
    """`repository` is None where the platform does not know it."""

    sha: str
    message: str
    author: str
    branch: str
    repository: Repository | None = None

    @property
    def subject(self) -> str:
        return self.message.strip().split("\n", 1)[0]


@dataclass(frozen=True)
class Deployment:
    """`target` is "production", or None for a preview. `url` has no scheme. `deleted`: by retention.

    `custom_environment` is a slug. `crons` are the cron jobs that it defines; None where it is not told, as in
    a list. `assigned_at` is when it got its domains, as far as its project tells. `plan` is its owner's: "hobby",
    "pro", "enterprise"; None in a list.
    `auto_assign` is its own switch (`vercel deploy --skip-domain` sets it off); the project has one as well.
    `checks` that are not through, or have failed, hold its domains back. `creator` is a user name.
    """

    id: str
    project_id: str
    project_name: str
    url: str
    target: str | None
    ready_state: str
    ready_substate: str | None
    created_at: datetime
    building_at: datetime | None = None
    ready_at: datetime | None = None
    commit: Commit | None = None
    logs_url: str | None = None
    error: str | None = None
    rollback_candidate: bool = False
    custom_environment: str | None = None
    custom_environment_id: str | None = None
    deleted: bool = False
    crons: tuple[Cron, ...] | None = None
    assigned_at: datetime | None = None
    auto_assign: bool = True
    plan: str | None = None
    checks: Literal["pending", "failed"] | None = None
    creator: str | None = None

    @property
    def label(self) -> str:
        """The shortest text by which a person recognises it: the commit, else the end of its id."""
        return self.commit.sha[:7] if self.commit and self.commit.sha else self.id[-8:]

    @property
    def build_time(self) -> timedelta | None:
        if self.building_at is None or self.ready_at is None or self.ready_at < self.building_at:
            return None
        return self.ready_at - self.building_at


@dataclass(frozen=True)
class AliasRequest:
    """The platform's record of the last promote or rollback of a project (`lastAliasRequest`)."""

    type: str
    job_status: str
    from_id: str | None
    to_id: str
    requested_at: datetime

    @property
    def is_running(self) -> bool:
        return self.job_status in {"pending", "in-progress"}


@dataclass(frozen=True)
class ReleaseStage:
    """One step of a rolling release: `percentage` of the visitors get the canary.

    `lasts` is how long, until the next stage follows by itself; None where somebody has to approve that, and in
    the last stage. `grows`: the percentage rises towards the next stage's meanwhile.
    """

    percentage: float
    lasts: timedelta | None = None
    grows: bool = False


@dataclass(frozen=True)
class Project:
    """`current` is `targets.production`: what the production domains point to, never the newest Promoted.

    `crons` are the cron jobs that run now: those of Current, or none while the project has them switched off.
    `rolling_release`: production moves in `stages`. A rolling release that is under way has its own.
    """

    id: str
    name: str
    auto_assign: bool
    current: Deployment | None = None
    last_request: AliasRequest | None = None
    repository: Repository | None = None
    rolling_release: bool = False
    rollback_reason: str | None = None
    rollback_by: str | None = None
    crons: tuple[Cron, ...] = ()
    crons_are_off: bool = False
    stages: tuple[ReleaseStage, ...] = ()

    @property
    def pinned(self) -> bool:
        """An instant rollback switched auto-assignment off.

        `lastRollbackTarget` is no sign of it: the platform clears it once the rollback is through.
        """
        return not self.auto_assign and self.last_request is not None and self.last_request.type == "rollback"

    @property
    def current_since(self) -> datetime | None:
        """When production came to what it serves; None where the platform does not say."""
        current, last = self.current, self.last_request
        if current is None:
            return None
        if last is not None and last.to_id == current.id and last.job_status == "succeeded":
            return last.requested_at
        return current.assigned_at or current.ready_at

    @property
    def move_under_way(self) -> AliasRequest | None:
        """Somebody's promote or rollback that is not through."""
        return self.last_request if self.last_request and self.last_request.is_running else None

    @property
    def previous_id(self) -> str | None:
        """What served before Current, where the last finished request says so."""
        last = self.last_request
        if last is None or self.current is None or last.to_id != self.current.id:
            return None
        return last.from_id


@dataclass(frozen=True)
class Domain:
    """`serves` is the id of the deployment that the name points to now; None while it points to none."""

    name: str
    redirect: str | None = None
    git_branch: str | None = None
    custom_environment: str | None = None
    verified: bool = True
    serves: str | None = None

    @property
    def moves_with_production(self) -> bool:
        """Redirects, branch domains and custom environments stay where they are."""
        return self.redirect is None and self.git_branch is None and self.custom_environment is None


@dataclass(frozen=True)
class EnvironmentKey:
    """One record; several records may share a key. Values are never read. `custom_environments` are ids."""

    id: str
    key: str
    targets: frozenset[str]
    updated_at: datetime
    git_branch: str | None = None
    custom_environments: frozenset[str] = frozenset()


def state_of(deployment: Deployment, current_id: str | None) -> State:
    """The state that a person sees, from `readyState`, `target`, `readySubstate` and what is Current."""
    match deployment.ready_state:
        case "READY":
            pass
        case "ERROR" | "CANCELED" | "DELETED":
            return State.FAILED
        case _:  # queued, building, blocked: not through yet
            return State.BUILDING
    if deployment.id == current_id:
        return State.CURRENT
    if deployment.target != "production":
        return State.PREVIEW
    match deployment.ready_substate:
        case "ROLLING":
            return State.CANARY
        case "PROMOTED":
            return State.PROMOTED
        case _:
            return State.STAGED


def usual_build_time(deployments: Iterable[Deployment], last: int = 10) -> timedelta | None:
    """The median of the last production builds that became ready; None where there is none."""
    times = [d.build_time for d in deployments if d.target == "production" and d.ready_state == "READY"]
    known = [t.total_seconds() for t in times if t is not None][:last]
    return timedelta(seconds=median(known)) if known else None
