"""How often to go through all projects."""

from datetime import timedelta
from typing import Protocol

_PER_PAGE = timedelta(seconds=3)
_SHARE = 0.2
"""Of what the platform allows, at most so much is spent on looking around."""


class Quota(Protocol):
    """How many requests an endpoint takes, how many are left, and in how many seconds it is full again."""

    @property
    def limit(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def renewed_in(self) -> float: ...


def pause_after(pages: int, every: timedelta, quota: Quota | None) -> timedelta:
    """Until the next round: the longer the more pages there are, and so long that others have their share of what
    the platform allows.
    """
    pause = every + max(pages - 1, 0) * _PER_PAGE
    if quota is None:
        return pause
    if quota.left <= quota.limit * (1 - _SHARE):
        spared = max(quota.left - quota.limit * _SHARE, 0)
        affordable = timedelta(seconds=quota.renewed_in * pages / spared) if spared > pages else None
        return max(pause, affordable or timedelta(seconds=quota.renewed_in))
    return pause
