"""`make bench`: measure everything side by side, print it as a table and, if asked, write it as JSON.

The official Vercel CLI is part of it. Without Node.js and npm, or without the CLI, nothing is measured and the exit
code is 1.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.benchmarks.beside_cli import Command
from tests.benchmarks.measuring import Counts, measure
from tests.conformance.installing import NEWEST, NoNode, NotInstalled, installed

CACHE = Path(".cache/conformance").resolve()
"""Where make conformance puts it too."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there too")
    options = parser.parse_args()
    try:
        command = Command(installed(NEWEST, CACHE))
    except NoNode:
        return _fail("Node.js and npm are missing")
    except NotInstalled as error:
        return _fail(f"npm could not install it: {error}")
    report = asyncio.run(measure(Counts(), command))
    print(report.table())
    if options.json is not None:
        options.json.write_text(report.json() + "\n", encoding="utf-8")
    return 0


def _fail(why: str) -> int:
    print(
        f"NOTHING WAS MEASURED. The bot is measured beside vercel {NEWEST}, and {why}.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
