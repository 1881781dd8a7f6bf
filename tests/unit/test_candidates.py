"""Where an instant rollback can go to, best first."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.candidates import is_newer, resume_with, rollback_candidates
from chatbot.domain.deployments import Deployment
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Path,
)
from tests.unit.making import NOON, current, look, pinned, preview, project, promoted, staged


def test_only_promoted_ones_that_the_team_may_go_back_to() -> None:
    some = [
        promoted("dpl_yes"),
        promoted("dpl_no", rollback_candidate=False),
        staged("dpl_staged", rollback_candidate=True),
        preview("dpl_preview", rollback_candidate=True),
        current(rollback_candidate=True),
        promoted("dpl_failed", ready_state="ERROR"),
    ]
    assert [d.id for d in rollback_candidates(project(), some)] == ["dpl_yes"]


def test_what_served_before_comes_first_and_then_the_newest() -> None:
    some = [promoted(f"dpl_{days}", created_at=NOON - timedelta(days=days)) for days in (4, 9, 2, 7)]
    assert [d.id for d in rollback_candidates(project(), some, "dpl_7")] == [
        "dpl_7",
        "dpl_2",
        "dpl_4",
        "dpl_9",
    ]


def test_what_a_rollback_left_comes_last_even_if_it_served_just_before() -> None:
    some = [promoted(f"dpl_{days}", created_at=NOON - timedelta(days=days)) for days in (5, 2, 4, 1)]
    of = pinned(current=current(created_at=NOON - timedelta(days=3)))
    assert [d.id for d in rollback_candidates(of, some, "dpl_1")] == ["dpl_4", "dpl_5", "dpl_1", "dpl_2"]


def test_none_are_none() -> None:
    assert rollback_candidates(project(), []) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.booleans()), max_size=12),
    st.integers(0, 12),
)
def test_every_candidate_can_be_rolled_back_to(made: list[tuple[int, bool, bool]], before: int) -> None:
    some = [
        (promoted if served else staged)(
            f"dpl_{n}", created_at=NOON - timedelta(days=days), rollback_candidate=may
        )
        for n, (days, served, may) in enumerate(made)
    ]
    of = project()
    found = rollback_candidates(of, some, f"dpl_{before}")
    assert {d.id for d in found} == {
        d.id for d in some if d.ready_substate == "PROMOTED" and d.rollback_candidate
    }
    assert all(plan_rollback(look(d, project=of)).path is Path.ROLLBACK for d in found)
    back = [d for d in found if not is_newer(d, of)]
    assert found[: len(back)] == back
    for part in (back, found[len(back) :]):
        rest = part[1:] if part and part[0].id == f"dpl_{before}" else part
        assert [d.created_at for d in rest] == sorted((d.created_at for d in rest), reverse=True)
        assert f"dpl_{before}" not in {d.id for d in rest}


def days_old(made: Deployment, days: float) -> Deployment:
    return replace(made, created_at=NOON - timedelta(days=days))


BACK = pinned(current=current(created_at=NOON - timedelta(days=5)))
LEFT = days_old(promoted("dpl_left"), 3)


class TestResume:
    def test_the_newest_staged_build_before_any_that_has_served(self) -> None:
        some = [days_old(staged("dpl_old"), 4), days_old(staged("dpl_new"), 2), days_old(LEFT, 1)]
        found = resume_with(BACK, some)
        assert found is some[1]

    def test_else_what_the_rollback_left(self) -> None:
        assert resume_with(BACK, [days_old(promoted("dpl_before"), 4), LEFT]) is LEFT

    def test_nothing_older_than_current_nothing_that_cannot_serve(self) -> None:
        some = [
            days_old(staged("dpl_older"), 6),
            days_old(promoted("dpl_ancient"), 9),
            days_old(preview("dpl_preview"), 1),
            days_old(staged("dpl_building", ready_state="BUILDING"), 1),
            days_old(staged("dpl_failed", ready_state="ERROR"), 1),
            days_old(staged("dpl_canary", ready_substate="ROLLING"), 1),
            days_old(staged("dpl_deleted", deleted=True), 1),
        ]
        assert resume_with(BACK, some) is None

    def test_only_where_a_rollback_pins_production(self) -> None:
        assert resume_with(project(), [LEFT]) is None
        assert resume_with(project(auto_assign=False), [LEFT]) is None
        assert resume_with(pinned(current=None), [LEFT]) is None

    @given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=8))
    def test_what_it_offers_can_be_promoted(self, made: list[tuple[int, bool]]) -> None:
        some = [
            days_old((staged if waits else promoted)(f"dpl_{n}"), days)
            for n, (days, waits) in enumerate(made)
        ]
        found = resume_with(BACK, some)
        assert (found is None) is (not any(is_newer(d, BACK) for d in some))
        if found is not None:
            assert plan_promotion(look(found, project=BACK)).path is Path.PROMOTE
