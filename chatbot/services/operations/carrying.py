"""One operation, carried out step by step from whatever stage its row is in.

The row is the truth: a process that dies anywhere in here is followed by one that reads the row and looks at
the platform.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chatbot.domain.operations import Operation, Overtaking, Stage, fell_ill
from chatbot.domain.pacing import (
    Usual,
    until_next_look,
    until_next_look_at_build,
    until_next_look_at_queue,
)
from chatbot.domain.plans import (
    Path,
)
from chatbot.errors import PlatformError
from chatbot.messages import incidentoffer
from chatbot.messages import operation as wording
from chatbot.messages.announcement import announcement
from chatbot.messages.buildlog import whole_log_end
from chatbot.messages.proof import whole_proof
from chatbot.services.announcer import LiveMessage, Posted, SlackTrouble
from chatbot.services.operations.afterwards import LOOK_AGAIN_AFTER, look_again
from chatbot.services.operations.asking import check_and_ask, person
from chatbot.services.operations.held import Crew, Held
from chatbot.services.operations.looking import follow_build, look, saw_nothing
from chatbot.services.operations.proving import still_ill
from chatbot.services.operations.retiring import outlived_by, retire_outlived
from chatbot.services.operations.stopping import stop_build
from chatbot.services.operations.waiting import wait
from storage.errors import LeaseLost
from storage.models import Operation as Row

STEPS: dict[Stage, Callable[[Held], Awaitable[None]]] = {
    Stage.WAITING: wait,
    Stage.REQUESTED: check_and_ask,
    Stage.ASKED: look,
    Stage.UNSURE: look,
    Stage.BUILDING: follow_build,
    Stage.MOVING: look,
    Stage.QUEUED: look,
}

_TELL_WITHIN = timedelta(minutes=2)  # Slack may ask to wait
_TELL_FOR = timedelta(days=1)
_log = logging.getLogger(__name__)


class Carrying:
    """Raises LeaseLost when somebody else has taken the operation over."""

    def __init__(self, crew: Crew, row: Row) -> None:
        self._held = Held(crew, row)
        self._took: list[timedelta] | None = None  # of the moves before this one
        self._live = LiveMessage(
            crew.announcer,
            row.channel,
            key=row.id,
            instead=person(row.actor),
            posted=Posted(row.channel, row.message_ts) if row.message_ts else None,
            check=self._held.check,
            within=crew.patience.show.total_seconds(),
            is_first=row.fence == 1,
            on_posted=self._remember,
        )

    @property
    def has_outcome(self) -> bool:
        return self._held.stage.is_outcome

    async def step(self) -> float | None:
        """Do the next thing. Returns how many seconds later the next one is due; None when all is told."""
        await self._held.renew()
        try:
            return await self._step()
        except LeaseLost:
            await self._held.renew()  # still ours: somebody ended it during the step
            return 0.0

    async def _step(self) -> float | None:
        held = self._held
        if held.row.told_at is not None:
            return 0.0 if await look_again(held) else None
        work = STEPS.get(held.stage)
        if work is None:
            await stop_build(held)
            await self._tell()
            return None
        if held.stage is not Stage.WAITING:  # which first has to learn where it stands
            self._show()
        try:
            await work(held)
        except PlatformError as error:
            await saw_nothing(held, error)
        if held.stage.is_outcome:
            return 0.0
        self._show()
        return await self._pause()

    async def hand_back(self) -> None:
        """Let another process go on at once, instead of when the lease ends."""
        with suppress(LeaseLost):
            await self._held.crew.ledger.change(self._held.row, lease_owner=None, lease_until=None)

    async def close(self) -> None:
        await self._live.close()

    async def _pause(self) -> float:
        usual = await self._usual_move()
        row = self._held.row
        waited = (self._held.now() - (row.accepted_at or row.asked_at or row.created_at)).total_seconds()
        if self._held.stage is Stage.REQUESTED:
            return 0.0
        if self._held.stage is Stage.WAITING and self._held.line is not None:
            return until_next_look(waited, None)
        if self._held.stage in {Stage.BUILDING, Stage.WAITING}:
            return until_next_look_at_build(waited)
        if self._held.stage is Stage.QUEUED:
            return until_next_look_at_queue(waited)
        return until_next_look(waited, usual)

    async def _usual_move(self) -> Usual | None:
        """Read once, in a pause. The automatic assignment of a build is no such move."""
        row = self._held.row
        is_asked_for = not Path(row.path).builds or row.promote_asked_at is not None
        if self._held.stage is not Stage.MOVING or not is_asked_for:
            return None
        if self._took is None:
            self._took = await self._held.crew.history.took(row.project_id)
        return Usual.of(self._took)

    def _show(self) -> None:
        held = self._held
        self._live.show(wording.progress(held.operation, held.now(), line=held.line))

    async def _remember(self, posted: Posted) -> None:
        # The row in hand stays: a step may be under way, and its stage must not be taken back.
        await self._held.crew.ledger.change(self._held.row, channel=posted.channel, message_ts=posted.ts)

    async def _tell(self) -> None:
        """The last wording, then the announcement. What Slack does not take now is due again later."""
        held, operation = self._held, self._held.operation
        columns: dict[str, Any] = {"lease_owner": None, "lease_until": None}
        ended_for = held.now() - (operation.finished_at or held.now())
        held.row = await held.crew.ledger.change(held.row, lease_until=held.fresh_lease())
        try:
            async with held.kept(), asyncio.timeout(_TELL_WITHIN.total_seconds()):
                since = await outlived_by(held)
                await self._live.settle(wording.progress(operation, held.now(), since=since))
                await self._detail(operation)
                await self._announce(operation, since)
                await retire_outlived(held)
                if since is None:
                    await self._offer_incident(operation)
            columns |= {"told_at": held.now()} | self._where() | self._watch()
            if since is not None:
                columns["retired_at"] = held.now()
        except SlackTrouble as error:
            _log.warning("the outcome of operation %s was not told: %s", operation.id, type(error).__name__)
            if ended_for < _TELL_FOR:
                patience = held.crew.patience
                columns["look_at"] = held.now() + min(
                    max(ended_for, patience.tell_again), patience.tell_again_at_least
                )
            else:
                _log.exception("the outcome of operation %s will not be told any more", operation.id)
                columns["told_at"] = held.now()
        await held.crew.ledger.change(held.row, **columns)

    def _watch(self) -> dict[str, Any]:
        """An unknown outcome is due again."""
        held = self._held
        if held.stage is not Stage.UNKNOWN or held.row.watch_until is not None:
            return {}
        return {
            "watch_until": held.now() + held.crew.patience.afterwards,
            "look_at": held.now() + LOOK_AGAIN_AFTER,
        }

    def _where(self) -> dict[str, Any]:
        """Once more, in case it could not be written down when the message was posted."""
        posted = self._live.posted
        return {"channel": posted.channel, "message_ts": posted.ts} if posted else {}

    async def _detail(self, operation: Operation) -> None:
        """What the message has no room for goes to its thread."""
        posted, log_end = self._live.posted, whole_log_end(operation)
        if posted is None:
            return
        details = {f"proof/{number}": part for number, part in enumerate(whole_proof(operation), 1)}
        if log_end is not None:
            details["log"] = log_end
        for what, message in details.items():
            key = str(uuid5(NAMESPACE_URL, f"{operation.id}/{operation.stage}/{what}"))
            await self._held.crew.announcer.post(
                posted.channel, message, key=key, thread=posted.ts, broadcast=False
            )

    async def _offer_incident(self, operation: Operation) -> None:
        """Sites that were well before it are not: it asks, once, and does nothing by itself."""
        held, posted, ill = self._held, self._live.posted, fell_ill(operation)
        if posted is None or not ill or await held.crew.history.has_incident(held.row.project_id):
            return
        if still := await still_ill(held, ill):
            key = str(uuid5(NAMESPACE_URL, f"{operation.id}/ill"))
            message = incidentoffer.offer(operation, still)
            asked = await held.crew.announcer.post(posted.channel, message, key=key, thread=posted.ts)
            held.row = await held.crew.ledger.learn(held.row, replace(held.findings, offered_ts=asked.ts))

    async def _announce(self, operation: Operation, since: Overtaking | None) -> None:
        """Once, and not what is no longer so. It is written down at once: production may have moved on before this
        is told again, and then it loses its button.
        """
        held, posted = self._held, self._live.posted
        if operation.stage is not Stage.SUCCEEDED or posted is None:
            return
        announcer, message = held.crew.announcer, announcement(operation, since=since)
        if held.row.announcement_ts is not None:
            if since is not None:
                await announcer.update(Posted(posted.channel, held.row.announcement_ts), message)
        elif since is None:
            key = str(uuid5(NAMESPACE_URL, f"{operation.id}/announcement"))
            announced = await announcer.post(posted.channel, message, key=key, thread=posted.ts)
            held.row = await held.crew.ledger.change(held.row, announcement_ts=announced.ts)
