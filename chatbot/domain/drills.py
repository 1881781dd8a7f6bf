"""A drill: an incident played against a simulation. All of it follows from who pressed what when; nothing real is
read or moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chatbot.domain.incidents import Entry, Kind, Times, Visit

PROJECT = "drill-shop"
DOMAINS = ("drill-shop.invalid", "www.drill-shop.invalid", "eu.drill-shop.invalid")
"""`.invalid` is nobody's domain, ever (RFC 2606)."""

_MOVES = timedelta(seconds=4)
_WELL_AFTER = (timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=5))
"""After the move, domain by domain."""


@dataclass(frozen=True)
class Build:
    """A deployment that never was. `before` is how long before the drill it became Current."""

    label: str
    subject: str
    by: str
    before: timedelta


CURRENT = Build("d41ab1e", "Charge the card before the order is saved", "kim", timedelta(minutes=12))
CANDIDATES = (
    Build("900df00", "Show the delivery date in the cart", "lee", timedelta(days=2)),
    Build("5afe001", "Smaller pictures on the start page", "max", timedelta(days=5)),
    Build("01de570", "New footer", "lee", timedelta(days=9)),
)


class Phase(StrEnum):
    ILL = "ill"
    MOVING = "moving"
    RECOVERING = "recovering"
    WELL = "well"


@dataclass(frozen=True)
class Drill:
    """`seen`: somebody pressed that he sees it. `asked`: somebody pressed a way back, to `to`."""

    id: str
    team: str
    begun: datetime
    by: str
    seen_at: datetime | None = None
    seen_by: str | None = None
    asked_at: datetime | None = None
    asked_by: str | None = None
    to: str | None = None
    over_at: datetime | None = None

    @property
    def moved_at(self) -> datetime | None:
        return self.asked_at and self.asked_at + _MOVES

    @property
    def recovered_at(self) -> datetime | None:
        return self.moved_at and self.moved_at + _WELL_AFTER[-1]

    def phase(self, now: datetime) -> Phase:
        if self.moved_at is None or self.recovered_at is None:
            return Phase.ILL
        if now < self.moved_at:
            return Phase.MOVING
        return Phase.RECOVERING if now < self.recovered_at else Phase.WELL

    def visits(self, now: datetime) -> tuple[Visit, ...]:
        """As the probes of a real one would find the sites."""
        return tuple(
            Visit(name, 200 if well else 500, is_well=well)
            for name, after in zip(DOMAINS, _WELL_AFTER, strict=True)
            for well in (self.moved_at is not None and now >= self.moved_at + after,)
        )

    def next_turn(self, now: datetime) -> datetime | None:
        """When something changes by itself; None while the people have to."""
        if self.moved_at is None:
            return None
        turns = [self.moved_at, *(self.moved_at + after for after in _WELL_AFTER)]
        return min((turn for turn in turns if turn > now), default=now)

    def times(self) -> Times:
        """What has not come before it was over, did not come."""
        reached = [
            at if at and (self.over_at is None or at <= self.over_at) else None for at in self._marks()
        ]
        detected, rolled_back, recovered = reached
        return Times(self.begun, detected, rolled_back, recovered, self.over_at)

    def _marks(self) -> tuple[datetime | None, datetime | None, datetime | None]:
        first = min((at for at in (self.seen_at, self.asked_at) if at), default=None)
        return first, self.moved_at, self.recovered_at


def drill_of(
    drill_id: str, team: str, begun: datetime, by: str, entries: Sequence[Entry], over_at: datetime | None
) -> Drill:
    """The first press of each kind counts."""
    seen = next((e for e in entries if e.kind is Kind.SEEN), None)
    asked = next((e for e in entries if e.kind is Kind.REQUESTED), None)
    return Drill(
        drill_id,
        team,
        begun,
        by,
        seen_at=seen.at if seen else None,
        seen_by=seen.actor if seen else None,
        asked_at=asked.at if asked else None,
        asked_by=asked.actor if asked else None,
        to=asked.to if asked else None,
        over_at=over_at,
    )
