"""A build that nobody waits for any more is canceled, where the platform still can."""

import logging
from dataclasses import replace

from chatbot.domain.deployments import State, state_of
from chatbot.domain.operations import Build, Stage
from chatbot.errors import PlatformError
from chatbot.services.operations.held import Held

_GIVEN_UP = frozenset({Stage.CANCELLED, Stage.SUPERSEDED})
_log = logging.getLogger(__name__)


async def stop_build(held: Held) -> None:
    """Cancel the build of an operation that was given up while it ran. Asking twice does no harm.

    What it came to is written down for the message: it may have been too late.
    """
    build = held.findings.build
    if held.stage not in _GIVEN_UP or build is None or held.row.asked_at is None:
        return  # a build that was only waited for is somebody else's
    try:
        seen = await held.crew.vercel.deployment(build.id)
        if state_of(seen, None) is State.BUILDING:
            seen = await held.crew.vercel.cancel(build.id)
    except PlatformError as error:
        _log.warning("build %s could not be canceled: %s", build.id, error)
        return
    held.row = await held.crew.ledger.learn(held.row, replace(held.findings, build=Build.of(seen)))
