"""The benchmark itself: every figure that has an aim is measured, and can be read back. No timing is asserted."""

import json
import math
import sys
from pathlib import Path

import pytest

from tests.benchmarks import announced, beside_cli, confirmations, stand_in, watched, webhooks
from tests.benchmarks.__main__ import main
from tests.benchmarks.announced import Burst
from tests.benchmarks.beside_cli import Command
from tests.benchmarks.figures import Aim, Figure, percentile
from tests.benchmarks.measuring import Counts, measure
from tests.benchmarks.report import Report

BURST = Burst(changes=2, channels=2, times=8)
FEW = Counts(
    acks=2,
    rounds=1,
    promotions=2,
    moves=1,
    usually={"shop": 0.1},
    cards=1,
    starts=1,
    idle=0.0,
    webhooks=1,
    watched=(2,),
    minutes=1,
    burst=BURST,
)
STAND_IN = Command(Path(stand_in.__file__), node=sys.executable)
AIMED = {
    ("Ack of /promote over HTTP, beside bare Bolt's", "one at a time, p50"),
    ("Ack of /promote over HTTP, beside bare Bolt's", "one at a time, p99"),
    ("Click on Promote to Current, auto-assignment kept off, over the platform's own time", "proven, p50"),
    ("Click on Promote to Current, auto-assignment kept off, over the platform's own time", "proven, p95"),
    ("Start to ready, beside importing the libraries", "with its database"),
    ("Start to ready, beside importing the libraries", "making its database"),
    *((beside_cli.OVERHEAD, f"{kind}, p50") for kind in beside_cli.KINDS),
    *((beside_cli.OVERHEAD, f"{kind}, from its answer on, p50") for kind in beside_cli.KINDS),
    *((beside_cli.REQUESTS, f"{kind}, mean") for kind in beside_cli.KINDS),
    (confirmations.SECTION, "/promote of a Staged build, p95"),
    (confirmations.SECTION, "/promote of its commit, p95"),
    (confirmations.SECTION, "/promote of a preview, p95"),
    (confirmations.SECTION, "/promote of its branch, p95"),
    (confirmations.SECTION, "/rollback to an earlier build, p95"),
    *((webhooks.SECTION, f"longer than bare, p{rank}") for rank in (50, 95)),
    (watched.REQUESTS, "2 projects"),
    *((watched.MEMORY, f"2 projects, at most in the {which} round") for which in ("first", "second")),
    (announced.section(BURST), "posts, beside the messages that are there"),
}


@pytest.mark.timeout(180)  # a dozen processes, one after the other
async def test_a_run_measures_everything_that_has_an_aim() -> None:
    report = await measure(FEW, STAND_IN)
    assert {(f.section, f.name) for f in report.figures if f.aim} == AIMED
    assert all(math.isfinite(f.ours) and f.ours > 0 for f in report.figures)
    assert all(f.beside for f in report.figures if f.aim and f.aim.of == "ratio")
    requests = {e.name: e.total for e in report.endpoints}
    assert requests["POST /v10/projects/{project}/promote/{deployment}"] == 1
    assert requests["all of Vercel"] == sum(
        count for name, count in requests.items() if "/" in name and "/github/" not in name
    )

    table = report.table()
    assert all(section in table and name in table for section, name in AIMED)
    written = json.loads(report.json())
    assert len(written["figures"]) == len(report.figures)
    assert [e["endpoint"] for e in written["requests_per_promotion"]] == list(requests)


def test_without_the_official_cli_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["bench"])
    assert main() == 1
    said = capsys.readouterr()
    assert "NOTHING WAS MEASURED" in said.err
    assert "Node.js and npm are missing" in said.err
    assert not said.out


def test_an_aim_is_judged_by_the_figure_or_by_its_ratio() -> None:
    assert Figure("s", "n", "ms", 8.0, 1.0, Aim(8, of="ratio")).is_met is True
    assert Figure("s", "n", "ms", 8.1, 1.0, Aim(8, of="ratio")).is_met is False
    assert Figure("s", "n", "ms", 149.0, None, Aim(150, of="figure")).is_met is True
    assert Figure("s", "n", "ms", 8.1, None, Aim(8, of="ratio")).is_met is False  # nothing to compare it with
    assert Figure("s", "n", "ms", 8.1).is_met is None


def test_a_percentile_is_a_sample_that_was_measured() -> None:
    assert [percentile([4.0, 1.0, 3.0, 2.0], rank) for rank in (1, 50, 75, 99)] == [1.0, 2.0, 3.0, 4.0]


def test_the_table_names_what_was_missed() -> None:
    figures = [
        Figure("Speed", "slow", "ms", 9.0, 1.0, Aim(8, of="ratio")),
        Figure("Memory", "idle", "MiB", 80.0),
    ]
    lines = Report(figures, [], seconds=1.0).table().splitlines()
    assert next(line for line in lines if "slow" in line).split() == [
        "slow",
        "9.00",
        "ms",
        "1.00",
        "ms",
        "9.00",
        "8",
        "times",
        "MISSED",
    ]
    assert lines[-1].startswith("0 of 1 aims met")
