"""The methods pins.*."""

import re

from chatbot.sandbox.slack.pinning import item, pin, unpin
from chatbot.sandbox.slack.records import Channel, Json, Message
from chatbot.sandbox.slack.webapi.calling import Call, Refused

MOST_PINS = 100
"""Of one channel (slack.com/help, "Pin messages"); the error is too_many_pins."""


async def add(call: Call) -> Json:
    channel, message = _pinnable(call)
    if message.ts in channel.pins:
        raise Refused("already_pinned")
    if len(channel.pins) >= MOST_PINS:
        raise Refused("too_many_pins")
    pin(call.backend, channel, message, call.backend.app.bot_user_id)
    return {}


async def remove(call: Call) -> Json:
    channel, message = _pinnable(call)
    if message.ts not in channel.pins:
        raise Refused("no_pin")
    unpin(call.backend, channel, message, call.backend.app.bot_user_id)
    return {}


async def listing(call: Call) -> Json:
    """The newest pin first, as in Slack's sample."""
    channel = call.channel()
    pinned = [call.backend.state.message(channel.id, ts) for ts in reversed(channel.pins)]
    return {"items": [item(call.backend, channel, message) for message in pinned if message is not None]}


def _pinnable(call: Call) -> tuple[Channel, Message]:
    channel = call.channel()
    if call.backend.app.bot_user_id not in channel.members:
        raise Refused("not_in_channel")
    timestamp = call.args.get("timestamp")
    if not timestamp:
        raise Refused("no_item_specified")
    if not re.fullmatch(r"\d{10}\.\d{6}", str(timestamp)):
        raise Refused("bad_timestamp")
    message = call.backend.state.message(channel.id, str(timestamp))
    if message is None:
        raise Refused("message_not_found")
    return channel, message
