"""What a look at the newest rolling release says about a request."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.deployments import Project
from chatbot.domain.judging import Baseline, Sight
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.domain.watching import judge_abort, judge_advance, judge_completion, judge_start
from tests.unit.making import NOON, canary, current, project, release, request, staged

OVER: dict[str, Any] = {"state": ReleaseState.ABORTED, "active": None}
DONE: dict[str, Any] = {"state": ReleaseState.COMPLETE, "active": 2}
BASELINE = Baseline("dpl_current", NOON - timedelta(hours=2), release_at=NOON - timedelta(days=1))
ARRIVED = project(current=canary())
ANOTHER = release(canary=canary("dpl_another"), started_at=NOON)
PINNED = project(auto_assign=False)


@pytest.mark.parametrize(
    ("seen", "sight"),
    [
        (release(), Sight.NOTHING),
        (release(active=1), Sight.ROLLING),
        (release(active=2), Sight.ROLLING),
        (release(**DONE), Sight.ROLLING),
        (release(**OVER), Sight.OVERTAKEN),
        (ANOTHER, Sight.OVERTAKEN),
        (None, Sight.OVERTAKEN),
    ],
)
def test_an_advance_is_proven_by_the_active_stage(seen: RollingRelease | None, sight: Sight) -> None:
    assert judge_advance(release(), seen) is sight


@pytest.mark.parametrize(
    ("now", "seen", "sight"),
    [
        (project(), release(), Sight.NOTHING),
        (project(), release(active=2), Sight.MOVING),
        (ARRIVED, release(active=2), Sight.MOVING),
        (ARRIVED, release(**DONE), Sight.ARRIVED),
        (project(), release(**DONE), Sight.MOVING),
        (project(current=current("dpl_else")), release(**DONE), Sight.OVERTAKEN),
        (project(), release(**OVER), Sight.OVERTAKEN),
        (ARRIVED, replace(ANOTHER, base=canary()), Sight.ARRIVED),
        (project(), replace(ANOTHER, base=canary()), Sight.MOVING),
        (project(), ANOTHER, Sight.OVERTAKEN),
        (project(), None, Sight.OVERTAKEN),
    ],
)
def test_a_completion_is_proven_by_what_is_current(
    now: Project, seen: RollingRelease | None, sight: Sight
) -> None:
    assert judge_completion(now, release(active=1), seen) is sight


@pytest.mark.parametrize(
    ("now", "seen", "sight"),
    [
        (project(), release(), Sight.NOTHING),
        (project(), release(active=1), Sight.NOTHING),
        (project(last_request=request("dpl_current", "pending")), release(**OVER), Sight.MOVING),
        (project(last_request=request("dpl_current")), release(**OVER), Sight.ARRIVED),
        (PINNED, release(**OVER), Sight.ARRIVED),
        (project(), release(**OVER), Sight.MOVING),
        (project(last_request=request("dpl_current", "failed")), release(**OVER), Sight.FAILED),
        (project(last_request=request("dpl_older", "pending")), release(**OVER), Sight.CONTESTED),
        (project(current=current("dpl_older")), release(**OVER), Sight.OVERTAKEN),
        (ARRIVED, release(**DONE), Sight.OVERTAKEN),
        (project(), ANOTHER, Sight.OVERTAKEN),
    ],
)
def test_an_abort_is_proven_by_the_release_and_then_by_its_rollback(
    now: Project, seen: RollingRelease | None, sight: Sight
) -> None:
    assert judge_abort(now, release(), seen, BASELINE) is sight


def start(now: Project, seen: RollingRelease | None, **changes: Any) -> Sight:
    values: dict[str, Any] = {"final_id": "dpl_canary", "baseline": BASELINE, "behind": None, "queued": False}
    return judge_start(now, seen, **{**values, **changes})


@pytest.mark.parametrize(
    ("now", "seen", "sight"),
    [
        (project(), release(), Sight.ROLLING),
        (project(), release(active=1), Sight.ROLLING),
        (project(), release(active=2), Sight.MOVING),
        (project(), release(**DONE), Sight.MOVING),
        (ARRIVED, release(**DONE), Sight.ARRIVED),
        (project(current=current("dpl_else")), release(**DONE), Sight.OVERTAKEN),
        (project(), release(**OVER), Sight.OVERTAKEN),
        (project(), ANOTHER, Sight.CONTESTED),
        (project(), replace(ANOTHER, queued_id="dpl_canary"), Sight.QUEUED),
        (project(), None, Sight.NOTHING),
        (project(current=current("dpl_else")), None, Sight.OVERTAKEN),
    ],
)
def test_a_start_is_proven_by_a_release_of_its_own(
    now: Project, seen: RollingRelease | None, sight: Sight
) -> None:
    assert start(now, seen) is sight


def test_an_older_release_of_the_same_canary_proves_nothing() -> None:
    baseline = replace(BASELINE, release_at=release().started_at)
    assert start(project(), release(**OVER), baseline=baseline) is Sight.NOTHING
    assert start(project(), release(started_at=NOON), baseline=baseline) is Sight.ROLLING


def test_switched_off_meanwhile_it_is_an_ordinary_promote() -> None:
    assert start(project(last_request=request("dpl_canary", "pending")), None) is Sight.MOVING
    assert start(project(last_request=request("dpl_canary")), None) is Sight.MOVING
    assert start(ARRIVED, None) is Sight.ARRIVED


WAITS = ANOTHER
AFTERWARDS = project(current=canary("dpl_another"))


@pytest.mark.parametrize(
    ("now", "seen", "queued", "sight"),
    [
        (project(), replace(WAITS, queued_id="dpl_canary"), False, Sight.QUEUED),
        (project(), replace(WAITS, queued_id="dpl_canary", active=1), True, Sight.QUEUED),
        (project(), WAITS, False, Sight.NOTHING),
        (project(), WAITS, True, Sight.OVERTAKEN),
        (project(), replace(WAITS, queued_id="dpl_third"), True, Sight.OVERTAKEN),
        (project(), replace(WAITS, **OVER), True, Sight.OVERTAKEN),
        (project(), replace(WAITS, **OVER), False, Sight.NOTHING),
        (AFTERWARDS, replace(WAITS, **DONE), True, Sight.MOVING),
        (AFTERWARDS, release(started_at=NOON), True, Sight.ROLLING),
        (AFTERWARDS, release(started_at=NOON, **OVER), True, Sight.OVERTAKEN),
        (ARRIVED, replace(WAITS, **DONE), True, Sight.ARRIVED),
        (
            project(
                current=canary("dpl_another"),
                last_request=request("dpl_canary", "failed"),
            ),
            replace(WAITS, **DONE),
            True,
            Sight.FAILED,
        ),
    ],
)
def test_what_waits_is_queued_as_long_as_that_is_seen(
    now: Project, seen: RollingRelease, queued: bool, sight: Sight
) -> None:
    assert start(now, seen, behind=WAITS, queued=queued) is sight


def test_a_baseline_holds_whatever_rolling_releases_there_were() -> None:
    assert Baseline.of(project(), release()).release_at == release().started_at
    assert Baseline.of(project(), release()).still_holds(project())
    assert not Baseline.of(project(), release()).still_holds(project(current=staged()))
