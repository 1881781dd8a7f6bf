"""The ack of `/promote` beside bare Bolt's: how long Slack waits for it.

The bot does its real work: an audit entry in a SQLite file before the ack, and after it the planner's reads from
the platform, a confirmation in the database and the card to the response URL. Bare Bolt acks and does nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

import chatbot
from chatbot.sandbox.launching import Servers, servers
from chatbot.sandbox.slack import Workspace, seed
from chatbot.sandbox.vercel import Platform, Timing
from chatbot.sandbox.vercel.records import Deployment
from tests.benchmarks.figures import Aim, Figure, in_milliseconds
from tests.benchmarks.mailbox import Mailbox, mailbox
from tests.benchmarks.processes import BARE_BOLT, BOT
from tests.benchmarks.transports import Send, Transport

AT_ONCE = 8
_IN_TURN = 10
_WARM_UP = 10  # commands: connections, caches, and Bolt's one auth.test


@dataclass
class Samples:
    """Seconds. `cards` are from the command sent to the card at its response URL."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Pair:
    """The bot and bare Bolt, each a process of its own in the same mode."""

    ours: Send
    bare: Send
    workspace: Workspace
    box: Mailbox
    text: str
    title: str

    async def one_of_ours(self, samples: Samples) -> None:
        """One ack, and then the end of the work behind it."""
        response_url = self.box.new()
        began = perf_counter()
        await self.ours(self._command(response_url))
        samples.ours.append(perf_counter() - began)
        await self.box.card(response_url, self.title)
        samples.cards.append(perf_counter() - began)

    async def one_of_bare(self, samples: Samples) -> None:
        command = self._command(self.box.url)
        began = perf_counter()
        await self.bare(command)
        samples.bare.append(perf_counter() - began)

    def _command(self, response_url: str) -> dict[str, Any]:
        state, payloads = self.workspace.state, self.workspace.backend.payloads
        return payloads.slash_command(
            state.people[seed.ANA],
            state.channels["C0DEPLOYS"],
            "/promote",
            self.text,
            trigger_id="1.2.3",
            response_url=response_url,
        )


async def acks(name: str, transport: Transport, folder: Path, *, alone: int, rounds: int) -> list[Figure]:
    """`alone` acks one at a time, bare and ours in turn; then `rounds` by each of 8 people at once."""
    async with _pair(transport, folder) as pair:
        await _one_at_a_time(pair, _WARM_UP)
        single = await _one_at_a_time(pair, alone)
        loaded = await _all_at_once(pair, rounds)
    section = f"Ack of /promote over {name}, beside bare Bolt's"
    aim = Aim(8, of="ratio") if name == "HTTP" else None
    return [
        *_both(section, "one at a time", single.ours, single.bare, aim),
        *_both(section, f"{AT_ONCE} at once", loaded.ours, loaded.bare),
        *_both(section, "command to card, one at a time", single.cards),
        *_both(section, f"command to card, {AT_ONCE} at once", loaded.cards),
    ]


def _both(
    section: str, name: str, ours: list[float], bare: list[float] | None = None, aim: Aim | None = None
) -> list[Figure]:
    return in_milliseconds(section, name, ours, bare or (), ranks=(50, 99), aim=aim)


async def _one_at_a_time(pair: Pair, count: int) -> Samples:
    """In turn, some of each: bare Bolt is at its best when its acks follow each other."""
    samples = Samples()
    for done in range(0, count, _IN_TURN):
        for measure in (pair.one_of_bare, pair.one_of_ours):
            for _ in range(min(_IN_TURN, count - done)):
                await measure(samples)
    return samples


async def _all_at_once(pair: Pair, rounds: int) -> Samples:
    """Each person types the next command when the card of the last has come: acks meet others' work."""
    samples = Samples()
    for _ in range(rounds):
        await asyncio.gather(*(pair.one_of_bare(samples) for _ in range(AT_ONCE)))

    async def person() -> None:
        for _ in range(rounds):
            await pair.one_of_ours(samples)

    await asyncio.gather(*(person() for _ in range(AT_ONCE)))
    return samples


@asynccontextmanager
async def _pair(transport: Transport, folder: Path) -> AsyncIterator[Pair]:
    """Each in a workspace of its own: one that had both would choose between them."""
    async with AsyncExitStack() as stack:
        up = await stack.enter_async_context(servers(Timing(), port=0))
        manifest = yaml.safe_load(chatbot.manifest_path().read_text(encoding="utf-8"))
        other = Servers(up.platform, await stack.enter_async_context(Workspace(manifest)))
        box = await stack.enter_async_context(mailbox())
        variables = up.environment(folder / "acks.db")
        ours = await stack.enter_async_context(transport(BOT, up.workspace, variables))
        bare = await stack.enter_async_context(
            transport(BARE_BOLT, other.workspace, other.environment(folder / "none.db"))
        )
        target = _staged(up.platform)
        yield Pair(ours, bare, up.workspace, box, target.id, f"Promote shop to {target.commit.sha[:7]}?")


def _staged(platform: Platform) -> Deployment:
    """A deployment of shop that a /promote may name again and again: only a click would move it."""
    return next(d for d in platform.store.deployments.values() if d.name == "shop" and d.substate == "STAGED")
