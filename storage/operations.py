"""Operations as rows: who may carry one out now, and what it has come to.

Whoever claims an operation gets a lease (until when) and a fence (a number that grows with every claim). Each
write names the fence; after somebody else's claim it changes nothing and raises LeaseLost.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.errors import LeaseLost, ProjectBusy
from storage.models import ACTIVE, Operation
from storage.reading import one, rows

WAITING = "waiting"
_NOT_ACTIVE = (WAITING, "queued")
_FIRST = ("rollback", "abort")
_OPERATIONS_LOCK = 0x6F706572
"""First half of PostgreSQL's advisory lock: "oper". The other half is the project."""
_TABLE = SQLModel.metadata.tables[Operation.__tablename__]
_IF_NONE_IS_ACTIVE: Any = {
    "index_elements": [_TABLE.c.project_id],
    "index_where": ACTIVE,
}
_INSERT = {
    dialect: insert(_TABLE)
    .on_conflict_do_nothing(**_IF_NONE_IS_ACTIVE)
    .execution_options(preserve_rowcount=True)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_CHANGEABLE = frozenset(Operation.model_fields) - {"id", "project_id", "created_at", "fence"}


async def lock(session: AsyncSession, project_id: str) -> None:
    """Until the transaction ends, nobody else who calls this requests anything of the project. SQLite needs
    none: a write transaction has the whole database.
    """
    if (await session.connection()).dialect.name == "postgresql":
        await session.exec(select(func.pg_advisory_xact_lock(_OPERATIONS_LOCK, func.hashtext(project_id))))


async def create(session: AsyncSession, operation: Operation) -> Operation:
    """Raises ProjectBusy when the project has an active operation; the transaction stays usable. One that
    waits is taken in any case.
    """
    connection = await session.connection()
    insert = _INSERT[connection.dialect.name]
    while (await connection.execute(insert, operation.model_dump())).rowcount == 0:
        holder = await active_of(session, operation.project_id)
        if holder is not None:  # otherwise it finished between the two statements
            raise ProjectBusy(holder)
    return operation


async def get(session: AsyncSession, operation_id: str) -> Operation | None:
    return await one(session, select(Operation).where(Operation.id == operation_id))


async def reread(session: AsyncSession, operation_id: str, fence: int) -> Operation:
    """As it is now, perhaps ended from outside. Raises LeaseLost once somebody else has claimed it."""
    found = await get(session, operation_id)
    if found is None or found.fence != fence:
        raise LeaseLost(operation_id, fence)
    return found


async def active_of(session: AsyncSession, project_id: str) -> Operation | None:
    """The project's unfinished operation that does not wait; there is at most one."""
    return await one(session, select(Operation).where(Operation.project_id == project_id, _is_active()))


async def unfinished_of(session: AsyncSession, project_id: str) -> list[Operation]:
    """What runs or waits on a project, whoever came first."""
    return await rows(
        session,
        select(Operation)
        .where(Operation.project_id == project_id, col(Operation.finished_at).is_(None))
        .order_by(col(Operation.created_at)),
    )


async def all_unfinished(session: AsyncSession) -> list[Operation]:
    """What runs or waits on any project, whatever came first."""
    due = await rows(session, select(Operation).where(_queued()).order_by(col(Operation.look_at)))
    return sorted((o for o in due if o.finished_at is None), key=lambda o: o.created_at)


async def unfinished_like(session: AsyncSession, operation: Operation) -> Operation | None:
    """An unfinished operation of the same project that goes the same way to the same deployment."""
    return await one(
        session,
        select(Operation)
        .where(
            Operation.project_id == operation.project_id,
            Operation.path == operation.path,
            Operation.target_id == operation.target_id,
            col(Operation.finished_at).is_(None),
        )
        .limit(1),
    )


async def asked_for(session: AsyncSession, project_id: str, *, since: datetime) -> list[Operation]:
    """Operations of a project that have asked the platform for something, and were not through before then."""
    return await rows(
        session,
        select(Operation)
        .where(
            Operation.project_id == project_id,
            col(Operation.asked_at).is_not(None),
            or_(col(Operation.finished_at).is_(None), col(Operation.finished_at) > since),
        )
        .order_by(col(Operation.created_at)),
    )


async def projects_asked_for(session: AsyncSession) -> set[str]:
    """Projects with an operation that has asked the platform for something, and is not through."""
    found = await session.exec(
        select(Operation.project_id).where(
            col(Operation.finished_at).is_(None), col(Operation.asked_at).is_not(None)
        )
    )
    return set(found.all())


async def line_of(session: AsyncSession, project_id: str) -> list[Operation]:
    """What waits for its turn on a project, the next one first: ways back, then whoever came first."""
    return await rows(
        session,
        select(Operation)
        .where(
            Operation.project_id == project_id,
            col(Operation.finished_at).is_(None),
            col(Operation.state) == WAITING,
            col(Operation.in_line_since).is_not(None),
        )
        .order_by(
            col(Operation.path).not_in(_FIRST),
            col(Operation.in_line_since),
            col(Operation.created_at),
            col(Operation.id),
        ),
    )


async def begin(session: AsyncSession, operation_id: str, fence: int, *, state: str) -> Operation | None:
    """Let a waiting operation have its turn: None while another one is active, or comes before it.

    Raises LeaseLost.
    """
    found = await get(session, operation_id)
    if found is None or found.fence != fence or found.state != WAITING:
        raise LeaseLost(operation_id, fence)
    line = await line_of(session, found.project_id)
    if not line or line[0].id != operation_id or await active_of(session, found.project_id) is not None:
        return None
    try:
        async with session.begin_nested():
            return await change(session, operation_id, fence, expected_state=WAITING, state=state)
    except IntegrityError:  # another replica let one begin between the two statements
        return None


async def last_end(session: AsyncSession, project_id: str) -> datetime | None:
    """When the last operation of a project ended."""
    statement = select(func.max(Operation.finished_at)).where(Operation.project_id == project_id)
    return (await session.exec(statement)).one()


async def newest(session: AsyncSession, project_id: str | None = None, limit: int = 20) -> list[Operation]:
    """Newest first."""
    statement = select(Operation).order_by(col(Operation.created_at).desc()).limit(limit)
    if project_id is not None:
        statement = statement.where(Operation.project_id == project_id)
    return await rows(session, statement)


async def newest_moves(
    session: AsyncSession, project_id: str | None = None, limit: int = 10
) -> list[Operation]:
    """Promotes and rollbacks that succeeded, newest first."""
    statement = (
        select(Operation)
        .where(col(Operation.state) == "succeeded", col(Operation.path).in_(("promote", "rollback")))
        .order_by(col(Operation.created_at).desc())
        .limit(limit)
    )
    if project_id is not None:
        statement = statement.where(Operation.project_id == project_id)
    return await rows(session, statement)


async def claim_due(
    session: AsyncSession, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Operation]:
    """Operations whose next step is due, longest due first, now leased to `owner`.

    A row under a live lease is not claimed again, not even by its owner. A lease is over at `lease_until`.
    """
    due = (
        select(Operation.id)
        .where(
            _queued(),
            col(Operation.look_at) <= now,
            or_(col(Operation.lease_until).is_(None), col(Operation.lease_until) <= now),
        )
        .order_by(col(Operation.look_at))
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: BEGIN IMMEDIATE
        .cte("due")  # evaluated once: `limit` holds
    )
    claimed = await session.exec(
        update(Operation)
        .where(col(Operation.id).in_(select(due.c.id)))
        .values(lease_owner=owner, lease_until=now + lease, fence=col(Operation.fence) + 1)
        .returning(Operation)
        .execution_options(synchronize_session=False)
    )
    found: list[Operation] = list(claimed.scalars())
    session.expunge_all()
    return sorted(found, key=lambda operation: operation.look_at)


async def change(
    session: AsyncSession, operation_id: str, fence: int, *, expected_state: str | None = None, **values: Any
) -> Operation:
    """Set columns, given that nobody has claimed the operation since `fence`, and that it is still in
    `expected_state`, if one is given. Raises LeaseLost.
    """
    if unknown := values.keys() - _CHANGEABLE:
        raise TypeError(f"An operation has no column to change called {', '.join(sorted(unknown))}.")
    conditions = [col(Operation.id) == operation_id, col(Operation.fence) == fence]
    if expected_state is not None:
        conditions.append(col(Operation.state) == expected_state)
    changed = await session.exec(
        update(Operation)
        .where(*conditions)
        .values(**values)
        .returning(Operation)
        .execution_options(synchronize_session=False)
    )
    operation: Operation | None = changed.scalar_one_or_none()
    if operation is None:
        raise LeaseLost(operation_id, fence)
    session.expunge(operation)
    return operation


async def give_way(
    session: AsyncSession, project_id: str, *, state: str, by: str, now: datetime
) -> Operation | None:
    """End the project's operation from outside, if it only waits for a build, or for a sign of its request.

    One that has asked, or is about to ask, for the promote of its build is past that.
    """
    waits = or_(_only_builds(), col(Operation.state) == "unsure")
    return await _end(session, col(Operation.project_id) == project_id, waits, state=state, by=by, now=now)


async def withdraw(
    session: AsyncSession, operation_id: str, *, state: str, by: str, now: datetime
) -> Operation | None:
    """End an operation that waits for its turn, or only builds; None where it no longer does. A request of which
    nobody knows what became of it may be superseded, but not called cancelled.
    """
    waits = or_(col(Operation.state) == WAITING, _only_builds())
    return await _end(session, col(Operation.id) == operation_id, waits, state=state, by=by, now=now)


async def retire(session: AsyncSession, operation_id: str, now: datetime) -> None:
    """Its buttons are gone. Whoever carries it out has long ended: no fence is named."""
    await session.exec(
        update(Operation)
        .where(col(Operation.id) == operation_id)
        .values(retired_at=now)
        .execution_options(synchronize_session=False)
    )


async def next_look(session: AsyncSession, now: datetime) -> datetime | None:
    """When `claim_due` will next find something: never before `now`. None: nothing is queued."""
    due = case(
        (col(Operation.lease_until) > col(Operation.look_at), col(Operation.lease_until)),
        else_=col(Operation.look_at),
    )
    earliest: datetime | None = (await session.exec(select(func.min(due)).where(_queued()))).one()
    return earliest and max(earliest, now)


async def free_from_the_future(session: AsyncSession, *, now: datetime, beyond: timedelta) -> int:
    """Make due at once what nobody could look at for longer than any lease or pause lasts: a clock ran ahead when
    that was written. Returns how many.
    """
    far = now + beyond
    freed = await session.exec(
        update(Operation)
        .where(_queued(), or_(col(Operation.lease_until) > far, col(Operation.look_at) > far))
        .values(lease_owner=None, lease_until=None, look_at=now, fence=col(Operation.fence) + 1)
        .returning(col(Operation.id))
        .execution_options(synchronize_session=False)
    )
    return len(freed.all())


async def to_retire(session: AsyncSession, project_id: str, before: datetime) -> list[Operation]:
    """Operations that finished before then and whose message may still offer a way back, oldest first."""
    return await rows(
        session,
        select(Operation)
        .where(
            Operation.project_id == project_id,
            col(Operation.told_at).is_not(None),
            col(Operation.message_ts).is_not(None),
            col(Operation.retired_at).is_(None),
            col(Operation.finished_at) < before,
        )
        .order_by(col(Operation.finished_at)),
    )


async def untold(session: AsyncSession, project_id: str, before: datetime) -> bool:
    """Whether the end of an operation that finished before then has still to be told."""
    found = await session.exec(
        select(Operation.id)
        .where(
            Operation.project_id == project_id,
            col(Operation.told_at).is_(None),
            col(Operation.finished_at) < before,
        )
        .limit(1)
    )
    return found.first() is not None


async def _end(
    session: AsyncSession, *which: ColumnElement[bool], state: str, by: str, now: datetime
) -> Operation | None:
    """By somebody else than its carrier, who keeps it and tells its end: two would tell over each other. No
    step that starts from another state is taken any more.
    """
    changed = await session.exec(
        update(Operation)
        .where(col(Operation.finished_at).is_(None), *which)
        .values(state=state, ended_by=by, finished_at=now, look_at=now)
        .returning(Operation)
        .execution_options(synchronize_session=False)
    )
    operation: Operation | None = changed.scalar_one_or_none()
    if operation is not None:
        session.expunge(operation)
    return operation


def _only_builds() -> ColumnElement[bool]:
    """Nothing but the build was asked for."""
    return and_(col(Operation.state) == "building", col(Operation.promote_asked_at).is_(None))


def _is_active() -> ColumnElement[bool]:
    return and_(col(Operation.finished_at).is_(None), col(Operation.state).not_in(_NOT_ACTIVE))


def _queued() -> ColumnElement[bool]:
    return or_(
        col(Operation.finished_at).is_(None),
        col(Operation.told_at).is_(None),
        col(Operation.watch_until).is_not(None),
    )
