"""Python programs as processes of their own, from their start to the line that says they are ready."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
BOT = ("-m", "chatbot", "run")
BARE_BOLT = ("-m", "tests.benchmarks.bare")
_READING = (
    "import slack_bolt.async_app, aiohttp, sqlmodel, apscheduler.schedulers.asyncio, sys; "
    "print('ready', flush=True); sys.stdin.read()"
)
LIBRARIES = ("-c", _READING)
"""Imports what any bot on these libraries imports, says so, and waits to be ended."""

_LEFT_OUT = frozenset(
    {
        "SLACK_CLIENT_ID",  # these two switch Bolt to OAuth mode
        "SLACK_CLIENT_SECRET",
        "PYTHONDONTWRITEBYTECODE",  # an installed program has its bytecode
    }
)
_PATIENCE = 30.0


class NotReady(Exception):
    """The process ended or said something else; its own words are on stderr."""


@dataclass(frozen=True)
class Ready:
    """`line` is what it said; `seconds` how long after its start."""

    pid: int
    line: str
    seconds: float

    @property
    def port(self) -> int:
        """The last word of "… over HTTP on port 8080."."""
        return int(self.line.rstrip(".").rpartition(" ")[2])


@asynccontextmanager
async def running(
    program: tuple[str, ...], variables: Mapping[str, str], *arguments: str
) -> AsyncIterator[Ready]:
    """Ready, until the block ends. Raises NotReady."""
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    began = perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        cwd=ROOT,
        env={**inherited, **variables},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        line = await _first_line(process)
        yield Ready(process.pid, line, perf_counter() - began)
    finally:
        await _end(process)


async def _first_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(_PATIENCE):
        line = (await process.stdout.readline()).decode().strip()
    if "ready" not in line:
        raise NotReady(line or "it said nothing")
    return line


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(_PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
