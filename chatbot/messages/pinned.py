"""The one message in a channel about production that stays pinned, and what becomes of it."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from chatbot.domain.pinning import Pinning, Unpinned
from chatbot.domain.plans import MAX_REASON
from chatbot.messages import actions
from chatbot.messages.message import Message, button, context, row, sections
from chatbot.messages.wording import (
    bullets,
    code,
    count,
    deployment_line,
    foreign,
    mention,
    moment,
    old,
    span,
)

_SHOWN = 10


def reminder(pin: Pinning, now: datetime) -> Message:
    name = foreign(pin.project_name)
    lasted = span(now - pin.since)
    kept = pin.kept_until if pin.kept_until is not None and pin.kept_until > now else None
    lines = [f"*Production of {name} is pinned, for {lasted}.* {_whence(pin)}"]
    if pin.why:
        lines.append(f"Reason: {foreign(pin.why, MAX_REASON)}")
    if pin.current is not None:
        lines.append(f"Current: {deployment_line(pin.current)} {code(pin.current.id)}")
    lines += _waiting(pin, now)
    if kept is not None:
        by = f" by {mention(pin.kept_by)}" if pin.kept_by else ""
        lines.append(f"*Kept so on purpose*{by}, until {moment(kept)}.")
    waits = f", {count(len(pin.waiting), 'build')} not live" if pin.waiting else ""
    return Message(
        f"Production of {name} is pinned, for {lasted}{waits}.",
        (*sections(lines), row(_resume(pin), _keep(pin)), context("This message is kept up to date, daily.")),
    )


def unpinned(pin: Unpinned) -> Message:
    """In the place of the reminder: it is over, and there is nothing left to press."""
    name, lasted = foreign(pin.project_name), span(pin.over_at - pin.since)
    if pin.gone:
        text = f"{name} is gone: there is no such project any more. Its production was pinned for {lasted}."
        return Message(text, tuple(sections([text])))
    text = f"Production of {name} is not pinned any more, after {lasted}"
    lines = [
        f"*{text}.* New production builds become Current by themselves again, unless that is switched off."
    ]
    if pin.current is not None:
        by = f" Moved by {mention(pin.by)}." if pin.by else ""
        lines.append(f"Current: {deployment_line(pin.current)} {code(pin.current.id)}.{by}")
    return Message(f"{text}.", tuple(sections(lines)))


def _whence(pin: Pinning) -> str:
    by = f" by {mention(pin.by)}" if pin.by else ""
    return f"Rolled back{by}, {moment(pin.since)}. New production builds stay Staged until somebody promotes."


def _waiting(pin: Pinning, now: datetime) -> list[str]:
    if not pin.waiting:
        return ["No newer production build waits to go live."]
    head = f"*Not live: {count(len(pin.waiting), 'build')}*"
    return [head, *bullets((f"{deployment_line(d)}, {old(d, now)}" for d in pin.waiting), _SHOWN)]


def _resume(pin: Pinning) -> ButtonElement:
    return button("Resume…", actions.RESUME, pin.project_id, style="primary")


def _keep(pin: Pinning) -> ButtonElement:
    return button("Keep 4 h more", actions.KEEP_PINNED, pin.project_id)
