"""The hash chain of the audit log: pure functions over one entry's columns."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from storage.errors import NotStorable

GENESIS = "0" * 64
"""`prev` of the first entry."""

_JSON = json.JSONEncoder(ensure_ascii=True, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical(value: object) -> str:
    """JSON in one spelling: sorted keys, no spaces, ASCII, no NaN. Mappings and tuples count as JSON.

    Raises NotStorable for anything else, also for keys that are not strings (json would rename them).
    """
    try:
        return _JSON.encode(_plain(value))
    except (ValueError, RecursionError) as error:
        raise NotStorable(f"Not JSON: {error}") from error


def body(
    *,
    seq: int,
    at: datetime,
    action: str,
    actor: str,
    project: str | None,
    operation_id: str | None,
    channel: str | None,
    detail: str,
    prev: str,
) -> str:
    """The text that is hashed: a JSON array of all columns in this order, `at` in UTC with microseconds.

    `detail` goes in as the text it is, so that no database's idea of JSON takes part.
    """
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return _JSON.encode([seq, moment, action, actor, project, operation_id, channel, detail, prev])


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def storable(name: str, text: str | None) -> str | None:
    """PostgreSQL has no NUL in text, and UTF-8 no lone surrogate. Raises NotStorable."""
    if text is not None and ("\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)):
        raise NotStorable(f"{name} contains a character that no database stores: {text!r}")
    return text


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotStorable("Not JSON: a key is not a string.")
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    raise NotStorable(f"Not JSON: {type(value).__name__}.")
