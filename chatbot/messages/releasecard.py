"""What the confirmation says of a change that a rolling release has to do with."""

from chatbot.domain.deployments import Deployment
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.releases import RollingRelease
from chatbot.messages.release import line, percent, stages_to_come, standing
from chatbot.messages.wording import code


def title(plan: Plan) -> str:
    """Of a step."""
    release, name = plan.release, plan.project.name
    label = release.canary.label if release and release.canary else plan.target.label
    if plan.path is Path.ADVANCE and release and release.following:
        return f"Advance {name} to {percent(release.following)} on {label}"
    verb = {Path.ADVANCE: "Advance", Path.COMPLETE: "Complete"}.get(plan.path, "Abort")
    return f"{verb} the rolling release of {name} to {label}"


def verb(plan: Plan) -> str | None:
    """Where it says more than the path does."""
    following = plan.release.following if plan.release else None
    return f"Advance to {percent(following)}" if plan.path is Path.ADVANCE and following else None


def how(plan: Plan) -> str | None:
    """The way it is done, where a rolling release has to do with it; else None."""
    release = plan.release
    if plan.starts_release:
        stages = plan.project.stages
        first = percent(stages[0]) if stages else "Some"
        onward = f" Stages: {stages_to_come(stages)}." if stages else ""
        return (
            f"*A rolling release begins.* {first} of the visitors get it first; the domains stay with what is "
            f"Current until it is complete.{onward} *Advance*, *Complete* and *Abort* are offered as it goes."
        )
    if release is None or plan.path is Path.ROLLBACK:
        return None
    if plan.waits_behind:
        return (
            f"*Queued behind a rolling release* of {line(release.canary)} ({standing(release)}). It begins when "
            "that one is complete, and does not begin if that one is aborted."
        )
    return _step(plan, release)


def _step(plan: Plan, release: RollingRelease) -> str:
    queued = f" Then {code(release.queued_id)} begins, which is queued." if release.queued_id else ""
    match plan.path:
        case Path.ADVANCE if release.following:
            return (
                f"*Advance, from {standing(release)}.* {percent(release.following)} of the visitors get the "
                "canary, the others what is Current. Nothing is rebuilt."
            )
        case Path.COMPLETE:
            return (
                f"*Complete, from {standing(release)}.* All domains move to the canary now, and it becomes "
                f"Current. Nothing is rebuilt.{queued}"
            )
        case _:
            return (
                f"*Abort, at {standing(release)}.* All visitors get what was Current again, at once. For Vercel "
                "this is a rollback: production is pinned by it. Nothing is rebuilt."
            )


def sides(plan: Plan) -> tuple[tuple[str, Deployment | None], tuple[str, Deployment | None]] | None:
    """What stands beside what on the card, where it is not Current and what follows it."""
    if plan.path is Path.ABORT:
        canary = plan.release.canary if plan.release else None
        return ("Canary now", canary), ("All visitors then", plan.target)
    if plan.waits_behind:
        return ("Current now", plan.current), ("Queued", plan.target)
    if plan.only_begins:
        return ("Current, and stays", plan.current), ("Canary", plan.target)
    return None
