"""Run the migrations. The one module outside env.py and versions/ that imports Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, text

from storage.database import HEAD
from storage.errors import NewerDatabase

_UPGRADE_LOCK = 0x70726F6D_0001
"""Advisory lock of PostgreSQL: "prom", 1."""


def apply(engine: Engine) -> None:
    """To the newest revision, under a lock: BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
        config = configuration()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NewerDatabase(
                f"The database was upgraded by a newer promotebot than this one, which knows {HEAD}: {error}"
            ) from error


def configuration() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
