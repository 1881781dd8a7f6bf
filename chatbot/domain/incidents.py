"""An incident: how its sites are, what was done, and how long that took."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chatbot.domain.operations import Stage
from chatbot.domain.plans import Path

MAX_PROJECTS = 20
"""In one incident: each has its place on the card."""

_OFTEN, _SELDOM = timedelta(seconds=5), timedelta(seconds=30)
_OFTEN_FOR = timedelta(hours=1)
_VISITS_A_SECOND = 10
_MANY_TURNS, _BETWEEN_MANY_TURNS = 10, timedelta(minutes=5)


@dataclass(frozen=True)
class Named:
    """A project of an incident."""

    id: str
    name: str


class Kind(StrEnum):
    """What a line of the timeline is about. ILL and WELL: what the probes saw, each time it turned. SEEN: by somebody
    in a drill.
    """

    OPENED = "opened"
    ALERTED = "alerted"
    ILL = "ill"
    WELL = "well"
    REQUESTED = "requested"
    ENDED = "ended"
    MOVED = "moved"
    SEEN = "seen"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Entry:
    """A line of the timeline. `actor` as in the audit log, or what the platform calls somebody. `to` is a label.

    `stage` and `override` are of an operation of the bot; MOVED is somebody else's doing, and `operation_id` then the
    change's.
    """

    at: datetime
    kind: Kind
    actor: str
    project: str | None = None
    path: Path | None = None
    to: str | None = None
    stage: Stage | None = None
    override: bool = False
    operation_id: str | None = None
    domains: tuple[str, ...] = ()

    @property
    def is_way_back(self) -> bool:
        """Whether production was taken back, at least in part, whoever did it."""
        went = self.stage in {Stage.SUCCEEDED, Stage.PARTLY_MOVED} or self.kind is Kind.MOVED
        return went and self.path is not None and self.path.goes_back


@dataclass(frozen=True)
class Visit:
    """One domain as a visitor finds it. `status` is the HTTP status, `fault` says why there is none."""

    name: str
    status: int | None = None
    fault: str | None = None
    is_well: bool = False


@dataclass(frozen=True)
class Times:
    """When what was first so. None: not yet, or never seen. `recovered`: every domain was well again, and stayed so."""

    begun: datetime
    detected: datetime | None
    rolled_back: datetime | None = None
    recovered: datetime | None = None
    resolved: datetime | None = None

    def after(self, at: datetime | None) -> timedelta | None:
        """How long after its beginning."""
        return None if at is None else max(at - self.begun, timedelta())


def times(begun: datetime, entries: Sequence[Entry]) -> Times:
    """`begun` is when it began as far as anybody knows: an alert may tell of an earlier time than its own."""
    opened = next((e.at for e in entries if e.kind is Kind.OPENED), begun)
    seen = [e for e in entries if e.kind in {Kind.ILL, Kind.WELL}]
    is_over = len(seen) > 1 and seen[-1].kind is Kind.WELL
    return Times(
        begun=min(begun, opened),
        detected=opened,
        rolled_back=next((e.at for e in entries if e.is_way_back), None),
        recovered=seen[-1].at if is_over else None,
        resolved=next((e.at for e in entries if e.kind is Kind.RESOLVED), None),
    )


def ways_back_of(entries: Iterable[Entry]) -> dict[str, Stage | None]:
    """How the last way back of each project ended; None while it is under way. In the order of the first requests."""
    found: dict[str, Stage | None] = {}
    for entry in entries:
        if entry.project is None or entry.path is None or not entry.path.goes_back:
            continue
        if entry.kind in {Kind.REQUESTED, Kind.ENDED}:
            found[entry.project] = entry.stage
    return found


def turned(entries: Iterable[Entry], visits: Sequence[Visit], now: datetime) -> Kind | None:
    """ILL or WELL where that is news: the first time that all was visited, and each time it is otherwise since. A site
    that comes and goes does not fill the timeline.
    """
    if not visits:
        return None
    is_now = Kind.WELL if all(visit.is_well for visit in visits) else Kind.ILL
    told = [e for e in entries if e.kind in {Kind.ILL, Kind.WELL}]
    if told and told[-1].kind is is_now:
        return None
    flaps = len(told) >= _MANY_TURNS and now - told[-1].at < _BETWEEN_MANY_TURNS
    return None if flaps else is_now


def until_next_look(open_for: timedelta, *, projects: int, domains: int) -> timedelta:
    """So that neither the platform nor the sites are asked too often: a second a project at least, and no more than
    ten visits a second.
    """
    pause = _OFTEN if open_for < _OFTEN_FOR else _SELDOM
    return max(pause, timedelta(seconds=projects), timedelta(seconds=domains / _VISITS_A_SECOND))
