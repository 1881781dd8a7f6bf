"""`make chaos`: operations while everything fails, on SQLite and on PostgreSQL with three replicas.

Exit status: 0 all of it right, 1 something is wrong, 3 ended by the watchdog. The same seed draws the same wishes and
the same trouble; how they meet depends on the machine.
"""

import argparse
import asyncio
import random
import shutil
import signal
import sys
from pathlib import Path

from tests.chaos.report import Report
from tests.chaos.run import Scenario, run
from tests.chaos.watchdog import watchdog

FOLDER = Path(".cache/chaos")
REPLICAS = {"sqlite": 1, "postgres": 3}


def main() -> int:
    options = _options()
    databases = [options.database] if options.database else list(REPLICAS)
    print(f"seed {options.seed}", flush=True)
    right = [_run(database, options) for database in databases]
    return 0 if all(right) else 1


def _run(database: str, options: argparse.Namespace) -> bool:
    replicas = options.replicas or REPLICAS[database]
    pace, kill_pace = (0.7, 4.0) if replicas == 1 else (0.5, 1.5)
    scenario = Scenario(options.seed, database, options.operations, replicas, pace=pace, kill_pace=kill_pace)
    folder = (FOLDER / f"{database}-{options.seed}").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with watchdog(scenario.at_most, f"{scenario.title}: it does not end"):
        report = asyncio.run(_until_told_to_stop(scenario, folder))
    for line in report.lines():
        print(line, flush=True)
    if not report.is_right:
        (folder / "evidence.json").write_text(report.evidence.json(), encoding="utf-8")
        print(f"  the bots' logs and all evidence: {folder}", flush=True)
    return report.is_right


async def _until_told_to_stop(scenario: Scenario, folder: Path) -> Report:
    """A SIGTERM ends the bots and the database, too."""
    running = asyncio.ensure_future(run(scenario, folder))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await running


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="draw what happens again; without it one is chosen")
    parser.add_argument("--operations", type=int, default=200)
    parser.add_argument(
        "--database", choices=REPLICAS, help="one of them; without it both, one after the other"
    )
    parser.add_argument("--replicas", type=int, help="how many bots (1 on SQLite, 3 on PostgreSQL)")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(10**6)
    return options


if __name__ == "__main__":
    sys.exit(main())
