"""Once production has moved on, the messages of earlier changes lose their buttons and say why."""

from chatbot.domain.operations import Operation, Overtaking, Stage
from chatbot.domain.plans import (
    Path,
)
from chatbot.domain.undoing import retry_of, undo_of
from chatbot.messages.announcement import announcement
from chatbot.messages.operation import progress
from chatbot.services.announcer import Posted
from chatbot.services.operations.held import Held
from chatbot.services.operations.records import as_operation
from storage.models import Operation as Row

_MOVED = frozenset({Stage.SUCCEEDED, Stage.PARTLY_MOVED})


async def outlived_by(held: Held) -> Overtaking | None:
    """What has moved production since this operation ended: its end may be told that late."""
    later = await held.crew.history.outlived_by(held.row) if held.stage in _MOVED else None
    return _move_of(later) if later else None


async def retire_outlived(held: Held) -> None:
    """Raises one of SlackTrouble; what was not retired is tried again by whoever calls next."""
    if held.stage not in _MOVED:
        return
    since = _move_of(held.operation)
    for row in await held.crew.history.outlived(held.row):
        await _retire(held, row, since)
        await held.crew.ledger.retire(row)


def _move_of(done: Operation) -> Overtaking:
    how = "stages" if done.began or done.plan.path is Path.ADVANCE else done.plan.path.value
    return Overtaking(done.made, done.actor, how)


async def _retire(held: Held, row: Row, since: Overtaking) -> None:
    older = as_operation(row)
    if row.message_ts is None or (undo_of(older) is None and retry_of(older) is None):
        return
    announcer = held.crew.announcer
    await announcer.update(Posted(row.channel, row.message_ts), progress(older, held.now(), since=since))
    if row.announcement_ts is not None:
        await announcer.update(Posted(row.channel, row.announcement_ts), announcement(older, since=since))
