"""Pins of a channel, and the events that tell of them."""

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.payloads import permalink
from chatbot.sandbox.slack.records import Channel, Json, Message, Pin


def pin(backend: Backend, channel: Channel, message: Message, by: str) -> None:
    channel.pins[message.ts] = Pin(int(backend.clock()), by)
    _tell(backend, "pin_added", channel, message, by)
    backend.state.touched(message)


def unpin(backend: Backend, channel: Channel, message: Message, by: str) -> None:
    _tell(backend, "pin_removed", channel, message, by)
    del channel.pins[message.ts]
    backend.state.touched(message)


def item(backend: Backend, channel: Channel, message: Message) -> Json:
    """A pinned message as pins.list and the events describe it."""
    pin = channel.pins[message.ts]
    return {
        "type": "message",
        "channel": channel.id,
        "created": pin.created,
        "created_by": pin.created_by,
        "message": backend.payloads.message(message)
        | {"pinned_to": [channel.id], "permalink": permalink(message)},
    }


def _tell(backend: Backend, kind: str, channel: Channel, message: Message, by: str) -> None:
    if backend.app.bot_user_id not in channel.members:
        return
    event = {
        "type": kind,
        "user": by,
        "channel_id": channel.id,
        "item": item(backend, channel, message),
        "item_user": message.user,
        "pin_count": len(channel.pins),
        "event_ts": backend.state.ids.ts(),
    }
    backend.events.tell(kind, event)
