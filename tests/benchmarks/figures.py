"""A measured figure: what stands beside it, and what it aims at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Aim:
    """At most `limit`: of the ratio to what stands beside it, or of the figure itself."""

    limit: float
    of: Literal["ratio", "figure"]


@dataclass(frozen=True)
class Figure:
    """`ours` and `beside` are in `unit`; `beside` is the same measured of bare Bolt or of the bare libraries."""

    section: str
    name: str
    unit: str
    ours: float
    beside: float | None = None
    aim: Aim | None = None

    @property
    def ratio(self) -> float | None:
        return self.ours / self.beside if self.beside else None

    @property
    def is_met(self) -> bool | None:
        """None: there is no aim."""
        if self.aim is None:
            return None
        judged = self.ratio if self.aim.of == "ratio" else self.ours
        return judged is not None and judged <= self.aim.limit


def in_milliseconds(
    section: str,
    name: str,
    ours: Sequence[float],
    beside: Sequence[float] = (),
    *,
    ranks: tuple[int, ...],
    aim: Aim | None = None,
) -> list[Figure]:
    """One figure for each percentile of samples in seconds."""
    return [
        Figure(
            section,
            f"{name}, p{rank}",
            "ms",
            1000 * percentile(ours, rank),
            1000 * percentile(beside, rank) if beside else None,
            aim,
        )
        for rank in ranks
    ]


def percentile(samples: Sequence[float], rank: float) -> float:
    """The nearest rank: a sample that was measured, never one between two."""
    ordered = sorted(samples)
    return ordered[max(math.ceil(len(ordered) * rank / 100), 1) - 1]
