"""The bot as a process that can die: all that runs for it is cut off, and it writes nothing more."""

import asyncio
import gc
from collections.abc import Coroutine, Generator
from contextvars import ContextVar, copy_context
from typing import Any, NoReturn
from warnings import catch_warnings, simplefilter
from weakref import WeakSet

from chatbot.app import Running, running
from chatbot.services.operations.ledger import Clock
from chatbot.settings import Settings


class Process:
    """One running bot. Every task that is begun on its behalf belongs to it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._settings, self._clock = settings, clock
        self._asked_to_stop = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    async def start(self) -> None:
        ready = asyncio.get_running_loop().create_future()
        context = copy_context()
        context.run(_OF.set, self)
        self._life = asyncio.create_task(self._live(ready), name="the bot's life", context=context)
        self.tasks.discard(self._life)
        await asyncio.wait([self._life, ready], return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await self._life  # raises what was wrong
        self._running: Running = ready.result()

    async def _live(self, ready: asyncio.Future[Running]) -> None:
        async with running(self._settings, clock=self._clock) as started:
            ready.set_result(started)
            await self._asked_to_stop.wait()

    async def stop(self) -> None:
        """As on SIGTERM: what is under way is handed over."""
        self._asked_to_stop.set()
        assert self._life is not None
        await self._life

    async def crash(self) -> None:
        """Leases stay where they are. What is under way over the wire may or may not have arrived."""
        database = self._running.bot.database
        database.write = database.read = _gone  # type: ignore[method-assign]
        while alive := [task for task in self.tasks if not task.done()]:
            for task in alive:
                task.cancel()
            # Not again at once: a transaction that is not even rolled back would keep the file locked.
            await asyncio.wait(alive, timeout=1)
        assert self._life is not None
        self._life.cancel()  # closes what the operating system would close
        await asyncio.wait([self._life])
        with catch_warnings():
            simplefilter(
                "ignore"
            )  # connections in the middle of a query are not given back: let go of their locks
            gc.collect()


def _gone() -> NoReturn:
    """The database, as a dead process reaches it: nothing goes on from there."""
    raise asyncio.CancelledError


_OF: ContextVar[Process | None] = ContextVar("_OF", default=None)


def tell_tasks_apart(loop: asyncio.AbstractEventLoop) -> None:
    """From now on each task of this loop is known to the process that it is begun for."""

    def begin(
        loop: asyncio.AbstractEventLoop,
        work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
        **options: Any,
    ) -> asyncio.Task[Any]:
        task = asyncio.Task(work, loop=loop, **options)
        context = options.get("context")
        process = _OF.get() if context is None else context.get(_OF)
        if process is not None:
            process.tasks.add(task)
        return task

    loop.set_task_factory(begin)
