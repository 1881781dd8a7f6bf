from datetime import timedelta

import pytest

from chatbot.domain.operations import (
    NEXT,
    Baseline,
    Build,
    Findings,
    IllegalTransition,
    Stage,
    check_transition,
    duration,
)
from chatbot.domain.planning import plan_promotion, plan_rollback
from tests.unit.making import NOON, current, look, operation, preview, project, promoted, request, staged

OUTCOMES = {
    *(Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.FAILED, Stage.UNKNOWN),
    *(Stage.SUPERSEDED, Stage.OUTDATED, Stage.CANCELLED),
}


def reachable(start: Stage) -> set[Stage]:
    found: set[Stage] = set()
    ahead = [start]
    while ahead:
        new = NEXT[ahead.pop()] - found
        found |= new
        ahead += new
    return found


def test_every_stage_has_its_next_ones() -> None:
    assert set(NEXT) == set(Stage)


def test_outcomes_are_exactly_where_nothing_follows() -> None:
    assert {stage for stage in Stage if stage.is_outcome} == OUTCOMES


@pytest.mark.parametrize("stage", sorted(set(Stage) - OUTCOMES))
def test_every_other_stage_can_end_well_or_badly(stage: Stage) -> None:
    assert {Stage.SUCCEEDED, Stage.FAILED} <= reachable(stage)


def test_every_stage_is_reached_from_the_first() -> None:
    assert reachable(Stage.REQUESTED) == set(Stage) - {Stage.REQUESTED}


def test_nothing_is_asked_twice() -> None:
    """Only the first stage leads to the ask, and nothing leads back to it."""
    assert [stage for stage in Stage if Stage.ASKED in NEXT[stage]] == [Stage.REQUESTED]
    assert all(Stage.REQUESTED not in NEXT[stage] for stage in Stage)


def test_the_only_way_round_is_a_build_whose_ask_or_promote_was_not_answered() -> None:
    circling = {stage for stage in Stage if stage in reachable(stage)}
    assert circling == {Stage.BUILDING, Stage.UNSURE}


def test_after_the_ask_nobody_cancels_and_nothing_is_outdated() -> None:
    for stage in (Stage.OUTDATED, Stage.CANCELLED):
        assert [before for before in Stage if stage in NEXT[before]] == [Stage.REQUESTED]


@pytest.mark.parametrize("before", Stage)
@pytest.mark.parametrize("after", Stage)
def test_a_step_is_legal_when_it_is_listed_or_none_at_all(before: Stage, after: Stage) -> None:
    if after is before or after in NEXT[before]:
        check_transition(before, after)
    else:
        with pytest.raises(IllegalTransition, match=f"{before} -> {after}"):
            check_transition(before, after)


def test_a_promote_and_a_rollback_end_in_their_target() -> None:
    assert operation(plan_promotion(look(staged()))).final_id == "dpl_target"
    assert operation(plan_rollback(look(promoted()))).final_id == "dpl_target"


def test_a_rebuild_ends_in_a_deployment_that_is_known_once_it_exists() -> None:
    plan = plan_promotion(look(preview()))
    assert operation(plan).final_id is None
    build = Build.of(staged("dpl_new", logs_url="https://vercel.com/x", error="no"))
    assert operation(plan, findings=Findings(build=build)).final_id == "dpl_new"
    assert (build.url, build.ready_state, build.started_at) == (
        staged("dpl_new").url,
        "READY",
        staged().created_at,
    )
    assert (build.logs_url, build.error) == ("https://vercel.com/x", "no")


def test_the_baseline_is_current_and_the_last_request() -> None:
    asked = project(last_request=request("dpl_current"))
    assert Baseline.of(asked) == Baseline("dpl_current", NOON)
    assert Baseline.of(project(current=None)) == Baseline(None, None)
    assert Baseline.of(project(current=current("dpl_x"))) == Baseline("dpl_x", None)


def test_the_duration_is_from_the_ask_to_the_outcome_and_never_negative() -> None:
    plan = plan_promotion(look(staged()))
    later = NOON + timedelta(seconds=7)
    assert duration(operation(plan, asked_at=NOON, finished_at=later)) == timedelta(seconds=7)
    assert duration(operation(plan, asked_at=later, finished_at=NOON)) == timedelta()
    assert duration(operation(plan, asked_at=NOON)) is None
    assert duration(operation(plan, finished_at=NOON)) is None
