"""The bots' processes, kept running as a supervisor does: killed and frozen at random, and started again."""

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chatbot.sandbox.launching import READY

_LEFT_OUT = frozenset(
    {
        "SLACK_CLIENT_ID",  # these two switch Bolt to OAuth mode
        "SLACK_CLIENT_SECRET",
        "COVERAGE_PROCESS_CONFIG",  # a killed process reports nothing, and a measured one is slow
    }
)
_CANNOT_START = 2  # Slack, or the database, does not answer just now
_STARTS_WITHIN, _ENDS_WITHIN = 60.0, 20.0


@dataclass
class Bot:
    """One place in the fleet. `meant`: this end of its process is ours."""

    number: int
    process: asyncio.subprocess.Process | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    meant: bool = False
    frozen: bool = False

    def signal(self, number: signal.Signals) -> bool:
        if self.process is None or self.process.returncode is not None:
            return False
        self.process.send_signal(number)
        return True


class Fleet:
    """`died` says which processes ended by themselves, and how."""

    def __init__(
        self,
        variables: Mapping[str, str],
        replicas: int,
        folder: Path,
        done: Counter[str],
        dice: random.Random,
    ) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
        self._environment = {**inherited, **variables}
        self._folder = folder
        self._done = done
        self._dice = dice
        self._closing = False
        self._keeping: list[asyncio.Task[None]] = []
        self.bots = [Bot(number) for number in range(1, replicas + 1)]
        self.died: list[str] = []
        self.kills = 0

    @property
    def logs(self) -> list[Path]:
        return [self._folder / f"bot-{bot.number}.log" for bot in self.bots]

    def kill(self, dice: random.Random) -> None:
        """One of them, or all of them."""
        for bot in self.bots if dice.random() < 0.25 else [dice.choice(self.bots)]:
            if bot.signal(signal.SIGKILL):
                bot.meant = True
                self.kills += 1

    def stop(self, dice: random.Random) -> None:
        """As a deployment does: it may finish its step."""
        bot = dice.choice(self.bots)
        if not bot.frozen and bot.ready.is_set() and bot.signal(signal.SIGTERM):
            bot.meant = True
            self._done["bot: stopped politely"] += 1

    async def freeze(self, dice: random.Random, seconds: float) -> None:
        """It is still there, and does nothing: longer than its lease, maybe."""
        bot = dice.choice(self.bots)
        if bot.frozen or not bot.signal(signal.SIGSTOP):
            return
        bot.frozen = True
        self._done["bot: frozen"] += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            bot.signal(signal.SIGCONT)
            bot.frozen = False

    async def start(self) -> None:
        """Returns once all of them are ready."""
        self._closing = False
        self._keeping = [
            asyncio.create_task(self._keep_running(bot), name=f"bot {bot.number}") for bot in self.bots
        ]
        async with asyncio.timeout(_STARTS_WITHIN):
            await self.until_all_are_ready()

    async def until_all_are_ready(self) -> None:
        while not all(bot.ready.is_set() for bot in self.bots):
            for bot in self.bots:
                await bot.ready.wait()

    async def _keep_running(self, bot: Bot) -> None:
        while not self._closing:
            await self._run(bot)
            if not self._closing:
                await asyncio.sleep(self._dice.uniform(0.05, 1.0))

    async def _run(self, bot: Bot) -> None:
        """One process, from its start to its end."""
        bot.meant = False
        log = self._folder / f"bot-{bot.number}.log"
        with log.open("ab") as errors:
            bot.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "chatbot",
                "run",
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
            )
        if self._closing:
            bot.signal(signal.SIGKILL)
        assert bot.process.stdout is not None
        line = (await bot.process.stdout.readline()).decode()
        was_ready = line.startswith(READY)
        if was_ready:
            bot.ready.set()
        code = await bot.process.wait()
        bot.ready.clear()
        if bot.meant or self._closing:
            return
        if not was_ready and code == _CANNOT_START:
            self._done["bot: could not start, and was started again"] += 1
        else:
            self.died.append(f"bot {bot.number} ended by itself with status {code}; see {log}")

    async def close(self) -> None:
        """Politely, and then not."""
        self._closing = True
        for bot in self.bots:
            bot.signal(signal.SIGCONT)
            bot.signal(signal.SIGTERM)
        running = [b for b in self.bots if b.process is not None]
        waits = [asyncio.create_task(b.process.wait()) for b in running if b.process is not None]
        if waits:
            _, late = await asyncio.wait(waits, timeout=_ENDS_WITHIN)
            if late:
                self.died.append(f"{len(late)} bots did not end within {_ENDS_WITHIN:g} s of SIGTERM")
            for bot in self.bots:
                bot.signal(signal.SIGKILL)
            await asyncio.gather(*waits)
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)


@asynccontextmanager
async def fleet(
    variables: Mapping[str, str], replicas: int, folder: Path, *, done: Counter[str], seed: int
) -> AsyncIterator[Fleet]:
    made = Fleet(variables, replicas, folder, done, random.Random(f"{seed} bots"))
    try:
        await made.start()
        yield made
    finally:
        await made.close()
