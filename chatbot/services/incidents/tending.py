"""Keeps the cards of open incidents true: a tick claims those that are due, one replica each."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from json import dumps
from uuid import NAMESPACE_URL, uuid5

from chatbot.domain.incidents import Entry, Kind, turned, until_next_look
from chatbot.domain.news import Change, How
from chatbot.domain.plans import Path
from chatbot.domain.scenes import Scene
from chatbot.messages import Message, incident
from chatbot.services.announcer import Announcer, Posted, SlackTrouble, is_closed
from chatbot.services.incidents.closing import Closing
from chatbot.services.incidents.desk import Desk
from chatbot.services.incidents.drilling import Drilling
from chatbot.services.incidents.records import Kept, kept_json, kept_of, note
from chatbot.services.incidents.sight import Sight
from chatbot.services.operations.ledger import Clock
from chatbot.services.tasks import Tasks
from chatbot.services.telling.records import as_change
from storage import incidents
from storage.database import Database
from storage.errors import LeaseLost
from storage.models import Incident as Row
from storage.models import IncidentProject

_LEASE = timedelta(seconds=60)
_LOOK_TAKES = 40.0
"""Seconds, well within the lease: who takes longer is cut off, and it is looked again."""
_SOON = timedelta(seconds=10)
_SHOWN_AT_LEAST = timedelta(minutes=1)
_AT_ONCE = 20
_UNTOLD = timedelta(minutes=10)
"""How long what could not be posted stays open: nobody sees it, and it holds promotions."""
_log = logging.getLogger(__name__)


class Tender:
    """`owner` names this process among its replicas."""

    def __init__(
        self,
        database: Database,
        desk: Desk,
        sight: Sight,
        announcer: Announcer,
        closing: Closing,
        drilling: Drilling,
        tasks: Tasks,
        clock: Clock,
        *,
        owner: str,
    ) -> None:
        self._database = database
        self._desk = desk
        self._sight = sight
        self._announcer = announcer
        self._closing = closing
        self._drilling = drilling
        self._tasks = tasks
        self._clock = clock
        self._owner = owner

    def wake(self) -> None:
        """Something is due: do not wait for the next tick."""
        self._tasks.start(self.tick(), "claiming incidents")

    async def tick(self) -> None:
        now = self._clock()
        async with self._database.read() as session:
            due = await incidents.next_look(session)
        if due is None:
            self._announcer.steady = 0
        if due is None or due > now:
            return
        async with self._database.write() as session:
            claimed = await incidents.claim_due(
                session, owner=self._owner, now=now, lease=_LEASE, limit=_AT_ONCE
            )
            self._announcer.steady = len(await incidents.open_ones(session))
        for row in claimed:
            self._tasks.start(self._tend(row), f"incident {row.id}")

    async def _tend(self, row: Row) -> None:
        """What fails is looked at again when its pause, or else its lease, is over."""
        try:
            async with asyncio.timeout(_LOOK_TAKES):
                if row.is_drill:
                    await self._drilling.tend(row)
                elif row.resolved_at is not None:
                    await self._closing.close(row)
                else:
                    await self._keep_true(row)
        except LeaseLost:
            _log.info("incident %s was taken over", row.id)
        except (*SlackTrouble, TimeoutError) as error:
            _log.warning("incident %s was not shown: %s", row.id, type(error).__name__)
            if self._stays_unseen(row, error):
                await self._desk.resolve(row.id, actor="bot", channel=row.channel)  # it holds nothing unseen
            await self._let_go(row, self._again(row))

    def _stays_unseen(self, row: Row, error: Exception) -> bool:
        """A card that was deleted comes again as soon as Slack takes it: only a closed channel never does."""
        is_unseen = row.ts is None and row.resolved_at is None
        may_come = kept_of(row).lost is not None and not is_closed(error)
        return is_unseen and not may_come and self._clock() - row.opened_at > _UNTOLD

    def _again(self, row: Row) -> timedelta:
        """An open card soon; what is to be posted, or told at the end, the later the longer Slack has not taken it."""
        was_seen = row.ts is not None or kept_of(row).lost is not None
        if was_seen and row.resolved_at is None:
            return _SOON
        since = self._clock() - (row.resolved_at or row.opened_at)
        return min(max(since / 2, timedelta(seconds=5)), timedelta(minutes=5))

    async def _keep_true(self, row: Row) -> None:
        about, entries, projects = await self._desk.whole(row)
        if row.ts is None:  # at once, whatever there is to be read takes its time
            row = await self._first(row, Scene(about, entries=tuple(entries)))
        kept = kept_of(row)
        standings, suspects = await self._sight.look(projects, about.begun)
        await self._tell_moves(row, projects, entries)
        _, entries, _ = await self._desk.whole(row)  # it may have gone on meanwhile
        scene = Scene(
            about, tuple(standings), tuple(suspects), tuple(entries), kept.pinned, looked_at=self._clock()
        )
        if (news := turned(entries, scene.visits, self._clock())) is not None:
            ill = tuple(v.name for v in scene.visits if not v.is_well)
            seen = ill or tuple(v.name for v in scene.visits)
            entry = Entry(self._clock(), news, "bot", domains=seen)
            async with self._database.write() as session:
                await note(session, row.id, entry)
            scene = replace(scene, entries=(*scene.entries, entry))
        kept = await self._show(row, kept, incident.card(scene))
        if kept.shown_at is None:  # it is to be posted anew
            await self._let_go(row, timedelta(), kept)
            return
        pause = until_next_look(
            self._clock() - row.opened_at, projects=len(projects), domains=len(scene.visits)
        )
        await self._let_go(row, max(pause, timedelta(seconds=self._announcer.between_updates)), kept)

    async def _tell_moves(
        self, row: Row, projects: Sequence[IncidentProject], entries: Sequence[Entry]
    ) -> None:
        """What others did to production since, as the watcher has recorded it."""
        told = {e.operation_id for e in entries if e.kind is Kind.MOVED and e.operation_id is not None}
        async with self._database.read() as session:
            found = await incidents.changes_since(
                session, [project.project_id for project in projects], row.opened_at, but=told
            )
        if not found:
            return
        async with self._database.write() as session:
            for change in map(as_change, found):
                await note(session, row.id, _moved(change))

    async def _first(self, row: Row, scene: Scene) -> Row:
        """Posted once: its id lets Slack recognise a repetition. Then it is pinned, as far as that goes."""
        opener = row.opened_by.removeprefix("slack:") if row.opened_by.startswith("slack:") else None
        lost = kept_of(row).lost
        key = row.id if lost is None else str(uuid5(NAMESPACE_URL, f"{row.id}/{lost}"))
        posted = await self._announcer.post(row.channel, incident.card(scene), key=key, instead=opener)
        where = {"channel": posted.channel, "ts": posted.ts}
        async with self._database.write() as session:
            await incidents.change(session, row.id, row.fence, **where)
        pinned = await self._announcer.pin(posted)
        async with self._database.write() as session:
            detail = kept_json(replace(kept_of(row), pinned=pinned))
            return await incidents.change(session, row.id, row.fence, detail=detail)

    async def _show(self, row: Row, kept: Kept, card: Message) -> Kept:
        """Only what is new, and now and then that it was looked at."""
        shown = _digest(card)
        now = self._clock()
        stale = kept.shown_at is None or now - kept.shown_at > _SHOWN_AT_LEAST
        if (shown == kept.shown and not stale) or row.ts is None:
            return kept
        if not await self._announcer.update(Posted(row.channel, row.ts), card, hasty=True):
            return await self._lost(row, kept)
        return replace(kept, shown=shown, shown_at=now)

    async def _lost(self, row: Row, kept: Kept) -> Kept:
        """Somebody has deleted the card, or the channel takes nothing more: the next look posts it anew."""
        async with self._database.write() as session:
            await incidents.change(session, row.id, row.fence, ts=None)
        return replace(kept, lost=row.ts, shown="", shown_at=None, pinned=None)

    async def _let_go(self, row: Row, pause: timedelta, kept: Kept | None = None) -> None:
        values = {} if kept is None else {"detail": kept_json(kept)}
        try:
            async with self._database.write() as session:
                await incidents.let_go(session, row, self._clock() + pause, **values)
        except LeaseLost:
            _log.info("incident %s was taken over", row.id)


@dataclass(frozen=True)
class Incidents:
    """What listeners need of them."""

    desk: Desk
    sight: Sight
    drilling: Drilling
    tender: Tender


def _moved(change: Change) -> Entry:
    return Entry(
        change.at,
        Kind.MOVED,
        change.who.name if change.who else "somebody",
        change.project_name,
        Path.ROLLBACK if change.how is How.ROLLED_BACK else None,
        change.now.label if change.now else None,
        operation_id=change.id,
    )


def _digest(card: Message) -> str:
    """Of all but the last block, which tells when it was looked at."""
    blocks = [block.to_dict() for block in card.blocks[:-1]]
    return sha256(dumps([card.text, blocks]).encode()).hexdigest()
