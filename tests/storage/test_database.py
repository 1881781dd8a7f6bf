import asyncio
import importlib.util
import shutil
import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from storage import operations
from storage.database import Database, StorageError
from storage.errors import DatabaseUnavailable, UnsupportedDatabase
from tests.storage.rows import NOW, operation, unfinished


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://root:secret@host/shop", 'begins with "mysql://"'),
        ("not an address, secret", "is not an address"),
        ("", "is not an address"),
        ("sqlite://", "in memory would forget"),
        ("sqlite:///:memory:", "in memory would forget"),
        ("sqlite:///file:shop?mode=memory", "in memory would forget"),
        ("sqlite:////no/such/folder/shop.db", "folder of the SQLite file does not exist: /no/such/folder"),
    ],
)
def test_an_address_that_will_not_do_is_refused_in_a_sentence(url: str, says: str) -> None:
    with pytest.raises(UnsupportedDatabase, match=says) as refusal:
        Database.open(url)
    assert isinstance(refusal.value, StorageError)
    assert "secret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_missing_postgresql_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "psycopg" else find(name))
    with pytest.raises(UnsupportedDatabase, match=r"promotebot\[postgres\]"):
        Database.open("postgresql://user@host/shop")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_postgresql_answers_to_its_names(scheme: str) -> None:
    database = Database.open(f"{scheme}://user@host/shop")
    assert database.dialect == "postgresql"
    await database.dispose()


async def test_a_server_that_is_away_is_said_without_the_password() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = Database.open(f"postgresql://ana:secret@127.0.0.1:{port}/shop")
    with pytest.raises(DatabaseUnavailable, match="refused") as unavailable:
        async with database.read() as session:
            await unfinished(session)
    assert "secret" not in str(unavailable.value)
    await database.dispose()


async def test_a_block_that_raises_leaves_nothing(db: Database) -> None:
    async def fails_after_writing() -> None:
        async with db.write() as session:
            await operations.create(session, operation())
            raise KeyError

    with pytest.raises(KeyError):
        await fails_after_writing()
    async with db.read() as session:
        assert await operations.get(session, "op_1") is None


async def test_a_cancelled_block_leaves_nothing_and_the_next_writer_goes_on(db: Database) -> None:
    written = asyncio.Event()

    async def never_finishes() -> None:
        async with db.write() as session:
            await operations.create(session, operation())
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(never_finishes())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.write() as session:
        assert await operations.get(session, "op_1") is None
        await operations.create(session, operation())


async def test_a_reading_session_cannot_write(db: Database) -> None:
    with pytest.raises((DBAPIError, StorageError), match=r"readonly|read-only"):
        async with db.read() as session:
            await operations.create(session, operation())
    async with db.write() as session:  # and the refusal does not stick to the connection
        await operations.create(session, operation())


async def test_one_reading_session_sees_no_half_of_a_transaction(
    open_database: Callable[[], Database],
) -> None:
    reader, writer = open_database(), open_database()
    async with writer.write() as writing:
        await operations.create(writing, operation())
        async with reader.read() as reading:
            assert await operations.get(reading, "op_1") is None
    async with reader.read() as reading:
        assert await operations.get(reading, "op_1") is not None


async def test_concurrent_read_modify_writes_lose_nothing(open_database: Callable[[], Database]) -> None:
    replicas = [open_database(), open_database()]
    async with replicas[0].write() as session:
        await operations.create(session, operation(reason="0"))

    async def add_one(database: Database) -> None:
        async with database.write() as session:
            if database.dialect == "postgresql":
                await session.exec(text("SELECT 1 FROM operations FOR UPDATE"))  # type: ignore[call-overload]
            found = await operations.get(session, "op_1")
            assert found is not None
            await operations.change(session, "op_1", 0, reason=str(int(found.reason or "") + 1))

    await asyncio.gather(*(add_one(replicas[turn % 2]) for turn in range(40)))
    async with replicas[0].read() as session:
        found = await operations.get(session, "op_1")
    assert found is not None
    assert found.reason == "40"


async def test_datetimes_come_back_in_utc_to_the_microsecond(db: Database) -> None:
    elsewhere = datetime(2026, 3, 1, 20, 15, 0, 654321, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    async with db.write() as session:
        await operations.create(session, operation(created_at=elsewhere))
    async with db.read() as session:
        found = await operations.get(session, "op_1")
    assert found is not None
    assert found.created_at == elsewhere
    assert found.created_at.tzinfo is UTC
    assert found.created_at.hour == 14


async def test_a_naive_datetime_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="timezone"):
        async with db.write() as session:
            await operations.create(session, operation(created_at=NOW.replace(tzinfo=None)))


async def test_what_a_session_returned_is_a_snapshot(db: Database) -> None:
    async with db.write() as session:
        await operations.create(session, operation())
        before = await operations.get(session, "op_1")
        assert before is not None
        before.reason = "assigned, not written"
        await operations.change(session, "op_1", 0, state="asked")
        after = await operations.get(session, "op_1")
    assert after is not None
    assert (before.state, after.state, after.reason) == ("requested", "asked", None)


async def test_sqlite_runs_with_the_settings_that_keep_commits(upgraded_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "promotebot.db"
    shutil.copy(upgraded_file, path)
    database = Database.open(f"sqlite:///{path}")
    names = ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "recursive_triggers")
    async with database.write() as session:
        connection = await session.connection()
        found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in names]
    await database.dispose()
    assert found == ["wal", 2, 5000, 1, 1]


async def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, and long enough to have a header of their own: not SQLite's." * 20)
    database = Database.open(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable, match="not a database") as unavailable:
        await database.is_current()
    assert isinstance(unavailable.value.__cause__, DBAPIError | sqlite3.Error)
    await database.dispose()
