"""Claims operations that are due and has each carried out, until it is told or another process has it."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from chatbot.services.operations.carrying import Carrying
from chatbot.services.operations.held import Crew
from chatbot.services.operations.records import Lease
from chatbot.services.tasks import Tasks
from storage.errors import LeaseLost
from storage.models import Operation as Row

_log = logging.getLogger(__name__)


class Conductor:
    """`owner` names this process among its replicas. `ended` hears of the project of each operation that has its
    outcome.
    """

    def __init__(
        self, crew: Crew, tasks: Tasks, *, owner: str, ended: Callable[[str], None] = lambda _: None
    ) -> None:
        self._crew = crew
        self._tasks = tasks
        self._owner = owner
        self._ended = ended
        self._closing = asyncio.Event()
        self._news = asyncio.Event()

    def lease(self) -> Lease:
        """For an operation that is about to be made: this process carries it out."""
        return Lease(self._owner, self._crew.clock() + self._crew.patience.lease)

    def take(self, row: Row) -> None:
        """An operation that was made under such a lease: nobody has to claim it first. It may have ended another."""
        self._end_pauses()
        self._tasks.start(self._carry_out(row), f"operation {row.id}")

    def wake(self) -> None:
        """Something is due, or was ended from outside: do not wait for the next tick, nor for the end of a pause."""
        self._end_pauses()
        self._tasks.start(self.claim(is_due=True), "claiming operations")

    async def claim(self, *, is_due: bool = False) -> None:
        """What a tick does. `is_due`: there is something to claim."""
        if self._closing.is_set():
            return
        for row in await self._crew.ledger.claim(self._owner, self._crew.patience.lease, is_due=is_due):
            self._tasks.start(self._carry_out(row), f"operation {row.id}")

    async def free_from_the_future(self) -> None:
        """What a tick does, too: see the ledger."""
        await self._crew.ledger.free_from_the_future(self._crew.patience.lease)

    def stop(self) -> None:
        """Claim nothing more, and hand back what is under way as soon as its step is done."""
        self._closing.set()
        self._end_pauses()

    async def _carry_out(self, row: Row) -> None:
        carrying = Carrying(self._crew, row)
        try:
            if self._closing.is_set():
                await carrying.hand_back()
                return
            has_ended = False
            while (pause := await carrying.step()) is not None:
                if carrying.has_outcome and not has_ended:
                    has_ended = True
                    self._ended(row.project_id)
                await self._pause(pause)
                if self._closing.is_set():
                    await carrying.close()  # what is being shown comes before what the next one shows
                    await carrying.hand_back()
                    break
        except LeaseLost:
            _log.info("operation %s was taken over", row.id)
        except asyncio.CancelledError:
            await carrying.hand_back()
            raise
        except Exception:  # noqa: BLE001 - logged; see below
            # The lease runs out and a tick claims it again, here or elsewhere: looking first, as after a crash.
            _log.exception("operation %s: fault; again when its lease ends", row.id)
        finally:
            await carrying.close()

    async def _pause(self, seconds: float) -> None:
        """Between two looks at the platform, which tells nobody by itself."""
        if not self._closing.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), seconds)

    def _end_pauses(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
