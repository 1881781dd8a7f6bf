import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage import confirmations
from storage.database import Database
from storage.errors import AlreadyUsed, Expired, UnknownConfirmation
from storage.models import Answer, Confirmation
from tests.storage.rows import NOW, SECOND, confirmation


async def create(db: Database, name: str = "cnf_1", **columns: Any) -> Confirmation:
    async with db.write() as session:
        return await confirmations.create(session, confirmation(name, **columns))


async def get(db: Database, name: str = "cnf_1") -> Confirmation | None:
    async with db.read() as session:
        return await confirmations.get(session, name)


async def consume(
    db: Database, *, by: str = "slack:U0ANA0001", answer: Answer = "confirmed", after: timedelta = SECOND
) -> Confirmation:
    async with db.write() as session:
        return await confirmations.consume(session, "cnf_1", by=by, now=NOW + after, answer=answer)


async def test_a_confirmation_comes_back_as_it_was_made(db: Database) -> None:
    made = confirmation(plan='{"domains":["shop.example.com"]}').model_dump()
    await create(db, plan='{"domains":["shop.example.com"]}')
    found = await get(db)
    assert found is not None
    assert found.model_dump() == made
    assert await get(db, "cnf_2") is None


@pytest.mark.parametrize("answer", ["confirmed", "cancelled", "replaced"])
async def test_a_confirmation_is_consumed_with_who_when_and_what(db: Database, answer: Answer) -> None:
    await create(db)
    used = await consume(db, by="slack:U0BOB0002", answer=answer)
    assert (used.used_at, used.used_by, used.answer) == (NOW + SECOND, "slack:U0BOB0002", answer)
    found = await get(db)
    assert found is not None
    assert found.model_dump() == used.model_dump()


async def test_of_two_clicks_on_two_replicas_one_wins(open_database: Callable[[], Database]) -> None:
    replicas = [open_database() for _ in range(6)]
    await create(replicas[0])
    outcomes = await asyncio.gather(
        *(consume(replica, by=f"slack:U{number}") for number, replica in enumerate(replicas)),
        return_exceptions=True,
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Confirmation)]
    losers = [outcome for outcome in outcomes if isinstance(outcome, AlreadyUsed)]
    assert (len(winners), len(losers)) == (1, 5)
    assert {loser.confirmation.used_by for loser in losers} == {winners[0].used_by}
    found = await get(replicas[0])
    assert found is not None
    assert found.used_by == winners[0].used_by


async def test_a_second_click_learns_what_the_first_one_did(db: Database) -> None:
    await create(db)
    await consume(db, answer="cancelled")
    with pytest.raises(AlreadyUsed, match="was cancelled by slack:U0ANA0001") as used:
        await consume(db, by="slack:U0BOB0002", after=timedelta(days=1))
    assert (used.value.confirmation.answer, used.value.confirmation.used_at) == ("cancelled", NOW + SECOND)


async def test_a_click_that_was_rolled_back_did_not_happen(db: Database) -> None:
    await create(db)

    async def fails_after_consuming() -> None:
        async with db.write() as session:
            await confirmations.consume(session, "cnf_1", by="bot", now=NOW, answer="confirmed")
            raise KeyError

    with pytest.raises(KeyError):
        await fails_after_consuming()
    assert (await consume(db)).answer == "confirmed"


async def test_a_confirmation_is_over_when_its_time_has_come(db: Database) -> None:
    await create(db)
    limit = timedelta(minutes=10)
    with pytest.raises(Expired) as expired:
        await consume(db, after=limit)
    assert expired.value.confirmation.expires_at == NOW + limit
    assert (await consume(db, after=limit - timedelta(microseconds=1))).answer == "confirmed"


async def test_an_unknown_confirmation_is_said(db: Database) -> None:
    with pytest.raises(UnknownConfirmation, match="cnf_1"):
        await consume(db)


async def test_the_database_knows_the_answers_and_wants_all_of_one(db: Database) -> None:
    with pytest.raises(IntegrityError, match="confirmations_answer"):
        await create(db, used_at=NOW, used_by="bot", answer="perhaps")
    with pytest.raises(IntegrityError, match="confirmations_used_at_once"):
        await create(db, used_at=NOW)


async def test_only_what_expired_before_then_is_purged(db: Database) -> None:
    for minutes in (10, 20, 30):
        await create(db, f"cnf_{minutes}", expires_at=NOW + timedelta(minutes=minutes))
    async with db.write() as session:
        assert await confirmations.purge_expired(session, NOW + timedelta(minutes=20)) == 1
        assert await confirmations.purge_expired(session, NOW + timedelta(minutes=20)) == 0
    assert await get(db, "cnf_10") is None
    assert await get(db, "cnf_20") is not None
