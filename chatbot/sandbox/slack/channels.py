"""What happens to channels: archived, renamed, deleted, joined and left; and the events that tell the app.

Shapes: docs.slack.dev/reference/events, channel_archive and its neighbours.
"""

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.records import Channel, Json


def archive(backend: Backend, channel: Channel, by: str, *, archived: bool) -> None:
    if channel.archived == archived:
        return
    channel.archived = archived
    _tell(backend, channel, "archive" if archived else "unarchive", {"channel": channel.id, "user": by})
    backend.state.workspace_changed()


def rename(backend: Backend, channel: Channel, name: str) -> None:
    channel.previous_names.insert(0, channel.name)
    channel.name = name
    renamed = {"id": channel.id, "name": name, "name_normalized": name, "created": channel.created}
    _tell(backend, channel, "rename", {"channel": renamed})
    backend.state.workspace_changed()


def delete(backend: Backend, channel: Channel, by: str) -> None:
    _tell(backend, channel, "deleted", {"channel": channel.id, "actor_id": by})
    backend.state.forget(channel)


def join(backend: Backend, channel: Channel, member: str, inviter: str | None = None) -> None:
    """Also told of the app itself."""
    if member in channel.members:
        return
    channel.members.append(member)
    _tell_member(backend, channel, "member_joined_channel", member, {"inviter": inviter} if inviter else {})
    backend.state.workspace_changed()


def leave(backend: Backend, channel: Channel, member: str, by: str) -> None:
    """An app that is removed hears of it twice: as of any member, and that it has left."""
    if member not in channel.members:
        return
    _tell_member(backend, channel, "member_left_channel", member, {})
    if member == backend.app.bot_user_id:
        _tell(backend, channel, "left", {"channel": channel.id, "actor_id": by})
    channel.members.remove(member)
    backend.state.workspace_changed()


def _tell(backend: Backend, channel: Channel, what: str, event: Json) -> None:
    """channel_… of every public channel, group_… of private ones that the app is in."""
    if not channel.is_open_to(backend.app.bot_user_id):
        return
    name = f"{'group' if channel.is_private else 'channel'}_{what}"
    backend.events.tell(name, {"type": name} | event | {"event_ts": backend.state.ids.ts()})


def _tell_member(backend: Backend, channel: Channel, name: str, member: str, more: Json) -> None:
    """Only of channels that the app is in."""
    if backend.app.bot_user_id not in channel.members:
        return
    event: Json = {
        "type": name,
        "user": member,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": seed.TEAM_ID,
    }
    backend.events.tell(name, event | more | {"event_ts": backend.state.ids.ts()})
