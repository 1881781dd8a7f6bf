"""Where an instant rollback can go to, best first."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.planning import Path, plan_rollback, rollback_candidates
from tests.unit.making import NOON, current, look, preview, project, promoted, request, staged


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
    of = project(last_request=request("dpl_current", from_id="dpl_7"))
    assert [d.id for d in rollback_candidates(of, some)] == ["dpl_7", "dpl_2", "dpl_4", "dpl_9"]


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
    of = project(last_request=request("dpl_current", from_id=f"dpl_{before}"))
    found = rollback_candidates(of, some)
    assert {d.id for d in found} == {
        d.id for d in some if d.ready_substate == "PROMOTED" and d.rollback_candidate
    }
    assert all(plan_rollback(look(d, project=of)).path is Path.ROLLBACK for d in found)
    rest = found[1:] if found and found[0].id == of.previous_id else found
    assert [d.created_at for d in rest] == sorted((d.created_at for d in rest), reverse=True)
    assert of.previous_id not in {d.id for d in rest}
