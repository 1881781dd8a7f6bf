"""The outbox: what channels are told of a change, written down with the change, and posted once in each.

Those of one project go to a channel in the order of its changes. Whoever claims one gets a lease and a fence, as
for operations; each write names the fence, and after somebody else's claim it changes nothing.

A change of what is Current makes one more thing due: storage/moves.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import moves, subscriptions
from storage.models import Announcement, Change

HEARD_ALONE = ("failed", "staged", "pinned")
"""Kinds that a channel hears only where it asks for them; it hears all others with what is Current."""

PACE = timedelta(seconds=1)
"""Slack takes about one message a second and channel."""

_A_BIT = timedelta.resolution
_AT_ONCE = 200
"""How many due rows are looked at to find one for each channel."""


@dataclass(frozen=True)
class Claimed:
    """An announcement that is the caller's to post until its lease ends. `since`: production has moved on already.
    `before`: the project's last changes before this one of what is Current, oldest first.
    """

    row: Announcement
    change: Change
    since: Change | None
    before: tuple[Change, ...]


async def fan_out(
    session: AsyncSession,
    change: Change,
    leave_out: Collection[str],
    now: datetime,
    *,
    also: Collection[str] = (),
) -> list[Announcement]:
    """One announcement for each channel that hears of such a change, without those that know it already. `also` are
    people who are told directly.

    In the transaction that records the change. Nothing is added a second time.
    """
    await session.flush()  # the change itself may still be on its way
    if change.kind in moves.MOVES:
        await moves.settle_later(session, change, now)
    heard = [c for c in await _channels_that_hear(session, change) if c not in leave_out]
    wanted = list(dict.fromkeys([*heard, *also]))
    told = await _channels_told(session, change.id) if wanted else set()
    hear = [c for c in wanted if c not in told]
    made = [
        Announcement(
            id=str(uuid5(NAMESPACE_URL, f"{change.id}/{channel}")),
            change_id=change.id,
            project_id=change.project_id,
            number=change.number,
            channel=channel,
            created_at=now,
            look_at=now,
        )
        for channel in hear
    ]
    session.add_all(made)
    await session.flush()
    await _follow(session, change)
    for announcement in made:
        session.expunge(announcement)
    return made


async def claim_due(
    session: AsyncSession, *, owner: str, now: datetime, lease: timedelta, limit: int, look_back: int = 0
) -> list[Claimed]:
    """What may be posted now, the longest due first, at most one for each channel, leased to `owner`.

    Not due is: what has an earlier one of the same project and channel before it, a channel that got a message
    less than a second ago or is getting one, and what is under a live lease.
    """
    due = await session.exec(
        _due(), params={"now": now, "lately": now - PACE + _A_BIT, "nearly": now + PACE, "most": _AT_ONCE}
    )
    first_of_each: dict[str, str] = {}
    for channel, announcement_id in due:
        first_of_each.setdefault(channel, announcement_id)
    chosen = list(first_of_each.values())[:limit]
    if not chosen:
        return []
    claimed = await session.exec(
        update(Announcement)
        .where(col(Announcement.id).in_(chosen))
        .values(lease_owner=owner, lease_until=now + lease, fence=col(Announcement.fence) + 1)
        .returning(Announcement)
        .execution_options(synchronize_session=False)
    )
    mine: list[Announcement] = sorted(claimed.scalars(), key=lambda row: row.look_at)
    session.expunge_all()
    changes = {c.id: c for c in await moves.changes(session, {row.change_id for row in mine})}
    before = {c.id: await moves.before(session, c, limit=look_back) for c in changes.values()}
    newest = {p: await moves.newest_move(session, p) for p in {row.project_id for row in mine}}
    return [
        _claimed(row, changes[row.change_id], newest[row.project_id], before[row.change_id]) for row in mine
    ]


async def posted(
    session: AsyncSession,
    row: Announcement,
    *,
    ts: str,
    now: datetime,
    retired: bool,
    place: str | None = None,
) -> bool:
    """`retired`: it has no button that would have to go away. `place`: where it stands, if that is not its channel.
    Whether it was still the caller's.

    What was outlived on its way loses its buttons after all.
    """
    columns = {"ts": ts, "place": place, "posted_at": now, "lease_owner": None, "lease_until": None}
    if not await _change(session, row, retired_at=now if retired else None, **columns):
        return False
    newest = None if retired else await moves.newest_move(session, row.project_id)
    if newest is not None and newest.number > row.number:
        await moves.settle_at(session, newest, now)
    return True


async def failed(session: AsyncSession, row: Announcement, *, look_at: datetime, why: str) -> bool:
    """To be tried again. Whether it was still the caller's."""
    return await _change(
        session,
        row,
        look_at=look_at,
        attempts=row.attempts + 1,
        why=why,
        lease_owner=None,
        lease_until=None,
    )


async def given_up(session: AsyncSession, row: Announcement, *, now: datetime, why: str) -> bool:
    """It will not be posted; those behind it are no longer held up. Whether it was still the caller's."""
    return await _change(session, row, given_up_at=now, why=why, lease_owner=None, lease_until=None)


async def give_up_channel(session: AsyncSession, channel: str, *, now: datetime, why: str) -> None:
    """Slack takes nothing for it any more: whatever waits for it will not be posted."""
    await session.exec(
        update(Announcement)
        .where(_waits(), col(Announcement.channel) == channel)
        .values(given_up_at=now, why=why, lease_owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


async def free_from_the_future(session: AsyncSession, *, now: datetime, beyond: timedelta) -> None:
    """Make due at once what nobody could look at for longer than any lease or pause lasts: a clock ran ahead when
    that was written.
    """
    far = now + beyond
    await session.exec(
        update(Announcement)
        .where(_waits(), or_(col(Announcement.lease_until) > far, col(Announcement.look_at) > far))
        .values(lease_owner=None, lease_until=None, look_at=now, fence=col(Announcement.fence) + 1)
        .execution_options(synchronize_session=False)
    )
    await session.exec(
        update(Change)
        .where(col(Change.settle_at) > far)
        .values(settle_at=now)
        .execution_options(synchronize_session=False)
    )


async def put_off(session: AsyncSession, channel: str, until: datetime) -> None:
    """Slack takes nothing for this channel before then."""
    await session.exec(
        update(Announcement)
        .where(_waits(), col(Announcement.channel) == channel, col(Announcement.look_at) < until)
        .values(look_at=until)
        .execution_options(synchronize_session=False)
    )


async def purge(session: AsyncSession, *, before: datetime) -> None:
    """Forget what was written down before then and has nothing left to do: a message that still has a button waits
    for the next move.
    """
    is_over = or_(col(Announcement.given_up_at).is_not(None), col(Announcement.retired_at).is_not(None))
    await session.exec(
        delete(Announcement)
        .where(col(Announcement.created_at) < before, is_over)
        .execution_options(synchronize_session=False)
    )


async def next_look(session: AsyncSession, now: datetime) -> datetime | None:
    """When there may be something to do next: never before `now`. None: nothing waits."""
    waiting = (await session.exec(select(func.min(Announcement.look_at)).where(_waits()))).one()
    settling = (
        await session.exec(select(func.min(Change.settle_at)).where(col(Change.settle_at).is_not(None)))
    ).one()
    due = [at for at in (waiting, settling) if at is not None]
    return max(min(due), now) if due else None


async def _channels_told(session: AsyncSession, change_id: str) -> set[str]:
    found = await session.exec(select(Announcement.channel).where(Announcement.change_id == change_id))
    return set(found)


async def _channels_that_hear(session: AsyncSession, change: Change) -> Sequence[str]:
    """All who hear anything of a project hear of its end."""
    heard = change.kind if change.kind in HEARD_ALONE else "current"
    return await subscriptions.hearing(session, change.project_id, None if change.kind == "gone" else heard)


async def _follow(session: AsyncSession, change: Change) -> None:
    """What channels hear goes by the project's id; its name follows, and with the project it ends."""
    if change.kind == "gone":
        await subscriptions.drop_project(session, change.project_id)
    elif change.kind == "renamed":
        await subscriptions.rename(session, change.project_id, change.project_name)


def _claimed(row: Announcement, change: Change, newest: Change | None, before: list[Change]) -> Claimed:
    is_outlived = newest is not None and newest.number > change.number
    return Claimed(row, change, newest if is_outlived else None, tuple(before))


async def _change(session: AsyncSession, row: Announcement, **values: Any) -> bool:
    changed = await session.exec(
        update(Announcement)
        .where(col(Announcement.id) == row.id, col(Announcement.fence) == row.fence, _waits())
        .values(**values)
        .returning(col(Announcement.id))
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None


def _waits() -> ColumnElement[bool]:
    return col(Announcement.posted_at).is_(None) & col(Announcement.given_up_at).is_(None)


def _earlier_one() -> ColumnElement[bool]:
    """Something of the same project waits for the same channel, and comes first."""
    earlier = aliased(Announcement)
    return (
        select(earlier.id)
        .where(
            earlier.project_id == Announcement.project_id,
            earlier.channel == Announcement.channel,
            earlier.number < Announcement.number,
            col(earlier.posted_at).is_(None),
            col(earlier.given_up_at).is_(None),
        )
        .exists()
    )


def _is_busy() -> ColumnElement[bool]:
    """The channel has just got a message, or is getting one: another would be too soon after it.

    Perhaps just after `now`: whoever claims has waited for the database, or another clock is a little ahead. The
    channels are found once, not for each row: thousands may wait.
    """
    lately = select(Announcement.channel).where(
        col(Announcement.posted_at).between(bindparam("lately"), bindparam("nearly"))
    )
    under_way = select(Announcement.channel).where(_waits(), col(Announcement.lease_until) > bindparam("now"))
    return or_(col(Announcement.channel).in_(lately), col(Announcement.channel).in_(under_way))


@cache
def _due() -> Any:
    """The channels and ids of what may be posted, the longest due first. Made once: it takes longer to make than to
    answer, and is asked after each message.
    """
    return (
        select(Announcement.channel, Announcement.id)
        .where(
            _waits(),
            col(Announcement.look_at) <= bindparam("now"),
            or_(col(Announcement.lease_until).is_(None), col(Announcement.lease_until) <= bindparam("now")),
            ~_is_busy(),
            ~_earlier_one(),
        )
        .order_by(col(Announcement.look_at))
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
