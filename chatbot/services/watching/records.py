"""Between what is seen of production and its rows: a snapshot is a JSON text there."""

from functools import cache

from pydantic import BaseModel, TypeAdapter

from chatbot.domain.news import Who
from chatbot.domain.plans import Path
from chatbot.domain.sights import Doing, Hint, Snapshot
from chatbot.vercel.webhooks import Event
from storage.models import Delivery, Operation, Production

DID_NOT_MOVE = frozenset({"failed", "outdated", "cancelled"})


@cache
def _snapshots() -> TypeAdapter[Snapshot]:
    return TypeAdapter(Snapshot)


class _Told(BaseModel):
    """What is kept of a webhook."""

    deployment: str | None = None
    from_id: str | None = None
    to_id: str | None = None
    user: str | None = None


def snapshot_json(snapshot: Snapshot) -> str:
    return _snapshots().dump_json(snapshot, exclude_defaults=True).decode()


def snapshot_of(row: Production) -> Snapshot:
    return _snapshots().validate_json(row.seen)


def delivery_of(event: Event) -> str:
    told = _Told(deployment=event.deployment_id, from_id=event.from_id, to_id=event.to_id, user=event.user_id)
    return told.model_dump_json(exclude_none=True)


def hint_of(row: Delivery, who: Who | None) -> Hint | None:
    """None where the event tells of no move."""
    told = _Told.model_validate_json(row.detail)
    if row.event == "deployment.promoted" and told.deployment:
        return Hint(row.at, "promote", told.deployment, who=who)
    if row.event == "deployment.rollback" and told.to_id:
        return Hint(row.at, "rollback", told.to_id, told.from_id, who)
    return None


def user_of(row: Delivery) -> str | None:
    return _Told.model_validate_json(row.detail).user


def doing_of(row: Operation) -> Doing | None:
    """None before it has asked for anything."""
    if row.asked_at is None:
        return None
    return Doing(
        operation_id=row.id,
        final_id=row.build_id or row.target_id,
        goes_back=Path(row.path).goes_back,
        actor=row.actor,
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        reason=row.reason,
        only_built=row.state in DID_NOT_MOVE,
    )
