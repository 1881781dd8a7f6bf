"""Pinned production: begun once, shown by one replica at a time, kept, and ended."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from storage import pins
from storage.database import Database
from storage.models import Pin, Production
from tests.storage.rows import NOW, SECOND, change, subscription

LEASE = timedelta(minutes=2)
HOUR = timedelta(hours=1)


def pin(**changed: Any) -> Pin:
    columns = {"project_id": "prj_shop", "project_name": "shop", "since": NOW, "look_at": NOW + 3 * HOUR}
    return Pin(**{**columns, **changed})


async def begin(db: Database, **changed: Any) -> bool:
    async with db.write() as session:
        return await pins.begin(session, pin(**changed))


async def claim(db: Database, now: datetime) -> list[Pin]:
    async with db.write() as session:
        return await pins.claim_due(session, owner="replica", now=now, lease=LEASE, limit=10)


async def let_go(db: Database, claimed: Pin, look_at: datetime | None) -> None:
    async with db.write() as session:
        await pins.let_go(session, claimed, look_at)


async def end(db: Database, now: datetime) -> bool:
    async with db.write() as session:
        return await pins.end(session, "prj_shop", now)


async def keep(db: Database, now: datetime) -> Pin | None:
    async with db.write() as session:
        return await pins.keep(session, "prj_shop", by="slack:U0BOB0002", until=now + 4 * HOUR, now=now)


async def unsettled(db: Database) -> list[str]:
    async with db.read() as session:
        return [row.project_id for row in await pins.unsettled(session)]


async def see(db: Database, *, pinned: bool, gone: bool = False) -> None:
    row = Production(
        project_id="prj_shop",
        project_name="shop",
        pinned=pinned,
        seen="{}",
        seen_at=NOW,
        gone_at=NOW if gone else None,
    )
    async with db.write() as session:
        await session.merge(row)


async def test_a_pin_begins_once_for_all_replicas(
    db: Database, open_database: Callable[[], Database]
) -> None:
    assert await begin(db, by="slack:U0ANA0001")
    assert not await begin(open_database(), by="vercel:bob")
    async with db.read() as session:
        found = await pins.get(session, "prj_shop")
    assert found is not None
    assert (found.by, found.since) == ("slack:U0ANA0001", NOW)


async def test_it_is_due_when_it_is_and_one_replica_gets_it(
    db: Database, open_database: Callable[[], Database]
) -> None:
    await begin(db)
    due = NOW + 3 * HOUR
    assert not await claim(db, due - SECOND)
    [mine] = await claim(db, due)
    assert not await claim(open_database(), due)
    await let_go(db, mine, due + 24 * HOUR)
    assert not await claim(db, due + 23 * HOUR)
    assert await claim(db, due + 24 * HOUR)


async def test_what_a_process_that_died_had_claimed_is_shown_by_another(db: Database) -> None:
    await begin(db)
    due = NOW + 3 * HOUR
    [dead] = await claim(db, due)
    [mine] = await claim(db, due + LEASE)
    await let_go(db, dead, None)  # it was only slow: this changes nothing
    assert not await claim(db, due + LEASE)
    await let_go(db, mine, None)
    assert not await claim(db, due + 99 * HOUR)


async def test_what_happens_while_it_is_being_shown_is_shown_next(db: Database) -> None:
    await begin(db)
    due = NOW + 3 * HOUR
    [shown] = await claim(db, due)
    kept = await keep(db, due + SECOND)
    assert kept is not None
    assert (kept.kept_by, kept.quiet_until) == ("slack:U0BOB0002", due + SECOND + 4 * HOUR)
    assert not await claim(db, due + SECOND)
    await let_go(db, shown, due + 24 * HOUR)
    [again] = await claim(db, due + SECOND)
    assert again.kept_by == "slack:U0BOB0002"


async def test_the_end_is_told_once_and_then_it_may_begin_anew(db: Database) -> None:
    await begin(db)
    async with db.write() as session:
        await pins.remember(session, "prj_shop", "C0DEPLOYS", ts="1.0", now=NOW)
        await pins.remember(session, "prj_shop", "C0DEPLOYS", ts="1.1", now=NOW)
    assert await end(db, NOW + HOUR)
    assert not await end(db, NOW + HOUR)
    assert await keep(db, NOW + HOUR) is None
    assert not await begin(db, since=NOW + HOUR)  # its end is not told yet
    [over] = await claim(db, NOW + HOUR)
    async with db.read() as session:
        assert [row.ts for row in await pins.shown(session, "prj_shop")] == ["1.1"]
    await let_go(db, over, None)
    assert await begin(db, since=NOW + 2 * HOUR, look_at=NOW + 5 * HOUR)
    async with db.read() as session:
        assert not await pins.shown(session, "prj_shop")
        assert not await pins.is_due(session, NOW + 4 * HOUR)
        assert await pins.is_due(session, NOW + 5 * HOUR)


async def test_where_production_and_its_pin_disagree_somebody_has_to_look(db: Database) -> None:
    await see(db, pinned=False)
    assert not await unsettled(db)
    await see(db, pinned=True)
    assert await unsettled(db) == ["prj_shop"]
    await begin(db)
    assert not await unsettled(db)
    await see(db, pinned=True, gone=True)
    assert await unsettled(db) == ["prj_shop"]
    await see(db, pinned=False)
    assert await unsettled(db) == ["prj_shop"]
    await end(db, NOW)
    assert not await unsettled(db)
    await see(db, pinned=True)
    assert not await unsettled(db)  # its end is told first
    [over] = await claim(db, NOW)
    await let_go(db, over, None)
    assert await unsettled(db) == ["prj_shop"]


async def test_channels_hear_of_it_that_asked_for_that_and_are_open(db: Database) -> None:
    async with db.write() as session:
        session.add(subscription("C1", pinned=True))
        session.add(subscription("C2", pinned=False))
        session.add(subscription("C3", project="*", pinned=True))
        session.add(subscription("C4", pinned=True, closed_at=NOW))
        session.add(subscription("C5", project="prj_docs", pinned=True))
    async with db.read() as session:
        assert await pins.channels(session, "prj_shop") == {"C1", "C3"}


async def test_what_is_shown_is_due_anew_once_another_build_stays_staged(db: Database) -> None:
    await begin(db)
    due = NOW + 3 * HOUR
    [shown] = await claim(db, due)
    async with db.write() as session:
        session.add(change(1, kind="staged", noticed_at=due))
        session.add(change(2, kind="staged", noticed_at=due + SECOND))
        await pins.look_soon(session, due + HOUR)
    await let_go(db, shown, due + 24 * HOUR)
    assert not await claim(db, due + HOUR)  # it stands nowhere
    async with db.write() as session:
        await pins.remember(session, "prj_shop", "C0DEPLOYS", ts="1.0", now=due)
    for number, kind in ((3, "failed"), (4, "staged"), (5, "current")):
        async with db.write() as session:
            session.add(change(number, kind=kind, noticed_at=due + (number + 1) * HOUR + SECOND))
            await pins.look_soon(session, due + (number + 2) * HOUR)
        again = await claim(db, due + (number + 2) * HOUR)
        assert len(again) == 1  # at first for the one from before
        await let_go(db, again[0], due + 24 * HOUR)
        async with db.write() as session:
            await pins.look_soon(session, due + (number + 2) * HOUR)
        assert not await claim(db, due + (number + 2) * HOUR)
    async with db.write() as session:
        session.add(subscription("C1", project="*", pinned=True, created_at=due + 8 * HOUR))
        session.add(subscription("C2", pinned=False, created_at=due + 9 * HOUR))
        await pins.look_soon(session, due + 8 * HOUR)
    [one_more] = await claim(db, due + 8 * HOUR)
    await let_go(db, one_more, due + 24 * HOUR)
    async with db.write() as session:
        await pins.look_soon(session, due + 8 * HOUR + SECOND)
    assert not await claim(db, due + 8 * HOUR + SECOND)
    async with db.write() as session:
        await pins.forget(session, "prj_shop", "C0DEPLOYS")
        session.add(change(6, kind="staged", noticed_at=due + 9 * HOUR))
        await pins.look_soon(session, due + 10 * HOUR)
    assert not await claim(db, due + 10 * HOUR)


async def test_a_clock_that_ran_ahead_keeps_nothing_to_itself(db: Database) -> None:
    await begin(db)
    year = timedelta(days=365)
    [ahead] = await claim(db, NOW + year)
    assert await claim(db, NOW + 3 * HOUR)  # its lease is a year away
    await let_go(db, ahead, None)
    async with db.write() as session:
        await pins.keep(session, "prj_shop", by="slack:U1", until=NOW + year, now=NOW + year)
    assert await claim(db, NOW + 4 * HOUR)
