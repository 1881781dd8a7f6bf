"""Plans that a rolling release has to do with: begun, a step of it, behind it, against it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.deployments import Deployment, ReleaseStage
from chatbot.domain.operations import Findings, Operation, Stage
from chatbot.domain.planning import (
    NoSuchStep,
    ReleaseOver,
    ReleaseUnderWay,
    StillBuilding,
    plan_promotion,
    plan_rollback,
    plan_step,
)
from chatbot.domain.plans import (
    Caution,
    Look,
    Part,
    Path,
    Plan,
    what_changed,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.domain.serving import moved_by
from chatbot.domain.undoing import retry_of, undo_of, undo_of_last
from tests.unit.making import (
    NOON,
    THREE_STAGES,
    canary,
    current,
    deployment,
    look,
    operation,
    pinned,
    preview,
    project,
    promoted,
    release,
    staged,
)

ROLLS = project(rolling_release=True, stages=THREE_STAGES)
OVER = release(state=ReleaseState.ABORTED, active=None)


def during(target: Deployment, made: RollingRelease | None = None, **changes: Any) -> Look:
    return look(target, **{"project": ROLLS, "newest_release": made or release(), **changes})


def step(path: Path, **changes: Any) -> Plan:
    return plan_step(path, during(current() if path is Path.ABORT else canary(), release(**changes)))


@pytest.mark.parametrize(("target", "path"), [(staged(), Path.PROMOTE), (preview(), Path.REBUILD)])
@pytest.mark.parametrize("newest", [None, OVER])
def test_where_they_are_enabled_a_promotion_begins_one(
    target: Deployment, path: Path, newest: RollingRelease | None
) -> None:
    off = replace(ROLLS, auto_assign=False)
    plan = plan_promotion(look(target, project=off, newest_release=newest))
    assert (plan.path, plan.starts_release, plan.only_begins) == (path, True, True)
    assert plan.auto_assign_after is False  # until it is complete


def test_the_first_deployment_has_nothing_to_share_visitors_with() -> None:
    plan = plan_promotion(look(staged(), project=replace(ROLLS, current=None)))
    assert not plan.starts_release
    assert plan.auto_assign_after


@pytest.mark.parametrize("target", [canary(), current(), promoted(), staged(), preview()])
def test_while_one_is_under_way_a_promotion_shows_it(target: Deployment) -> None:
    with pytest.raises(ReleaseUnderWay) as refused:
        plan_promotion(during(target))
    assert refused.value.release == release()


def test_a_build_has_to_be_ready_all_the_same() -> None:
    with pytest.raises(StillBuilding):
        plan_promotion(during(deployment(ready_state="BUILDING")))


@pytest.mark.parametrize("target", [staged(), preview()])
def test_what_has_not_served_may_wait(target: Deployment) -> None:
    plan = plan_promotion(during(target), may_wait=True)
    assert plan.waits_behind == release()
    assert not plan.starts_release
    assert plan.only_begins
    assert Caution.REPLACES_QUEUED not in plan.cautions
    queued = plan_promotion(during(target, release(queued_id="dpl_third")), may_wait=True)
    assert Caution.REPLACES_QUEUED in queued.cautions


@pytest.mark.parametrize("target", [canary(), current(), promoted()])
def test_what_serves_or_has_served_may_not(target: Deployment) -> None:
    with pytest.raises(ReleaseUnderWay):
        plan_promotion(during(target), may_wait=True)


def test_a_rollback_aborts_it_and_says_so() -> None:
    plan = plan_rollback(during(promoted(), release(queued_id="dpl_third")))
    assert plan.path is Path.ROLLBACK
    assert {Caution.ABORTS_RELEASE, Caution.DROPS_QUEUED} <= set(plan.cautions)
    assert Caution.ABORTS_RELEASE not in plan_rollback(look(promoted(), newest_release=OVER)).cautions


@pytest.mark.parametrize("target", [canary(), current()])
def test_a_rollback_to_a_side_of_it_shows_it(target: Deployment) -> None:
    with pytest.raises(ReleaseUnderWay):
        plan_rollback(during(target))


def test_the_steps_of_one() -> None:
    assert [step(path).target.id for path in (Path.ADVANCE, Path.COMPLETE, Path.ABORT)] == [
        "dpl_canary",
        "dpl_canary",
        "dpl_current",
    ]
    assert step(Path.ADVANCE).only_begins
    assert step(Path.ADVANCE).auto_assign_after is step(Path.ADVANCE).auto_assign_before
    assert step(Path.COMPLETE).auto_assign_after
    abort = step(Path.ABORT, queued_id="dpl_third")
    assert not abort.auto_assign_after
    assert {Caution.PINS, Caution.DROPS_QUEUED} <= set(abort.cautions)


def test_completing_one_undoes_a_pin_and_advancing_it_does_not() -> None:
    held = pinned(rolling_release=True, stages=THREE_STAGES)
    plans = {p: plan_step(p, during(canary(), project=held)) for p in (Path.ADVANCE, Path.COMPLETE)}
    assert Caution.UNPINS in plans[Path.COMPLETE].cautions
    assert Caution.UNPINS not in plans[Path.ADVANCE].cautions


@pytest.mark.parametrize("path", [Path.ADVANCE, Path.COMPLETE, Path.ABORT])
@pytest.mark.parametrize("newest", [OVER, None, release(canary=canary("dpl_x"), base=current("dpl_y"))])
def test_without_that_release_there_is_no_step(path: Path, newest: RollingRelease | None) -> None:
    target = current() if path is Path.ABORT else canary()
    with pytest.raises(ReleaseOver):
        plan_step(path, look(target, newest_release=newest))


@pytest.mark.parametrize("active", [1, 2])
def test_the_last_stage_is_reached_by_completing(active: int) -> None:
    with pytest.raises(NoSuchStep):
        step(Path.ADVANCE, active=active)
    assert step(Path.COMPLETE, active=active).path is Path.COMPLETE


BOUND = {
    "another canary": {"canary": canary("dpl_x")},
    "another release of it": {"started_at": NOON},
    "another base": {"base": current("dpl_y")},
}
STAGE, QUEUED = {"active": 1}, {"queued_id": "dpl_third"}


def bound_to(before: Plan, after: Plan) -> bool:
    changed = what_changed(before, after) == (Part.RELEASE,)
    assert (before.fingerprint() != after.fingerprint()) is changed
    assert (before.core_fingerprint() != after.core_fingerprint()) is changed
    return changed


@pytest.mark.parametrize("changes", BOUND.values(), ids=BOUND)
def test_a_confirmation_is_bound_to_the_release(changes: dict[str, Any]) -> None:
    for plan in (step(Path.COMPLETE), plan_promotion(during(staged()), may_wait=True)):
        assert bound_to(plan, replace(plan, newest_release=release(**changes)))
    rollback = plan_rollback(during(promoted()))
    assert bound_to(rollback, replace(rollback, newest_release=release(**changes)))


@pytest.mark.parametrize("path", [Path.ADVANCE, Path.COMPLETE, Path.ABORT])
def test_a_step_is_bound_to_the_stage_and_not_to_what_waits(path: Path) -> None:
    assert bound_to(step(path), replace(step(path), newest_release=release(**STAGE)))
    assert not bound_to(step(path), replace(step(path), newest_release=release(**QUEUED)))


def test_a_place_behind_it_is_bound_to_who_has_it_now() -> None:
    waits = plan_promotion(during(staged()), may_wait=True)
    assert bound_to(waits, replace(waits, newest_release=release(**QUEUED)))
    assert not bound_to(waits, replace(waits, newest_release=release(**STAGE)))
    rollback = plan_rollback(during(promoted()))
    assert not bound_to(rollback, replace(rollback, newest_release=release(**STAGE)))


def test_a_beginning_is_bound_to_the_stages_and_to_that_it_is_one() -> None:
    begins = plan_promotion(look(staged(), project=ROLLS))
    others = replace(ROLLS, stages=(ReleaseStage(50, timedelta(minutes=5)), ReleaseStage(100)))
    assert bound_to(begins, plan_promotion(look(staged(), project=others)))
    assert bound_to(begins, plan_promotion(look(staged())))
    assert not bound_to(begins, plan_promotion(look(staged(), project=ROLLS, newest_release=OVER)))


def ended(plan: Plan, stage: Stage = Stage.SUCCEEDED, **found: Any) -> Operation:
    return operation(plan, stage, finished_at=NOON, findings=Findings(**found))


BEGUN = ended(
    plan_promotion(look(canary(ready_substate="STAGED"), project=ROLLS)),
    release=release(),
    seen="dpl_current",
    auto_assign=True,
)


def test_the_way_back_from_a_beginning_and_from_an_advance_is_the_abort() -> None:
    advanced = ended(step(Path.ADVANCE), release=release(active=1), seen="dpl_current", auto_assign=True)
    for made, stage in ((BEGUN, 0), (advanced, 1)):
        undo = undo_of(made)
        assert undo is not None
        assert (undo.path, undo.target.id) == (Path.ABORT, "dpl_current")
        assert undo.core_fingerprint() == step(Path.ABORT, active=stage).core_fingerprint()
        assert undo_of_last([made], ROLLS).path is Path.ABORT


def test_once_it_is_complete_the_way_back_is_a_rollback() -> None:
    complete = release(state=ReleaseState.COMPLETE, active=2)
    undo = undo_of(ended(step(Path.COMPLETE), release=complete, seen="dpl_canary", auto_assign=True))
    assert undo is not None
    assert (undo.path, undo.target.id) == (Path.ROLLBACK, "dpl_current")
    after = replace(ROLLS, current=canary(), auto_assign=True)
    fresh = plan_rollback(look(promoted("dpl_current"), project=after, newest_release=complete))
    assert undo.core_fingerprint() == fresh.core_fingerprint()


def test_the_way_back_from_an_abort_begins_it_anew() -> None:
    undo = undo_of(ended(step(Path.ABORT), release=OVER, seen="dpl_current", auto_assign=False))
    assert undo is not None
    assert (undo.path, undo.target.id, undo.starts_release) == (Path.PROMOTE, "dpl_canary", True)
    after = replace(ROLLS, auto_assign=False)
    fresh = plan_promotion(look(canary(ready_substate="STAGED"), project=after, newest_release=OVER))
    assert undo.core_fingerprint() == fresh.core_fingerprint()


def test_a_completion_that_ended_half_way_is_completed_or_aborted() -> None:
    last = release(active=2)
    half = ended(step(Path.COMPLETE), Stage.PARTLY_MOVED, release=last, seen="dpl_current", auto_assign=True)
    retry, undo = retry_of(half), undo_of(half)
    assert retry is not None
    assert undo is not None
    assert (retry.path, undo.path) == (Path.COMPLETE, Path.ABORT)
    assert retry.core_fingerprint() == step(Path.COMPLETE, active=2).core_fingerprint()


def test_visitors_that_were_split_are_no_move_of_production() -> None:
    assert moved_by(BEGUN) is None
    assert moved_by(ended(step(Path.ADVANCE), release=release(active=1))) is None
    assert moved_by(ended(step(Path.ABORT), release=OVER)) is None
    assert moved_by(ended(step(Path.COMPLETE), seen="dpl_canary")) is not None
