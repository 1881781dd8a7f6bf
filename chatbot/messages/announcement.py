"""What is Current now, told to the channel once it is proven, with the way back one click away."""

from chatbot.domain.operations import Operation, Overtaking
from chatbot.domain.plans import (
    MAX_REASON,
    Path,
)
from chatbot.messages import releaseoutcome
from chatbot.messages.meanwhile import moved_on
from chatbot.messages.message import Message, context, row, sections
from chatbot.messages.oneclick import undo as undo_button
from chatbot.messages.outcome import is_pinned
from chatbot.messages.proof import ill_of, in_short_ill
from chatbot.messages.wording import bold, code, count, deployment_line, domain_name, foreign, mention, named

_VERBS = {
    Path.PROMOTE: "Promoted",
    Path.REBUILD: "Rebuilt and promoted",
    Path.REDEPLOY: "Redeployed",
    Path.ROLLBACK: "Rolled back",
    Path.ADVANCE: "Advanced",
    Path.COMPLETE: "Rolling release completed",
    Path.ABORT: "Rolling release aborted",
}


def announcement(operation: Operation, *, since: Overtaking | None = None) -> Message:
    """What is Current now, once it is proven. `since`: what has moved production since; then the button is gone."""
    if releaseoutcome.headline(operation):
        return _of_release(operation)
    plan, made = operation.plan, operation.made
    proven = [domain_name(p.name) for p in operation.findings.proofs if p.moved]
    was = deployment_line(operation.was) if operation.was else "nothing"
    verb = _VERBS[plan.path]
    lines = [
        f"{bold(f'Current of {foreign(plan.project.name)} is now {deployment_line(made)}')} {code(made.id)}",
        f"It was {was}. {verb} from Slack by {mention(operation.actor)}.",
        _proven(operation, proven),
    ]
    if ill := [domain_name(p.name) for p in ill_of(operation)]:
        lines.append(f"*Not well:* {named(ill, 10)}. The operation message says how.")
    if operation.reason:
        lines.append(f"Reason: {foreign(operation.reason, MAX_REASON)}")
    if is_pinned(operation):
        lines.append("Production is pinned: new production builds stay Staged until somebody promotes.")
    undo = undo_button(operation) if since is None else None
    below = (context(moved_on(since, operation)),) if since else (row(undo),) if undo else ()
    text = f"Current of {foreign(plan.project.name)} is now {foreign(made.label)}"
    alone = f"{text}, on {count(len(proven), 'domain')}{in_short_ill(operation)}."
    return Message(alone, (*sections(lines), *below))


def _proven(operation: Operation, proven: list[str]) -> str:
    if not operation.plan.domains:
        return "It has no production domain."
    if not proven:
        return "None of its domains is verified, so none could be proven."
    return f"Proven on {count(len(proven), 'domain')}: {named(proven, 10)}"


def _of_release(operation: Operation) -> Message:
    """Where nothing became Current: who gets what, and by whom that is."""
    plan, headline = operation.plan, releaseoutcome.headline(operation) or ""
    lines = [f"*{foreign(headline)}*"]
    if operation.was:
        lines.append(f"Current of {foreign(plan.project.name)} stays {deployment_line(operation.was)}.")
    lines.append(
        f"{'Begun' if operation.began else _VERBS[plan.path]} from Slack by {mention(operation.actor)}."
    )
    if operation.reason:
        lines.append(f"Reason: {foreign(operation.reason, MAX_REASON)}")
    if is_pinned(operation):
        lines.append("Production is pinned: new production builds stay Staged until somebody promotes.")
    return Message(f"{foreign(headline)}.", tuple(sections(lines)))
