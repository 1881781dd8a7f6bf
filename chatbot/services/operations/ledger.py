"""Operations as the database holds them while they are carried out: each step is one transaction with its entry."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chatbot.domain.operations import Findings, Stage, check_transition
from chatbot.domain.plans import Path
from chatbot.services.incidents.meeting import tell_ended
from chatbot.services.operations.records import findings_json, plan_from, summary
from storage import audit, heard, operations
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import Operation as Row

_LONGEST_PAUSE = timedelta(hours=1)
_log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class Ledger:
    """Every method is one short transaction. `clock` gives the time, in UTC."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def note(
        self,
        action: str,
        actor: str,
        *,
        channel: str | None = None,
        project: str | None = None,
        **detail: Any,
    ) -> None:
        """An audit entry that belongs to no operation."""
        async with self._database.write() as session:
            await audit.append(
                session,
                at=self._clock(),
                action=action,
                actor=actor,
                project=project,
                channel=channel,
                detail=detail,
            )

    async def note_once(self, event_id: str, action: str, actor: str, *, channel: str, **detail: Any) -> bool:
        """An entry for what Slack may deliver again. False, and none: it was taken before."""
        now = self._clock()
        async with self._database.write() as session:
            if not await heard.take(session, event_id, now):
                return False
            await audit.append(session, at=now, action=action, actor=actor, channel=channel, detail=detail)
        return True

    async def forget_heard(self, older: timedelta) -> int:
        """Slack repeats an event within minutes."""
        async with self._database.write() as session:
            return await heard.purge(session, before=self._clock() - older)

    async def claim(
        self, owner: str, lease: timedelta, *, is_due: bool = False, limit: int = 20
    ) -> list[Row]:
        """`is_due`: there is something to claim. Otherwise that is read first: an idle tick takes no write lock."""
        now = self._clock()
        if not is_due and not await self._is_something_due(now):
            return []
        async with self._database.write() as session:
            return await operations.claim_due(session, owner=owner, now=now, lease=lease, limit=limit)

    async def _is_something_due(self, now: datetime) -> bool:
        async with self._database.read() as session:
            due = await operations.next_look(session, now)
        return due is not None and due <= now

    async def begin(self, row: Row) -> Row | None:
        """Let a waiting operation have its turn; None while that has not come. Raises LeaseLost.

        A way back takes the place of what only waits, as at its click: that may have begun to wait since.
        """
        now, ended = self._clock(), None
        async with self._database.write() as session:
            if Path(row.path).goes_back:
                ended = await operations.give_way(
                    session, row.project_id, state=Stage.SUPERSEDED.value, by=row.actor, now=now
                )
            begun = await operations.begin(session, row.id, row.fence, state=Stage.REQUESTED.value)
            if ended is not None:
                await tell_end(session, ended, now)
                await append(session, ended, "operation.superseded", row.actor, now)
            if begun is not None:
                await append(session, begun, "operation.begun", "bot", now)
        return begun

    async def step(
        self,
        row: Row,
        stage: Stage,
        *,
        findings: Findings,
        action: str | None = None,
        detail: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> Row:
        """Take an operation one step further, with the audit entry `action`, if given; an outcome gets its own.

        Raises:
            LeaseLost: somebody else carries it out now; nothing was written.
            IllegalTransition: a bug.
        """
        check_transition(Stage(row.state), stage)
        now = self._clock()
        ends = stage.is_outcome and stage.value != row.state
        values |= {"state": stage.value, "outcome": findings_json(findings)}
        try:
            async with self._database.write() as session:
                if ends:  # a clock that was set back does not change which one ended last
                    last = await operations.last_end(session, row.project_id)
                    values["finished_at"] = max(now, last + timedelta.resolution) if last else now
                changed = await operations.change(
                    session, row.id, row.fence, expected_state=row.state, **values
                )
                if ends:
                    await tell_end(session, changed, now)
                if action is not None:
                    await append(session, changed, action, "bot", now, **(detail or {}))
                if ends:
                    await append(session, changed, f"operation.{stage}", "bot", now, **summary(findings))
        except DatabaseUnavailable:
            # Its answer to the commit may have been lost. Whoever cannot tell must not go on: it may be an ask.
            changed = await self.reread(row)
            if any(getattr(changed, column) != value for column, value in values.items()):
                raise
        return changed

    async def learn(self, row: Row, findings: Findings, **values: Any) -> Row:
        """Findings of an operation that has its outcome already. Raises LeaseLost."""
        return await self.change(row, outcome=findings_json(findings), **values)

    async def reread(self, row: Row) -> Row:
        """As it is now: somebody may have ended it. Raises LeaseLost."""
        async with self._database.read() as session:
            return await operations.reread(session, row.id, row.fence)

    async def change(self, row: Row, **values: Any) -> Row:
        """Set columns that are no step: message, lease, due time. Raises LeaseLost."""
        async with self._database.write() as session:
            return await operations.change(session, row.id, row.fence, **values)

    async def retire(self, row: Row) -> None:
        """The buttons of an operation's message are gone."""
        async with self._database.write() as session:
            await operations.retire(session, row.id, self._clock())

    async def free_from_the_future(self, lease: timedelta) -> None:
        """A clock that ran ahead keeps no operation longer than the others wait for."""
        async with self._database.write() as session:
            freed = await operations.free_from_the_future(
                session, now=self._clock(), beyond=lease + _LONGEST_PAUSE
            )
        if freed:
            _log.warning("%s operations were leased or due far in the future: a clock has jumped", freed)


async def append(session: Any, row: Row, action: str, actor: str, now: datetime, **detail: Any) -> None:
    """An entry of the audit log about an operation."""
    await audit.append(
        session,
        at=now,
        action=action,
        actor=actor,
        project=row.project_name,
        operation_id=row.id,
        channel=row.channel,
        detail=detail,
    )


async def tell_end(session: Any, row: Row, now: datetime) -> None:
    """In the timelines of its project's open incidents. Operations are written first, then incidents, then the audit
    log: in another order two transactions would wait for each other.
    """
    await tell_ended(session, row, plan_from(row.plan).target.label, now)
