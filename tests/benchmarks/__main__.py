"""`make bench`: measure everything side by side, print it as a table and, if asked, write it as JSON."""

import argparse
import asyncio
from pathlib import Path

from tests.benchmarks.measuring import Counts, measure


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there too")
    options = parser.parse_args()
    report = asyncio.run(measure(Counts()))
    print(report.table())
    if options.json is not None:
        options.json.write_text(report.json() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
