"""Branch coverage, by probes that are compiled into what is imported: `-p tests.covering` switches it on.

Before Python 3.14 a tracer, which is what coverage.py has, slows down all that runs, the libraries too: with it the
tests took 1.8 times the processor time, with probes 1.1 times. Each worker of xdist measures; the controller adds up.
"""

import io
import json
import os
import sys
from typing import Any

import pytest
import slipcover

SOURCES = ["chatbot", "storage"]
AT_LEAST = 93.0
"""Percent, where it stands: raise it, never lower it."""
NEVER = sys.maxsize >> 32
"""A probe stays. To take out those that were hit means to replace functions while they run, and gains nothing."""


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before a conftest.py imports what is to be measured."""
    is_worker = "PYTEST_XDIST_WORKER" in os.environ
    has_workers = not is_worker and bool(getattr(early_config.known_args_namespace, "numprocesses", None))
    early_config.pluginmanager.register(Covering(imports=not has_workers))


class Covering:
    def __init__(self, *, imports: bool) -> None:
        """`imports`: whether this process runs tests."""
        early = sorted(name for name in sys.modules if name.partition(".")[0] in SOURCES)
        if early:
            raise pytest.UsageError(f"imported too early to be measured: {', '.join(early)}")
        self._probes = slipcover.Slipcover(branch=True, d_miss_threshold=NEVER, exclude_also=["@overload"])
        self._of_workers: list[dict[str, Any]] = []
        if imports:
            matcher = slipcover.FileMatcher(sources=SOURCES)
            slipcover.ImportManager(self._probes, matcher).__enter__()
            slipcover.wrap_spec_from_file_location(self._probes, matcher)  # so Alembic loads migrations

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> object:
        result = yield
        worker: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if worker is not None:
            worker["coverage"] = json.dumps(self._probes.get_coverage())
        elif not session.config.option.collectonly:
            self._total = self._added_up()
            session.testsfailed += self._total["summary"]["percent_covered"] < AT_LEAST
        return result

    def pytest_testnodedown(self, node: Any) -> None:
        """A worker that broke down tells nothing; then the run has failed anyway."""
        if "coverage" in getattr(node, "workeroutput", {}):
            self._of_workers.append(json.loads(node.workeroutput["coverage"]))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not hasattr(self, "_total"):
            return
        table = io.StringIO()
        slipcover.print_coverage(self._total, outfile=table, skip_covered=True, missing_width=60)
        reached = self._total["summary"]["percent_covered"]
        terminalreporter.section("coverage")
        terminalreporter.write_line(table.getvalue())
        terminalreporter.write_line(f"Coverage, with branches: {reached:.2f} %, of at least {AT_LEAST:g} %.")

    def _added_up(self) -> dict[str, Any]:
        self._probes.source = SOURCES  # now also what nobody imported
        total: dict[str, Any] = self._probes.get_coverage()
        for one in self._of_workers:
            slipcover.merge_coverage(total, one)
        return total
