"""What has become of an operation that a rolling release has to do with."""

from datetime import datetime

from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import (
    Path,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.messages.release import goes_on, line, lines, standing
from chatbot.messages.wording import code


def headline(operation: Operation) -> str | None:
    """Of one that succeeded without making anything Current; else None."""
    name, release = operation.plan.project.name, operation.findings.release
    if operation.stage is not Stage.SUCCEEDED:
        return None
    if operation.plan.path is Path.ABORT:
        return f"{name}: aborted, all visitors get {operation.plan.target.label}"
    if operation.plan.path is Path.ADVANCE and release and not release.is_active:
        return f"{name}: the rolling release to {operation.plan.target.label} is complete"
    if operation.began or operation.plan.path is Path.ADVANCE:
        at = f" at {standing(release)}" if release else ""
        return f"{name}: canary {operation.plan.target.label}{at}"
    return None


def succeeded(operation: Operation, now: datetime) -> str | None:
    """What has become of it, and how it goes on; None where a deployment became Current."""
    release = operation.findings.release
    if operation.stage is not Stage.SUCCEEDED or release is None:
        return None
    if operation.plan.path is Path.ABORT:
        return f"The rolling release of {line(release.canary)} is aborted."
    if release.is_active and (operation.began or operation.plan.path is Path.ADVANCE):
        return "\n".join(lines(release, now))
    if operation.plan.path is Path.ADVANCE:
        return "It went on meanwhile, and is complete: its domains are the canary's. See `/current`."
    return None


def queued(operation: Operation, now: datetime) -> str:
    release = operation.findings.release
    if release is None or release.queued_id != operation.final_id:
        return "Accepted, and queued: it begins when the rolling release that is under way completes."
    return (
        f"Accepted, and queued: it begins when the rolling release of {line(release.canary)} is complete "
        f"({standing(release)}). {goes_on(release, now)} If that is aborted, it does not begin."
    )


def superseded(operation: Operation) -> str | None:
    """Why, where a rolling release says so."""
    seen, asked = operation.findings.release, operation.plan.release
    if seen is None:
        return None
    if operation.plan.path.is_step:
        return _step_superseded(asked, seen)
    if seen.canary_id == operation.final_id and not seen.is_active:
        is_complete = seen.state is ReleaseState.COMPLETE
        return (
            "It completed, and production has moved on since."
            if is_complete
            else "It began, and was aborted."
        )
    if not operation.findings.queued and asked is None:
        return None
    if seen.state is ReleaseState.ABORTED:
        return "The rolling release that it waited for was aborted, so it does not begin."
    if seen.queued_id:
        return f"{code(seen.queued_id)} took its place in the queue, so it does not begin."
    return "Vercel has taken it out of the queue, so it does not begin."


def _step_superseded(asked: RollingRelease | None, seen: RollingRelease) -> str:
    if asked is None or not asked.is_same(seen):
        return f"That rolling release is over; the newest one is of {line(seen.canary)} ({standing(seen)})."
    if seen.state is ReleaseState.ABORTED:
        return "Somebody aborted the rolling release meanwhile."
    return "The rolling release was completed meanwhile."
