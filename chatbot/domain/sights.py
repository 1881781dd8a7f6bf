"""What is seen of a project's production in one look, and what is kept of it until the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Self

from chatbot.domain.deployments import AliasRequest, Deployment, Domain, Project
from chatbot.domain.news import Who
from chatbot.domain.releases import ReleaseState, RollingRelease


@dataclass(frozen=True)
class Builds:
    """Which production builds have been seen to their end: all that are as old as `until`, but those still `open`.

    Only the platform's clock is in it.
    """

    until: datetime
    open: frozenset[str] = frozenset()

    def are_news(self, build: Deployment) -> bool:
        return build.created_at > self.until or build.id in self.open

    def after(self, seen: Iterable[Deployment], still_open: frozenset[str]) -> Self:
        return type(self)(max([self.until, *(b.created_at for b in seen)]), still_open)


@dataclass(frozen=True)
class ReleaseMark:
    """How far a rolling release was."""

    canary_id: str | None
    started_at: datetime
    state: ReleaseState
    active: int | None

    @classmethod
    def of(cls, release: RollingRelease | None) -> Self | None:
        if release is None:
            return None
        return cls(release.canary_id, release.started_at, release.state, release.active)

    def is_same(self, other: Self | None) -> bool:
        return other is not None and (self.canary_id, self.started_at) == (other.canary_id, other.started_at)


@dataclass(frozen=True)
class Snapshot:
    """A project as it was last seen; stored as JSON. None is what has not been looked at yet.

    `since`: when it was seen for the first time, in a list that tells nothing of rolling releases. `moved_at`: when
    Current moved last, by the platform's clock. `strayed`: domains that were told to serve something else than
    Current. `doubt`: what was seen and is not believed yet, and since when.
    """

    name: str
    current: Deployment | None
    auto_assign: bool = True
    last_request: AliasRequest | None = None
    request_is_known: bool = True
    pinned: bool = False
    serving: Mapping[str, str | None] | None = None
    strayed: frozenset[str] = frozenset()
    release: ReleaseMark | None = None
    release_is_known: bool = False
    builds: Builds | None = None
    since: datetime | None = None
    moved_at: datetime | None = None
    doubt: str | None = None
    doubt_since: datetime | None = None

    @property
    def current_id(self) -> str | None:
        return self.current.id if self.current else None


@dataclass(frozen=True)
class Glimpse:
    """A project as a list shows it. `serving`: its production domains, where the list tells of them.
    `tells_request`: it says what the last request was, if only that there was none.
    """

    project: Project
    serving: Mapping[str, str | None] | None = None
    tells_request: bool = True

    def agrees_with(self, kept: Snapshot) -> bool:
        """Whether there is nothing in it to look at more closely."""
        project = self.project
        last = project.last_request
        current_id = project.current.id if project.current else None
        is_same_request = last is None or (last, project.pinned) == (kept.last_request, kept.pinned)
        told = self.serving or {}
        serves_same = all((kept.serving or {}).get(name, serves) == serves for name, serves in told.items())
        return (
            (project.name, current_id, project.auto_assign) == (kept.name, kept.current_id, kept.auto_assign)
            and is_same_request
            and serves_same
        )


@dataclass(frozen=True)
class Sight:
    """One round of reads. `builds` are the newest production builds, `known` others that were asked for; a
    deployment in `deleted` is gone.
    """

    project: Project
    domains: tuple[Domain, ...] = ()
    builds: tuple[Deployment, ...] = ()
    release: RollingRelease | None = None
    known: tuple[Deployment, ...] = ()
    deleted: frozenset[str] = frozenset()

    @property
    def current_id(self) -> str | None:
        return self.project.current.id if self.project.current else None

    @property
    def moving(self) -> tuple[Domain, ...]:
        return tuple(d for d in self.domains if d.moves_with_production)

    def find(self, deployment_id: str | None) -> Deployment | None:
        candidates = (self.project.current, *self.builds, *self.known)
        return next((d for d in candidates if d is not None and d.id == deployment_id), None)


@dataclass(frozen=True)
class Hint:
    """What a webhook told of a move: of a promotion when it had happened, of a rollback when it was accepted."""

    at: datetime
    type: Literal["promote", "rollback"]
    to_id: str
    from_id: str | None = None
    who: Who | None = None


@dataclass(frozen=True)
class Doing:
    """One of the bot's own operations that has asked for something, and that no change tells of yet. `only_built`: it
    has ended without a move; no move is its doing, but its build is.
    """

    operation_id: str
    final_id: str
    goes_back: bool
    actor: str
    asked_at: datetime
    finished_at: datetime | None = None
    reason: str | None = None
    only_built: bool = False


@dataclass(frozen=True)
class Told:
    """What is known besides the platform's own answers."""

    hints: tuple[Hint, ...] = ()
    doings: tuple[Doing, ...] = ()
    people: Mapping[str, Who] = field(default_factory=dict)
    """Who made a deployment, by its id."""
