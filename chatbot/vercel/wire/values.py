"""Values that Vercel spells in its own way. Times are epoch milliseconds."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator


def _from_milliseconds(value: Any) -> Any:
    if not isinstance(value, int | float):
        return value
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("no moment that there is") from error


def _moment_if_told(value: Any) -> Any:
    """`aliasAssigned` is a moment in some answers, and a yes or no in others."""
    return None if isinstance(value, bool) else _from_milliseconds(value)


Milliseconds = Annotated[datetime, BeforeValidator(_from_milliseconds)]
MomentIfTold = Annotated[datetime | None, BeforeValidator(_moment_if_told)]
Strings = Annotated[frozenset[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v or [])]


class Named(BaseModel):
    id: str | None = None
    name: str | None = None
    slug: str | None = None
