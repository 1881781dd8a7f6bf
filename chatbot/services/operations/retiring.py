"""Once production has moved on, the messages of earlier changes lose their buttons and say why."""

from datetime import datetime

from chatbot.domain.course import went_back
from chatbot.domain.news import Change
from chatbot.domain.operations import Operation, Overtaking, Stage, fell_ill
from chatbot.domain.plans import (
    Path,
)
from chatbot.domain.undoing import retry_of, undo_of
from chatbot.messages import incidentoffer
from chatbot.messages.announcement import announcement
from chatbot.messages.operation import progress
from chatbot.services.announcer import Announcer, Posted
from chatbot.services.operations.held import Held
from chatbot.services.operations.records import as_operation
from chatbot.services.telling.records import as_change
from storage.models import Operation as Row

_MOVED = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED})


async def outlived_by(held: Held) -> Overtaking | None:
    """What has moved production since this operation ended, here or outside: its end may be told that late."""
    if held.stage not in _MOVED:
        return None
    later = await held.crew.history.outlived_by(held.row)
    outside = await held.crew.history.moved_outside(held.row)
    if outside is not None and (
        later is None or later.finished_at is None or outside.noticed_at > later.finished_at
    ):
        return overtaken_by(as_change(outside), held.operation)
    return _move_of(later) if later else None


async def retire_outlived(held: Held) -> None:
    """Raises one of SlackTrouble; what was not retired is tried again by whoever calls next."""
    if held.stage not in _MOVED:
        return
    since = _move_of(held.operation)
    for row in await held.crew.history.outlived(held.row):
        await retire_message(held.crew.announcer, row, since, held.now())
        await held.crew.ledger.retire(row)


def _move_of(done: Operation) -> Overtaking:
    how = "stages" if done.began or done.plan.path is Path.ADVANCE else done.plan.path.value
    return Overtaking(done.made, done.actor, how)


def overtaken_by(change: Change, older: Operation) -> Overtaking:
    """A move from outside, as the message of an operation tells of it."""
    actor = f"vercel:{change.who.name}" if change.who else None
    if change.now is None:
        return Overtaking(older.made, actor, "gone")
    return Overtaking(change.now, actor, "rollback" if went_back(change) else "promote")


async def retire_message(
    announcer: Announcer, row: Row, since: Overtaking | Change, now: datetime, *, hasty: bool = False
) -> None:
    """Raises one of SlackTrouble."""
    older = as_operation(row)
    if row.message_ts is None or (undo_of(older) is None and retry_of(older) is None):
        return
    by = overtaken_by(since, older) if isinstance(since, Change) else since
    await announcer.update(Posted(row.channel, row.message_ts), progress(older, now, since=by), hasty=hasty)
    if row.announcement_ts is not None:
        told = Posted(row.channel, row.announcement_ts)
        await announcer.update(told, announcement(older, since=by), hasty=hasty)
    if older.findings.offered_ts is not None:
        asked = Posted(row.channel, older.findings.offered_ts)
        await announcer.update(asked, incidentoffer.offer(older, fell_ill(older), since=by), hasty=hasty)
