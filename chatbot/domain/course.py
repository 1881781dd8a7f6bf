"""How a change of Current stands to those before it: whether it takes one back, and whether it goes to and fro."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chatbot.domain.news import Change, How, Kind

LOOKED_BACK = 5
"""How many earlier changes of Current are looked at."""

_SOON = timedelta(minutes=10)
_FLAPS = 3


@dataclass(frozen=True)
class Course:
    """`undoes` is the change that this one takes back, if it is the one just before it. `flaps`: how many changes
    between the same few deployments there were within `within`; 0 where it is none worth a word.
    """

    undoes: Change | None = None
    flaps: int = 0
    within: timedelta = timedelta()


NONE = Course()


def went_back(change: Change) -> bool:
    """An instant rollback, whoever did it."""
    return change.how is How.ROLLED_BACK or (change.how is How.BOT and change.pinned)


def course(change: Change, before: Sequence[Change]) -> Course:
    """`before` are the project's earlier changes, oldest first."""
    earlier = [c for c in before if c.kind is Kind.CURRENT]
    if change.kind is not Kind.CURRENT or change.now is None or not earlier:
        return NONE
    last = earlier[-1]
    is_back = last.was is not None and last.was.id == change.now.id
    lately = [c for c in earlier if change.at - c.at <= _SOON]
    row = [*lately, change]
    served = {c.now.id for c in row if c.now}
    flaps = len(row) if len(row) >= _FLAPS and len(served) < len(row) else 0
    return Course(
        undoes=last if is_back else None,
        flaps=flaps,
        within=max(change.at - row[0].at, timedelta()) if flaps else timedelta(),
    )
