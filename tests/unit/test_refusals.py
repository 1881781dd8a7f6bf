"""A refusal says what happened, what did not, and what to do next."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.access import NotAllowed
from chatbot.domain.planning import (
    AlreadyCurrent,
    AlreadyPromoted,
    BuildFailed,
    NotEligible,
    ReleaseUnderWay,
    StillBuilding,
)
from chatbot.domain.references import Kind, Reference, Unreadable
from chatbot.domain.requests import (
    AlreadyUnderWay,
    Ambiguous,
    ConfirmationUsed,
    Deleted,
    ProjectBusy,
    Stale,
    TooLate,
    UnknownDeployment,
    UnknownProject,
)
from chatbot.errors import (
    NotAuthorized,
    NotFound,
    PlatformAnswered,
    PlatformError,
    PlatformGarbled,
    PlatformUnreachable,
    RateLimited,
    Refusal,
)
from chatbot.messages import actions
from chatbot.messages.failures import word_bug, word_failure, word_no_audit, word_old_button, word_unwritten
from chatbot.messages.refusals import word
from tests.unit.making import NOON, current, deployment, preview, project, promoted, request, staged
from tests.unit.saying import everything_in, payload, words

FAILED = deployment(ready_state="ERROR", ready_substate=None, logs_url="https://vercel.com/acme/shop/4")


def buttons(said: Any) -> list[tuple[Any, ...]]:
    return [
        (p["text"]["text"], p["action_id"], p.get("value") or p.get("url"))
        for p in everything_in(payload(said))
        if p.get("type") == "button"
    ]


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (Unreadable("length"), "That is longer than 255 characters."),
        (Unreadable("mention"), "That mentions somebody or holds a link mark."),
        (
            UnknownDeployment(Reference(Kind.BRANCH, "<!here>")),
            "I know no deployment by the branch `&lt;!here&gt;`. `/deployments` lists what there is.",
        ),
        (Deleted(Reference(Kind.ID, "dpl_x")), "The deployment `dpl_x` was deleted"),
        (UnknownProject("shpo", ("docs", "shop")), "I know no project `shpo`. Projects: `docs`, `shop`."),
        (UnknownProject("shpo"), "Projects: none."),
        (AlreadyCurrent(project(), current()), "is already Current of shop. There is nothing to do."),
        (
            AlreadyCurrent(
                project(last_request=request("dpl_current", requested_at=NOON - timedelta(days=3))), current()
            ),
            "is already Current of shop, for 3 d.",
        ),
        (
            AlreadyCurrent(project(current=current(ready_at=NOON - timedelta(hours=5))), current()),
            "is already Current of shop, for 5 h.",
        ),
        (AlreadyPromoted(project(), promoted()), "was already promoted once, and cannot be promoted again."),
        (StillBuilding(project(), deployment(ready_state="BUILDING")), "is still building, for 1 h so far."),
        (BuildFailed(project(), FAILED), "has failed, so there is nothing to serve."),
        (BuildFailed(project(), replace(FAILED, error="npm <ci>")), "has failed (npm &lt;ci&gt;), so"),
        (BuildFailed(project(), replace(FAILED, ready_state="CANCELED")), "was canceled, so"),
        (
            ReleaseUnderWay(project(), staged()),
            "is the canary of a rolling release of shop that Vercel does not",
        ),
        (NotEligible(project(), preview(), "preview"), "is a preview: it has never served production."),
        (NotEligible(project(), staged(), "staged"), "is Staged: it has never served production."),
        (
            NotEligible(project(), promoted(), "hobby"),
            "on the Hobby plan that is only what served just before",
        ),
        (NotEligible(project(), promoted(), "withdrawn"), "Vercel does not offer it. Push its commit again"),
        (NotAllowed("U0ANA0001", "not admin"), "Only workspace admins may act"),
        (NotAllowed("U0ANA0001", "not listed"), "named in the bot's settings may act"),
        (
            ProjectBusy("shop", 10, "rollback", "dpl_x", "slack:U0BOB0002"),
            "An operation on shop is running: rollback to `dpl_x`, by <@U0BOB0002>.",
        ),
        (
            AlreadyUnderWay("a < b", "slack:U0BOB0002"),
            "The same change of a &lt; b is under way already, requested by <@U0BOB0002>.",
        ),
        (
            TooLate("a < b"),
            "The operation on a &lt; b is past its build: it cannot be given up.",
        ),
        (Stale("shop"), "This button belonged to an older change of shop. See `/current`"),
        (ConfirmationUsed(None), "This confirmation was already used."),
        (ConfirmationUsed("slack:U0ANA0001"), "This confirmation was already used by <@U0ANA0001>."),
    ],
)
def test_what_is_said(refusal: Refusal, sentence: str) -> None:
    said = word(refusal, NOON)
    assert sentence in words(said)
    assert sentence in said.text
    assert re.match(r"Nothing (more )?was done\. ", said.text) or isinstance(refusal, AlreadyCurrent)


def test_the_nearest_deployments_are_offered() -> None:
    near = (staged("dpl_a"), staged("dpl_b", commit=None, url="shop-b.vercel.app"))
    said = word(UnknownDeployment(Reference(Kind.BRANCH, "mian"), near), NOON)
    assert "Did you mean one of these?" in said.text
    assert buttons(said) == [
        ("shop: 3f2a1bc fix the cart", "deployment.promote:1", "dpl_a"),
        ("shop: dpl_b shop-b.vercel.app", "deployment.promote:2", "dpl_b"),
    ]


def test_several_projects_are_offered() -> None:
    some = (staged("dpl_a"), staged("dpl_b", project_name="docs"))
    said = word(Ambiguous(Reference(Kind.BRANCH, "main"), some), NOON)
    assert [text.split(":")[0] for text, _, _ in buttons(said)] == ["shop", "docs"]


def test_of_many_projects_the_rest_is_counted() -> None:
    many = tuple(staged(f"dpl_{n}", project_name=f"p{n}") for n in range(12))
    of = Reference(Kind.BRANCH, "main")
    said = word(Ambiguous(of, many), NOON)
    assert len(buttons(said)) == 10
    assert "There are 2 more: give a deployment id for those." in words(said)
    assert "more" not in words(word(Ambiguous(of, many[:10]), NOON))


def test_the_way_to_what_was_promoted_is_one_click_away() -> None:
    """Whether the plan allows it is not known here: only a list of deployments says so."""
    for target in (promoted(), promoted(rollback_candidate=False)):
        assert buttons(word(AlreadyPromoted(project(), target), NOON)) == [
            ("Roll back to 3f2a1bc", actions.ROLL_BACK, "dpl_target")
        ]


@pytest.mark.parametrize("kind", [BuildFailed, StillBuilding])
@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://vercel.com/x", True),
        ("https://vercel.com/" + "x" * 3000, False),
        ("javascript:x", False),
        (None, False),
        ("", False),
    ],
)
def test_the_logs_are_linked_where_there_are_any(kind: Any, url: str | None, shown: bool) -> None:
    found = buttons(word(kind(project(), replace(FAILED, logs_url=url)), NOON))
    assert found == ([("Build logs", actions.OPEN_LINK, url)] if shown else [])


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            NotAuthorized(403, "Not <authorized>"),
            "Vercel refused (403): Not &lt;authorized&gt;. Nothing was done.",
        ),
        (NotAuthorized(403, "Not authorized."), "Vercel refused (403): Not authorized. Nothing was done."),
        (NotAuthorized(401, ""), "Vercel refused (401). Nothing was done."),
        (RateLimited(429, "x", 61.0), "Vercel's rate limit is reached for 1 min. Nothing was done."),
        (RateLimited(429, "x"), "Vercel's rate limit is reached. Nothing was done."),
        (
            NotFound(404, "no such project"),
            "Vercel does not know it (404): no such project. Nothing was done.",
        ),
        (
            PlatformUnreachable("no answer in time", may_have_applied=False),
            "Vercel did not answer: no answer in time. Nothing was done.",
        ),
        (NotFound(404, ""), "Vercel does not know it (404). Nothing was done."),
        (PlatformAnswered(500, ""), "Vercel answered 500. Nothing was done."),
        (PlatformAnswered(502, "Bad <gateway>"), "502: Bad &lt;gateway&gt;. Nothing was done."),
        (
            PlatformGarbled("an answer that cannot be read (projects.0.id)"),
            "Vercel gave an answer that cannot be read (projects.0.id). Nothing was done.",
        ),
    ],
)
def test_a_platform_that_did_not_do_it(error: PlatformError, sentence: str) -> None:
    said = word_failure(error)
    assert sentence in said.text
    assert said.text == words(said)
    assert "http" not in said.text


def test_a_bug_is_told_with_its_reference_only() -> None:
    assert "`0a1b2c3d`" in word_bug("0a1b2c3d").text


def test_without_an_audit_log_nothing_is_done() -> None:
    assert word_no_audit().text.startswith("Nothing was done. The audit log cannot be written")


def test_a_click_that_may_have_been_written_down_is_not_said_to_be_nothing() -> None:
    assert word_unwritten().text.startswith("The database does not answer just now, so I cannot say whether")


def test_a_button_that_nobody_answers_any_more_is_told_so() -> None:
    assert word_old_button().text == (
        "Nothing was done. This button is from an older version of promotebot. Type the command again."
    )
    assert buttons(word_old_button()) == []
