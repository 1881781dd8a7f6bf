"""The log and the queue may grow for years: what runs often walks an index, sorts nothing and skips no rows."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import (
    audit,
    confirmations,
    heard,
    homes,
    incidents,
    moves,
    operations,
    outbox,
    subscriptions,
    workflows,
)
from storage.database import Database
from tests.storage.rows import NOW, SECOND, change

Question = Callable[[AsyncSession], Awaitable[object]]

QUESTIONS: dict[str, Question] = {
    "the end of the log": lambda s: audit.append(s, at=NOW, action="a", actor="b", operation_id="c"),
    "newest": audit.newest,
    "newest of a project": lambda s: audit.newest(s, project="a", before_seq=9),
    "newest of an actor": lambda s: audit.newest(s, actor="a"),
    "newest of both": lambda s: audit.newest(s, project="a", actor="b", since=NOW),
    "newest since": lambda s: audit.newest(s, since=NOW),
    "due operations": lambda s: operations.claim_due(s, owner="a", now=NOW, lease=SECOND, limit=5),
    "a project's active operation": lambda s: operations.active_of(s, "a"),
    "a project's operations": lambda s: operations.newest(s, "a"),
    "all operations": operations.newest,
    "a project's moves": lambda s: operations.newest_moves(s, "a"),
    "all moves": operations.newest_moves,
    "due incidents": lambda s: incidents.claim_due(s, owner="a", now=NOW, lease=SECOND, limit=5),
    "open homes": lambda s: homes.how_many_are_open(s, since=NOW, but="1"),
    "the state of things": homes.state_of_things,
    "what is unfinished": operations.all_unfinished,
    "what ended lately": lambda s: homes.ended_since(s, ["a", "b"], NOW),
    "last changes": lambda s: homes.last_changes(s, ["a", "b"], ["current"]),
    "due announcements": lambda s: outbox.claim_due(s, owner="a", now=NOW, lease=SECOND, limit=5),
    "unsettled changes": lambda s: moves.claim_unsettled(s, now=NOW, lease=SECOND, limit=5),
    "what has buttons": lambda s: moves.to_retire(s, change()),
    "the newest move": lambda s: moves.newest_move(s, "a"),
    "when to look next": lambda s: outbox.next_look(s, NOW),
    "who hears of a project": lambda s: subscriptions.hearing(s, "a", "current"),
    "what a channel hears": lambda s: subscriptions.of_channel(s, "a"),
    "who else hears of it": lambda s: subscriptions.elsewhere(s, ["a", "b"], "c"),
    "closed channels": lambda s: subscriptions.closed(s, unsaid=True),
    "due steps of workflows": lambda s: workflows.due(s, NOW),
    "old events": lambda s: heard.purge(s, NOW),
    "old confirmations": lambda s: confirmations.purge_expired(s, NOW - timedelta(days=1)),
}
WELL = ("SEARCH ", "SCALAR ", "CORRELATED SCALAR ", "LIST SUBQUERY", "CO-ROUTINE due", "SCAN due")
"""The last two are of what a subquery gave, up to its LIMIT."""

FROM_THE_END = {"the end of the log", "newest"}
"""These read the table itself, backwards by its key, up to their LIMIT."""


@pytest.mark.parametrize("name", QUESTIONS)
async def test_it_is_answered_from_an_index(name: str, upgraded_file: Path, tmp_path: Path) -> None:
    path = shutil.copy(upgraded_file, tmp_path / "promotebot.db")
    database = Database.open(f"sqlite:///{path}")
    asked: list[tuple[str, Any]] = []

    def note(_c: Connection, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "DELETE", "WITH")):
            asked.append((statement, parameters))

    event.listen(database._writing.sync_engine, "before_cursor_execute", note)
    async with database.write() as session:
        await QUESTIONS[name](session)
    await database.dispose()
    assert asked
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(step.detail) for step in plan]
            for step in steps:
                assert step.startswith(WELL) or " USING " in step or name in FROM_THE_END
                assert "TEMP B-TREE" not in step
    engine.dispose()
