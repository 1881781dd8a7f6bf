"""What a step of a workflow says: its confirmation, and how it ended."""

from datetime import datetime, timedelta

from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import Plan
from chatbot.messages import confirmation
from chatbot.messages.message import Message, context
from chatbot.messages.operation import progress
from chatbot.messages.wording import escape

STEP = "promote_deployment"
"""As the manifest names the function."""

ENDED_WITHOUT = {
    "cancelled": "Nothing was done. The confirmation was cancelled.",
    "replaced": "Nothing was done by this step. Another deployment was chosen instead.",
    None: "Nothing was done. Nobody confirmed in time.",
}
"""By the answer to the confirmation."""

BROKEN = "Something broke in promotebot; its log says what. /current shows what production serves."


def card(plan: Plan, confirmation_id: str, *, now: datetime, valid: timedelta) -> Message:
    """The confirmation as ever, to whom the workflow named."""
    usual = confirmation.card(plan, confirmation_id, now=now, valid=valid)
    asked = context("A workflow asks for this. Nothing is done unless you confirm.")
    return Message(f"A workflow asks: {usual.text}", (asked, *usual.blocks))


def lapsed(plan: Plan) -> Message:
    """What the card becomes when nobody clicks: one line."""
    text = f"{escape(confirmation.title(plan))}: nobody confirmed in time. Nothing was done, and the workflow failed."
    return Message(text, (context(text),))


def outputs(operation: Operation, message_url: str | None) -> dict[str, str]:
    """What the workflow's next steps may use."""
    made = operation.made
    return {
        "outcome": "release begun" if operation.began else Stage.SUCCEEDED.value,
        "project": operation.plan.project.name,
        "deployment_id": made.id,
        "deployment_url": f"https://{made.url}",
        "message_url": message_url or "",
    }


def complaint(operation: Operation, now: datetime, message_url: str | None) -> str:
    """Why the step failed: the operation did not come to what was asked."""
    more = f" {message_url}" if message_url else ""
    return f"{progress(operation, now).without_markup()}{more}"
