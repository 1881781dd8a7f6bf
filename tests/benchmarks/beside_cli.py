"""Promotes and rollbacks in turn with the official CLI: the same platform, the same jobs, one after the other.

Three projects, whose jobs usually take 0.4, 0.8 and 1.25 s; each one up to a tenth more or less, spread evenly and
drawn with a seed. Over these times the CLI's looks, every 250 ms, come neither early nor late by luck.
"""

import random
import shutil
from asyncio import Semaphore
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import aiohttp

from chatbot.sandbox.launching import servers
from chatbot.sandbox.vercel import Timing
from chatbot.sandbox.vercel.records import Deployment
from tests.benchmarks.figures import Aim, Figure, percentile
from tests.benchmarks.moves import BotsHand, CommandLine, Kind, Move, Mover
from tests.benchmarks.processes import BOT, running
from tests.benchmarks.scene import Scene
from tests.conformance.installing import NEWEST
from tests.conformance.stage import Cli

USUALLY = {"shop": 0.4, "docs": 0.8, "api": 1.25}
"""Seconds of a job, by project."""
SEED = 7
KINDS: tuple[Kind, ...] = ("promote", "rollback")
OVERHEAD = f"Decision to proven Current, over the platform's own time, beside vercel {NEWEST}"
WHOLE = f"Decision to proven Current, beside vercel {NEWEST}"
REQUESTS = f"Requests to the platform after the decision, beside vercel {NEWEST}"
_JITTER = 0.1


@dataclass(frozen=True)
class Command:
    """The official CLI; `node` runs its `script`."""

    script: Path
    node: str = shutil.which("node") or "node"
    version: str = NEWEST


@dataclass(frozen=True)
class Pair:
    """The bot's move and the CLI's of the same round: of the same kind, and with the same job."""

    ours: Move
    theirs: Move


@dataclass(frozen=True)
class Beside:
    """`firsts` are the bot's first promotes of each project: it knows nothing of them yet, or of another project."""

    pairs: list[Pair]
    firsts: list[Move]


async def beside(folder: Path, command: Command, rounds: int, usually: Mapping[str, float]) -> Beside:
    """Of each project and kind one pair a round. Before that the bot moves each project there and back, so that it
    has seen how long that takes, and the CLI says who it is, which makes its files.
    """
    timing, database, home = Timing(), folder / "beside.db", folder / "cli"
    (home / "work").mkdir(parents=True)
    cli = Cli(command.node, command.script, command.version, Semaphore(1))
    async with servers(timing, port=0) as up, aiohttp.ClientSession() as session:
        scene = Scene(up, session, timing, database)
        stages = [await _stage(scene, name, 2 * rounds + 1) for name in usually]
        ours, theirs = BotsHand(scene), CommandLine(scene, cli, home)
        async with running(BOT, up.environment(database)):
            await theirs.runs("whoami")
            before = [await stage.there_and_back(ours, usually[stage.name]) for stage in stages]
            shares = {name: _shares(rounds, name) for name in usually}
            done = []
            for number in range(rounds):
                for stage in stages:
                    took = usually[stage.name] * shares[stage.name][number]
                    done += await _round(stage, took, ours, theirs, bot_first=number % 2 == 0)
    return Beside(done, [promote for promote, _ in before])


def _shares(count: int, name: str) -> list[float]:
    """How much of the usual time each job takes: one of each stretch between the least and the most, in any order."""
    chance = random.Random(f"{SEED} {name}")
    drawn = [1 - _JITTER + 2 * _JITTER * (number + chance.random()) / count for number in range(count)]
    chance.shuffle(drawn)
    return drawn


@dataclass
class _Stage:
    """A project with the builds that are still to be promoted, and the one that it always comes back to."""

    scene: Scene
    name: str
    home: Deployment
    staged: list[Deployment]

    async def there_and_back(self, mover: Mover, took: float) -> tuple[Move, Move]:
        self.scene.jobs_take(self.scene.project(self.name), took)
        return await mover("promote", self.staged.pop(0)), await mover("rollback", self.home)


async def _stage(scene: Scene, name: str, count: int) -> _Stage:
    await scene.auto_assign(name, on=False)
    home = scene.up.platform.store.current_of(scene.project(name))
    assert home is not None
    staged = [await scene.built(name) for _ in range(count)]
    await scene.auto_assign(
        name, on=True
    )  # or the bot would keep it off after each promote, as the CLI does not
    return _Stage(scene, name, home, staged)


async def _round(stage: _Stage, took: float, ours: Mover, theirs: Mover, *, bot_first: bool) -> list[Pair]:
    if bot_first:
        by_bot, by_cli = await stage.there_and_back(ours, took), await stage.there_and_back(theirs, took)
    else:
        by_cli, by_bot = await stage.there_and_back(theirs, took), await stage.there_and_back(ours, took)
    return [Pair(ours, theirs) for ours, theirs in zip(by_bot, by_cli, strict=True)]


def beside_the_cli(measured: Beside) -> list[Figure]:
    """Medians, and of requests the mean. The bot's click has no start; the CLI's is counted in the whole only."""
    third, no_more = Aim(1 / 3, of="ratio"), Aim(1, of="ratio")
    by_kind = [(kind, [pair for pair in measured.pairs if pair.ours.kind == kind]) for kind in KINDS]
    first = percentile([move.overhead for move in measured.firsts], 50)
    return [
        *(_middle(OVERHEAD, f"{kind}, p50", of, lambda move: move.overhead, third) for kind, of in by_kind),
        *(
            _middle(OVERHEAD, f"{kind}, from its answer on, p50", of, lambda move: move.watching, third)
            for kind, of in by_kind
        ),
        Figure(OVERHEAD, "the bot's first promote of a project, p50", "ms", 1000 * first),
        *(
            _middle(WHOLE, f"{kind}, p50", of, lambda move: move.proven - move.decided)
            for kind, of in by_kind
        ),
        *(_middle(WHOLE, f"of it, the {kind}'s job, p50", of, lambda move: move.job) for kind, of in by_kind),
        *(
            Figure(
                REQUESTS,
                f"{kind}, mean",
                "",
                mean(pair.ours.requests for pair in of),
                mean(pair.theirs.requests for pair in of),
                no_more,
            )
            for kind, of in by_kind
        ),
    ]


def _middle(
    section: str, name: str, pairs: Sequence[Pair], of: Callable[[Move], float], aim: Aim | None = None
) -> Figure:
    ours = percentile([of(pair.ours) for pair in pairs], 50)
    theirs = percentile([of(pair.theirs) for pair in pairs], 50)
    return Figure(section, name, "ms", 1000 * ours, 1000 * theirs, aim)
