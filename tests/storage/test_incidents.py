import asyncio
from datetime import timedelta
from typing import Any

import pytest

from storage import incidents
from storage.database import Database
from storage.errors import LeaseLost
from storage.models import Incident, IncidentProject
from tests.storage.rows import NOW, SECOND, change

LEASE = timedelta(seconds=30)


async def opened(db: Database, name: str = "inc_1", *projects: str, **columns: Any) -> Incident | None:
    values = {
        "what": "checkout is down",
        "channel": "C0DEPLOYS",
        "opened_at": NOW,
        "opened_by": "slack:U0ANA0001",
        "look_at": NOW,
    }
    named = [
        IncidentProject(incident_id=name, project_id=p, project_name=p.removeprefix("prj_"), place=n)
        for n, p in enumerate(projects or ("prj_shop",))
    ]
    async with db.write() as session:
        return await incidents.open_(session, Incident(id=name, **{**values, **columns}), named)


async def open_for(db: Database, project: str) -> list[str]:
    async with db.read() as session:
        return [incident.id for incident in await incidents.open_for(session, project)]


async def claim(db: Database, owner: str = "replica_1", **by: float) -> list[Incident]:
    async with db.write() as session:
        now = NOW + timedelta(**by)
        return await incidents.claim_due(session, owner=owner, now=now, lease=LEASE, limit=5)


async def resolve(db: Database, name: str) -> Incident | None:
    async with db.write() as session:
        return await incidents.resolve(session, name, by="slack:U0ANA0001", now=NOW + SECOND)


async def test_an_incident_is_open_for_its_projects_in_the_order_given_until_it_is_resolved(
    db: Database,
) -> None:
    await opened(db, "inc_1", "prj_shop", "prj_api")
    await opened(db, "inc_2", "prj_api", opened_at=NOW + SECOND, channel="C0OTHER")
    await opened(db, "inc_3", "prj_api", is_drill=True)
    assert await open_for(db, "prj_api") == ["inc_1", "inc_2"]
    assert await open_for(db, "prj_docs") == []
    async with db.read() as session:
        assert [p.project_name for p in await incidents.projects_of(session, "inc_1")] == ["shop", "api"]
        assert [i.id for i in await incidents.open_ones(session, channel="C0DEPLOYS")] == ["inc_1", "inc_3"]
    assert await resolve(db, "inc_1") is not None
    assert await resolve(db, "inc_1") is None
    assert await open_for(db, "prj_shop") == []
    async with db.read() as session:
        assert [i.id for i in await incidents.newest_resolved(session, drills=False, limit=5)] == ["inc_1"]


async def test_the_same_alert_opens_one_incident_also_at_the_same_time(db: Database) -> None:
    made = await asyncio.gather(*(opened(db, f"inc_{n}", key="alert:1") for n in range(4)))
    assert len([incident for incident in made if incident is not None]) == 1
    assert len(await open_for(db, "prj_shop")) == 1


async def test_one_replica_has_it_at_a_time_until_its_end_is_told(db: Database) -> None:
    await opened(db)
    (mine,) = await claim(db)
    assert await claim(db, "replica_2") == []
    (theirs,) = await claim(db, "replica_2", seconds=30)
    async with db.write() as session:
        with pytest.raises(LeaseLost):
            await incidents.change(session, "inc_1", mine.fence, ts="1.2")
        await incidents.let_go(session, theirs, NOW + timedelta(minutes=2), ts="1.2")
    assert await claim(db, minutes=1) == []
    (again,) = await claim(db, minutes=2)
    async with db.write() as session:  # meanwhile something happens
        await incidents.note(
            session, "inc_1", at=NOW + timedelta(minutes=2, seconds=1), kind="k", actor="bot"
        )
        kept = await incidents.let_go(session, again, NOW + timedelta(minutes=9))
        assert kept.look_at == NOW + timedelta(minutes=2, seconds=1)
    await resolve(db, "inc_1")
    (last,) = await claim(db, minutes=3)
    async with db.write() as session:
        await incidents.change(session, "inc_1", last.fence, told_at=NOW, lease_until=None)
    assert await claim(db, hours=1) == []
    async with db.read() as session:
        assert await incidents.next_look(session) is None


async def test_lines_of_the_timeline_are_numbered_also_when_two_write_at_once(db: Database) -> None:
    await opened(db)

    async def note(kind: str) -> None:
        async with db.write() as session:
            await incidents.note(session, "inc_1", at=NOW, kind=kind, actor="bot")

    await asyncio.gather(*(note(f"k{n}") for n in range(5)))
    async with db.read() as session:
        found = await incidents.entries_of(session, "inc_1")
    assert [entry.number for entry in found] == [1, 2, 3, 4, 5]
    assert {entry.kind for entry in found} == {f"k{n}" for n in range(5)}


async def test_however_often_others_move_production_each_move_is_told(db: Database) -> None:
    async with db.write() as session:
        session.add_all(change(n, at=NOW + timedelta(seconds=n)) for n in range(1, 46))
    told: list[str] = []
    async with db.read() as session:
        while found := await incidents.changes_since(session, ["prj_shop"], NOW, but=told):
            told += [row.id for row in found]
    assert told == [f"prj_shop/{n}" for n in range(1, 46)]
