"""A short run: a few operations on SQLite, with everything going wrong. `make chaos` is the long one."""

from pathlib import Path

import pytest

from tests.chaos.run import Scenario, run

FEW = Scenario(seed=11, database="sqlite", operations=4, replicas=1, projects=5, pace=0.5, kill_pace=3.0)


@pytest.mark.timeout(FEW.at_most)  # on a busy machine a killed bot is long in starting again
async def test_a_few_operations_are_all_of_them_right(tmp_path: Path) -> None:
    report = await run(FEW, tmp_path)
    assert report.is_right, "\n".join(report.lines())
    assert len(report.evidence.rows) >= FEW.operations
