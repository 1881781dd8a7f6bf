"""Ids of the shapes that Slack's have."""

import random
import secrets
import string
from collections.abc import Callable

ALPHABET = string.ascii_uppercase + string.digits


class Identifiers:
    """`clock` answers epoch seconds; message timestamps and view hashes carry it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last_microseconds = 0

    def ts(self) -> str:
        """`<10 digits>.<6 digits>`, never twice, later ones sort after earlier ones."""
        now = int(self._clock() * 1_000_000)
        self._last_microseconds = max(now, self._last_microseconds + 1)
        seconds, microseconds = divmod(self._last_microseconds, 1_000_000)
        return f"{seconds:010d}.{microseconds:06d}"

    def view_hash(self) -> str:
        return f"{int(self._clock())}.{short(8)}"


def short(length: int) -> str:
    """Letters and digits; for ids that are no secrets."""
    return "".join(random.choices(ALPHABET + ALPHABET.lower(), k=length))


def prefixed(prefix: str) -> str:
    """Such as V0A1B2C3D4E for a view."""
    return prefix + "".join(random.choices(ALPHABET, k=10))


def secret() -> str:
    return secrets.token_urlsafe(18).replace("-", "x").replace("_", "x")
