"""The buttons that act without a card: Slack's own dialog names what will happen."""

import re

from slack_sdk.models.blocks import ButtonElement

from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.undoing import retry_of, undo_of
from chatbot.domain.waysback import Pressed, WayBack
from chatbot.messages import actions
from chatbot.messages.message import ask_first, button
from chatbot.messages.wording import count, deployment_text, named, plain

_PRESSED = re.compile(r"([A-Za-z0-9_-]{1,100}) ([A-Za-z0-9_-]{1,100}) ([A-Za-z0-9_-]{1,100}) ([0-9a-f]{64})")
_NOTHING = "-"


def back_button(way: WayBack, number: int = 0) -> ButtonElement:
    """`number` tells several in one block apart, from 1."""
    names = named((plain(name, 60) for name in way.domains), 3)
    question = ask_first(
        f"Roll back {way.project_name}?",
        f"To {deployment_text(way.target)}. No rebuild. New builds then stay Staged. "
        f"{count(len(way.domains), 'domain')}: {names}",
        "Roll back",
    )
    return button(
        f"Roll back to {way.target.label}",
        actions.numbered(actions.BACK, number) if number else actions.BACK,
        f"{way.project_id} {way.target.id} {way.from_id or _NOTHING} {way.bound}",
        style="danger",
        confirm=question,
    )


def pressed(value: str) -> Pressed | None:
    """What such a button carries; None for what none of ours does."""
    found = _PRESSED.fullmatch(value)
    if found is None:
        return None
    project_id, target_id, from_id, bound = found.groups()
    return Pressed(project_id, target_id, None if from_id == _NOTHING else from_id, bound)


def undo(operation: Operation) -> ButtonElement | None:
    plan = undo_of(operation)
    if plan is None:
        return None
    if plan.path is Path.ABORT or operation.plan.path is Path.ABORT:
        return _of_release(operation, plan)
    forward = operation.plan.path.goes_back and plan.target.created_at > operation.made.created_at
    way = f"No rebuild. {_auto_assignment(plan)}"
    verb = "Undo rollback" if forward else "Roll back"
    question_title = f"{'Undo the rollback of' if forward else 'Roll back'} {plan.project.name}?"
    return _one_click(
        f"{verb} to {plan.target.label}", question_title, verb, way, actions.UNDO, operation, plan
    )


def _auto_assignment(plan: Plan) -> str:
    if plan.path is Path.ROLLBACK:
        return "New builds then stay Staged."
    return "Auto-assignment stays off." if plan.keep_off else "Auto-assignment is switched on."


def _of_release(operation: Operation, plan: Plan) -> ButtonElement:
    name = plan.project.name
    if plan.path is Path.ABORT:
        question = f"Abort the rolling release of {name}?"
        return _one_click(
            "Abort", question, "Abort", "All visitors get it again.", actions.UNDO, operation, plan
        )
    question = f"Begin the rolling release of {name} again?"
    way = "In stages, from the first. No rebuild." if plan.starts_release else "No rebuild."
    return _one_click("Begin it again", question, "Begin", way, actions.UNDO, operation, plan)


def retry(operation: Operation) -> ButtonElement | None:
    plan = retry_of(operation)
    if plan is None:
        return None
    question_title = f"Move the rest of {plan.project.name}?"
    left = [p.name for p in operation.findings.proofs if not p.moved and not p.gone]
    names = named((plain(name, 60) for name in left), 3)
    stay = f"{len(left)} of {count(len(plan.domains), 'domain')} did not follow: {names}"
    question = ask_first(question_title, f"To {plan.target.label}. No rebuild. {stay}", "Retry")
    return button("Retry these domains", actions.RETRY, operation.id, style="danger", confirm=question)


def give_up(operation: Operation) -> ButtonElement | None:
    name = operation.plan.project.name
    if operation.stage is Stage.WAITING:
        question = ask_first(
            f"Withdraw this request for {name}?",
            "Nothing was sent to Vercel.",
            "Withdraw",
            deny="Keep waiting",
        )
        return button("Withdraw", actions.GIVE_UP, operation.id, confirm=question)
    if operation.stage is not Stage.BUILDING:
        return None
    question = ask_first(
        f"Cancel the build of {name}?", "Production stays as it is.", "Cancel the build", deny="Keep building"
    )
    return button("Cancel the build", actions.GIVE_UP, operation.id, confirm=question)


def _one_click(
    text: str, question_title: str, verb: str, way: str, action: str, operation: Operation, plan: Plan
) -> ButtonElement:
    """Slack's own dialog names the target and the domains; the click then needs no card."""
    names = named((plain(d.name, 60) for d in plan.domains), 3)
    question = ask_first(
        question_title,
        f"To {plan.target.label}. {way} {count(len(plan.domains), 'domain')}: {names}",
        verb,
    )
    return button(text, action, operation.id, style="danger", confirm=question)
