"""Production that is pinned, and the one message about it in each channel, which is kept up to date.

Leases and fences as in storage/operations.py: one replica at a time shows a pin, and names the fence when it is done.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Change, Pin, Production, Reminder, Subscription
from storage.reading import one, rows

EVERY_PROJECT = "*"
LONGEST_LEASE = timedelta(minutes=10)
_LONGEST_PAUSE = timedelta(days=2)
_PINS = SQLModel.metadata.tables[Pin.__tablename__]
_REMINDERS = SQLModel.metadata.tables[Reminder.__tablename__]
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def unsettled(session: AsyncSession) -> list[Production]:
    """Projects that are pinned and have no open pin, and those that have one and are pinned no more."""
    is_open = and_(col(Pin.project_id).is_not(None), col(Pin.over_at).is_(None))
    is_told = or_(
        col(Pin.project_id).is_(None), and_(col(Pin.over_at).is_not(None), col(Pin.look_at).is_(None))
    )
    pinned = and_(col(Production.pinned).is_(True), col(Production.gone_at).is_(None))
    return await rows(
        session,
        select(Production)
        .join(Pin, col(Pin.project_id) == col(Production.project_id), isouter=True)
        .where(or_(and_(pinned, is_told), and_(~pinned, is_open)))
        .order_by(col(Production.project_id)),
    )


async def begin(session: AsyncSession, pin: Pin) -> bool:
    """False where it has begun already, or the end of the one before is still to be told."""
    connection = await session.connection()
    values = pin.model_dump()
    insert = _INSERTS[connection.dialect.name](_PINS).values(**values)
    begun = await connection.execute(
        insert.on_conflict_do_update(
            index_elements=[_PINS.c.project_id],
            set_={name: value for name, value in values.items() if name != "fence"}
            | {"fence": _PINS.c.fence + 1},
            where=and_(_PINS.c.over_at.is_not(None), _PINS.c.look_at.is_(None)),
        ).returning(_PINS.c.project_id)
    )
    if begun.first() is None:
        return False
    await session.exec(delete(Reminder).where(col(Reminder.project_id) == pin.project_id))
    return True


async def get(session: AsyncSession, project_id: str) -> Pin | None:
    return await one(session, select(Pin).where(Pin.project_id == project_id))


async def end(session: AsyncSession, project_id: str, now: datetime) -> bool:
    """Whether it was open. What was shown of it is due to say so."""
    return await _open(session, project_id, over_at=now, look_at=now) is not None


async def keep(
    session: AsyncSession, project_id: str, *, by: str, until: datetime, now: datetime
) -> Pin | None:
    """Nobody is reminded before then; None where it is over. Who keeps it is due to be shown."""
    return await _open(session, project_id, kept_by=by, quiet_until=until, look_at=now)


async def is_due(session: AsyncSession, now: datetime) -> bool:
    return (await session.exec(select(Pin.project_id).where(_is_due(now)).limit(1))).first() is not None


async def claim_due(
    session: AsyncSession, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Pin]:
    """Those that are to be shown now, longest due first, leased to `owner`."""
    due = (
        select(Pin.project_id)
        .where(_is_due(now))
        .order_by(col(Pin.look_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claimed = await session.exec(
        update(Pin)
        .where(col(Pin.project_id).in_(select(due.c.project_id)))
        .values(lease_owner=owner, lease_until=now + lease, looked_at=now, fence=col(Pin.fence) + 1)
        .returning(Pin)
        .execution_options(synchronize_session=False)
    )
    found: list[Pin] = list(claimed.scalars())
    session.expunge_all()
    return sorted(found, key=lambda pin: pin.project_id)


async def let_go(session: AsyncSession, pin: Pin, look_at: datetime | None) -> None:
    """Shown. It is due again at `look_at`, or as soon as something has happened since it was claimed."""
    kept = case((col(Pin.look_at) == pin.look_at, look_at), else_=col(Pin.look_at))
    await session.exec(
        update(Pin)
        .where(col(Pin.project_id) == pin.project_id, col(Pin.fence) == pin.fence)
        .values(lease_owner=None, lease_until=None, look_at=kept)
        .execution_options(synchronize_session=False)
    )


async def look_soon(session: AsyncSession, now: datetime) -> None:
    """What is shown of a pin is due anew where another build stays Staged, something else is Current, or one more
    channel wants to hear of it since.
    """
    outdated = await outdated_ones(session)
    if outdated:
        await session.exec(
            update(Pin)
            .where(col(Pin.project_id).in_(outdated), col(Pin.over_at).is_(None), col(Pin.look_at) > now)
            .values(look_at=now)
            .execution_options(synchronize_session=False)
        )


async def outdated_ones(session: AsyncSession) -> set[str]:
    """The projects of such pins."""
    moved = (
        select(Reminder.project_id)
        .join(Pin, col(Pin.project_id) == col(Reminder.project_id))
        .join(Change, col(Change.project_id) == col(Reminder.project_id))
        .where(
            col(Pin.over_at).is_(None),
            col(Change.kind).in_(("staged", "current")),
            col(Change.noticed_at) > col(Pin.looked_at),
        )
    )
    joined = (
        select(Pin.project_id)
        .join(Subscription, col(Subscription.project_id).in_((col(Pin.project_id), EVERY_PROJECT)))
        .where(
            col(Pin.over_at).is_(None),
            col(Subscription.pinned).is_(True),
            col(Subscription.created_at) > col(Pin.looked_at),
        )
    )
    return {*await session.exec(moved.distinct()), *await session.exec(joined.distinct())}


async def channels(session: AsyncSession, project_id: str) -> set[str]:
    """Those that hear of a pin of this project."""
    found = await session.exec(
        select(Subscription.channel).where(
            col(Subscription.project_id).in_((project_id, EVERY_PROJECT)),
            col(Subscription.pinned).is_(True),
            col(Subscription.closed_at).is_(None),
        )
    )
    return set(found)


async def shown(session: AsyncSession, project_id: str) -> list[Reminder]:
    return await rows(
        session,
        select(Reminder).where(Reminder.project_id == project_id).order_by(col(Reminder.channel)),
    )


async def remember(session: AsyncSession, project_id: str, channel: str, *, ts: str, now: datetime) -> None:
    """Where the message of a channel stands."""
    connection = await session.connection()
    values = {"project_id": project_id, "channel": channel, "ts": ts, "shown_at": now}
    await connection.execute(
        _INSERTS[connection.dialect.name](_REMINDERS)
        .values(**values)
        .on_conflict_do_update(index_elements=["project_id", "channel"], set_={"ts": ts, "shown_at": now})
    )


async def forget(session: AsyncSession, project_id: str, channel: str) -> None:
    """There is no message any more that could be kept up to date."""
    await session.exec(
        delete(Reminder).where(col(Reminder.project_id) == project_id, col(Reminder.channel) == channel)
    )


async def _open(session: AsyncSession, project_id: str, **values: Any) -> Pin | None:
    changed = await session.exec(
        update(Pin)
        .where(col(Pin.project_id) == project_id, col(Pin.over_at).is_(None))
        .values(**values)
        .returning(Pin)
        .execution_options(synchronize_session=False)
    )
    pin: Pin | None = changed.scalar_one_or_none()
    if pin is not None:
        session.expunge(pin)
    return pin


def _is_due(now: datetime) -> Any:
    """What is leased or due further ahead than any lease or reminder lasts was written by a clock that ran ahead."""
    lease, look_at = col(Pin.lease_until), col(Pin.look_at)
    free = or_(lease.is_(None), lease <= now, lease > now + LONGEST_LEASE)
    return and_(or_(look_at <= now, look_at > now + _LONGEST_PAUSE), free)
