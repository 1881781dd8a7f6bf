"""The methods conversations.*: a private channel that the app is not in does not exist for it."""

from chatbot.sandbox.slack import channels, seed
from chatbot.sandbox.slack.records import Channel, Json, Message
from chatbot.sandbox.slack.webapi.calling import Call, Refused

KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def _shape(call: Call, channel: Channel) -> Json:
    bot = call.backend.app.bot_user_id
    if channel.is_im:
        person = next(member for member in channel.members if member != bot)
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": channel.archived,
            "user": person,
        }
    text = {"creator": seed.ANA, "last_set": channel.created}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "created": channel.created,
        "creator": seed.ANA,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_member": bot in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "pending_shared": [],
        "unlinked": 0,
        "context_team_id": seed.TEAM_ID,
        "shared_team_ids": [seed.TEAM_ID],
        "topic": text | {"value": channel.topic},
        "purpose": text | {"value": ""},
        "previous_names": channel.previous_names,
    }


def _read_scope(call: Call, channel: Channel) -> None:
    call.require(f"{channel.scope_prefix}:read")


async def listing(call: Call) -> Json:
    kinds = call.listed("types") or ["public_channel"]
    for kind in kinds:
        if kind not in KINDS:
            raise Refused("invalid_types")
        call.require(f"{KINDS[kind]}:read")
    prefixes = {KINDS[kind] for kind in kinds}
    found = [
        _shape(call, channel)
        for channel in call.backend.state.channels.values()
        if channel.scope_prefix in prefixes
        and channel.is_open_to(call.backend.app.bot_user_id)
        and not (channel.archived and call.flag("exclude_archived"))
    ]
    page, metadata = call.page(found, most=999)
    return {"channels": page, "response_metadata": metadata}


async def info(call: Call) -> Json:
    channel = call.channel()
    _read_scope(call, channel)
    shape = _shape(call, channel)
    if call.flag("include_num_members"):
        shape["num_members"] = len(channel.members)
    return {"channel": shape}


async def members(call: Call) -> Json:
    channel = call.channel()
    _read_scope(call, channel)
    page, metadata = call.page([{"id": member} for member in channel.members])
    return {"members": [each["id"] for each in page], "response_metadata": metadata}


async def join(call: Call) -> Json:
    channel = call.channel()
    if channel.archived:
        raise Refused("is_archived")
    if channel.is_im or channel.is_private:
        raise Refused("method_not_supported_for_channel_type")
    if call.backend.app.bot_user_id in channel.members:
        warning = "already_in_channel"
        return {
            "channel": _shape(call, channel),
            "warning": warning,
            "response_metadata": {"warnings": [warning]},
        }
    channels.join(call.backend, channel, call.backend.app.bot_user_id)
    return {"channel": _shape(call, channel)}


async def open_conversation(call: Call) -> Json:
    """The direct message with one person."""
    state = call.backend.state
    if call.args.get("channel"):
        channel = call.channel()
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = call.listed("users")
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type")
    person = state.person(users[0])
    if person is None or person.is_bot:
        raise Refused("user_not_found")
    known = len(state.channels)
    channel = state.direct_message(person.id, call.backend.app.bot_user_id)
    answer: Json = {"channel": _shape(call, channel) if call.flag("return_im") else {"id": channel.id}}
    return answer if len(state.channels) > known else answer | {"no_op": True, "already_open": True}


def _history_of(call: Call) -> Channel:
    channel = call.channel()
    call.require(f"{channel.scope_prefix}:history")
    if call.backend.app.bot_user_id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _described(call: Call, message: Message) -> Json:
    shape = call.backend.payloads.message(message)
    if not call.flag("include_all_metadata"):
        shape.pop("metadata", None)
    replies = call.backend.state.replies(message.channel, message.ts)
    if replies:
        users = sorted({reply.user for reply in replies})
        shape |= {"reply_count": len(replies), "reply_users": users, "latest_reply": replies[-1].ts}
    return shape


def _between(call: Call, found: list[Message]) -> list[Message]:
    """Those after `oldest` and before `latest`, the two themselves with `inclusive`."""
    oldest, latest = str(call.args.get("oldest") or "0"), str(call.args.get("latest") or "9")
    if call.flag("inclusive"):
        return [message for message in found if oldest <= message.ts <= latest]
    return [message for message in found if oldest < message.ts < latest]


async def replies(call: Call) -> Json:
    """The parent first, then its thread."""
    channel = _history_of(call)
    parent = call.backend.state.message(channel.id, call.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    found = _between(call, [parent, *call.backend.state.replies(channel.id, parent.ts)])
    page, metadata = call.page([_described(call, message) for message in found])
    return {"messages": page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


async def history(call: Call) -> Json:
    """Newest first, as Slack answers; replies only where they were broadcast."""
    channel = _history_of(call)
    found = [m for m in call.backend.state.messages(channel.id) if not m.is_reply or m.broadcast]
    found = _between(call, found)
    page, metadata = call.page([_described(call, message) for message in reversed(found)])
    return {"messages": page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}
