"""The operation message at every stage."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.operations import DomainProof, Line, Operation, Overtaking, Stage, Trouble
from chatbot.domain.planning import (
    plan_promotion,
)
from chatbot.domain.plans import (
    Part,
    Path,
)
from chatbot.messages.announcement import announcement
from chatbot.messages.operation import progress
from tests.unit.happening import (
    BUILD,
    BUILD_STATES,
    DOMAINS,
    FIRST,
    HALF,
    MOVED,
    PROMOTE,
    REBUILD,
    ROLLBACK,
    at,
)
from tests.unit.making import NOON, current, look, project, staged
from tests.unit.saying import words
from tests.unit.strategies import operations

NO = Trouble("said", "no.")
SEEN = "Current, when last seen: `dpl_x`."
IT_MAY = "it may have taken effect before."


def told(made: Operation) -> str:
    return words(progress(made, NOON))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (at(Stage.REQUESTED), "Checking that nothing changed since the confirmation."),
        (at(Stage.ASKED), "Asking Vercel."),
        (at(Stage.BUILDING, REBUILD), "Building."),
        (at(Stage.BUILDING, REBUILD, build=BUILD), "Building `dpl_new` for 30 s."),
        (
            at(Stage.BUILDING, REBUILD, build=replace(BUILD, ready_state="QUEUED")),
            "Building `dpl_new`: in Vercel's queue for 30 s.",
        ),
        (
            at(Stage.BUILDING, REBUILD, build=replace(BUILD, ready_state="BLOCKED")),
            "Building `dpl_new`: blocked by Vercel (its logs say why) for 30 s.",
        ),
        (
            at(Stage.BUILDING, replace(REBUILD, usual=timedelta(seconds=60)), build=BUILD),
            "Building `dpl_new`: ██████░░░░░░ 30 s, usually 1 min.",
        ),
        (
            at(Stage.BUILDING, replace(REBUILD, usual=timedelta(seconds=10)), build=BUILD),
            "Building `dpl_new`: ███████████░ 30 s, usually 10 s.",
        ),
        (
            at(Stage.BUILDING, REBUILD, build=BUILD, trouble=Trouble("silent", "no answer in time")),
            "Building `dpl_new` for 30 s. Vercel did not answer: no answer in time.",
        ),
        (
            at(Stage.QUEUED, queued=True),
            "Accepted, and queued: it begins when the rolling release that is under way completes.",
        ),
        (at(Stage.MOVING, proofs=HALF), "Accepted. Domains moved: 1/2."),
        (at(Stage.MOVING), "Accepted. Domains moved: 0/2."),
        (at(Stage.MOVING, REBUILD, build=BUILD), "Built. Waiting for Vercel to move the domains."),
        (at(Stage.MOVING, REBUILD, build=BUILD, proofs=HALF), "Accepted. Domains moved: 1/2."),
        (
            at(Stage.UNSURE),
            "It is not clear whether Vercel took it. I asked once and will not ask again. I am still looking.\n",
        ),
        (
            at(Stage.UNSURE, trouble=Trouble("said", "<!channel>"), seen="dpl_x"),
            "It is not clear whether Vercel took it. Vercel said: &lt;!channel&gt;. I asked once and will not ask",
        ),
        (
            at(Stage.PARTLY_MOVED, proofs=HALF, trouble=Trouble("job", "failed")),
            "did not move. Vercel's own record of it: failed. *Retry these domains* moves them too; to go back",
        ),
        (
            at(Stage.FAILED, trouble=NO),
            "Production did not move. Vercel said: no. Ask again once that is mended.\n",
        ),
        (at(Stage.FAILED, trouble=NO, seen="dpl_x"), f"Vercel said: no. {SEEN}"),
        (
            at(Stage.FAILED, trouble=Trouble("status", "500")),
            "Production did not move. Vercel answered 500. Ask again once that is mended.\n",
        ),
        (
            at(Stage.FAILED, REBUILD, build=replace(BUILD, ready_state="ERROR", error="npm <install>")),
            "The new build did not become ready. npm &lt;install&gt;. Production is as it was. Push a fix, and",
        ),
        (
            at(Stage.FAILED, REBUILD, build=replace(BUILD, ready_state="CANCELED")),
            "The new build did not become ready. Production is as it was.",
        ),
        (
            at(Stage.FAILED, REBUILD, build=replace(BUILD, ready_state="READY"), trouble=NO),
            "Production did not move. Vercel said: no.",  # the build is well, its promote was refused
        ),
        (
            replace(at(Stage.FAILED), asked_at=None),
            "Nothing was sent to Vercel. Ask again if it is still wanted.",
        ),
        (at(Stage.UNSURE, trouble=NO, seen="dpl_x"), f"I am still looking. {SEEN}\n"),
        (
            at(Stage.UNKNOWN, seen="dpl_x"),
            f"I look for an hour more, and tell here what I find. Look with `/current` before you try again. {SEEN}",
        ),
        (at(Stage.UNKNOWN, trouble=NO, seen="dpl_x"), f"before you try again. Vercel said: no. {SEEN}"),
        (at(Stage.UNKNOWN, queued=True), "It was queued, and Vercel does not show it any more."),
        (
            at(Stage.SUPERSEDED, seen="dpl_x"),
            f"a way back meanwhile, and that goes first. I no longer look at this request: {IT_MAY} {SEEN}",
        ),
        (
            at(Stage.OUTDATED, changed=(Part.DOMAINS,)),
            "the affected domains changed after the confirmation. Ask again if it is still wanted.",
        ),
        (
            at(Stage.OUTDATED, changed=(Part.CURRENT, Part.MOVE)),
            "Nothing was done: what is Current and whether another move is under way changed after",
        ),
        (at(Stage.OUTDATED), "Nothing was done: the confirmation was too old when I could act on it."),
        (at(Stage.CANCELLED), "It was given up, and I do not promote it. The build was canceled."),
    ],
)
def test_what_is_told(made: Operation, sentence: str) -> None:
    assert sentence in told(made)


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (Trouble("said", "Deployment is not ready."), "Vercel said: Deployment is not ready."),
        (Trouble("status", "502"), "Vercel answered 502."),
        (Trouble("silent", "the connection failed"), "Vercel did not answer: the connection failed."),
        (
            Trouble("garbled", "an answer that cannot be read (id)"),
            "Vercel gave an answer that cannot be read (id).",
        ),
        (Trouble("job", "skipped"), "Vercel's own record of it: skipped."),
    ],
)
@pytest.mark.parametrize(
    "stage", [Stage.BUILDING, Stage.UNSURE, Stage.PARTLY_MOVED, Stage.FAILED, Stage.UNKNOWN]
)
def test_every_kind_of_trouble_has_its_words(stage: Stage, trouble: Trouble, sentence: str) -> None:
    assert f" {sentence}" in told(at(stage, trouble=trouble))


@pytest.mark.parametrize("text", ["", ".", " ... ", "\u200b"])
def test_trouble_without_words_is_not_told(text: str) -> None:
    assert told(at(Stage.FAILED, trouble=Trouble("said", text))) == told(at(Stage.FAILED))


SUPERSEDED = "Somebody asked for a way back meanwhile, and that goes first. I do not promote this build."
GIVEN_UP = "It was given up, and I do not promote it."
READY = "The build is ready: it stays Staged, unless Vercel assigns the domains to it."
STILL = "The build could not be canceled: Vercel may still assign the domains to it. See `/current`."


GONE = "The build has failed, or is gone."


@pytest.mark.parametrize("state", BUILD_STATES)
@pytest.mark.parametrize("stage", [Stage.SUPERSEDED, Stage.CANCELLED])
def test_what_became_of_a_build_that_nobody_waits_for(stage: Stage, state: str) -> None:
    left = {"CANCELED": "The build was canceled.", "ERROR": GONE, "DELETED": GONE}.get(state, STILL)
    sentence = f"{SUPERSEDED if stage is Stage.SUPERSEDED else GIVEN_UP} {left}"
    if state == "READY":
        sentence = f"{SUPERSEDED if stage is Stage.SUPERSEDED else GIVEN_UP} {READY}"
    assert f"\n{sentence}\n" in told(at(stage, REBUILD, build=replace(BUILD, ready_state=state)))


def test_only_a_build_that_was_left_staged_is_said_to_be_ready_and_not_promoted() -> None:
    built = replace(BUILD, ready_state="READY")
    sentence = "The new build `dpl_new` is ready, and was not promoted. Production changed meanwhile."
    left = told(at(Stage.SUPERSEDED, REBUILD, build=built, left_staged=True, seen="dpl_x"))
    assert f"\n{sentence} {SEEN}\n" in left
    assert SUPERSEDED not in left
    by = Overtaking(staged(), "slack:U0BOB0002", "promote")
    promoted = told(at(Stage.SUPERSEDED, REBUILD, build=built, seen="dpl_x", overtaken=by))
    assert "\n<@U0BOB0002> promoted `3f2a1bc` fix the cart" in promoted
    assert "not promoted" not in promoted


@pytest.mark.parametrize(
    ("by", "sentence"),
    [
        (Overtaking(staged(), "slack:U0BOB0002", "promote"), "<@U0BOB0002> promoted `3f2a1bc` fix the cart"),
        (Overtaking(staged(), "vercel:bob", "rollback"), "bob rolled back to `3f2a1bc` fix the cart"),
        (Overtaking(staged(), None, "promote"), "Somebody outside of Slack promoted `3f2a1bc`"),
        (Overtaking(staged()), "`3f2a1bc` fix the cart (ana, main) `dpl_target` became Current meanwhile."),
    ],
)
def test_who_moved_production_meanwhile_is_said_with_what_to(by: Overtaking, sentence: str) -> None:
    said = told(at(Stage.SUPERSEDED, overtaken=by, seen="dpl_target"))
    assert sentence in said
    assert "when last seen" not in said  # it was just said
    assert sentence in told(replace(at(Stage.OUTDATED, changed=(Part.CURRENT,), overtaken=by), asked_at=None))
    before_the_ask = told(replace(at(Stage.SUPERSEDED, overtaken=by), asked_at=None))
    assert f"Nothing was sent to Vercel: another change went first. {sentence}" in before_the_ask


@pytest.mark.parametrize(
    ("line", "words_"),
    [
        (None, "Waiting for its turn."),
        (Line(1), "Waiting: 1st in line."),
        (Line(2, at(Stage.MOVING, ROLLBACK)), "Waiting: 2nd in line, behind “Roll back shop to"),
        (Line(11, at(Stage.MOVING)), "Waiting: 11th in line, behind “Promote shop to"),
    ],
)
def test_a_waiting_operation_tells_its_place(line: Line | None, words_: str) -> None:
    assert words_ in words(progress(at(Stage.WAITING), NOON, line=line))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (
            at(Stage.SUCCEEDED, replace(PROMOTE, keep_off=True), auto_assign=False),
            "Auto-assignment was kept off",
        ),
        (
            at(Stage.SUCCEEDED, replace(PROMOTE, keep_off=True), auto_assign=True),
            "could not be kept off: it is on now",
        ),
        (at(Stage.SUCCEEDED), "Auto-assignment stays on."),
        (at(Stage.SUCCEEDED, auto_assign=True), "Auto-assignment stays on."),
        (at(Stage.SUCCEEDED, auto_assign=False), "Auto-assignment is off: new builds stay Staged"),
        (at(Stage.SUCCEEDED, ROLLBACK), "Production is pinned: auto-assignment is off."),
        (at(Stage.SUCCEEDED, ROLLBACK, auto_assign=False), "Production is pinned: auto-assignment is off."),
        (at(Stage.SUCCEEDED, ROLLBACK, auto_assign=True), "Auto-assignment stays on."),
    ],
)
def test_auto_assignment_is_told_as_it_was_read_back(made: Operation, sentence: str) -> None:
    assert sentence in told(made)


def test_auto_assignment_that_was_off_is_on_again() -> None:
    plan = plan_promotion(look(staged(), project=project(auto_assign=False), domains=DOMAINS)).chosen(False)
    for read in (None, True):
        assert "Auto-assignment is on again" in told(at(Stage.SUCCEEDED, plan, auto_assign=read))


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_words(stage: Stage) -> None:
    said = progress(at(stage), NOON)
    assert len(words(said).splitlines()) >= 4
    assert said.text.endswith(".")
    assert said.text.endswith(("under way.", "waiting.")) is not stage.is_outcome
    assert "_" not in words(said)


@given(operations(Stage.SUCCEEDED), st.sampled_from(sorted(set(Stage) - {Stage.SUCCEEDED})))
@settings(max_examples=20)
def test_only_success_says_that_it_is_current(made: Operation, other: Stage) -> None:
    headline = f"{made.plan.project.name}: {made.plan.target.label} is Current"
    rolls = made.began or made.plan.path in {Path.ADVANCE, Path.ABORT}
    assert (words(progress(made, NOON)).splitlines()[0] == headline) is not bool(rolls)
    said = progress(replace(made, stage=other), NOON)
    assert not words(said).splitlines()[0].endswith("is Current")
    assert "is Current" not in said.text


def test_what_was_and_what_comes_is_shown() -> None:
    assert "`c0ffee0` fix the cart (ana, main)\n→ `3f2a1bc` fix the cart (ana, main)" in told(at(Stage.ASKED))
    assert "nothing\n→ `3f2a1bc`" in told(at(Stage.ASKED, FIRST))


def test_what_was_is_what_was_current_before_the_last_ask() -> None:
    pushed = current("dpl_pushed", commit=None, url="shop-pushed-acme.vercel.app")
    assert "`l_pushed` shop-pushed-acme.vercel.app\n→ " in told(at(Stage.SUCCEEDED, before=pushed))


@pytest.mark.parametrize(
    ("proof", "line"),
    [
        (
            DomainProof("a.example", "dpl_target", moved=True, status=200, is_well=True),
            "• a.example: ok (200)",
        ),
        (
            DomainProof("a.example", "dpl_target", moved=True, status=307, is_well=True),
            "• a.example: ok (307)",
        ),
        (
            DomainProof("a.example", "dpl_target", moved=True, status=500),
            "• a.example: moved, but answers 500",
        ),
        *(
            (
                DomainProof("a.example", "dpl_target", moved=True, fault=fault),
                f"• a.example: moved, but {said}",
            )
            for fault, said in (
                ("timeout", "does not answer in time"),
                ("unresolved", "its name does not resolve"),
                ("private", "resolves to a private address, which I do not visit"),
                ("certificate", "its certificate is not valid"),
                ("skipped", "was not visited: other sites took too long"),
                ("ServerDisconnected", "does not answer"),  # the name of a Python class tells nobody anything
                ("<!channel>", "does not answer"),
            )
        ),
        (DomainProof("a.example", "dpl_target", moved=True), "• a.example: moved"),
        (  # the settings may expect fewer statuses, or others
            DomainProof("a.example", "dpl_target", moved=True, status=204),
            "• a.example: moved, but answers 204",
        ),
        (
            DomainProof("a.example", "dpl_target", moved=True, status=401, is_well=True),
            "• a.example: ok (401)",
        ),
        (
            DomainProof("*.a.example", "dpl_target", moved=True, fault="wildcard", is_well=True),
            "• *.a.example: moved; a wildcard has no page of its own to visit",
        ),
        (  # a fault is told of what has moved
            DomainProof("a.example", "dpl_old", moved=False, fault="timeout"),
            "• a.example: still on `dpl_old`",
        ),
        (DomainProof("a.example", "dpl_old", moved=False), "• a.example: still on `dpl_old`"),
        (DomainProof("a.example", None, moved=False), "• a.example: serves nothing"),
    ],
)
def test_each_domain_has_its_proof(proof: DomainProof, line: str) -> None:
    shown = told(at(Stage.SUCCEEDED, proofs=(proof,)))
    assert f"*Proof per domain* for `dpl_target`\n{line}\n" in shown


def test_what_is_wrong_comes_first_and_only_what_is_well_is_counted() -> None:
    well = [
        DomainProof(f"d{n:02}.example", "dpl_target", moved=True, status=200, is_well=True) for n in range(24)
    ]
    broken = DomainProof("x.example", "dpl_target", moved=True, status=500)
    silent = DomainProof("y.example", "dpl_target", moved=True, fault="timeout")
    behind = DomainProof("z.example", "dpl_old", moved=False)
    shown = told(at(Stage.PARTLY_MOVED, proofs=(*well, broken, silent, behind)))
    lines = [line for line in shown.splitlines() if line.startswith("• ")]
    assert len(lines) == 20
    assert [line.split(":")[0] for line in lines[:4]] == [
        "• z.example",
        "• x.example",
        "• y.example",
        "• d00.example",
    ]
    assert "and 7 more" in shown


def test_nothing_is_said_to_have_changed_where_nothing_has() -> None:
    assert "changed" not in told(at(Stage.OUTDATED))


def test_the_proof_of_a_rebuild_names_the_new_deployment() -> None:
    made = at(Stage.SUCCEEDED, REBUILD, build=BUILD, proofs=MOVED)
    assert "*Proof per domain* for `dpl_new`" in told(made)
    assert "`dpl_new`" in words(announcement(made))


@pytest.mark.parametrize(
    ("took", "words_"),
    [
        (timedelta(seconds=7.25), "took 7.2 s"),
        (timedelta(minutes=3), "took 3 min"),
        (timedelta(-1), "took 0.0 s"),
    ],
)
def test_who_and_how_long(took: timedelta, words_: str) -> None:
    done = replace(at(Stage.SUCCEEDED, proofs=MOVED), finished_at=NOON + took)
    assert told(done).endswith(f"Requested by <@U0ANA0001> · {words_}")
    assert told(at(Stage.ASKED)).endswith("Requested by <@U0ANA0001> · 0 s ago")
    assert told(replace(at(Stage.CANCELLED), asked_at=None)).endswith("Requested by <@U0ANA0001>")
