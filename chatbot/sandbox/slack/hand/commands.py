"""A person types a slash command."""

import re

from chatbot.sandbox.slack.content import ContentRefused
from chatbot.sandbox.slack.delivery import COMMANDS, NotDelivered
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.installation import Command
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.responding import show
from chatbot.sandbox.slack.state import State

UNKNOWN = "`{name}` is not a valid command."


async def run(ask: Ask) -> Json:
    """Waits for the ack. A failure is also shown to the person, as Slack does."""
    backend, person, channel = ask.backend, ask.person, ask.channel_to_write
    name, text = split(ask.text("text"))
    command = backend.app.commands.get(name)
    if command is None:
        backend.slackbot_tells(channel.id, person.id, UNKNOWN.format(name=name))
        raise CannotDo("unknown_command", 404)
    path = backend.response_urls.new("commands", backend.team_id, person.id, channel.id)
    payload = backend.payloads.slash_command(
        person,
        channel,
        name,
        _text(backend.state, command, text),
        trigger_id=backend.triggers.new(person.id),
        response_url=ask.absolute(path),
    )
    try:
        answer = await backend.delivery.send(COMMANDS, payload)
        if any(answer.get(part) for part in ("text", "blocks", "attachments")):
            show(backend, backend.response_urls.check(path), answer)
    except NotDelivered as failure:
        raise _shown(ask, name, failure.error) from failure
    except ContentRefused as refused:
        # What Slack shows for an ack whose blocks it cannot render is not documented.
        raise _shown(ask, name, "dispatch_failed", refused.messages) from refused
    return {}


def _shown(ask: Ask, name: str, error: str, messages: list[str] | None = None) -> CannotDo:
    """Tells the person what failed, as Slack does, and the caller as well."""
    text = f'`{name}` failed with the error "{error}"'
    ask.backend.slackbot_tells(ask.channel.id, ask.person.id, text)
    return CannotDo(error, messages=messages) if messages else CannotDo(error)


def split(typed: str) -> tuple[str, str]:
    """The command with its slash, and the rest; the blanks around and between them go, those inside the
    rest stay.
    """
    stripped = typed.strip()
    if not stripped.startswith("/"):
        raise CannotDo("not_a_command", 400)
    name, *rest = stripped.split(maxsplit=1)
    return name, rest[0] if rest else ""


def _text(state: State, command: Command, text: str) -> str:
    """With should_escape, names of people and channels arrive as ids: <@U123|ana>, <#C123|deploys>."""
    if not command.should_escape:
        return text
    return escaped(state, text, named=True)


def escaped(state: State, text: str, *, named: bool) -> str:
    """@name and #name as ids; with `named` the name stays behind a bar."""
    people = {person.name: person.id for person in state.people.values()}
    channels = {channel.name: channel.id for channel in state.channels.values() if not channel.is_im}

    def person(found: re.Match[str]) -> str:
        name = found[1]
        label = f"|{name}" if named else ""
        return f"<@{people[name]}{label}>" if name in people else found[0]

    def channel(found: re.Match[str]) -> str:
        name = found[1]
        return f"<#{channels[name]}|{name}>" if name in channels else found[0]

    text = re.sub(r"(?<!\S)@([a-z0-9._-]+)", person, text)
    return re.sub(r"(?<!\S)#([a-z0-9_-]+)", channel, text)
