"""App Homes that are perhaps open, and who publishes each one next.

Whoever publishes one has a lease and names the fence afterwards, as for operations. Whoever opens or touches it
takes it over: what a person asked for comes before what the bot does by itself.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import watching
from storage.models import (
    AuditEntry,
    Change,
    Glance,
    Home,
    Incident,
    IncidentEntry,
    IncidentProject,
    Operation,
    Production,
)
from storage.reading import rows

_LONGEST = timedelta(hours=2)
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def take(
    session: AsyncSession, user_id: str, *, now: datetime, lease: timedelta, **values: Any
) -> Home:
    """The caller publishes it, whoever else was about to. `values` are columns to set."""
    await _insert(session, Home, Home(user_id=user_id, opened_at=now).model_dump(), ["user_id"])
    own = {"fence": col(Home.fence) + 1, "lease_until": now + lease}
    taken = await _update(session, col(Home.user_id) == user_id, values={**values, **own})
    return taken[0]


async def how_many_are_open(session: AsyncSession, *, since: datetime, but: str | None = None) -> int:
    """Those that were opened since then. `but`: that show another state of things than this."""
    statement = select(func.count()).select_from(Home).where(col(Home.opened_at) > since)
    if but is not None:
        statement = statement.where(col(Home.shown) != but)
    return (await session.exec(statement)).one()


async def claim_outdated(
    session: AsyncSession,
    state: str,
    *,
    now: datetime,
    opened_since: datetime,
    shown_before: datetime,
    lease: timedelta,
    limit: int,
) -> list[Home]:
    """Those that show another state of things than this, the longest shown first, for the caller to publish."""
    outdated = (
        select(Home.user_id)
        .where(
            col(Home.opened_at) > opened_since,
            col(Home.shown) != state,
            or_(col(Home.shown_at).is_(None), col(Home.shown_at) <= shown_before),
            _is_free(now, lease),
        )
        .order_by(col(Home.shown_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("outdated")
    )
    return await _update(
        session,
        col(Home.user_id).in_(select(outdated.c.user_id)),
        _is_free(now, lease),
        values={"fence": col(Home.fence) + 1, "lease_until": now + lease},
    )


async def published(
    session: AsyncSession, home: Home, *, state: str, hash_: str | None, now: datetime
) -> bool:
    """Whether it was still the caller's. `state`: empty where it is to be published once more."""
    values = {"shown": state, "shown_at": now, "hash": hash_, "lease_until": None}
    mine = col(Home.user_id) == home.user_id, col(Home.fence) == home.fence
    return bool(await _update(session, *mine, values=values))


async def postpone(session: AsyncSession, home: Home, until: datetime) -> None:
    """Slack did not take it: nobody tries before then, unless the person touches it."""
    mine = col(Home.user_id) == home.user_id, col(Home.fence) == home.fence
    await _update(session, *mine, values={"shown": "", "lease_until": until})


async def state_of_things(session: AsyncSession) -> str:
    """Another text whenever something has happened that App Home shows."""
    newest = (await session.exec(select(func.max(AuditEntry.seq)))).one()
    numbers = (
        await session.exec(select(func.count(), func.sum(Production.number)).select_from(Production))
    ).one()
    told = (await session.exec(select(func.count()).select_from(IncidentEntry))).one()
    return f"{newest or 0}.{numbers[0]}.{numbers[1] or 0}.{told}"


async def names(session: AsyncSession) -> list[tuple[str, str, bool]]:
    """Id, name and whether it is pinned, of every project that there is: what else is seen of one is long."""
    found = await session.exec(
        select(Production.project_id, Production.project_name, Production.pinned).where(
            col(Production.gone_at).is_(None)
        )
    )
    return [(project_id, name, pinned) for project_id, name, pinned in found]


async def ended_since(
    session: AsyncSession, project_ids: Collection[str], since: datetime
) -> list[Operation]:
    """The last to end comes last. One that was requested long before that is not looked for."""
    found = await rows(
        session,
        select(Operation).where(
            col(Operation.project_id).in_(project_ids),
            col(Operation.created_at) > since - _LONGEST,
            col(Operation.finished_at) > since,
        ),
    )
    return sorted(found, key=lambda o: o.finished_at or o.created_at)


async def last_changes(
    session: AsyncSession, project_ids: Collection[str], kinds: Sequence[str] = ()
) -> dict[str, Change]:
    """The newest change of each project; `kinds`: the newest of these kinds."""
    found = [await watching.newest_changes(session, id_, kinds=kinds, limit=1) for id_ in project_ids]
    return {change.project_id: change for some in found for change in some}


async def open_incidents(session: AsyncSession) -> list[tuple[Incident, list[IncidentProject]]]:
    """Without drills, the oldest first."""
    incidents = await rows(
        session,
        select(Incident)
        .where(col(Incident.resolved_at).is_(None), col(Incident.is_drill).is_(False))
        .order_by(col(Incident.opened_at)),
    )
    ids = [incident.id for incident in incidents]
    projects = await rows(
        session,
        select(IncidentProject)
        .where(col(IncidentProject.incident_id).in_(ids))
        .order_by(col(IncidentProject.place)),
    )
    return [(i, [p for p in projects if p.incident_id == i.id]) for i in incidents]


async def glances_at(session: AsyncSession, project_ids: Collection[str]) -> dict[str, Glance]:
    found = await rows(session, select(Glance).where(col(Glance.project_id).in_(project_ids)))
    return {glance.project_id: glance for glance in found}


async def keep_visits(session: AsyncSession, at: datetime, seen: Mapping[str, str]) -> None:
    """Project id to what was met."""
    for project_id, visits in sorted(seen.items()):
        await _keep(session, project_id, visited_at=at, visits=visits)


async def keep_way(session: AsyncSession, project_id: str, way_from: str, way: str) -> None:
    await _keep(session, project_id, way_from=way_from, way=way)


async def _keep(session: AsyncSession, project_id: str, **values: Any) -> None:
    connection = await session.connection()
    insert = _INSERTS[connection.dialect.name](SQLModel.metadata.tables[Glance.__tablename__])
    new = Glance(project_id=project_id, **values).model_dump()
    await connection.execute(
        insert.values(new).on_conflict_do_update(index_elements=["project_id"], set_=values)
    )


def _is_free(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """A lease that reaches further than any was written by a clock that ran ahead."""
    until = col(Home.lease_until)
    return or_(until.is_(None), until <= now, until > now + 10 * lease)


async def _insert(session: AsyncSession, table: Any, row: dict[str, Any], unique: list[str]) -> None:
    connection = await session.connection()
    insert = _INSERTS[connection.dialect.name](SQLModel.metadata.tables[table.__tablename__])
    await connection.execute(insert.on_conflict_do_nothing(index_elements=unique), row)


async def _update(session: AsyncSession, *which: ColumnElement[bool], values: dict[str, Any]) -> list[Home]:
    changed = await session.exec(
        update(Home)
        .where(*which)
        .values(**values)
        .returning(Home)
        .execution_options(synchronize_session=False)
    )
    found: list[Home] = list(changed.scalars())
    for home in found:
        session.expunge(home)
    return found
