from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import Deployment, State, state_of, usual_build_time
from tests.unit.making import NOON, commit, deployment, pinned, preview, project, request

READY_STATES = ("QUEUED", "INITIALIZING", "BUILDING", "READY", "ERROR", "CANCELED", "DELETED", "BLOCKED", "?")
TARGETS = ("production", None, "staging")
SUBSTATES = ("STAGED", "ROLLING", "PROMOTED", None)


def expected(ready_state: str, target: str | None, substate: str | None, is_current: bool) -> State:
    """The table of the platform's docs, written the long way round."""
    if ready_state in {"ERROR", "CANCELED", "DELETED"}:
        return State.FAILED
    if ready_state != "READY":
        return State.BUILDING  # what waits, and what a later platform may call so: it is not through
    if is_current:
        return State.CURRENT
    if target != "production":
        return State.PREVIEW
    return {"ROLLING": State.CANARY, "PROMOTED": State.PROMOTED}.get(substate or "", State.STAGED)


@pytest.mark.parametrize(
    ("ready_state", "target", "substate", "is_current"),
    list(product(READY_STATES, TARGETS, SUBSTATES, (True, False))),
)
def test_the_whole_table(
    ready_state: str, target: str | None, substate: str | None, is_current: bool
) -> None:
    made = deployment("dpl_x", ready_state=ready_state, target=target, ready_substate=substate)
    seen = state_of(made, "dpl_x" if is_current else "dpl_other")
    assert seen is expected(ready_state, target, substate, is_current)


@pytest.mark.parametrize(
    ("ready_state", "target", "substate", "state"),
    [
        ("READY", "production", "STAGED", "Staged"),
        ("READY", "production", "PROMOTED", "Promoted"),
        ("READY", "production", "ROLLING", "Canary"),
        ("READY", None, None, "Preview"),
        ("READY", "staging", None, "Preview"),
        ("QUEUED", "production", None, "Building"),
        ("BUILDING", None, None, "Building"),
        ("BLOCKED", "production", None, "Building"),
        ("OF_A_LATER_YEAR", "production", "STAGED", "Building"),
        ("ERROR", "production", None, "Failed"),
        ("CANCELED", None, None, "Failed"),
    ],
)
def test_what_people_see(ready_state: str, target: str | None, substate: str | None, state: str) -> None:
    made = deployment(ready_state=ready_state, target=target, ready_substate=substate)
    assert state_of(made, None) == state
    assert state_of(made, "dpl_other") == state


@given(
    st.sampled_from(READY_STATES) | st.text(max_size=8),
    st.sampled_from(TARGETS) | st.text(max_size=8),
    st.sampled_from(SUBSTATES) | st.text(max_size=8),
    st.sampled_from(["dpl_x", "dpl_y", None]),
)
def test_only_the_one_that_the_domains_point_to_is_current(
    ready_state: str, target: str | None, substate: str | None, current_id: str | None
) -> None:
    made = deployment("dpl_x", ready_state=ready_state, target=target, ready_substate=substate)
    state = state_of(made, current_id)
    assert isinstance(state, State)
    if state is State.CURRENT:
        assert current_id == "dpl_x"
    elif current_id == "dpl_x":
        assert state in {State.BUILDING, State.FAILED}


def test_a_deployment_is_known_by_its_commit_or_else_by_the_end_of_its_id() -> None:
    assert deployment(commit=commit("0123456789abcdef")).label == "0123456"
    assert deployment("dpl_000000012345678", commit=None).label == "12345678"
    assert deployment("dpl_000000012345678", commit=commit("")).label == "12345678"


def test_the_subject_is_the_first_line_of_the_message() -> None:
    assert commit(message="\n\n fix the cart\n\nlong story").subject == "fix the cart"
    assert commit(message="").subject == ""


def test_a_project_is_pinned_by_a_rollback_and_not_by_a_switch() -> None:
    assert pinned().pinned
    assert not pinned(auto_assign=True).pinned
    assert not project(auto_assign=False).pinned
    assert not project(auto_assign=False, last_request=request("dpl_current")).pinned


def test_what_served_before_is_known_only_from_the_request_that_made_current() -> None:
    assert project(last_request=request("dpl_current")).previous_id == "dpl_before"
    assert project(last_request=request("dpl_current", from_id=None)).previous_id is None
    assert project(last_request=request("dpl_else")).previous_id is None
    assert project(last_request=None).previous_id is None
    assert project(current=None, last_request=request("dpl_current")).previous_id is None


def test_a_build_time_needs_both_ends_in_order() -> None:
    build = deployment(building_at=NOON, ready_at=NOON + timedelta(seconds=42))
    assert build.build_time == timedelta(seconds=42)
    assert replace(build, ready_at=None).build_time is None
    assert replace(build, building_at=None).build_time is None
    assert replace(build, ready_at=NOON - timedelta(seconds=1)).build_time is None


def test_the_usual_build_time_is_the_median_of_the_last_ready_production_builds() -> None:
    def built(seconds: int, **changes: Any) -> Deployment:
        return deployment(building_at=NOON, ready_at=NOON + timedelta(seconds=seconds), **changes)

    builds = [built(s) for s in (10, 20, 60)]
    noise = [built(9000, ready_state="ERROR"), preview(building_at=NOON, ready_at=NOON + timedelta(hours=3))]
    older = [built(5000)] * 20
    assert usual_build_time(builds + noise) == timedelta(seconds=20)
    assert usual_build_time(builds + older, last=3) == timedelta(seconds=20)
    assert usual_build_time(noise) is None
    assert usual_build_time([]) is None
