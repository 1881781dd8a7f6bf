"""What a look has shown, written down: the project's row, its changes and who is to hear of them, at once or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chatbot.domain.news import Change
from chatbot.domain.noticing import Noticed, key_of, without
from chatbot.domain.pinning import author_to_tell
from chatbot.domain.sights import Snapshot
from chatbot.services.operations.ledger import Clock
from chatbot.services.telling.records import row_of
from chatbot.services.watching.records import DID_NOT_MOVE, snapshot_json
from storage import mentions, operations, outbox, subscriptions, watching
from storage.database import Database
from storage.models import Delivery, Operation, Production, Quiet

_HINTS_FOR = timedelta(hours=1)
_DOINGS_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Known:
    """What the bot knows of a project besides what it has seen of it. `operations` are its own that no change tells
    of yet.
    """

    deliveries: tuple[Delivery, ...]
    operations: tuple[Operation, ...]

    @property
    def not_looked_at(self) -> list[str]:
        return [d.id for d in self.deliveries if d.looked_at is None]


class Recording:
    """Every method is one short transaction."""

    def __init__(self, database: Database, clock: Clock, *, tells_authors: bool) -> None:
        self._database = database
        self._tells_authors = tells_authors
        self._clock = clock

    async def row(self, project_id: str) -> Production | None:
        """As a look begins; it is named when that is written down."""
        async with self._database.read() as session:
            return await watching.production(session, project_id)

    async def known(self, project_id: str, row: Production | None) -> Known:
        """`row` is the project's. What the bot did since that was written may still be untold, however long ago."""
        now = self._clock()
        since = min(now, row.seen_at if row else now) - _DOINGS_FOR
        async with self._database.read() as session:
            deliveries = await watching.deliveries_of(session, project_id, after=now - _HINTS_FOR)
            asked = await operations.asked_for(session, project_id, since=since)
            did = [o for o in asked if o.state not in DID_NOT_MOVE or o.build_id]
            told = await watching.told_operations(session, (o.id for o in did)) if did else set()
        return Known(tuple(deliveries), tuple(o for o in did if o.id not in told))

    async def begin(self, project_id: str, first: Snapshot, deliveries: Sequence[str]) -> bool:
        """The very first sight of a project, which is no news. False where somebody else was first."""
        row = Production(project_id=project_id, number=0, **self._columns(first))
        async with self._database.write() as session:
            is_first = await watching.begin(session, row)
            if is_first:
                await watching.looked_at(session, deliveries, self._clock())
        return is_first

    async def begin_all(self, firsts: Sequence[tuple[str, Snapshot]]) -> None:
        """Many at once."""
        async with self._database.write() as session:
            for project_id, first in firsts:
                row = Production(project_id=project_id, number=0, **self._columns(first))
                await watching.begin(session, row)

    async def record(self, row: Production, known: Known, noticed: Noticed) -> bool:
        """False where somebody else has written since the look began: then it is no longer true."""
        columns = self._columns(noticed.after)
        looked_at = known.not_looked_at
        is_same = not noticed.changes and columns["seen"] == row.seen and row.gone_at is None
        if is_same and not looked_at:
            return True
        now = self._clock()
        channels = {o.id: o.channel for o in known.operations}
        async with self._database.write() as session:
            # A build may come up again: a list that lags behind had left it out.
            told = await watching.recorded_keys(session, map(key_of, noticed.changes))
            changes = without(told, noticed.changes, row.number)
            number = row.number + len(changes)
            if await watching.advance(session, row, number=number, gone_at=None, **columns) is None:
                return False
            for change in changes:
                recorded = row_of(change, key_of(change))
                await watching.record(session, recorded)
                leave_out = {channels[change.operation_id]} if change.operation_id in channels else set()
                if change.along:
                    leave_out |= set(await subscriptions.hearing(session, change.project_id, "current"))
                author = author_to_tell(change) if self._tells_authors else None
                if author is not None and await mentions.is_on(session, Quiet, author):
                    author = None
                await outbox.fan_out(session, recorded, leave_out, now, also=[author] if author else [])
            await watching.looked_at(session, looked_at, now)
        return True

    async def end(self, row: Production, change: Change, deliveries: Sequence[str]) -> bool:
        """The project is gone. False where somebody else has written meanwhile."""
        now = self._clock()
        async with self._database.write() as session:
            if await watching.advance(session, row, number=change.number, gone_at=now, seen_at=now) is None:
                return False
            gone = row_of(change, key_of(change))
            await watching.record(session, gone)
            await outbox.fan_out(session, gone, (), now)
            await watching.looked_at(session, deliveries, now)
        return True

    async def forget(self, delivery_ids: Sequence[str]) -> None:
        """Nothing can be learned from these any more."""
        async with self._database.write() as session:
            await watching.looked_at(session, delivery_ids, self._clock())

    async def purge(self, *, webhooks: timedelta, announcements: timedelta, changes: timedelta) -> None:
        """What is older than that. The platform sends a webhook again for a day."""
        now = self._clock()
        async with self._database.write() as session:
            await watching.forget_deliveries(session, before=now - webhooks)
        async with self._database.write() as session:
            await outbox.purge(session, before=now - announcements)
            await watching.purge_changes(session, before=now - changes)

    def _columns(self, snapshot: Snapshot) -> dict[str, Any]:
        return {
            "project_name": snapshot.name,
            "current_id": snapshot.current_id,
            "pinned": snapshot.pinned,
            "seen": snapshot_json(snapshot),
            "seen_at": self._clock(),
        }
