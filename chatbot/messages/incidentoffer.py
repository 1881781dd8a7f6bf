"""What the bot asks when sites that were well are not, after an operation of its own. It does nothing by itself."""

from collections.abc import Sequence

from chatbot.domain.operations import DomainProof, Operation, Overtaking
from chatbot.messages import actions
from chatbot.messages.meanwhile import moved_on
from chatbot.messages.message import Message, button, context, row, section
from chatbot.messages.oneclick import undo
from chatbot.messages.proof import fault_in_words
from chatbot.messages.wording import bullets, code, count, domain_name, foreign

_SHOWN = 5


def offer(operation: Operation, ill: Sequence[DomainProof], *, since: Overtaking | None = None) -> Message:
    """`ill` were well just before the operation moved them. `since`: what has moved production since; then there is
    nothing to go back from.
    """
    plan = operation.plan
    name, to = foreign(plan.project.name), code(operation.made.label)
    total = len(operation.findings.proofs)
    first = f"{len(ill)} of {count(total, 'domain')} of {name} fell ill when {to} became Current."
    lines = [f"*{first}* They were well just before:", *bullets(map(_line, ill), _SHOWN)]
    if since is not None:
        return Message(first, (section("\n".join(lines)), context(moved_on(since, operation))))
    back = undo(operation)
    asks = "I do nothing by myself. Open an incident, or go back with one click?"
    buttons = [button("Open an incident", actions.OPEN_INCIDENT, operation.id), *([back] if back else [])]
    return Message(f"{first} {asks}", (section("\n".join(lines)), section(asks), row(*buttons)))


def what(operation: Operation) -> str:
    """What the incident is called that this opens."""
    return f"Sites fell ill after the {operation.plan.path} to {operation.made.label}"


def _line(proof: DomainProof) -> str:
    how = f"answers {proof.status}" if proof.status is not None else fault_in_words(proof.fault)
    return f"{domain_name(proof.name)}: {how}"
