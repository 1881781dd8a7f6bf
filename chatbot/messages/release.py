"""Rolling releases in words: how one stands, and what can be done with it."""

from collections.abc import Iterator
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.deployments import Deployment, Project, ReleaseStage, State, state_of
from chatbot.domain.planning import (
    NoSuchStep,
    ReleaseOver,
    ReleaseUnderWay,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.messages import actions
from chatbot.messages.message import Message, button, context, header, row, says, section
from chatbot.messages.wording import code, deployment_line, foreign, span


def under_way(refusal: ReleaseUnderWay, now: datetime) -> Message:
    """What `/promote` shows instead of a plan while a rolling release is under way."""
    project, target, release = refusal.project, refusal.target, refusal.release
    if release is None:
        return says(
            f"Nothing was done. {deployment_line(target)} is the canary of a rolling release of "
            f"{foreign(project.name)} that Vercel does not show me just now. Try again in a minute."
        )
    more, offered = _of_target(project, target, release)
    blocks: list[Block] = [
        header(f"{project.name}: rolling release, {standing(release)}"),
        section("\n".join([*lines(release, now), *more])),
    ]
    if found := [*step_buttons(project.id, release), *offered]:
        blocks.append(row(*found))
    blocks.append(context("Nothing is done before you have confirmed it."))
    name = foreign(project.name)
    return Message(f"A rolling release of {name} is under way: {standing(release)}.", tuple(blocks))


def line(deployment: Deployment | None) -> str:
    """None is one that was deleted."""
    return deployment_line(deployment) if deployment else "a deployment that was deleted"


def over(refusal: ReleaseOver) -> Message:
    name = foreign(refusal.project.name)
    return says(f"Nothing was done. {_ended(name, refusal.newest)} `/current {name}` shows what is Current.")


def no_such_step(refusal: NoSuchStep, now: datetime) -> Message:
    shown = under_way(ReleaseUnderWay(refusal.project, refusal.target, refusal.release), now)
    return Message(
        shown.text,
        (section("*Nothing was done:* there is no further stage to advance to but the last."), *shown.blocks),
    )


def changed(refusal: ReleaseUnderWay, now: datetime) -> Message:
    """What a button shows whose release has gone on since."""
    shown = under_way(refusal, now)
    first = section("*Nothing was done:* the rolling release has gone on since. This is how it stands now:")
    return Message(shown.text, (first, *shown.blocks))


def step_buttons(project_id: str, release: RollingRelease) -> list[ButtonElement]:
    """None in the last stage but *Abort*: the domains are moving. Each opens its own confirmation."""
    if not release.is_active:
        return []
    value = f"{project_id} {release.canary_id} {release.active}"
    found = []
    if release.may_advance and release.following:
        text = f"Advance to {percent(release.following)}"
        found.append(button(text, actions.ADVANCE, value, style="primary"))
    if release.following:
        found.append(button("Complete", actions.COMPLETE, value))
    return [*found, button("Abort", actions.ABORT, value, style="danger")]


def percent(stage: ReleaseStage) -> str:
    return f"{stage.percentage:g} %"


def standing(release: RollingRelease) -> str:
    """`5 %, stage 1 of 3`."""
    if release.stage is None or release.active is None:
        return "aborted" if release.state is ReleaseState.ABORTED else "no stage"
    return f"{percent(release.stage)}, stage {release.active + 1} of {len(release.stages)}"


def goes_on(release: RollingRelease, now: datetime) -> str:
    """How the next stage comes."""
    following = release.following
    if following is None:
        return "It is in its last stage: the domains are moving to the canary."
    left = release.goes_on_after(now)
    if left is None:
        return f"Next: {percent(following)}, when somebody approves it."
    return f"Next: {percent(following)}, by itself, in at most {span(left)}."


def stages_to_come(stages: tuple[ReleaseStage, ...]) -> str:
    """`5 % for 10 min, then 25 % until approved, then all`."""
    parts = []
    for number, stage in enumerate(stages):
        if number == len(stages) - 1:
            parts.append("all")
        elif stage.lasts is None:
            parts.append(f"{percent(stage)} until somebody approves more")
        else:
            grows = ", growing," if stage.grows else ""
            parts.append(f"{percent(stage)}{grows} for {span(stage.lasts)}")
    return ", then ".join(parts)


def lines(release: RollingRelease, now: datetime) -> Iterator[str]:
    """Who gets what, how far it is, and what waits."""
    if release.is_completing:
        yield f"All visitors are about to get the canary {line(release.canary)}, which becomes Current."
    else:
        share = percent(release.stage) if release.stage else "0 %"
        yield f"{share} of the visitors get the canary {line(release.canary)}"
        yield f"The others get {line(release.base)}, which stays Current until the release is complete."
    yield (
        f"Stage {(release.active or 0) + 1} of {len(release.stages)} ({_all_stages(release)}), "
        f"under way for {span(now - release.started_at)}. {goes_on(release, now)}"
    )
    waits = (
        f"{code(release.queued_id)} begins when this one is complete." if release.queued_id else "nothing."
    )
    yield f"Queued behind it: {waits}"


def _all_stages(release: RollingRelease) -> str:
    shown = (
        f"*{percent(stage)}*" if number == release.active else percent(stage)
        for number, stage in enumerate(release.stages)
    )
    return " → ".join(shown)


def _of_target(
    project: Project, target: Deployment, release: RollingRelease
) -> tuple[list[str], list[ButtonElement]]:
    """What can be done with the deployment that was asked for, where it is neither side of the release."""
    if target.id == release.queued_id:
        return [f"{deployment_line(target)} is what is queued."], []
    match state_of(target, project.current.id if project.current else None):
        case State.STAGED | State.PREVIEW as state:
            again = "Rebuild and promote" if state is State.PREVIEW else "Promote"
            replaces = ", and takes the place of what is queued" if release.queued_id else ""
            text = f"{deployment_line(target)} can wait for it{replaces}."
            return [text], [button(f"{again} {target.label} after it", actions.QUEUE, target.id)]
        case State.PROMOTED if target.id not in {release.base_id, release.canary_id}:
            way = "the way to it is a rollback, which aborts the release"
            text = f"{deployment_line(target)} has served before: {way}."
            return [text], [button(f"Roll back to {target.label}", actions.ROLL_BACK, target.id)]
        case _:
            return [], []


def _ended(name: str, newest: RollingRelease | None) -> str:
    if newest is None:
        return f"No rolling release of {name} is under way."
    if newest.is_active:
        return f"The rolling release of {name} is another one now: of {line(newest.canary)}."
    became = "complete" if newest.state is ReleaseState.COMPLETE else "aborted"
    return f"The rolling release of {name} to {line(newest.canary)} is {became}."
