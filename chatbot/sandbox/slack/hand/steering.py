"""Trouble on demand and settings: faults, the socket, people, groups, channels, delivery, switches."""

import re
from dataclasses import fields

from chatbot.sandbox.slack import channels, seed
from chatbot.sandbox.slack.backend import Switches
from chatbot.sandbox.slack.faults import Fault
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.records import Channel, Json

FAULT_TYPES: dict[str, type | tuple[type, ...]] = {
    "method": str,
    "error": str,
    "status": int,
    "retry_after": int,
    "delay": (int, float),
    "times": int,
    "drop": str,
}
REASONS = ("warning", "refresh_requested", "link_disabled", "too_many_websockets")


async def faults(ask: Ask) -> Json:
    return {"faults": [fault.as_json() for fault in ask.backend.faults.waiting]}


async def add_fault(ask: Ask) -> Json:
    for name, value in ask.given.items():
        if name not in FAULT_TYPES or not isinstance(value, FAULT_TYPES[name]):
            raise CannotDo("invalid_argument", 400, argument=name)
    ask.text("method")
    if ask.given.get("drop") not in (None, "before", "after"):
        raise CannotDo("invalid_argument", 400, argument="drop")
    ask.backend.faults.waiting.append(Fault(**ask.given))
    return {}


async def clear_faults(ask: Ask) -> Json:
    ask.backend.faults.waiting.clear()
    return {}


async def socket(ask: Ask) -> Json:
    sockets = ask.backend.sockets
    match ask.text("do"):
        case "disconnect":
            reason = ask.optional("reason") or "warning"
            if reason not in REASONS:
                raise CannotDo("invalid_argument", 400, argument="reason")
            return {"connections": await sockets.disconnect(reason)}
        case "abort":
            return {"connections": sockets.abort()}
        case "mute_pong":
            sockets.pong_muted = ask.flag("muted")
            return {"muted": sockets.pong_muted}
        case "redeliver":
            if not await ask.backend.delivery.again():
                raise CannotDo("nothing_to_redeliver")
            return {}
        case _:
            raise CannotDo("invalid_argument", 400, argument="do")


async def set_person(ask: Ask) -> Json:
    person = ask.backend.state.person(ask.id)
    if person is None or person.is_bot:
        raise CannotDo("no_such_person", 404)
    if "is_admin" in ask.given:
        person.is_admin = ask.flag("is_admin")
    if "deactivated" in ask.given:
        person.deactivated = ask.flag("deactivated")
    if "email" in ask.given:
        person.address = ask.text("email")
    ask.backend.state.workspace_changed()
    return {}


async def set_group(ask: Ask) -> Json:
    state = ask.backend.state
    group, users = state.groups.get(ask.id), ask.given.get("users")
    if group is None:
        raise CannotDo("no_such_group", 404)
    if not isinstance(users, list) or not all(user in state.people for user in users):
        raise CannotDo("invalid_argument", 400, argument="users")
    group.users = list(users)
    state.workspace_changed()
    return {}


async def set_channel(ask: Ask) -> Json:
    channel = ask.backend.state.channel(ask.id)
    if channel is None:
        raise CannotDo("no_such_channel", 404)
    backend, by = ask.backend, ask.person.id if "as" in ask.given else seed.ANA
    if ask.flag("deleted"):
        channels.delete(backend, channel, by)
        return {}
    if "name" in ask.given:
        _rename(ask, channel)
    if "archived" in ask.given:
        channels.archive(backend, channel, by, archived=ask.flag("archived"))
    for member, is_wanted in _members(ask):
        if is_wanted:
            channels.join(backend, channel, member, by)
        else:
            channels.leave(backend, channel, member, by)
    return {}


def _rename(ask: Ask, channel: Channel) -> None:
    name = ask.text("name")
    if not re.fullmatch(r"[a-z0-9_-]{1,80}", name) or channel.is_im:
        raise CannotDo("invalid_argument", 400, argument="name")
    if ask.backend.state.channel_named(name) not in (None, channel):
        raise CannotDo("name_taken")
    if name != channel.name:
        channels.rename(ask.backend, channel, name)


def _members(ask: Ask) -> list[tuple[str, bool]]:
    """Who is to be in the channel (True) or out of it: {"bot_member": true, "invite": id, "remove": id}."""
    found = [(ask.text(name), name == "invite") for name in ("invite", "remove") if name in ask.given]
    if any(member not in ask.backend.state.people for member, _ in found):
        raise CannotDo("no_such_person", 404)
    bot = [(ask.backend.app.bot_user_id, ask.flag("bot_member"))] if "bot_member" in ask.given else []
    return found + bot


async def set_delivery(ask: Ask) -> Json:
    ask.backend.delivery.deliver_to = ask.optional("url")
    return {"url": ask.backend.delivery.deliver_to}


async def set_switches(ask: Ask) -> Json:
    for name, value in ask.given.items():
        if name not in {field.name for field in fields(Switches)} or not isinstance(value, bool):
            raise CannotDo("invalid_argument", 400, argument=name)
        setattr(ask.backend.switches, name, value)
    return {"switches": vars(ask.backend.switches)}
