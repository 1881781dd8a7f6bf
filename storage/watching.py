"""What is seen of production, as rows: projects, what happened to them, webhooks that were taken, and leases.

Whoever writes what a look has shown names the row that the look began with. Of two who looked at the same time
one changes nothing, and has to look again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Announcement, Change, Delivery, Lease, Production
from storage.reading import one, rows

_KEPT = 100
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def production(session: AsyncSession, project_id: str) -> Production | None:
    return await one(session, select(Production).where(Production.project_id == project_id))


async def productions_of(session: AsyncSession, project_ids: Iterable[str]) -> dict[str, Production]:
    found = await rows(session, select(Production).where(col(Production.project_id).in_(list(project_ids))))
    return {row.project_id: row for row in found}


async def all_productions(session: AsyncSession) -> list[Production]:
    """Of every project that there is, by name. Whoever needs one only asks for that one."""
    return await rows(
        session,
        select(Production).where(col(Production.gone_at).is_(None)).order_by(col(Production.project_name)),
    )


async def watched_ids(session: AsyncSession) -> set[str]:
    """Of every project that is not gone."""
    found = await session.exec(select(Production.project_id).where(col(Production.gone_at).is_(None)))
    return set(found.all())


async def begin(session: AsyncSession, row: Production) -> bool:
    """The first sight of a project. False where somebody else was first."""
    return await _insert(session, Production, row, ["project_id"])


async def advance(session: AsyncSession, saw: Production, **values: Any) -> Production | None:
    """Write what a look has shown, given that the row is as it was when the look began; else None."""
    changed = await session.exec(
        update(Production)
        .where(
            col(Production.project_id) == saw.project_id,
            col(Production.number) == saw.number,
            col(Production.seen) == saw.seen,
            col(Production.gone_at).is_(None)
            if saw.gone_at is None
            else col(Production.gone_at).is_not(None),
        )
        .values(**values)
        .returning(Production)
        .execution_options(synchronize_session=False)
    )
    row: Production | None = changed.scalar_one_or_none()
    if row is not None:
        session.expunge(row)
    return row


async def record(session: AsyncSession, change: Change) -> None:
    """In the transaction that has advanced its project's row to its number."""
    session.add(change)
    await session.flush()
    session.expunge(change)


async def purge_changes(session: AsyncSession, *, before: datetime) -> None:
    """Forget what was noticed before then: not a project's last hundred, nor what a message may still have to say."""
    newest = select(Production.number).where(Production.project_id == Change.project_id).scalar_subquery()
    is_told_of = exists().where(col(Announcement.change_id) == col(Change.id))
    await session.exec(
        delete(Change)
        .where(
            col(Change.noticed_at) < before,
            col(Change.number) <= newest - _KEPT,
            col(Change.settle_at).is_(None),
            ~is_told_of,
        )
        .execution_options(synchronize_session=False)
    )


async def recorded_keys(session: AsyncSession, keys: Iterable[str]) -> set[str]:
    found = await session.exec(select(Change.key).where(col(Change.key).in_(list(keys))))
    return set(found.all())


async def change_of(session: AsyncSession, change_id: str) -> Change | None:
    return await one(session, select(Change).where(Change.id == change_id))


async def newest_changes(
    session: AsyncSession,
    project_id: str | None = None,
    *,
    kinds: Sequence[str] = (),
    since: datetime | None = None,
    limit: int = 20,
) -> list[Change]:
    """Newest first, by when they were noticed; those of one project by their number."""
    statement = select(Change).limit(limit)
    if project_id is None:
        statement = statement.order_by(col(Change.noticed_at).desc(), col(Change.number).desc())
    else:
        statement = statement.where(Change.project_id == project_id).order_by(col(Change.number).desc())
    if kinds:
        statement = statement.where(col(Change.kind).in_(kinds))
    if since is not None:
        statement = statement.where(col(Change.noticed_at) >= since)
    return await rows(session, statement)


async def told_operations(session: AsyncSession, operation_ids: Iterable[str]) -> set[str]:
    """Those of them whose move of Current, or of a rolling release, is recorded."""
    found = await session.exec(
        select(Change.operation_id).where(
            col(Change.operation_id).in_(list(operation_ids)), col(Change.kind).in_(("current", "release"))
        )
    )
    return {one for one in found.all() if one is not None}


async def take(session: AsyncSession, delivery: Delivery) -> bool:
    """False where the same webhook was taken before."""
    return await _insert(session, Delivery, delivery, ["id"])


async def deliveries_of(session: AsyncSession, project_id: str, *, after: datetime) -> list[Delivery]:
    """What was received about a project since `after`, and what nobody has looked into; by when the platform says that
    it happened.
    """
    return await rows(
        session,
        select(Delivery)
        .where(
            Delivery.project_id == project_id,
            or_(col(Delivery.received_at) > after, col(Delivery.looked_at).is_(None)),
        )
        .order_by(col(Delivery.at), col(Delivery.received_at)),
    )


async def not_looked_at(session: AsyncSession, *, before: datetime) -> set[str]:
    """Projects of webhooks that were taken before then, and that nobody has looked at since."""
    found = await session.exec(
        select(Delivery.project_id).where(
            col(Delivery.project_id).is_not(None),
            col(Delivery.looked_at).is_(None),
            col(Delivery.received_at) < before,
        )
    )
    return {one for one in found.all() if one is not None}


async def looked_at(session: AsyncSession, delivery_ids: Iterable[str], now: datetime) -> None:
    ids = list(delivery_ids)
    if ids:
        await session.exec(
            update(Delivery)
            .where(col(Delivery.id).in_(ids))
            .values(looked_at=now)
            .execution_options(synchronize_session=False)
        )


async def forget_deliveries(session: AsyncSession, *, before: datetime) -> None:
    """Webhooks that were taken before then."""
    await session.exec(
        delete(Delivery)
        .where(col(Delivery.received_at) < before)
        .execution_options(synchronize_session=False)
    )


async def lease(session: AsyncSession, name: str) -> Lease | None:
    return await one(session, select(Lease).where(Lease.name == name))


async def hold(session: AsyncSession, name: str, owner: str, *, now: datetime, for_: timedelta) -> bool:
    """Take the lease, or keep it. False while somebody else has it.

    One that reaches further than any lease was written by a clock that ran ahead, and counts for nothing.
    """
    row = Lease(name=name, owner=owner, until=now + for_, fence=1)
    if await _insert(session, Lease, row, ["name"]):
        return True
    mine = col(Lease.owner) == owner
    over = or_(col(Lease.until) <= now, col(Lease.until) > now + 10 * for_)
    kept = await session.exec(
        update(Lease)
        .where(col(Lease.name) == name, or_(mine, over))
        .values(owner=owner, until=now + for_, fence=col(Lease.fence) + 1)
        .returning(col(Lease.name))
        .execution_options(synchronize_session=False)
    )
    return bool(kept.all())


async def release(session: AsyncSession, name: str, owner: str, *, now: datetime) -> None:
    """Let another process go on at once."""
    await session.exec(
        update(Lease)
        .where(col(Lease.name) == name, col(Lease.owner) == owner)
        .values(until=now)
        .execution_options(synchronize_session=False)
    )


async def _insert(session: AsyncSession, table: type[SQLModel], row: SQLModel, unique: list[str]) -> bool:
    connection = await session.connection()
    statement = (
        _INSERTS[connection.dialect.name](SQLModel.metadata.tables[str(table.__tablename__)])
        .on_conflict_do_nothing(index_elements=unique)
        .execution_options(preserve_rowcount=True)
    )
    return (await connection.execute(statement, row.model_dump())).rowcount > 0
