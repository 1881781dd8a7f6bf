"""Walk the audit log's chain from its first entry and find the first that is not what was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import chain
from storage.models import AuditEntry

_TABLE = SQLModel.metadata.tables[AuditEntry.__tablename__]
_HASHED = tuple(column.name for column in _TABLE.columns if column.name not in {"body", "hash"})
_BATCH = 500
"""Small, so that walking a long log does not hold up the event loop."""


@dataclass(frozen=True)
class Anchor:
    """An entry's place and hash as somebody noted them outside the database."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """`entries` hold and end in the hash `head`. `broken_at` is the seq of the first that does not."""

    entries: int
    head: str
    broken_at: int | None = None
    problem: str | None = None


async def verify(session: AsyncSession, *, anchor: Anchor | None = None) -> Verdict:
    """Recomputes every hash. Without an anchor, a tail that was cut off does not show."""
    entries, head, size = 0, chain.GENESIS, _BATCH
    while True:
        try:
            batch = await _batch(session, entries, size)
        except (ValueError, TypeError, DBAPIError):
            if session.get_bind().dialect.name != "sqlite":
                raise  # PostgreSQL's types are strict: the connection failed, not the entry
            if size == 1:
                return Verdict(entries, head, entries + 1, f"Entry {entries + 1} cannot be read.")
            size = 1  # somewhere in this batch: find it
            continue
        for row in batch:
            verdict = _judged(row, entries, head, anchor)
            if verdict is not None:
                return verdict
            entries, head = row.seq, row.hash
        if len(batch) < size:
            break
    if anchor is not None and anchor.seq > entries:
        return Verdict(
            entries, head, entries + 1, f"The log ends at entry {entries}, but entry {anchor.seq} was noted."
        )
    return Verdict(entries, head)


async def _batch(session: AsyncSession, after: int, size: int) -> Sequence[Row[Any]]:
    statement = select(_TABLE).order_by(_TABLE.c.seq).limit(size)
    if after:  # the first batch has no lower bound: nothing is to hide below entry 1
        statement = statement.where(_TABLE.c.seq > after)
    connection = await session.connection()
    return (await connection.execute(statement)).all()


def _judged(row: Row[Any], entries: int, head: str, anchor: Anchor | None) -> Verdict | None:
    expected = entries + 1
    if row.seq > expected:
        return Verdict(entries, head, expected, f"Entry {expected} is missing.")
    problem = _problem(row, expected, head, anchor)
    return None if problem is None else Verdict(entries, head, row.seq, problem)


def _problem(row: Row[Any], expected: int, head: str, anchor: Anchor | None) -> str | None:
    if row.seq < expected:
        return f"Entry {row.seq} lies before the first."
    if row.body != _recomputed(row):
        return f"Entry {row.seq} was changed: its columns are not what was hashed."
    if row.hash != chain.digest(row.body):
        return f"Entry {row.seq} was changed: its hash is not that of its text."
    if row.prev != head:
        return f"Entry {row.seq} does not follow entry {row.seq - 1}: one of the two was changed."
    if anchor is not None and row.seq == anchor.seq and row.hash != anchor.hash:
        return f"Entry {row.seq} is not the one that was noted."
    return None


def _recomputed(row: Row[Any]) -> str | None:
    try:
        return chain.body(**{name: getattr(row, name) for name in _HASHED})
    except (TypeError, OverflowError):  # bytes in a text column, a time before the first year
        return None
