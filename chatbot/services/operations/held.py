"""A claimed operation in hand: its row as last written, and whom carrying it out needs."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from chatbot.domain.operations import Findings, Line, Operation, Stage
from chatbot.errors import NotFound
from chatbot.services.announcer import Announcer
from chatbot.services.buildlogs import BuildLogs
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock, Ledger
from chatbot.services.operations.records import as_operation, findings_of
from chatbot.services.operations.requesting import Requesting
from chatbot.services.planner import Planner
from chatbot.services.prober import Prober
from chatbot.vercel import VercelClient
from storage.errors import LeaseLost, StorageError
from storage.models import Operation as Row

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """How long what may take.

    `lease`: an operation stays with a silent process. `unseen`: an unanswered ask is looked for. `observe`: an
    accepted one is watched. `build`: a build is followed. `valid`: how old a confirmed wish may be when it is
    acted on. `afterwards`: an unknown outcome is looked for on.
    """

    lease: timedelta = timedelta(seconds=30)
    unseen: timedelta = timedelta(seconds=60)
    observe: timedelta = timedelta(minutes=3)
    build: timedelta = timedelta(hours=1)
    valid: timedelta = timedelta(minutes=10)
    afterwards: timedelta = timedelta(hours=1)

    @property
    def ask(self) -> float:
        """Seconds that an ask may take: it is through well before the lease ends."""
        return min(self.lease.total_seconds() / 2, 15.0)

    @property
    def show(self) -> timedelta:
        """How long it may take to show a wording that is not the last one."""
        return min(self.lease / 2, timedelta(seconds=5))

    @property
    def tell_again(self) -> timedelta:
        """How long after Slack did not take an outcome it is told again, at first."""
        return min(self.lease, timedelta(seconds=10))

    @property
    def tell_again_at_least(self) -> timedelta:
        """How often it is told again when Slack has not taken it for long."""
        return min(20 * self.lease, timedelta(minutes=10))


@dataclass(frozen=True)
class Crew:
    vercel: VercelClient
    planner: Planner
    ledger: Ledger
    history: History
    requesting: Requesting
    announcer: Announcer
    prober: Prober
    clock: Clock
    patience: Patience
    build_logs: BuildLogs


class Held:
    """The row is the truth, this is its newest copy. Every write raises LeaseLost once somebody else has it."""

    def __init__(self, crew: Crew, row: Row) -> None:
        self.crew = crew
        self.row = row
        self.domains_read_at = crew.clock()  # how far a move is, is read back now and then only
        self.visited_at = crew.clock()  # and so are the sites, while something is built
        self.line: Line | None = None
        self._missing_since: datetime | None = None

    @property
    def stage(self) -> Stage:
        return Stage(self.row.state)

    @property
    def findings(self) -> Findings:
        return findings_of(self.row)

    @property
    def operation(self) -> Operation:
        return as_operation(self.row)

    def now(self) -> datetime:
        return self.crew.clock()

    async def step(
        self,
        stage: Stage,
        findings: Findings,
        *,
        audited: str | None = None,
        detail: dict[str, Any] | None = None,
        **columns: Any,
    ) -> None:
        """One transaction; `audited` is the action of its audit entry. An unknown outcome that becomes known
        is told anew. Raises LeaseLost where `renew` has found, in the middle of a step, that somebody ended it.
        """
        if self.row.ended_by is not None and stage is not self.stage:
            raise LeaseLost(self.row.id, self.row.fence)
        if self.stage is Stage.UNKNOWN and stage is not Stage.UNKNOWN:
            columns |= {"told_at": None, "watch_until": None, "retired_at": None}
        self.row = await self.crew.ledger.step(
            self.row, stage, findings=findings, action=audited, detail=detail, **columns
        )

    async def learn(self, findings: Findings, stage: Stage | None = None) -> None:
        """Write only if there is something new."""
        stage = stage or self.stage
        if stage is not self.stage or findings != self.findings:
            await self.step(stage, findings)

    def is_too_old(self) -> bool:
        """Whether the wish was confirmed, or its build was ready, too long ago to be acted on now."""
        since = self.row.in_line_since or self.row.created_at
        return self.now() - since > self.crew.patience.valid

    def is_gone(self, error: NotFound) -> bool:
        """Whether a deployment that was there is no more: a 410 says so, and a 404 only if it stays one. A read may
        know nothing yet of what was just created.
        """
        self._missing_since = self._missing_since or self.now()
        is_deleted = error.status == HTTPStatus.GONE
        return is_deleted or self.now() - self._missing_since > self.crew.patience.unseen

    def is_there(self) -> None:
        self._missing_since = None

    async def begin(self) -> None:
        """Have its turn, or learn where it stands in line."""
        begun = await self.crew.ledger.begin(self.row)
        if begun is not None:
            self.row, self.line = begun, None
        else:
            self.line = await self.crew.history.line(self.row)

    async def check(self) -> None:
        """Whether it is ours to speak of, for as long as that may take. The row in hand stays: a step may be under
        way.
        """
        row = await self.crew.ledger.reread(self.row)
        if row.lease_until is None or row.lease_until - self.now() < self.crew.patience.show:
            raise LeaseLost(row.id, row.fence)

    async def renew(self) -> None:
        """The row as it is now: somebody may have ended it. Its lease is prolonged once a third of it is used."""
        now, lease = self.now(), self.crew.patience.lease
        if self.row.lease_until is None or self.row.lease_until - now < lease * 2 / 3:
            self.row = await self.crew.ledger.change(self.row, lease_until=now + lease)
        else:
            self.row = await self.crew.ledger.reread(self.row)

    async def let_go(self, *, for_: timedelta) -> None:
        """Anybody may go on with it after that time."""
        free = {"lease_owner": None, "lease_until": None}
        self.row = await self.crew.ledger.change(self.row, look_at=self.now() + for_, **free)

    async def stop_watching(self) -> None:
        """Its outcome stays unknown."""
        free = {"lease_owner": None, "lease_until": None}
        self.row = await self.crew.ledger.change(self.row, watch_until=None, **free)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Prolong the lease again and again, for what takes as long as it takes."""
        renewing = asyncio.create_task(self._keep_renewing(), name=f"lease of operation {self.row.id}")
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(self.crew.patience.lease.total_seconds() / 3)
            try:
                await self.crew.ledger.change(self.row, lease_until=self.fresh_lease())
            except LeaseLost:
                return  # the next write says so
            except StorageError as error:
                _log.warning("operation %s: its lease was not prolonged: %s", self.row.id, error)

    def fresh_lease(self) -> datetime:
        return self.now() + self.crew.patience.lease
