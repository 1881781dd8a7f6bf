from datetime import timedelta

import pytest
from hypothesis import given

from chatbot.domain.operations import (
    NEXT,
    Build,
    Findings,
    IllegalTransition,
    Operation,
    Stage,
    check_transition,
    duration,
)
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from tests.unit.making import NOON, current, look, operation, preview, project, promoted, staged
from tests.unit.strategies import operations

OUTCOMES = {
    *(Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.FAILED, Stage.UNKNOWN),
    *(Stage.SUPERSEDED, Stage.OUTDATED, Stage.CANCELLED, Stage.STAGED),
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


def test_nothing_follows_an_outcome_except_that_an_unknown_one_may_become_known() -> None:
    assert {stage for stage in Stage if stage.is_outcome} == OUTCOMES
    assert {stage for stage in Stage if not NEXT[stage]} == OUTCOMES - {Stage.UNKNOWN}
    assert NEXT[Stage.UNKNOWN] == {Stage.SUCCEEDED, Stage.PARTLY_MOVED, Stage.FAILED, Stage.SUPERSEDED}


@pytest.mark.parametrize("stage", sorted(set(Stage) - OUTCOMES))
def test_every_other_stage_can_end_well_or_badly(stage: Stage) -> None:
    assert {Stage.SUCCEEDED, Stage.FAILED} <= reachable(stage)


def test_every_stage_is_reached_from_the_first() -> None:
    assert reachable(Stage.WAITING) == set(Stage) - {Stage.WAITING}


def test_nothing_is_asked_twice() -> None:
    """Only one stage leads to the ask, and nothing after it leads back there."""
    assert [stage for stage in Stage if Stage.ASKED in NEXT[stage]] == [Stage.REQUESTED]
    assert [stage for stage in Stage if Stage.REQUESTED in NEXT[stage]] == [Stage.WAITING]
    assert all(Stage.WAITING not in NEXT[stage] for stage in Stage)


def test_the_only_way_round_is_a_build_whose_ask_or_promote_was_not_answered() -> None:
    circling = {stage for stage in Stage if stage in reachable(stage)}
    assert circling == {Stage.BUILDING, Stage.UNSURE}


def test_only_before_the_ask_something_is_outdated_and_only_what_waits_is_given_up() -> None:
    before_the_ask = [Stage.WAITING, Stage.REQUESTED]
    assert [before for before in Stage if Stage.OUTDATED in NEXT[before]] == before_the_ask
    assert [before for before in Stage if Stage.CANCELLED in NEXT[before]] == [Stage.WAITING, Stage.BUILDING]


def test_only_a_build_that_is_not_to_be_promoted_ends_staged() -> None:
    assert [before for before in Stage if Stage.STAGED in NEXT[before]] == [Stage.BUILDING]


def test_every_stage_that_has_begun_may_see_production_change_hands() -> None:
    under_way = {stage for stage in Stage if not stage.is_outcome} - {Stage.WAITING} | {Stage.UNKNOWN}
    assert {before for before in Stage if Stage.SUPERSEDED in NEXT[before]} == under_way


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


def test_it_took_the_place_of_what_was_current_before_the_last_ask() -> None:
    plan = plan_promotion(look(staged()))
    assert operation(plan).was == current()
    assert operation(plan, findings=Findings(before=current("dpl_pushed"))).was == current("dpl_pushed")
    assert operation(plan_promotion(look(staged(), project=project(current=None)))).was is None


def test_a_promote_and_a_rollback_make_their_target_current() -> None:
    assert operation(plan_promotion(look(staged()))).made == staged()
    assert operation(plan_rollback(look(promoted()))).made == promoted()


def test_a_rebuild_makes_a_production_deployment_of_the_same_commit() -> None:
    plan = plan_promotion(look(preview()))
    build = Build("dpl_new", "shop-new-acme.vercel.app", "READY", NOON)
    assert operation(plan).made == preview()  # as long as nothing else is known
    made = operation(plan, findings=Findings(build=build)).made
    assert (made.id, made.url, made.target) == ("dpl_new", "shop-new-acme.vercel.app", "production")
    assert (made.commit, made.label) == (preview().commit, preview().label)


@given(operations())
def test_what_it_makes_is_what_is_to_be_current_in_the_end(made: Operation) -> None:
    assert made.final_id in {None, made.made.id}
    assert (made.final_id is None) is (made.plan.path.builds and made.findings.build is None)


def test_the_duration_is_from_the_ask_to_the_outcome_and_never_negative() -> None:
    plan = plan_promotion(look(staged()))
    later = NOON + timedelta(seconds=7)
    assert duration(operation(plan, asked_at=NOON, finished_at=later)) == timedelta(seconds=7)
    assert duration(operation(plan, asked_at=later, finished_at=NOON)) == timedelta()
    assert duration(operation(plan, asked_at=NOON)) is None
    assert duration(operation(plan, finished_at=NOON)) is None
