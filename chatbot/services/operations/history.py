"""What is known of a project's operations: reads only."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.domain.operations import Line, Operation, Stage
from chatbot.domain.pacing import usual_move
from chatbot.domain.plans import (
    Other,
    Path,
    Plan,
)
from chatbot.services.incidents.meeting import opened_since
from chatbot.services.incidents.records import as_open
from chatbot.services.operations.records import as_operation, findings_of
from storage import incidents, moves, operations
from storage.database import Database
from storage.models import Change
from storage.models import Operation as Row

LATELY = 50
"""How many operations of a project are looked back at."""

_MOVED = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED})
_HAVE_NOT = frozenset({Stage.FAILED, Stage.STAGED})


class History:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def changes(self, project_id: str) -> list[Operation]:
        """The last operations of a project that have ended, the last to end first."""
        async with self._database.read() as session:
            lately = await operations.newest(session, project_id, limit=LATELY)
        ended = [as_operation(row) for row in lately if row.finished_at is not None]
        return sorted(ended, key=lambda o: o.finished_at or o.requested_at, reverse=True)

    async def beside(self, plan: Plan) -> Plan:
        """The plan with what the bot itself knows of its project: how long moves usually take, whose operations are
        not through, and which incidents are open.
        """
        async with self._database.read() as session:
            unfinished = await operations.unfinished_of(session, plan.project.id)
            open_ones = await incidents.open_for(session, plan.project.id)
            moves = await operations.newest_moves(session, plan.project.id)
        others = tuple(
            Other(
                o.actor,
                o.plan.path,
                o.plan.target.label,
                waits=o.stage is Stage.WAITING,
                queued=o.stage is Stage.QUEUED,
                gives_way=o.stage in {Stage.BUILDING, Stage.UNSURE},
            )
            for o in map(as_operation, unfinished)
        )
        is_a_move = (
            plan.path in {Path.PROMOTE, Path.ROLLBACK} and not plan.only_begins and not plan.when_ready
        )
        usual = usual_move(_moved_after(moves)) if is_a_move else plan.usual
        return replace(plan, others=others, usual=usual, incidents=tuple(map(as_open, open_ones)))

    async def took(self, project_id: str) -> list[timedelta]:
        """How long the newest moves of a project took, from acceptance to arrival; else those of any project."""
        async with self._database.read() as session:
            of_project = await operations.newest_moves(session, project_id)
            moves = of_project or await operations.newest_moves(session)
        return _moved_after(moves)

    async def line(self, row: Row) -> Line:
        """Where an operation stands that waits for its turn."""
        async with self._database.read() as session:
            active = await operations.active_of(session, row.project_id)
            line = await operations.line_of(session, row.project_id)
        before = [waiting.id for waiting in line].index(row.id) if any(w.id == row.id for w in line) else 0
        return Line(before + 1, as_operation(active) if active else None)

    async def mover(self, project_id: str, deployment_id: str, *, since: datetime) -> str | None:
        """Who has made a deployment Current through this bot since then, or is about to. None: nobody, or the
        bot's last move went elsewhere.
        """
        async with self._database.read() as session:
            lately = await operations.newest(session, project_id, limit=LATELY)
        asked = [row for row in lately if row.asked_at is not None and row.state not in _HAVE_NOT]
        under_way = [row for row in asked if row.finished_at is None]
        ended = [(row.finished_at, row) for row in asked if row.finished_at is not None]
        newest_first = [row for _, row in sorted(ended, key=lambda each: each[0], reverse=True)]
        for row in [*under_way, *newest_first]:
            if (row.build_id or row.target_id) == deployment_id and (row.finished_at or since) >= since:
                return row.actor
            if row.state in _MOVED:
                return None
        return None

    async def operation(self, operation_id: str) -> Operation | None:
        async with self._database.read() as session:
            row = await operations.get(session, operation_id)
        return as_operation(row) if row is not None else None

    async def has_incident(self, project_id: str) -> bool:
        """Whether one of this project is open."""
        async with self._database.read() as session:
            return bool(await incidents.open_for(session, project_id))

    async def is_held(self, row: Row) -> bool:
        """Whether an incident was opened since an operation was requested that takes its project forward."""
        async with self._database.read() as session:
            return await opened_since(session, row)

    async def rolled_back(self, project_id: str, deployment_id: str, *, since: datetime) -> Operation | None:
        """The bot's own last way back to a deployment since then, if it has asked for one."""
        async with self._database.read() as session:
            lately = await operations.newest(session, project_id, limit=LATELY)
        for row in lately:
            goes_there = Path(row.path).goes_back and row.target_id == deployment_id
            if (
                goes_there
                and row.asked_at is not None
                and row.asked_at >= since
                and row.state not in _HAVE_NOT
            ):
                return as_operation(row)
        return None

    async def has_gone_on(self, row: Row) -> bool:
        """Whether another operation has asked for something on this project since."""
        async with self._database.read() as session:
            lately = await operations.newest(session, row.project_id, limit=LATELY)
        asked = [other.asked_at for other in lately if other.id != row.id]
        return row.asked_at is None or any(at > row.asked_at for at in asked if at is not None)

    async def outlived_by(self, row: Row) -> Operation | None:
        """The last operation that has moved production since this one ended."""
        async with self._database.read() as session:
            lately = await operations.newest(session, row.project_id, limit=LATELY)
        ended = [(r.finished_at, r) for r in lately if r.state in _MOVED and r.finished_at is not None]
        if row.finished_at is None or not ended:
            return None
        end, last = max(ended, key=lambda each: each[0])
        return as_operation(last) if end > row.finished_at else None

    async def moved_outside(self, row: Row) -> Change | None:
        """The project's last move, if nobody asked the bot for it and it was noticed after this operation ended. Not
        one to where the operation went: that is its own doing, or somebody's who went back to it.
        """
        async with self._database.read() as session:
            last = await moves.newest_move(session, row.project_id, ("current", "gone"))
        if last is None or row.finished_at is None or last.operation_id is not None:
            return None
        if last.to_id == (row.build_id or row.target_id):
            return None
        return last if last.noticed_at > row.finished_at else None

    async def outlived(self, row: Row) -> list[Row]:
        """Earlier operations of the project whose message still has the buttons it was told with."""
        async with self._database.read() as session:
            ended = row.finished_at or row.created_at
            return await operations.to_retire(session, row.project_id, before=ended)


def _moved_after(moves: Iterable[Row]) -> list[timedelta]:
    moved = (findings_of(row).moved_after for row in moves)
    return [after for after in moved if after is not None]
