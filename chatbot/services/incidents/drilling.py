"""Drills: begun, pressed, kept true and told. They touch their own rows and messages, and nothing else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid4, uuid5

from chatbot.domain.drills import CANDIDATES, Drill, Phase, drill_of
from chatbot.domain.incidents import Entry, Kind, Times
from chatbot.domain.plans import Path
from chatbot.domain.requests import AlreadyAnIncident, NoIncident
from chatbot.messages import incidentdrill
from chatbot.services.announcer import Announcer, Posted
from chatbot.services.incidents.records import as_entry, as_open, note
from chatbot.services.operations.ledger import Clock
from storage import audit, incidents
from storage.database import Database
from storage.models import Incident as Row

_IDLE = timedelta(minutes=1)
_FORGOTTEN = timedelta(hours=1)


class Drilling:
    def __init__(self, database: Database, announcer: Announcer, clock: Clock) -> None:
        self._database = database
        self._announcer = announcer
        self._clock = clock

    async def begin(self, team: str, *, channel: str, actor: str) -> None:
        """Raises AlreadyAnIncident while anything is open in the channel, played or real."""
        now = self._clock()
        row = Row(
            id=str(uuid4()),
            what=team,
            channel=channel,
            opened_at=now,
            opened_by=actor,
            is_drill=True,
            look_at=now,
        )
        async with self._database.write() as session:
            if found := await incidents.open_ones(session, channel=channel):
                raise AlreadyAnIncident(as_open(found[0]))
            await incidents.open_(session, row)
            await note(session, row.id, Entry(now, Kind.OPENED, actor))
            await audit.append(
                session, at=now, action="drill.opened", actor=actor, channel=channel, detail={"team": team}
            )

    async def press(self, drill_id: str, kind: Kind, *, actor: str, to: str | None = None) -> None:
        """The first press of a kind counts; the others change nothing. Raises NoIncident where it is not open."""
        now = self._clock()
        if kind is Kind.REQUESTED and to not in {one.label for one in CANDIDATES}:
            raise NoIncident
        async with self._database.write() as session:
            row = await incidents.touch(session, drill_id, now)
            if row is None or not row.is_drill or row.resolved_at is not None:
                raise NoIncident
            told = [as_entry(entry) for entry in await incidents.entries_of(session, drill_id)]
            if any(entry.kind is kind for entry in told):
                return
            path = Path.ROLLBACK if kind is Kind.REQUESTED else None
            await note(session, drill_id, Entry(now, kind, actor, path=path, to=to))
            await audit.append(
                session,
                at=now,
                action=f"drill.{kind}",
                actor=actor,
                channel=row.channel,
                detail={"incident": drill_id, "to": to},
            )

    async def tend(self, row: Row) -> None:
        """One look at the simulation. Raises LeaseLost, one of SlackTrouble."""
        now, drill = self._clock(), await self._drill(row)
        if row.resolved_at is not None:
            await self._end(row, drill)
            return
        if drill.phase(now) is Phase.WELL or now - drill.begun > _FORGOTTEN:
            await self._is_over(row, drill, now)
            return
        row = await self._show(row, drill, now)
        turn = drill.next_turn(now) or now + _IDLE
        async with self._database.write() as session:
            await incidents.let_go(session, row, max(turn, now + timedelta(seconds=1)))

    async def _show(self, row: Row, drill: Drill, now: datetime) -> Row:
        card = incidentdrill.card(drill, now)
        if row.ts is not None:
            await self._announcer.update(Posted(row.channel, row.ts), card, hasty=True)
            return row
        opener = row.opened_by.removeprefix("slack:")
        posted = await self._announcer.post(row.channel, card, key=row.id, instead=opener)
        where = {"channel": posted.channel, "ts": posted.ts}
        async with self._database.write() as session:
            return await incidents.change(session, row.id, row.fence, **where)

    async def _is_over(self, row: Row, drill: Drill, now: datetime) -> None:
        """All is well, or everybody has left."""
        at = drill.recovered_at or now
        async with self._database.write() as session:
            if await incidents.resolve(session, row.id, by="bot", now=at) is not None:
                await note(session, row.id, Entry(at, Kind.RESOLVED, "bot"))
                await audit.append(
                    session, at=now, action="drill.resolved", actor="bot", detail={"incident": row.id}
                )
            free = {"lease_owner": None, "lease_until": None, "look_at": now}
            await incidents.change(session, row.id, row.fence, **free)

    async def _end(self, row: Row, drill: Drill) -> None:
        if row.ts is not None:
            earlier = [one for one in await self.earlier(drill.team) if one.begun < drill.begun]
            posted = Posted(row.channel, row.ts)
            await self._announcer.update(posted, incidentdrill.over(drill, ()))
            key = str(uuid5(NAMESPACE_URL, f"{row.id}/over"))
            told = incidentdrill.over(drill, earlier)
            await self._announcer.post(row.channel, told, key=key, thread=row.ts, broadcast=False)
        async with self._database.write() as session:
            free = {"lease_owner": None, "lease_until": None}
            await incidents.change(session, row.id, row.fence, told_at=self._clock(), **free)

    async def earlier(self, team: str | None = None, limit: int = 50) -> Sequence[Times]:
        """How fast drills went, of one team or of all, the last one first."""
        return [drill.times() for drill in await self.done(limit) if team is None or drill.team == team]

    async def done(self, limit: int = 10) -> list[Drill]:
        async with self._database.read() as session:
            rows = await incidents.newest_resolved(session, drills=True, limit=limit)
        return [await self._drill(row) for row in rows]

    async def _drill(self, row: Row) -> Drill:
        async with self._database.read() as session:
            told = [as_entry(entry) for entry in await incidents.entries_of(session, row.id)]
        return drill_of(row.id, row.what, row.opened_at, row.opened_by, told, row.resolved_at)
