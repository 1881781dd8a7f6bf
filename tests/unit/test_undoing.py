from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.operations import Build, Findings, Operation, Stage
from chatbot.domain.planning import (
    Inverse,
    Path,
    Plan,
    inverse_of,
    plan_promotion,
    plan_rollback,
    rollback_candidates,
)
from tests.unit.making import (
    NOON,
    current,
    domain,
    look,
    operation,
    pinned,
    preview,
    project,
    promoted,
    request,
    staged,
)


def test_a_promote_and_a_rebuild_are_undone_by_a_rollback_to_what_served() -> None:
    for target in (staged(), preview()):
        assert inverse_of(plan_promotion(look(target))) == Inverse(Path.ROLLBACK, current())


def test_a_rollback_to_something_older_is_undone_by_a_promote() -> None:
    assert inverse_of(plan_rollback(look(promoted()))) == Inverse(Path.PROMOTE, current())


def test_a_rollback_to_something_newer_is_undone_by_a_rollback() -> None:
    newer = promoted(created_at=NOON)
    assert inverse_of(plan_rollback(look(newer))) == Inverse(Path.ROLLBACK, current())


def test_where_nothing_served_there_is_no_way_back() -> None:
    assert inverse_of(plan_promotion(look(staged(), project=project(current=None)))) is None


def test_the_inverse_of_a_rollback_is_a_plan_that_the_rules_allow() -> None:
    """A pinned project, and what was Current before: it may be promoted again."""
    done = plan_rollback(look(promoted()))
    inverse = inverse_of(done)
    assert inverse is not None
    after = pinned(current=done.target, last_request=request(done.target.id, type="rollback"))
    assert plan_promotion(look(inverse.target, project=after)).path is inverse.path


def test_the_inverse_of_a_promote_is_a_plan_that_the_rules_allow() -> None:
    done = plan_promotion(look(staged()))
    inverse = inverse_of(done)
    assert inverse is not None
    was = promoted(inverse.target.id, created_at=inverse.target.created_at)
    assert plan_rollback(look(was, project=project(current=done.target))).path is inverse.path


class TestCandidates:
    def test_only_promoted_ones_that_the_team_may_go_back_to(self) -> None:
        some = [
            promoted("dpl_yes"),
            promoted("dpl_no", rollback_candidate=False),
            staged("dpl_staged", rollback_candidate=True),
            preview("dpl_preview", rollback_candidate=True),
            current(rollback_candidate=True),
            promoted("dpl_failed", ready_state="ERROR"),
        ]
        assert [d.id for d in rollback_candidates(project(), some)] == ["dpl_yes"]

    def test_what_served_before_comes_first_and_then_the_newest(self) -> None:
        some = [promoted(f"dpl_{days}", created_at=NOON - timedelta(days=days)) for days in (4, 9, 2, 7)]
        of = project(last_request=request("dpl_current", from_id="dpl_7"))
        assert [d.id for d in rollback_candidates(of, some)] == ["dpl_7", "dpl_2", "dpl_4", "dpl_9"]

    def test_none_are_none(self) -> None:
        assert rollback_candidates(project(), []) == []

    @given(
        st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.booleans()), max_size=12),
        st.integers(0, 12),
    )
    def test_every_candidate_can_be_rolled_back_to(
        self, made: list[tuple[int, bool, bool]], before: int
    ) -> None:
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


def done(plan: Plan, **found: Any) -> Operation:
    return operation(plan, Stage.SUCCEEDED, findings=Findings(**found))


NEW = Build("dpl_new", "shop-new-acme.vercel.app", "READY", NOON)


class TestTheOneClickButton:
    """What it promises has the core of the plan that the rules make once the operation is through."""

    @pytest.mark.parametrize("before", [project(), project(auto_assign=False), pinned()])
    @pytest.mark.parametrize(("target", "serving"), [(staged(), "dpl_target"), (preview(), "dpl_new")])
    def test_after_a_promotion(self, before: Project, target: Deployment, serving: str) -> None:
        started = look(target, project=before, domains=(domain(), domain("eu.example.com")))
        promised = done(plan_promotion(started), build=NEW).undoing()
        after = project(current=current(serving, created_at=NOON), last_request=request(serving))
        fresh = plan_rollback(look(promoted("dpl_current"), project=after, domains=started.domains))
        assert promised is not None
        assert promised.core_fingerprint() == fresh.core_fingerprint()
        assert (promised.path, promised.auto_assign_after) == (Path.ROLLBACK, False)
        assert {d.serves for d in promised.domains} == {serving}

    @pytest.mark.parametrize("before", [project(), pinned()])
    def test_after_a_rollback(self, before: Project) -> None:
        started = look(promoted(), project=before)
        promised = done(plan_rollback(started)).undoing()
        after = pinned(current=started.target, last_request=request("dpl_target", type="rollback"))
        fresh = plan_promotion(look(current(), project=after))
        assert promised is not None
        assert promised.core_fingerprint() == fresh.core_fingerprint()
        assert (promised.path, promised.auto_assign_after) == (Path.PROMOTE, True)

    @pytest.mark.parametrize(
        "changed",
        [
            {"project": project(current=current("dpl_else"))},
            {"project": project(current=staged(), auto_assign=False)},
            {"domains": (domain("other.example.com"),)},
        ],
    )
    def test_it_promises_nothing_about_a_production_that_moved_on(self, changed: dict[str, Any]) -> None:
        promised = done(plan_promotion(look(staged()))).undoing()
        there = {"project": project(current=staged()), **changed}
        assert promised is not None
        fresh = plan_rollback(look(promoted("dpl_current"), **there))
        assert promised.core_fingerprint() != fresh.core_fingerprint()

    def test_a_button_is_there_exactly_where_there_is_a_way_back(self) -> None:
        first = plan_promotion(look(staged(), project=project(current=None)))
        assert done(first).undoing() is None
        assert done(plan_promotion(look(preview()))).undoing() is None  # nobody knows what was built
