"""Steps of workflows as rows: what each waits for, and who looks at it next."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Operation, WorkflowRun
from storage.reading import rows

_TABLE = SQLModel.metadata.tables[WorkflowRun.__tablename__]
_INSERT = {
    dialect: insert(_TABLE).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


async def create(session: AsyncSession, run: WorkflowRun) -> bool:
    """Whether it is the first of its id: Slack may tell of a step again."""
    connection = await session.connection()
    return (await connection.execute(_INSERT[connection.dialect.name], run.model_dump())).rowcount == 1


async def due(session: AsyncSession, now: datetime, limit: int = 20) -> list[WorkflowRun]:
    """Those that somebody has to look at, longest due first. One with an operation: once its end is known and told."""
    ended = exists().where(
        col(Operation.id) == col(WorkflowRun.operation_id),
        col(Operation.told_at).is_not(None),
        col(Operation.watch_until).is_(None),
    )
    return await rows(
        session,
        select(WorkflowRun)
        .where(
            col(WorkflowRun.completed_at).is_(None),
            col(WorkflowRun.look_at) <= now,
            or_(col(WorkflowRun.operation_id).is_(None), ended),
        )
        .order_by(col(WorkflowRun.look_at))
        .limit(limit),
    )


async def claim(session: AsyncSession, run: WorkflowRun, until: datetime) -> WorkflowRun | None:
    """None: somebody else looks at it, or something has happened since it was read."""
    return await change_as_read(session, run, look_at=until)


async def change_as_read(session: AsyncSession, run: WorkflowRun, **values: Any) -> WorkflowRun | None:
    """None: something has happened since it was read, which has made it due."""
    is_as_read = [col(WorkflowRun.id) == run.id, col(WorkflowRun.look_at) == run.look_at]
    return await _change(session, *is_as_read, **values)


async def change(session: AsyncSession, run_id: str, **values: Any) -> WorkflowRun | None:
    """None: it is completed."""
    return await _change(session, col(WorkflowRun.id) == run_id, **values)


async def offer(session: AsyncSession, run_id: str, confirmation_id: str) -> WorkflowRun | None:
    """What its person is to click. None: there is something to click already."""
    is_first = [col(WorkflowRun.id) == run_id, col(WorkflowRun.confirmation_id).is_(None)]
    return await _change(session, *is_first, confirmation_id=confirmation_id)


async def begin(session: AsyncSession, confirmation_id: str, operation_id: str, now: datetime) -> None:
    """It was confirmed."""
    which = col(WorkflowRun.confirmation_id) == confirmation_id
    await _change(session, which, operation_id=operation_id, look_at=now)


async def wake(session: AsyncSession, confirmation_id: str, now: datetime) -> None:
    """Its confirmation was answered otherwise."""
    await _change(session, col(WorkflowRun.confirmation_id) == confirmation_id, look_at=now)


async def offer_again(session: AsyncSession, operation_id: str, confirmation_id: str, now: datetime) -> None:
    """Its operation was not begun, and another confirmation is shown instead, which only its person sees."""
    which = col(WorkflowRun.operation_id) == operation_id
    values = {"operation_id": None, "confirmation_id": confirmation_id, "look_at": now}
    await _change(session, which, **values)


async def purge(session: AsyncSession, before: datetime) -> int:
    """Forget what was completed before then. Returns how many."""
    purged = await session.exec(
        delete(WorkflowRun)
        .where(col(WorkflowRun.completed_at) < before)
        .returning(col(WorkflowRun.id))
        .execution_options(synchronize_session=False)
    )
    return len(purged.all())


async def _change(session: AsyncSession, *which: ColumnElement[bool], **values: Any) -> WorkflowRun | None:
    changed = await session.exec(
        update(WorkflowRun)
        .where(col(WorkflowRun.completed_at).is_(None), *which)
        .values(**values)
        .returning(WorkflowRun)
        .execution_options(synchronize_session=False)
    )
    run: WorkflowRun | None = changed.scalar_one_or_none()
    if run is not None:
        session.expunge(run)
    return run
