"""What goes wrong when: one thing after another, several at a time, all drawn from the seed."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.slack.records import Change
from chatbot.sandbox.vercel import Platform
from tests.chaos.databases import Base
from tests.chaos.fleet import Fleet
from tests.chaos.platform_trouble import PlatformTrouble
from tests.chaos.record import Record
from tests.chaos.slack_trouble import SlackTrouble

_PATIENCE = 3.0


Kinds = dict[Callable[[random.Random], Awaitable[None]], int]
"""Each with its weight."""


@dataclass
class Trouble:
    """`pace` is the average pause between two troubles of the servers and the database, `kill_pace` between two of
    the bots' processes, from when all of them are ready; in seconds.
    """

    platform: Platform
    workspace: Workspace
    base: Base
    fleet: Fleet
    vercel: PlatformTrouble
    slack: SlackTrouble
    record: Record
    dice: random.Random
    pace: float
    kill_pace: float

    async def make(self) -> None:
        """Until it is cancelled."""
        around: Kinds = {
            self.vercel.once: 12,
            self._vercel_for_a_while: 4,
            self.slack.once: 8,
            self.slack.disturb_sockets: 3,
            self._database: 3,
        }
        bots: Kinds = {
            self._kill_now: 3,
            self._kill_at_an_ask: 3,
            self._kill_at_a_message: 3,
            self._stop: 1,
            self._freeze: 1,
        }
        async with asyncio.TaskGroup() as group:
            group.create_task(_again_and_again(around, self.pace, random.Random(self.dice.random())))
            group.create_task(
                _again_and_again(
                    bots, self.kill_pace, random.Random(self.dice.random()), self.fleet.until_all_are_ready
                )
            )

    async def heal(self) -> None:
        await self.vercel.heal()
        await self.slack.heal()

    async def _vercel_for_a_while(self, dice: random.Random) -> None:
        await self.vercel.for_a_while(dice, dice.uniform(0.5, 3.0))

    async def _database(self, dice: random.Random) -> None:
        await self.base.take_away(dice, self.record.done)

    async def _kill_now(self, dice: random.Random) -> None:
        self.fleet.kill(dice)

    async def _kill_at_an_ask(self, dice: random.Random) -> None:
        """As soon as the platform hears of the next change that is asked for, or a moment later."""
        entries = self.platform.journal.entries
        count = len(entries)
        async with asyncio.timeout(_PATIENCE):
            while not _has_post(islice(reversed(entries), len(entries) - count)):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.01)
        await asyncio.sleep(dice.choice((0.0, 0.0, 0.02, 0.2)))
        self.fleet.kill(dice)

    async def _kill_at_a_message(self, dice: random.Random) -> None:
        """As soon as Slack has taken a message for everybody, perhaps before its answer arrives."""
        taken = asyncio.Event()

        def look(change: Change) -> None:
            if change.message is not None and change.message.only_for is None:
                taken.set()

        unwatch = self.workspace.state.watch(look)
        try:
            async with asyncio.timeout(_PATIENCE):
                await taken.wait()
        finally:
            unwatch()
        await asyncio.sleep(dice.choice((0.0, 0.0, 0.01, 0.05)))
        self.fleet.kill(dice)

    async def _stop(self, dice: random.Random) -> None:
        self.fleet.stop(dice)

    async def _freeze(self, dice: random.Random) -> None:
        await self.fleet.freeze(dice, dice.uniform(0.3, 4.0))


async def _again_and_again(
    kinds: Kinds, pace: float, dice: random.Random, ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """`ready`: when the pause begins; else at once."""
    async with asyncio.TaskGroup() as group:
        while True:
            if ready is not None:
                await ready()
            await asyncio.sleep(dice.expovariate(1 / pace))
            (kind,) = dice.choices(list(kinds), list(kinds.values()))
            group.create_task(_once(kind, random.Random(dice.random())))


async def _once(kind: Callable[[random.Random], Awaitable[None]], dice: random.Random) -> None:
    with suppress(TimeoutError):  # what it waited for did not come
        await kind(dice)


def _has_post(entries: Iterable[dict[str, Any]]) -> bool:
    return any(entry["method"] == "POST" for entry in entries)
