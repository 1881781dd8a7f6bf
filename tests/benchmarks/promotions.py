"""Promotions of Staged deployments, from the typed command to the channel that says Current.

What counts is the time over the platform's own, which is from the receipt of the promote request to the end of its
job. The platform's answers to reads, the workspace's work and every pause of the bot are part of what is left.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time

import aiohttp

from chatbot.sandbox import seen
from chatbot.sandbox.launching import Servers, servers
from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace, seed
from chatbot.sandbox.slack.hand.reading import described
from chatbot.sandbox.slack.records import Change, Message
from chatbot.sandbox.vercel import Timing
from chatbot.sandbox.vercel.records import Deployment
from storage import operations
from storage.database import Database
from tests.benchmarks.calls import Calls, take_calls
from tests.benchmarks.processes import BOT, running

_CHANNEL = "C0DEPLOYS"
_PATIENCE = 20.0
_BETWEEN_LOOKS = 0.1  # seconds, of the bot in the first seconds of a move


class NotCurrent(Exception):
    """A promotion did not succeed: there is nothing to measure."""


@dataclass(frozen=True)
class Promotion:
    """Epoch seconds of one clock: Ana's click, the platform's receipt of the request, the end of its job, the
    bot's proof of every domain, and the channel's message that says so. The platform's are whole milliseconds.
    """

    clicked: float
    received: float
    moved: float
    proven: float
    told: float
    for_the_card: Calls
    after_the_click: Calls


async def promotions(folder: Path, count: int) -> list[Promotion]:
    """Each of a Staged deployment of its own, one after another, by a bot that is a process of its own.
    One more goes before them and is not counted: it opens the connections.
    """
    timing, database = Timing(), folder / "promotions.db"
    async with servers(timing, port=0) as up, aiohttp.ClientSession() as session:
        async with running(BOT, up.environment(database)):
            first, *targets = [await _push(up, session) for _ in range(count + 1)]
            await _promote(up, session, first, database)
            done = []
            for number, target in enumerate(targets):
                _begin_jobs_after(timing, 0.02 + _BETWEEN_LOOKS * number / count)
                done.append(await _promote(up, session, target, database))
        return done


def _begin_jobs_after(timing: Timing, seconds: float) -> None:
    """Spread evenly over the promotions, so that the bot's looks find the end of a job at every distance."""
    object.__setattr__(timing, "queue", seconds)  # frozen for everybody else


async def _push(up: Servers, session: aiohttp.ClientSession) -> Deployment:
    """A commit on main of shop, where auto-assignment is off: Staged once it is built."""
    push = {"project": "shop", "branch": "main", "seconds": 0}
    async with session.post(f"{up.platform.url}/sandbox/push", json=push) as answer:
        built = up.platform.store.deployments[(await answer.json())["deployment"]["id"]]
    async with asyncio.timeout(_PATIENCE):
        while built.is_unfinished:
            await up.platform.store.revision.past(up.platform.store.revision.number, _PATIENCE)
    return built


async def _promote(
    up: Servers, session: aiohttp.ClientSession, target: Deployment, database: Path
) -> Promotion:
    sha, ana = target.commit.sha[:7], Person(session, up.workspace.url, seed.ANA)
    await take_calls(up, session)
    card = _coming(
        up.workspace, lambda m: m.only_for == ana.id and f"Promote shop to {sha}?" in str(m.blocks)
    )
    await ana.types(f"/promote {target.id}", channel=_CHANNEL)
    shown, _ = await asyncio.wait_for(card, _PATIENCE)
    button = seen.message(described(up.workspace.backend, shown, ana.id))
    for_the_card = await take_calls(up, session)
    current = _coming(up.workspace, lambda m: m.only_for is None and f"{sha} is Current" in str(m.blocks))
    announcement = _coming(up.workspace, lambda m: m.is_reply and "Current of shop is now" in str(m.blocks))
    clicked = time()
    await ana.clicks(button, "Promote")
    _, told = await asyncio.wait_for(current, _PATIENCE)
    await asyncio.wait_for(announcement, _PATIENCE)
    return Promotion(
        clicked=clicked,
        received=up.platform.store.projects[target.project_id].requests[-1].requested_at / 1000,
        moved=(target.alias_assigned_at or 0) / 1000,
        proven=await _proven(database, target),
        told=told,
        for_the_card=for_the_card,
        after_the_click=await take_calls(up, session),
    )


def _coming(workspace: Workspace, is_it: Callable[[Message], bool]) -> asyncio.Future[tuple[Message, float]]:
    """The next message like this, posted or updated from now on, and when it was."""
    found: asyncio.Future[tuple[Message, float]] = asyncio.get_running_loop().create_future()

    def look(change: Change) -> None:
        if change.message is not None and is_it(change.message) and not found.done():
            found.set_result((change.message, time()))

    unwatch = workspace.state.watch(look)
    found.add_done_callback(lambda _: unwatch())
    return found


async def _proven(database: Path, target: Deployment) -> float:
    """When the bot itself held its proof, as its database says."""
    opened = Database.open(f"sqlite:///{database}")
    try:
        async with opened.read() as session:
            newest, *_ = await operations.newest(session, target.project_id, limit=1)
    finally:
        await opened.dispose()
    if newest.target_id != target.id or newest.state != "succeeded" or newest.finished_at is None:
        raise NotCurrent(newest.state)
    return newest.finished_at.timestamp()
