"""Why a build did not get as far as production: the end of its log, or the checks that failed."""

import logging
from dataclasses import replace

from chatbot.domain.operations import Findings, Stage, Trouble
from chatbot.errors import PlatformError
from chatbot.services.operations.held import Held

_log = logging.getLogger(__name__)


async def build_failed(held: Held, findings: Findings) -> None:
    build = findings.build
    if build is not None and build.ready_state == "ERROR":
        findings = replace(findings, log_end=await held.crew.build_logs.end_of(build.id))
    await held.step(Stage.FAILED, findings)


async def checks_failed(held: Held, findings: Findings) -> None:
    """Its domains stay where they are. The build is ready: somebody may promote it all the same."""
    names: list[str] = []
    if findings.build is not None:
        try:
            names = await held.crew.vercel.failed_checks(findings.build.id)
        except PlatformError as error:
            _log.warning(
                "the checks of build %s could not be read: %s", findings.build.id, type(error).__name__
            )
    await held.step(
        Stage.FAILED, replace(findings, left_staged=True, trouble=Trouble("checks", ", ".join(names)))
    )
