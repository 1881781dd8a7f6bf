"""Posts what is in the outbox, and takes the buttons from what production has outlived.

The rows are the truth. A process that dies between a post and its record posts again, under the same
client_msg_id: Slack knows the message then, and answers with it. It shows the wording of the first time, perhaps with
buttons that the second one has no more.
"""

import asyncio
import logging
import random
from collections.abc import Coroutine
from datetime import timedelta
from http import HTTPStatus

from slack_sdk.errors import SlackApiError

from chatbot.domain.course import LOOKED_BACK
from chatbot.messages import Message
from chatbot.messages.news import has_buttons
from chatbot.services import channels
from chatbot.services.announcer import Announcer, Posted, SlackTrouble, asks_to_wait, is_closed
from chatbot.services.operations.ledger import Clock
from chatbot.services.tasks import Tasks
from chatbot.services.telling.settling import Settling
from chatbot.services.telling.wording import Wording
from storage import audit, moves, outbox
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import Announcement
from storage.outbox import Claimed

MOST = 30
"""How many messages are on their way at once. Each is of another channel."""

KEPT_FOR = timedelta(days=1)
_LONGEST_PAUSE = timedelta(hours=1)
_TOGETHER = 0.05
_SOONEST, _LATEST = 0.5, 600.0
_PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)
_TOO_FAST = frozenset({"ratelimited", "rate_limited"})
_NEVER = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
"""Answers that will be the same the next time: nothing behind such a message waits for it."""
_log = logging.getLogger(__name__)


class Teller:
    """`owner` names this process among its replicas."""

    def __init__(
        self,
        database: Database,
        announcer: Announcer,
        wording: Wording,
        settling: Settling,
        tasks: Tasks,
        clock: Clock,
        *,
        owner: str,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._announcer = announcer
        self._wording = wording
        self._settling = settling
        self._tasks = tasks
        self._clock = clock
        self._owner = owner
        self._lease = lease
        self._under_way: set[str] = set()
        self._claiming: asyncio.Task[None] | None = None
        self._again = False
        self._is_full = False
        """More may be due than there was room for."""
        self._soon: asyncio.TimerHandle | None = None
        self._is_closing = False

    def wake(self) -> None:
        """Something was just written into the outbox, or may be due."""
        self._again = True
        if self._claiming is None or self._claiming.done():
            self._claiming = self._tasks.start(self._claim(), "claiming announcements")

    async def tick(self) -> None:
        """An idle tick takes no write lock."""
        now = self._clock()
        async with self._database.read() as session:
            due = await outbox.next_look(session, now)
        if due is not None and due <= now:
            self.wake()

    async def free_from_the_future(self) -> None:
        """What a tick does, too: a clock that ran ahead keeps nothing longer than the others wait for."""
        async with self._database.write() as session:
            await outbox.free_from_the_future(session, now=self._clock(), beyond=self._lease + _LONGEST_PAUSE)

    def stop(self) -> None:
        """Claim nothing more."""
        self._is_closing = True

    async def _claim(self) -> None:
        """What is to be read comes first, then what older messages are to lose."""
        while self._again and not self._is_closing:
            self._again = False
            await self._claim_announcements()
            await self._claim_moves()

    async def _claim_announcements(self) -> None:
        free = MOST - len(self._under_way)
        if free <= 0:
            self._is_full = True
            return  # whichever ends first wakes it
        async with self._database.write() as session:
            mine = await outbox.claim_due(
                session,
                owner=self._owner,
                now=self._clock(),  # once it is our turn
                lease=self._lease,
                limit=free,
                look_back=LOOKED_BACK,
            )
        self._is_full = len(mine) == free
        for claimed in mine:
            self._start(claimed.row.id, self._tell(claimed), "announcement")

    async def _claim_moves(self) -> None:
        now = self._clock()
        async with self._database.read() as session:
            if not await moves.is_one_unsettled(session, now):
                return
        async with self._database.write() as session:
            moved = await moves.claim_unsettled(session, now=now, lease=self._lease, limit=MOST)
        for row in moved:
            self._start(row.id, self._settling.settle(row), "buttons of older messages")

    def _start(self, key: str, work: Coroutine[None, None, float | None], what: str) -> None:
        """`work` returns after how many seconds it is worth looking again; None: a tick does."""

        async def working() -> None:
            again: float | None = None
            try:
                again = await work
            finally:
                self._under_way.discard(key)
                if self._is_full:
                    self._look_soon()
                if again is not None:
                    asyncio.get_running_loop().call_later(again, self._look_soon)

        self._under_way.add(key)
        self._tasks.start(working(), f"{what} {key}")

    def _look_soon(self) -> None:
        """With whatever else ends by then: one claim for all of them."""
        if self._soon is None and not self._is_closing:
            self._soon = asyncio.get_running_loop().call_later(_TOGETHER, self._look_again)

    def _look_again(self) -> None:
        self._soon = None
        if not self._is_closing:
            self.wake()

    async def _tell(self, claimed: Claimed) -> float | None:
        row = claimed.row
        try:
            async with asyncio.timeout(self._lease.total_seconds() * 2 / 3):
                message = await self._wording.of(row, claimed.change, claimed.before, claimed.since)
                told = await self._announcer.post(row.channel, message, key=row.id, hasty=True)
        except SlackTrouble as error:
            return await self._not_told(row, error)
        except Exception:  # noqa: BLE001 - a fault of ours holds up no other channel; it is logged
            _log.exception("announcement %s: fault", row.id)
            return await self._later(row, "fault", self._backoff(row))
        await self._record(claimed, told, message)
        return outbox.PACE.total_seconds()

    async def _record(self, claimed: Claimed, told: Posted, message: Message) -> None:
        """Written down however long the database takes, as far as the lease lasts: else it is posted again."""
        row = claimed.row
        retired = not has_buttons(message) and (row.fence == 1 or claimed.since is None)  # else see the top
        for pause in (*_PAUSES, None):
            try:
                async with self._database.write() as session:
                    await outbox.posted(
                        session,
                        row,
                        ts=told.ts,
                        now=self._clock(),
                        retired=retired,
                        place=told.channel if told.channel != row.channel else None,
                    )
            except DatabaseUnavailable as error:
                if pause is None:
                    _log.error("announcement %s was posted and that was not written down: %s", row.id, error)
                    return
                await asyncio.sleep(pause)
            else:
                return

    async def _not_told(self, row: Announcement, error: Exception) -> float | None:
        why = _why(error)
        if isinstance(error, SlackApiError):
            if error.response.status_code == HTTPStatus.TOO_MANY_REQUESTS or why in _TOO_FAST:
                return await self._put_off(row, max(asks_to_wait(error), 1.0))
            if is_closed(error) or why in _NEVER:
                return await self._give_up(row, why, whole_channel=is_closed(error))
        _log.warning("an announcement was not taken: %s", why)
        return await self._later(row, why, self._backoff(row))

    async def _put_off(self, row: Announcement, seconds: float) -> float:
        """The whole channel has to wait. Slack says how long; all of those who wait go on a little apart."""
        until = self._clock() + timedelta(seconds=seconds + random.uniform(0, 0.2))
        async with self._database.write() as session:
            await outbox.failed(session, row, look_at=until, why="ratelimited")
            await outbox.put_off(session, row.channel, until)
        return (until - self._clock()).total_seconds()

    async def _later(self, row: Announcement, why: str, seconds: float) -> float | None:
        now = self._clock()
        if now - row.created_at > KEPT_FOR:
            return await self._give_up(row, why, whole_channel=False)
        async with self._database.write() as session:
            await outbox.failed(session, row, look_at=now + timedelta(seconds=seconds), why=why)
        return seconds

    async def _give_up(self, row: Announcement, why: str, *, whole_channel: bool) -> float | None:
        now = self._clock()
        _log.error("announcement %s will not be posted: %s", row.id, why)
        async with self._database.write() as session:
            if not await outbox.given_up(session, row, now=now, why=why):
                return None
            if whole_channel:
                await outbox.give_up_channel(session, row.channel, now=now, why=why)
                await channels.close(session, row.channel, why, now)
            await audit.append(
                session,
                at=now,
                action="announcement.given_up",
                actor="bot",
                channel=row.channel,
                detail={"change": row.change_id, "why": why},
            )
        return 0.0

    @staticmethod
    def _backoff(row: Announcement) -> float:
        """Seconds, doubled each time, and never in step with the others."""
        longest = min(_SOONEST * 2.0 ** min(row.attempts, 20), _LATEST)
        return longest * random.uniform(0.5, 1.0)


def _why(error: Exception) -> str:
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    return str(error.response.get("error") or error.response.status_code)
