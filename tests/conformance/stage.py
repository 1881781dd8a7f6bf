"""Where a case is played: a platform of its own, the official CLI, and the server's state read over the wire."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp

from chatbot.sandbox.vercel import Platform, Timing
from tests.conformance.report import Line
from tests.contract.platform.calling import Api

PATIENCE = 60.0
"""Seconds for one command. The CLI gives up on a promotion after three minutes."""
TIMING = Timing(build=0.4, alias=0.06, queue=0.02)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Mismatch(Exception):
    """The CLI or the server's state is not what the case says."""


@dataclass(frozen=True)
class Printed:
    """What a command printed, without colours, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return f"{self.out}\n{self.err}"

    def says(self, *parts: str) -> None:
        for part in parts:
            if part not in self.text:
                raise Mismatch(f"{part!r} is not printed, but\n{self.text.strip()}")

    def never_says(self, part: str) -> None:
        if part in self.text:
            raise Mismatch(f"{part!r} is printed:\n{self.text.strip()}")

    def json(self) -> Any:
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise Mismatch(f"not JSON: {self.out!r}") from error


@dataclass(frozen=True)
class Cli:
    """The installed CLI; `slots` bounds how many run at once."""

    node: str
    script: Path
    version: str
    slots: asyncio.Semaphore

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    async def run(self, arguments: tuple[str, ...], home: Path, variables: dict[str, str]) -> Printed:
        """Raises Mismatch when it does not end."""
        async with self.slots:
            process = await asyncio.create_subprocess_exec(
                self.node,
                str(self.script),
                *arguments,
                cwd=home / "work",
                env={"HOME": str(home), "PATH": str(Path(self.node).parent), **_QUIET, **variables},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
            except TimeoutError as error:
                process.kill()
                await process.wait()
                raise Mismatch(f"it did not end within {PATIENCE:.0f} s") from error
        return Printed(process.returncode or 0, _plain(out), _plain(err))


_QUIET = {"VERCEL_TELEMETRY_DISABLED": "1", "NO_UPDATE_NOTIFIER": "1", "TZ": "UTC", "LANG": "C.UTF-8"}
"""Nothing else of the environment reaches the CLI: it behaves otherwise in CI and under agents."""


def _plain(raw: bytes) -> str:
    return _ANSI.sub("", raw.decode(errors="replace"))


@dataclass
class Stage:
    cli: Cli
    platform: Platform
    api: Api
    home: Path
    title: str
    lines: list[Line] = field(default_factory=list)
    """One for each command so far; the last one is being checked."""

    @property
    def work(self) -> Path:
        """The working directory of the commands."""
        return self.home / "work"

    async def vercel(
        self,
        *arguments: str,
        exits: int = 0,
        token: str | None = None,
        scope: str | None = "acme",
        variables: dict[str, str] | None = None,
    ) -> Printed:
        """Raises Mismatch when it exits otherwise. What the case checks next counts for this command."""
        line = Line(f"{self.title}: vercel {' '.join(arguments)}")
        self.lines.append(line)
        started = time.monotonic()
        options = ["--api", self.platform.url, "--token", token or self.platform.token]
        options += ["--global-config", str(self.home / "config")]
        options += [] if scope is None else ["--scope", scope]
        printed = await self.cli.run((*arguments, *options), self.home, variables or {})
        line.seconds = time.monotonic() - started
        if printed.code != exits:
            raise Mismatch(f"exit code {printed.code} instead of {exits}:\n{printed.text.strip()}")
        return printed

    async def reads(self, *arguments: str, **options: Any) -> Printed:
        """A command that must change nothing."""
        before = self.platform.store.revision.number
        printed = await self.vercel(*arguments, **options)
        same(self.platform.store.revision.number, before, "the revision of the server's state")
        return printed

    async def requests(self, method: str | None = None) -> list[Any]:
        found = (await self.api.get("/sandbox/requests"))["requests"]
        return [request for request in found if method in (None, request["method"])]

    async def linked(self, project: str = "shop") -> dict[str, str]:
        """The variables that tell the CLI which project a directory belongs to."""
        found = await self.api.project(project)
        return {"VERCEL_ORG_ID": self.platform.team_id, "VERCEL_PROJECT_ID": found["id"]}


def same(actual: Any, expected: Any, what: str) -> None:
    """Raises Mismatch."""
    if actual != expected:
        raise Mismatch(f"{what}: {actual!r} instead of {expected!r}")


def holds(condition: object, what: str) -> None:
    """Raises Mismatch."""
    if not condition:
        raise Mismatch(f"it does not hold that {what}")


def one(items: list[Any], condition: Callable[[Any], bool], what: str) -> Any:
    """The only one that satisfies it. Raises Mismatch."""
    found = [item for item in items if condition(item)]
    same(len(found), 1, f"how many are {what}")
    return found[0]


@asynccontextmanager
async def opened(
    cli: Cli, title: str, record: Path, session: aiohttp.ClientSession, timing: Timing | None
) -> AsyncIterator[Stage]:
    with TemporaryDirectory(prefix="conformance-") as folder:
        home = Path(folder)
        (home / "work").mkdir()
        async with Platform(timing=timing or TIMING, record=record) as platform:
            yield Stage(cli, platform, Api(session, platform), home, title)
