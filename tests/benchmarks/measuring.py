"""Everything, in one run."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests.benchmarks.acks import acks
from tests.benchmarks.announced import Burst, announced
from tests.benchmarks.beside_cli import USUALLY, Command, beside, beside_the_cli
from tests.benchmarks.calls import by_endpoint
from tests.benchmarks.confirmations import confirmations, until_shown
from tests.benchmarks.figures import Aim, Figure, in_milliseconds
from tests.benchmarks.promotions import Promotion, promotions
from tests.benchmarks.report import Report
from tests.benchmarks.starting import idle, starts
from tests.benchmarks.transports import over_http, over_socket
from tests.benchmarks.watched import watched
from tests.benchmarks.webhooks import webhooks


@dataclass(frozen=True)
class Counts:
    """How often each thing is done. `rounds` are of eight people at once; `moves` are of each kind and project
    with the CLI, whose jobs take `usually` so many seconds. `idle` is in seconds. `webhooks` are of each of three
    projects; `watched` are numbers of projects, for so many `minutes` of the bot's clock.
    """

    acks: int = 150
    rounds: int = 6
    promotions: int = 20
    moves: int = 3
    usually: Mapping[str, float] = field(default_factory=lambda: USUALLY)
    cards: int = 20
    starts: int = 5
    idle: float = 2.0
    webhooks: int = 10
    watched: Sequence[int] = (1, 100, 2_000)
    minutes: int = 5
    burst: Burst = field(default_factory=Burst)


async def measure(counts: Counts, command: Command) -> Report:
    began = perf_counter()
    with TemporaryDirectory(prefix="promotebot-bench-") as name:
        folder = Path(name)
        http = await acks("HTTP", over_http, folder, alone=counts.acks, rounds=counts.rounds)
        socket = await acks("Socket Mode", over_socket, folder, alone=counts.acks, rounds=counts.rounds)
        promoted = await promotions(folder, counts.promotions)
        figures = [
            *http,
            *socket,
            *until_shown(await confirmations(folder, counts.cards)),
            *_promoting(promoted),
            *beside_the_cli(await beside(folder, command, counts.moves, counts.usually)),
            *await _starting(folder, counts),
            *await webhooks(folder, counts.webhooks),
            *await watched(folder, counts.watched, counts.minutes),
            *await announced(folder, counts.burst),
        ]
    endpoints = by_endpoint([p.for_the_card for p in promoted], [p.after_the_click for p in promoted])
    return Report(figures, endpoints, seconds=perf_counter() - began)


def _promoting(done: list[Promotion]) -> list[Figure]:
    section = "Click on Promote to Current, auto-assignment kept off, over the platform's own time"
    aim = Aim(150, of="figure")
    proven = [p.proven - p.clicked - (p.moved - p.received) for p in done]
    told = [p.told - p.clicked - (p.moved - p.received) for p in done]
    parts = {
        "of it, click to the platform's receipt": [p.received - p.clicked for p in done],
        "of it, the job's end to the proof": [p.proven - p.moved for p in done],
        "the platform's own time": [p.moved - p.received for p in done],
    }
    return [
        *_both(section, "proven", proven, aim),
        *_both(section, "told in the channel", told),
        *(figure for part, seconds in parts.items() for figure in _both(section, part, seconds)),
    ]


def _both(section: str, name: str, seconds: list[float], aim: Aim | None = None) -> list[Figure]:
    return in_milliseconds(section, name, seconds, ranks=(50, 95), aim=aim)


async def _starting(folder: Path, counts: Counts) -> list[Figure]:
    """Medians."""
    started = await starts(folder, counts.starts)
    bot, libraries = await idle(folder, counts.idle)
    section, aim = "Start to ready, beside importing the libraries", Aim(1.6, of="ratio")
    imported = 1000 * statistics.median(started.libraries)
    figures = [
        Figure(section, "with its database", "ms", 1000 * statistics.median(started.warm), imported, aim),
        Figure(section, "making its database", "ms", 1000 * statistics.median(started.fresh), imported, aim),
    ]
    section = f"Idle memory after {counts.idle:g} s, beside importing the libraries"
    figures.append(Figure(section, "resident", "MiB", bot.resident, libraries.resident))
    if bot.proportional is not None:
        figures.append(Figure(section, "proportional", "MiB", bot.proportional, libraries.proportional))
    return figures
