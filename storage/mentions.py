"""What people wish for what is told of their own changes: to be mentioned, which nobody is who did not ask for it; and
not to be told directly of merges that do not go live.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Mention, Quiet

Wish = type[Mention] | type[Quiet]
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def switch_on(session: AsyncSession, wish: Wish, user_id: str, now: datetime) -> None:
    connection = await session.connection()
    table = SQLModel.metadata.tables[str(wish.__tablename__)]
    insert = _INSERTS[connection.dialect.name](table).on_conflict_do_nothing()
    await connection.execute(insert, wish(user_id=user_id, since=now).model_dump())


async def switch_off(session: AsyncSession, wish: Wish, user_id: str) -> None:
    await session.exec(delete(wish).where(col(wish.user_id) == user_id))


async def is_on(session: AsyncSession, wish: Wish, user_id: str) -> bool:
    found = await session.exec(select(wish.user_id).where(wish.user_id == user_id))
    return found.first() is not None
