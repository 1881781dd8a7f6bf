"""Once production has moved on, the messages of earlier changes lose their buttons and say why."""

from chatbot.domain.operations import Overtaking, Stage
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


async def retire_outlived(held: Held) -> None:
    """Raises one of SlackTrouble; what was not retired is tried again by whoever calls next."""
    if held.stage not in _MOVED:
        return
    done = held.operation
    how = "stages" if done.began or done.plan.path is Path.ADVANCE else done.plan.path.value
    since = Overtaking(done.made, done.actor, how)
    for row in await held.crew.history.outlived(held.row):
        await _retire(held, row, since)
        await held.crew.ledger.retire(row)


async def _retire(held: Held, row: Row, since: Overtaking) -> None:
    older = as_operation(row)
    if row.message_ts is None or (undo_of(older) is None and retry_of(older) is None):
        return
    announcer = held.crew.announcer
    await announcer.update(Posted(row.channel, row.message_ts), progress(older, held.now(), since=since))
    if row.announcement_ts is not None:
        await announcer.update(Posted(row.channel, row.announcement_ts), announcement(older, since=since))
