"""The operation message: one message in the channel, updated until the outcome."""

from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.operations import Line, Operation, Overtaking, Stage, duration
from chatbot.domain.plans import (
    MAX_REASON,
    Path,
)
from chatbot.domain.undoing import still_rolling
from chatbot.messages import actions, oneclick, releasecard, releaseoutcome
from chatbot.messages.buildlog import log_end
from chatbot.messages.confirmation import title
from chatbot.messages.meanwhile import moved_on
from chatbot.messages.message import Message, button, context, header, link, row, section
from chatbot.messages.outcome import is_pinned, told
from chatbot.messages.proof import in_short_ill, proof
from chatbot.messages.release import step_buttons
from chatbot.messages.wording import count, deployment_line, escape, foreign, mention, span


def progress(
    operation: Operation, now: datetime, *, line: Line | None = None, since: Overtaking | None = None
) -> Message:
    """The message as it should read now, whatever the stage. `since`: what has moved production since it ended."""
    headline = releaseoutcome.headline(operation) or _headline(operation)
    blocks: list[Block] = [header(headline), section(_what(operation))]
    if text := told(operation, now, line):
        blocks.append(section(text))
    blocks += [*log_end(operation), *proof(operation)]
    if since is not None:
        blocks.append(context(moved_on(since, operation)))
    elif buttons := _buttons(operation):
        blocks.append(row(*buttons))
    blocks.append(context(_who(operation, now)))
    return Message(escape(_alone(operation, headline)), tuple(blocks))


_ENDED = {
    Stage.FAILED: "failed",
    Stage.UNKNOWN: "outcome unknown",
    Stage.SUPERSEDED: "superseded",
    Stage.OUTDATED: "not started",
    Stage.CANCELLED: "cancelled",
}


def _headline(operation: Operation) -> str:
    name, label = operation.plan.project.name, operation.plan.target.label
    match operation.stage:
        case Stage.SUCCEEDED:
            return f"{name}: {label} is Current"
        case Stage.STAGED:
            return f"{name}: {label} is Staged"
        case Stage.PARTLY_MOVED:
            return f"{name}: only partly moved to {label}"
        case stage:
            ended = _ENDED.get(stage)
            return f"{title(operation.plan)}: {ended}" if ended else title(operation.plan)


def _alone(operation: Operation, headline: str) -> str:
    match operation.stage:
        case Stage.SUCCEEDED if not releaseoutcome.headline(operation):
            moved = sum(p.moved for p in operation.findings.proofs)
            return f"{headline} on {count(moved, 'domain')}{in_short_ill(operation)}."
        case Stage.PARTLY_MOVED:
            proofs = operation.findings.proofs
            moved = sum(p.moved for p in proofs)
            return f"{headline}, {moved} of {count(len(proofs), 'domain')}{in_short_ill(operation)}."
        case stage if stage.is_outcome:
            return f"{headline}."
        case Stage.WAITING:
            return f"{headline}: waiting."
        case _:
            return f"{headline}: under way."


def _what(operation: Operation) -> str:
    plan = operation.plan
    (_, before), _ = releasecard.sides(plan) or (("", operation.was), None)
    was = deployment_line(before) if before else "nothing"
    text = f"{was}\n→ {deployment_line(plan.target)}"
    if operation.reason:
        text += f"\nReason: {foreign(operation.reason, MAX_REASON)}"
    return text


def _buttons(operation: Operation) -> list[ButtonElement]:
    build, release = operation.findings.build, still_rolling(operation)
    steps = operation.began or operation.plan.path is Path.ADVANCE
    found: list[ButtonElement | None] = [oneclick.retry(operation), oneclick.give_up(operation)]
    if steps and release and operation.stage.is_outcome:
        found += step_buttons(operation.plan.project.id, release)
    else:
        found.append(oneclick.undo(operation))
    if operation.stage is Stage.SUCCEEDED and is_pinned(operation):
        found.append(button("Resume…", actions.RESUME, operation.plan.project.id))
    if build and operation.findings.left_staged and build.ready_state == "READY":
        found.append(button(f"Promote {operation.plan.target.label}…", actions.PROMOTE, build.id))
    if build:
        found.append(link("Build logs", actions.OPEN_LINK, build.logs_url))
    return [b for b in found if b is not None]


def _who(operation: Operation, now: datetime) -> str:
    text = f"Requested by {mention(operation.actor)}"
    took = duration(operation)
    if took is not None:
        seconds = took.total_seconds()
        return f"{text} · took {seconds:.1f} s" if seconds < 60 else f"{text} · took {span(took)}"
    if operation.stage.is_outcome:
        return text
    return f"{text} · {span(now - operation.requested_at)} ago"
