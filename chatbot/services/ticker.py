"""What happens by the clock. Whatever has a due time is a row; a tick only looks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from chatbot.services.tasks import Tasks

_log = logging.getLogger(__name__)


class Ticker:
    """A scheduler in memory: nothing in it is worth keeping. A tick that fails is logged, and the next one comes.

    A shutdown lets none begin, and cuts none off between two steps: `tasks` has those that run. Else what a tick has
    just claimed would stay leased, and what it has just written down would not be done.
    """

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._scheduler = AsyncIOScheduler(
            timezone="UTC",
            logger=_quiet(),
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def every(self, seconds: float, tick: Callable[[], Awaitable[object]], name: str) -> None:
        async def guarded() -> None:
            try:
                await tick()
            except Exception:  # noqa: BLE001 - a tick that raised would not come again; it is logged
                _log.exception("tick %s failed", name)

        async def due() -> None:
            try:
                await asyncio.shield(self._tasks.start(guarded(), name))
            except asyncio.CancelledError:
                _log.debug("tick %s is not waited for any more", name)

        self._scheduler.add_job(due, "interval", seconds=seconds, id=name)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _quiet() -> logging.Logger:
    """A tick that takes longer than the time to the next one is no news: that one is left out."""
    logger = logging.getLogger(f"{__name__}.scheduler")
    logger.setLevel(logging.ERROR)
    return logger
