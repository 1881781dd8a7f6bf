"""An unknown outcome is looked for on: production may show later what became of the request."""

import logging
from dataclasses import replace
from datetime import timedelta

from chatbot.domain.operations import Build, Stage
from chatbot.errors import PlatformError
from chatbot.services.operations.asking import find_build
from chatbot.services.operations.held import Held
from chatbot.services.operations.looking import look

LOOK_AGAIN_AFTER, _SELDOM = timedelta(seconds=10), timedelta(minutes=1)
_AT_FIRST = timedelta(minutes=5)
_log = logging.getLogger(__name__)


async def look_again(held: Held) -> bool:
    """One more look. Whether the outcome is known now; else the next look is due later, or this was the last."""
    row = held.row
    if row.watch_until is None or held.now() > row.watch_until or await held.crew.history.has_gone_on(row):
        await held.stop_watching()
        return False
    try:
        if held.operation.final_id is None:
            await _find_build(held)
        else:
            await look(held)
    except PlatformError as error:
        _log.info("operation %s is still unknown: %s", row.id, error)
    if held.stage is not Stage.UNKNOWN:
        return True
    since = held.now() - (row.finished_at or row.created_at)
    await held.let_go(for_=LOOK_AGAIN_AFTER if since < _AT_FIRST else _SELDOM)
    return False


async def _find_build(held: Held) -> None:
    """A rebuild whose creation was never answered: its build tells by its meta that it exists."""
    if found := await find_build(held):
        await held.learn(replace(held.findings, build=Build.of(found)))
