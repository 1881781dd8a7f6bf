"""App Homes that may be open: each is published by one replica at a time, and not by itself once it is closed."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from storage import audit, homes, incidents
from storage.database import Database
from storage.models import Home, Incident, IncidentProject
from tests.storage.rows import NOW, SECOND, change

MINUTE = timedelta(minutes=1)


async def take(db: Database, user: str = "U1", **columns: Any) -> Home:
    async with db.write() as session:
        return await homes.take(session, user, now=NOW, lease=SECOND, **columns)


async def claim(db: Database, state: str = "2", *, after: timedelta = MINUTE, limit: int = 9) -> list[Home]:
    async with db.write() as session:
        return await homes.claim_outdated(
            session,
            state,
            now=NOW + after,
            opened_since=NOW + after - 30 * MINUTE,
            shown_before=NOW + after - SECOND,
            lease=SECOND,
            limit=limit,
        )


async def published(db: Database, home: Home, state: str = "1") -> bool:
    async with db.write() as session:
        return await homes.published(session, home, state=state, hash_="h", now=NOW)


async def test_a_home_keeps_its_search_and_page_until_they_are_changed(db: Database) -> None:
    await take(db, search="shop", page=2)
    again = await take(db, page=0)
    assert (again.search, again.page, again.fence) == ("shop", 0, 2)


async def test_an_outdated_home_is_published_by_one_replica(open_database: Callable[[], Database]) -> None:
    replicas = [open_database() for _ in range(4)]
    assert await published(replicas[0], await take(replicas[0]))
    assert await claim(replicas[0], "1") == [], "it shows that already"
    assert await claim(replicas[0], after=SECOND / 2) == [], "it was shown a moment ago"
    won = await asyncio.gather(*(claim(replica) for replica in replicas))
    assert sorted(map(len, won)) == [0, 0, 0, 1]
    late = await claim(replicas[1], after=2 * MINUTE)
    assert len(late) == 1, "whoever claimed it first has died"
    assert not await published(replicas[0], next(home for some in won for home in some), "2")
    assert await published(replicas[1], late[0], "2")


async def test_whoever_touches_it_takes_it_over(db: Database) -> None:
    await published(db, await take(db))
    (claimed,) = await claim(db)
    touched = await take(db)
    assert not await published(db, claimed, "2")
    assert await published(db, touched, "2")


async def test_what_was_last_touched_long_ago_is_left(db: Database) -> None:
    await published(db, await take(db))
    assert await claim(db, after=31 * MINUTE) == []
    async with db.read() as session:
        assert await homes.how_many_are_open(session, since=NOW + MINUTE) == 0
        assert await homes.how_many_are_open(session, since=NOW - MINUTE) == 1
        assert await homes.how_many_are_open(session, since=NOW - MINUTE, but="1") == 0


async def test_those_shown_longest_ago_come_first_and_no_more_than_asked_for(db: Database) -> None:
    for user, at in (("U1", NOW), ("U2", NOW - SECOND), ("U3", NOW + SECOND)):
        home = await take(db, user)
        async with db.write() as session:
            await homes.published(session, home, state="1", hash_=None, now=at)
    assert [home.user_id for home in await claim(db, limit=1)] == ["U2"]
    assert await claim(db, limit=0) == []


async def test_the_state_of_things_is_another_after_whatever_home_shows(db: Database) -> None:
    async def state() -> str:
        async with db.read() as session:
            return await homes.state_of_things(session)

    seen = {await state()}
    async with db.write() as session:
        await audit.append(session, at=NOW, action="a", actor="b")
    seen.add(await state())
    async with db.write() as session:
        session.add(Incident(id="i", what="w", channel="C", opened_at=NOW, opened_by="x", look_at=NOW))
        session.add(IncidentProject(incident_id="i", project_id="prj_shop", project_name="shop"))
        await session.flush()
        await incidents.note(session, "i", at=NOW, kind="opened", actor="x")
    seen.add(await state())
    assert len(seen) == 3
    async with db.read() as session:
        ((incident, projects),) = await homes.open_incidents(session)
    assert (incident.id, [p.project_name for p in projects]) == ("i", ["shop"])


async def test_the_last_change_of_each_project_and_of_a_kind(db: Database) -> None:
    async with db.write() as session:
        for number, kind in ((1, "current"), (2, "staged")):
            session.add(change(number, kind=kind, key=str(number)))
        session.add(change(7, project="prj_docs", key="d"))
    async with db.read() as session:
        last = await homes.last_changes(session, ["prj_shop", "prj_docs", "prj_none"])
        moved = await homes.last_changes(session, ["prj_shop"], ["current"])
    assert {id_: row.number for id_, row in last.items()} == {"prj_shop": 2, "prj_docs": 7}
    assert {id_: row.number for id_, row in moved.items()} == {"prj_shop": 1}


async def test_what_was_looked_at_is_kept_once_for_each_project_each_in_its_own_time(db: Database) -> None:
    async with db.write() as session:
        await homes.keep_visits(session, NOW, {"prj_shop": "[]"})
        await homes.keep_way(session, "prj_shop", "here", "{}")
        await homes.keep_visits(session, NOW + SECOND, {"prj_shop": "[1]"})
        await homes.keep_way(session, "prj_docs", "there", "{}")
    async with db.read() as session:
        found = await homes.glances_at(session, ["prj_shop", "prj_docs", "prj_none"])
    assert {id_: (row.visited_at, row.visits, row.way_from) for id_, row in found.items()} == {
        "prj_shop": (NOW + SECOND, "[1]", "here"),
        "prj_docs": (None, "[]", "there"),
    }
