"""One look at everything that an incident is about: production, its sites, and what changed before."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from chatbot.domain.deployments import Domain, EnvironmentKey, Project
from chatbot.domain.incidents import Visit
from chatbot.domain.news import Change
from chatbot.domain.operations import Operation
from chatbot.domain.scenes import MOST_DOMAINS, SUSPECTS, WAYS, Standing, Suspect, suspects_of
from chatbot.domain.waysback import WayBack, way_back
from chatbot.errors import PlatformError
from chatbot.services.homes.standings import visits_json
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock
from chatbot.services.planner import Planner
from chatbot.services.prober import Prober
from chatbot.services.telling.records import as_change
from chatbot.services.waysback import WaysBack
from chatbot.vercel import VercelClient
from storage import homes, incidents
from storage.database import Database
from storage.models import IncidentProject

_KEYS_TAKE, _READS_TAKE, _VISITS_TAKE = 4.0, 8.0, 20.0
"""Seconds at most: what takes longer is not known this time."""
_SLOW = timedelta(minutes=1)
"""How old may be what changes seldom: the names of domains, the ways back, the environment."""
_DAY = timedelta(days=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Facts:
    """What is read now and then only, and anew as soon as production has moved."""

    at: datetime
    of: Project
    domains: tuple[Domain, ...]
    ways: tuple[WayBack, ...]
    keys: tuple[EnvironmentKey, ...]
    rolling: bool


class Sight:
    """Reads only; what the platform does not say is left open. Nothing here is the truth: it is all read again."""

    def __init__(
        self,
        vercel: VercelClient,
        planner: Planner,
        ways_back: WaysBack,
        history: History,
        prober: Prober,
        database: Database,
        clock: Clock,
    ) -> None:
        self._vercel = vercel
        self._planner = planner
        self._ways_back = ways_back
        self._history = history
        self._prober = prober
        self._database = database
        self._clock = clock
        self._facts: dict[str, _Facts] = {}

    async def look(
        self, projects: Sequence[IncidentProject], begun: datetime
    ) -> tuple[list[Standing], list[Suspect]]:
        looked = await asyncio.gather(*map(self._project, projects))
        standings = await self._visited([standing for standing, _ in looked], [facts for _, facts in looked])
        return standings, await self._suspects(standings, [facts for _, facts in looked], begun)

    async def first_ways(
        self, projects: Sequence[IncidentProject]
    ) -> list[tuple[Project | None, WayBack | None]]:
        """Of each, as it is now, and where it goes back to first."""

        async def one(named: IncidentProject) -> tuple[Project | None, WayBack | None]:
            try:
                async with asyncio.timeout(_READS_TAKE):
                    facts = await self._read(await self._vercel.project(named.project_id))
            except (PlatformError, TimeoutError) as error:
                _log.warning("an incident's project was not read: %r", error)
                return None, None
            return facts.of, facts.ways[0] if facts.ways else None

        return await asyncio.gather(*map(one, projects))

    async def _project(self, named: IncidentProject) -> tuple[Standing, _Facts | None]:
        standing = Standing(named.project_id, named.project_name)
        known = self._facts.get(named.project_id)
        try:
            async with asyncio.timeout(_READS_TAKE):
                project = await self._vercel.project(named.project_id)
                standing = replace(standing, project=project)
                if known is None or known.of != project or self._clock() - known.at > _SLOW:
                    known = await self._read(project)
        except (PlatformError, TimeoutError) as error:
            _log.warning("an incident's project was not read: %r", error)
            return standing, known  # its sites are visited all the same
        self._facts[named.project_id] = known
        return replace(standing, ways=known.ways, rolling=known.rolling), known

    async def _read(self, project: Project) -> _Facts:
        domains, ways, release, keys = await asyncio.gather(
            self._vercel.domains(project.id),
            self._ways_back.all(project),
            self._planner.releases.under_way(project),
            self._keys(project.id),
        )
        found = (way_back(project, target, domains, release) for target in ways.found)
        first = tuple(way for way in found if way is not None)[:WAYS]
        return _Facts(self._clock(), project, tuple(domains), first, tuple(keys), release is not None)

    async def _keys(self, project_id: str) -> list[EnvironmentKey]:
        """None where they cannot be read in time: nothing but a suspicion depends on them."""
        try:
            async with asyncio.timeout(_KEYS_TAKE):
                return await self._vercel.environment(project_id)
        except (PlatformError, TimeoutError) as error:
            _log.warning("the environment of an incident's project was not read: %r", error)
            return []

    async def _visited(self, standings: Sequence[Standing], facts: Sequence[_Facts | None]) -> list[Standing]:
        """Every production domain, up to so many in all: each project gets its share."""
        share = MOST_DOMAINS // max(len(standings), 1)
        names = [
            [d.name for d in known.domains if d.moves_with_production and d.verified] if known else []
            for known in facts
        ]
        chosen = [each[:share] for each in names]
        sites = {name for each in chosen for name in each}
        within = min(self._prober.takes(len(sites)), _VISITS_TAKE)
        probes = await self._prober.probe(sites, within=within)
        found = {
            name: Visit(name, **asdict(probe)) for name, probe in probes.items() if probe.fault != "skipped"
        }
        visits = [tuple(found[name] for name in mine if name in found) for mine in chosen]
        await self._keep({s.project_id: seen for s, seen in zip(standings, visits, strict=True) if seen})
        return [
            replace(standing, visits=seen, unvisited=len(whole) - len(seen))
            for standing, whole, seen in zip(standings, names, visits, strict=True)
        ]

    async def _keep(self, visits: Mapping[str, tuple[Visit, ...]]) -> None:
        """App Home shows them, too."""
        async with self._database.write() as session:
            await homes.keep_visits(
                session, self._clock(), {id_: visits_json(seen) for id_, seen in visits.items()}
            )

    async def _suspects(
        self, standings: Sequence[Standing], facts: Sequence[_Facts | None], begun: datetime
    ) -> list[Suspect]:
        operations = await asyncio.gather(*(self._history.changes(s.project_id) for s in standings))
        changes = await self._changes([s.project_id for s in standings], begun)
        found = [
            suspect
            for standing, known, done in zip(standings, facts, operations, strict=True)
            for suspect in self._of_one(standing, known, done, changes, begun)
        ]
        return sorted(found, key=lambda s: s.at, reverse=True)[:SUSPECTS]

    @staticmethod
    def _of_one(
        standing: Standing,
        known: _Facts | None,
        done: Sequence[Operation],
        changes: Sequence[Change],
        begun: datetime,
    ) -> list[Suspect]:
        mine = [change for change in changes if change.project_id == standing.project_id]
        keys = known.keys if known else ()
        return suspects_of(standing, begun, operations=done, changes=mine, keys=keys)

    async def _changes(self, project_ids: Sequence[str], begun: datetime) -> list[Change]:
        async with self._database.read() as session:
            found = await incidents.changes_before(session, project_ids, begun, since=begun - _DAY)
        return [as_change(row) for row in found]
