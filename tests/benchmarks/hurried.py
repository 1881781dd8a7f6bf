"""The bot by a clock that goes faster: as a program, until it is told to stop. Its event loop goes by that clock too.

Whoever else shares the clock is given the same two numbers: the moment from which it goes on, and how many times as
fast.
"""

import asyncio
import selectors
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from chatbot.app import running
from chatbot.settings import Settings


def hurried(since: float, times: float) -> Callable[[], float]:
    """Epoch seconds."""
    return lambda: since + (time.time() - since) * times


class _Selector(selectors.DefaultSelector):
    """Waits as long by the other clock as it is told."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout if timeout is None else timeout / self._times)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, times: float) -> None:
        super().__init__(_Selector(times))
        self._times = times

    def time(self) -> float:
        return super().time() * self._times


async def main(since: float, times: float) -> None:
    clock, stop = hurried(since, times), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with running(Settings.read(), clock=lambda: datetime.fromtimestamp(clock(), UTC)):
        print("ready", flush=True)
        await stop.wait()


if __name__ == "__main__":
    since, times = float(sys.argv[1]), float(sys.argv[2])
    with asyncio.Runner(loop_factory=lambda: _Loop(times)) as runner:
        runner.run(main(since, times))
