"""The audit log: append, read, verify, export.

Each entry carries the hash of the one before it. That shows every later change except two, which only an
anchor outside the database shows: a tail that was cut off, and a chain recomputed from some entry on.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import bindparam, exists, insert, text
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import chain
from storage.errors import DuplicateEntry, NotStorable
from storage.models import AuditEntry
from storage.reading import rows
from storage.verifying import Anchor, Verdict, verify

__all__ = ["Anchor", "Verdict", "append", "csv_cell", "export", "newest", "verify"]

_APPEND_LOCK = 0x70726F6D_0002
"""Advisory lock of PostgreSQL: "prom", 2."""

# Built once: SQLAlchemy takes longer to build these than SQLite to run them.
_TABLE = SQLModel.metadata.tables[AuditEntry.__tablename__]
_LOCK = text("SELECT pg_advisory_xact_lock(:key)").bindparams(key=_APPEND_LOCK)
_END = (
    sqlalchemy_select(
        _TABLE.c.seq,
        _TABLE.c.hash,
        exists().where(_TABLE.c.operation_id == bindparam("of"), _TABLE.c.action == bindparam("said")),
    )
    .order_by(_TABLE.c.seq.desc())
    .limit(1)
)
_INSERT = insert(_TABLE)

_CLOCK_SKEW = timedelta(minutes=5)
"""Replicas' clocks differ, so `at` does not grow strictly with `seq`. More than this is taken for a mistake."""

_BATCH = 2_000


async def append(
    session: AsyncSession,
    *,
    at: datetime,
    action: str,
    actor: str,
    project: str | None = None,
    operation_id: str | None = None,
    channel: str | None = None,
    detail: Mapping[str, object] = MappingProxyType({}),
) -> AuditEntry:
    """Within the caller's write transaction, as the last thing in it: others wait from here to its end.

    Raises DuplicateEntry and NotStorable; either writes nothing and leaves the transaction usable.
    """
    if at.utcoffset() is None:
        raise NotStorable("An audit entry's time has no time zone.")
    columns: dict[str, Any] = {
        "at": at,
        "action": chain.storable("action", action),
        "actor": chain.storable("actor", actor),
        "project": chain.storable("project", project),
        "operation_id": chain.storable("operation_id", operation_id),
        "channel": chain.storable("channel", channel),
        "detail": chain.canonical(detail),
    }
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        # Its own statement: under READ COMMITTED the next one sees what the former holder committed.
        await connection.execute(_LOCK)
    found = (await connection.execute(_END, {"of": operation_id, "said": action})).first()
    seq, prev, duplicate = found or (0, chain.GENESIS, False)
    if operation_id is not None and duplicate:
        raise DuplicateEntry(operation_id, action)
    body = chain.body(seq=seq + 1, prev=prev, **columns)
    entry = AuditEntry(seq=seq + 1, prev=prev, body=body, hash=chain.digest(body), **columns)
    await connection.execute(_INSERT, entry.model_dump())
    return entry


async def newest(
    session: AsyncSession,
    *,
    project: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    before_seq: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Newest first. The next page is asked for with `before_seq`: the smallest `seq` of this one."""
    statement = select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(limit)
    if project is not None:
        statement = statement.where(AuditEntry.project == project)
    if actor is not None:
        statement = statement.where(AuditEntry.actor == actor)
    if before_seq is not None:
        statement = statement.where(col(AuditEntry.seq) < before_seq)
    if since is not None:
        # A range of seq first, so that the index of project or actor still gives the order.
        before = await _seq_before(session, since)
        statement = statement.where(col(AuditEntry.seq) > before, col(AuditEntry.at) >= since)
    return await rows(session, statement)


async def _seq_before(session: AsyncSession, since: datetime) -> int:
    """No entry up to this one is of `since` or later: that would take a clock 5 minutes ahead of another."""
    statement = (
        select(AuditEntry.seq)
        .where(col(AuditEntry.at) < since - _CLOCK_SKEW)
        .order_by(col(AuditEntry.at).desc(), col(AuditEntry.seq).desc())
        .limit(1)
    )
    return (await session.exec(statement)).first() or 0


def csv_cell(text: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula; an apostrophe makes it text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


async def export(session: AsyncSession) -> AsyncIterator[AuditEntry]:
    """Every entry, oldest first, read in batches."""
    last = 0
    while True:
        batch = await rows(
            session,
            select(AuditEntry).where(col(AuditEntry.seq) > last).order_by(col(AuditEntry.seq)).limit(_BATCH),
        )
        for entry in batch:
            yield entry
        if len(batch) < _BATCH:
            return
        last = batch[-1].seq
