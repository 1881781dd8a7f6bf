"""*Roll back all*: one confirmation with every domain, and what was requested for each project."""

from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from chatbot.domain.deployments import Project
from chatbot.domain.waysback import WayBack
from chatbot.messages import actions
from chatbot.messages.confirmation import modal
from chatbot.messages.message import Message, says, sections
from chatbot.messages.wording import bullets, count, deployment_line, domain_name, foreign, mention

_TITLE = "Roll back all"


@dataclass(frozen=True)
class Result:
    """What was requested for a project; `why_not` is a refusal as people read it."""

    project_name: str
    way: WayBack | None = None
    why_not: Message | None = None


def looking() -> View:
    """At once: Slack opens a dialog within three seconds only."""
    return modal(_TITLE, "I am looking where each project can go back to.", [])


def question(ways: Sequence[tuple[str, Project | None, WayBack | None]], carried: str) -> View:
    """`ways` are in order, each with the project's name; `carried` comes back with the answer."""
    lines: list[str] = []
    for name, project, way in ways:
        if way is None:
            why = "there is nothing to roll back to" if project else "Vercel does not say what is Current"
            lines.append(f"*{foreign(name)}*: stays as it is, {why}.")
            continue
        current = f" from {deployment_line(project.current)}" if project and project.current else ""
        lines.append(f"*{foreign(name)}* to {deployment_line(way.target)}{current}")
        lines += [f"• {domain_name(domain)}" for domain in way.domains]
    going = [way for _, _, way in ways if way is not None]
    domains = sum(len(way.domains) for way in going)
    head = (
        f"{count(len(going), 'project')} and {count(domains, 'domain')} go back, in this order. No rebuild. New builds "
        "then stay Staged. Each is an operation of its own: where one fails, the others go on."
    )
    asked = modal(_TITLE, head, lines)
    if going:
        asked.submit = PlainTextObject(text="Roll back all")
        asked.close = PlainTextObject(text="Cancel")
    asked.callback_id, asked.private_metadata = actions.ALL_BACK, carried
    return asked


def another_by_now() -> Message:
    return says(
        "Nothing was done: its way back is not any more what the dialog said. Its card has the new one."
    )


def unreadable() -> Message:
    return says("Nothing was done: Vercel did not say in time what is Current. Try again from its card.")


def refused(why: Message) -> View:
    return modal(_TITLE, why.text, [])


def results(by: str, found: Sequence[Result]) -> Message:
    """For the thread of the card. How each ends, its own message and the card tell."""
    lines = [_result(one) for one in found]
    asked = sum(one.why_not is None for one in found)
    text = f"Roll back all, by {mention(by)}: {asked} of {count(len(found), 'project')} requested."
    return Message(text, tuple(sections([f"*{text}*", *bullets(lines, len(lines))])))


def _result(one: Result) -> str:
    if one.why_not is not None:
        return f"{foreign(one.project_name)}: {one.why_not.text[:400]}"
    to = f" to {deployment_line(one.way.target)}" if one.way else ""
    return f"{foreign(one.project_name)}: requested,{to}"
