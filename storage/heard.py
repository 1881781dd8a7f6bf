"""Events of Slack are taken once: it may deliver one again, to whichever replica, with the same id."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Heard

_TABLE = SQLModel.metadata.tables[Heard.__tablename__]
_INSERT = {
    dialect: insert(_TABLE).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


async def take(session: AsyncSession, event_id: str, now: datetime) -> bool:
    """Whether it is the first with this id."""
    connection = await session.connection()
    row = {"id": event_id, "at": now}
    return (await connection.execute(_INSERT[connection.dialect.name], row)).rowcount == 1


async def purge(session: AsyncSession, before: datetime) -> int:
    """Forget what came before then. Returns how many."""
    purged = await session.exec(
        delete(Heard)
        .where(col(Heard.at) < before)
        .returning(col(Heard.id))
        .execution_options(synchronize_session=False)
    )
    return len(purged.all())
