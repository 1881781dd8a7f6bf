"""Where an operation meets the open incidents of its project: they hold it back, and their timelines tell of it."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from chatbot.domain.incidents import Entry, Kind
from chatbot.domain.operations import Stage
from chatbot.domain.plans import Path, Plan
from chatbot.domain.requests import IncidentOpen
from chatbot.services.incidents.records import as_open, note
from storage import incidents
from storage.models import Incident, Operation


async def meet(session: AsyncSession, plan: Plan, *, override: bool) -> list[Incident]:
    """The open incidents of a project, in the transaction of a request. Raises IncidentOpen."""
    found = await incidents.open_for(session, plan.project.id)
    if found and not plan.path.goes_back and not override:
        raise IncidentOpen(plan.project.name, plan.path, tuple(map(as_open, found)))
    return found


async def tell_requested(session: AsyncSession, met: list[Incident], row: Operation, label: str) -> None:
    """`label` is what people call the target."""
    path = Path(row.path)
    entry = Entry(
        row.created_at,
        Kind.REQUESTED,
        row.actor,
        row.project_name,
        path,
        label,
        override=not path.goes_back,
        operation_id=row.id,
    )
    for incident in met:
        await note(session, incident.id, entry)


async def tell_ended(session: AsyncSession, row: Operation, label: str, now: datetime) -> None:
    """In the transaction that writes its outcome down."""
    entry = Entry(
        now,
        Kind.ENDED,
        row.actor,
        row.project_name,
        Path(row.path),
        label,
        stage=Stage(row.state),
        operation_id=row.id,
    )
    for incident in await incidents.open_for(session, row.project_id):
        await note(session, incident.id, entry)


async def opened_since(session: AsyncSession, row: Operation) -> bool:
    """Whether an incident holds back what was requested before it was opened."""
    found = await incidents.open_for(session, row.project_id)
    return not Path(row.path).goes_back and any(i.opened_at > row.created_at for i in found)
