"""Where sessions come from. A transaction is short and holds no HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.addresses import async_address, shown, sync_address
from storage.errors import DatabaseUnavailable, StorageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import URL, Connection, Engine

__all__ = ["HEAD", "Database", "StorageError", "current_revision", "is_current", "upgrade"]

HEAD = "0003"
"""The newest migration. A constant, so that starting needs no Alembic (170 ms); a test compares the two."""


class Database:
    """Make one with `Database.open`; it connects when first used."""

    def __init__(self, address: URL, reading: AsyncEngine, writing: AsyncEngine) -> None:
        self._shown = shown(address)
        self._reading = reading
        self._writing = writing
        # SQLite has one writer. Waiting here is fair and cheap, waiting in its busy handler is neither.
        self._turn = asyncio.Lock() if self.dialect == "sqlite" else nullcontext()

    @classmethod
    def open(cls, url: str) -> Database:
        """Raises UnsupportedDatabase when the address or the driver will not do."""
        address = async_address(url)
        if address.get_backend_name() == "sqlite":
            return cls(address, _sqlite_engine(address, readers=4), _sqlite_engine(address, readers=0))
        engine = create_async_engine(address, isolation_level="READ COMMITTED", pool_pre_ping=True)
        return cls(address, engine.execution_options(postgresql_readonly=True), engine)

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return "sqlite" if self._writing.dialect.name == "sqlite" else "postgresql"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises DatabaseUnavailable when the database does not answer or stays locked for 5 s.
        """
        async with self._turn:
            with self._translated():
                async with AsyncSession(self._writing, expire_on_commit=False) as session, session.begin():
                    yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A transaction that the database itself refuses to write in. Raises DatabaseUnavailable."""
        with self._translated():
            async with AsyncSession(self._reading, expire_on_commit=False) as session:
                yield session

    async def is_current(self) -> bool:
        """Whether every migration was applied."""
        with self._translated():
            async with self._reading.connect() as connection:
                return await connection.run_sync(_revision) == HEAD

    async def dispose(self) -> None:
        await self._writing.dispose()
        await self._reading.dispose()

    def _translated(self) -> _Translated:
        return _Translated(self._shown)


class _Translated:
    """`with`: the driver's errors that are nobody's mistake here come out as DatabaseUnavailable."""

    def __init__(self, shown_address: str) -> None:
        self._shown = shown_address

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        away = isinstance(error, OperationalError | InterfaceError)
        # SQLite's name for "not a database" and "malformed"; PostgreSQL's triggers raise it too.
        damaged = type(error) is DatabaseError and isinstance(error.orig, sqlite3.Error)
        if isinstance(error, DBAPIError) and (away or damaged):
            raise DatabaseUnavailable(f"The database {self._shown} cannot be used: {error.orig}") from error


def upgrade(url: str) -> None:
    """Apply every missing migration, in one transaction. Several processes may do so at once.

    Raises UnsupportedDatabase, DatabaseUnavailable, NewerDatabase.
    """
    from storage.migrations.applying import apply  # noqa: PLC0415  Alembic takes 170 ms to import

    engine = migration_engine(url)
    with _Translated(shown(engine.url)):
        apply(engine)


def current_revision(url: str) -> str | None:
    """The newest applied migration; None: none yet. Imports no Alembic and makes no SQLite file."""
    engine = _sync_engine(url, begin="BEGIN")
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists():
        return None
    with _Translated(shown(engine.url)), engine.connect() as connection:
        return _revision(connection)


def is_current(url: str) -> bool:
    return current_revision(url) == HEAD


def migration_engine(url: str) -> Engine:
    """A synchronous engine without a pool, whose transactions take SQLite's write lock at once."""
    return _sync_engine(url, begin="BEGIN IMMEDIATE")


def _sync_engine(url: str, *, begin: str) -> Engine:
    address = sync_address(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, poolclass=NullPool)
    engine = create_engine(address, poolclass=NullPool, connect_args=_sqlite_arguments(timeout=60))
    _prepare_sqlite(engine, begin=begin, query_only=False)
    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _sqlite_engine(address: URL, *, readers: int) -> AsyncEngine:
    """One writing connection (readers=0), or a pool that only reads."""
    engine = create_async_engine(
        address,
        pool_size=readers or 1,
        max_overflow=0,
        connect_args=_sqlite_arguments(timeout=5),
    )
    begin = "BEGIN" if readers else "BEGIN IMMEDIATE"
    _prepare_sqlite(engine.sync_engine, begin=begin, query_only=readers > 0)
    return engine


def _sqlite_arguments(*, timeout: float) -> dict[str, Any]:
    # isolation_level=None: the driver begins nothing by itself. Its plain BEGIN takes the write lock only at
    # the first write and then fails with "database is locked" instead of waiting (docs/decisions/0004).
    return {"isolation_level": None, "timeout": timeout}


def _prepare_sqlite(engine: Engine, *, begin: str, query_only: bool) -> None:
    def connected(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.execute(f"PRAGMA query_only = {int(query_only)}")
        cursor.close()

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
