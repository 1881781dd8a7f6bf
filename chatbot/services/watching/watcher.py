"""Looks at a project's production and writes down what has happened to it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from chatbot.domain.news import Change, How, Who
from chatbot.domain.noticing import Noticed, baseline, gone, notice
from chatbot.domain.pacing import until_move_ends
from chatbot.domain.sights import Sight, Snapshot, Told
from chatbot.errors import NotFound, PlatformError
from chatbot.services.operations.ledger import Clock
from chatbot.services.people import People
from chatbot.services.tasks import Tasks
from chatbot.services.watching.looking import Looker, has_way_back
from chatbot.services.watching.recording import Known, Recording
from chatbot.services.watching.records import doing_of, hint_of, snapshot_of, user_of
from chatbot.vercel import VercelClient
from storage.database import Database
from storage.models import Production

_TRIES = 5
_FOLLOWED_FOR = 180.0
_AT_ONCE = 10
"""Looks, of all projects together: webhooks may come by the hundred, and operations ask the same platform."""
_log = logging.getLogger(__name__)


class Watcher:
    """`recorded` is called after the commit that holds at least one change."""

    def __init__(
        self,
        vercel: VercelClient,
        database: Database,
        people: People,
        tasks: Tasks,
        clock: Clock,
        *,
        tells_authors: bool,
        recorded: Callable[[], None] = lambda: None,
    ) -> None:
        self.recording = Recording(database, clock, tells_authors=tells_authors)
        self._vercel = vercel
        self._people = people
        self._looker = Looker(vercel)
        self._tasks = tasks
        self._clock = clock
        self._recorded = recorded
        self._turns: dict[str, asyncio.Lock] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._followed: set[str] = set()
        self._unreadable: set[str] = set()
        self._closing = asyncio.Event()
        self._started_at = clock()
        self._is_catching_up = True

    async def look(self, project_id: str) -> None:
        """Returns after a look that began after this call. Several callers share it."""
        waiting = self._waiting.get(project_id)
        if waiting is None:
            waiting = self._tasks.start(self._turn(project_id), f"look at {project_id}")
            self._waiting[project_id] = waiting
        await asyncio.shield(waiting)

    def look_soon(self, project_id: str) -> None:
        """The same without waiting for it."""
        self._tasks.start(self.look(project_id), f"look at {project_id} soon")

    def caught_up(self) -> None:
        """Every project has been looked at since the start, or others have watched all the time: from here on
        nothing has happened while nobody watched.
        """
        self._is_catching_up = False

    def stop(self) -> None:
        """Follow nothing any longer; a look that runs comes to its end."""
        self._closing.set()

    async def _turn(self, project_id: str) -> None:
        """One look at a project at a time."""
        lock = self._turns.setdefault(project_id, asyncio.Lock())
        async with lock, self._at_once:
            self._waiting.pop(project_id, None)  # whoever asks from here on needs another look
            settled = await self._look(project_id)
        if not settled and project_id not in self._followed and not self._closing.is_set():
            self._tasks.start(self._follow(project_id), f"follow {project_id}")

    async def _follow(self, project_id: str) -> None:
        """Something is under way that the platform tells nobody the end of."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._followed.add(project_id)
        try:
            while (waited := loop.time() - began) < _FOLLOWED_FOR:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), until_move_ends(waited))
                if self._closing.is_set():
                    return
                if not await self._looker.is_moving(project_id) and await self._look_in_turn(project_id):
                    return
        finally:
            self._followed.discard(project_id)

    async def _look_in_turn(self, project_id: str) -> bool:
        async with self._turns.setdefault(project_id, asyncio.Lock()), self._at_once:
            return await self._look(project_id)

    async def _look(self, project_id: str) -> bool:
        """Whether nothing is under way. A failure is logged once, and so is its end."""
        try:
            settled = await self._look_until_written(project_id)
        except PlatformError as error:
            if project_id not in self._unreadable:
                self._unreadable.add(project_id)
                _log.warning("project %s cannot be looked at: %s", project_id, error)
            return True  # the next round, or the webhook's row, brings it up again
        if project_id in self._unreadable:
            self._unreadable.discard(project_id)
            _log.info("project %s can be looked at again", project_id)
        return settled

    async def _look_until_written(self, project_id: str) -> bool:
        for _ in range(_TRIES):
            row = await self.recording.row(project_id)  # before the platform is read, not after
            before = snapshot_of(row) if row else None
            try:
                sight, known = await asyncio.gather(
                    self._looker.look(project_id, before), self.recording.known(project_id, row)
                )
            except NotFound:
                if await self._looker.is_gone(project_id) and await self._end(project_id, row):
                    return True
                continue
            if row is None or before is None:
                first = baseline(sight, self._clock())
                if await self.recording.begin(project_id, first, known.not_looked_at):
                    return True
                continue
            noticed, sight = await self._notice(row, before, sight, known)
            changes = await asyncio.gather(*(self._complete(change, sight) for change in noticed.changes))
            if await self.recording.record(row, known, replace(noticed, changes=tuple(changes))):
                if changes:
                    self._recorded()
                return noticed.settled
        return False

    async def _notice(
        self, row: Production, before: Snapshot, sight: Sight, known: Known
    ) -> tuple[Noticed, Sight]:
        now = self._clock()
        told = self._told(known, sight)
        noticed = notice(before, row.number, sight, told, now)
        while noticed.missing:
            sight = await self._looker.knowing(sight, noticed.missing)
            noticed = notice(before, row.number, sight, told, now)
        return noticed, sight

    async def _end(self, project_id: str, row: Production | None) -> bool:
        """There is no such project. False where somebody else has written meanwhile."""
        known = await self.recording.known(project_id, row)
        if row is None or row.gone_at is not None:
            await self.recording.forget(known.not_looked_at)
            return True
        change = gone(snapshot_of(row), row.number, project_id, self._clock())
        if not await self.recording.end(row, self._dated(change), known.not_looked_at):
            return False
        self._recorded()
        return True

    def _told(self, known: Known, sight: Sight) -> Told:
        people = self._vercel.people
        named = {d.id: people.name_of(user_of(d) or "") for d in known.deliveries}
        hints = (hint_of(d, Who(name) if (name := named[d.id]) else None) for d in known.deliveries)
        made = {build.id: Who(build.creator) for build in sight.builds if build.creator}
        return Told(
            hints=tuple(hint for hint in hints if hint is not None),
            doings=tuple(filter(None, map(doing_of, known.operations))),
            people=made,
        )

    async def _complete(self, change: Change, sight: Sight) -> Change:
        change, who = await asyncio.gather(self._with_way_back(change, sight), self._known_here(change))
        return self._dated(replace(change, who=who))

    async def _with_way_back(self, change: Change, sight: Sight) -> Change:
        return await self._looker.way_back(sight, change) if has_way_back(change) else change

    async def _known_here(self, change: Change) -> Who | None:
        """Whoever did it, with who that is in Slack, where the platform tells the mail address."""
        who = change.who
        if who is None or who.slack_user:
            return who
        people = self._vercel.people
        mail = people.mail_of_author(who.name) if change.is_by_author else people.mail_of(who.name)
        return who if mail is None else replace(who, slack_user=await self._people.slack_user(mail))

    def _dated(self, change: Change) -> Change:
        """Whether it happened while nobody watched. What cannot be dated is as old as its notice."""
        is_old = change.at <= self._started_at or change.at == change.noticed_at
        is_own = change.how is How.BOT
        return replace(change, while_away=True) if self._is_catching_up and is_old and not is_own else change
