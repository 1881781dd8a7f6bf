"""What the app hears of messages in its conversations: written, changed, deleted, its own among them.

An app is told of what it does itself as well. Bolt drops what concerns its own messages, not its cards on others.
"""

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.records import Json, Message

CHANNEL_TYPES = {"im": "im", "groups": "group", "channels": "channel"}


def written(backend: Backend, message: Message) -> None:
    _tell(backend, message, backend.payloads.message(message) | {"event_ts": message.ts})


def changed(backend: Backend, message: Message, before: Json) -> None:
    """`before` is the message as it was described until now."""
    event: Json = {"message": backend.payloads.message(message), "previous_message": before}
    _tell(backend, message, event | _hidden(backend, "message_changed"))


def deleted(backend: Backend, message: Message) -> None:
    event: Json = {"deleted_ts": message.ts, "previous_message": backend.payloads.message(message)}
    _tell(backend, message, event | _hidden(backend, "message_deleted"))


def _hidden(backend: Backend, subtype: str) -> Json:
    ts = backend.state.ids.ts()
    return {"type": "message", "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts}


def _tell(backend: Backend, message: Message, event: Json) -> None:
    """If it is in the conversation and its manifest subscribes; nobody hears of ephemeral ones."""
    channel = backend.state.channel(message.channel)
    if channel is None or message.only_for is not None or backend.app.bot_user_id not in channel.members:
        return
    about = {"channel": channel.id, "channel_type": CHANNEL_TYPES[channel.scope_prefix]}
    backend.events.tell(backend.events.message_event(channel), event | about)
