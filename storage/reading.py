"""Rows leave the session that read them.

They are snapshots: a later statement of the same session is never answered from its identity map, a rollback
does not expire what a refusal carries, and assigning to an attribute writes nothing by accident.
"""

from typing import TypeVar

from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

Row = TypeVar("Row", bound=SQLModel)


async def rows(session: AsyncSession, statement: SelectOfScalar[Row]) -> list[Row]:
    found = list((await session.exec(statement)).all())
    for row in found:
        session.expunge(row)
    return found


async def one(session: AsyncSession, statement: SelectOfScalar[Row]) -> Row | None:
    return next(iter(await rows(session, statement)), None)
