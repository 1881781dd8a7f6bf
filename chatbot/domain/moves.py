"""How Current came from what it was to what it is: one step after the other, also those that were too short to see.

Only the last step is read. What lies before it is told by the platform's last request, by builds that have served
meanwhile, and by webhooks. All times in here are the platform's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chatbot.domain.deployments import AliasRequest, Deployment, State, state_of
from chatbot.domain.news import How, Who
from chatbot.domain.sights import Hint, Sight, Snapshot

_ACCEPTED_WITHIN = timedelta(milliseconds=500)
_A_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Move:
    """`from_id` is None where it is not told. `is_certain`: it has happened, and was not only accepted. `until`: when
    the last sign of it was, where there were several.
    """

    at: datetime
    to_id: str | None
    how: How
    who: Who | None = None
    from_id: str | None = None
    is_certain: bool = True
    until: datetime | None = None

    @property
    def last_told(self) -> datetime:
        return self.until or self.at


def moves(before: Snapshot, sight: Sight, hints: Iterable[Hint]) -> list[Move] | None:
    """From `before.current` to the Current that is seen; empty where it has not moved.

    None: nothing tells how it got there. That may be a read that lags behind.
    """
    told = _told(before, sight, hints)
    chain = _chain(before.current_id, told, sight)
    ends = [index for index, move in enumerate(chain) if move.to_id == sight.current_id]
    if ends:
        return chain[: ends[-1] + 1]  # what comes after it is not to be seen yet
    if sight.current_id == before.current_id:
        return []
    return None


def unexplained(before: Snapshot, sight: Sight) -> Move:
    """The step to a Current that nothing tells of."""
    current = sight.project.current
    release = sight.release
    if current is None:
        return Move(before.moved_at or _newest(before, sight), None, How.UNKNOWN)
    at = max(
        filter(None, (current.assigned_at, current.ready_at, before.moved_at)), default=current.created_at
    )
    if release is not None and release.canary_id == current.id and not release.is_active:
        return Move(max(at, release.updated_at), current.id, How.RELEASED)
    return Move(at, current.id, How.UNKNOWN)


def fresh_request(before: Snapshot, sight: Sight) -> AliasRequest | None:
    """The last request, where it is one that had not come to its end before."""
    last, kept = sight.project.last_request, before.last_request
    if last is None or (kept is not None and last.requested_at < kept.requested_at):
        return None
    if not before.request_is_known and sight.current_id == before.current_id:
        return None  # it may be from long before the first sight
    moved_at = before.moved_at if last.to_id == before.current_id else None
    if moved_at is not None and last.requested_at <= moved_at + _ACCEPTED_WITHIN:
        return None  # a webhook has told of it
    return None if kept == last else last


def _told(before: Snapshot, sight: Sight, hints: Iterable[Hint]) -> list[Move]:
    """Every step that something tells of, oldest first."""
    known_since = before.moved_at
    found = [
        Move(
            hint.at,
            hint.to_id,
            How.PROMOTED if hint.type == "promote" else How.ROLLED_BACK,
            hint.who,
            hint.from_id,
            is_certain=hint.type == "promote",
        )
        for hint in hints
        if known_since is None or hint.at > known_since
    ]
    request = fresh_request(before, sight)
    if request is not None and request.job_status == "succeeded":
        how = How.PROMOTED if request.type == "promote" else How.ROLLED_BACK
        found.append(Move(request.requested_at, request.to_id, how, None, request.from_id))
    named = {move.to_id for move in found}
    found += [
        Move(build.assigned_at or build.ready_at or build.created_at, build.id, How.PUSHED, is_certain=False)
        for build in sight.builds
        if has_served(build, sight) and is_new(before, build) and build.id not in named
    ]
    return _merged(sorted(found, key=lambda move: move.at), sight, before)


def _merged(told: list[Move], sight: Sight, before: Snapshot) -> list[Move]:
    """A request and its webhook are one step: the request tells how, the webhook who. A webhook about a new build
    that nobody asked to promote tells of its automatic assignment.
    """
    merged: list[Move] = []
    last = sight.project.last_request
    for move in told:
        build = sight.find(move.to_id)
        was_asked_for = last is not None and last.to_id == move.to_id and move.at >= last.requested_at
        step = move
        if move.how is How.PROMOTED and not was_asked_for and build is not None and is_new(before, build):
            step = replace(move, how=How.PUSHED)
        if merged and _are_one(merged[-1], step):
            first = merged[-1]
            merged[-1] = replace(
                first,
                until=step.at,
                who=first.who or step.who,
                from_id=first.from_id or step.from_id,
                is_certain=first.is_certain or step.is_certain,
            )
        else:
            merged.append(step)
    return merged


def _are_one(first: Move, then: Move) -> bool:
    """A rollback is told of when it is accepted, by both: what comes later is another one."""
    both_go_back = first.how is then.how is How.ROLLED_BACK
    return first.to_id == then.to_id and not (both_go_back and then.at - first.at > _ACCEPTED_WITHIN)


def _chain(start: str | None, told: list[Move], sight: Sight) -> list[Move]:
    """Without steps that lead nowhere or were only accepted, and with those that a later step says came before it."""
    chain: list[Move] = []
    here = start
    for index, move in enumerate(told):
        following = told[index + 1] if index + 1 < len(told) else None
        if not (move.is_certain or _took_effect(move, here, following, sight)):
            continue
        if move.from_id not in {None, here, move.to_id}:
            here = move.from_id
            chain.append(Move(move.at - _A_TICK, here, How.UNKNOWN))
        if move.to_id != here:
            here = move.to_id
            chain.append(move)
    return chain


def _took_effect(move: Move, here: str | None, following: Move | None, sight: Sight) -> bool:
    """Whether a rollback that was accepted happened: what followed started from there, or it is what is seen.

    Whoever promotes what was Current before it, can only do so after it. A build that got domains became Current,
    unless what followed started from before it: that took over while the domains moved.
    """
    if following is None:
        return move.to_id == sight.current_id
    if move.how is How.PUSHED:
        return following.from_id is None or following.from_id != here
    return move.to_id == following.from_id or (following.from_id is None and following.to_id == here)


def has_served(build: Deployment, sight: Sight) -> bool:
    return state_of(build, sight.current_id) in {State.PROMOTED, State.CURRENT}


def is_new(before: Snapshot, build: Deployment) -> bool:
    """Whether it had not come to its end at the last look."""
    return before.builds is not None and before.builds.are_news(build)


def _newest(before: Snapshot, sight: Sight) -> datetime:
    made = [b.created_at for b in (before.current, *sight.builds) if b is not None]
    return max(made)
