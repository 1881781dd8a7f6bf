"""Operations and confirmations as the database holds them: each step is one transaction with its audit entry."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from chatbot.domain.operations import Findings, Operation, Stage, check_transition
from chatbot.domain.planning import Plan
from chatbot.domain.requests import (
    ConfirmationExpired,
    ConfirmationUnknown,
    ConfirmationUsed,
    ProjectBusy,
    Stale,
)
from chatbot.services.records import about, as_operation, findings_json, plan_from, plan_json, row_of, summary
from storage import audit, confirmations, errors, operations
from storage.database import Database
from storage.models import Confirmation
from storage.models import Operation as Row

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
                detail={"confirmation": confirmation.id, **about(plan)},
            )
        return confirmation.id

    async def plan_of(self, confirmation_id: str) -> Plan:
        """Raises ConfirmationUnknown."""
        async with self._database.read() as session:
            found = await confirmations.get(session, confirmation_id)
        if found is None:
            raise ConfirmationUnknown
        return plan_from(found.plan)

    async def confirm(self, confirmation_id: str, *, actor: str) -> Operation:
        """Spend a confirmation and request its operation.

        Raises:
            ConfirmationUnknown, ConfirmationUsed, ConfirmationExpired, ProjectBusy: nothing was written.
        """
        now = self._clock()
        async with self._database.write() as session:
            spent = await _consume(session, confirmation_id, by=actor, now=now, answer="confirmed")
            plan = plan_from(spent.plan)
            row = row_of(plan, spent.fingerprint, actor=actor, channel=spent.channel, now=now)
            await _create(session, row)
            await _append(
                session, row, "operation.requested", actor, now, confirmation=spent.id, **about(plan)
            )
        return as_operation(row)

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
                detail={"confirmation": spent.id},
            )
        return plan_from(spent.plan)

    async def undo(self, operation_id: str, *, actor: str, channel: str) -> Operation:
        """Request the inverse of a finished operation, as its one-click button does.

        Raises:
            Stale: another operation moved the project since, or there is no way back.
            ProjectBusy: one is running.
        """
        now = self._clock()
        async with self._database.write() as session:
            undone = await operations.get(session, operation_id)
            if undone is None:
                raise ConfirmationUnknown
            newest = await operations.newest(session, undone.project_id, limit=1)
            plan = as_operation(undone).undoing()
            if plan is None or (newest[0].id != operation_id and newest[0].finished_at is not None):
                raise Stale(undone.project_name)
            row = row_of(plan, plan.core_fingerprint(), actor=actor, channel=channel, now=now)
            await _create(session, row)
            await _append(session, row, "operation.requested", actor, now, undoes=operation_id, **about(plan))
        return as_operation(row)

    async def claim(self, owner: str, lease: timedelta, limit: int = 20) -> list[Row]:
        now = self._clock()
        async with self._database.read() as session:
            due = await operations.next_look(session, now)
        if due is None or due > now:
            return []  # an idle tick takes no write lock
        async with self._database.write() as session:
            return await operations.claim_due(session, owner=owner, now=now, lease=lease, limit=limit)

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
        if stage.is_outcome:
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
            if stage.is_outcome:
                await _append(session, row, f"operation.{stage}", "bot", now, **summary(findings))
        return row

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
    try:
        return await confirmations.consume(session, confirmation_id, by=by, now=now, answer=answer)
    except errors.UnknownConfirmation:
        raise ConfirmationUnknown from None
    except errors.AlreadyUsed as error:
        raise ConfirmationUsed(error.confirmation.used_by) from None
    except errors.Expired:
        raise ConfirmationExpired from None


async def _create(session: Any, row: Row) -> None:
    try:
        await operations.create(session, row)
    except errors.ProjectBusy as error:
        holder = error.holder
        raise ProjectBusy(holder.project_name, holder.path, holder.target_id, holder.actor) from None


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
