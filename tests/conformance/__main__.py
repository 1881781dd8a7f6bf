"""`make conformance`: the official CLI and the official schema against the embedded platform.

Exit code 1 when anything fails. What cannot be checked here is said in a line; with CI=true that fails too.
"""

import argparse
import asyncio
import os
import shutil
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp

from chatbot.sandbox.vercel.routes import API_ROUTES
from tests.conformance import cases
from tests.conformance.casting import CASES, Case, played
from tests.conformance.exceptions import ALLOWANCES, NEWER_NULLS, NEWER_VALUES, UNRECORDED
from tests.conformance.installing import NEWEST, NoNode, NotInstalled, installed
from tests.conformance.judging import Judge
from tests.conformance.official import VARIABLE, Official
from tests.conformance.report import Line, Report, say
from tests.conformance.samples import Sample, recorded, uncovered
from tests.conformance.stage import Cli

CACHE = Path(".cache/conformance").resolve()
OF_TESTS = CACHE / "responses" / "tests"


def main() -> int:
    options = _options()
    with TemporaryDirectory(prefix="conformance-") as folder:
        return _run(options, Path(folder))


def _run(options: argparse.Namespace, record: Path) -> int:
    """`record` is for what the platform answers to the commands."""
    report = Report()
    strict = os.environ.get("CI") == "true"
    try:
        script = installed(options.cli, CACHE)
    except NoNode:
        say("Node.js and npm are missing: the official CLI is not run.")
        if strict:
            return 1
    except NotInstalled as error:
        report.add(Line(f"npm install vercel@{options.cli}", problem=str(error)))
    else:
        asyncio.run(_run_commands(report, script, options, record))
    if options.only is None:
        _check_schema(report, record, strict=strict)
    return report.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__)
    parser.add_argument("--cli", default=NEWEST, metavar="VERSION", help=f"of the CLI ({NEWEST})")
    parser.add_argument("--only", metavar="WORD", help="the cases of which file or title has it; no schema")
    parser.add_argument("--jobs", type=int, default=3, help="commands at once (3)")
    return parser.parse_args()


async def _run_commands(report: Report, script: Path, options: argparse.Namespace, record: Path) -> None:
    node = shutil.which("node") or "node"
    cli = Cli(node, script, options.cli, asyncio.Semaphore(options.jobs))
    started = time.monotonic()
    room = asyncio.Semaphore(2 * options.jobs)
    async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as group:
        play = partial(played, cli=cli, record=record, session=session)
        for case in _chosen(options.only):
            group.create_task(_play(report, case, play, room))
    say(f"vercel {options.cli}: {len(report.lines)} commands in {time.monotonic() - started:.0f} s")


def _chosen(word: str | None) -> Iterator[Case]:
    for case in CASES:
        file = case.play.__module__.removeprefix(cases.__name__ + ".")
        if word is None or word in file or word in case.title:
            yield case


async def _play(
    report: Report, case: Case, play: Callable[[Case], Awaitable[list[Line]]], room: asyncio.Semaphore
) -> None:
    async with room:
        for line in await play(case):
            report.add(line)


def _check_schema(report: Report, record: Path, *, strict: bool) -> None:
    try:
        official = Official.of_environment()
    except FileNotFoundError as error:
        report.add(Line(f"official schema of ${VARIABLE}", problem=str(error)))
        return
    samples = {"the test suite": list(recorded(OF_TESTS)), "these commands": list(recorded(record))}
    if not samples["the test suite"]:
        report.notes.append("Nothing is recorded of the test suite: run make test first.")
        if strict:
            report.add(Line("answers of the test suite", problem="none is recorded: make test comes first"))
    else:
        report.add(_complete([sample for some in samples.values() for sample in some]))
    judge = Judge(official)
    for source, some in samples.items():
        if some:
            report.add(_judged(judge, source, some))
    if official is None:
        report.notes.append(
            f"The official schema was not checked: ${VARIABLE} is not set ({judge.unchecked} answers unchecked)."
        )
    else:
        _list_exceptions(judge)


def _judged(judge: Judge, source: str, samples: list[Sample]) -> Line:
    started = time.monotonic()
    violations = judge.violations(samples)
    calls = len({sample.call for sample in samples})
    kind = "official schema" if judge.official is not None else "newer shapes and error bodies only"
    title = f"{kind}: {len(samples)} shapes of answers of {calls} endpoints, of {source}: {len(violations)} violations"
    return Line(title, time.monotonic() - started, "\n".join(violations) if violations else None)


def _complete(samples: list[Sample]) -> Line:
    routes = [f"{route.method} {route.path}" for route in API_ROUTES]
    gaps = uncovered(routes, samples, UNRECORDED)
    title = f"a recorded success of each of the {len(routes)} routes of the platform"
    return Line(title, problem="\n".join(gaps) if gaps else None)


def _list_exceptions(judge: Judge) -> None:
    say(
        "Beyond the official file, and why (tests/conformance/exceptions.py), with the answers that needed it:"
    )
    for one in ALLOWANCES:
        statuses = ", ".join(map(str, sorted(one.statuses)))
        say(f"  {judge.allowances[one]:4}  {one.call}  {statuses}: {one.reason}")
    for newer in NEWER_VALUES:
        say(f"     -  {len(newer.values)} values beside {newer.beside}: {newer.reason}")
    for name, reason in NEWER_NULLS.items():
        say(f"     -  null as {name}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
