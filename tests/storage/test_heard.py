from datetime import timedelta

from storage import heard
from storage.database import Database
from tests.storage.rows import NOW


async def test_an_event_is_taken_once_until_it_is_forgotten(db: Database) -> None:
    async def take(event_id: str) -> bool:
        async with db.write() as session:
            return await heard.take(session, event_id, NOW)

    assert [await take("Ev1"), await take("Ev1"), await take("Ev2")] == [True, False, True]
    async with db.write() as session:
        assert await heard.purge(session, before=NOW) == 0
        assert await heard.purge(session, before=NOW + timedelta(seconds=1)) == 2
    assert await take("Ev1")
