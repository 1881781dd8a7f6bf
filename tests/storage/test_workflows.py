"""Steps of workflows: taken once, looked at by one, and never sent back by who read them before something happened."""

import asyncio
from datetime import timedelta
from typing import Any

from storage import operations, workflows
from storage.database import Database
from storage.models import WorkflowRun
from tests.storage.rows import NOW, SECOND, operation


def run(name: str = "Fx1", **changed: Any) -> WorkflowRun:
    columns = {
        "id": name,
        "actor": "slack:U0ANA0001",
        "wanted": "main",
        "channel": "C0DEPLOYS",
        "created_at": NOW,
        "look_at": NOW,
    }
    return WorkflowRun(**{**columns, **changed})


async def due(db: Database, **later: float) -> list[WorkflowRun]:
    async with db.read() as session:
        return await workflows.due(session, NOW + timedelta(**later))


async def test_a_step_is_taken_once_and_looked_at_by_one(db: Database) -> None:
    async def create() -> bool:
        async with db.write() as session:
            return await workflows.create(session, run())

    async def claim(read: WorkflowRun) -> WorkflowRun | None:
        async with db.write() as session:
            return await workflows.claim(session, read, NOW + 30 * SECOND)

    assert sorted(await asyncio.gather(create(), create())) == [False, True]
    (read,) = await due(db)
    claimed = await asyncio.gather(claim(read), claim(read))
    assert sum(each is not None for each in claimed) == 1
    assert await due(db, seconds=29) == []
    assert [each.id for each in await due(db, seconds=30)] == ["Fx1"]


async def test_what_happens_meanwhile_is_not_overwritten(db: Database) -> None:
    async with db.write() as session:
        await workflows.create(session, run())
        mine = await workflows.claim(session, run(), NOW + 30 * SECOND)
        assert mine is not None
        assert await workflows.offer(session, "Fx1", "cnf_1") is not None
        assert await workflows.offer(session, "Fx1", "cnf_2") is None  # another replica was quicker
    async with db.write() as session:
        await workflows.wake(session, "cnf_1", NOW + SECOND)
        late = await workflows.change_as_read(session, mine, look_at=NOW + 600 * SECOND)
    assert late is None
    assert [each.confirmation_id for each in await due(db, seconds=1)] == ["cnf_1"]


async def test_with_an_operation_it_is_due_once_the_end_is_known_and_told(db: Database) -> None:
    async with db.write() as session:
        await workflows.create(session, run(confirmation_id="cnf_1"))
        await operations.create(session, operation())
        await workflows.begin(session, "cnf_1", "op_1", NOW)
    assert await due(db) == []
    async with db.write() as session:
        await operations.change(session, "op_1", 0, told_at=NOW, watch_until=NOW)
    assert await due(db) == []  # unknown, and looked for on
    async with db.write() as session:
        await operations.change(session, "op_1", 0, watch_until=None)
    (ended,) = await due(db)
    assert ended.operation_id == "op_1"

    async with db.write() as session:
        await workflows.offer_again(session, "op_1", "cnf_2", NOW)
    (again,) = await due(db)
    assert (again.operation_id, again.confirmation_id) == (None, "cnf_2")

    async with db.write() as session:
        assert await workflows.change(session, "Fx1", completed_at=NOW) is not None
        assert await workflows.change(session, "Fx1", completed_at=NOW + SECOND) is None
        assert await workflows.purge(session, NOW) == 0
    assert await due(db, days=1) == []
    async with db.write() as session:
        assert await workflows.purge(session, NOW + SECOND) == 1
