"""What it costs to watch many projects where nothing happens: requests to the platform, and memory.

The requests are counted while the bot's clock is moved on by hand, a second at a time: minutes of it take seconds.
They stand beside reading each project in every round.
"""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlmodel import func, select

from chatbot.app import running as running_here
from chatbot.sandbox.launching import Servers
from chatbot.services.watching.polling import Poller
from chatbot.settings import Settings
from storage.database import Database
from storage.models import Production
from tests.benchmarks.crowd import crowded
from tests.benchmarks.figures import Aim, Figure
from tests.benchmarks.processes import BOT, running

REQUESTS = "Requests to the platform a minute, beside one read per project in each round"
MEMORY = "Memory while watching, in its first and its second round"
_A_FORTIETH = Aim(1 / 40, of="ratio")
_MOST_MEMORY = Aim(150, of="figure")
_PATIENCE = 60.0


class _Clock:
    def __init__(self) -> None:
        self._now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self._now

    def tick(self) -> None:
        self._now += timedelta(seconds=1)


async def watched(folder: Path, sizes: Sequence[int], minutes: int) -> list[Figure]:
    """For each of so many projects, and the memory with the most of them."""
    figures = [await _requests(folder, projects, minutes) for projects in sizes]
    return [*figures, *await _memory(folder, max(sizes))]


async def _requests(folder: Path, projects: int, minutes: int) -> Figure:
    """With a single project there is nothing to save."""
    async with crowded(projects) as up, aiohttp.ClientSession() as session:
        every, clock = Settings.model_fields["promotebot_poll_seconds"].default, _Clock()
        async with running_here(_settings(up, folder / f"watching-{projects}.db"), clock=clock) as ready:
            bot = ready.bot
            poller = Poller(
                bot.watcher,
                bot.vercel,
                bot.database,
                bot.tasks,
                clock,
                owner="bench",
                every=timedelta(seconds=every),
            )
            await poller._work()  # the first round writes everything down
            await _taken(up, session)
            for _ in range(60 * minutes):
                clock.tick()
                await poller._work()
        paths = await _taken(up, session)
    rounds = sum(path.endswith("/deployments") for path in paths)
    return Figure(
        REQUESTS,
        f"{projects:,} projects" if projects > 1 else "1 project",
        "",
        len(paths) / minutes,
        rounds * projects / minutes,
        _A_FORTIETH if projects > 1 else None,
    )


def _settings(up: Servers, database: Path) -> Settings:
    """Of a bot that does not look around by itself."""
    values: dict[str, Any] = {name.lower(): value for name, value in up.environment(database).items()}
    return Settings(**values, promotebot_poll_seconds=0)


async def _memory(folder: Path, projects: int) -> list[Figure]:
    """The first round writes down each project, the second compares it."""
    figures = []
    async with crowded(projects) as up, aiohttp.ClientSession() as session:
        variables = up.environment(folder / "memory.db")
        for which in ("first", "second"):
            await _taken(up, session)
            async with running(BOT, variables) as bot:
                await until_watched(Path(folder / "memory.db"), projects)
                await _until_quiet(up, session, -(-projects // 100))
                now, most = _megabytes(bot.pid)
            figures += [
                Figure(MEMORY, f"{projects:,} projects, after the {which} round", "MB", now),
                Figure(
                    MEMORY,
                    f"{projects:,} projects, at most in the {which} round",
                    "MB",
                    most,
                    None,
                    _MOST_MEMORY,
                ),
            ]
    return figures


async def until_watched(path: Path, projects: int) -> None:
    database = Database.open(f"sqlite:///{path}")
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                async with database.read() as session:
                    if (await session.exec(select(func.count()).select_from(Production))).one() == projects:
                        return
                await asyncio.sleep(0.2)  # the database tells nobody
    finally:
        await database.dispose()


async def _until_quiet(up: Servers, session: aiohttp.ClientSession, pages: int) -> None:
    """Until the bot has read all pages, and has had a moment to compare the last one."""
    read = 0
    async with asyncio.timeout(_PATIENCE):
        while read < pages:
            read += sum(path.endswith("/projects") for path in await _taken(up, session))
            await asyncio.sleep(0.2)
    await asyncio.sleep(0.5)


async def _taken(up: Servers, session: aiohttp.ClientSession) -> list[str]:
    """The paths that were asked for since the last time, from the platform's own book."""
    async with session.get(f"{up.platform.url}/sandbox/requests") as answer:
        found: list[dict[str, Any]] = (await answer.json())["requests"]
    async with session.delete(f"{up.platform.url}/sandbox/requests"):
        pass
    return [request["path"].partition("?")[0] for request in found]


def _megabytes(pid: int) -> tuple[float, float]:
    """Resident now, and at most so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status, re.MULTILINE))
    return int(found["VmRSS"]) * 1024 / 1e6, int(found["VmHWM"]) * 1024 / 1e6
