"""What a person sees: the workspace, messages, modals, App Home; and what the bot sent."""

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.hand.asking import Ask
from chatbot.sandbox.slack.records import Channel, Json, Message
from chatbot.sandbox.slack.sharing import address

MOST_WAIT_SECONDS = 60.0


async def workspace(ask: Ask) -> Json:
    backend = ask.backend
    state, app = backend.state, backend.app
    return {
        "revision": state.revision,
        "team": {"id": seed.TEAM_ID, "name": seed.TEAM_NAME, "domain": seed.TEAM_DOMAIN},
        "app": {"id": app.app_id, "name": app.name, "bot_user_id": app.bot_user_id},
        "people": [
            {key: vars(person)[key] for key in ("id", "name", "real_name", "is_admin", "is_bot")}
            for person in state.people.values()
        ],
        "groups": [{"id": g.id, "handle": g.handle, "users": g.users} for g in state.groups.values()],
        "channels": [_channel(channel) for channel in state.channels.values()],
        "commands": [
            {"command": c.name, "description": c.description, "usage_hint": c.usage_hint}
            for c in app.commands.values()
        ],
        "shortcuts": [
            {"callback_id": s.callback_id, "name": s.name, "type": s.kind, "description": s.description}
            for s in app.shortcuts.values()
        ],
        "workflows": [
            {
                "callback_id": step.callback_id,
                "title": step.title,
                "description": step.description,
                "inputs": step.inputs,
            }
            for step in app.steps.values()
        ],
        "home_enabled": app.home_enabled,
        "platform": {"url": backend.platform_url} if backend.platform_url else None,
        "present": sorted(+backend.present),
        "connections": len(backend.sockets.open),
        "delivery": {"url": backend.delivery.deliver_to},
    }


def _channel(channel: Channel) -> Json:
    keys = ("id", "name", "topic", "is_private", "is_im", "members", "archived")
    return {key: vars(channel)[key] for key in keys}


async def wait(ask: Ask) -> int:
    """A long poll: with `since` and `wait` it returns once something is newer, or after `wait` seconds."""
    state = ask.backend.state
    seconds = min(ask.number("wait", 0.0), MOST_WAIT_SECONDS)
    if seconds > 0 and "since" in ask.given:
        await state.past(int(ask.number("since", 0)), seconds)
    return state.revision


async def pins(ask: Ask) -> Json:
    """The pinned messages of a channel, the newest pin first."""
    channel, person = ask.channel, ask.person
    revision = await wait(ask)
    pinned = [ask.backend.state.message(channel.id, ts) for ts in reversed(channel.pins)]
    there = [described(ask.backend, message, person.id) for message in pinned if message is not None]
    return {"revision": revision, "messages": there}


async def messages(ask: Ask) -> Json:
    channel, person = ask.channel, ask.person
    revision = await wait(ask)
    seen = ask.backend.state.messages(channel.id, person=person.id)
    thread_ts = ask.optional("thread_ts")
    if thread_ts is None:
        seen = [message for message in seen if not message.is_reply or message.broadcast]
    else:
        seen = [message for message in seen if thread_ts in (message.ts, message.thread_ts)]
    return {
        "revision": revision,
        "messages": [described(ask.backend, message, person.id) for message in seen],
    }


def described(backend: Backend, message: Message, person: str) -> Json:
    """A message as the JSON API and the event stream tell it. `state` is what this person chose in its menus."""
    shape: Json = {
        "ts": message.ts,
        "channel": message.channel,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "ephemeral": message.only_for is not None,
        "edited": message.edited_ts is not None,
    }
    replies = backend.state.replies(message.channel, message.ts)
    if message.thread_ts is not None:
        shape["thread_ts"] = message.thread_ts
    if replies:
        shape["reply_count"] = len(replies)
    if message.broadcast:
        shape["broadcast"] = True
    if person in message.values:
        shape["state"] = {"values": message.values[person]}
    if message.reactions:
        shape["reactions"] = message.reactions
    if message.unfurls:
        shape["unfurls"] = [{"url": url} | card for url, card in message.unfurls.items()]
    if message.files:
        shape["files"] = [
            {"id": file.id, "name": file.name, "title": file.title, "size": file.length, "url": address(file)}
            for file in message.files
        ]
    pin = backend.state.channels[message.channel].pins.get(message.ts)
    if pin is not None:
        shape["pinned_by"] = pin.created_by
    return shape


async def views(ask: Ask) -> Json:
    person = ask.person
    revision = await wait(ask)
    return {"revision": revision, "views": stack(ask.backend, person.id)}


def stack(backend: Backend, person: str) -> list[Json]:
    return [backend.payloads.view(view) for view in backend.state.stack(person)]


async def home(ask: Ask) -> Json:
    person = ask.person
    revision = await wait(ask)
    return {"revision": revision, "view": home_of(ask.backend, person.id)}


def home_of(backend: Backend, person: str) -> Json | None:
    view = backend.state.homes.get(person)
    return None if view is None else backend.payloads.view(view)


async def payloads(ask: Ask) -> Json:
    return {"payloads": ask.backend.recorder.payloads}


async def forget_payloads(ask: Ask) -> Json:
    ask.backend.recorder.payloads.clear()
    return {}
