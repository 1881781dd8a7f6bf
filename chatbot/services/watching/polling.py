"""The net beneath the webhooks: one process among all replicas goes through the projects, again and again.

A round is the list of projects, a hundred a request, and the newest production builds of the team. A project that
is not as it was is looked at; so are those with an operation or an open incident, alone and more often.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chatbot.domain.deployments import Deployment, State, state_of
from chatbot.domain.noticing import first_glimpse
from chatbot.domain.releases import ReleaseState
from chatbot.domain.rounds import Patience, pause_after
from chatbot.domain.sights import Builds, Glimpse, Snapshot
from chatbot.errors import PlatformAnswered, PlatformError
from chatbot.services.operations.ledger import Clock
from chatbot.services.tasks import Tasks
from chatbot.services.watching.records import snapshot_of
from chatbot.services.watching.watcher import Watcher
from chatbot.vercel import VercelClient
from storage import incidents, operations, watching
from storage.database import Database

NAME = "watcher"
_LEASE = timedelta(seconds=15)
_HOT_EVERY = timedelta(seconds=3)
_LEFT_ALONE = timedelta(seconds=5)
_LEFT_AT_LATEST = 300.0
_AT_ONCE = 4
_LONGEST = 3600.0
_AGAIN_AFTER = timedelta(seconds=10)
_NEVER = timedelta(days=36_500)
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class Poller:
    """`every` is the pause between two rounds while one page holds all projects; of zero there is one
    round at the start: what happens from then on is news, and webhooks tell of it. `owner` names this process.
    """

    def __init__(
        self,
        watcher: Watcher,
        vercel: VercelClient,
        database: Database,
        tasks: Tasks,
        clock: Clock,
        *,
        owner: str,
        every: timedelta,
    ) -> None:
        self._watcher = watcher
        self._vercel = vercel
        self._database = database
        self._tasks = tasks
        self._clock = clock
        self._owner = owner
        self._every = every
        self._held_until: datetime | None = None
        self._rounds = _Due()
        self._hot = _Due()
        self._theirs: datetime | None = None
        """Until when another process has the lease, as last read."""
        self._is_silent = False
        self._closing = False
        self._patience = Patience()
        self._patience_with_hot = Patience()
        self._patience_with_left = Patience(_LEFT_AT_LATEST)
        self._quiet = asyncio.Lock()

    @property
    def tick_every(self) -> float:
        """Seconds."""
        return min(self._every.total_seconds() or 1.0, 1.0)

    async def tick(self) -> None:
        """A round may take longer than the time to the next tick, which then does nothing."""
        if not self._quiet.locked():
            self._tasks.start(self._work(), "look at production")

    async def _work(self) -> None:
        """Nothing for most replicas: they only read whose turn it is."""
        async with self._quiet:
            if self._closing or not await self._is_mine():
                return
            await self._look_at_what_was_left()
            now = self._clock()
            if self._hot.is_due(now):
                self._hot = _Due(now, _HOT_EVERY)
                await self._look_at_hot_ones()
            if self._rounds.is_due(now):
                self._rounds = _Due(now, await self._round())

    async def release(self) -> None:
        """At the end: another process goes on at once."""
        self._closing = True
        async with self._quiet:
            if self._held_until is not None:
                async with self._database.write() as session:
                    await watching.release(session, NAME, self._owner, now=self._clock())

    async def _is_mine(self) -> bool:
        now = self._clock()
        if self._held_until is not None and _LEASE / 2 < self._held_until - now <= _LEASE:
            return True
        async with self._database.read() as session:
            lease = await watching.lease(session, NAME)
        if lease is not None and lease.owner != self._owner and now < lease.until <= now + 2 * _LEASE:
            if self._theirs not in {None, lease.until}:
                self._watcher.caught_up()  # somebody else is at work
            self._theirs, self._held_until = lease.until, None
            return False
        async with self._database.write() as session:
            mine = await watching.hold(session, NAME, self._owner, now=now, for_=_LEASE)
        if mine and self._held_until is None:
            self._rounds = _Due()
        self._held_until = now + _LEASE if mine else None
        return mine

    async def _round(self) -> timedelta:
        """How long to wait until the next one."""
        try:
            pages = await self._look_around()
        except PlatformError as error:
            if not self._is_silent:
                _log.warning("the projects cannot be listed: %s", error)
            self._is_silent = True
            asked = error.wait if isinstance(error, PlatformAnswered) else None
            return max(self._every or _AGAIN_AFTER, timedelta(seconds=min(asked or 0.0, _LONGEST)))
        if self._is_silent:
            _log.info("the projects can be listed again")
        self._is_silent = False
        self._watcher.caught_up()
        return pause_after(pages, self._every, self._vercel.quota) if self._every else _NEVER

    async def _look_around(self) -> int:
        """How many pages there were. Raises PlatformError."""
        builds = _Builds(await self._vercel.deployments({"target": "production"}))
        seen: set[str] = set()
        pages = 0
        async for page in self._vercel.project_pages():
            pages += 1
            seen.update(glimpse.project.id for glimpse in page)
            await self._compare(page, builds)
            if self._closing or not await self._is_mine():
                return pages
        async with self._database.read() as session:
            vanished = await watching.watched_ids(session) - seen
        await self._look_at(vanished)
        return pages

    async def _compare(self, page: list[Glimpse], builds: "_Builds") -> None:
        async with self._database.read() as session:
            rows = await watching.productions_of(session, (glimpse.project.id for glimpse in page))
        firsts: list[tuple[str, Snapshot]] = []
        differing: list[str] = []
        for glimpse in page:
            project_id = glimpse.project.id
            row = rows.get(project_id)
            if row is None:
                firsts.append(
                    (project_id, first_glimpse(glimpse, builds.first_seen_with(project_id), self._clock()))
                )
            elif row.gone_at is not None or self._differs(glimpse, snapshot_of(row), builds):
                differing.append(project_id)
        if firsts:
            await self._watcher.recording.begin_all(firsts)
        await self._look_at(differing)

    def _differs(self, glimpse: Glimpse, kept: Snapshot, builds: "_Builds") -> bool:
        """Of a rolling release the list tells nothing: one that is under way is looked at each time."""
        is_rolling = kept.release is not None and kept.release.state is ReleaseState.ACTIVE
        if is_rolling:
            return True
        project_id = glimpse.project.id
        if glimpse.agrees_with(kept) and not builds.have_news(project_id, kept.builds):
            self._patience.agrees(project_id)
            return False
        shown = (glimpse, builds.states_of(project_id))
        return self._patience.allows(project_id, shown, asyncio.get_running_loop().time())

    async def _look_at_what_was_left(self) -> None:
        """Projects of webhooks that were taken by a process that did not come to look, or that could not be read:
        those ever more seldom.
        """
        async with self._database.read() as session:
            left = await watching.not_looked_at(session, before=self._clock() - _LEFT_ALONE)
        self._patience_with_left.only(left)
        now = asyncio.get_running_loop().time()
        await self._look_at({one for one in left if self._patience_with_left.allows(one, None, now)})

    async def _look_at_hot_ones(self) -> None:
        """One read each, and more only where that shows something."""
        async with self._database.read() as session:
            hot = await operations.projects_asked_for(session) | await incidents.projects_open(session)
            rows = await watching.productions_of(session, hot) if hot else {}
        for project_id, row in rows.items():
            if self._closing:
                return
            try:
                glimpse = await self._vercel.glimpse(project_id)
            except PlatformError as error:
                _log.info("project %s cannot be looked at: %s", project_id, error)
                continue
            if glimpse.agrees_with(snapshot_of(row)):
                self._patience_with_hot.agrees(project_id)
            elif self._patience_with_hot.allows(project_id, glimpse, asyncio.get_running_loop().time()):
                await self._watcher.look(project_id)

    async def _look_at(self, project_ids: set[str] | list[str]) -> None:
        """A few at a time."""
        turns = asyncio.Semaphore(_AT_ONCE)

        async def one(project_id: str) -> None:
            async with turns:
                if not self._closing:
                    await self._watcher.look(project_id)

        await asyncio.gather(*(one(project_id) for project_id in sorted(project_ids)))


@dataclass(frozen=True)
class _Due:
    """Again `pause` after `since`; at once, too, where the clock was set back before that."""

    since: datetime | None = None
    pause: timedelta = timedelta()

    def is_due(self, now: datetime) -> bool:
        return self.since is None or not self.since <= now < self.since + self.pause


class _Builds:
    """The newest production builds of all projects."""

    def __init__(self, newest: list[Deployment]) -> None:
        self._until = max((build.created_at for build in newest), default=_BEFORE_ALL)
        self._of: dict[str, list[Deployment]] = {}
        for build in newest:
            self._of.setdefault(build.project_id, []).append(build)

    def first_seen_with(self, project_id: str) -> Builds:
        """Those that are over when their project is seen for the first time are no news."""
        running = frozenset(b.id for b in self._of.get(project_id, ()) if not _is_over(b))
        return Builds(self._until, running)

    def states_of(self, project_id: str) -> tuple[tuple[str, str, str | None], ...]:
        return tuple((b.id, b.ready_state, b.ready_substate) for b in self._of.get(project_id, ()))

    def have_news(self, project_id: str, kept: Builds | None) -> bool:
        """Whether one has begun or come to its end since the last look, or is the canary of a rolling release."""
        known = kept or Builds(self._until)
        return any(
            state_of(build, None) is State.CANARY
            or (known.are_news(build) and (build.id not in known.open or _is_over(build)))
            for build in self._of.get(project_id, ())
        )


def _is_over(build: Deployment) -> bool:
    return build.ready_state in {"READY", "ERROR", "CANCELED"}
