"""A person writes a message, opens App Home, uses a shortcut."""

import re

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.hand.commands import escaped
from chatbot.sandbox.slack.hand.touching import deliver
from chatbot.sandbox.slack.identifiers import short
from chatbot.sandbox.slack.records import Channel, Json, Message


async def write(ask: Ask) -> Json:
    backend, person, channel = ask.backend, ask.person, ask.channel_to_write
    text = escaped(backend.state, ask.text("text"), named=False)
    message = Message(backend.state.ids.ts(), channel.id, person.id, text, client_msg_id=short(32).lower())
    thread_ts = ask.optional("thread_ts")
    if thread_ts is not None:
        parent = backend.state.message(channel.id, thread_ts)
        if parent is None:
            raise CannotDo("no_such_message", 404)
        message.thread_ts = parent.thread_ts = parent.thread_ts or parent.ts
    message.blocks = [{"type": "rich_text", "elements": [rich_section(text)]}]
    backend.state.post(message)
    _announce(ask, channel, message)
    return {"ts": message.ts}


def rich_section(text: str) -> Json:
    """What Slack's composer makes of a typed text: mentions become elements of their own."""
    elements: list[Json] = []
    for part in re.split(r"(<[@#][A-Z0-9]+(?:\|[^>]*)?>)", text):
        found = re.fullmatch(r"<([@#])([A-Z0-9]+)(?:\|[^>]*)?>", part)
        if found is not None:
            kind = "user" if found[1] == "@" else "channel"
            elements.append({"type": kind, f"{kind}_id": found[2]})
        elif part:
            elements.append({"type": "text", "text": part})
    return {"type": "rich_text_section", "elements": elements}


def _announce(ask: Ask, channel: Channel, message: Message) -> None:
    """To the app, if it is in the conversation and its manifest subscribes."""
    backend = ask.backend
    if backend.app.bot_user_id not in channel.members:
        return
    event = backend.payloads.message(message) | {"channel": channel.id, "event_ts": message.ts}
    channel_type = {"im": "im", "groups": "group", "channels": "channel"}[channel.scope_prefix]
    backend.events.tell(backend.events.message_event(channel), event | {"channel_type": channel_type})
    if f"<@{backend.app.bot_user_id}>" in message.text:
        backend.events.tell("app_mention", event | {"type": "app_mention"})


async def open_home(ask: Ask) -> Json:
    backend, person = ask.backend, ask.person
    if not backend.app.home_enabled:
        raise CannotDo("home_is_off")
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": backend.state.direct_message(person.id, backend.app.bot_user_id).id,
        "tab": "home",
        "event_ts": backend.state.ids.ts(),
    }
    view = backend.state.homes.get(person.id)
    if view is not None:
        event["view"] = backend.payloads.view(view)
    return {"told": backend.events.tell("app_home_opened", event)}


async def use_shortcut(ask: Ask) -> Json:
    """A global one, or with channel and ts one of a message; the manifest says which it is."""
    backend, person = ask.backend, ask.person
    callback_id = ask.text("callback_id")
    shortcut = backend.app.shortcuts.get(callback_id)
    if shortcut is None:
        raise CannotDo("no_such_shortcut", 404)
    action_ts, trigger_id = backend.state.ids.ts(), backend.triggers.new(person.id)
    if shortcut.kind == "global":
        payload = backend.payloads.global_shortcut(
            person, callback_id, action_ts=action_ts, trigger_id=trigger_id
        )
    else:
        source = ask.source
        path = backend.response_urls.new(
            "app", seed.TEAM_ID, person.id, ask.channel.id, source.container["message_ts"]
        )
        payload = backend.payloads.message_shortcut(
            person,
            source,
            callback_id,
            action_ts=action_ts,
            trigger_id=trigger_id,
            response_url=ask.absolute(path),
        )
    await deliver(backend, payload)
    return {}
