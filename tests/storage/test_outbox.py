import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from storage import moves, outbox, watching
from storage.database import Database
from storage.models import Announcement, Change, Production, Subscription
from storage.outbox import Claimed
from storage.reading import rows
from tests.storage.rows import NOW, SECOND, change, subscription

LEASE = timedelta(seconds=30)


async def subscribe(db: Database, *subscriptions: Subscription) -> None:
    async with db.write() as session:
        session.add_all(subscriptions)


async def record(
    db: Database, number: int = 1, leave_out: Iterable[str] = (), now: datetime = NOW, **columns: Any
) -> list[Announcement]:
    """A change, as whoever notices one writes it down."""
    made = change(number, **columns)
    async with db.write() as session:
        session.add(made)
        return await outbox.fan_out(session, made, set(leave_out), now)


async def claim(
    db: Database, *, owner: str = "replica_1", now: datetime = NOW, limit: int = 10
) -> list[Claimed]:
    async with db.write() as session:
        return await outbox.claim_due(session, owner=owner, now=now, lease=LEASE, limit=limit)


async def post(db: Database, claimed: Claimed, now: datetime = NOW, *, retired: bool = False) -> bool:
    async with db.write() as session:
        return await outbox.posted(session, claimed.row, ts="1.2", now=now, retired=retired)


def channels(announcements: Iterable[Announcement]) -> list[str]:
    return [each.channel for each in announcements]


def numbers(claimed: Iterable[Claimed]) -> list[tuple[str, int]]:
    return sorted((each.row.channel, each.row.number) for each in claimed)


async def test_old_rows_are_forgotten_but_what_still_has_something_to_do(db: Database) -> None:
    await subscribe(db, subscription("C0SHOP"))
    await record(db, 1)
    [first] = await claim(db)
    assert await post(db, first, retired=True)
    await record(db, 2)
    [second] = await claim(db, now=NOW + 2 * SECOND)
    assert await post(db, second)
    await record(db, 3)
    later = NOW + timedelta(days=1)
    async with db.write() as session:
        session.add(
            Production(project_id="prj_shop", project_name="shop", number=103, seen="{}", seen_at=NOW)
        )
        await outbox.purge(session, before=NOW)
        assert len(await rows(session, select(Announcement))) == 3
        await outbox.purge(session, before=later)
        left = await rows(session, select(Announcement))
        assert sorted(row.number for row in left) == [2, 3]  # one has a button, one is not posted yet
        await watching.purge_changes(session, before=NOW)
        assert len(await rows(session, select(Change))) == 3
        await watching.purge_changes(session, before=later)
        assert sorted(row.number for row in await rows(session, select(Change))) == [2, 3]


async def test_each_channel_that_hears_of_the_project_is_told_once(db: Database) -> None:
    await subscribe(
        db,
        subscription("C0SHOP"),
        subscription("C0DOCS", project="prj_docs"),
        subscription("C0ALL", project="*"),
        subscription("C0BOTH"),
        subscription("C0BOTH", project="*"),
        subscription("C0CLOSED", closed_at=NOW),
        subscription("C0OPERATION"),
    )
    assert channels(await record(db, leave_out=["C0OPERATION"])) == ["C0ALL", "C0BOTH", "C0SHOP"]


async def test_what_was_fanned_out_is_not_fanned_out_again(db: Database) -> None:
    await subscribe(db, subscription("C0SHOP"))
    made = change()
    async with db.write() as session:
        session.add(made)
        await outbox.fan_out(session, made, (), NOW)
    await subscribe(db, subscription("C0NEW"))
    async with db.write() as session:
        assert channels(await outbox.fan_out(session, made, (), NOW)) == ["C0NEW"]


@pytest.mark.parametrize(
    ("kind", "heard_by"),
    [
        ("current", "C0CURRENT"),
        ("domain", "C0CURRENT"),
        ("release", "C0CURRENT"),
        ("renamed", "C0CURRENT"),
        ("failed", "C0FAILED"),
        ("staged", "C0STAGED"),
        ("pinned", "C0PINNED"),
    ],
)
async def test_a_channel_hears_of_the_kinds_it_asked_for(db: Database, kind: str, heard_by: str) -> None:
    kinds = ("current", "failed", "staged", "pinned")
    for mine in kinds:
        asked_for: dict[str, Any] = {kind: kind == mine for kind in kinds}
        await subscribe(db, subscription(f"C0{mine.upper()}", **asked_for))
    assert channels(await record(db, kind=kind)) == [heard_by]


async def test_a_claim_brings_the_change_and_a_lease(db: Database) -> None:
    await subscribe(db, subscription())
    await record(db)
    (claimed,) = await claim(db)
    assert (claimed.row.lease_owner, claimed.row.lease_until, claimed.row.fence) == (
        "replica_1",
        NOW + LEASE,
        1,
    )
    assert claimed.change.id == claimed.row.change_id
    assert claimed.since is None
    assert await claim(db, owner="replica_2", now=NOW + LEASE - SECOND) == []
    assert len(await claim(db, owner="replica_2", now=NOW + LEASE)) == 1


async def test_a_project_is_told_of_in_the_order_of_its_changes(db: Database) -> None:
    await subscribe(db, subscription("C0ONE"), subscription("C0TWO"))
    for number in (1, 2, 3):
        await record(db, number)
    first = await claim(db)
    assert numbers(first) == [("C0ONE", 1), ("C0TWO", 1)]
    assert await claim(db) == []
    await post(db, first[0])
    later = NOW + SECOND
    assert numbers(await claim(db, now=later)) == [(first[0].row.channel, 2)]


async def test_what_was_given_up_holds_nobody_up(db: Database) -> None:
    await subscribe(db, subscription())
    await record(db, 1)
    await record(db, 2)
    (first,) = await claim(db)
    async with db.write() as session:
        assert await outbox.given_up(session, first.row, now=NOW, why="is_archived")
    assert numbers(await claim(db)) == [("C0DEPLOYS", 2)]


async def test_what_failed_is_due_again_later_and_still_comes_first(db: Database) -> None:
    await subscribe(db, subscription())
    await record(db, 1)
    await record(db, 2)
    (first,) = await claim(db)
    async with db.write() as session:
        assert await outbox.failed(session, first.row, look_at=NOW + 10 * SECOND, why="fatal_error")
    assert await claim(db, now=NOW + 9 * SECOND) == []
    (again,) = await claim(db, now=NOW + 10 * SECOND)
    assert (again.row.number, again.row.attempts, again.row.why) == (1, 1, "fatal_error")


async def test_a_channel_gets_one_message_a_second_whatever_the_project(db: Database) -> None:
    await subscribe(db, subscription("C0ALL", project="*"))
    await record(db, project="prj_shop")
    await record(db, project="prj_docs")
    (first,) = await claim(db)
    await post(db, first)
    assert await claim(db, now=NOW + SECOND - timedelta(milliseconds=1)) == []
    (second,) = await claim(db, now=NOW + SECOND)
    assert {first.row.project_id, second.row.project_id} == {"prj_shop", "prj_docs"}


async def test_a_channel_that_is_just_getting_a_message_gets_no_other(db: Database) -> None:
    await subscribe(db, subscription(), subscription(project="prj_docs"))
    await record(db)
    (first,) = await claim(db)
    await record(db, project_id="prj_docs", id="chg_docs", key="docs")
    assert await claim(db, owner="replica_2") == []
    await post(db, first, NOW + SECOND / 2)
    assert await claim(db) == []  # with the time of before it had to wait for the database
    assert numbers(await claim(db, now=NOW + 2 * SECOND)) == [("C0DEPLOYS", 1)]


async def test_a_channel_that_is_put_off_holds_up_no_other(db: Database) -> None:
    await subscribe(db, subscription("C0SLOW", project="*"), subscription("C0FINE", project="*"))
    await record(db, project="prj_shop")
    await record(db, project="prj_docs")
    async with db.write() as session:
        await outbox.put_off(session, "C0SLOW", NOW + 5 * SECOND)
    (fine,) = await claim(db)
    assert fine.row.channel == "C0FINE"
    await post(db, fine)
    assert numbers(await claim(db, now=NOW + 5 * SECOND)) == [("C0FINE", 1), ("C0SLOW", 1)]


async def test_whoever_lost_the_lease_writes_nothing(db: Database) -> None:
    await subscribe(db, subscription())
    await record(db)
    (stale,) = await claim(db)
    (fresh,) = await claim(db, owner="replica_2", now=NOW + LEASE)
    assert not await post(db, stale)
    async with db.write() as session:
        assert not await outbox.failed(session, stale.row, look_at=NOW, why="x")
        assert not await outbox.given_up(session, stale.row, now=NOW, why="x")
    assert await post(db, fresh)
    assert not await post(db, fresh)  # it is told


async def test_three_replicas_never_get_the_same_one_nor_two_of_a_project_and_channel(
    open_database: Callable[[], Database],
) -> None:
    replicas = [open_database() for _ in range(3)]
    await subscribe(replicas[0], *(subscription(f"C{number}", project="*") for number in range(4)))
    for number in (1, 2, 3):
        for project in ("prj_shop", "prj_docs"):
            await record(replicas[0], number, project=project)
    told: list[tuple[str, str, int]] = []

    async def tell(number: int, now: datetime) -> None:
        for each in await claim(replicas[number], owner=f"replica_{number}", now=now, limit=2):
            assert await post(replicas[number], each, now)
            told.append((each.row.channel, each.row.project_id, each.row.number))

    for second in range(60):
        await asyncio.gather(*(tell(number, NOW + second * SECOND) for number in range(3)))
    assert len(told) == len(set(told)) == 4 * 2 * 3
    for channel in {each[0] for each in told}:
        for project in ("prj_shop", "prj_docs"):
            assert [n for c, p, n in told if (c, p) == (channel, project)] == [1, 2, 3]


async def test_an_announcement_that_is_outlived_is_claimed_with_what_came_since(db: Database) -> None:
    await subscribe(db, subscription())
    await record(db, 1)
    await record(db, 2, kind="staged")
    await record(db, 3)
    (claimed,) = await claim(db)
    assert claimed.since is not None
    assert claimed.since.number == 3


async def test_the_messages_before_a_move_are_due_to_lose_their_buttons(db: Database) -> None:
    await subscribe(db, subscription("C0ONE"), subscription("C0TWO"))
    await record(db, 1)
    with_button, without = await claim(db)
    await post(db, with_button)
    await post(db, without, retired=True)
    async with db.write() as session:
        (first,) = await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5)
        assert await moves.to_retire(session, first) == []
        await moves.settled(session, first, None)
    await record(db, 2)
    async with db.write() as session:
        (second,) = await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5)
        assert second.number == 2
        assert await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5) == []
        ((row, told),) = await moves.to_retire(session, second)
        assert (row.id, told.number) == (with_button.row.id, 1)
        await moves.retire(session, row.id, NOW)
        assert await moves.to_retire(session, second) == []
        await moves.settled(session, second, None)
        assert await moves.claim_unsettled(session, now=NOW + LEASE, lease=LEASE, limit=5) == []


async def test_the_newest_move_settles_for_those_before_it(db: Database) -> None:
    for number in (1, 2, 3):
        await record(db, number)
    await record(db, 4, kind="staged")
    async with db.write() as session:
        due = await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5)
    assert [each.number for each in due] == [3]


async def test_what_is_outlived_on_its_way_loses_its_buttons_after_all(db: Database) -> None:
    await subscribe(db, subscription())
    await record(db, 1)
    (claimed,) = await claim(db)
    await record(db, 2)
    async with db.write() as session:
        (due,) = await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5)
        assert await moves.to_retire(session, due) == []
    await post(db, claimed)
    async with db.write() as session:
        await moves.settled(session, due, None)  # it became due anew meanwhile
        (again,) = await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5)
        assert [row.number for row, _ in await moves.to_retire(session, again)] == [1]


async def test_the_next_look_is_when_something_is_due(db: Database) -> None:
    async with db.write() as session:
        assert await outbox.next_look(session, NOW) is None
    await subscribe(db, subscription(staged=True))
    await record(db, kind="staged")
    (claimed,) = await claim(db)
    async with db.write() as session:
        assert await outbox.failed(session, claimed.row, look_at=NOW + 9 * SECOND, why="x")
        assert await outbox.next_look(session, NOW) == NOW + 9 * SECOND
        assert await outbox.next_look(session, NOW + 10 * SECOND) == NOW + 10 * SECOND


async def test_a_channel_that_takes_nothing_any_more_is_given_up_with_all_that_waits_for_it(
    db: Database,
) -> None:
    await subscribe(db, subscription("C0ONE", project="*"), subscription("C0TWO", project="*"))
    await record(db, 1)
    await record(db, 2)
    held = {each.row.channel: each for each in await claim(db)}
    async with db.write() as session:
        await outbox.give_up_channel(session, "C0ONE", now=NOW, why="is_archived")
    assert not await post(db, held["C0ONE"])
    assert await post(db, held["C0TWO"])
    assert numbers(await claim(db, now=NOW + SECOND)) == [("C0TWO", 2)]


async def test_a_clock_that_ran_ahead_holds_nothing_up(db: Database) -> None:
    await subscribe(db, subscription())
    tomorrow = NOW + timedelta(days=1)
    await record(db, 1, now=tomorrow)
    assert await claim(db) == []
    async with db.write() as session:
        await outbox.free_from_the_future(session, now=NOW, beyond=timedelta(hours=1))
        assert [c.number for c in await moves.claim_unsettled(session, now=NOW, lease=LEASE, limit=5)] == [1]
    assert numbers(await claim(db)) == [("C0DEPLOYS", 1)]
