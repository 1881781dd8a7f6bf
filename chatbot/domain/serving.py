"""What served production when. Vercel keeps no history of it, so it is put together from what is known.

Known are the bot's own operations and the platform's last request: each says what served before. Between them
the builds that were assigned automatically, or by somebody else, left the time of their assignment: a guess, and
kept only where it agrees with what is known. Where the two leave a hole, nothing is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import (
    Path,
)

_SAME_MOVE = timedelta(minutes=15)
"""The platform's record and the bot's own of one move are no further apart, whatever the clocks say."""


@dataclass(frozen=True)
class Move:
    """Production went to `to_id`. `from_id` is what served until then, None where that is not known.

    `known`: it is on record that somebody asked for it; else it is a guess. `first`: it had never served before.
    """

    at: datetime
    to_id: str
    from_id: str | None = None
    known: bool = True
    first: bool = False


@dataclass(frozen=True)
class Served:
    """One time that a deployment was Current. None: not known. `about`: an end of it is a guess."""

    deployment_id: str
    since: datetime | None
    until: datetime | None
    about: bool = False

    @property
    def duration(self) -> timedelta | None:
        return self.until - self.since if self.since and self.until else None


def history(project: Project, deployments: Iterable[Deployment], moves: Iterable[Move]) -> list[Served]:
    """Who was Current before what is Current now, oldest first; the times neither overlap nor run backwards.

    `moves` are the bot's own.
    """
    current_id = project.current.id if project.current else None
    known = _apart([*moves, *_last_request(project)])
    guesses = _guesses(project, deployments, known)
    chain: list[Move | None] = []  # None: something is missing here
    for before, after in zip([None, *known], [*known, None], strict=True):
        ends_with = after.from_id if after else current_id
        chain += _between(before, after, guesses, ends_with)
        if after:
            chain.append(after)
    return [one for one in _times(_without_repetition(chain)) if one.duration != timedelta()]


def last_served(times: Sequence[Served], current_id: str | None) -> dict[str, Served]:
    """The last time of each deployment, the latest first. What is Current is not among them."""
    latest: dict[str, Served] = {}
    for one in reversed(times):
        if one.deployment_id != current_id:
            latest.setdefault(one.deployment_id, one)
    return latest


def before_current(project: Project, times: Sequence[Served]) -> str | None:
    """The id of what served just before Current, where that is known."""
    if times and times[-1].until is not None:
        return times[-1].deployment_id
    return project.previous_id


def moved_by(operation: Operation) -> Move | None:
    """The move that an operation of the bot was; None if production was not seen to be there in the end, or was
    there all the time.
    """
    if operation.began or operation.plan.path in {Path.ADVANCE, Path.ABORT}:
        return None
    arrived = operation.findings.seen in {None, operation.final_id}
    moved = operation.stage in {Stage.SUCCEEDED, Stage.PARTLY_MOVED} and arrived
    if not moved or operation.final_id is None or operation.finished_at is None:
        return None
    return Move(
        operation.finished_at,
        operation.final_id,
        operation.was.id if operation.was else None,
        first=operation.plan.path.builds or operation.plan.target.ready_substate == "STAGED",
    )


def _last_request(project: Project) -> Iterator[Move]:
    last = project.last_request
    if last is not None and last.job_status == "succeeded":
        yield Move(last.requested_at, last.to_id, last.from_id)


def _apart(moves: Iterable[Move]) -> list[Move]:
    """In order, each once."""
    kept: list[Move] = []
    for move in sorted(moves, key=lambda m: m.at):
        last = kept[-1] if kept else None
        same = last is not None and (last.from_id, last.to_id) == (move.from_id, move.to_id)
        if last is not None and same and move.at - last.at <= _SAME_MOVE:
            kept[-1] = replace(last, first=last.first or move.first)
        else:
            kept.append(move)
    return kept


def _guesses(project: Project, deployments: Iterable[Deployment], moves: Iterable[Move]) -> list[Move]:
    """When each deployment that has served was assigned.

    One that was put back bears the time of that. It served before, from when it was ready: unless it is known to
    have waited for its first promote, as all do where auto-assignment is off for good.
    """
    waited = {m.to_id for m in moves if m.first}
    usually_automatic = project.auto_assign or project.pinned
    guesses: list[Move] = []
    for d in deployments:
        if d.target != "production" or d.ready_substate != "PROMOTED":
            continue
        if d.assigned_at is not None:
            guesses.append(Move(d.assigned_at, d.id, known=False))
        if d.ready_at is not None and d.id not in waited and (usually_automatic or d.assigned_at is None):
            guesses.append(Move(d.ready_at, d.id, known=False))
    return sorted(guesses, key=lambda m: m.at)


def _between(
    before: Move | None, after: Move | None, guesses: list[Move], ends_with: str | None
) -> list[Move | None]:
    """What may have moved production between two known moves, or before and after all of them."""
    if before and before.to_id == ends_with:
        return []
    inside = [g for g in guesses if (not before or g.at > before.at) and (not after or g.at < after.at)]
    while inside and inside[-1].to_id != ends_with:
        inside.pop()
    return [*inside] or [None]


def _without_repetition(chain: Iterable[Move | None]) -> list[Move | None]:
    """To what serves already is no move."""
    kept: list[Move | None] = []
    for move in chain:
        last = kept[-1] if kept else None
        if move is None or last is None or move.to_id != last.to_id:
            kept.append(move)
    return kept


def _times(chain: list[Move | None]) -> Iterator[Served]:
    for move, following in pairwise(chain):
        if move is None:
            if following and following.from_id:
                yield Served(following.from_id, None, following.at)
        elif following is None:
            yield Served(move.to_id, move.at, None, about=not move.known)
        else:
            yield Served(move.to_id, move.at, following.at, about=not (move.known and following.known))
