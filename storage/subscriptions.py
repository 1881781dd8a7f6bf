"""What each channel hears of which project. `*` stands for every project, and goes beside the named ones."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Subscription
from storage.reading import one, rows

ALL = "*"
DELETED = "deleted"
KINDS = ("current", "failed", "staged", "pinned")
_TABLE = SQLModel.metadata.tables[Subscription.__tablename__]
_INSERT = {
    dialect: insert(_TABLE).on_conflict_do_nothing()
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


async def add(
    session: AsyncSession,
    channel: str,
    project_id: str,
    project_name: str,
    kinds: Iterable[str],
    *,
    by: str,
    now: datetime,
) -> Subscription:
    """The channel hears of these kinds as well. Returns the row as it is then."""
    new = Subscription(
        channel=channel,
        project_id=project_id,
        project_name=project_name,
        current=False,
        created_at=now,
        created_by=by,
    )
    connection = await session.connection()
    await connection.execute(_INSERT[connection.dialect.name], new.model_dump())
    wanted = dict.fromkeys(kinds, True)
    return await _changed(session, channel, project_id, {"project_name": project_name, **wanted})


async def take(
    session: AsyncSession, channel: str, project_id: str, kinds: Collection[str] = KINDS
) -> Subscription | None:
    """The channel hears no more of these kinds. Returns what remains of the row, if it hears anything still."""
    if await get(session, channel, project_id) is None:
        return None
    left = await _changed(session, channel, project_id, dict.fromkeys(kinds, False))
    if any(getattr(left, kind) for kind in KINDS):
        return left
    await session.exec(delete(Subscription).where(*_of(channel, project_id)))
    return None


async def get(session: AsyncSession, channel: str, project_id: str) -> Subscription | None:
    return await one(session, select(Subscription).where(*_of(channel, project_id)))


async def of_channel(session: AsyncSession, channel: str) -> list[Subscription]:
    """By name; `*` comes first."""
    statement = select(Subscription).where(col(Subscription.channel) == channel)
    return sorted(
        await rows(session, statement), key=lambda s: (s.project_id != ALL, s.project_name, s.project_id)
    )


async def elsewhere(
    session: AsyncSession, project_ids: Collection[str], channel: str
) -> dict[str, list[str]]:
    """Project id to the other channels that hear of it by name, in order."""
    statement = select(Subscription).where(
        col(Subscription.project_id).in_(project_ids), col(Subscription.channel) != channel
    )
    found: dict[str, list[str]] = {}
    for row in sorted(await rows(session, statement), key=lambda s: s.channel):
        found.setdefault(row.project_id, []).append(row.channel)
    return found


async def of_project(session: AsyncSession, project_id: str) -> list[Subscription]:
    """Of open channels, also those that hear of all projects."""
    statement = select(Subscription).where(
        col(Subscription.project_id).in_((project_id, ALL)), col(Subscription.closed_at).is_(None)
    )
    return await rows(session, statement)


async def hearing(session: AsyncSession, project_id: str, kind: str | None) -> list[str]:
    """The open channels that hear of this kind; None: of anything about the project. In order."""
    statement = select(Subscription.channel).where(
        col(Subscription.project_id).in_((project_id, ALL)), col(Subscription.closed_at).is_(None)
    )
    if kind is not None:
        statement = statement.where(getattr(Subscription, kind).is_(True))
    return sorted(set(await session.exec(statement)))


async def channel_for(session: AsyncSession, project_id: str) -> str | None:
    """The open channel that has heard longest of what is Current; one that named the project comes first."""
    found = await rows(
        session,
        select(Subscription).where(
            col(Subscription.project_id).in_((project_id, ALL)),
            col(Subscription.closed_at).is_(None),
            col(Subscription.current).is_(True),
        ),
    )
    first = min(found, key=lambda s: (s.project_id == ALL, s.created_at, s.channel), default=None)
    return first.channel if first else None


async def rename(session: AsyncSession, project_id: str, project_name: str) -> None:
    await session.exec(
        update(Subscription)
        .where(col(Subscription.project_id) == project_id, col(Subscription.project_name) != project_name)
        .values(project_name=project_name)
        .execution_options(synchronize_session=False)
    )


async def drop_project(session: AsyncSession, project_id: str) -> list[Subscription]:
    """The platform knows it no more."""
    return await _dropped(session, col(Subscription.project_id) == project_id)


async def drop_deleted(session: AsyncSession, channel: str) -> list[Subscription]:
    """What a deleted channel heard, once everybody knows."""
    return await _dropped(
        session,
        (col(Subscription.channel) == channel)
        & (col(Subscription.why) == DELETED)
        & col(Subscription.said_at).is_not(None),
    )


async def close(
    session: AsyncSession, channel: str, *, why: str, now: datetime, said: bool = False
) -> list[Subscription]:
    """The channel takes nothing from the bot. Returns what is paused by this; `said`: its people know. What is
    closed may still be deleted.
    """
    is_open = col(Subscription.closed_at).is_(None)
    is_new = is_open | (col(Subscription.why) != DELETED) if why == DELETED else is_open
    found = await session.exec(
        update(Subscription)
        .where(col(Subscription.channel) == channel, is_new)
        .values(closed_at=now, why=why, said_at=now if said else None)
        .returning(Subscription)
        .execution_options(synchronize_session=False)
    )
    return _left(session, found)


async def reopen(session: AsyncSession, channel: str) -> list[Subscription]:
    """Returns what goes on by this."""
    found = await session.exec(
        update(Subscription)
        .where(col(Subscription.channel) == channel, col(Subscription.closed_at).is_not(None))
        .values(closed_at=None, why=None, said_at=None)
        .returning(Subscription)
        .execution_options(synchronize_session=False)
    )
    return _left(session, found)


async def closed(session: AsyncSession, *, unsaid: bool = False) -> list[str]:
    """The channels that are closed; `unsaid`: some of whose people do not know yet."""
    statement = select(Subscription.channel).where(col(Subscription.closed_at).is_not(None))
    if unsaid:
        statement = statement.where(col(Subscription.said_at).is_(None))
    return sorted(set(await session.exec(statement)))


async def say(session: AsyncSession, channel: str, now: datetime) -> list[Subscription]:
    """Whoever gets these rows tells their people; nobody else gets them."""
    found = await session.exec(
        update(Subscription)
        .where(
            col(Subscription.channel) == channel,
            col(Subscription.closed_at).is_not(None),
            col(Subscription.said_at).is_(None),
        )
        .values(said_at=now)
        .returning(Subscription)
        .execution_options(synchronize_session=False)
    )
    return _left(session, found)


async def unsay(session: AsyncSession, channel: str, by: str, said_at: datetime) -> None:
    """That person was not told after all."""
    await session.exec(
        update(Subscription)
        .where(
            col(Subscription.channel) == channel,
            col(Subscription.created_by) == by,
            col(Subscription.said_at) == said_at,
        )
        .values(said_at=None)
        .execution_options(synchronize_session=False)
    )


def _of(channel: str, project_id: str) -> tuple[Any, Any]:
    return col(Subscription.channel) == channel, col(Subscription.project_id) == project_id


async def _changed(
    session: AsyncSession, channel: str, project_id: str, values: dict[str, Any]
) -> Subscription:
    found = await session.exec(
        update(Subscription)
        .where(*_of(channel, project_id))
        .values(values)
        .returning(Subscription)
        .execution_options(synchronize_session=False)
    )
    row: Subscription = found.scalar_one()
    session.expunge(row)
    return row


async def _dropped(session: AsyncSession, which: Any) -> list[Subscription]:
    found = await session.exec(
        delete(Subscription).where(which).returning(Subscription).execution_options(synchronize_session=False)
    )
    return _left(session, found)


def _left(session: AsyncSession, found: Any) -> list[Subscription]:
    left: list[Subscription] = list(found.scalars())
    for row in left:
        session.expunge(row)
    return left
