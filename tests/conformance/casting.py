"""Cases, found by their decorator, and how one is played."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from chatbot.sandbox.vercel import Timing
from tests.conformance.report import Line
from tests.conformance.stage import Cli, Mismatch, Stage, opened

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class Case:
    title: str
    play: Play
    timing: Timing | None


CASES: list[Case] = []


def case(title: str, timing: Timing | None = None) -> Callable[[Play], Play]:
    """Add a case, on a platform with this timing (the usual one, if it is not said)."""

    def add(play: Play) -> Play:
        CASES.append(Case(title, play, timing))
        return play

    return add


async def played(case: Case, cli: Cli, record: Path, session: aiohttp.ClientSession) -> list[Line]:
    """A line for each command; the first that fails ends the case."""
    async with opened(cli, case.title, record, session, case.timing) as stage:
        problem = None
        try:
            await case.play(stage)
        except Mismatch as mismatch:
            problem = str(mismatch)
        except Exception as error:  # noqa: BLE001 - whatever breaks a case is its failure, not the run's end
            problem = f"{type(error).__name__}: {error}"
        lines = stage.lines or [Line(case.title, problem="no command was run")]
        if problem is not None:
            lines[-1].problem = problem
        return lines
