"""Between an incident's values and its rows."""

from pydantic import TypeAdapter
from sqlmodel.ext.asyncio.session import AsyncSession

from chatbot.domain.incidents import Entry, Kind
from chatbot.domain.plans import OpenIncident
from storage import incidents
from storage.models import Incident, IncidentEntry

_entries = TypeAdapter(Entry)


def as_open(row: Incident) -> OpenIncident:
    return OpenIncident(row.id, row.what, row.opened_at)


def as_entry(row: IncidentEntry) -> Entry:
    return _entries.validate_json(row.detail)


async def note(session: AsyncSession, incident_id: str, entry: Entry) -> None:
    """One more line of the timeline, in the caller's transaction."""
    detail = _entries.dump_json(entry, exclude_defaults=True).decode()
    await incidents.note(
        session, incident_id, at=entry.at, kind=Kind(entry.kind).value, actor=entry.actor, detail=detail
    )
