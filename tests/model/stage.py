"""One example's world: both servers, the people, one bot that may die; nothing moves between two steps."""

import asyncio
import shutil
import sqlite3
import threading
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from chatbot.sandbox.vercel.keys import JOURNAL
from storage import audit
from storage.database import Database, upgrade
from storage.models import AuditEntry
from tests.conftest import World, a_world
from tests.model.facts import Post, Read, Step
from tests.model.processes import Process, tell_tasks_apart
from tests.model.truth import Truth

Answer = TypeVar("Answer")
OUTSIDE = {"outside": "1"}
"""Marks the requests of other people in the platform's journal."""

_KEEP_STEPS = """
CREATE TABLE steps (operation_id TEXT, before TEXT, after TEXT, at REAL);
CREATE TABLE offers (confirmation_id TEXT, at REAL);
CREATE TRIGGER offered AFTER INSERT ON confirmations BEGIN
    INSERT INTO offers VALUES (NEW.id, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER step_begun AFTER INSERT ON operations BEGIN
    INSERT INTO steps VALUES (NEW.id, NULL, NEW.state, (julianday('now') - 2440587.5) * 86400.0);
END;
CREATE TRIGGER step_taken AFTER UPDATE OF state ON operations WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO steps VALUES (NEW.id, OLD.state, NEW.state, (julianday('now') - 2440587.5) * 86400.0);
END;
"""
"""Every transition that is ever written and every confirmation, with the real time, whoever writes it."""


def empty_database(folder: Path) -> Path:
    """With all tables, and what notes the transitions."""
    path = folder / "empty.db"
    upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.executescript(_KEEP_STEPS)
    connection.close()
    return path


@dataclass(frozen=True)
class Records:
    """`rows` are the operations by id, `log` the audit entries; all the oldest first."""

    rows: dict[str, dict[str, Any]]
    log: list[AuditEntry]
    confirmations: list[dict[str, Any]]
    steps: list[Step]


class Stage:
    """`do` runs the world for as long as one thing takes."""

    def __init__(self, empty: Path, path: Path) -> None:
        shutil.copy(empty, path)
        self._path = path
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._ahead = 0.0
        self._read = 0
        self.posts: list[Post] = []
        self.reads: list[Read] = []
        self.process: Process | None = None
        self.valid = timedelta(seconds=600)
        self.starts: list[float] = []
        tell_tasks_apart(self._runner.get_loop())
        self.do(self._open())

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self._runner.run(work)

    async def _open(self) -> None:
        url = f"sqlite:///{self._path}"
        self.world: World = await self._stack.enter_async_context(a_world(url, clock=self._platform_time))
        self.truth = Truth(self.world.platform.store, self.world.platform.team_id)
        self._database = Database.open(url)
        self._stack.push_async_callback(self._database.dispose)

    def _platform_time(self) -> float:
        return time.time() + self._ahead

    def close(self) -> None:
        self.do(self._close())
        self.do(self._database_threads_end())
        self._runner.close()

    async def _close(self) -> None:
        if self.process is not None:
            await self.process.crash()
        await self._stack.aclose()

    async def _database_threads_end(self) -> None:
        """Those that a crash left in the middle of a query still answer to this loop."""
        async with asyncio.timeout(20):
            while any("connection_worker" in thread.name for thread in threading.enumerate()):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    # the bot

    async def start_bot(self) -> None:
        self.starts.append(time.time())
        process = Process(self.world.settings, self.world.clock)
        await process.start()
        self.process = process

    async def crash_bot(self) -> None:
        process, self.process = self.process, None
        assert process is not None
        await process.crash()

    async def stop_bot(self) -> None:
        process, self.process = self.process, None
        assert process is not None
        await process.stop()

    # time

    def pass_time(self, seconds: float) -> None:
        """For everybody. Nobody has to wait for it."""
        self.note_requests()
        self._ahead += seconds
        self.world.clock.move(seconds=seconds)

    # the platform, and what others do there

    async def outside(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """A request of somebody else; None where the platform did not do it, or broke off."""
        platform = self.world.platform
        with suppress(aiohttp.ClientError):
            async with self.world.session.request(
                method,
                platform.url + path,
                params={"teamId": platform.team_id, **query, **OUTSIDE},
                headers={"Authorization": f"Bearer {platform.token}"},
                json=None if method == "GET" else body or {},
            ) as answer:
                if answer.status < 300 and answer.content_type == "application/json":
                    return await answer.json(content_type=None)
        return None

    async def recent(self, project_id: str) -> list[dict[str, Any]]:
        """A project's newest deployments with their states, as people see them."""
        found = next(p for p in (await self.world.panel()).values() if p["id"] == project_id)
        return list(found["recent"])

    def note_requests(self) -> None:
        """Take over what the platform's journal has got since."""
        assert self.world.platform._runner is not None
        entries = self.world.platform._runner.app[JOURNAL].entries
        new = list(entries)[self._read :]
        self._read += len(new)
        for entry in new:
            if OUTSIDE.items() <= entry["query"].items():
                continue
            at = entry["at"] / 1000 - self._ahead
            if entry["method"] != "GET":
                self.posts.append(Post.of_entry(entry, at, len(self.posts)))
            else:
                self.reads.append(Read(at, entry["path"], entry.get("fault")))

    # the database

    async def verify_audit(self) -> None:
        async with self._database.read() as session:
            verdict = await audit.verify(session)
        assert verdict.problem is None, verdict

    async def goes_on(self) -> bool:
        """Whether an operation has not ended, or its end is not told, or is still looked for."""
        rows = self.records().rows.values()
        return any(row["told_at"] is None or row["watch_until"] is not None for row in rows)

    def offered_at(self, confirmation_id: str) -> float:
        with closing(sqlite3.connect(self._path)) as connection:
            found = connection.execute("SELECT at FROM offers WHERE confirmation_id = ?", (confirmation_id,))
            return float(found.fetchone()[0])

    def records(self) -> Records:
        """What the database holds at this instant: the bot's threads may be writing."""
        connection = sqlite3.connect(self._path)
        connection.row_factory = sqlite3.Row
        connection.execute("BEGIN")

        def select(query: str) -> list[dict[str, Any]]:
            return [dict(row) for row in connection.execute(query)]

        try:
            return Records(
                rows={
                    row["id"]: row for row in select("SELECT * FROM operations ORDER BY created_at, rowid")
                },
                log=[AuditEntry(**row) for row in select("SELECT * FROM audit ORDER BY seq")],
                confirmations=select("SELECT * FROM confirmations"),
                steps=[Step(**row) for row in select("SELECT * FROM steps ORDER BY rowid")],
            )
        finally:
            connection.close()
