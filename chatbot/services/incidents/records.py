"""Between an incident's values and its rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from chatbot.domain.incidents import Entry, Kind
from chatbot.domain.plans import OpenIncident
from chatbot.domain.scenes import Incident
from storage import incidents
from storage.models import Incident as Row
from storage.models import IncidentEntry, IncidentProject


@dataclass(frozen=True)
class Kept:
    """What is kept of an incident beside its columns; only whoever has its lease writes it.

    `begun`: as an alert says. `shown` is a digest of what its card shows, since `shown_at`. `pinned` and `file`: the
    error code of Slack, empty where it was done, None where that was not tried yet. `lost` was its card before the
    one that there is.
    """

    begun: datetime | None = None
    shown: str = ""
    shown_at: datetime | None = None
    pinned: str | None = None
    file: str | None = None
    lost: str | None = None


@cache
def _entries() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


@cache
def _kept() -> TypeAdapter[Kept]:
    return TypeAdapter(Kept)


def as_open(row: Row) -> OpenIncident:
    return OpenIncident(row.id, row.what, row.opened_at)


def as_entry(row: IncidentEntry) -> Entry:
    return _entries().validate_json(row.detail)


def kept_of(row: Row) -> Kept:
    return _kept().validate_json(row.detail)


def kept_json(kept: Kept) -> str:
    return _kept().dump_json(kept, exclude_defaults=True).decode()


def as_incident(row: Row, projects: Iterable[IncidentProject]) -> Incident:
    return Incident(
        id=row.id,
        what=row.what,
        begun=kept_of(row).begun or row.opened_at,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        projects=tuple(project.project_name for project in projects),
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        channel=row.channel,
    )


async def note(session: AsyncSession, incident_id: str, entry: Entry) -> None:
    """One more line of the timeline, in the caller's transaction."""
    detail = _entries().dump_json(entry, exclude_defaults=True).decode()
    await incidents.note(
        session, incident_id, at=entry.at, kind=Kind(entry.kind).value, actor=entry.actor, detail=detail
    )
