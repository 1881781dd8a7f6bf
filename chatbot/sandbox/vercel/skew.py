"""A platform whose clock is wrong: what it shows of time, and how it reads the times that it is given.

The records keep the true time. Only what goes over the wire is moved, so that the order of things, and what
has been paged to, stay right however often the clock is set.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

_MILLISECONDS = range(10**12, 10**13)
"""Whole numbers that mean a moment (2001 to 2286); no id, size or count of the platform comes near."""
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_TIME_KEY = re.compile(r"created|date|.*At")


class Skew:
    def __init__(self) -> None:
        self.ahead_ms = 0
        """Negative when it is behind."""

    def shown(self, value: Any) -> Any:
        """A JSON value with every moment in it as the platform's clock had it."""
        return value if self.ahead_ms == 0 else _moved(value, self.ahead_ms)

    def understood(self, text: str) -> str:
        """A moment of a query (milliseconds) as the true clock had it; anything else as it is."""
        if text.isascii() and text.isdigit() and len(text) <= 15 and int(text) in _MILLISECONDS:
            return str(int(text) - self.ahead_ms)
        return text


def _moved(value: Any, by: int, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _moved(inner, by, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, by, key) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return value + by if value in _MILLISECONDS else value
    if isinstance(value, str) and _TIME_KEY.fullmatch(key) and _ISO.fullmatch(value):
        moment = datetime.fromisoformat(value) + timedelta(milliseconds=by)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value
