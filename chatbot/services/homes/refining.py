"""What the rows do not tell of the projects on a page: how their sites are, and where one click goes."""

import asyncio
import logging
from datetime import timedelta

from chatbot.domain.candidates import is_newer, rollback_candidates
from chatbot.domain.deployments import Project
from chatbot.domain.homes import Standing
from chatbot.domain.incidents import Visit
from chatbot.domain.sights import Snapshot
from chatbot.domain.waysback import WayBack, way_back
from chatbot.errors import PlatformError
from chatbot.services.homes.overviews import Read
from chatbot.services.homes.standings import visits_json, way_from, way_json
from chatbot.services.operations.ledger import Clock
from chatbot.services.planner import Planner
from chatbot.services.prober import Prober
from chatbot.vercel import VercelClient
from storage import homes
from storage.database import Database

FRESH_FOR = timedelta(minutes=1)
_WITHIN = 4.0
_DOMAINS = 5
"""Of a project; the rest is not visited for App Home."""

_AT_ONCE = 5
_log = logging.getLogger(__name__)


class Refining:
    """Only while somebody opens or touches App Home, and only what is shown there."""

    def __init__(
        self, database: Database, planner: Planner, vercel: VercelClient, prober: Prober, clock: Clock
    ) -> None:
        self._database = database
        self._planner = planner
        self._vercel = vercel
        self._prober = prober
        self._clock = clock
        self._none_from: dict[str, str] = {}
        """Project id to what there is no way back from."""

        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def refine(self, read: Read) -> bool:
        """Whether there is something new to show."""
        visited, found = await asyncio.gather(self._visit(read), self._find(read))
        return visited or found

    async def _visit(self, read: Read) -> bool:
        now = self._clock()
        names = {
            standing.called.id: _sites(read.seen[standing.called.id])
            for standing in read.overview.standings
            if standing.health is None or now - standing.health.at >= FRESH_FOR
        }
        met = await self._prober.probe({name for some in names.values() for name in some}, within=_WITHIN)
        visits = {
            name: Visit(name, probe.status, probe.fault, probe.is_well)
            for name, probe in met.items()
            if probe.fault != "skipped"
        }
        seen = {id_: [visits[name] for name in some if name in visits] for id_, some in names.items()}
        kept = {id_: visits_json(some) for id_, some in seen.items() if some}
        if kept:
            async with self._database.write() as session:
                await homes.keep_visits(session, now, kept)
        return bool(kept)

    async def _find(self, read: Read) -> bool:
        """Nothing for whoever may change nothing."""
        seen = read.seen
        wanted = [s for s in read.overview.standings if self._wants_way(s, seen[s.called.id])]
        if not read.overview.may_act or not wanted:
            return False
        found = await asyncio.gather(*(self._find_one(s, seen[s.called.id]) for s in wanted))
        ways = {way.project_id: way for way in found if way is not None}
        if ways:
            async with self._database.write() as session:
                for project_id, way in sorted(ways.items()):
                    await homes.keep_way(session, project_id, way_from(seen[project_id]), way_json(way))
        return bool(ways)

    def _wants_way(self, standing: Standing, seen: Snapshot) -> bool:
        there_is_none = self._none_from.get(standing.called.id) == way_from(seen)
        may_have_one = standing.current is not None and not standing.is_releasing and not there_is_none
        return standing.back is None and may_have_one

    async def _find_one(self, standing: Standing, seen: Snapshot) -> WayBack | None:
        project_id = standing.called.id
        project = Project(project_id, standing.called.name, seen.auto_assign, current=seen.current)
        try:
            async with self._at_once:
                eligible, domains = await asyncio.gather(
                    self._planner.eligible(project_id), self._vercel.domains(project_id)
                )
        except PlatformError as error:
            _log.warning("the way back of project %s was not found: %s", project_id, error)
            return None
        last = seen.last_request
        before = last.from_id if last is not None and last.to_id == seen.current_id else None
        targets = [d for d in rollback_candidates(project, eligible, before) if not is_newer(d, project)]
        found = way_back(project, targets[0], domains) if targets else None
        if found is None:
            self._none_from[project_id] = way_from(seen)
        return found


def _sites(seen: Snapshot) -> list[str]:
    """What points nowhere is no site."""
    return sorted(name for name, serves in (seen.serving or {}).items() if serves)[:_DOMAINS]
