"""When to look at a change again: often about the time when such changes usually end, seldom before and after.

Seconds, all of them, since the platform accepted it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low
from typing import Self

_OFTEN, _SELDOM = 0.03, 1.0
_BEFORE_USUAL = 1.5
_LOOKS_WITHIN_USUAL = 7
_FIRST, _OFTEN_UNTAUGHT = 0.2, 0.1
_GROWTH = 1 / 3
_STRANGE = 3.0
_QUEUE_SELDOM = 3.0
_BUILD_OFTEN, _BUILD_SELDOM, _BUILD_GROWTH = 0.5, 3.0, 1 / 20


@dataclass(frozen=True)
class Usual:
    """Between which two the recent moves took."""

    shortest: float
    longest: float

    @classmethod
    def of(cls, took: Iterable[timedelta]) -> Self | None:
        """None without any. A move beyond three times the median, or below a third, tells nothing of the next."""
        seconds = sorted(max(each.total_seconds(), 0.0) for each in took)
        if not seconds:
            return None
        middle = median_low(seconds)
        near = [each for each in seconds if middle / _STRANGE <= each <= middle * _STRANGE]
        return cls(near[0], near[-1])


def usual_move(took: Iterable[timedelta]) -> timedelta | None:
    """What people are told beforehand; None without any."""
    known = sorted(took)
    return known[len(known) // 2] if known else None


def until_next_look(waited: float, usual: Usual | None = None) -> float:
    """At a move. A quicker one than usual is seen at most a second and a half late; a slower one is late by a
    third of what it took longer, or by a second.
    """
    if usual is None:
        return min(max(_FIRST - waited, waited * _GROWTH, _OFTEN_UNTAUGHT), _SELDOM)
    # A little before the quickest: so it is learned when moves get quicker.
    begin = usual.shortest - max(0.02, usual.shortest * 0.04)
    if waited < begin:
        return min(max(begin - waited, _OFTEN), _BEFORE_USUAL)
    often = max((usual.longest - begin) / _LOOKS_WITHIN_USUAL, _OFTEN)
    return min(max(often, (waited - usual.longest) * _GROWTH), _SELDOM)


def until_move_ends(waited: float) -> float:
    """At a move that others have made, of which nothing more will be told."""
    return min(max(waited * _GROWTH, _OFTEN_UNTAUGHT / 2), _SELDOM)


def until_next_look_at_build(waited: float) -> float:
    """It is seen to be over when a twentieth of its time more has gone by."""
    return min(max(waited * _BUILD_GROWTH, _BUILD_OFTEN), _BUILD_SELDOM)


def until_next_look_at_queue(waited: float) -> float:
    """A rolling release may last for days."""
    return min(max(waited * _GROWTH, _OFTEN_UNTAUGHT), _QUEUE_SELDOM)
