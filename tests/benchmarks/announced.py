"""Many changes at once, to be told in many channels, while Slack takes one message a second and channel.

Every project is rolled back outside, one after the other; the bot notices it by looking around. The clock of all
three goes faster than ours, so that the pace that Slack allows takes less of our time. A channel that hears of n
changes needs n - 1 seconds by that clock: that stands beside what the bot needed.
"""

import asyncio
import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from chatbot.sandbox.launching import Servers
from chatbot.sandbox.slack.records import Channel
from chatbot.sandbox.vercel import Timing
from storage import subscriptions
from storage.database import Database, upgrade
from tests.benchmarks.crowd import crowded
from tests.benchmarks.figures import Aim, Figure
from tests.benchmarks.hurried import hurried
from tests.benchmarks.processes import running
from tests.benchmarks.watched import until_watched

_SPARE = 1.5
"""So many times as many projects as are rolled back: some have nothing to go back to."""
_POST = "chat.postMessage"
_PATIENCE = 600.0


class LostOrDoubled(Exception):
    """A channel was not told of each change exactly once."""


@dataclass(frozen=True)
class Burst:
    """`changes` are of as many projects; `times` is how much faster the clock goes."""

    changes: int = 100
    channels: int = 50
    times: float = 2.0


def section(burst: Burst) -> str:
    """Of the figures."""
    return (
        f"{burst.changes} changes told in {burst.channels} channels at Slack's pace of one a second, each once "
        f"(a clock {burst.times:g} times as fast)"
    )


async def announced(folder: Path, burst: Burst) -> list[Figure]:
    """Raises LostOrDoubled."""
    since, database = time.time(), folder / "announced.db"
    clock = hurried(since, burst.times)
    await asyncio.to_thread(upgrade, f"sqlite:///{database}")
    timing = Timing(build=0.1, alias=0.0, queue=0.0)
    projects = round(_SPARE * burst.changes) + 1
    async with crowded(projects, timing=timing, clock=clock) as up, aiohttp.ClientSession() as session:
        channels = _open_channels(up, burst.channels)
        await _subscribe(database, channels)
        up.workspace.backend.switches.one_message_per_second = True
        program = ("-m", "tests.benchmarks.hurried", str(since), str(burst.times))
        async with running(program, up.environment(database)):
            await until_watched(database, projects)
            names = await _roll_back(up, session, burst.changes)
            await _until_told(up, channels, burst.changes)
            await asyncio.sleep(4 / burst.times)  # whatever would come twice
        return _figures(up, channels, names, burst)


def _open_channels(up: Servers, count: int) -> list[Channel]:
    state, bot = up.workspace.state, up.workspace.backend.app.bot_user_id
    opened = [Channel(f"C0BENCH{n:03}", f"bench-{n}", members=[bot]) for n in range(count)]
    for channel in opened:
        state.channels[channel.id] = channel
        state._messages[channel.id] = {}
    return opened


async def _subscribe(path: Path, channels: list[Channel]) -> None:
    database, now = Database.open(f"sqlite:///{path}"), datetime.now(UTC)
    async with database.write() as session:
        for channel in channels:
            every = subscriptions.ALL
            await subscriptions.add(session, channel.id, every, every, ["current"], by="cli:bench", now=now)
    await database.dispose()


async def _roll_back(up: Servers, session: aiohttp.ClientSession, count: int) -> list[str]:
    """As the dashboard does it. Returns the projects' names."""
    platform, names = up.platform, []
    headers = {"Authorization": f"Bearer {platform.token}"}
    for project in list(platform.store.projects.values()):
        found = {"teamId": platform.team_id, "projectId": project.id, "rollbackCandidate": "true"}
        async with session.get(f"{platform.url}/v6/deployments", params=found, headers=headers) as answer:
            candidates = [d["uid"] for d in (await answer.json())["deployments"]]
        target = next((one for one in candidates if one != project.current_id), None)
        if target is None:
            continue
        url = f"{platform.url}/v9/projects/{project.id}/rollback/{target}"
        async with session.post(url, params={"teamId": platform.team_id}, headers=headers) as answer:
            answer.raise_for_status()
        names.append(project.name)
        if len(names) == count:
            return names
    raise AssertionError("too few projects have something to go back to")


async def _until_told(up: Servers, channels: list[Channel], changes: int) -> None:
    state = up.workspace.state
    async with asyncio.timeout(_PATIENCE):
        while not all(len(state.messages(channel.id)) >= changes for channel in channels):
            await state.past(state.revision, 1.0)
            await asyncio.sleep(0.25)  # thousands of messages come: not a look for each


def _figures(up: Servers, channels: list[Channel], names: list[str], burst: Burst) -> list[Figure]:
    times: list[float] = []
    for channel in channels:
        messages = up.workspace.state.messages(channel.id)
        told = Counter(_project(message.text, names) for message in messages)
        if told != Counter(names):
            raise LostOrDoubled(channel.name, told - Counter(names), Counter(names) - told)
        times += [float(message.ts) for message in messages]
    sent = [p for p in up.workspace.backend.recorder.payloads if p.get("method") == _POST]
    total = burst.changes * burst.channels
    return [
        Figure(
            section(burst),
            "first to last message, beside what the pace takes",
            "s",
            max(times) - min(times),
            burst.changes - 1,
        ),
        Figure(
            section(burst),
            "posts, beside the messages that are there",
            "",
            len(sent),
            total,
            Aim(1, of="ratio"),
        ),
    ]


def _project(text: str, names: list[str]) -> str:
    words = set(re.findall(r"[\w.-]+", text))
    return next((name for name in names if name in words), text)
