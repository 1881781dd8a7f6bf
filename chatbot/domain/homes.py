"""What App Home shows: every project's production, the ones that need somebody first."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.domain.access import Decision
from chatbot.domain.deployments import Deployment
from chatbot.domain.incidents import Visit
from chatbot.domain.news import Change
from chatbot.domain.operations import Operation
from chatbot.domain.waysback import WayBack

PROJECTS_A_PAGE = 12
MAX_SEARCH = 100


@dataclass(frozen=True)
class Called:
    """A project by its name, with what brings it to the top."""

    id: str
    name: str
    is_in_incident: bool = False
    is_moving: bool = False
    is_pinned: bool = False

    @property
    def calm(self) -> tuple[bool, ...]:
        """Sorts what needs somebody before what does not."""
        return not self.is_in_incident, not self.is_moving, not self.is_pinned


@dataclass(frozen=True)
class Health:
    """How a project's domains were when they were visited; perhaps not all of them."""

    at: datetime
    visits: tuple[Visit, ...] = ()

    @property
    def ill(self) -> tuple[Visit, ...]:
        return tuple(visit for visit in self.visits if not visit.is_well)


@dataclass(frozen=True)
class Standing:
    """A project's production as it was last seen. None: not known, or there is none.

    `pinned_because` is the reason of the rollback that pins it. `astray` are production domains that serve something
    else than Current. `back` is where one click goes.
    """

    called: Called
    current: Deployment | None = None
    since: datetime | None = None
    auto_assign: bool = True
    domains: int = 0
    astray: tuple[str, ...] = ()
    pinned_because: str | None = None
    is_releasing: bool = False
    last: Change | None = None
    health: Health | None = None
    back: WayBack | None = None


@dataclass(frozen=True)
class OpenIncident:
    what: str
    since: datetime
    channel: str
    projects: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """`number` counts from 0; `found` is how many projects the search finds, of `all`."""

    shown: tuple[Called, ...]
    number: int
    pages: int
    found: int
    all: int

    @property
    def first(self) -> int:
        """The place of the first one shown, from 1."""
        return self.number * PROJECTS_A_PAGE + 1


@dataclass(frozen=True)
class Overview:
    """One person's App Home. `decision`: None where Slack did not say who this is."""

    user: str
    decision: Decision | None
    until: datetime
    search: str
    page: Page
    standings: Sequence[Standing] = ()
    under_way: Sequence[Operation] = ()
    incidents: Sequence[OpenIncident] = ()

    @property
    def may_act(self) -> bool:
        return self.decision is not None and self.decision.allowed


def page_of(projects: Collection[Called], search: str, number: int) -> Page:
    """Those whose name has every word of the search; a page that there is no more is the last one."""
    words = search.casefold().split()
    found = [p for p in _in_order(projects) if all(word in p.name.casefold() for word in words)]
    pages = max(1, -(-len(found) // PROJECTS_A_PAGE))
    number = min(max(number, 0), pages - 1)
    first = number * PROJECTS_A_PAGE
    shown = tuple(found[first : first + PROJECTS_A_PAGE])
    return Page(shown, number, pages, len(found), len(projects))


def _in_order(projects: Iterable[Called]) -> list[Called]:
    return sorted(projects, key=lambda p: (p.calm, p.name.casefold(), p.id))
