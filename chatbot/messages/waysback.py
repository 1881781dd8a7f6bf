"""What a one-click way back says besides its button: that it is taken, or why it is not."""

from datetime import datetime

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.operations import Operation
from chatbot.domain.plans import Part
from chatbot.domain.waysback import WayBackChanged
from chatbot.messages import actions
from chatbot.messages.message import Message, button, row, says
from chatbot.messages.oneclick import back_button
from chatbot.messages.release import line, standing
from chatbot.messages.wording import (
    code,
    count,
    deployment_line,
    domain_name,
    foreign,
    mention,
    named,
    span,
)

_ROOM = 300


def taken(operation: Operation, channel: str | None = None) -> Message:
    """In the place of the button, where only the person who clicked it sees that. `channel`: another one than that
    of the button.
    """
    where = f"in <#{channel}>" if channel else "here"
    plan = operation.plan
    return says(
        f"{mention(operation.actor)} rolls {foreign(plan.project.name)} back to {deployment_line(plan.target)}. "
        f"One message {where} tells how it goes."
    )


def changed(refusal: WayBackChanged, now: datetime) -> Message:
    """What is Current now, and the way back from there."""
    project, target = refusal.project, refusal.target
    if target is None:
        text = f"Nothing was done. The deployment to go back to was deleted. {_current(refusal, now)}"
        choose = button("Roll back…", actions.CANDIDATES, project.id)
        return says(f"{text} *Roll back…* shows where else it can go back to.", row(choose))
    if project.current is not None and project.current.id == target.id:
        return says(f"Nothing more was done. {_current(refusal, now)}")
    text = f"Nothing was done. {_what(refusal, target, now)}"
    if refusal.again is not None:
        return says(text, row(back_button(refusal.again)))
    choose = button(f"Roll back to {target.label}…", actions.ROLL_BACK, target.id)
    return says(f"{text} The button shows what that would do, before anything is done.", row(choose))


def _what(refusal: WayBackChanged, target: Deployment, now: datetime) -> str:
    name, project = foreign(refusal.project.name), refusal.project
    match refusal.part:
        case Part.RELEASE if refusal.release is not None:
            canary = f"{line(refusal.release.canary)}, {standing(refusal.release)}"
            return f"A rolling release of {name} is under way to {canary}. To roll back aborts it."
        case Part.MOVE if (move := project.move_under_way) is not None:
            by = f", by {mention(refusal.by)}" if refusal.by else ""
            what = f"A {foreign(move.type, 40)} of {name} to {code(move.to_id)}"
            return f"{what} is under way{by}. To roll back takes its place."
        case Part.CURRENT:
            return (
                f"Production of {name} has moved on since this button was shown. {_current(refusal, now)} "
                f"To go back from there to {deployment_line(target)} takes one more click."
            )
        case _:
            return f"{_moves(refusal)} {_current(refusal, now)}"


def _moves(refusal: WayBackChanged) -> str:
    name = foreign(refusal.project.name)
    text = f"The domains of {name} changed since this button was shown."
    if refusal.again is None:
        return text
    domains = refusal.again.domains
    names = named(map(domain_name, domains), 5, _ROOM)
    return f"{text} {count(len(domains), 'domain')} would move now: {names}."


def _current(refusal: WayBackChanged, now: datetime) -> str:
    return current_line(refusal.project, now, refusal.by)


def current_line(project: Project, now: datetime, by: str | None = None) -> str:
    """`shop` serves what, since when, and who made it so."""
    if project.current is None:
        return f"Nothing is Current of {foreign(project.name)}."
    since = f" for {span(now - project.current_since)}" if project.current_since else ""
    who = f", by {mention(by)}" if by else ""
    return f"Current of {foreign(project.name)}{since}: {deployment_line(project.current)}{who}."
