"""What is known of an incident at a moment: what its card shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chatbot.domain.deployments import Deployment, EnvironmentKey, Project
from chatbot.domain.incidents import Entry, Visit
from chatbot.domain.news import Change, How, Kind, Step
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.waysback import WayBack

SUSPECTS = 6
WAYS = 3
MOST_DOMAINS = 200
"""Of an incident: the others are counted."""

_CHANGES = frozenset({Kind.CURRENT, Kind.DOMAIN, Kind.RELEASE})
"""What visitors may notice: a build that fails or waits is none."""

_SUSPECTED_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Incident:
    """`begun`: as far as anybody knows; an alert may tell of an earlier time than its own. `projects` are names, in
    the order in which they were given.
    """

    id: str
    what: str
    begun: datetime
    opened_at: datetime
    opened_by: str
    projects: tuple[str, ...]
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    channel: str = ""


@dataclass(frozen=True)
class Standing:
    """A project as it is now; `project` is None while the platform does not say. `unvisited` domains are too many to
    be visited. `ways` are the first three ways back. `rolling`: a rolling release is under way, and its abort is.
    """

    project_id: str
    name: str
    project: Project | None = None
    visits: tuple[Visit, ...] = ()
    unvisited: int = 0
    ways: tuple[WayBack, ...] = ()
    rolling: bool = False


@dataclass(frozen=True)
class KeysChanged:
    """Environment variables that were written; whoever did it, and what they were before, the platform keeps."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class BecameCurrent:
    """What is Current, of which nobody has told how it came to be."""

    deployment: Deployment


About = Operation | Change | BecameCurrent | KeysChanged


@dataclass(frozen=True)
class Suspect:
    """A change of production before the incident began. `back` leads to what was before, by a rollback; `forward` does
    so by a promote, where the change was a rollback. `is_last`: nothing has moved the project since, so that an
    operation can be undone and a rolling release is as it was left.
    """

    at: datetime
    project_id: str
    project_name: str
    about: About
    back: WayBack | None = None
    is_last: bool = False
    forward: Deployment | None = None


@dataclass(frozen=True)
class Scene:
    """`pinned`: whether its card is, as the error code that Slack gave; empty where it is, None while nobody knows."""

    incident: Incident
    standings: tuple[Standing, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    entries: tuple[Entry, ...] = ()
    pinned: str | None = None
    looked_at: datetime | None = field(default=None, compare=False)

    @property
    def visits(self) -> list[Visit]:
        return [visit for standing in self.standings for visit in standing.visits]


def suspects_of(
    standing: Standing,
    begun: datetime,
    *,
    operations: Iterable[Operation],
    changes: Iterable[Change],
    keys: Iterable[EnvironmentKey],
) -> list[Suspect]:
    """What changed a project within a day before it began, newest first. The bot's own operations are told once."""
    moved = [o for o in operations if o.stage in {Stage.SUCCEEDED, Stage.PARTLY_MOVED} and o.finished_at]
    ours = {o.id for o in moved}
    found: list[tuple[datetime, About]] = [(o.finished_at, o) for o in moved if o.finished_at is not None]
    found += [
        (c.at, c)
        for c in changes
        if c.kind in _CHANGES and c.how is not How.BOT and c.operation_id not in ours
    ]
    found += _untold(standing.project, found)
    found += _written(keys)
    lately = sorted(
        (one for one in found if begun - _SUSPECTED_FOR <= one[0] <= begun),
        key=lambda one: one[0],
        reverse=True,
    )
    last = next((about for _, about in lately if _moves(about)), None)
    return [
        Suspect(
            at,
            standing.project_id,
            standing.name,
            about,
            back=_back(about, standing.ways),
            is_last=(
                is_last := (about is last and _is_current(about, standing.project)) or _rolls(lately, about)
            ),
            forward=_forward(about) if is_last else None,
        )
        for at, about in lately
    ]


def _untold(project: Project | None, told: Iterable[tuple[datetime, About]]) -> list[tuple[datetime, About]]:
    """How Current came to be, where it moved while nobody watched."""
    if project is None or project.current is None or project.current_since is None:
        return []
    made = [
        about.final_id if isinstance(about, Operation) else about.now.id if about.now else None
        for _, about in told
        if isinstance(about, Operation | Change)
    ]
    return [] if project.current.id in made else [(project.current_since, BecameCurrent(project.current))]


def _written(keys: Iterable[EnvironmentKey]) -> list[tuple[datetime, About]]:
    """Keys of production that were written in the same minute are one change."""
    by_minute: dict[datetime, list[EnvironmentKey]] = {}
    for key in keys:
        if "production" in key.targets:
            by_minute.setdefault(key.updated_at.replace(second=0, microsecond=0), []).append(key)
    return [
        (max(k.updated_at for k in written), KeysChanged(tuple(sorted({k.key for k in written}))))
        for written in by_minute.values()
    ]


def _rolls(lately: Sequence[tuple[datetime, About]], about: object) -> bool:
    """A rolling release that nothing has come after."""
    is_stage = isinstance(about, Change) and about.kind is Kind.RELEASE and about.step is not Step.ABORTED
    return is_stage and about is lately[0][1]


def _moves(about: object) -> bool:
    return isinstance(about, Operation | BecameCurrent) or (
        isinstance(about, Change) and about.kind is Kind.CURRENT
    )


def _is_current(about: object, project: Project | None) -> bool:
    current = project.current.id if project and project.current else None
    made = about.final_id if isinstance(about, Operation) else None
    if isinstance(about, BecameCurrent):
        return True
    if isinstance(about, Change) and about.now is not None:
        made = about.now.id
    return current is not None and made == current


def _forward(about: object) -> Deployment | None:
    """What somebody else has rolled back from."""
    went_back = isinstance(about, Change) and about.how is How.ROLLED_BACK
    return about.was if went_back and isinstance(about, Change) else None


def _back(about: object, ways: Iterable[WayBack]) -> WayBack | None:
    """To what served before that change, if that is among the ways back; before Current, that is the first."""
    if isinstance(about, BecameCurrent):
        return next(iter(ways), None)
    was = about.was if _moves(about) and isinstance(about, Operation | Change) else None
    return next((way for way in ways if was is not None and way.target.id == was.id), None)
