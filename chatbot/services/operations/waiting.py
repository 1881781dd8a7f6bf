"""Before its turn: an operation waits in line on its project, or for the build that it is to promote."""

from dataclasses import replace

from chatbot.domain.deployments import State, state_of
from chatbot.domain.operations import Build, Findings, Stage
from chatbot.errors import NotFound, PlatformError
from chatbot.services.operations.asking import trouble_of
from chatbot.services.operations.failing import build_failed, checks_failed
from chatbot.services.operations.held import Held


async def wait(held: Held) -> None:
    """One look at the build, if that is what it waits for; then at the line. Raises PlatformError."""
    if held.row.in_line_since is None and not await _is_built(held):
        return
    if held.is_too_old():
        await held.step(Stage.OUTDATED, Findings())
    else:
        await held.begin()


async def saw_no_build(held: Held, error: PlatformError) -> None:
    """Nothing was asked of the platform yet, so nothing is lost but time."""
    await _go_on_waiting(held, replace(held.findings, trouble=trouble_of(error)))


async def _is_built(held: Held) -> bool:
    try:
        build = await held.crew.vercel.deployment(held.row.target_id)
    except NotFound as error:
        if not held.is_gone(error):
            raise
        await held.step(Stage.FAILED, replace(held.findings, trouble=trouble_of(error)))
        return False
    held.is_there()
    findings = replace(held.findings, build=Build.of(build), trouble=None)
    match state_of(build, None):
        case State.BUILDING:
            await _go_on_waiting(held, findings)
            return False
        case State.FAILED:
            await build_failed(held, findings)
            return False
        case _ if build.checks == "pending":
            await _go_on_waiting(held, findings)
            return False
        case _ if build.checks == "failed":
            await checks_failed(held, findings)
            return False
        case _:
            await held.step(Stage.WAITING, Findings(), in_line_since=held.now())
            return True


async def _go_on_waiting(held: Held, findings: Findings) -> None:
    if held.now() - held.row.created_at > held.crew.patience.build:
        await held.step(Stage.OUTDATED, findings)
    else:
        await held.learn(findings)
