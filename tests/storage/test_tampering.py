"""Triggers refuse every change; with the triggers gone, verify finds it."""
# ruff: noqa: S608  every statement is made of the constants below

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from storage import audit, chain
from storage.database import Database
from storage.models import AuditEntry
from tests.storage.rows import NOW, SECOND

COLUMNS = "seq, at, action, actor, project, operation_id, channel, detail, body, prev, hash"


async def run(db: Database, *statements: str) -> None:
    async with db.write() as session:
        connection = await session.connection()
        for statement in statements:
            await connection.execute(text(statement.replace(":", r"\:")))


async def fill(db: Database, entries: int = 6) -> list[AuditEntry]:
    async with db.write() as session:
        return [
            await audit.append(
                session,
                at=NOW + number * SECOND,
                action="noted",
                actor="bot",
                operation_id=f"op_{number}",
                detail={"number": number},
            )
            for number in range(1, entries + 1)
        ]


async def verify(db: Database, anchor: audit.Anchor | None = None) -> audit.Verdict:
    async with db.read() as session:
        return await audit.verify(session, anchor=anchor)


def copying(entry: int, **changed: str) -> str:
    """Insert a copy of an entry, some columns changed to the given SQL expressions."""
    columns = [name.strip() for name in COLUMNS.split(",")]
    values = [changed.get(name, name) for name in columns]
    return f"INTO audit ({COLUMNS}) SELECT {', '.join(values)} FROM audit WHERE seq = {entry}"


FOLLOWING = {"operation_id": "'x'", "prev": "hash", "hash": "'x'"}
"""What makes a copy of entry 6 an entry that only its `seq` can keep out."""

FORBIDDEN = {
    "update": "UPDATE audit SET actor = 'eve' WHERE seq = 3",
    "update of all": "UPDATE audit SET detail = '{}'",
    "delete": "DELETE FROM audit WHERE seq = 3",
    "delete of the end": "DELETE FROM audit WHERE seq = 6",
    "delete of all": "DELETE FROM audit",
    "insert with a gap": "INSERT " + copying(6, **FOLLOWING, seq="8"),
    "insert in the past": "INSERT " + copying(6, **FOLLOWING, seq="0"),
    "insert that follows nothing": "INSERT " + copying(6, **{**FOLLOWING, "prev": "'x'"}, seq="7"),
    "insert beside the end": "INSERT " + copying(6, **{**FOLLOWING, "prev": "prev"}, seq="7"),
}
FORBIDDEN_ON_SQLITE = {
    "replace by seq": "INSERT OR REPLACE " + copying(3, actor="'eve'"),
    "replace by prev": "INSERT OR REPLACE " + copying(3, seq="7", operation_id="'x'", hash="'x'"),
    "replace by operation": "INSERT OR REPLACE "
    + copying(6, **{**FOLLOWING, "operation_id": "'op_3'"}, seq="7"),
    "replace without a seq": "REPLACE " + copying(6, **{**FOLLOWING, "operation_id": "'op_3'"}, seq="NULL"),
    "update or replace": "UPDATE OR REPLACE audit SET seq = 2 WHERE seq = 3",
    "upsert": "INSERT " + copying(3) + " ON CONFLICT DO UPDATE SET actor = 'eve'",
}
FORBIDDEN_ON_POSTGRESQL = {
    "truncate": "TRUNCATE audit",
    "truncate of everything": "TRUNCATE operations, audit CASCADE",
    "upsert": "INSERT " + copying(3) + " ON CONFLICT (seq) DO UPDATE SET actor = 'eve'",
    "update as a replica": "SET LOCAL session_replication_role = replica; UPDATE audit SET actor = 'eve'",
    "merge": "MERGE INTO audit USING (SELECT 3 AS n) AS one ON seq = n WHEN MATCHED THEN DELETE",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN)
async def test_the_database_refuses(db: Database, statement: str) -> None:
    await refuses(db, statement)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", FORBIDDEN_ON_SQLITE.values(), ids=FORBIDDEN_ON_SQLITE)
async def test_sqlite_refuses(db: Database, statement: str) -> None:
    await refuses(db, statement)


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", FORBIDDEN_ON_POSTGRESQL.values(), ids=FORBIDDEN_ON_POSTGRESQL)
async def test_postgresql_refuses(db: Database, statement: str) -> None:
    await refuses(db, statement)


async def refuses(db: Database, statement: str) -> None:
    entries = await fill(db)
    with pytest.raises(DBAPIError, match=r"audit log (is append-only|only grows at its end)"):
        await run(db, *statement.split("; "))
    assert await verify(db) == audit.Verdict(6, entries[-1].hash)
    async with db.read() as session:
        assert [entry.actor async for entry in audit.export(session)] == ["bot"] * 6


@pytest.mark.parametrize("statement", [*FORBIDDEN.values(), *FORBIDDEN_ON_SQLITE.values()])
async def test_another_program_without_our_pragmas_is_refused_too(
    statement: str, upgraded_file: Path, tmp_path: Path
) -> None:
    path = shutil.copy(upgraded_file, tmp_path / "promotebot.db")
    database = Database.open(f"sqlite:///{path}")
    entries = await fill(database)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="audit log"), connection:
        connection.execute(statement)
    connection.close()
    assert await verify(database) == audit.Verdict(6, entries[-1].hash)
    await database.dispose()


async def drop_triggers(db: Database) -> None:
    if db.dialect == "sqlite":
        names = ("audit_refuses_update", "audit_refuses_delete", "audit_only_grows_at_its_end")
        await run(db, *(f"DROP TRIGGER {name}" for name in names))
    else:
        await run(db, "ALTER TABLE audit DISABLE TRIGGER USER")


CLOSING_THE_GAP = "DELETE FROM audit WHERE seq = 3; " + "; ".join(
    f"UPDATE audit SET seq = {seq - 1} WHERE seq = {seq}" for seq in (4, 5, 6)
)
SWAPPING = "; ".join(f"UPDATE audit SET seq = {to} WHERE seq = {seq}" for seq, to in ((3, 9), (4, 3), (9, 4)))


@pytest.mark.parametrize(
    ("statement", "broken_at", "problem"),
    [
        ("UPDATE audit SET actor = 'eve' WHERE seq = 4", 4, "its columns are not what was hashed"),
        ("UPDATE audit SET action = 'other' WHERE seq = 1", 1, "its columns"),
        ("UPDATE audit SET project = 'docs' WHERE seq = 6", 6, "its columns"),
        ("UPDATE audit SET channel = '' WHERE seq = 2", 2, "its columns"),
        ("UPDATE audit SET operation_id = NULL WHERE seq = 2", 2, "its columns"),
        ("UPDATE audit SET detail = '{\"number\": 5}' WHERE seq = 5", 5, "its columns"),
        ("UPDATE audit SET at = '2026-03-01 12:00:03.123457+00:00' WHERE seq = 3", 3, "3 "),
        ("UPDATE audit SET body = body || ' ' WHERE seq = 5", 5, "its columns"),
        ("UPDATE audit SET prev = 'abc' WHERE seq = 3", 3, "its columns"),
        ("UPDATE audit SET hash = 'abc' WHERE seq = 3", 3, "its hash is not that of its text"),
        ("DELETE FROM audit WHERE seq = 1", 1, "Entry 1 is missing"),
        ("DELETE FROM audit WHERE seq IN (3, 4)", 3, "Entry 3 is missing"),
        ("DELETE FROM audit WHERE seq < 6", 1, "Entry 1 is missing"),
        (CLOSING_THE_GAP, 3, "its columns"),
        (SWAPPING, 3, "its columns"),
        ("UPDATE audit SET seq = 0 WHERE seq = 1", 0, "Entry 0 lies before the first"),
        ("UPDATE audit SET seq = -7 WHERE seq = 6", -7, "Entry -7 lies before the first"),
    ],
)
async def test_verify_finds_the_first_entry_that_was_changed(
    db: Database, statement: str, broken_at: int, problem: str
) -> None:
    entries = await fill(db)
    await drop_triggers(db)
    await run(db, *statement.split("; "))
    verdict = await verify(db)
    assert verdict.broken_at == broken_at
    assert problem in str(verdict.problem)
    good = max(broken_at - 1, 0)
    assert (verdict.entries, verdict.head) == (good, entries[good - 1].hash if good else chain.GENESIS)


async def test_a_change_with_its_own_hash_recomputed_breaks_at_the_next_entry(db: Database) -> None:
    entries = await fill(db)
    await drop_triggers(db)
    await rewrite(db, entries[2], prev=entries[2].prev)
    verdict = await verify(db)
    assert (verdict.broken_at, verdict.problem) == (
        4,
        "Entry 4 does not follow entry 3: one of the two was changed.",
    )


async def rewrite(db: Database, entry: AuditEntry, prev: str) -> str:
    """What somebody does who knows the format: the entry says 'eve', and its hash fits."""
    hashed = entry.model_dump(exclude={"body", "hash"})
    body = chain.body(**{**hashed, "actor": "eve", "prev": prev})
    async with db.write() as session:
        connection = await session.connection()
        await connection.execute(
            text("UPDATE audit SET actor = 'eve', prev = :prev, body = :body, hash = :hash WHERE seq = :seq"),
            {"prev": prev, "body": body, "hash": chain.digest(body), "seq": entry.seq},
        )
    return chain.digest(body)


async def test_a_chain_recomputed_to_its_end_shows_against_an_anchor_only(db: Database) -> None:
    entries = await fill(db)
    await drop_triggers(db)
    prev = entries[2].prev
    for entry in entries[2:]:
        prev = await rewrite(db, entry, prev)
    assert (await verify(db)).broken_at is None
    verdict = await verify(db, audit.Anchor(5, entries[4].hash))
    assert (verdict.broken_at, verdict.problem) == (5, "Entry 5 is not the one that was noted.")


async def test_a_tail_that_was_cut_off_shows_against_an_anchor_only(db: Database) -> None:
    entries = await fill(db)
    await drop_triggers(db)
    await run(db, "DELETE FROM audit WHERE seq > 4")
    assert await verify(db) == audit.Verdict(4, entries[3].hash)
    verdict = await verify(db, audit.Anchor(6, entries[5].hash))
    assert (verdict.entries, verdict.broken_at) == (4, 5)
    assert "ends at entry 4, but entry 6 was noted" in str(verdict.problem)


async def test_an_anchor_that_holds_changes_nothing(db: Database) -> None:
    entries = await fill(db)
    for entry in entries:
        assert await verify(db, audit.Anchor(entry.seq, entry.hash)) == audit.Verdict(6, entries[-1].hash)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("at = 'yesterday'", "cannot be read"),
        ("at = 5", "cannot be read"),
        ("actor = CAST(x'ff00' AS TEXT)", "cannot be read"),
        ("actor = x'626f74'", "its columns"),
        ("at = '0000-01-01 00:00:00'", "cannot be read"),
        ("hash = x'00'", "its hash"),
        ("body = x'00'", "its columns"),
    ],
)
async def test_sqlite_takes_any_value_and_verify_still_says_where(
    db: Database, change: str, problem: str
) -> None:
    await fill(db)
    await drop_triggers(db)
    await run(db, f"UPDATE audit SET {change} WHERE seq = 4")
    verdict = await verify(db)
    assert (verdict.entries, verdict.broken_at) == (3, 4)
    assert problem in str(verdict.problem)


async def test_a_long_log_is_verified_across_batches(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.verifying._BATCH", 4)
    entries = await fill(db, 12)
    assert await verify(db) == audit.Verdict(12, entries[-1].hash)
    await drop_triggers(db)
    await run(db, "DELETE FROM audit WHERE seq = 9")
    assert (await verify(db)).broken_at == 9


async def test_the_log_goes_on_after_a_refused_change(open_database: Callable[[], Database]) -> None:
    db = open_database()
    await fill(db)
    with pytest.raises(DBAPIError):
        await run(db, "DELETE FROM audit")
    async with db.write() as session:
        assert (await audit.append(session, at=NOW, action="noted", actor="bot")).seq == 7


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
async def test_a_role_that_may_only_read_and_insert_is_enough_to_append(db: Database, url: str) -> None:
    await run(db, "CREATE ROLE bot LOGIN", "GRANT SELECT, INSERT ON audit TO bot")
    restricted = Database.open(url.replace("//postgres:", "//bot:"))
    try:
        entries = await fill(restricted)
        assert await verify(restricted) == audit.Verdict(6, entries[-1].hash)
        for attempt in ("ALTER TABLE audit DISABLE TRIGGER USER", "DROP TABLE audit", "TRUNCATE audit"):
            with pytest.raises(DBAPIError, match=r"must be owner|permission denied"):
                await run(restricted, attempt)
    finally:
        await restricted.dispose()
        await run(db, "DROP OWNED BY bot", "DROP ROLE bot")
