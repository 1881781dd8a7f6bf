"""Incidents: what counts as detected, rolled back and recovered, and how often is looked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.incidents import Entry, Kind, Visit, times, turned, until_next_look, ways_back_of
from chatbot.domain.operations import Stage
from chatbot.domain.plans import Path
from tests.unit.making import NOON

MINUTE = timedelta(minutes=1)


def entry(kind: Kind, minutes: float = 0, **more: Any) -> Entry:
    return replace(Entry(NOON + minutes * MINUTE, kind, "bot"), **more)


def ended(minutes: float, path: Path, stage: Stage) -> Entry:
    return entry(Kind.ENDED, minutes, path=path, stage=stage)


OPENED = entry(Kind.OPENED)
ILL = entry(Kind.ILL, 1)
BACK = ended(3, Path.ROLLBACK, Stage.SUCCEEDED)


def test_it_is_rolled_back_by_the_first_way_back_that_has_moved_production() -> None:
    failed, promoted = (
        ended(1, Path.ROLLBACK, Stage.FAILED),
        ended(2, Path.PROMOTE, Stage.SUCCEEDED),
    )
    assert times(NOON, [OPENED, failed, promoted]).rolled_back is None
    assert times(NOON, [OPENED, failed, promoted, BACK]).rolled_back == BACK.at
    half = ended(2, Path.ABORT, Stage.PARTLY_MOVED)
    assert times(NOON, [OPENED, half, BACK]).rolled_back == half.at


def test_it_has_recovered_once_all_was_well_after_it_was_ill_and_has_stayed_so() -> None:
    well = entry(Kind.WELL, 4)
    assert times(NOON, [OPENED, entry(Kind.WELL)]).recovered is None
    assert times(NOON, [OPENED, ILL, BACK, well]).recovered == well.at
    assert times(NOON, [OPENED, ILL, BACK, well, entry(Kind.ILL, 5)]).recovered is None


def test_times_are_counted_from_its_beginning_which_an_alert_may_put_before_its_opening() -> None:
    found = times(NOON - 2 * MINUTE, [OPENED, BACK])
    assert found.after(found.detected) == 2 * MINUTE
    assert found.after(found.rolled_back) == 5 * MINUTE
    assert found.after(found.recovered) is None


@pytest.mark.parametrize(
    ("before", "wells", "news"),
    [
        ([], [True], Kind.WELL),
        ([], [True, False], Kind.ILL),
        ([ILL], [False], None),
        ([ILL], [True, True], Kind.WELL),
        ([ILL, entry(Kind.WELL, 2)], [False, True], Kind.ILL),
        ([ILL], [], None),
    ],
)
def test_health_is_told_when_it_turns(before: list[Entry], wells: list[bool], news: Kind | None) -> None:
    visits = [Visit(f"{n}.example.com", is_well=well) for n, well in enumerate(wells)]
    assert turned(before, visits, NOON + 3 * MINUTE) is news


def test_a_site_that_comes_and_goes_does_not_fill_the_timeline() -> None:
    told = [entry(Kind.ILL if n % 2 else Kind.WELL, n / 10) for n in range(10)]
    well = [Visit("shop.example.com", is_well=True)]
    assert turned(told[:-2], well, NOON + MINUTE) is Kind.WELL
    assert turned(told, well, NOON + MINUTE) is None
    assert turned(told, well, NOON + 6 * MINUTE) is Kind.WELL


def test_each_project_stands_as_its_last_way_back_does() -> None:
    def of(project: str, kind: Kind, path: Path = Path.ROLLBACK, stage: Stage | None = None) -> Entry:
        return entry(kind, project=project, path=path, stage=stage)

    told = [
        of("shop", Kind.REQUESTED),
        of("api", Kind.REQUESTED),
        of("shop", Kind.ENDED, stage=Stage.FAILED),
        of("docs", Kind.REQUESTED, Path.PROMOTE),
        of("api", Kind.ENDED, stage=Stage.SUCCEEDED),
        of("shop", Kind.REQUESTED),
    ]
    assert list(ways_back_of(told).items()) == [("shop", None), ("api", Stage.SUCCEEDED)]


def test_many_projects_and_domains_are_looked_at_less_often() -> None:
    def pause(hours: float = 0, projects: int = 1, domains: int = 4) -> float:
        found = until_next_look(timedelta(hours=hours), projects=projects, domains=domains)
        return found.total_seconds()

    assert pause() == 5
    assert pause(projects=20, domains=20) == 20
    assert pause(domains=200) == 20
    assert pause(hours=2) == 30
