"""A person writes a message, opens App Home, uses a shortcut."""

from chatbot.sandbox.slack import happenings, pinning, seed
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.hand.commands import escaped
from chatbot.sandbox.slack.hand.composing import composed, rich_section
from chatbot.sandbox.slack.hand.touching import deliver
from chatbot.sandbox.slack.identifiers import short
from chatbot.sandbox.slack.records import Channel, Json, Message
from chatbot.sandbox.slack.unfurling import link_shared


async def write(ask: Ask) -> Json:
    backend, person, channel = ask.backend, ask.person, ask.channel_to_write
    text = composed(escaped(backend.state, ask.text("text"), named=False))
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


def _announce(ask: Ask, channel: Channel, message: Message) -> None:
    """To the app, if its manifest subscribes: messages of conversations that it is in, links of its domains
    wherever it may look.
    """
    backend = ask.backend
    shared = link_shared(backend, channel, message)
    if shared is not None and channel.is_open_to(backend.app.bot_user_id):
        backend.events.tell("link_shared", shared)
    if backend.app.bot_user_id not in channel.members:
        return
    happenings.written(backend, message)
    if f"<@{backend.app.bot_user_id}>" in message.text:
        event = backend.payloads.message(message) | {"channel": channel.id, "event_ts": message.ts}
        backend.events.tell("app_mention", event | {"type": "app_mention"})


async def pin(ask: Ask) -> Json:
    """Pins a message, or with `"pinned": false` takes the pin away."""
    backend, channel, person = ask.backend, ask.channel_to_write, ask.person
    message = backend.state.message(channel.id, ask.text("ts"))
    if message is None:
        raise CannotDo("no_such_message", 404)
    is_wanted = ask.given.get("pinned") is not False
    if is_wanted == (message.ts in channel.pins):
        raise CannotDo("already_pinned" if is_wanted else "not_pinned")
    (pinning.pin if is_wanted else pinning.unpin)(backend, channel, message, person.id)
    return {}


async def open_home(ask: Ask) -> Json:
    backend, person = ask.backend, ask.person
    tab = ask.optional("tab") or "home"
    if tab not in ("home", "messages"):
        raise CannotDo("invalid_argument", 400, argument="tab")
    if tab == "home" and not backend.app.home_enabled:
        raise CannotDo("home_is_off")
    event: Json = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": backend.state.direct_message(person.id, backend.app.bot_user_id).id,
        "tab": tab,
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
