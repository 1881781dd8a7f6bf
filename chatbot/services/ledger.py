"""Operations and confirmations as the database holds them: each step is one transaction with its audit entry."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from chatbot.domain.operations import Findings, Line, Operation, Stage, check_transition
from chatbot.domain.planning import Plan
from chatbot.domain.requests import (
    AlreadyUnderWay,
    ConfirmationExpired,
    ConfirmationUnknown,
    ConfirmationUsed,
    ProjectBusy,
    Stale,
    TooLate,
)
from chatbot.services.records import (
    Lease,
    about,
    as_operation,
    findings_json,
    findings_of,
    plan_from,
    plan_json,
    row_of,
    summary,
)
from storage import audit, confirmations, errors, operations
from storage.database import Database
from storage.models import Confirmation
from storage.models import Operation as Row

_LATELY = 50
_LONGEST_PAUSE = timedelta(hours=1)
_log = logging.getLogger(__name__)
MAX_IN_LINE = 10
"""How many requests may wait on one project."""

_MOVED = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.UNKNOWN})

Clock = Callable[[], datetime]
FollowUp = Callable[[Operation], Plan | None]


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

    async def offer(self, plan: Plan, *, actor: str, channel: str, valid: timedelta) -> str:
        """Keep a plan for one click, and return the id that the click will bring."""
        now = self._clock()
        confirmation = Confirmation(
            id=token_urlsafe(18),
            created_at=now,
            expires_at=now + valid,
            actor=actor,
            channel=channel,
            project_id=plan.project.id,
            project_name=plan.project.name,
            fingerprint=plan.fingerprint(),
            plan=plan_json(plan),
        )
        async with self._database.write() as session:
            await confirmations.create(session, confirmation)
            await audit.append(
                session,
                at=now,
                action="confirmation.shown",
                actor=actor,
                project=plan.project.name,
                channel=channel,
                detail={"confirmation": _digest(confirmation.id), **about(plan)},
            )
        return confirmation.id

    async def plan_of(self, confirmation_id: str, *, actor: str) -> Plan:
        """Raises ConfirmationUnknown, also where it was shown to somebody else."""
        async with self._database.read() as session:
            found = await confirmations.get(session, confirmation_id)
        if found is None or found.actor != actor:
            raise ConfirmationUnknown
        return plan_from(found.plan)

    async def confirm(
        self, confirmation_id: str, *, actor: str, lease: Lease, keep_off: bool | None = None
    ) -> Row:
        """Spend a confirmation and request its operation. It waits where the project has one already.

        `keep_off` is what the person chose on the card about auto-assignment; None: the card did not ask.

        Raises:
            ConfirmationUnknown, ConfirmationUsed, ConfirmationExpired, AlreadyUnderWay, ProjectBusy: nothing
                was written.
        """
        now = self._clock()
        async with self._database.write() as session:
            spent = await _consume(session, confirmation_id, by=actor, now=now, answer="confirmed")
            plan = plan_from(spent.plan).chosen(keep_off)
            row = row_of(plan, spent.fingerprint, actor=actor, channel=spent.channel, lease=lease, now=now)
            await _lock(session, row)
            if plan.path.goes_back:
                await _give_way(session, plan.project.id, "superseded", actor, now)
            row = await _place(session, row, plan, now)
            await _append(
                session, row, "operation.requested", actor, now, confirmation=_digest(spent.id), **about(plan)
            )
        return row

    async def cancel(self, confirmation_id: str, *, actor: str, answer: str = "cancelled") -> Plan:
        """Spend a confirmation without doing anything. Raises as `confirm` does."""
        now = self._clock()
        async with self._database.write() as session:
            spent = await _consume(session, confirmation_id, by=actor, now=now, answer=answer)
            await audit.append(
                session,
                at=now,
                action=f"confirmation.{answer}",
                actor=actor,
                project=spent.project_name,
                channel=spent.channel,
                detail={"confirmation": _digest(spent.id)},
            )
        return plan_from(spent.plan)

    async def cancel_operation(self, operation_id: str, *, actor: str) -> None:
        """Give up what waits for its turn or for a build, as its button does.

        Raises:
            TooLate: it is past that.
        """
        now = self._clock()
        async with self._database.write() as session:
            found = await operations.get(session, operation_id)
            if found is None:
                raise ConfirmationUnknown
            withdrawn = await operations.withdraw(session, operation_id, state="cancelled", now=now)
            if withdrawn is not None:
                await _append(session, withdrawn, "operation.cancelled", actor, now)
                return
            active = await operations.active_of(session, found.project_id)
            if active is None or active.id != operation_id:
                raise TooLate(found.project_name)
            if not await _give_way(session, found.project_id, "cancelled", actor, now):
                raise TooLate(found.project_name)

    async def begin(self, row: Row) -> Row | None:
        """Let a waiting operation have its turn; None while that has not come. Raises LeaseLost."""
        now = self._clock()
        async with self._database.write() as session:
            begun = await operations.begin(session, row.id, row.fence, state=Stage.REQUESTED.value)
            if begun is not None:
                await _append(session, begun, "operation.begun", "bot", now)
        return begun

    async def line(self, row: Row) -> Line:
        """Where an operation stands that waits for its turn."""
        async with self._database.read() as session:
            active = await operations.active_of(session, row.project_id)
            line = await operations.line_of(session, row.project_id)
        before = [waiting.id for waiting in line].index(row.id) if any(w.id == row.id for w in line) else 0
        return Line(before + 1, as_operation(active) if active else None)

    async def mover(self, project_id: str, deployment_id: str) -> str | None:
        """Who made a deployment Current through this bot last, or is about to; None: nobody lately."""
        async with self._database.read() as session:
            lately = await operations.newest(session, project_id, limit=_LATELY)
        asked = (row for row in lately if row.asked_at is not None)
        return next((row.actor for row in asked if (row.build_id or row.target_id) == deployment_id), None)

    async def has_gone_on(self, row: Row) -> bool:
        """Whether another operation has asked for something on this project since."""
        async with self._database.read() as session:
            lately = await operations.newest(session, row.project_id, limit=_LATELY)
        asked = [other.asked_at for other in lately if other.id != row.id]
        return row.asked_at is None or any(at > row.asked_at for at in asked if at is not None)

    async def outlived(self, row: Row) -> list[Row]:
        """Earlier operations of the project whose message still has the buttons it was told with."""
        async with self._database.read() as session:
            return await operations.to_retire(
                session, row.project_id, before=row.finished_at or self._clock()
            )

    async def retire(self, row: Row) -> None:
        """The buttons of an operation's message are gone."""
        async with self._database.write() as session:
            await operations.retire(session, row.id, self._clock())

    async def follow_up(
        self, operation_id: str, make_plan: FollowUp, *, actor: str, channel: str, lease: Lease
    ) -> Row:
        """Request what a one-click button of a finished operation promises: its undo, or its retry.

        Raises:
            Stale: another operation has moved the project since, or there is no way back.
            AlreadyUnderWay, ProjectBusy.
        """
        now = self._clock()
        async with self._database.write() as session:
            origin = await operations.get(session, operation_id)
            if origin is None:
                raise ConfirmationUnknown
            plan = make_plan(as_operation(origin))
            if plan is None:
                raise Stale(origin.project_name)
            row = row_of(plan, plan.core_fingerprint(), actor=actor, channel=channel, lease=lease, now=now)
            await _lock(session, row)
            if await _has_moved_since(session, origin):
                raise Stale(origin.project_name)
            if plan.path.goes_back:
                await _give_way(session, plan.project.id, "superseded", actor, now)
            row = await _place(session, row, plan, now)
            await _append(
                session, row, "operation.requested", actor, now, follows=operation_id, **about(plan)
            )
        return row

    async def changes(self, project_id: str) -> list[Operation]:
        """The last operations of a project that have ended, the last to end first."""
        async with self._database.read() as session:
            lately = await operations.newest(session, project_id, limit=_LATELY)
        ended = [as_operation(row) for row in lately if row.finished_at is not None]
        return sorted(ended, key=lambda o: o.finished_at or o.requested_at, reverse=True)

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

    async def free_from_the_future(self, lease: timedelta) -> None:
        """A clock that ran ahead keeps no operation longer than the others wait for."""
        async with self._database.write() as session:
            freed = await operations.free_from_the_future(
                session, now=self._clock(), beyond=lease + _LONGEST_PAUSE
            )
        if freed:
            _log.warning("%s operations were leased or due far in the future: a clock has jumped", freed)

    async def took(self, project_id: str) -> list[timedelta]:
        """How long the newest moves of a project took, from acceptance to arrival; else those of any project."""
        async with self._database.read() as session:
            of_project = await operations.newest_moves(session, project_id)
            moves = of_project or await operations.newest_moves(session)
        moved = (findings_of(row).moved_after for row in moves)
        return [after for after in moved if after is not None]

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
        if ends:
            values["finished_at"] = now
        async with self._database.write() as session:
            row = await operations.change(
                session,
                row.id,
                row.fence,
                expected_state=row.state,
                state=stage.value,
                outcome=findings_json(findings),
                **values,
            )
            if action is not None:
                await _append(session, row, action, "bot", now, **(detail or {}))
            if ends:
                await _append(session, row, f"operation.{stage}", "bot", now, **summary(findings))
        return row

    async def learn(self, row: Row, findings: Findings) -> Row:
        """Findings of an operation that has its outcome already. Raises LeaseLost."""
        return await self.change(row, outcome=findings_json(findings))

    async def change(self, row: Row, **values: Any) -> Row:
        """Set columns that are no step: message, lease, due time. Raises LeaseLost."""
        async with self._database.write() as session:
            return await operations.change(session, row.id, row.fence, **values)

    async def purge(self, older: timedelta) -> int:
        """Forget confirmations that expired that long ago."""
        async with self._database.write() as session:
            return await confirmations.purge_expired(session, before=self._clock() - older)


async def _consume(
    session: Any, confirmation_id: str, *, by: str, now: datetime, answer: Any
) -> Confirmation:
    shown = await confirmations.get(session, confirmation_id)
    if shown is not None and shown.actor != by:
        raise ConfirmationUnknown  # it was shown to somebody else
    try:
        return await confirmations.consume(session, confirmation_id, by=by, now=now, answer=answer)
    except errors.UnknownConfirmation:
        raise ConfirmationUnknown from None
    except errors.AlreadyUsed as error:
        raise ConfirmationUsed(error.confirmation.used_by) from None
    except errors.Expired:
        raise ConfirmationExpired from None


async def _give_way(session: Any, project_id: str, state: str, actor: str, now: datetime) -> bool:
    """End an operation that is building, or whose outcome nobody knows: a rollback never waits for it."""
    row = await operations.give_way(session, project_id, state=state, now=now)
    if row is not None:
        await _append(session, row, f"operation.{state}", actor, now)
    return row is not None


async def _has_moved_since(session: Any, origin: Row) -> bool:
    """Whether an operation of this project that ended later may have moved production."""
    if origin.finished_at is None:
        return True
    lately = await operations.newest(session, origin.project_id, limit=_LATELY)
    ends = [row.finished_at for row in lately if row.state in _MOVED and row.id != origin.id]
    return any(end >= origin.finished_at for end in ends if end is not None)


async def _lock(session: Any, row: Row) -> None:
    """From here to the end of the transaction, one request of a project after the other.

    Raises:
        AlreadyUnderWay: the same is requested already. Whoever asks that before anything else cannot miss one
            that ends at this moment.
    """
    await operations.lock(session, row.project_id)
    if same := await operations.unfinished_like(session, row):
        raise AlreadyUnderWay(same.project_name, same.actor)


async def _place(session: Any, row: Row, plan: Plan, now: datetime) -> Row:
    """Active at once where the project is free; else in line, or waiting for its build.

    Raises:
        ProjectBusy: the line is full.
    """
    waiting = Stage.WAITING.value
    if plan.when_ready:
        return await operations.create(session, row.model_copy(update={"state": waiting}))
    line = await operations.line_of(session, row.project_id)
    holder = line[0] if line else None
    if holder is None or plan.path.goes_back:
        try:
            return await operations.create(session, row)
        except errors.ProjectBusy as error:
            holder = error.holder
    if len(line) >= MAX_IN_LINE:
        raise ProjectBusy(holder.project_name, len(line), holder.path, holder.target_id, holder.actor)
    return await operations.create(session, row.model_copy(update={"state": waiting, "in_line_since": now}))


async def _append(session: Any, row: Row, action: str, actor: str, now: datetime, **detail: Any) -> None:
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


def _digest(confirmation_id: str) -> str:
    """The log tells confirmations apart, and holds nothing that could be spent."""
    return sha256(confirmation_id.encode()).hexdigest()[:12]
