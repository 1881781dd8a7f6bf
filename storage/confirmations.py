"""A confirmation is used once: double clicks, Slack's retries and two replicas all meet one conditional UPDATE."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.errors import AlreadyUsed, Expired, UnknownConfirmation
from storage.models import Answer, Confirmation
from storage.reading import one


async def create(session: AsyncSession, confirmation: Confirmation) -> Confirmation:
    session.add(confirmation)
    await session.flush()
    session.expunge(confirmation)
    return confirmation


async def get(session: AsyncSession, confirmation_id: str) -> Confirmation | None:
    return await one(session, select(Confirmation).where(Confirmation.id == confirmation_id))


async def consume(
    session: AsyncSession, confirmation_id: str, *, by: str, now: datetime, answer: Answer
) -> Confirmation:
    """Raises UnknownConfirmation, AlreadyUsed or Expired; expired is: `expires_at` has come."""
    used = await session.exec(
        update(Confirmation)
        .where(
            col(Confirmation.id) == confirmation_id,
            col(Confirmation.used_at).is_(None),
            col(Confirmation.expires_at) > now,
        )
        .values(used_at=now, used_by=by, answer=answer)
        .returning(Confirmation)
        .execution_options(synchronize_session=False)
    )
    confirmation: Confirmation | None = used.scalar_one_or_none()
    if confirmation is not None:
        session.expunge(confirmation)
        return confirmation
    refused = await get(session, confirmation_id)
    if refused is None:
        raise UnknownConfirmation(confirmation_id)
    if refused.used_at is not None:
        raise AlreadyUsed(refused)
    raise Expired(refused)


async def purge_expired(session: AsyncSession, before: datetime) -> int:
    """Delete what expired before then, used or not; the audit log keeps what was answered. Returns how many."""
    purged = await session.exec(
        delete(Confirmation)
        .where(col(Confirmation.expires_at) < before)
        .returning(col(Confirmation.id))
        .execution_options(synchronize_session=False)
    )
    return len(purged.all())
