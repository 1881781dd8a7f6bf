"""What is said of rolling releases: by whom they are shown, before a click, and afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.crons import Cron
from chatbot.domain.deployments import Deployment, ReleaseStage
from chatbot.domain.operations import Findings, Operation, Stage
from chatbot.domain.planning import (
    NoSuchStep,
    ReleaseOver,
    ReleaseUnderWay,
    plan_promotion,
    plan_rollback,
    plan_step,
)
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.messages import confirmation, refusals
from chatbot.messages import release as wording
from chatbot.messages.announcement import announcement
from chatbot.messages.operation import progress
from tests.unit.making import (
    NOON,
    THREE_STAGES,
    canary,
    current,
    look,
    operation,
    preview,
    project,
    promoted,
    release,
    staged,
)
from tests.unit.saying import buttons, words

ROLLS = project(rolling_release=True, stages=THREE_STAGES)
OVER = release(state=ReleaseState.ABORTED, active=None)
TIMED = (
    ReleaseStage(5, timedelta(minutes=10)),
    ReleaseStage(25, timedelta(hours=3), grows=True),
    ReleaseStage(100),
)


def met(target: Deployment, made: RollingRelease | None = None) -> Any:
    return wording.under_way(ReleaseUnderWay(ROLLS, target, made or release()), NOON)


def test_it_is_shown_with_who_gets_what_and_what_can_be_done() -> None:
    said = met(canary())
    assert words(said).startswith(
        "shop: rolling release, 5 %, stage 1 of 3\n"
        "5 % of the visitors get the canary `3f2a1bc` fix the cart (ana, main)\n"
        "The others get `c0ffee0` fix the cart (ana, main), which stays Current until the release is complete.\n"
        "Stage 1 of 3 (*5 %* → 25 % → 100 %), under way for 1 h. Next: 25 %, when somebody approves it.\n"
        "Queued behind it: nothing."
    )
    assert list(buttons(said)) == ["Advance to 25 %", "Complete", "Abort"]
    assert {b["value"] for b in buttons(said).values()} == {"prj_shop dpl_canary 0"}


def test_by_itself_it_goes_on_in_a_while() -> None:
    made = release(stages=TIMED, updated_at=NOON - timedelta(minutes=4))
    assert "Next: 25 %, by itself, in at most 6 min." in words(met(canary(), made))
    assert wording.stages_to_come(TIMED) == "5 % for 10 min, then 25 %, growing, for 3 h, then all"


def test_its_last_stage_but_one_is_completed_and_its_last_only_aborted() -> None:
    assert list(buttons(met(canary(), release(active=1)))) == ["Complete", "Abort"]
    last = met(canary(), release(active=2))
    assert list(buttons(last)) == ["Abort"]
    assert "It is in its last stage: the domains are moving to the canary." in words(last)


@pytest.mark.parametrize(
    ("target", "made", "sentence", "button"),
    [
        (staged(), release(), "can wait for it.", "Promote 3f2a1bc after it"),
        (
            staged(),
            release(queued_id="dpl_third"),
            "can wait for it, and takes the place of what is queued.",
            "Promote 3f2a1bc after it",
        ),
        (preview(), release(), "can wait for it.", "Rebuild and promote 3f2a1bc after it"),
        (promoted(), release(), "has served before: the way to it is a rollback", "Roll back to 3f2a1bc"),
        (staged(), release(queued_id="dpl_target"), "is what is queued.", None),
        (current(), release(), "Queued behind it: nothing.", None),
    ],
)
def test_anything_else_may_wait_or_not(
    target: Deployment, made: RollingRelease, sentence: str, button: str | None
) -> None:
    said = met(target, made)
    assert sentence in words(said)
    assert list(buttons(said))[3:] == ([button] if button else [])


def test_one_that_is_over_or_unseen_is_said_to_be() -> None:
    complete = release(state=ReleaseState.COMPLETE, active=2)
    for newest, sentence in (
        (None, "No rolling release of shop is under way."),
        (OVER, "The rolling release of shop to `3f2a1bc` fix the cart (ana, main) is aborted."),
        (complete, "The rolling release of shop to `3f2a1bc` fix the cart (ana, main) is complete."),
        (release(), "The rolling release of shop is another one now: of `3f2a1bc`"),
    ):
        assert sentence in words(refusals.word(ReleaseOver(ROLLS, newest), NOON))
    unseen = refusals.word(ReleaseUnderWay(ROLLS, canary()), NOON)
    assert "that Vercel does not show me just now" in words(unseen)
    last = refusals.word(NoSuchStep(ROLLS, canary(), release(active=1)), NOON)
    assert "there is no further stage to advance to but the last" in words(last)


# The confirmation --------------------------------------------------------------------------------------------

BEGIN = plan_promotion(look(canary(ready_substate="STAGED"), project=replace(ROLLS, auto_assign=False)))
BEHIND = plan_promotion(look(staged(), project=ROLLS, newest_release=release()), may_wait=True)


def step(path: Path, **changes: Any) -> Plan:
    target = current() if path is Path.ABORT else canary()
    return plan_step(path, look(target, project=ROLLS, newest_release=release(**changes)))


def card(plan: Plan) -> Any:
    return confirmation.card(plan, "c" * 24, now=NOON, valid=timedelta(minutes=10))


@pytest.mark.parametrize(
    ("plan", "sentences"),
    [
        (
            BEGIN,
            [
                "Promote shop to 3f2a1bc?",
                "*A rolling release begins.* 5 % of the visitors get it first; the domains stay",
                "Stages: 5 % until somebody approves more, then 25 % until somebody approves more, then all.",
                "*Current, and stays*",
                "*Canary*",
                "They stay where they are until the rolling release is complete.",
                "*Auto-assignment* stays off until the rolling release is complete. That switches it on.",
            ],
        ),
        (
            BEHIND,
            [
                "*Queued behind a rolling release* of `3f2a1bc` fix the cart (ana, main) (5 %, stage 1 of 3).",
                "does not begin if that one is aborted",
                "*Queued*",
            ],
        ),
        (
            step(Path.ADVANCE),
            [
                "Advance shop to 25 % on 3f2a1bc?",
                "*Advance, from 5 %, stage 1 of 3.* 25 % of the visitors get the canary",
                "*Affected domains",
            ],
        ),
        (
            step(Path.COMPLETE, queued_id="dpl_third"),
            [
                "Complete the rolling release of shop to 3f2a1bc?",
                "All domains move to the canary now, and it becomes Current.",
                "Then `dpl_third` begins, which is queued.",
                "*Auto-assignment* stays on.",
            ],
        ),
        (
            step(Path.ABORT, queued_id="dpl_third"),
            [
                "Abort the rolling release of shop to 3f2a1bc?",
                "All visitors get what was Current again, at once.",
                "this is a rollback: production is pinned by it",
                "*Canary now*",
                "*All visitors then*",
                "What is queued behind the rolling release does not begin.",
            ],
        ),
        (
            plan_rollback(look(promoted(), project=ROLLS, newest_release=release())),
            ["A rolling release is under way. This aborts it: no visitor gets its canary any more."],
        ),
        (
            plan_promotion(look(preview(), project=ROLLS)),
            ["its source is built again for production.", "*A rolling release begins.*"],
        ),
    ],
)
def test_the_confirmation_says_what_will_happen(plan: Plan, sentences: list[str]) -> None:
    said = words(card(plan))
    assert [s for s in sentences if s not in said] == []


@pytest.mark.parametrize(
    ("path", "verb", "style"),
    [
        (Path.ADVANCE, "Advance to 25 %", "primary"),
        (Path.COMPLETE, "Complete", "primary"),
        (Path.ABORT, "Abort", "danger"),
    ],
)
def test_its_button_says_it_again(path: Path, verb: str, style: str) -> None:
    assert buttons(card(step(path)))[verb]["style"] == style


def test_cron_jobs_move_when_the_domains_do() -> None:
    jobs = replace(ROLLS, crons=(Cron("/api/digest", "0 6 * * *"),))
    of = {"project": jobs, "newest_release": release()}
    nothing = canary(crons=())
    assert "*Cron jobs* move once the rolling release is complete. These end:" in words(
        card(plan_step(Path.ADVANCE, look(nothing, **of)))
    )
    assert "*Cron jobs* move too. These end:" in words(card(plan_step(Path.COMPLETE, look(nothing, **of))))
    assert "Cron jobs" not in words(card(plan_step(Path.ABORT, look(current(), **of))))


def test_stages_that_are_not_told_are_not_made_up() -> None:
    plan = plan_promotion(look(staged(), project=project(rolling_release=True)))
    assert "*A rolling release begins.* some visitors" not in words(card(plan))
    assert "*A rolling release begins.* Some of the visitors get it first" in words(card(plan))


# Afterwards --------------------------------------------------------------------------------------------------


def at(stage: Stage, plan: Plan, **found: Any) -> Operation:
    return operation(plan, stage, asked_at=NOON, findings=Findings(**found))


BEGUN = at(Stage.SUCCEEDED, BEGIN, release=release(), seen="dpl_current", auto_assign=False)
ADVANCED = at(Stage.SUCCEEDED, step(Path.ADVANCE), release=release(active=1), auto_assign=True)
ABORTED = at(Stage.SUCCEEDED, step(Path.ABORT), release=OVER, auto_assign=False)
COMPLETE = release(state=ReleaseState.COMPLETE, active=2)


@pytest.mark.parametrize(
    ("made", "headline", "offered"),
    [
        (BEGUN, "shop: canary 3f2a1bc at 5 %, stage 1 of 3", ["Advance to 25 %", "Complete", "Abort"]),
        (ADVANCED, "shop: canary 3f2a1bc at 25 %, stage 2 of 3", ["Complete", "Abort"]),
        (
            at(Stage.SUCCEEDED, step(Path.ADVANCE), release=COMPLETE),
            "shop: the rolling release to 3f2a1bc is complete",
            ["Roll back to c0ffee0"],
        ),
        (ABORTED, "shop: aborted, all visitors get c0ffee0", ["Begin it again", "Resume…"]),
    ],
)
def test_split_visitors_are_no_new_current(made: Operation, headline: str, offered: list[str]) -> None:
    told = progress(made, NOON)
    assert words(told).splitlines()[0] == headline
    assert "is Current" not in words(told) + told.text
    assert list(buttons(told)) == offered
    announced = announcement(made)
    assert "is now" not in words(announced)
    assert headline in words(announced)


def test_what_is_complete_is_current() -> None:
    made = at(Stage.SUCCEEDED, step(Path.COMPLETE), release=COMPLETE, seen="dpl_canary", auto_assign=True)
    assert words(progress(made, NOON)).startswith("shop: 3f2a1bc is Current\n")
    assert "Rolling release completed from Slack by" in words(announcement(made))


def test_a_beginning_that_ran_through_at_once_is_current() -> None:
    made = at(Stage.SUCCEEDED, BEGIN, release=COMPLETE, seen="dpl_canary", auto_assign=True)
    assert words(progress(made, NOON)).startswith("shop: 3f2a1bc is Current\n")


def test_what_waits_says_for_what() -> None:
    waits = release(queued_id="dpl_target", active=1)
    made = at(Stage.QUEUED, BEHIND, release=waits, queued=True)
    assert (
        "Accepted, and queued: it begins when the rolling release of `3f2a1bc` fix the cart (ana, main) is complete "
        "(25 %, stage 2 of 3). Next: 100 %, when somebody approves it." in words(progress(made, NOON))
    )


WAITED = {"queued": True, "seen": "dpl_current"}


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (
            at(Stage.SUPERSEDED, step(Path.ADVANCE), release=OVER),
            "Somebody aborted the rolling release meanwhile.",
        ),
        (at(Stage.SUPERSEDED, step(Path.ABORT), release=COMPLETE), "was completed meanwhile."),
        (
            at(Stage.SUPERSEDED, step(Path.COMPLETE), release=release(started_at=NOON)),
            "That rolling release is over; the newest one is of `3f2a1bc` fix the cart (ana, main) (5 %, stage 1",
        ),
        (at(Stage.SUPERSEDED, BEGIN, release=OVER), "It began, and was aborted."),
        (at(Stage.SUPERSEDED, BEGIN, release=COMPLETE), "It completed, and production has moved on since."),
        (
            at(Stage.SUPERSEDED, BEHIND, release=OVER, **WAITED),
            "that it waited for was aborted, so it does not begin.",
        ),
        (
            at(Stage.SUPERSEDED, BEHIND, release=release(queued_id="dpl_third"), **WAITED),
            "`dpl_third` took its place in the queue, so it does not begin.",
        ),
        (at(Stage.SUPERSEDED, BEHIND, release=release(), **WAITED), "Vercel has taken it out of the queue"),
        (
            at(Stage.SUPERSEDED, BEGIN, release=None),
            "Somebody asked for a way back meanwhile, and that goes first.",
        ),
    ],
)
def test_what_was_superseded_says_by_what(made: Operation, why: str) -> None:
    assert why in words(progress(made, NOON))


def test_a_step_that_failed_left_the_release_as_it_was() -> None:
    assert "The rolling release is as it was." in words(progress(at(Stage.FAILED, step(Path.ADVANCE)), NOON))
