"""What people ask for, by a confirmation or with one click: each is one transaction with its audit entry."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import Path, Plan
from chatbot.domain.requests import (
    AlreadyUnderWay,
    ConfirmationExpired,
    ConfirmationUnknown,
    ConfirmationUsed,
    ProjectBusy,
    Stale,
    TooLate,
)
from chatbot.services.incidents.meeting import meet, tell_requested
from chatbot.services.operations.history import LATELY
from chatbot.services.operations.ledger import Clock, append, tell_end
from chatbot.services.operations.records import Lease, about, as_operation, plan_from, plan_json, row_of
from storage import audit, confirmations, errors, operations, workflows
from storage.database import Database
from storage.models import Confirmation
from storage.models import Operation as Row

MAX_IN_LINE = 10
"""How many requests may wait on one project."""

_MOVED = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.UNKNOWN})

FollowUp = Callable[[Operation], Plan | None]


class Requesting:
    """Every method is one short transaction. `clock` gives the time, in UTC."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def offer(
        self, plan: Plan, *, actor: str, channel: str, valid: timedelta, instead_of: str | None = None
    ) -> str:
        """Keep a plan for one click, and return the id that the click will bring. `instead_of` is an operation
        that was not begun, since its plan no longer held.
        """
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
            if instead_of is not None:
                await workflows.offer_again(session, instead_of, confirmation.id, now)
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
        return (await self.offered(confirmation_id, actor=actor))[0]

    async def offered(self, confirmation_id: str, *, actor: str) -> tuple[Plan, timedelta]:
        """The plan, and how much longer it may be confirmed. Raises ConfirmationUnknown."""
        async with self._database.read() as session:
            found = await confirmations.get(session, confirmation_id)
        if found is None or found.actor != actor:
            raise ConfirmationUnknown
        return plan_from(found.plan), found.expires_at - self._clock()

    async def confirm(
        self,
        confirmation_id: str,
        *,
        actor: str,
        lease: Lease,
        keep_off: bool | None = None,
        override: bool = False,
    ) -> Row:
        """Spend a confirmation and request its operation. It waits where the project has one already.

        `keep_off` is what the person chose on the card about auto-assignment; None: the card did not ask.
        `override`: also while an incident is open.

        Raises:
            ConfirmationUnknown, ConfirmationUsed, ConfirmationExpired, IncidentOpen, AlreadyUnderWay, ProjectBusy:
                nothing was written.
        """
        now = self._clock()
        async with self._writing() as made, self._database.write() as session:
            spent = await _consume(session, confirmation_id, by=actor, now=now, answer="confirmed")
            plan = plan_from(spent.plan).chosen(keep_off)
            row = row_of(plan, spent.fingerprint, actor=actor, channel=spent.channel, lease=lease, now=now)
            await _lock(session, row)
            await workflows.begin(session, spent.id, row.id, now)
            made.append(await _request(session, row, plan, override=override, confirmation=_digest(spent.id)))
        return made[0]

    async def follow_up(
        self,
        operation_id: str,
        make_plan: FollowUp,
        *,
        actor: str,
        channel: str,
        lease: Lease,
        override: bool = False,
    ) -> Row:
        """Request what a one-click button of a finished operation promises: its undo, or its retry.

        Raises:
            Stale: another operation has moved the project since, or there is no way back.
            IncidentOpen, AlreadyUnderWay, ProjectBusy.
        """
        now = self._clock()
        async with self._writing() as made, self._database.write() as session:
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
            made.append(await _request(session, row, plan, override=override, follows=operation_id))
        return made[0]

    async def at_once(
        self,
        plan: Plan,
        *,
        looked_at: datetime,
        actor: str,
        channel: str,
        lease: Lease,
        clicked: str,
        override: bool = False,
    ) -> Row:
        """Request what a button without a card promised, as it was planned at `looked_at`. `clicked` is where that
        button was, for the audit log.

        Raises:
            Stale: an operation has moved the project since.
            AlreadyUnderWay, ProjectBusy, IncidentOpen.
        """
        now = self._clock()
        async with self._writing() as made, self._database.write() as session:
            row = row_of(plan, plan.core_fingerprint(), actor=actor, channel=channel, lease=lease, now=now)
            await _lock(session, row)
            if await _has_moved(session, row.project_id, since=looked_at):
                raise Stale(row.project_name)
            made.append(await _request(session, row, plan, override=override, clicked=clicked))
        return made[0]

    async def refuse_twice(self, project_id: str, path: Path, target_id: str) -> None:
        """Raises AlreadyUnderWay where somebody has requested exactly that, and it has not ended."""
        async with self._database.read() as session:
            unfinished = await operations.unfinished_of(session, project_id)
        for row in unfinished:
            if (row.path, row.target_id) == (path, target_id):
                raise AlreadyUnderWay(row.project_name, row.actor)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[list[Row]]:
        """Around the transaction that makes an operation, which it appends as the last thing: where the answer to
        its commit is lost, the operation may be there all the same. Raises DatabaseUnavailable where it is not,
        or nobody can say.
        """
        made: list[Row] = []
        try:
            yield made
        except errors.DatabaseUnavailable:
            async with self._database.read() as session:
                if not made or await operations.get(session, made[0].id) is None:
                    raise

    async def cancel(self, confirmation_id: str, *, actor: str, answer: str = "cancelled") -> Plan:
        """Spend a confirmation without doing anything. Raises as `confirm` does."""
        now = self._clock()
        async with self._database.write() as session:
            spent = await _consume(session, confirmation_id, by=actor, now=now, answer=answer)
            await workflows.wake(session, spent.id, now)
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
            withdrawn = await operations.withdraw(session, operation_id, state="cancelled", by=actor, now=now)
            if withdrawn is None:
                raise TooLate(found.project_name)
            await tell_end(session, withdrawn, now)
            await append(session, withdrawn, "operation.cancelled", actor, now)

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


async def _give_way(session: Any, project_id: str, actor: str, now: datetime) -> Row | None:
    """End an operation that is building, or whose outcome nobody knows: a rollback never waits for it."""
    superseded = Stage.SUPERSEDED.value
    return await operations.give_way(session, project_id, state=superseded, by=actor, now=now)


async def _has_moved_since(session: Any, origin: Row) -> bool:
    """Whether an operation of this project that ended later may have moved production."""
    if origin.finished_at is None:
        return True
    return await _has_moved(session, origin.project_id, since=origin.finished_at, but=origin.id)


async def _has_moved(session: Any, project_id: str, *, since: datetime, but: str | None = None) -> bool:
    lately = await operations.newest(session, project_id, limit=LATELY)
    ends = [row.finished_at for row in lately if row.state in _MOVED and row.id != but]
    return any(end >= since for end in ends if end is not None)


async def _request(session: Any, row: Row, plan: Plan, *, override: bool = False, **detail: str) -> Row:
    """The new operation, in its place. Raises IncidentOpen, ProjectBusy."""
    now = row.created_at
    ended = await _give_way(session, plan.project.id, row.actor, now) if plan.path.goes_back else None
    row, met = await _place(session, row, plan, now, override=override)
    if ended is not None:
        await tell_end(session, ended, now)
        await append(session, ended, "operation.superseded", row.actor, now)
    await append(session, row, "operation.requested", row.actor, now, **detail, **about(plan), **met)
    return row


async def _lock(session: Any, row: Row) -> None:
    """From here to the end of the transaction, one request of a project after the other.

    Raises:
        AlreadyUnderWay: the same is requested already. Whoever asks that before anything else cannot miss one
            that ends at this moment.
    """
    await operations.lock(session, row.project_id)
    if same := await operations.unfinished_like(session, row):
        raise AlreadyUnderWay(same.project_name, same.actor)


async def _place(
    session: Any, row: Row, plan: Plan, now: datetime, *, override: bool = False
) -> tuple[Row, dict[str, Any]]:
    """The row, and what the audit log keeps of the incidents that it met. Every request comes through here.

    Raises:
        IncidentOpen: that holds it back.
        ProjectBusy: the line is full.
    """
    met = await meet(session, plan, override=override)
    placed = await _in_line(session, row, plan, now)
    await tell_requested(session, met, placed, plan.target.label)
    if not met:
        return placed, {}
    how = "incidents" if plan.path.goes_back else "overrides"
    return placed, {how: [incident.id for incident in met]}


async def _in_line(session: Any, row: Row, plan: Plan, now: datetime) -> Row:
    """Active at once where the project is free; else in line, or waiting for its build. Raises ProjectBusy."""
    waiting = Stage.WAITING.value
    if plan.when_ready:
        return await operations.create(session, row.model_copy(update={"state": waiting}))
    line = await operations.line_of(session, row.project_id)
    if plan.path.goes_back:  # before all but the ways back that came first
        line = [waiting for waiting in line if Path(waiting.path).goes_back]
    holder = line[0] if line else None
    if holder is None:
        try:
            return await operations.create(session, row)
        except errors.ProjectBusy as error:
            holder = error.holder
    if len(line) >= MAX_IN_LINE:
        raise ProjectBusy(holder.project_name, len(line), holder.path, holder.target_id, holder.actor)
    return await operations.create(session, row.model_copy(update={"state": waiting, "in_line_since": now}))


def _digest(confirmation_id: str) -> str:
    """The log tells confirmations apart, and holds nothing that could be spent."""
    return sha256(confirmation_id.encode()).hexdigest()[:12]
