from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from storage import watching
from storage.database import Database
from storage.models import Change, Delivery, Production

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = timedelta(seconds=10)


def production(project_id: str = "prj_1", **changes: Any) -> Production:
    values = {"project_id": project_id, "project_name": "shop", "seen": "{}", "seen_at": NOON}
    return Production(**{**values, **changes})


def change(number: int = 1, project_id: str = "prj_1", **changes: Any) -> Change:
    values = {
        "id": f"{project_id}-{number}",
        "project_id": project_id,
        "project_name": "shop",
        "number": number,
        "kind": "current",
        "key": f"{project_id}:{number}",
        "how": "pushed",
        "at": NOON,
        "noticed_at": NOON + timedelta(seconds=number),
        "detail": "{}",
    }
    return Change(**{**values, **changes})


def delivery(delivery_id: str = "evt_1", **changes: Any) -> Delivery:
    values = {"event": "deployment.promoted", "project_id": "prj_1", "at": NOON, "detail": "{}"}
    return Delivery(**{"id": delivery_id, "received_at": NOON, **values, **changes})


async def test_of_two_who_looked_at_the_same_time_one_writes(open_database: Callable[[], Database]) -> None:
    here, there = open_database(), open_database()
    async with here.write() as session:
        assert await watching.begin(session, production())
        assert not await watching.begin(session, production(project_name="other"))
    async with here.read() as session:
        saw = await watching.production(session, "prj_1")
    assert saw is not None
    async with here.write() as session:
        advanced = await watching.advance(session, saw, number=1, seen='{"now": 1}')
        assert advanced is not None
        await watching.record(session, change(1))
    async with there.write() as session:
        assert await watching.advance(session, saw, number=1, seen='{"now": 2}') is None
        again = await watching.advance(session, advanced, number=1, seen='{"now": 3}')
        assert again is not None
        assert await watching.advance(session, advanced, number=1, seen='{"now": 4}') is None
    async with here.read() as session:
        found = await watching.production(session, "prj_1")
    assert found is not None
    assert (found.project_name, found.number, found.seen) == ("shop", 1, '{"now": 3}')


async def test_a_project_that_is_gone_is_written_as_gone_once(db: Database) -> None:
    async with db.write() as session:
        await watching.begin(session, production())
        saw = await watching.production(session, "prj_1")
        assert saw is not None
        gone = await watching.advance(session, saw, number=1, gone_at=NOON)
        assert gone is not None
        assert await watching.advance(session, saw, number=1, gone_at=NOON) is None
        assert (await watching.watched_ids(session), await watching.all_productions(session)) == (set(), [])
        assert await watching.advance(session, gone, number=2, gone_at=None) is not None
        assert await watching.watched_ids(session) == {"prj_1"}


async def test_the_newest_changes_of_a_project_or_of_all(db: Database) -> None:
    async with db.write() as session:
        for row in (change(1), change(2, kind="failed"), change(1, "prj_2"), change(3, operation_id="op_1")):
            await watching.record(session, row)
    async with db.read() as session:
        of_one = await watching.newest_changes(session, "prj_1")
        of_all = await watching.newest_changes(session, limit=2)
        recent = await watching.newest_changes(session, "prj_1", since=NOON + timedelta(seconds=2))
        current = await watching.newest_changes(session, "prj_1", kinds=("current",))
        told = await watching.told_operations(session, ["op_1", "op_2"])
    assert [row.number for row in of_one] == [3, 2, 1]
    assert [row.id for row in of_all] == ["prj_1-3", "prj_1-2"]
    assert [row.number for row in recent] == [3, 2]
    assert [row.number for row in current] == [3, 1]
    assert told == {"op_1"}


async def test_a_webhook_is_taken_once_and_kept_until_its_project_was_looked_at(db: Database) -> None:
    async with db.write() as session:
        assert await watching.take(session, delivery())
        assert not await watching.take(session, delivery(event="deployment.rollback"))
        assert await watching.take(session, delivery("evt_2", at=NOON - LEASE))
        assert await watching.take(session, delivery("evt_3", project_id=None))
    async with db.write() as session:
        since = await watching.deliveries_of(session, "prj_1", after=NOON - LEASE)
        assert [row.id for row in since] == ["evt_2", "evt_1"]
        assert await watching.not_looked_at(session, before=NOON) == set()
        assert await watching.not_looked_at(session, before=NOON + LEASE) == {"prj_1"}
        await watching.looked_at(session, ["evt_1", "evt_2"], NOON)
        assert await watching.not_looked_at(session, before=NOON + LEASE) == set()
        await watching.forget_deliveries(session, before=NOON + LEASE)
        assert await watching.take(session, delivery())


async def test_a_lease_has_one_holder_until_it_ends_or_is_released(
    open_database: Callable[[], Database],
) -> None:
    db = open_database()

    async def hold(owner: str, after: timedelta) -> bool:
        async with db.write() as session:
            return await watching.hold(session, "watcher", owner, now=NOON + after, for_=LEASE)

    assert await hold("a", timedelta())
    assert not await hold("b", timedelta(seconds=9))
    assert await hold("a", timedelta(seconds=9))
    assert not await hold("b", timedelta(seconds=18))
    assert await hold("b", timedelta(seconds=19))
    async with db.write() as session:
        await watching.release(session, "watcher", "a", now=NOON)
        await watching.release(session, "watcher", "b", now=NOON + timedelta(seconds=20))
    assert await hold("a", timedelta(seconds=20))
    assert await hold("b", timedelta(days=-1))  # that lease was written by a clock that ran ahead
