"""How often to go through all projects."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

_AGAIN_AFTER, _AT_LATEST = 5.0, 3600.0
_AT_MOST = timedelta(hours=1)
_PER_PAGE = timedelta(seconds=3)
_SHARE = 0.2
"""Of what the platform allows, at most so much is spent on looking around."""


class Patience:
    """A list that goes on to disagree with what a look shows does not start a look in each round. Times are seconds of
    any clock that runs on.
    """

    def __init__(self, at_latest: float = _AT_LATEST) -> None:
        self._at_latest = at_latest
        self._disagreeing: dict[str, _Disagreeing] = {}

    def allows(self, project_id: str, shown: object, now: float) -> bool:
        """Whether to look at a project that is not as it was seen: at once when that is new, then ever more seldom."""
        known = self._disagreeing.get(project_id)
        if known is None or known.shown != shown:
            self._disagreeing[project_id] = _Disagreeing(shown, now + _AGAIN_AFTER, _AGAIN_AFTER)
            return True
        if now < known.next_at:
            return False
        pause = min(2 * known.pause, self._at_latest)
        self._disagreeing[project_id] = _Disagreeing(shown, now + pause, pause)
        return True

    def agrees(self, project_id: str) -> None:
        self._disagreeing.pop(project_id, None)

    def only(self, project_ids: Collection[str]) -> None:
        """All others agree."""
        self._disagreeing = {id_: known for id_, known in self._disagreeing.items() if id_ in project_ids}


@dataclass(frozen=True)
class _Disagreeing:
    shown: object
    next_at: float
    pause: float


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
        return max(pause, min(affordable or timedelta(seconds=quota.renewed_in), _AT_MOST))
    return pause
