"""The operation message at every stage, and the announcement."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatbot.domain.operations import Build, DomainProof, Findings, Operation, Stage
from chatbot.domain.planning import plan_promotion, plan_rollback
from chatbot.messages import actions
from chatbot.messages.operation import announcement, progress
from tests.unit.making import NOON, domain, look, operation, preview, project, promoted, staged
from tests.unit.saying import everything_in, payload, words
from tests.unit.strategies import operations

DOMAINS = (domain(), domain("eu.example.com"))
PROMOTE = plan_promotion(look(staged(), domains=DOMAINS))
REBUILD = plan_promotion(look(preview(), domains=DOMAINS))
ROLLBACK = plan_rollback(look(promoted(), domains=DOMAINS))
BUILD = Build("dpl_new", "shop-new.vercel.app", "BUILDING", NOON - timedelta(seconds=30))
MOVED = tuple(DomainProof(d.name, "dpl_target", moved=True, status=200) for d in DOMAINS)
HALF = (MOVED[0], DomainProof("eu.example.com", "dpl_current", moved=False))


def at(stage: Stage, plan: Any = PROMOTE, **findings: Any) -> Operation:
    return operation(plan, stage, asked_at=NOON, findings=Findings(**findings))


def buttons(said: Any) -> dict[str, dict[str, Any]]:
    return {p["text"]["text"]: p for p in everything_in(payload(said)) if p.get("type") == "button"}


def told(made: Operation) -> str:
    return words(progress(made, NOON))


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (at(Stage.REQUESTED), "Checking that nothing changed since the confirmation."),
        (at(Stage.ASKED), "Asking Vercel."),
        (at(Stage.BUILDING, REBUILD), "Building."),
        (at(Stage.BUILDING, REBUILD, build=BUILD), "Building `dpl_new` since 30 s."),
        (
            at(Stage.BUILDING, replace(REBUILD, usual=timedelta(seconds=60)), build=BUILD),
            "Building `dpl_new`: ██████░░░░░░ 30 s, usually 1 min.",
        ),
        (
            at(Stage.BUILDING, replace(REBUILD, usual=timedelta(seconds=10)), build=BUILD),
            "Building `dpl_new`: ███████████░ 30 s, usually 10 s.",
        ),
        (
            at(Stage.MOVING, queued=True),
            "Accepted, and queued: it begins when the active rolling release completes.",
        ),
        (at(Stage.MOVING, proofs=HALF), "Accepted. Domains moved: 1/2."),
        (at(Stage.MOVING), "Accepted. Domains moved: 0/2."),
        (
            at(Stage.UNSURE, said="<!channel>"),
            "Vercel said: &lt;!channel&gt;. I asked once and will not ask again.",
        ),
        (at(Stage.UNSURE, seen="dpl_current"), "Current, when last seen: `dpl_current`."),
        (at(Stage.SUCCEEDED, proofs=MOVED), "Auto-assignment stays on."),
        (at(Stage.SUCCEEDED, ROLLBACK, proofs=MOVED), "Production is pinned: auto-assignment is off."),
        (at(Stage.PARTLY_MOVED, proofs=HALF), "Some domains did not move."),
        (at(Stage.FAILED, said="no"), "Production did not move. Vercel said: no."),
        (at(Stage.FAILED, said="no."), "Production did not move. Vercel said: no.\n"),
        (at(Stage.FAILED, said="no", seen="dpl_x"), "Vercel said: no. Current, when last seen: `dpl_x`."),
        (at(Stage.PARTLY_MOVED, said="no"), "Vercel said: no. Promote or roll back again"),
        (at(Stage.UNKNOWN, said="no"), "Vercel said: no. Look with `/current`"),
        (
            at(Stage.FAILED, REBUILD, build=replace(BUILD, ready_state="ERROR", error="npm <install>")),
            "The new build did not become ready. npm &lt;install&gt; Production is as it was.",
        ),
        (replace(at(Stage.FAILED), asked_at=None), "Nothing was sent to Vercel."),
        (at(Stage.UNKNOWN), "I asked once and saw no result. Look with `/current` before you try again."),
        (
            at(Stage.SUPERSEDED, taken_by="dpl_x"),
            "Somebody else moved production meanwhile. It is now `dpl_x`.",
        ),
        (
            at(Stage.OUTDATED, changed=("the affected domains",)),
            "Nothing was done: the affected domains changed",
        ),
        (at(Stage.OUTDATED), "Nothing was done: the confirmation was too old when I could act on it."),
        (at(Stage.CANCELLED), "Nothing was done."),
    ],
)
def test_what_is_told(made: Operation, sentence: str) -> None:
    assert sentence in told(made)


def test_auto_assignment_that_was_off_is_on_again() -> None:
    plan = plan_promotion(look(staged(), project=project(auto_assign=False), domains=DOMAINS))
    assert "Auto-assignment is on again" in told(at(Stage.SUCCEEDED, plan, proofs=MOVED))


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_words(stage: Stage) -> None:
    said = progress(at(stage), NOON)
    assert len(words(said).splitlines()) >= 4
    assert said.text.endswith("under way." if not stage.is_outcome else ".")
    assert ("under way" in said.text) is not stage.is_outcome
    assert "_" not in words(said)


@given(operations(Stage.SUCCEEDED), st.sampled_from(sorted(set(Stage) - {Stage.SUCCEEDED})))
@settings(max_examples=20)
def test_only_success_says_that_it_is_current(made: Operation, other: Stage) -> None:
    headline = f"{made.plan.project.name}: {made.plan.target.label} is Current"
    assert words(progress(made, NOON)).splitlines()[0] == headline
    said = progress(replace(made, stage=other), NOON)
    assert not words(said).splitlines()[0].endswith("is Current")
    assert "is Current" not in said.text


def test_what_was_and_what_comes_is_shown() -> None:
    assert "`c0ffee0` fix the cart (ana, main)\n→ `3f2a1bc` fix the cart (ana, main)" in told(at(Stage.ASKED))
    nothing = plan_promotion(look(staged(), project=project(current=None)))
    assert "nothing\n→ `3f2a1bc`" in told(at(Stage.ASKED, nothing))


@pytest.mark.parametrize(
    ("proof", "line"),
    [
        (DomainProof("a.example", "dpl_target", moved=True, status=200), "• a.example: ok (200)"),
        (DomainProof("a.example", "dpl_target", moved=True, status=307), "• a.example: ok (307)"),
        (
            DomainProof("a.example", "dpl_target", moved=True, status=500),
            "• a.example: moved, but answers 500",
        ),
        (
            DomainProof("a.example", "dpl_target", moved=True, fault="no answer in time"),
            "• a.example: moved, but does not answer (no answer in time)",
        ),
        (
            DomainProof("a.example", "dpl_target", moved=True),
            "• a.example: moved, but does not answer (not probed)",
        ),
        (DomainProof("a.example", "dpl_old", moved=False), "• a.example: still on `dpl_old`"),
        (DomainProof("a.example", None, moved=False), "• a.example: serves nothing"),
    ],
)
def test_each_domain_has_its_proof(proof: DomainProof, line: str) -> None:
    shown = told(at(Stage.SUCCEEDED, proofs=(proof,)))
    assert f"*Proof per domain* for `dpl_target`\n{line}\n" in shown


def test_what_is_wrong_comes_first_and_only_what_is_well_is_counted() -> None:
    well = [DomainProof(f"d{n:02}.example", "dpl_target", moved=True, status=200) for n in range(24)]
    broken = DomainProof("x.example", "dpl_target", moved=True, status=500)
    silent = DomainProof("y.example", "dpl_target", moved=True, fault="no answer in time")
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


class TestUndo:
    def test_a_promote_is_rolled_back_by_one_click_after_slacks_own_question(self) -> None:
        for said in (
            progress(at(Stage.SUCCEEDED, proofs=MOVED), NOON),
            announcement(at(Stage.SUCCEEDED, proofs=MOVED)),
        ):
            undo = buttons(said)["Roll back to c0ffee0"]
            assert (undo["action_id"], undo["style"]) == (actions.UNDO, "danger")
            assert undo["value"] == at(Stage.SUCCEEDED).id
            confirm = undo["confirm"]
            assert confirm["title"]["text"] == "Roll back shop?"
            assert (
                confirm["text"]["text"] == "To c0ffee0. No rebuild. New builds then stay Staged. "
                "2 domains: eu.example.com, shop.example.com"
            )
            assert (confirm["confirm"]["text"], confirm["deny"]["text"]) == ("Roll back", "Cancel")

    def test_a_rollback_is_undone_by_a_promote(self) -> None:
        undo = buttons(progress(at(Stage.SUCCEEDED, ROLLBACK, proofs=MOVED), NOON))[
            "Undo rollback to c0ffee0"
        ]
        assert "Auto-assignment is switched on." in undo["confirm"]["text"]["text"]

    @pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.SUCCEEDED, Stage.PARTLY_MOVED}))
    def test_nothing_else_can_be_undone(self, stage: Stage) -> None:
        assert not buttons(progress(at(stage), NOON))

    def test_where_nothing_was_there_is_no_way_back(self) -> None:
        first = plan_promotion(look(staged(), project=project(current=None)))
        assert not buttons(progress(at(Stage.SUCCEEDED, first, proofs=MOVED), NOON))
        assert not buttons(announcement(at(Stage.SUCCEEDED, first, proofs=MOVED)))


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
    found = buttons(progress(at(Stage.FAILED, REBUILD, build=replace(BUILD, logs_url=url)), NOON))
    assert ("Build logs" in found) is shown
    if shown:
        assert found["Build logs"]["url"] == url


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


def test_an_announcement_says_what_is_what_was_who_and_where() -> None:
    shown = words(announcement(replace(at(Stage.SUCCEEDED, proofs=MOVED), reason="new cart")))
    assert shown.splitlines()[:4] == [
        "*Current of shop is now `3f2a1bc` fix the cart (ana, main)* `dpl_target`",
        "It was `c0ffee0` fix the cart (ana, main). Promoted from Slack by <@U0ANA0001>.",
        "Proven on 2 domains: shop.example.com, eu.example.com",
        "Reason: new cart",
    ]
    back = words(announcement(at(Stage.SUCCEEDED, ROLLBACK, proofs=MOVED)))
    assert "Rolled back from Slack" in back
    assert "Production is pinned" in back
    assert "Rebuilt and promoted from Slack" in words(announcement(at(Stage.SUCCEEDED, REBUILD, build=BUILD)))


def test_an_announcement_counts_and_names_only_what_has_moved() -> None:
    said = announcement(at(Stage.SUCCEEDED, proofs=HALF))
    assert "Proven on 1 domain: shop.example.com\n" in words(said) + "\n"
    assert said.text == "Current of shop is now 3f2a1bc, on 1 domain."
    assert announcement(at(Stage.SUCCEEDED, proofs=MOVED)).text.endswith("on 2 domains.")


def test_an_announcement_counts_the_domains_that_it_does_not_name() -> None:
    many = tuple(DomainProof(f"d{n:02}.example", "dpl_target", moved=True, status=200) for n in range(12))
    shown = words(announcement(at(Stage.SUCCEEDED, proofs=many)))
    assert "Proven on 12 domains: d00.example, " in shown
    assert "d09.example and 2 more" in shown
