"""A production build that has failed, built again: when that is offered, and what it comes to."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.operations import Build, Stage
from chatbot.domain.planning import (
    BuiltSince,
    NotFailed,
    PlanRefused,
    RedeployChanged,
    ReleaseUnderWay,
    plan_redeploy,
)
from chatbot.domain.plans import Path
from chatbot.messages import confirmation, operation, redeploy
from chatbot.messages.redeploy import Promised, promised, redeploy_button
from tests.unit.happening import at
from tests.unit.making import (
    NOON,
    current,
    deployment,
    look,
    pinned,
    preview,
    project,
    release,
    staged,
)
from tests.unit.saying import CONFIRMATION_ID, VALID, words

FAILED = deployment(
    "dpl_failed", ready_state="ERROR", ready_substate=None, error="npm run build exited with 1"
)
LATER = NOON - timedelta(minutes=5)
OFF = project(auto_assign=False)


@pytest.mark.parametrize("state", ["ERROR", "CANCELED"])
def test_what_has_failed_is_built_again_and_leaves_auto_assignment_alone(state: str) -> None:
    for one in (project(), OFF, pinned()):
        plan = plan_redeploy(look(deployment(ready_state=state, ready_substate=None), project=one))
        assert (plan.path, plan.auto_assign_after, plan.keep_off) == (Path.REDEPLOY, one.auto_assign, False)
        assert plan.keeping_off(keep_off=True) == plan


@pytest.mark.parametrize(
    "target",
    [staged(), current(), deployment(ready_state="BUILDING"), preview(ready_state="ERROR")],
)
def test_only_a_production_build_that_has_failed_is(target: Deployment) -> None:
    with pytest.raises(NotFailed):
        plan_redeploy(look(target))


@pytest.mark.parametrize(
    ("newer", "refusal"),
    [
        (staged("dpl_next", created_at=LATER), BuiltSince),
        (deployment("dpl_next", created_at=LATER, ready_state="BUILDING", ready_substate=None), BuiltSince),
        (deployment("dpl_next", created_at=LATER, ready_state="ERROR", ready_substate=None), None),
        (preview("dpl_next", created_at=LATER), None),
        (staged("dpl_before", created_at=NOON - timedelta(hours=2)), None),
    ],
)
def test_not_where_a_newer_build_is_there_or_on_its_way(
    newer: Deployment, refusal: type[PlanRefused] | None
) -> None:
    seen = look(FAILED, recent=(newer,))
    if refusal is None:
        assert plan_redeploy(seen).target == FAILED
    else:
        with pytest.raises(refusal):
            plan_redeploy(seen)


def test_not_where_its_successor_is_current_nor_during_a_rolling_release() -> None:
    with pytest.raises(BuiltSince):
        plan_redeploy(look(FAILED, project=project(current=current(created_at=LATER))))
    with pytest.raises(ReleaseUnderWay):
        plan_redeploy(look(FAILED, newest_release=release()))


@pytest.mark.parametrize(
    ("of", "then"),
    [
        (
            project(),
            "Once it is ready, it becomes Current by itself, on 2 domains: a.example.com, b.example.com.",
        ),
        (OFF, "It stays Staged: auto-assignment is off."),
        (pinned(), "It stays Staged: production is pinned."),
    ],
)
def test_the_dialog_says_what_the_new_build_comes_to(of: Project, then: str) -> None:
    names = ["a.example.com", "b.example.com"]
    made = redeploy_button(FAILED, assigns=of.auto_assign, pinned=of.pinned, domains=names).to_dict()
    assert made["confirm"]["title"]["text"] == "Redeploy shop?"
    assert made["confirm"]["text"]["text"] == f"A complete new build of what failed: 3f2a1bc. {then}"
    assert promised(made["value"]) == Promised("dpl_failed", of.auto_assign)
    assert promised(f"{made['value']} override") == Promised("dpl_failed", of.auto_assign, overrides=True)


@pytest.mark.parametrize(
    "value", ["", "dpl_failed", "dpl_failed maybe", "dpl_failed current\n", "a b current"]
)
def test_another_value_is_none_of_ours(value: str) -> None:
    assert promised(value) is None


def test_a_build_that_is_not_to_be_promoted_ends_staged_with_a_button_to_promote_it() -> None:
    plan = plan_redeploy(look(FAILED, project=pinned()))
    build = Build("dpl_new", "shop-new.vercel.app", "READY", NOON)
    ended = at(Stage.STAGED, plan, build=build, left_staged=True, seen="dpl_current")
    said = operation.progress(ended, NOON)
    assert said.text == "shop: 3f2a1bc is Staged."
    assert "The new build `dpl_new` is ready and Staged: production is pinned, and is as it was." in words(
        said
    )
    assert "Promote 3f2a1bc…" in words(said)


def test_a_switch_that_was_turned_since_is_said_and_asked_again() -> None:
    said = words(redeploy.changed(RedeployChanged(plan_redeploy(look(FAILED, project=pinned())))))
    assert "Nothing was done. Auto-assignment of shop was switched since that button was shown." in said
    assert "means now: It stays Staged: production is pinned." in said


def card(of: Project) -> Any:
    plan = plan_redeploy(look(FAILED, project=of))
    return confirmation.card(plan, CONFIRMATION_ID, now=NOON, valid=VALID)


def test_a_card_for_it_says_whether_any_domain_moves() -> None:
    moves, stays = card(project()), card(pinned())
    assert (moves.text, stays.text) == (
        "Redeploy 3f2a1bc of shop? 1 domain affected.",
        "Redeploy 3f2a1bc of shop? 0 domains affected.",
    )
    assert "from the same source. Once it is ready, it becomes Current by itself." in words(moves)
    assert "*Current then*" in words(moves)
    assert "from the same source. It stays Staged, since production is pinned." in words(stays)
    assert "*Affected domains*: none, as long as nobody promotes the new build." in words(stays)
    assert "*Built again*" in words(stays)
    assert "*Auto-assignment* stays off." in words(stays)
    assert "*Mind*" not in words(stays)


def test_where_it_stays_staged_it_begins_no_rolling_release() -> None:
    begins, stays = (
        plan_redeploy(look(FAILED, project=replace(one, rolling_release=True))) for one in (project(), OFF)
    )
    assert (begins.starts_release, begins.only_begins) == (True, True)
    assert (stays.starts_release, stays.only_begins) == (False, False)
