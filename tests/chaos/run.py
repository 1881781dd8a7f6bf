"""One run: both servers here, the bots as processes, people at their desks, trouble; then quiet, and judgement."""

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import aiohttp
import yaml

import chatbot
from chatbot.sandbox.launching import Servers
from chatbot.sandbox.slack import Workspace, seed
from chatbot.sandbox.vercel import Platform, Timing
from chatbot.sandbox.vercel.scaling import Scale
from tests.chaos import databases
from tests.chaos.books import Books, Line, books
from tests.chaos.databases import Base
from tests.chaos.desks import Desk, Quota
from tests.chaos.evidence import bugs, gather
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.hands import Hands
from tests.chaos.hearing import Hearing, who_hears
from tests.chaos.inbox import CHANNELS, Inbox
from tests.chaos.judging import judge
from tests.chaos.platform_trouble import PlatformTrouble
from tests.chaos.problem import Problem
from tests.chaos.projects import of_the_team
from tests.chaos.record import Record
from tests.chaos.report import Report
from tests.chaos.slack_trouble import SlackTrouble
from tests.chaos.trouble import Trouble

_QUICK = Timing(build=0.3, alias=0.03, queue=0.02)
_ALLOWED = f"{seed.ANA},{seed.BOB},{seed.CY},S0ONCALL1"
_PATIENCE = {
    "PROMOTEBOT_LEASE_SECONDS": "2",
    "PROMOTEBOT_UNSEEN_SECONDS": "3",
    "PROMOTEBOT_OBSERVE_SECONDS": "6",
    "PROMOTEBOT_POLL_SECONDS": "0.5",
}
_SEEDED = 3  # projects of the team that the platform starts with
_AFTERWARDS = 1.0  # seconds; what is told too late, or twice, still comes


@dataclass(frozen=True)
class Scenario:
    """`pace` and `kill_pace` as of Trouble; `quiet` is how long the bots have at the end to end and tell
    everything, `limit` how long people go on wishing at most. All in seconds.
    """

    seed: int
    database: str
    operations: int
    replicas: int
    projects: int = 10
    pace: float = 0.7
    kill_pace: float = 4.0
    quiet: float = 60.0

    @property
    def limit(self) -> float:
        """Several times what it usually takes: a busy machine is slow in starting bots again."""
        return 60.0 + 3.0 * self.operations

    @property
    def title(self) -> str:
        bots = "one bot" if self.replicas == 1 else f"{self.replicas} replicas"
        return f"{self.operations} operations, {bots}, {self.database}, seed {self.seed}"

    @property
    def at_most(self) -> float:
        return self.limit + self.quiet + 90.0


@dataclass
class Scene:
    """Everything that a run has going."""

    platform: Platform
    workspace: Workspace
    base: Base
    books: Books
    fleet: Fleet
    trouble: Trouble
    record: Record
    desks: list[Desk]
    hearing: Hearing

    def current(self) -> dict[str, str | None]:
        """What each project of the team serves."""
        projects = self.platform.store.projects_of(self.platform.team_id)
        return {project.id: project.current_id for project in projects}


async def run(scenario: Scenario, folder: Path) -> Report:
    """`folder` is for the database and the bots' logs."""
    began = monotonic()
    problems: list[Problem] = []
    async with _scene(scenario, folder) as scene:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(scene.books.watch())
            await _play(scenario, scene)
            if len(scene.books.lines) < scenario.operations:
                problems.append(_too_slow(scenario, scene))
            if not await _settle(scenario, scene):
                problems.append(Problem("run", f"not all was noticed and told within {scenario.quiet:g} s"))
            watching.cancel()
        evidence = await gather(
            database=scene.books.database,
            url=scene.base.own_url,
            steps=await scene.books.steps(),
            platform=scene.platform,
            workspace=scene.workspace,
            clicks=scene.record.clicks,
            histories=scene.record.histories,
            died=[*scene.fleet.died, *bugs(scene.fleet.logs)],
            hearing=scene.hearing,
        )
        return Report(
            title=scenario.title,
            seed=scenario.seed,
            kills=scene.fleet.kills,
            faults=scene.record.done + scene.trouble.vercel.happened(),
            refusals=scene.record.refusals,
            evidence=evidence,
            problems=[*problems, *judge(evidence)],
            seconds=monotonic() - began,
        )


async def _play(scenario: Scenario, scene: Scene) -> None:
    """People wish and trouble is made, until there are operations enough, or time is up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(scenario.limit), asyncio.TaskGroup() as group:
            making = group.create_task(scene.trouble.make(), name="trouble")
            working = [
                group.create_task(desk.work(), name=f"desk of {desk.place.name}") for desk in scene.desks
            ]
            await asyncio.wait(working)
            making.cancel()


async def _settle(scenario: Scenario, scene: Scene) -> bool:
    """No more trouble: whatever was begun ends, and is told. Whether it was."""
    await scene.trouble.heal()
    for desk in scene.desks:
        await desk.place.end_builds()
        await desk.place.end_job()
    await scene.books.until(_all_is_told, scenario.quiet)
    is_quiet = await scene.books.until_quiet(scene.current, scenario.quiet)
    await asyncio.sleep(_AFTERWARDS)
    await scene.fleet.close()
    await scene.books.look()
    if not _all_is_told(scene.books.lines):  # what was unknown became known just now
        await scene.fleet.start()
        await scene.books.until(_all_is_told, scenario.quiet)
        is_quiet = await scene.books.until_quiet(scene.current, scenario.quiet)
        await scene.fleet.close()
    return is_quiet


def _all_is_told(lines: dict[str, Line]) -> bool | None:
    return all(line.is_told for line in lines.values()) or None


def _too_slow(scenario: Scenario, scene: Scene) -> Problem:
    count = len(scene.books.lines)
    return Problem(
        "run", f"only {count} of {scenario.operations} operations were begun in {scenario.limit:g} s"
    )


@asynccontextmanager
async def _scene(scenario: Scenario, folder: Path) -> AsyncIterator[Scene]:
    manifest = yaml.safe_load(chatbot.manifest_path().read_text(encoding="utf-8"))
    dice = random.Random(scenario.seed)
    async with AsyncExitStack() as stack:
        others = max(scenario.projects - _SEEDED, 1)
        scale = Scale(projects=others, deployments=8 * others, seed=scenario.seed)
        platform = await stack.enter_async_context(Platform(timing=_QUICK, seed=scenario.seed, scale=scale))
        platform.journal.entries = deque()  # all of it is evidence
        workspace = await stack.enter_async_context(Workspace(manifest, platform_url=platform.url))
        # No connection twice: an answer that comes twice would be taken for that to the next request.
        session = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        )
        base = await stack.enter_async_context(_BASES[scenario.database](folder))
        ledger = await stack.enter_async_context(books(base.own_url))
        record, inbox = Record(platform), Inbox(workspace)
        variables = {
            **Servers(platform, workspace).environment(folder / "unused"),
            **_PATIENCE,
            "DATABASE_URL": base.url,
            "PROMOTEBOT_ALLOWED": _ALLOWED,
        }
        bots = await stack.enter_async_context(
            fleet(variables, scenario.replicas, folder, done=record.done, seed=scenario.seed)
        )
        places = of_the_team(platform, session, scenario.projects, dice)
        hearing = who_hears(workspace, places)
        await ledger.subscribe(hearing)
        hands, quota = Hands(session, workspace, inbox, record), Quota(scenario.operations, ledger)
        trouble = Trouble(
            platform=platform,
            workspace=workspace,
            base=base,
            fleet=bots,
            vercel=PlatformTrouble(platform, session, places),
            slack=SlackTrouble(workspace, session, record.done),
            record=record,
            dice=random.Random(f"{scenario.seed} trouble"),
            pace=scenario.pace,
            kill_pace=scenario.kill_pace,
        )
        desks = [
            Desk(
                place=place,
                channel=CHANNELS[number % len(CHANNELS)],
                hands=hands,
                inbox=inbox,
                books=ledger,
                quota=quota,
                dice=random.Random(f"{scenario.seed} {place.name}"),
            )
            for number, place in enumerate(places)
        ]
        yield Scene(platform, workspace, base, ledger, bots, trouble, record, desks, hearing)


_BASES: dict[str, Callable[[Path], AbstractAsyncContextManager[Base]]] = {
    "sqlite": databases.sqlite,
    "postgres": lambda _: databases.postgres(),
}
