"""Which channels hear of which project: two of each, one of its own, and one in which people work on some project."""

from collections.abc import Iterable, Mapping
from time import time

from chatbot.sandbox.slack import Workspace, seed
from chatbot.sandbox.slack.records import Channel
from tests.chaos.inbox import CHANNELS
from tests.chaos.projects import Place

Hearing = Mapping[str, tuple[str, ...]]
"""Project id to channels."""


def who_hears(workspace: Workspace, places: Iterable[Place]) -> Hearing:
    return {
        place.id: (_opened(workspace, number), CHANNELS[(number + number // len(CHANNELS)) % len(CHANNELS)])
        for number, place in enumerate(places)
    }


def _opened(workspace: Workspace, number: int) -> str:
    """A channel more than the workspace begins with."""
    channel_id = f"C0NEWS{number:03}"
    members = [*seed.EVERYONE, seed.BOT_USER]
    workspace.state.channels[channel_id] = Channel(
        channel_id, f"news-{number}", members=members, created=int(time())
    )
    workspace.state._messages[channel_id] = {}
    return channel_id
