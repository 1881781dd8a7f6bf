"""*Redeploy*: one click, after Slack's own dialog, builds again what has failed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from slack_sdk.models.blocks import ButtonElement

from chatbot.domain.deployments import Deployment
from chatbot.domain.planning import RedeployChanged
from chatbot.messages import actions
from chatbot.messages.message import Message, ask_first, button, row, says
from chatbot.messages.wording import count, deployment_line, foreign, named, plain

_VALUE = re.compile(r"(?P<id>[A-Za-z0-9_]{1,100}) (?P<then>current|staged)(?P<override> override)?")


@dataclass(frozen=True)
class Promised:
    """What the button carries. `assigns`: it said that the new build becomes Current by itself. `overrides`: it is the
    second click, after an open incident held back the first.
    """

    deployment_id: str
    assigns: bool
    overrides: bool = False


def redeploy_button(
    failed: Deployment, *, assigns: bool, pinned: bool, domains: Sequence[str] = ()
) -> ButtonElement:
    """`assigns`: the new build becomes Current by itself. That is what the click is bound to."""
    what = f"A complete new build of what failed: {failed.label}."
    return button(
        "Redeploy",
        actions.REDEPLOY,
        f"{failed.id} {'current' if assigns else 'staged'}",
        confirm=ask_first(
            f"Redeploy {failed.project_name}?", f"{what} {_then(assigns, pinned, domains)}", "Redeploy"
        ),
    )


def promised(value: str) -> Promised | None:
    """None for a value that is none of ours."""
    found = _VALUE.fullmatch(value)
    return Promised(found["id"], found["then"] == "current", bool(found["override"])) if found else None


def changed(refusal: RedeployChanged) -> Message:
    """Auto-assignment was switched since: the same, asked again."""
    plan = refusal.plan
    then = _then(plan.auto_assign_before, plan.project.pinned, ())
    text = (
        f"Nothing was done. Auto-assignment of {foreign(plan.project.name)} was switched since that button was shown. "
        f"To build {deployment_line(plan.target)} again means now: {then}"
    )
    domains = [d.name for d in plan.domains]
    again = redeploy_button(
        plan.target, assigns=plan.auto_assign_before, pinned=plan.project.pinned, domains=domains
    )
    return says(text, row(again))


def _then(assigns: bool, pinned: bool, domains: Sequence[str]) -> str:  # noqa: FBT001 - private
    if not assigns:
        return f"It stays Staged: {'production is pinned' if pinned else 'auto-assignment is off'}."
    where = (
        f", on {count(len(domains), 'domain')}: {named((plain(d, 60) for d in domains), 3)}"
        if domains
        else ""
    )
    return f"Once it is ready, it becomes Current by itself{where}."
