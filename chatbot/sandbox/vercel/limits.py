"""Rate limits: so many requests to an endpoint in a window of time, for each token."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from chatbot.sandbox.vercel.errors import error_body
from chatbot.sandbox.vercel.faults.kinds import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

GENEROUS = 100_000
"""Requests a minute to an endpoint while nothing else is said: more than this server can answer."""


FEW_WINDOWS = 1_000
"""So many are kept without a look at which are over."""


class Limit(BaseModel):
    """As `PUT /sandbox/limits` has it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    path: str
    """A regular expression that is looked for in the path. All that it meets is counted together."""
    method: str | None = None
    limit: Annotated[int, Field(ge=1, le=GENEROUS)]
    window: Annotated[float, Field(gt=0, le=86_400)] = 60.0
    """Seconds, from the first request on."""
    name: Annotated[str, Field(min_length=1, max_length=100)] = "api-requests"
    """What the message of a refusal calls it."""

    _is_pattern = field_validator("path")(pattern)

    def matches(self, method: str, path: str) -> bool:
        return self.method in (None, method) and re.search(self.path, path) is not None


_NO_LIMIT = Limit(path="", limit=GENEROUS)


@dataclass(slots=True)
class Window:
    limit: Limit
    resets_at: int
    """True time, in milliseconds."""
    used: int = 0

    @property
    def is_exceeded(self) -> bool:
        return self.used > self.limit.limit

    def headers(self, now: int, ahead_ms: int) -> dict[str, str]:
        remaining = max(0, self.limit.limit - self.used)
        headers = {
            "X-RateLimit-Limit": str(self.limit.limit),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(math.ceil((self.resets_at + ahead_ms) / 1000)),
        }
        if self.is_exceeded:
            headers["Retry-After"] = str(self._seconds_left(now))
        return headers

    def refusal(self, now: int, ahead_ms: int) -> dict[str, Any]:
        """The documented body of 429."""
        reset_ms = self.resets_at + ahead_ms
        return error_body(
            429,
            f"The rate limit of {self.limit.limit} exceeded for '{self.limit.name}'. "
            f"Try again in {self._seconds_left(now)} seconds",
            limit={
                "remaining": 0,
                "reset": math.ceil(reset_ms / 1000),
                "resetMs": reset_ms,
                "total": self.limit.limit,
            },
        )

    def _seconds_left(self, now: int) -> int:
        return max(1, math.ceil((self.resets_at - now) / 1000))


class RateLimits:
    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._limits: list[Limit] = []
        self._windows: dict[tuple[str, str], Window] = {}
        """By what is counted and by whose requests are."""
        self._most = FEW_WINDOWS

    def set(self, limits: list[Limit]) -> None:
        """In the place of those there are; counting begins anew."""
        self._limits = limits
        self._windows.clear()

    def listed(self) -> list[dict[str, Any]]:
        return [limit.model_dump(exclude_none=True) for limit in self._limits]

    def count(self, method: str, path: str, endpoint: str, caller: str) -> Window:
        """Count a request. The first limit that matches holds; without one, `endpoint` has its own."""
        now = self._now()
        number, limit = next(
            ((n, one) for n, one in enumerate(self._limits) if one.matches(method, path)), (None, _NO_LIMIT)
        )
        key = (endpoint if number is None else f"#{number}", caller)
        window = self._windows.get(key)
        if window is None or window.resets_at <= now:
            self._prune(now)
            window = self._windows[key] = Window(limit, now + int(1000 * limit.window))
        window.used += 1
        return window

    def _prune(self, now: int) -> None:
        """Forget those that are over, once there are twice as many as were left the last time."""
        if len(self._windows) >= self._most:
            self._windows = {key: window for key, window in self._windows.items() if window.resets_at > now}
            self._most = max(FEW_WINDOWS, 2 * len(self._windows))
