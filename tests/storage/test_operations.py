import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, get_args

import pytest
from sqlalchemy.exc import IntegrityError

from storage import operations
from storage.database import Database
from storage.errors import LeaseLost, ProjectBusy
from storage.models import Operation, OperationState
from tests.storage.rows import NOW, SECOND, operation, unfinished

LEASE = timedelta(seconds=30)


async def create(db: Database, name: str = "op_1", **columns: Any) -> Operation:
    async with db.write() as session:
        return await operations.create(session, operation(name, **columns))


async def claim(
    db: Database, *, owner: str = "replica_1", now: datetime = NOW, limit: int = 10
) -> list[Operation]:
    async with db.write() as session:
        return await operations.claim_due(session, owner=owner, now=now, lease=LEASE, limit=limit)


async def change(db: Database, name: str, fence: int, **values: Any) -> Operation:
    async with db.write() as session:
        return await operations.change(session, name, fence, **values)


async def next_look(db: Database, now: datetime = NOW) -> datetime | None:
    async with db.read() as session:
        return await operations.next_look(session, now)


async def test_an_operation_comes_back_as_it_was_made(db: Database) -> None:
    made = operation(reason="it is slow", outcome='{"domains":[]}', message_ts="1.2")
    expected = made.model_dump()
    await create(db, reason="it is slow", outcome='{"domains":[]}', message_ts="1.2")
    async with db.read() as session:
        found = await operations.get(session, "op_1")
        assert await operations.get(session, "op_2") is None
    assert found is not None
    assert found.model_dump() == expected
    assert (found.state, found.fence, found.lease_owner) == ("requested", 0, None)


async def test_the_newest_moves_are_the_promotes_and_rollbacks_that_succeeded(db: Database) -> None:
    past = {"state": "succeeded", "finished_at": NOW}
    await create(db, "op_1", **past)
    await create(db, "op_2", path="rollback", created_at=NOW + SECOND, **past)
    await create(db, "op_3", path="rebuild", created_at=NOW + 2 * SECOND, **past)
    await create(db, "op_4", created_at=NOW + 3 * SECOND, state="failed", finished_at=NOW)
    await create(db, "op_5", project="prj_docs", created_at=NOW + 4 * SECOND, **past)
    await create(db, "op_6")
    async with db.read() as session:
        of_project = await operations.newest_moves(session, "prj_shop")
        of_all = await operations.newest_moves(session, limit=2)
    assert [move.id for move in of_project] == ["op_2", "op_1"]
    assert [move.id for move in of_all] == ["op_5", "op_2"]


async def test_a_project_has_one_unfinished_operation_and_the_refusal_names_it(db: Database) -> None:
    await create(db, "op_1")
    await create(db, "op_2", project="prj_docs")
    with pytest.raises(ProjectBusy, match="op_1 of project shop") as busy:
        await create(db, "op_3")
    assert busy.value.holder.id == "op_1"
    assert busy.value.holder.actor == "slack:U0ANA0001"  # also after the rollback
    await change(db, "op_1", 0, finished_at=NOW, state="succeeded")
    await create(db, "op_3")


async def test_a_busy_project_leaves_the_transaction_usable(db: Database) -> None:
    await create(db, "op_1")
    async with db.write() as session:
        with pytest.raises(ProjectBusy):
            await operations.create(session, operation("op_2"))
        await operations.create(session, operation("op_3", project="prj_docs"))
    async with db.read() as session:
        assert [found.id for found in await unfinished(session)] == ["op_1", "op_3"]


async def test_of_ten_replicas_that_begin_at_once_one_gets_the_project(
    open_database: Callable[[], Database],
) -> None:
    outcomes = await asyncio.gather(
        *(create(open_database(), f"op_{number}") for number in range(10)), return_exceptions=True
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Operation)]
    losers = [outcome for outcome in outcomes if isinstance(outcome, ProjectBusy)]
    assert (len(winners), len(losers)) == (1, 9)
    assert {loser.holder.id for loser in losers} == {winners[0].id}


async def test_an_id_is_used_once(db: Database) -> None:
    await create(db, "op_1")
    await change(db, "op_1", 0, finished_at=NOW, state="succeeded")
    with pytest.raises(IntegrityError):
        await create(db, "op_1")


@pytest.mark.parametrize("column", ["state", "path"])
async def test_the_database_knows_the_words(db: Database, column: str) -> None:
    with pytest.raises(IntegrityError, match=f"operations_{column}"):
        await create(db, **{column: "teleport"})


@pytest.mark.parametrize("state", get_args(OperationState))
async def test_every_state_is_storable(db: Database, state: str) -> None:
    assert (await create(db, state=state)).state == state


async def test_a_claim_leases_and_raises_the_fence(db: Database) -> None:
    await create(db)
    (claimed,) = await claim(db)
    assert (claimed.lease_owner, claimed.lease_until, claimed.fence) == ("replica_1", NOW + LEASE, 1)
    async with db.read() as session:
        found = await operations.get(session, "op_1")
    assert found is not None
    assert found.model_dump() == claimed.model_dump()


@pytest.mark.parametrize("owner", ["replica_1", "replica_2"])
async def test_a_live_lease_keeps_everybody_out_its_owner_too(db: Database, owner: str) -> None:
    await create(db)
    await claim(db)
    assert await claim(db, owner=owner, now=NOW + LEASE - SECOND) == []
    (taken,) = await claim(db, owner=owner, now=NOW + LEASE)
    assert (taken.lease_owner, taken.fence) == (owner, 2)


async def test_what_is_not_due_is_not_claimed(db: Database) -> None:
    await create(db, look_at=NOW + SECOND)
    assert await claim(db, now=NOW) == []
    assert [found.id for found in await claim(db, now=NOW + SECOND)] == ["op_1"]


async def test_the_longest_due_come_first_up_to_the_limit(db: Database) -> None:
    for number in (3, 1, 4, 2):
        await create(db, f"op_{number}", project=f"prj_{number}", look_at=NOW + number * SECOND)
    later = NOW + timedelta(minutes=1)
    assert [found.id for found in await claim(db, now=later, limit=3)] == ["op_1", "op_2", "op_3"]
    assert [found.id for found in await claim(db, now=later, limit=3)] == ["op_4"]


async def test_a_finished_operation_stays_until_its_end_was_told(db: Database) -> None:
    await create(db)
    (claimed,) = await claim(db)
    await change(db, "op_1", claimed.fence, finished_at=NOW, state="succeeded")
    async with db.read() as session:
        assert await unfinished(session) == []
        assert await operations.active_of(session, "prj_shop") is None
    (again,) = await claim(db, now=NOW + LEASE)
    await change(db, "op_1", again.fence, told_at=NOW)
    assert await claim(db, now=NOW + 3 * LEASE) == []
    assert await next_look(db) is None


async def test_no_two_claimers_get_the_same_operation(open_database: Callable[[], Database]) -> None:
    replicas = [open_database() for _ in range(4)]
    for number in range(40):
        await create(replicas[0], f"op_{number}", project=f"prj_{number}")

    async def claim_all(number: int) -> list[str]:
        mine: list[str] = []
        while found := await claim(replicas[number % 4], owner=f"replica_{number}", limit=3):
            mine += [each.id for each in found]
            assert {each.lease_owner for each in found} == {f"replica_{number}"}
        return mine

    claimed = chain.from_iterable(await asyncio.gather(*(claim_all(number) for number in range(8))))
    async with replicas[0].read() as session:
        left = [found.id for found in await unfinished(session) if found.fence != 1]
    assert left == []
    assert sorted(claimed) == sorted(f"op_{number}" for number in range(40))


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_row_that_another_replica_is_claiming_is_passed_over(
    open_database: Callable[[], Database],
) -> None:
    one, other = open_database(), open_database()
    await create(one, "op_1")
    await create(one, "op_2", project="prj_docs")
    async with one.write() as session:
        first = await operations.claim_due(session, owner="replica_1", now=NOW, lease=LEASE, limit=1)
        second = await claim(other, owner="replica_2")  # does not wait for the first to commit
    assert ([each.id for each in first], [each.id for each in second]) == (["op_1"], ["op_2"])


async def test_whoever_lost_the_lease_changes_nothing(db: Database) -> None:
    await create(db)
    (stale,) = await claim(db)
    (fresh,) = await claim(db, owner="replica_2", now=NOW + LEASE)
    async with db.write() as session:
        with pytest.raises(LeaseLost) as lost:
            await operations.change(session, "op_1", stale.fence, asked_at=NOW)
        with pytest.raises(LeaseLost):
            await operations.change(session, "op_1", stale.fence, lease_until=NOW + 9 * LEASE)
        with pytest.raises(LeaseLost):
            await operations.change(
                session, "op_1", stale.fence, lease_owner=None, lease_until=None, look_at=NOW
            )
        found = await operations.get(session, "op_1")
    assert (lost.value.operation_id, lost.value.fence) == ("op_1", 1)
    assert found is not None
    assert found.model_dump() == fresh.model_dump()


async def test_a_change_returns_the_operation_and_keeps_the_rest(db: Database) -> None:
    await create(db)
    (claimed,) = await claim(db)
    changed = await change(db, "op_1", claimed.fence, asked_at=NOW, state="asked", build_id=None)
    assert (changed.asked_at, changed.state) == (NOW, "asked")
    kept = {"asked_at", "state"}
    assert changed.model_dump(exclude=kept) == claimed.model_dump(exclude=kept)


async def test_a_change_may_name_the_state_it_starts_from(db: Database) -> None:
    await create(db)
    await change(db, "op_1", 0, expected_state="requested", state="cancelled")
    with pytest.raises(LeaseLost):
        await change(db, "op_1", 0, expected_state="requested", state="asked")


@pytest.mark.parametrize("column", ["id", "fence", "project_id", "created_at", "stat"])
async def test_some_columns_are_nobodys_to_change(db: Database, column: str) -> None:
    await create(db)
    with pytest.raises(TypeError, match=column):
        async with db.write() as session:
            await operations.change(session, "op_1", 0, **{"state": "asked", column: "x"})


async def test_an_unknown_operation_has_no_lease(db: Database) -> None:
    with pytest.raises(LeaseLost):
        await change(db, "op_9", 0, state="asked")


async def test_a_renewed_lease_lasts_longer(db: Database) -> None:
    await create(db)
    (claimed,) = await claim(db)
    async with db.write() as session:
        await operations.change(session, "op_1", claimed.fence, lease_until=NOW + 2 * LEASE)
    assert await claim(db, now=NOW + LEASE) == []
    assert len(await claim(db, now=NOW + 2 * LEASE)) == 1


async def test_a_released_operation_is_claimed_when_it_is_due_again(db: Database) -> None:
    await create(db)
    (claimed,) = await claim(db)
    async with db.write() as session:
        released = await operations.change(
            session, "op_1", claimed.fence, lease_owner=None, lease_until=None, look_at=NOW + SECOND
        )
    assert (released.lease_owner, released.lease_until) == (None, None)
    assert await claim(db, now=NOW) == []
    (again,) = await claim(db, owner="replica_2", now=NOW + SECOND)
    assert again.fence == 2


async def test_the_next_look_is_when_a_claim_next_finds_something(db: Database) -> None:
    assert await next_look(db) is None
    await create(db, "op_1", look_at=NOW + 20 * SECOND)
    await create(db, "op_2", project="prj_docs", look_at=NOW + 10 * SECOND)
    assert await next_look(db) == NOW + 10 * SECOND
    await claim(db, now=NOW + 10 * SECOND)  # op_2 is leased until 40 s
    assert await next_look(db) == NOW + 20 * SECOND
    await claim(db, now=NOW + 20 * SECOND)  # op_1 until 50 s
    assert await next_look(db) == NOW + 40 * SECOND
    assert await claim(db, now=NOW + 40 * SECOND - timedelta(microseconds=1)) == []
    assert [found.id for found in await claim(db, now=NOW + 40 * SECOND)] == ["op_2"]


async def test_the_next_look_is_never_in_the_past(db: Database) -> None:
    await create(db, look_at=NOW - timedelta(hours=1))
    assert await next_look(db, NOW) == NOW


async def test_listings_are_ordered_by_time(db: Database) -> None:
    for number, project in enumerate(["prj_shop", "prj_docs", "prj_shop"]):
        created_at = NOW + number * SECOND
        await create(db, f"op_{number}", project=project, created_at=created_at, finished_at=NOW)
    async with db.read() as session:
        assert [found.id for found in await operations.newest(session)] == ["op_2", "op_1", "op_0"]
        assert [found.id for found in await operations.newest(session, limit=1)] == ["op_2"]
        shop = await operations.newest(session, "prj_shop", limit=5)
    assert [found.id for found in shop] == ["op_2", "op_0"]


@pytest.mark.parametrize(
    ("state", "columns", "gives_way"),
    [
        ("building", {}, True),
        ("unsure", {}, True),
        ("building", {"promote_asked_at": NOW}, False),  # about to ask, or has asked
        ("requested", {}, False),
        ("asked", {}, False),
        ("moving", {}, False),
    ],
)
async def test_only_an_operation_that_merely_waits_gives_way(
    db: Database, state: str, columns: dict[str, Any], gives_way: bool
) -> None:
    async with db.write() as session:
        await operations.create(session, operation(state=state, **columns))
        (held,) = await operations.claim_due(session, owner="one", now=NOW, lease=LEASE, limit=9)
    async with db.write() as session:
        ended = await operations.give_way(
            session, "prj_shop", state="superseded", by="slack:U0BOB0002", now=NOW + SECOND
        )
    assert (ended is not None) is gives_way
    async with db.write() as session:
        if gives_way:
            with pytest.raises(LeaseLost):  # whoever carries it out goes no further
                await operations.change(session, "op_1", held.fence, expected_state=state, state="moving")
            assert (await operations.reread(session, "op_1", held.fence)).state == "superseded"
            await operations.create(session, operation("op_2"))  # the project is free
        else:
            await operations.change(session, "op_1", held.fence, state=state)


@pytest.mark.parametrize("columns", [{"state": "unsure"}, {"state": "building", "promote_asked_at": NOW}])
async def test_what_may_have_been_taken_cannot_be_cancelled(db: Database, columns: dict[str, Any]) -> None:
    await create(db, "op_1", **columns)
    async with db.write() as session:
        assert (
            await operations.withdraw(session, "op_1", state="cancelled", by="slack:U0BOB0002", now=NOW)
            is None
        )


async def test_those_that_wait_stand_beside_the_active_one(db: Database) -> None:
    await create(db, "op_1")
    await create(db, "op_2", state="waiting", in_line_since=NOW + SECOND)
    await create(db, "op_3", state="waiting", in_line_since=NOW + 2 * SECOND, path="rollback")
    await create(db, "op_4", state="waiting")  # for its build: not in line yet
    await create(db, "op_5", state="waiting", in_line_since=NOW + 3 * SECOND, path="abort")
    await create(db, "op_6", state="queued")  # by the platform
    async with db.read() as session:
        active = await operations.active_of(session, "prj_shop")
        line = [found.id for found in await operations.line_of(session, "prj_shop")]
    assert active is not None
    assert active.id == "op_1"
    assert line == ["op_3", "op_5", "op_2"]  # ways back go first
    await create(db, "op_docs", project="prj_docs")
    await create(db, "op_old", state="waiting", created_at=NOW - SECOND)
    await change(db, "op_2", 0, finished_at=NOW, state="cancelled")
    async with db.read() as session:
        known = [found.id for found in await operations.unfinished_of(session, "prj_shop")]
    assert known[0] == "op_old"  # whoever came first
    assert set(known) == {"op_old", "op_1", "op_3", "op_4", "op_5", "op_6"}


async def test_one_after_the_other_has_its_turn(db: Database) -> None:
    await create(db, "op_1")
    await create(db, "op_2", state="waiting", in_line_since=NOW)
    await create(db, "op_3", state="waiting", in_line_since=NOW + SECOND)
    assert await begin(db, "op_2") is None
    await change(db, "op_1", 0, finished_at=NOW, state="succeeded")
    assert await begin(db, "op_3") is None
    begun = await begin(db, "op_2")
    assert begun is not None
    assert begun.state == "requested"
    assert await begin(db, "op_3") is None
    with pytest.raises(LeaseLost):
        await begin(db, "op_2")


async def test_of_many_that_begin_at_once_one_has_its_turn(open_database: Callable[[], Database]) -> None:
    for number in range(4):
        await create(open_database(), f"op_{number}", state="waiting", in_line_since=NOW)
    begun = await asyncio.gather(*(begin(open_database(), f"op_{number}") for number in range(4)))
    assert [found.id for found in begun if found is not None] == ["op_0"]


async def test_only_what_was_told_and_has_a_message_is_retired(db: Database) -> None:
    told = {"told_at": NOW, "finished_at": NOW, "state": "succeeded", "message_ts": "1.2"}
    await create(db, "op_1", **told)
    await create(db, "op_2", **{**told, "told_at": None})
    await create(db, "op_3", **{**told, "message_ts": None})
    await create(db, "op_4", **told, retired_at=NOW)
    await create(db, "op_5", **{**told, "finished_at": NOW + SECOND})
    async with db.read() as session:
        found = await operations.to_retire(session, "prj_shop", before=NOW + SECOND)
    assert [each.id for each in found] == ["op_1"]


async def begin(db: Database, name: str, fence: int = 0) -> Operation | None:
    async with db.write() as session:
        return await operations.begin(session, name, fence, state="requested")


async def test_what_a_clock_that_ran_ahead_has_leased_is_freed(db: Database) -> None:
    await create(db, "op_1")
    (ahead,) = await claim(db, now=NOW + timedelta(hours=9))
    await create(db, "op_2", project="prj_docs", look_at=NOW + timedelta(hours=9))
    await create(db, "op_3", project="prj_api", look_at=NOW + timedelta(minutes=9))
    async with db.write() as session:
        assert await operations.free_from_the_future(session, now=NOW, beyond=timedelta(hours=1)) == 2
    assert sorted(found.id for found in await claim(db)) == ["op_1", "op_2"]
    with pytest.raises(LeaseLost):
        await change(db, "op_1", ahead.fence, state="asked")
