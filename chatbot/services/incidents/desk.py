"""Opening, resolving and finding incidents: each is one transaction with its audit entry."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from chatbot.domain.deployments import Project
from chatbot.domain.incidents import MAX_PROJECTS, Entry, Kind, Named, Times, times
from chatbot.domain.requests import AlreadyAnIncident, TooManyAtOnce
from chatbot.domain.scenes import Incident
from chatbot.services.incidents.records import Kept, as_entry, as_incident, as_open, kept_json, note
from chatbot.services.operations.ledger import Clock
from storage import audit, incidents
from storage.database import Database
from storage.models import Incident as Row
from storage.models import IncidentProject

Timed = tuple[Incident, Times]
MAX_WHAT = 500
"""Characters of what is wrong."""


class Desk:
    """`clock` gives the time, in UTC."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(
        self,
        projects: Sequence[Project | Named],
        what: str,
        *,
        channel: str,
        actor: str,
        alert: str | None = None,
        begun: datetime | None = None,
    ) -> Row | None:
        """`alert` is the key of the alert that opens it: None where that has opened one already, or where one of its
        projects has an open incident, whose timeline then tells of it.

        Raises:
            TooManyAtOnce, AlreadyAnIncident.
        """
        if len(projects) > MAX_PROJECTS:
            raise TooManyAtOnce(len(projects), MAX_PROJECTS)
        now = self._clock()
        row = Row(
            id=str(uuid4()),
            key=alert,
            what=what[:MAX_WHAT],
            channel=channel,
            opened_at=now,
            opened_by=actor,
            detail=kept_json(Kept(begun=begun)),
            look_at=now,
        )
        named = [
            IncidentProject(incident_id=row.id, project_id=p.id, project_name=p.name, place=n)
            for n, p in enumerate({p.id: p for p in projects}.values())
        ]
        async with self._database.write() as session:
            if alert is None:
                await self._refuse_twice(session, channel, named)
            if alert is not None and await self._is_known(session, alert, named, what):
                return None
            opened = await incidents.open_(session, row, named)
            if opened is None:
                return None
            await note(session, row.id, Entry(now, Kind.OPENED, actor))
            if alert is not None:
                await note(session, row.id, Entry(now, Kind.ALERTED, "vercel", to=row.what))
            await audit.append(
                session,
                at=now,
                action="incident.opened",
                actor=actor,
                project=named[0].project_name if named else None,
                channel=channel,
                detail={"incident": row.id, "projects": [p.project_name for p in named]},
            )
        return opened

    async def _refuse_twice(
        self, session: AsyncSession, channel: str, named: Sequence[IncidentProject]
    ) -> None:
        """Two people open it in the same minute."""
        await incidents.lock(session, [p.project_id for p in named])
        wanted = {p.project_id for p in named}
        for known in await incidents.open_ones(session, channel=channel):
            of = {p.project_id for p in await incidents.projects_of(session, known.id)}
            if of == wanted and not known.is_drill:
                raise AlreadyAnIncident(as_open(known))

    async def _is_known(
        self, session: AsyncSession, alert: str, named: Sequence[IncidentProject], what: str
    ) -> bool:
        """The same alert again; or another one about what is an incident already, which its timeline tells."""
        await incidents.lock(session, [p.project_id for p in named])
        if await incidents.by_key(session, alert) is not None:
            return True
        for project in named:
            for known in await incidents.open_for(session, project.project_id):
                told = map(as_entry, await incidents.entries_of(session, known.id))
                if not any(e.operation_id == alert for e in told):
                    entry = Entry(
                        self._clock(), Kind.ALERTED, "vercel", to=what[:MAX_WHAT], operation_id=alert
                    )
                    await note(session, known.id, entry)
                return True
        return False

    async def resolve(
        self, incident_id: str, *, actor: str, channel: str, drill: bool | None = None
    ) -> Row | None:
        """None where somebody has, or there is none; or it is a drill, or none, where that is asked."""
        now = self._clock()
        async with self._database.write() as session:
            found = await incidents.get(session, incident_id)
            if found is None or drill not in {None, found.is_drill}:
                return None
            resolved = await incidents.resolve(session, incident_id, by=actor, now=now)
            if resolved is None:
                return None
            await note(session, incident_id, Entry(now, Kind.RESOLVED, actor))
            projects = await incidents.projects_of(session, incident_id)
            await audit.append(
                session,
                at=now,
                action="drill.resolved" if resolved.is_drill else "incident.resolved",
                actor=actor,
                project=projects[0].project_name if projects else None,
                channel=channel,
                detail={"incident": incident_id},
            )
        return resolved

    async def get(self, incident_id: str) -> Row | None:
        async with self._database.read() as session:
            return await incidents.get(session, incident_id)

    async def whole(self, row: Row) -> tuple[Incident, list[Entry], list[IncidentProject]]:
        async with self._database.read() as session:
            projects = await incidents.projects_of(session, row.id)
            entries = [as_entry(entry) for entry in await incidents.entries_of(session, row.id)]
        return as_incident(row, projects), entries, projects

    async def listed(self) -> tuple[list[Incident], list[Timed]]:
        """What is open, and what was resolved last. Drills are neither."""
        async with self._database.read() as session:
            open_ones = [row for row in await incidents.open_ones(session) if not row.is_drill]
            resolved = await incidents.newest_resolved(session, drills=False, limit=10)
        return (
            [(await self.whole(row))[0] for row in open_ones],
            [await self._timed(row) for row in resolved],
        )

    async def _timed(self, row: Row) -> Timed:
        incident, entries, _ = await self.whole(row)
        return incident, times(incident.begun, entries)

    async def open_in(self, channel: str) -> list[Row]:
        async with self._database.read() as session:
            return await incidents.open_ones(session, channel=channel)
