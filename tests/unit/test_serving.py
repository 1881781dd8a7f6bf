"""What served production when, as far as it is known."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.operations import Findings, Operation, Stage
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.serving import Move, Served, before_current, history, last_served, moved_by
from tests.unit.making import NOON, current, look, operation, preview, project, promoted, request, staged


def at(hours: float) -> Any:
    return NOON + timedelta(hours=hours)


def built(name: str, ready: float, assigned: float | None = None, **changes: Any) -> Deployment:
    """A production build that has served; by default the platform assigned it when it was ready."""
    return promoted(
        name,
        created_at=at(ready - 0.1),
        ready_at=at(ready),
        assigned_at=at(ready if assigned is None else assigned),
        **changes,
    )


def live(name: str, **changes: Any) -> Project:
    return project(current=current(name), **changes)


class TestAutomatic:
    def test_builds_that_were_assigned_one_after_another(self) -> None:
        times = history(live("c"), [built("c", 5), built("a", 1), built("b", 2)], [])
        assert times == [Served("a", at(1), at(2), about=True), Served("b", at(2), at(5), about=True)]

    def test_what_never_served_or_failed_has_no_part_in_it(self) -> None:
        others = [
            staged("s", created_at=at(1.4), ready_at=at(1.5), assigned_at=at(1.5)),
            preview("p", created_at=at(1.6), ready_at=at(1.7)),
            built("e", 1.8, target="preview"),
        ]
        times = history(live("b"), [built("a", 1), *others, built("b", 2)], [])
        assert times == [Served("a", at(1), at(2), about=True)]

    def test_without_the_time_of_its_assignment_it_is_the_one_when_it_was_ready(self) -> None:
        some = [promoted("a", ready_at=at(1)), promoted("b", ready_at=at(2)), promoted("c")]
        assert history(live("b"), some, []) == [Served("a", at(1), at(2), about=True)]

    def test_nothing_is_said_where_current_is_not_among_them(self) -> None:
        """It was assigned at a time that nobody knows."""
        assert history(live("x"), [built("a", 1), built("b", 2)], []) == []

    def test_what_was_assigned_after_current_by_the_books_did_not_serve_after_it(self) -> None:
        times = history(live("b"), [built("a", 1), built("b", 2), built("late", 3)], [])
        assert times == [Served("a", at(1), at(2), about=True)]

    def test_a_project_that_serves_nothing_has_no_history(self) -> None:
        assert history(project(current=None), [built("a", 1)], []) == []

    def test_staged_first_and_promoted_later_where_auto_assignment_is_off_for_good(self) -> None:
        some = [built("a", 1, 1.5), built("b", 2, 4), built("c", 3, 6)]
        times = history(live("c", auto_assign=False), some, [])
        assert times == [Served("a", at(1.5), at(4), about=True), Served("b", at(4), at(6), about=True)]


class TestAsked:
    def test_the_platforms_last_request_is_known(self) -> None:
        of = live("b", last_request=request("b", from_id="a", requested_at=at(4)))
        assert history(of, [built("b", 2, 4)], []) == [Served("a", None, at(4))]
        assert history(of, [built("a", 1), built("b", 2, 4)], []) == [Served("a", at(1), at(4), about=True)]

    @pytest.mark.parametrize("status", ["failed", "skipped", "pending", "in-progress"])
    def test_one_that_is_not_through_is_not(self, status: str) -> None:
        of = live("a", last_request=request("b", status, from_id="a", requested_at=at(4)))
        assert history(of, [built("a", 1)], []) == []

    def test_own_operations_are_known_to_both_ends(self) -> None:
        moves = [Move(at(1), "a", "o"), Move(at(3), "b", "a"), Move(at(6), "c", "b")]
        assert history(live("c"), [], moves) == [
            Served("o", None, at(1)),
            Served("a", at(1), at(3)),
            Served("b", at(3), at(6)),
        ]

    def test_one_move_on_two_records_is_one_move(self) -> None:
        of = live("b", last_request=request("b", from_id="a", requested_at=at(3)))
        times = history(of, [], [Move(at(1), "a", "o"), Move(at(3.001), "b", "a", first=True)])
        assert times == [Served("o", None, at(1)), Served("a", at(1), at(3))]

    def test_a_rollback_and_what_served_before_it(self) -> None:
        """B was rolled back from; A bears the time of the rollback, and served before it from when it was ready."""
        of = live(
            "a",
            last_request=request("a", type="rollback", from_id="b", requested_at=at(5)),
            auto_assign=False,
        )
        times = history(of, [built("a", 1, 5), built("b", 2)], [])
        assert times == [Served("a", at(1), at(2), about=True), Served("b", at(2), at(5), about=True)]
        assert last_served(times, "a") == {"b": times[1]}

    def test_a_build_that_waited_for_its_promote_did_not_serve_before_it(self) -> None:
        moves = [Move(at(5), "b", "a", first=True), Move(at(7), "c", "b")]
        times = history(live("c"), [built("a", 1), built("b", 2, 5)], moves)
        assert times == [Served("a", at(1), at(5), about=True), Served("b", at(5), at(7))]

    def test_between_two_asks_that_fit_together_nothing_else_served(self) -> None:
        moves = [Move(at(1), "a", "o"), Move(at(9), "b", "a")]
        times = history(live("b"), [built("x", 4), built("b", 5, 9)], moves)
        assert times == [Served("o", None, at(1)), Served("a", at(1), at(9))]

    def test_between_two_that_do_not_what_fits_is_a_guess(self) -> None:
        moves = [Move(at(1), "a", "o"), Move(at(9), "b", "x")]
        times = history(live("b"), [built("w", 3), built("x", 4), built("y", 5)], moves)
        assert times[1:] == [
            Served("a", at(1), at(3), about=True),
            Served("w", at(3), at(4), about=True),
            Served("x", at(4), at(9), about=True),
        ]

    def test_a_hole_is_a_hole(self) -> None:
        """Somebody went from A to X, who knows when."""
        moves = [Move(at(1), "a", "o"), Move(at(9), "b", "x")]
        times = history(live("b"), [built("y", 5)], moves)
        assert times[1:] == [Served("a", at(1), None), Served("x", None, at(9))]

    def test_the_same_move_twice_with_another_between_is_two_moves(self) -> None:
        moves = [Move(at(1), "b", "a"), Move(at(2), "b", "a")]
        assert history(live("b"), [], moves) == [
            Served("a", None, at(1)),
            Served("b", at(1), None),
            Served("a", None, at(2)),
        ]

    def test_current_was_moved_by_somebody_else_since(self) -> None:
        times = history(live("x"), [], [Move(at(1), "a", "o")])
        assert times == [Served("o", None, at(1)), Served("a", at(1), None)]
        assert before_current(live("x"), times) is None


class TestJustBefore:
    def test_it_is_the_last_one_whose_end_is_known(self) -> None:
        times = history(live("b"), [built("a", 1), built("b", 2)], [])
        assert before_current(live("b"), times) == "a"

    def test_else_what_the_project_says(self) -> None:
        of = live("b", last_request=request("b", from_id="a"))
        assert before_current(of, []) == "a"
        assert before_current(live("b"), []) is None


class TestOperations:
    def test_a_finished_one_is_a_move(self) -> None:
        made = operation(plan_promotion(look(staged())), Stage.SUCCEEDED, finished_at=at(3))
        assert moved_by(made) == Move(at(3), "dpl_target", "dpl_current", first=True)
        back = operation(plan_rollback(look(promoted())), Stage.SUCCEEDED, finished_at=at(3))
        assert moved_by(back) == Move(at(3), "dpl_target", "dpl_current")

    def test_what_was_current_just_before_the_ask_counts(self) -> None:
        findings = Findings(before=current("dpl_pushed"))
        made = operation(
            plan_rollback(look(promoted())), Stage.SUCCEEDED, finished_at=at(3), findings=findings
        )
        assert moved_by(made) == Move(at(3), "dpl_target", "dpl_pushed")

    @pytest.mark.parametrize(("seen", "moved"), [("dpl_target", True), ("dpl_current", False)])
    def test_half_a_move_is_one_where_production_says_so(self, seen: str, moved: bool) -> None:
        made = operation(
            plan_promotion(look(staged())),
            Stage.PARTLY_MOVED,
            finished_at=at(3),
            findings=Findings(seen=seen),
        )
        assert (moved_by(made) is not None) is moved

    @pytest.mark.parametrize("stage", [s for s in Stage if s not in {Stage.SUCCEEDED, Stage.PARTLY_MOVED}])
    def test_any_other_is_none(self, stage: Stage) -> None:
        made: Operation = operation(plan_promotion(look(staged())), stage, finished_at=at(3))
        assert moved_by(made) is None


IDS = st.sampled_from("abcdef")
HOURS = st.integers(0, 40).map(lambda n: n / 4)
MOVES = st.lists(
    st.builds(
        lambda h, to, of, first: Move(at(h), to, of, first=first), HOURS, IDS, st.none() | IDS, st.booleans()
    ),
    max_size=6,
)
BUILDS = st.lists(
    st.builds(
        lambda name, ready, later, told: built(name, ready, ready + later if told else None),
        IDS,
        HOURS,
        st.sampled_from([0, 0, 0, 1, 3.5]),
        st.booleans(),
    ),
    max_size=6,
    unique_by=lambda d: d.id,
)
REQUESTS = st.none() | st.builds(
    lambda h, to, of, kind: request(to, from_id=of, type=kind, requested_at=at(h)),
    HOURS,
    IDS,
    st.none() | IDS,
    st.sampled_from(["promote", "rollback"]),
)


@given(st.none() | IDS, REQUESTS, st.booleans(), BUILDS, MOVES)
def test_times_neither_overlap_nor_run_backwards(
    now: str | None, last: Any, auto_assign: bool, some: list[Deployment], moves: list[Move]
) -> None:
    of = project(current=current(now) if now else None, last_request=last, auto_assign=auto_assign)
    times = history(of, some, moves)
    ends = [end for one in times for end in (one.since, one.until) if end is not None]
    assert ends == sorted(ends)
    assert all(one.duration is None or one.duration > timedelta() for one in times)
    assert all(one.since or one.until for one in times)
    assert now not in last_served(times, now)
    known = {move.at for move in moves} | ({last.requested_at} if last else set())
    for one in times:
        if not one.about:
            assert {one.since, one.until} <= known | {None}
    assert (
        before_current(of, times) is None
        or not times
        or times[-1].until is None
        or (before_current(of, times) == times[-1].deployment_id)
    )
