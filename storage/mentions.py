"""Who wants to be mentioned in what is told of their own changes. Nobody is, who did not ask for it."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Mention

_TABLE = SQLModel.metadata.tables[Mention.__tablename__]
_INSERT = {
    dialect: insert(_TABLE).on_conflict_do_nothing()
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


async def switch_on(session: AsyncSession, user_id: str, now: datetime) -> None:
    connection = await session.connection()
    await connection.execute(
        _INSERT[connection.dialect.name], Mention(user_id=user_id, since=now).model_dump()
    )


async def switch_off(session: AsyncSession, user_id: str) -> None:
    await session.exec(delete(Mention).where(col(Mention.user_id) == user_id))


async def is_on(session: AsyncSession, user_id: str) -> bool:
    found = await session.exec(select(Mention.user_id).where(Mention.user_id == user_id))
    return found.first() is not None
