"""From the start of the process to ready, and the memory it then holds, beside importing the libraries only.

Both sides are Python processes with their bytecode compiled; ready is the line they print. The bot has by then read
its settings, opened the database, asked both platforms whether its tokens are good, and connected its websocket.
"""

import asyncio
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.sandbox.launching import servers
from chatbot.sandbox.vercel import Timing
from storage.database import upgrade
from tests.benchmarks.processes import BOT, LIBRARIES, running


@dataclass
class Starts:
    """Seconds to ready; `fresh` makes its database with every migration, `warm` finds one."""

    libraries: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Memory:
    """MiB. `resident` counts shared pages in full, `proportional` by share; None where no kernel says."""

    resident: float
    proportional: float | None


async def starts(folder: Path, count: int) -> Starts:
    """In turn, after a start of the bot that makes the warm database and is not counted."""
    measured = Starts()
    async with servers(Timing(), port=0) as up:
        warm = up.environment(folder / "warm.db")
        async with running(BOT, warm):
            pass
        for number in range(count):
            fresh = up.environment(folder / f"fresh-{number}.db")
            for program, variables, seconds in (
                (LIBRARIES, {}, measured.libraries),
                (BOT, fresh, measured.fresh),
                (BOT, warm, measured.warm),
            ):
                async with running(program, variables) as ready:
                    seconds.append(ready.seconds)
    return measured


async def idle(folder: Path, seconds: float) -> tuple[Memory, Memory]:
    """The bot that found its database, and the libraries: some seconds after ready, with nothing to do."""
    async with servers(Timing(), port=0) as up:
        variables = up.environment(folder / "idle.db")
        await asyncio.to_thread(upgrade, variables["DATABASE_URL"])
        async with running(BOT, variables) as bot, running(LIBRARIES, {}) as libraries:
            await asyncio.sleep(seconds)
            return _memory(bot.pid), _memory(libraries.pid)


def _memory(pid: int) -> Memory:
    rollup = Path(f"/proc/{pid}/smaps_rollup")
    if rollup.exists():
        kilobytes = {
            name: int(kb) for name, kb in re.findall(r"^(\w+):\s+(\d+) kB", rollup.read_text(), re.MULTILINE)
        }
        return Memory(kilobytes["Rss"] / 1024, kilobytes["Pss"] / 1024)
    said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return Memory(int(said.stdout) / 1024, None)
