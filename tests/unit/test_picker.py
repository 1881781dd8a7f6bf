"""The picker: what it offers, and that Slack takes it whatever people have written."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.choosing import choices
from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.planning import (
    AlreadyPromoted,
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Path,
)
from chatbot.messages import picker
from chatbot.messages.message import says
from chatbot.messages.wording import foreign
from chatbot.sandbox.slack.blockkit import problems_of_options
from tests.unit.making import NOON, commit, current, look, pinned, preview, project, promoted, staged
from tests.unit.strategies import deployments, hostile, projects

QA = "1 h old · ana · main · qa"


def as_answer(options: list[Any]) -> dict[str, Any]:
    return {"options": [option.to_dict() for option in options]}


def test_what_could_become_current_is_offered_newest_first() -> None:
    some = [
        promoted("dpl_back", created_at=NOON - timedelta(days=3)),
        promoted("dpl_too_old", rollback_candidate=False),
        preview("dpl_preview", created_at=NOON - timedelta(hours=3)),
        staged("dpl_staged"),
        staged("dpl_gone", deleted=True),
        current(rollback_candidate=True),
        staged("dpl_failed", ready_state="ERROR"),
        staged("dpl_building", ready_state="BUILDING"),
        staged("dpl_canary", ready_substate="ROLLING"),
    ]
    assert [(c.deployment.id, c.path) for c in choices(project(), some)] == [
        ("dpl_staged", Path.PROMOTE),
        ("dpl_preview", Path.REBUILD),
        ("dpl_back", Path.ROLLBACK),
    ]


@given(projects() | st.just(pinned()), st.lists(deployments, max_size=6))
def test_every_choice_takes_the_path_that_it_is_marked_with(of: Project, some: list[Deployment]) -> None:
    for choice in choices(of, some):
        seen = look(choice.deployment, project=of, domains=())
        if choice.path is Path.ROLLBACK:
            with pytest.raises(AlreadyPromoted):
                plan_promotion(seen)
            assert plan_rollback(seen).path is Path.ROLLBACK
        else:
            assert plan_promotion(seen).path is choice.path


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", True),
        ("  ", True),
        ("3F2A1BC", True),
        ("preview cart", True),
        ("CART ana", True),
        ("fix/größ", True),
        ("rebuild", True),
        ("dpl_target", True),
        ("shop-target", True),
        ("qa", True),
        ("cart bob", False),
        ("staged", False),
    ],
)
def test_it_is_found_by_every_word_that_people_know_it_by(typed: str, found: bool) -> None:
    target = preview(commit=commit(branch="FIX/GRÖSSE"), custom_environment="qa")
    (choice,) = choices(project(), [target])
    assert choice.answers(typed) is found


@pytest.mark.parametrize(
    ("target", "of", "text", "description"),
    [
        (staged(), project(), "Staged · 3f2a1bc fix the cart", "1 h old · ana · main"),
        (preview(custom_environment="qa"), project(), "Preview (rebuild) · 3f2a1bc fix the cart", QA),
        (promoted(), project(), "Promoted (roll back) · 3f2a1bc fix the cart", "9 d old · ana · main"),
        (promoted(created_at=NOON), pinned(), "Promoted · 3f2a1bc fix the cart", "0 s old · ana · main"),
        (staged("dpl_0123456789", commit=None), project(), "Staged · 23456789 shop-456789-acme.vercel.app", "1 h old"),
    ],
)  # fmt: skip
def test_an_option_says_what_it_is(target: Deployment, of: Project, text: str, description: str) -> None:
    (option,) = picker.deployments(choices(of, [target]), NOON)
    assert (option.text, option.description, option.value) == (text, description, target.id)


def test_a_project_says_what_is_current() -> None:
    options = picker.projects([project(), project(id="prj_a", name="api", current=None)])
    assert [(o.text, o.description, o.value) for o in options] == [
        ("api", "Nothing is Current", "prj_a"),
        ("shop", "Current: c0ffee0 fix the cart", "prj_shop"),
    ]


@given(st.lists(projects(), max_size=3), st.lists(deployments, max_size=6), st.sampled_from([1, 40]))
@settings(max_examples=40)
def test_slack_takes_every_list_of_options(some: list[Project], found: list[Deployment], times: int) -> None:
    of = some[0] if some else project()
    for options in (picker.projects(some * times), picker.deployments(choices(of, found * times), NOON)):
        assert len(options) <= 100
        assert problems_of_options(as_answer(options)) == []


@given(hostile())
@settings(max_examples=40)
def test_slack_takes_the_reason_why_there_are_none(text: str) -> None:
    (option,) = picker.instead_of_options(says(f"Nothing was done. Vercel said: {foreign(text)}"))
    assert problems_of_options(as_answer([option])) == []


def test_the_reason_is_no_choice_and_carries_no_markup() -> None:
    said = says("Nothing was done. You may not. `/promotebot whoami` tells &lt;more&gt; " + "word " * 40)
    (option,) = picker.instead_of_options(said)
    assert option.value == "-"
    assert (option.text or "").startswith("You may not. /promotebot whoami tells <more> word")
    assert (option.description or "").endswith("…")
    assert picker.complaint(said).startswith(
        "Nothing was done. You may not. /promotebot whoami tells <more> "
    )


def test_a_deployments_block_names_its_project() -> None:
    assert picker.project_of(picker.deployment_block("prj_shop")) == "prj_shop"
    assert picker.project_of(picker.PROJECT) == ""
    assert picker.project_of("elsewhere:prj_shop") == ""
