"""Between a change of production and its row: all of it is the JSON text there."""

from functools import cache

from pydantic import TypeAdapter

from chatbot.domain.news import Change
from storage.models import Change as Row


@cache
def _changes() -> TypeAdapter[Change]:
    return TypeAdapter(Change)


def as_change(row: Row) -> Change:
    return _changes().validate_json(row.detail)


def row_of(change: Change, key: str) -> Row:
    """`key` says what it is about, so that it is recorded once."""
    return Row(
        id=change.id,
        project_id=change.project_id,
        project_name=change.project_name,
        number=change.number,
        kind=change.kind.value,
        key=key,
        from_id=change.was.id if change.was else None,
        to_id=change.now.id if change.now else None,
        how=change.how.value,
        who=change.who.name if change.who else None,
        operation_id=change.operation_id,
        at=change.at,
        noticed_at=change.noticed_at,
        detail=_changes().dump_json(change).decode(),
    )
