import asyncio
import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from storage import audit, operations
from storage.database import Database
from storage.errors import DuplicateEntry, NotStorable
from storage.models import AuditEntry
from tests.storage.rows import NOW, SECOND, operation


async def append(db: Database, action: str = "noted", **columns: Any) -> AuditEntry:
    async with db.write() as session:
        return await audit.append(session, **{"at": NOW, "actor": "bot", **columns}, action=action)


async def read(db: Database, **filters: Any) -> list[AuditEntry]:
    async with db.read() as session:
        return await audit.newest(session, **filters)


async def test_an_empty_log_verifies(db: Database) -> None:
    async with db.read() as session:
        assert await audit.verify(session) == audit.Verdict(0, "0" * 64)
        assert await audit.newest(session) == []


async def test_entries_are_numbered_from_one_and_each_names_the_one_before(db: Database) -> None:
    first, second, third = [await append(db) for _ in range(3)]
    assert [entry.seq for entry in (first, second, third)] == [1, 2, 3]
    assert [first.prev, second.prev, third.prev] == ["0" * 64, first.hash, second.hash]


async def test_twenty_writers_on_two_replicas_append_one_unbroken_chain(
    open_database: Callable[[], Database],
) -> None:
    replicas = [open_database(), open_database()]

    async def write(number: int) -> None:
        for turn in range(5):
            await append(replicas[number % 2], actor=f"slack:U{number}", detail={"turn": turn})

    await asyncio.gather(*(write(number) for number in range(20)))
    async with replicas[0].read() as session:
        verdict = await audit.verify(session)
        entries = [entry async for entry in audit.export(session)]
    assert (verdict.entries, verdict.problem) == (100, None)
    assert [entry.seq for entry in entries] == list(range(1, 101))
    for number in range(20):
        assert [entry.detail for entry in entries if entry.actor == f"slack:U{number}"] == [
            f'{{"turn":{turn}}}' for turn in range(5)
        ]


async def test_two_entries_of_one_transaction_are_chained(db: Database) -> None:
    async with db.write() as session:
        first = await audit.append(session, at=NOW, action="clicked", actor="bot")
        second = await audit.append(session, at=NOW, action="asked", actor="bot")
    assert second.prev == first.hash


async def test_a_fact_is_entered_once_and_the_transaction_goes_on(db: Database) -> None:
    await append(db, "asked", operation_id="op_1")
    async with db.write() as session:
        with pytest.raises(DuplicateEntry) as duplicate:
            await audit.append(session, at=NOW, action="asked", actor="bot", operation_id="op_1")
        await audit.append(session, at=NOW, action="asked", actor="bot", operation_id="op_2")
        await audit.append(session, at=NOW, action="asked", actor="bot")
        await audit.append(session, at=NOW, action="asked", actor="bot")
    assert (duplicate.value.operation_id, duplicate.value.action) == ("op_1", "asked")
    assert [entry.operation_id for entry in await read(db)] == [None, None, "op_2", "op_1"]


async def test_of_two_replicas_that_enter_the_same_fact_one_does(
    open_database: Callable[[], Database],
) -> None:
    outcomes = await asyncio.gather(
        *(append(open_database(), "asked", operation_id="op_1") for _ in range(4)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AuditEntry", *["DuplicateEntry"] * 3]


async def test_an_entry_is_rolled_back_with_its_transaction(db: Database) -> None:
    async def fails_after_writing() -> None:
        async with db.write() as session:
            await operations.create(session, operation())
            await audit.append(session, at=NOW, action="requested", actor="bot")
            raise KeyError

    with pytest.raises(KeyError):
        await fails_after_writing()
    assert (await append(db)).seq == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"at": NOW.replace(tzinfo=None)},
        {"actor": "slack:\0"},
        {"project": "shop \ud800"},
        {"detail": {"when": NOW}},
        {"detail": {"size": float("nan")}},
    ],
    ids=["naive time", "NUL", "lone surrogate", "not JSON", "NaN"],
)
async def test_what_cannot_be_stored_is_refused_and_nothing_is_written(
    db: Database, columns: dict[str, Any]
) -> None:
    async with db.write() as session:
        with pytest.raises(NotStorable):
            await audit.append(session, **{"at": NOW, "action": "noted", "actor": "bot", **columns})
    assert await read(db) == []


async def test_the_newest_come_first_by_project_and_actor(db: Database) -> None:
    for project, actor in itertools.product(["shop", "docs", None], ["slack:U1", "cli:ana"]):
        await append(db, project=project, actor=actor)
    assert [entry.seq for entry in await read(db)] == [6, 5, 4, 3, 2, 1]
    assert [entry.seq for entry in await read(db, project="shop")] == [2, 1]
    assert [entry.seq for entry in await read(db, actor="cli:ana")] == [6, 4, 2]
    assert [entry.seq for entry in await read(db, project="docs", actor="cli:ana")] == [4]
    assert await read(db, project="nobody") == []


async def test_pages_follow_each_other_without_gap_or_overlap(db: Database) -> None:
    for number in range(7):
        await append(db, project="shop" if number % 2 else "docs")
    seen: list[int] = []
    page = await read(db, limit=3)
    while page:
        seen += [entry.seq for entry in page]
        page = await read(db, limit=3, before_seq=page[-1].seq)
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert [entry.seq for entry in await read(db, project="shop", before_seq=6, limit=1)] == [4]


async def test_since_is_exact_although_the_clocks_of_replicas_differ(db: Database) -> None:
    minutes = [0, 10, 20, 17, 22, 19, 60]  # a second replica's clock is some minutes behind
    for minute in minutes:
        await append(db, at=NOW + timedelta(minutes=minute), project="shop")
    for since in (0, 17, 18, 20, 21, 60, 61):
        expected = [seq for seq, minute in enumerate(minutes, 1) if minute >= since][::-1]
        found = await read(db, since=NOW + timedelta(minutes=since), project="shop")
        assert [entry.seq for entry in found] == expected
    assert await read(db, since=NOW + timedelta(days=1)) == []


async def test_a_full_export_crosses_batches(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_BATCH", 4)
    written = []
    async with db.write() as session:
        for number in range(8):
            at = NOW + number * SECOND
            written.append(await audit.append(session, at=at, action="noted", actor="bot"))
    async with db.read() as session:
        exported = [entry async for entry in audit.export(session)]
    assert [entry.model_dump() for entry in exported] == [entry.model_dump() for entry in written]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_calculate_becomes_text(text: str) -> None:
    assert audit.csv_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "shop", "a=b", " =1", "1-2", "slack:U1"])
def test_every_other_cell_stays_as_it_is(text: str) -> None:
    assert audit.csv_cell(text) == text
