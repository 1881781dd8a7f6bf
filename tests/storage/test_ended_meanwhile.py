"""An operation that somebody ends while a step of it goes on."""

from types import SimpleNamespace
from typing import Any

import pytest

from chatbot.domain.operations import Findings, Stage
from chatbot.services.operations.held import Held, Patience
from chatbot.services.operations.ledger import Ledger
from storage import operations
from storage.database import Database
from storage.errors import LeaseLost
from tests.storage.rows import NOW, SECOND, operation


async def test_a_step_that_learns_of_its_end_goes_no_further(db: Database) -> None:
    """It is no illegal step: whoever ended it was first."""
    async with db.write() as session:
        made = await operations.create(session, operation(state="unsure", lease_until=NOW + 60 * SECOND))
    crew: Any = SimpleNamespace(ledger=Ledger(db, lambda: NOW), clock=lambda: NOW, patience=Patience())
    held = Held(crew, made)
    async with db.write() as session:
        await operations.give_way(session, "prj_shop", state="superseded", by="slack:U0BOB0002", now=NOW)
    await held.renew()
    with pytest.raises(LeaseLost):
        await held.step(Stage.SUCCEEDED, Findings())
    assert held.stage is Stage.SUPERSEDED
