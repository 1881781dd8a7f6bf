"""What the report says, and what its exit code makes of it."""

import pytest

from tests.conformance.casting import CASES
from tests.conformance.report import Line, Report
from tests.conformance.stage import Mismatch, Printed, holds, one, same


def test_a_line_for_each_command_and_the_total_last(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.add(Line("whoami", 1.04))
    report.add(Line("promote", 0.5, "exit code 1 instead of 0:\nError"))
    assert report.close() == 1
    assert capsys.readouterr().out.splitlines() == [
        "pass  whoami  (1.0 s)",
        "fail  promote  (0.5 s)",
        "      exit code 1 instead of 0:",
        "      Error",
        "1 passed, 1 failed",
    ]


def test_what_was_not_checked_is_said_after_the_total(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(notes=["The official schema was not checked."])
    report.add(Line("whoami"))
    assert report.close() == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "1 passed, 0 failed",
        "The official schema was not checked.",
    ]


def test_a_run_that_checked_nothing_has_failed() -> None:
    assert Report().close() == 1


def test_what_a_case_says_is_checked() -> None:
    printed = Printed(0, "out", "err")
    printed.says("out", "err")
    printed.never_says("else")
    for wrong in (
        lambda: printed.says("else"),
        lambda: printed.never_says("out"),
        printed.json,
        lambda: same(1, 2, "it"),
        lambda: holds([], "there is some"),
        lambda: one([1, 1], lambda item: item == 1, "ones"),
    ):
        with pytest.raises(Mismatch):
            wrong()


def test_every_command_that_is_promised_is_among_the_cases() -> None:
    from tests.conformance import cases

    assert len({(case.play.__module__, case.title) for case in CASES}) == len(CASES) > 60
    assert {case.play.__module__.rpartition(".")[2] for case in CASES} == set(cases.__all__)
