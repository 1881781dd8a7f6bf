"""A build that nobody waits for any more is canceled, where the platform still can."""

import logging
from dataclasses import replace

from chatbot.domain.deployments import Deployment, State, state_of
from chatbot.domain.operations import Build, Stage
from chatbot.domain.plans import Path
from chatbot.errors import PlatformError
from chatbot.services.operations.asking import find_build
from chatbot.services.operations.held import Held

_GIVEN_UP = frozenset({Stage.CANCELLED, Stage.SUPERSEDED})
_log = logging.getLogger(__name__)


async def stop_build(held: Held) -> None:
    """Cancel the build of an operation that was given up while it ran. Asking twice does no harm.

    What it came to is written down for the message: it may have been too late.
    """
    build, row = held.findings.build, held.row
    if held.stage not in _GIVEN_UP or not Path(row.path).builds or row.asked_at is None:
        return  # a build that was only waited for is somebody else's
    try:
        seen = await held.crew.vercel.deployment(build.id) if build else await find_build(held)
        if seen is None:
            return
        await _learn(held, seen)  # which one, before the request: its answer may be lost
        if state_of(seen, None) is State.BUILDING:
            await _learn(held, await _cancel(held, seen.id))
    except PlatformError as error:
        _log.warning("the build of operation %s was not canceled: %s", row.id, error)


async def _cancel(held: Held, build_id: str) -> Deployment:
    """The build after the request: read, where its answer was lost. Raises PlatformError."""
    try:
        return await held.crew.vercel.cancel(build_id)
    except PlatformError as error:
        if not error.may_have_applied:
            raise
        _log.warning("operation %s: no answer to the cancellation of its build: %s", held.row.id, error)
        return await held.crew.vercel.deployment(build_id)


async def _learn(held: Held, seen: Deployment) -> None:
    findings = replace(held.findings, build=Build.of(seen))
    if (seen.id, findings) != (held.row.build_id, held.findings):
        held.row = await held.crew.ledger.learn(held.row, findings, build_id=seen.id)
