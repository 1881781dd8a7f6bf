"""The methods chat.* and reactions.add."""

from chatbot.sandbox.slack import happenings
from chatbot.sandbox.slack.content import MOST_TEXT, message_content
from chatbot.sandbox.slack.payloads import permalink
from chatbot.sandbox.slack.records import Channel, Json, Message
from chatbot.sandbox.slack.webapi.calling import Call, RateLimited, Refused

MOST_UPDATED_TEXT = 4_000
"""chat.update: "The text field cannot exceed 4,000 characters" (docs.slack.dev/reference/methods/chat.update)."""


async def post_message(call: Call) -> Json:
    channel = _target(call)
    content = message_content(call.args)
    warnings = _truncated(content)
    _respect_pace(call, channel)
    message = _already_posted(call, channel)
    if message is None:
        message = Message(
            call.backend.state.ids.ts(), channel.id, call.backend.app.bot_user_id, "", by_app=True
        )
        message.client_msg_id = call.args.get("client_msg_id")
        message.execution = call.execution.id if call.execution else None
        _thread(call, message)
        for name, value in content.items():
            setattr(message, name, value)
        call.backend.state.post(message)
        happenings.written(call.backend, message)
    answer = {"channel": channel.id, "ts": message.ts, "message": call.backend.payloads.message(message)}
    return answer | warnings


def _target(call: Call) -> Channel:
    """A channel's id or name; a person's id opens the direct message."""
    state, app = call.backend.state, call.backend.app
    given = call.text("channel")
    if given in state.people and not state.people[given].is_bot:
        return state.direct_message(given, app.bot_user_id)
    channel = state.channel(given) or state.channel_named(given)
    if channel is None or not channel.is_open_to(app.bot_user_id):
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if app.bot_user_id not in channel.members and "chat:write.public" not in app.scopes:
        raise Refused("not_in_channel")
    return channel


def _truncated(content: Json) -> Json:
    text = content.get("text", "")
    if len(text) <= MOST_TEXT:
        return {}
    content["text"] = text[:MOST_TEXT]
    return {"warning": "message_truncated", "response_metadata": {"warnings": ["message_truncated"]}}


def _respect_pace(call: Call, channel: Channel) -> None:
    """About one message a second and channel is what Slack promises (docs.slack.dev, rate limits)."""
    if not call.backend.switches.one_message_per_second:
        return
    posted = [m for m in call.backend.state.messages(channel.id) if m.by_app]
    if posted and call.backend.clock() - float(posted[-1].ts) < 1.0:
        raise RateLimited(1)


def _already_posted(call: Call, channel: Channel) -> Message | None:
    """The message that carries this client_msg_id already: what is answered then is not documented."""
    given = call.args.get("client_msg_id")
    if not given or call.backend.switches.ignore_client_msg_id:
        return None
    posted = call.backend.state.messages(channel.id)
    return next((message for message in posted if message.client_msg_id == given), None)


def _thread(call: Call, message: Message) -> None:
    """A reply to a reply joins the thread of its parent."""
    thread_ts = call.args.get("thread_ts")
    if not thread_ts:
        return
    parent = call.backend.state.message(message.channel, str(thread_ts))
    if parent is None:
        raise Refused("thread_not_found")
    message.thread_ts = parent.thread_ts or parent.ts
    message.broadcast = call.flag("reply_broadcast")
    parent.thread_ts = message.thread_ts


async def update(call: Call) -> Json:
    """A part that is not given is kept: text alone leaves the old blocks on show, and only an empty list
    removes them (slack-go#1214, python-slack-sdk#523).
    """
    channel = call.channel()
    message = _own(call, channel, "cant_update_message")
    if channel.archived:
        raise Refused("is_inactive")
    content = message_content(call.args, most_text=MOST_UPDATED_TEXT)
    before = call.backend.payloads.message(message)
    call.backend.state.revise(message, content)
    happenings.changed(call.backend, message, before)
    shape = call.backend.payloads.message(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


async def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    call.backend.state.remove(message)
    happenings.deleted(call.backend, message)
    return {"channel": channel.id, "ts": message.ts}


def _own(call: Call, channel: Channel, otherwise: str) -> Message:
    """A message of the app; ephemeral ones are out of reach here, as if they were not there."""
    message = call.backend.state.message(channel.id, call.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if not message.by_app:
        raise Refused(otherwise)
    return message


async def post_ephemeral(call: Call) -> Json:
    """chat:write.public does not help here: the app has to be in the channel."""
    channel = call.channel()
    if channel.archived:
        raise Refused("is_archived")
    if call.backend.app.bot_user_id not in channel.members:
        raise Refused("not_in_channel")
    person = call.text("user")
    if person not in channel.members:
        raise Refused("user_not_in_channel")
    content = message_content(call.args, most_text=MOST_TEXT)
    thread_ts = call.args.get("thread_ts")
    message = call.backend.ephemeral(channel.id, person, content, thread_ts=thread_ts)
    message.execution = call.execution.id if call.execution else None
    return {"message_ts": message.ts}


async def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.backend.state.message(channel.id, call.text("message_ts"))
    if message is None:
        raise Refused("message_not_found")
    return {"channel": channel.id, "permalink": permalink(message)}


async def add_reaction(call: Call) -> Json:
    channel = call.channel()
    message = call.backend.state.message(channel.id, call.text("timestamp"))
    if message is None:
        raise Refused("message_not_found")
    reacted = message.reactions.setdefault(call.text("name").strip(":"), [])
    if call.backend.app.bot_user_id in reacted:
        raise Refused("already_reacted")
    reacted.append(call.backend.app.bot_user_id)
    call.backend.state.touched(message)
    return {}
