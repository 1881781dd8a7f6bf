"""The confirmation: the whole truth before the click."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement, DividerBlock
from slack_sdk.models.views import View

from chatbot.domain.deployments import Deployment, Domain
from chatbot.domain.planning import MAX_REASON, Caution, Part, Path, Plan
from chatbot.messages import actions, releasecard
from chatbot.messages.message import Message, button, columns, context, header, row, section, sections
from chatbot.messages.wording import (
    bullets,
    code,
    count,
    deployment_line,
    domain_name,
    escape,
    foreign,
    mention,
    named,
    old,
    span,
)

SHOWN_DOMAINS = 10
_SHOWN_KEYS = 20
_MODAL_SECTIONS = 99  # Slack takes a hundred blocks

VERBS = {
    Path.PROMOTE: "Promote",
    Path.REBUILD: "Rebuild and promote",
    Path.ROLLBACK: "Roll back",
    Path.ADVANCE: "Advance",
    Path.COMPLETE: "Complete",
    Path.ABORT: "Abort",
}

PARTS = {
    Part.PATH: "the way it is done",
    Part.DEPLOYMENT: "the state of the deployment",
    Part.CURRENT: "what is Current",
    Part.RELEASE: "the rolling release",
    Part.MOVE: "whether another move is under way",
    Part.DOMAINS: "the affected domains",
    Part.SERVING: "what the affected domains serve",
    Part.AUTO_ASSIGN: "auto-assignment",
    Part.ENVIRONMENT: "the environment keys",
}

_CAUTIONS = {
    Caution.MOVE_UNDER_WAY: "Another promote or rollback is under way. This takes its place.",
    Caution.OLDER_THAN_CURRENT: "This is older than what is Current: it takes changes away.",
    Caution.NEWER_THAN_CURRENT: "This is newer than what is Current: it goes forward, to what a rollback left. "
    "New production builds stay Staged all the same.",
    Caution.UNPINS: "Production is pinned by a rollback. This undoes it.",
    Caution.PINS: "Afterwards production is pinned: new production builds stay Staged until somebody promotes.",
    Caution.DOMAINS_DISAGREE: "Not every domain serves what is Current. All of them will move.",
    Caution.UNVERIFIED_DOMAIN: "A domain is not verified; it may not serve anything.",
    Caution.ABORTS_RELEASE: "A rolling release is under way. This aborts it: no visitor gets its canary any more.",
    Caution.REPLACES_QUEUED: "Another deployment is queued already. This takes its place.",
    Caution.DROPS_QUEUED: "What is queued behind the rolling release does not begin.",
}


def title(plan: Plan) -> str:
    if plan.path.is_step:
        return releasecard.title(plan)
    to = f"{plan.project.name} to {plan.target.label}{' when it is ready' if plan.when_ready else ''}"
    return {
        Path.PROMOTE: f"Promote {to}",
        Path.REBUILD: f"Rebuild and promote {to}",
        Path.ROLLBACK: f"Roll back {to}",
    }[plan.path]


def card(
    plan: Plan, confirmation_id: str, *, now: datetime, valid: timedelta, changed: tuple[Part, ...] = ()
) -> Message:
    """`changed` names what no longer holds since an earlier card: it is marked on top."""
    blocks: list[Block] = [header(f"{title(plan)}?")]
    if changed:
        blocks.append(
            section(f"*Nothing was done: {all_of(changed)} changed meanwhile.* This is the new plan:")
        )
    blocks += [
        section(_path(plan)),
        columns(*(_side(label, deployment, now) for label, deployment in _sides(plan))),
        *sections(_domains(plan)),
        *sections(_environment(plan)),
        section(_auto_assign(plan)),
    ]
    if plan.cautions:
        blocks += sections(["*Mind*", *bullets((_CAUTIONS[c] for c in plan.cautions), 10)])
    if plan.reason:
        blocks.append(section(f"*Reason*\n{foreign(plan.reason, MAX_REASON)}"))
    blocks += [DividerBlock(), row(*_buttons(plan, confirmation_id)), context(_validity(valid))]
    return Message(f"{escape(title(plan))}? {count(len(plan.domains), 'domain')} affected.", tuple(blocks))


def spent(plan: Plan, by: str) -> Message:
    """What a card becomes after its click: one line."""
    text = f"{escape(title(plan))}: confirmed by {mention(by)}. The message in the channel tells how it goes."
    return Message(text, (context(text),))


def cancelled(plan: Plan) -> Message:
    text = f"{escape(title(plan))}: cancelled. Nothing was done."
    return Message(text, (context(text),))


def all_domains(plan: Plan) -> View:
    """The modal behind *Show all*: every domain, as many as fit in Slack's hundred blocks."""
    lines = [f"• {_domain(domain, plan.current)}" for domain in plan.domains]
    return View(
        type="modal",
        title="Affected domains",
        close="Close",
        blocks=[
            section(f"*{count(len(lines), 'domain')}* of {foreign(plan.project.name)} will move."),
            *sections(lines)[:_MODAL_SECTIONS],
        ],
    )


def _path(plan: Plan) -> str:
    staged = releasecard.how(plan)
    if staged and plan.path is not Path.REBUILD:
        return staged
    match plan.path:
        case Path.PROMOTE:
            return "*Promote, instant.* The domains move to a finished production build. Nothing is rebuilt."
        case Path.ROLLBACK:
            return "*Instant rollback.* The domains go back to a deployment that served before. Nothing is rebuilt."
        case _:
            onward = f".\n{staged}" if staged else ", and the new deployment becomes Current."
            usual = f" This usually takes {span(plan.usual)}." if plan.usual else ""
            return (
                "*Complete rebuild.* A preview cannot be promoted as it is: its source is built again for "
                f"production{onward}{usual}"
            )


def _sides(plan: Plan) -> tuple[tuple[str, Deployment | None], ...]:
    return releasecard.sides(plan) or (("Current now", plan.current), ("Current then", plan.target))


def _side(label: str, deployment: Deployment | None, now: datetime) -> str:
    if deployment is None:
        return f"*{label}*\nnothing"
    return f"*{label}*\n{deployment_line(deployment)}\n{old(deployment, now)} · {code(deployment.id)}"


def _domains(plan: Plan) -> list[str]:
    if not plan.domains:
        return ["*Affected domains*", "None: this project has no production domain."]
    affected = bullets((_domain(domain, plan.current) for domain in plan.domains), SHOWN_DOMAINS)
    lines = [f"*Affected domains ({len(plan.domains)})*", *affected]
    if plan.only_begins:
        lines.append("They stay where they are until the rolling release is complete.")
    if plan.redirects:
        follow = (f"{domain_name(d.name)} → {domain_name(d.redirect or '')}" for d in plan.redirects)
        lines.append(f"Redirects follow: {named(follow, 5)}")
    return lines


def _domain(domain: Domain, current: Deployment | None) -> str:
    if domain.serves is None:
        return f"{domain_name(domain.name)}: serves nothing now"
    if current and domain.serves == current.id:
        return f"{domain_name(domain.name)}: serves {code(current.label)} now"
    return f"{domain_name(domain.name)}: serves {code(domain.serves)} now, not what is Current"


def _environment(plan: Plan) -> list[str]:
    change = plan.environment
    if plan.path.is_step:
        return []
    if plan.path is not Path.REBUILD:
        if not change.changed_since_build:
            return ["*Environment*", "As it was built. No production key changed since."]
        missing = _keys(change.changed_since_build)
        return ["*Environment*", f"As it was built. Changed since, and not in it: {missing}"]
    lines = ["*Environment*", "Production's variables of now. Preview variables are not used."]
    for keys, what in (
        (change.only_preview, "Only in preview, missing then"),
        (change.only_production, "Only in production, new then"),
        (change.differing, "Set separately for each, may differ"),
    ):
        if keys:
            lines.append(f"{what}: {_keys(keys)}")
    return lines


def _keys(keys: tuple[str, ...]) -> str:
    return named((code(key, 60) for key in keys), _SHOWN_KEYS)


def _auto_assign(plan: Plan) -> str:
    before, after = plan.auto_assign_before, plan.auto_assign_after
    words = {True: "on", False: "off"}
    if plan.only_begins and not before:
        return "*Auto-assignment* stays off until the rolling release is complete. That switches it on."
    if before == after:
        return f"*Auto-assignment* stays {words[after]}."
    why = "Every promote switches it on." if after else "Every rollback switches it off."
    return f"*Auto-assignment* is {words[before]} now and {words[after]} afterwards. {why}"


def _buttons(plan: Plan, confirmation_id: str) -> Iterator[ButtonElement]:
    style = "danger" if plan.path.goes_back else "primary"
    verb = releasecard.verb(plan) or f"{VERBS[plan.path]}{' when ready' if plan.when_ready else ''}"
    yield button(verb, actions.CONFIRM, confirmation_id, style=style)
    if len(plan.domains) > SHOWN_DOMAINS:
        yield button(f"Show all {len(plan.domains)} domains", actions.SHOW_DOMAINS, confirmation_id)
    yield button("Choose another", actions.CHOOSE, confirmation_id)
    yield button("Cancel", actions.CANCEL, confirmation_id)


def _validity(valid: timedelta) -> str:
    return f"Only you see this. Valid for {span(valid)}, for one click."


def all_of(changed: tuple[Part, ...]) -> str:
    """In words, at least one."""
    *parts, last = (PARTS[part] for part in changed)
    return f"{', '.join(parts)} and {last}" if parts else last
