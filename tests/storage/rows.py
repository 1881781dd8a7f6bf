"""Rows that are fine in every column a test does not care about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.models import Change, Confirmation, Operation, Subscription

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def operation(name: str = "op_1", *, project: str = "prj_shop", **changed: Any) -> Operation:
    columns = {
        "id": name,
        "project_id": project,
        "project_name": project.removeprefix("prj_"),
        "path": "promote",
        "target_id": "dpl_new",
        "from_id": "dpl_old",
        "plan": '{"domains":["shop.example.com"]}',
        "fingerprint": "f1",
        "actor": "slack:U0ANA0001",
        "channel": "C0DEPLOYS",
        "created_at": NOW,
        "look_at": NOW,
    }
    return Operation(**{**columns, **changed})


def confirmation(name: str = "cnf_1", **changed: Any) -> Confirmation:
    columns = {
        "id": name,
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
        "actor": "slack:U0ANA0001",
        "channel": "C0DEPLOYS",
        "project_id": "prj_shop",
        "project_name": "shop",
        "fingerprint": "f1",
        "plan": "{}",
    }
    return Confirmation(**{**columns, **changed})


def change(number: int = 1, *, project: str = "prj_shop", **changed: Any) -> Change:
    columns = {
        "id": f"{project}/{number}",
        "project_id": project,
        "project_name": project.removeprefix("prj_"),
        "number": number,
        "kind": "current",
        "key": f"{project}/{number}",
        "from_id": "dpl_old",
        "to_id": "dpl_new",
        "how": "promoted",
        "at": NOW,
        "noticed_at": NOW,
        "detail": "{}",
    }
    return Change(**{**columns, **changed})


def subscription(channel: str = "C0DEPLOYS", *, project: str = "prj_shop", **changed: Any) -> Subscription:
    columns = {
        "channel": channel,
        "project_id": project,
        "project_name": project.removeprefix("prj_"),
        "created_at": NOW,
        "created_by": "slack:U0ANA0001",
    }
    return Subscription(**{**columns, **changed})


async def unfinished(session: AsyncSession) -> list[Operation]:
    """Oldest first."""
    statement = (
        select(Operation).where(col(Operation.finished_at).is_(None)).order_by(col(Operation.created_at))
    )
    return list((await session.exec(statement)).all())
