"""DATABASE_URL → what SQLAlchemy connects to. No message shows a password."""

import importlib.util
import sqlite3
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import UnsupportedDatabase

_SQLITE = "sqlite+aiosqlite"
_POSTGRESQL = "postgresql+psycopg"
_DRIVERS = {
    "sqlite": _SQLITE,
    _SQLITE: _SQLITE,
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    _POSTGRESQL: _POSTGRESQL,
}


def async_address(url: str) -> URL:
    """Raises UnsupportedDatabase: another scheme, no file, or a driver that is not installed."""
    try:
        address = make_url(url)
    except ArgumentError:
        # Not chained: SQLAlchemy's message quotes the whole text, password included.
        raise UnsupportedDatabase(
            'DATABASE_URL is not an address. Write it like "sqlite:///promotebot.db" or '
            '"postgresql://user@host/database".'
        ) from None
    driver = _DRIVERS.get(address.drivername)
    if driver is None:
        raise UnsupportedDatabase(
            f'DATABASE_URL begins with "{address.drivername}://"; promotebot keeps its data in SQLite '
            '("sqlite:///promotebot.db") or PostgreSQL ("postgresql://user@host/database").'
        )
    if driver == _SQLITE:
        _check_sqlite(address)
    elif importlib.util.find_spec("psycopg") is None:
        raise UnsupportedDatabase(
            'PostgreSQL needs a driver that is not installed: pip install "promotebot[postgres]".'
        )
    return address.set(drivername=driver)


def sync_address(url: str) -> URL:
    """The same for Alembic: psycopg serves both ways, SQLite has a second driver."""
    address = async_address(url)
    return address.set(drivername="sqlite") if address.drivername == _SQLITE else address


def shown(address: URL) -> str:
    return address.render_as_string(hide_password=True)


def _check_sqlite(address: URL) -> None:
    if not address.database or address.database == ":memory:" or address.database.startswith("file:"):
        raise UnsupportedDatabase(
            "A SQLite database in memory would forget operations and the audit log: name a file, "
            'like "sqlite:///promotebot.db".'
        )
    folder = Path(address.database).absolute().parent
    if not folder.is_dir():
        raise UnsupportedDatabase(f"The folder of the SQLite file does not exist: {folder}")
    if sqlite3.sqlite_version_info < (3, 35):
        raise UnsupportedDatabase(
            f"promotebot needs SQLite 3.35 or newer (UPDATE … RETURNING); this Python has {sqlite3.sqlite_version}."
        )
