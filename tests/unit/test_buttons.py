"""What can be clicked under an operation's message, stage by stage."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.undoing import retry_of, undo_of
from chatbot.messages import actions
from chatbot.messages.announcement import announcement
from chatbot.messages.operation import progress
from tests.unit.happening import (
    BUILD,
    BUILD_STATES,
    FIRST,
    HALF,
    MOVED,
    PROMOTE,
    REBUILD,
    ROLLBACK,
    at,
)
from tests.unit.making import NOON, current
from tests.unit.saying import buttons
from tests.unit.strategies import operations

LOGS = replace(BUILD, logs_url="https://vercel.com/acme/shop/4")
READY = replace(LOGS, ready_state="READY")
WITHDRAW = "Withdraw"
BACK, UNDO_ROLLBACK = "Roll back to c0ffee0", "Undo rollback to c0ffee0"
RESUME = "Resume…"
RETRY, CANCEL, PROMOTE_IT, SEE = "Retry these domains", "Cancel the build", "Promote 3f2a1bc…", "Build logs"


def under(made: Operation) -> dict[str, dict[str, Any]]:
    return buttons(progress(made, NOON))


@pytest.mark.parametrize(
    ("stage", "shown"),
    [
        (Stage.WAITING, [WITHDRAW]),
        (Stage.REQUESTED, []),
        (Stage.ASKED, []),
        (Stage.BUILDING, [CANCEL, SEE]),
        (Stage.MOVING, [SEE]),
        (Stage.UNSURE, [SEE]),
        (Stage.SUCCEEDED, [BACK, SEE]),
        (Stage.PARTLY_MOVED, [RETRY, BACK, SEE]),
        (Stage.FAILED, [SEE]),
        (Stage.UNKNOWN, [SEE]),
        (Stage.SUPERSEDED, [SEE]),
        (Stage.OUTDATED, []),
        (Stage.CANCELLED, [SEE]),
    ],
)
def test_the_buttons_of_a_rebuild(stage: Stage, shown: list[str]) -> None:
    found = {} if stage in {Stage.WAITING, Stage.REQUESTED, Stage.ASKED, Stage.OUTDATED} else {"build": READY}
    assert list(under(at(stage, REBUILD, **found))) == shown


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.BUILDING}))
@pytest.mark.parametrize(("plan", "back"), [(PROMOTE, BACK), (ROLLBACK, UNDO_ROLLBACK)])
def test_the_buttons_of_a_promote_and_a_rollback(stage: Stage, plan: Plan, back: str) -> None:
    resume = [RESUME] if plan is ROLLBACK else []
    shown = {
        Stage.WAITING: [WITHDRAW],
        Stage.SUCCEEDED: [back, *resume],
        Stage.PARTLY_MOVED: [RETRY, back],
    }.get(stage, [])
    assert list(under(at(stage, plan))) == shown


@given(operations())
@settings(max_examples=20)
def test_undo_and_retry_are_there_exactly_where_they_are_possible(made: Operation) -> None:
    carried = [b["action_id"] for b in under(made).values()]
    undo = undo_of(made)
    by_steps = undo is not None and undo.path is Path.ABORT and actions.ABORT in carried
    assert (actions.UNDO in carried) is (undo is not None and not by_steps)
    assert (actions.RETRY in carried) is (retry_of(made) is not None)
    assert (actions.GIVE_UP in carried) is (made.stage in {Stage.BUILDING, Stage.WAITING})


class TestUndo:
    def test_a_promote_is_rolled_back_by_one_click_after_slacks_own_question(self) -> None:
        made = at(Stage.SUCCEEDED, proofs=MOVED)
        for said in (progress(made, NOON), announcement(made)):
            undo = buttons(said)[BACK]
            assert (undo["action_id"], undo["style"]) == (actions.UNDO, "danger")
            assert undo["value"] == made.id
            confirm = undo["confirm"]
            assert confirm["title"]["text"] == "Roll back shop?"
            assert (
                confirm["text"]["text"] == "To c0ffee0. No rebuild. New builds then stay Staged. "
                "2 domains: eu.example.com, shop.example.com"
            )
            assert (confirm["confirm"]["text"], confirm["deny"]["text"]) == ("Roll back", "Cancel")

    def test_a_rollback_is_undone_by_a_promote(self) -> None:
        made = at(Stage.SUCCEEDED, ROLLBACK, proofs=MOVED)
        for said in (progress(made, NOON), announcement(made)):
            confirm = buttons(said)[UNDO_ROLLBACK]["confirm"]
            assert confirm["title"]["text"] == "Undo the rollback of shop?"
            assert (
                confirm["text"]["text"] == "To c0ffee0. No rebuild. Auto-assignment is switched on. "
                "2 domains: eu.example.com, shop.example.com"
            )
            assert (confirm["confirm"]["text"], confirm["deny"]["text"]) == ("Undo rollback", "Cancel")

    def test_what_was_current_before_the_last_ask_is_where_it_goes(self) -> None:
        pushed = current("dpl_pushed", commit=None)
        shown = list(under(at(Stage.SUCCEEDED, REBUILD, build=BUILD, before=pushed)))
        assert shown == ["Roll back to l_pushed"]

    def test_where_nothing_was_there_is_no_way_back(self) -> None:
        assert not under(at(Stage.SUCCEEDED, FIRST, proofs=MOVED))
        assert not buttons(announcement(at(Stage.SUCCEEDED, FIRST, proofs=MOVED)))
        assert list(under(at(Stage.PARTLY_MOVED, FIRST, proofs=HALF))) == [RETRY]


@pytest.mark.parametrize(("plan", "found"), [(PROMOTE, {}), (REBUILD, {"build": BUILD}), (ROLLBACK, {})])
@pytest.mark.parametrize("serving", [None, "dpl_current"])
def test_a_retry_asks_first_and_names_target_and_domains(
    plan: Plan, found: dict[str, Any], serving: str | None
) -> None:
    made = at(Stage.PARTLY_MOVED, plan, proofs=HALF, seen=serving, **found)
    retry = under(made)[RETRY]
    assert (retry["action_id"], retry["value"], retry["style"]) == (actions.RETRY, made.id, "danger")
    confirm = retry["confirm"]
    assert confirm["title"]["text"] == "Move the rest of shop?"
    assert confirm["text"]["text"] == "To 3f2a1bc. No rebuild. 1 of 2 domains did not follow: eu.example.com"
    assert (confirm["confirm"]["text"], confirm["deny"]["text"]) == ("Retry", "Cancel")


def test_a_build_is_given_up_after_slacks_own_question() -> None:
    """Even one whose first sight is still to come."""
    for made in (at(Stage.BUILDING, REBUILD, build=BUILD), at(Stage.BUILDING, REBUILD)):
        cancel = under(made)[CANCEL]
        assert (cancel["action_id"], cancel["value"]) == (actions.GIVE_UP, made.id)
        assert cancel["confirm"]["title"]["text"] == "Cancel the build of shop?"
        assert cancel["confirm"]["text"]["text"] == "Production stays as it is."
        assert cancel["confirm"]["confirm"]["text"] == CANCEL
        assert cancel["confirm"]["deny"]["text"] == "Keep building"  # "Cancel" would be either


def test_a_build_that_was_left_staged_is_promoted_from_its_message() -> None:
    found = under(at(Stage.SUPERSEDED, REBUILD, build=READY, left_staged=True))
    assert list(found) == [PROMOTE_IT, SEE]
    promote = found[PROMOTE_IT]
    assert (promote["action_id"], promote["value"]) == (actions.PROMOTE, "dpl_new")
    assert "confirm" not in promote  # a card follows


@pytest.mark.parametrize("state", BUILD_STATES)
def test_a_superseded_build_that_was_not_left_staged_is_not_offered(state: str) -> None:
    """Not even a ready one: it was Current, or on its way to be, when somebody moved production."""
    assert not under(at(Stage.SUPERSEDED, REBUILD, build=replace(BUILD, ready_state=state)))


@pytest.mark.parametrize("state", BUILD_STATES)
def test_what_was_given_up_is_not_offered_again(state: str) -> None:
    assert not under(at(Stage.CANCELLED, REBUILD, build=replace(BUILD, ready_state=state)))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://vercel.com/acme/shop/4", True),
        ("http://127.0.0.1:1/acme/shop/4", True),
        ("https://vercel.com/" + "x" * 3000, False),
        ("javascript:alert(1)", False),
        ("", False),
        (None, False),
    ],
)
def test_the_logs_are_a_link_if_they_have_an_address(url: str | None, shown: bool) -> None:
    found = under(at(Stage.FAILED, REBUILD, build=replace(BUILD, logs_url=url)))
    assert (SEE in found) is shown
    if shown:
        assert found[SEE]["url"] == url
