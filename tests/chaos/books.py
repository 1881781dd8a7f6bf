"""The operations as the database has them: read again and again while the run goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import text
from sqlmodel import col, select

from storage import outbox, subscriptions
from storage.database import Database
from storage.models import Operation, Production

T = TypeVar("T")
_PAUSE = 0.15  # seconds; the database tells nobody
_COLUMNS = (
    col(Operation.id),
    col(Operation.project_id),
    col(Operation.path),
    col(Operation.target_id),
    col(Operation.actor),
    col(Operation.state),
    col(Operation.told_at),
)

# Each step of an operation, noted by the database itself: whatever wrote it, and whether or not it is audited.
_NOTING = {
    "sqlite": """
CREATE TABLE chaos_steps (number INTEGER PRIMARY KEY, operation TEXT, before TEXT, after TEXT);;
CREATE TRIGGER chaos_begins AFTER INSERT ON operations BEGIN
    INSERT INTO chaos_steps (operation, before, after) VALUES (NEW.id, '', NEW.state);
END;;
CREATE TRIGGER chaos_goes_on AFTER UPDATE OF state ON operations WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO chaos_steps (operation, before, after) VALUES (NEW.id, OLD.state, NEW.state);
END
""",
    "postgresql": """
CREATE TABLE chaos_steps (number SERIAL PRIMARY KEY, operation TEXT, before TEXT, after TEXT);;
CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO chaos_steps (operation, before, after)
    VALUES (NEW.id, CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.state END, NEW.state);
    RETURN NULL;
END $$;;
CREATE TRIGGER chaos_begins AFTER INSERT ON operations FOR EACH ROW EXECUTE FUNCTION chaos_note();;
CREATE TRIGGER chaos_goes_on AFTER UPDATE OF state ON operations FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION chaos_note()
""",
}
_STEPS = text("SELECT operation, before, after FROM chaos_steps ORDER BY number")


@dataclass(frozen=True)
class Line:
    """An operation, in short."""

    id: str
    project_id: str
    path: str
    target: str
    actor: str
    state: str
    is_told: bool


@dataclass(frozen=True)
class Step:
    """`before` is empty where the operation begins."""

    operation: str
    before: str
    after: str


class Books:
    """`lines` is never older than a moment while `watch` runs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.lines: dict[str, Line] = {}
        self._read = asyncio.Event()

    async def until(self, found: Callable[[dict[str, Line]], T | None], within: float) -> T | None:
        """The first answer that is not None, or None after so many seconds."""
        try:
            async with asyncio.timeout(within):
                while (answer := found(self.lines)) is None:
                    await self._read.wait()
                return answer
        except TimeoutError:
            return None

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_PAUSE)

    async def look(self) -> None:
        async with self.database.read() as session:
            rows = (await session.exec(select(*_COLUMNS).order_by(col(Operation.created_at)))).all()  # type: ignore[call-overload]
        self.lines = {row[0]: Line(*row) for row in rows}
        self._read.set()
        self._read = asyncio.Event()

    async def subscribe(self, hearing: Mapping[str, Iterable[str]]) -> None:
        """Channels to everything that happens to a project, by its id."""
        now = datetime.now(UTC)
        async with self.database.write() as session:
            for project, channels in hearing.items():
                for channel in channels:
                    await subscriptions.add(
                        session, channel, project, project, subscriptions.KINDS, by="chaos", now=now
                    )

    async def until_quiet(self, current: Callable[[], Mapping[str, str | None]], within: float) -> bool:
        """Until everything was noticed and told; False after so many seconds. `current`: what each project serves."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not await self._is_quiet(current()):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(_PAUSE)
                return True
        return False

    async def _is_quiet(self, current: Mapping[str, str | None]) -> bool:
        async with self.database.read() as session:
            if await outbox.next_look(session, datetime.now(UTC)) is not None:
                return False
            known = await session.exec(select(Production.project_id, Production.current_id))
            return dict(known.all()) == current

    async def steps(self) -> list[Step]:
        async with self.database.read() as session:
            found = await (await session.connection()).execute(_STEPS)
            return [Step(*row) for row in found]


@asynccontextmanager
async def books(url: str) -> AsyncIterator[Books]:
    database = Database.open(url)
    try:
        async with database.write() as session:
            connection = await session.connection()
            for statement in _NOTING[database.dialect].split(";;"):
                await connection.execute(text(statement))
        yield Books(database)
    finally:
        await database.dispose()
