"""Incidents as rows: opened, kept up to date by one replica at a time, resolved once, and told.

Leases and fences as in storage/operations.py: whoever claims an incident names the fence in each write.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import operations
from storage.errors import LeaseLost
from storage.models import Change, Incident, IncidentEntry, IncidentProject
from storage.reading import one, rows

_CHANGEABLE = frozenset(Incident.model_fields) - {"id", "key", "opened_at", "opened_by", "is_drill", "fence"}


async def open_(
    session: AsyncSession, incident: Incident, projects: Sequence[IncidentProject] = ()
) -> Incident | None:
    """None where its key has opened one already. Until the transaction ends nothing is requested of its projects:
    what is requested afterwards meets the incident.
    """
    await lock(session, [project.project_id for project in projects])
    if incident.key is not None and await by_key(session, incident.key) is not None:
        return None
    session.add(incident)
    session.add_all(projects)
    await session.flush()
    for row in (incident, *projects):
        session.expunge(row)
    return incident


async def lock(session: AsyncSession, project_ids: Iterable[str]) -> None:
    """Until the transaction ends, nobody else who calls this, and nothing that is requested, gets past."""
    for project_id in sorted(project_ids):
        await operations.lock(session, project_id)


async def get(session: AsyncSession, incident_id: str) -> Incident | None:
    return await one(session, select(Incident).where(Incident.id == incident_id))


async def by_key(session: AsyncSession, key: str) -> Incident | None:
    return await one(session, select(Incident).where(Incident.key == key))


async def projects_of(session: AsyncSession, incident_id: str) -> list[IncidentProject]:
    """In the order in which they were named."""
    return await rows(
        session,
        select(IncidentProject)
        .where(IncidentProject.incident_id == incident_id)
        .order_by(col(IncidentProject.place)),
    )


async def open_for(session: AsyncSession, project_id: str) -> list[Incident]:
    """The open incidents of a project, oldest first. Drills are none."""
    return await rows(
        session,
        select(Incident)
        .join(IncidentProject, col(IncidentProject.incident_id) == col(Incident.id))
        .where(IncidentProject.project_id == project_id, *_is_open(), col(Incident.is_drill).is_(False))
        .order_by(col(Incident.opened_at), col(Incident.id)),
    )


async def open_ones(session: AsyncSession, *, channel: str | None = None) -> list[Incident]:
    """Of one channel or of all, with the drills; oldest first."""
    statement = select(Incident).where(*_is_open()).order_by(col(Incident.opened_at), col(Incident.id))
    if channel is not None:
        statement = statement.where(Incident.channel == channel)
    return await rows(session, statement)


async def projects_open(session: AsyncSession) -> set[str]:
    """Projects with an open incident that is no drill."""
    found = await session.exec(
        select(IncidentProject.project_id)
        .join(Incident, col(Incident.id) == col(IncidentProject.incident_id))
        .where(*_is_open(), col(Incident.is_drill).is_(False))
    )
    return set(found.all())


async def newest_resolved(session: AsyncSession, *, drills: bool, limit: int) -> list[Incident]:
    return await rows(
        session,
        select(Incident)
        .where(col(Incident.resolved_at).is_not(None), col(Incident.is_drill).is_(drills))
        .order_by(col(Incident.resolved_at).desc())
        .limit(limit),
    )


async def note(
    session: AsyncSession, incident_id: str, *, at: datetime, kind: str, actor: str, detail: str = "{}"
) -> None:
    """One more line of its timeline; it is due to be shown."""
    await touch(session, incident_id, at)
    last = select(func.max(IncidentEntry.number)).where(IncidentEntry.incident_id == incident_id)
    number = (await session.exec(last)).one() or 0
    entry = IncidentEntry(
        incident_id=incident_id, number=number + 1, at=at, kind=kind, actor=actor, detail=detail
    )
    session.add(entry)
    await session.flush()
    session.expunge(entry)


async def touch(session: AsyncSession, incident_id: str, look_at: datetime) -> Incident | None:
    """It is due then. Nobody else writes its timeline until the transaction ends."""
    return await _update(session, col(Incident.id) == incident_id, values={"look_at": look_at})


async def entries_of(session: AsyncSession, incident_id: str) -> list[IncidentEntry]:
    return await rows(
        session,
        select(IncidentEntry)
        .where(IncidentEntry.incident_id == incident_id)
        .order_by(col(IncidentEntry.number)),
    )


async def claim_due(
    session: AsyncSession, *, owner: str, now: datetime, lease: timedelta, limit: int
) -> list[Incident]:
    """Those whose next look is due, longest due first, now leased to `owner`."""
    due = (
        select(Incident.id)
        .where(
            _is_due(),
            col(Incident.look_at) <= now,
            or_(col(Incident.lease_until).is_(None), col(Incident.lease_until) <= now),
        )
        .order_by(col(Incident.look_at))
        .limit(limit)
        .with_for_update(skip_locked=True)  # SQLite has no such clause and needs none: BEGIN IMMEDIATE
        .cte("due")  # evaluated once: `limit` holds
    )
    claimed = await session.exec(
        update(Incident)
        .where(col(Incident.id).in_(select(due.c.id)))
        .values(lease_owner=owner, lease_until=now + lease, fence=col(Incident.fence) + 1)
        .returning(Incident)
        .execution_options(synchronize_session=False)
    )
    found: list[Incident] = list(claimed.scalars())
    session.expunge_all()
    return sorted(found, key=lambda incident: incident.look_at)


async def next_look(session: AsyncSession) -> datetime | None:
    """When `claim_due` will next find something. None: nothing is open."""
    due = case(
        (col(Incident.lease_until) > col(Incident.look_at), col(Incident.lease_until)),
        else_=col(Incident.look_at),
    )
    earliest: datetime | None = (await session.exec(select(func.min(due)).where(_is_due()))).one()
    return earliest


async def change(session: AsyncSession, incident_id: str, fence: int, **values: Any) -> Incident:
    """Set columns, given that nobody has claimed it since `fence`. Raises LeaseLost."""
    if unknown := values.keys() - _CHANGEABLE:
        raise TypeError(f"An incident has no column to change called {', '.join(sorted(unknown))}.")
    changed = await _update(
        session, col(Incident.id) == incident_id, col(Incident.fence) == fence, values=values
    )
    if changed is None:
        raise LeaseLost(incident_id, fence)
    return changed


async def resolve(session: AsyncSession, incident_id: str, *, by: str, now: datetime) -> Incident | None:
    """Once; None where it is resolved already. It is due then, to be told."""
    values = {"resolved_at": now, "resolved_by": by, "look_at": now}
    return await _update(session, col(Incident.id) == incident_id, *_is_open(), values=values)


async def let_go(session: AsyncSession, incident: Incident, look_at: datetime, **values: Any) -> Incident:
    """Its lease is over; it is due at `look_at`, or as soon as something has happened since it was claimed. Raises
    LeaseLost.
    """
    kept = case((col(Incident.look_at) == incident.look_at, look_at), else_=col(Incident.look_at))
    free = {"lease_owner": None, "lease_until": None, "look_at": kept}
    return await change(session, incident.id, incident.fence, **values, **free)


async def _update(
    session: AsyncSession, *which: ColumnElement[bool], values: dict[str, Any]
) -> Incident | None:
    changed = await session.exec(
        update(Incident)
        .where(*which)
        .values(**values)
        .returning(Incident)
        .execution_options(synchronize_session=False)
    )
    incident: Incident | None = changed.scalar_one_or_none()
    if incident is not None:
        session.expunge(incident)
    return incident


async def changes_before(
    session: AsyncSession, project_ids: Collection[str], before: datetime, *, since: datetime
) -> list[Change]:
    """What production of these projects went through, newest first."""
    return await rows(
        session,
        select(Change)
        .where(col(Change.project_id).in_(project_ids), col(Change.at) <= before, col(Change.at) >= since)
        .order_by(col(Change.at).desc())
        .limit(100),
    )


async def changes_since(
    session: AsyncSession, project_ids: Collection[str], since: datetime, *, but: Collection[str] = ()
) -> list[Change]:
    """How somebody else moved what is Current, oldest first; without those of these ids."""
    return await rows(
        session,
        select(Change)
        .where(
            col(Change.project_id).in_(project_ids),
            Change.kind == "current",
            col(Change.operation_id).is_(None),
            col(Change.at) > since,
            col(Change.id).not_in(but),
        )
        .order_by(col(Change.at))
        .limit(20),
    )


def _is_open() -> tuple[ColumnElement[bool]]:
    return (col(Incident.resolved_at).is_(None),)


def _is_due() -> ColumnElement[bool]:
    return or_(col(Incident.resolved_at).is_(None), col(Incident.told_at).is_(None))
