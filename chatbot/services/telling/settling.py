"""Once production has moved on, whoever moved it: the messages from before lose their buttons and say why."""

import logging
from datetime import timedelta

from chatbot.domain.course import LOOKED_BACK
from chatbot.domain.news import Change, Kind
from chatbot.services.announcer import Announcer, Posted, SlackTrouble, asks_to_wait
from chatbot.services.operations.ledger import Clock
from chatbot.services.operations.retiring import retire_message
from chatbot.services.people import People
from chatbot.services.telling.records import as_change
from chatbot.services.telling.wording import Wording
from storage import moves, operations
from storage.database import Database
from storage.models import Announcement
from storage.models import Change as Row

KEPT_FOR = timedelta(days=1)
_SOONEST, _LATEST = timedelta(seconds=1), timedelta(minutes=10)
_FROM_OUTSIDE = frozenset({Kind.CURRENT, Kind.GONE})
_log = logging.getLogger(__name__)


class Settling:
    def __init__(
        self, database: Database, announcer: Announcer, people: People, wording: Wording, clock: Clock
    ) -> None:
        self._database = database
        self._announcer = announcer
        self._people = people
        self._wording = wording
        self._clock = clock

    async def settle(self, row: Row) -> float | None:
        """`row` is the project's newest move. Returns after how many seconds something is left to do."""
        change = await self._people.named(as_change(row))
        pause = min(max(self._clock() - row.noticed_at, _SOONEST), _LATEST)
        trouble = await self._announcements(row)
        try:
            left = await self._operations(change)
        except SlackTrouble as error:
            left, trouble = True, [*trouble, error]
        if trouble:
            _log.warning("%s older messages still have their buttons: %s", len(trouble), _kinds(trouble))
            left, pause = True, max(pause, timedelta(seconds=max(map(asks_to_wait, trouble))))
        now = self._clock()
        if left and now - row.noticed_at > KEPT_FOR:
            _log.error("messages from before change %s keep their buttons", row.id)
            left = False
        async with self._database.write() as session:
            await moves.settled(session, row, now + pause if left else None)
        return pause.total_seconds() if left else None

    async def _announcements(self, row: Row) -> list[Exception]:
        """What stood in the way. One that cannot be updated holds up no other."""
        async with self._database.read() as session:
            older = [
                (announcement, told, await moves.before(session, told, LOOKED_BACK))
                for announcement, told in await moves.to_retire(session, row)
            ]
        trouble: list[Exception] = []
        for announcement, told, before in older:
            try:
                await self._without_buttons(announcement, told, before, row)
            except SlackTrouble as error:
                trouble.append(error)
        return trouble

    async def _without_buttons(
        self, announcement: Announcement, told: Row, before: list[Row], since: Row
    ) -> None:
        if announcement.ts is not None:
            message = await self._wording.of(announcement, told, before, since)
            place = announcement.place or announcement.channel
            await self._announcer.update(Posted(place, announcement.ts), message, hasty=True)
        async with self._database.write() as session:
            await moves.retire(session, announcement.id, self._clock())

    async def _operations(self, change: Change) -> bool:
        """What the bot does itself, its operations do. Whether the end of one has still to be told."""
        if change.operation_id is not None or change.kind not in _FROM_OUTSIDE:
            return False
        async with self._database.read() as session:
            older = await operations.to_retire(session, change.project_id, change.noticed_at)
            untold = await operations.untold(session, change.project_id, change.noticed_at)
        for row in older:
            if change.now is not None and change.now.id == (row.build_id or row.target_id):
                continue  # production is where it went
            await retire_message(self._announcer, row, change, self._clock(), hasty=True)
            async with self._database.write() as session:
                await operations.retire(session, row.id, self._clock())
        return untold


def _kinds(trouble: list[Exception]) -> str:
    return ", ".join(sorted({type(error).__name__ for error in trouble}))
