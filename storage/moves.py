"""Changes after which older messages offer no way back any more: they lose their buttons, whoever moved production.

`settle_at` says when that is looked at next, until it is done. The newest move of a project does it for all before it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Announcement, Change
from storage.reading import one, rows

MOVES = ("current", "release", "gone")
"""The kinds of changes that do."""


async def newest_move(
    session: AsyncSession, project_id: str, kinds: Collection[str] = MOVES
) -> Change | None:
    """The last change of a project after which no older message offers a way back."""
    return await one(
        session,
        select(Change)
        .where(Change.project_id == project_id, col(Change.kind).in_(kinds))
        .order_by(col(Change.number).desc())
        .limit(1),
    )


async def before(session: AsyncSession, change: Change, limit: int) -> list[Change]:
    """The project's last changes before this one of what is Current, oldest first."""
    found = await rows(
        session,
        select(Change)
        .where(
            Change.project_id == change.project_id,
            Change.number < change.number,
            col(Change.kind) == "current",
        )
        .order_by(col(Change.number).desc())
        .limit(limit),
    )
    return found[::-1]


async def changes(session: AsyncSession, ids: Collection[str]) -> list[Change]:
    return await rows(session, select(Change).where(col(Change.id).in_(ids))) if ids else []


async def settle_later(session: AsyncSession, change: Change, now: datetime) -> None:
    """This change does it for all before it."""
    await session.exec(
        update(Change)
        .where(
            col(Change.project_id) == change.project_id,
            col(Change.number) < change.number,
            col(Change.settle_at).is_not(None),
        )
        .values(settle_at=None)
        .execution_options(synchronize_session=False)
    )
    await settle_at(session, change, now)


async def settle_at(session: AsyncSession, change: Change, at: datetime) -> None:
    await session.exec(
        update(Change)
        .where(col(Change.id) == change.id)
        .values(settle_at=at)
        .execution_options(synchronize_session=False)
    )


async def is_one_unsettled(session: AsyncSession, now: datetime) -> bool:
    """Whether `claim_unsettled` would find something."""
    found = await session.exec(select(Change.id).where(col(Change.settle_at) <= now).limit(1))
    return found.first() is not None


async def claim_unsettled(
    session: AsyncSession, *, now: datetime, lease: timedelta, limit: int
) -> list[Change]:
    """Changes whose older messages may still have buttons. Nobody else gets them before the lease ends; to do it
    twice would harm nothing.
    """
    due = await rows(
        session,
        select(Change)
        .where(col(Change.settle_at) <= now)
        .order_by(col(Change.settle_at))
        .limit(limit)
        .with_for_update(skip_locked=True),
    )
    await session.exec(
        update(Change)
        .where(col(Change.id).in_([change.id for change in due]))
        .values(settle_at=now + lease)
        .execution_options(synchronize_session=False)
    )
    for change in due:
        change.settle_at = now + lease
    return due


async def settled(session: AsyncSession, change: Change, look_at: datetime | None) -> None:
    """`look_at`: something is left to do then. Nothing is written where it became due anew since it was claimed."""
    await session.exec(
        update(Change)
        .where(col(Change.id) == change.id, col(Change.settle_at) == change.settle_at)
        .values(settle_at=look_at)
        .execution_options(synchronize_session=False)
    )


async def to_retire(session: AsyncSession, change: Change) -> list[tuple[Announcement, Change]]:
    """Earlier announcements of the project whose buttons are still there, with what they tell."""
    found = await rows(
        session,
        select(Announcement)
        .where(
            Announcement.project_id == change.project_id,
            Announcement.number < change.number,
            col(Announcement.posted_at).is_not(None),
            col(Announcement.retired_at).is_(None),
        )
        .order_by(col(Announcement.number)),
    )
    told = {c.id: c for c in await changes(session, {row.change_id for row in found})}
    return [(row, told[row.change_id]) for row in found]


async def retire(session: AsyncSession, announcement_id: str, now: datetime) -> None:
    """Its buttons are gone."""
    await session.exec(
        update(Announcement)
        .where(col(Announcement.id) == announcement_id)
        .values(retired_at=now)
        .execution_options(synchronize_session=False)
    )
