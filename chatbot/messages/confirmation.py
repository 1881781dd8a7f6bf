"""The confirmation: the whole truth before the click."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from json import dumps

from slack_sdk.models.blocks import Block, ButtonElement, CheckboxesElement, DividerBlock, SectionBlock
from slack_sdk.models.views import View

from chatbot.domain.changes import CodeChange
from chatbot.domain.deployments import Deployment, Domain
from chatbot.domain.plans import (
    MAX_REASON,
    Caution,
    Path,
    Plan,
)
from chatbot.messages import actions, changed, consequences, releasecard
from chatbot.messages.message import (
    Message,
    button,
    checkbox,
    columns,
    context,
    header,
    link,
    row,
    section,
    sections,
)
from chatbot.messages.wording import (
    bullets,
    code,
    count,
    deployment_line,
    domain_name,
    escape,
    foreign,
    mention,
    moment,
    named,
    old,
    span,
    took,
)

SHOWN_DOMAINS = 10
_SHOWN_INCIDENTS = 3
OVERRIDE = "override"
"""The value of the box that overrides an open incident, and of a one-click button that does."""
KEEP_OFF = "keep_off"
"""The value of the box that keeps auto-assignment off."""
_MODAL_BLOCKS, _MODAL_BYTES = 100, 200_000
_WHOLE_KEY = 256
_ROOM_FOR_REDIRECTS = 500

VERBS = {
    Path.PROMOTE: "Promote",
    Path.REBUILD: "Rebuild and promote",
    Path.REDEPLOY: "Redeploy",
    Path.ROLLBACK: "Roll back",
    Path.ADVANCE: "Advance",
    Path.COMPLETE: "Complete",
    Path.ABORT: "Abort",
}

_HELD = "an incident is open, and the box that overrides it was not ticked."
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
        Path.REDEPLOY: f"Redeploy {plan.target.label} of {plan.project.name}",
        Path.ROLLBACK: f"Roll back {to}",
    }[plan.path]


def card(
    plan: Plan,
    confirmation_id: str,
    *,
    now: datetime,
    valid: timedelta,
    before: Plan | None = None,
    held: bool = False,
) -> Message:
    """`before` is the plan of an earlier card that no longer holds: what changed since is marked on top. `held`: an
    incident was in the way of the click.
    """
    blocks: list[Block] = [header(f"{title(plan)}?")]
    if held:
        blocks.append(section(f"*Nothing was done: {_HELD}*"))
    if before:
        blocks += sections(changed.since(before, plan))
    blocks += [
        *_incidents(plan),
        section(_path(plan)),
        *sections(_domains(plan), _show_domains(plan, confirmation_id)),
        columns(*(_side(label, deployment, plan, now) for label, deployment in _sides(plan))),
    ]
    if plan.code and plan.current:
        blocks.append(section(consequences.commits(plan.code), _compare(plan.code)))
    blocks += sections(consequences.environment(plan), _show_keys(plan, confirmation_id))
    if moves := [*consequences.cron_jobs(plan), *consequences.migrations(plan)]:
        blocks += sections(moves)
    blocks.append(section(consequences.auto_assignment(plan), _keep_off(plan)))
    if mind := [*consequences.others(plan), *(_CAUTIONS[c] for c in _cautions(plan))]:
        blocks += sections(["*Mind*", *bullets(mind, len(mind))])
    blocks += [DividerBlock(), row(*_buttons(plan, confirmation_id)), context(_validity(valid))]
    affected = 0 if plan.stays_staged else len(plan.domains)
    return Message(f"{escape(title(plan))}? {count(affected, 'domain')} affected.", tuple(blocks))


def _cautions(plan: Plan) -> Iterator[Caution]:
    """A move that is the bot's own is waited for, so its place is not taken."""
    waited_for = any(o.holds_up for o in plan.others)
    return (c for c in plan.cautions if not (waited_for and c is Caution.MOVE_UNDER_WAY))


def spent(plan: Plan, by: str) -> Message:
    """What a card becomes after its click: one line."""
    where = "A message in the channel tells how it goes, or a direct one where I may not write here."
    text = f"{escape(title(plan))}: confirmed by {mention(by)}. {where}"
    return Message(text, (context(text),))


def cancelled(plan: Plan) -> Message:
    text = f"{escape(title(plan))}: cancelled. Nothing was done."
    return Message(text, (context(text),))


def all_domains(plan: Plan) -> View:
    """The modal behind *Show all domains*."""
    lines = _listed(plan, plan.domains)
    will = "stay for now" if plan.only_begins else "will move"
    head = f"*{count(len(lines), 'domain')}* of {foreign(plan.project.name)} {will}{_all_serve(plan)}."
    return modal("Affected domains", head, lines)


def all_keys(plan: Plan) -> View:
    """The modal behind *Show all keys*: names only, as everywhere."""
    lists = list(consequences.key_lists(plan.environment))
    lines = [line for what, keys in lists for line in (f"*{what} ({len(keys)})*", *_keys(keys))]
    total = sum(len(keys) for _, keys in lists)
    return modal("Environment keys", f"*{count(total, 'key')}* of {foreign(plan.project.name)}.", lines)


def modal(title: str, head: str, lines: list[str]) -> View:
    """What does not fit into it is counted."""
    kept, blocks = lines, sections(lines)
    while not _fit(blocks):
        kept = kept[: len(kept) * 9 // 10]
        blocks = sections([*kept, f"and {len(lines) - len(kept)} more"])
    return View(type="modal", title=title, close="Close", blocks=[section(head), *blocks])


def _fit(blocks: list[SectionBlock]) -> bool:
    """Slack takes a hundred blocks and 250,000 bytes."""
    return len(blocks) < _MODAL_BLOCKS and len(dumps([b.to_dict() for b in blocks])) < _MODAL_BYTES


def _keys(keys: tuple[str, ...]) -> list[str]:
    return [f"• {code(key, _WHOLE_KEY)}" for key in keys]


def _path(plan: Plan) -> str:
    usual = f" This usually takes {took(plan.usual)}." if plan.usual else ""
    reason = f"\n*Reason*: {foreign(plan.reason, MAX_REASON)}" if plan.reason else ""
    return f"{_how(plan)}{usual}{reason}"


def _how(plan: Plan) -> str:
    staged = releasecard.how(plan)
    if staged and not plan.path.builds:
        return staged
    match plan.path:
        case Path.PROMOTE:
            return "*Promote, instant.* The domains move to a finished production build. Nothing is rebuilt."
        case Path.ROLLBACK:
            return "*Instant rollback.* The domains go back to a deployment that served before. Nothing is rebuilt."
        case Path.REDEPLOY:
            return f"*Complete build.* What failed is built again, from the same source. {consequences.becomes(plan)}"
        case _:
            onward = f".\n{staged}" if staged else ", and the new deployment becomes Current."
            return (
                "*Complete rebuild.* A preview cannot be promoted as it is: its source is built again for "
                f"production{onward}"
            )


def _sides(plan: Plan) -> tuple[tuple[str, Deployment | None], ...]:
    then = "Built again" if plan.stays_staged else "Current then"
    return releasecard.sides(plan) or (("Current now", plan.current), (then, plan.target))


def _side(label: str, deployment: Deployment | None, plan: Plan, now: datetime) -> str:
    if deployment is None:
        return f"*{label}*\nnothing"
    since = plan.project.current_since if deployment == plan.current else None
    serving = f", Current for {span(now - since)}" if since else ""
    return f"*{label}*\n{deployment_line(deployment)}\n{old(deployment, now)}{serving}\n{code(deployment.id)}"


def _domains(plan: Plan) -> list[str]:
    if plan.stays_staged:
        return ["*Affected domains*: none, as long as nobody promotes the new build."]
    if not plan.domains:
        return ["*Affected domains*: none, this project has no production domain."]
    # Those that serve something else come first, so that none of them is only counted.
    first = sorted(plan.domains, key=lambda d: _serves_current(d, plan))
    lines = [
        f"*Affected domains ({len(plan.domains)})*{_all_serve(plan)}",
        *_listed(plan, first[:SHOWN_DOMAINS]),
    ]
    if len(first) > SHOWN_DOMAINS:
        lines.append(f"and {len(first) - SHOWN_DOMAINS} more")
    if plan.only_begins:
        lines.append("They stay where they are until the rolling release is complete.")
    if plan.redirects:
        follow = (f"{domain_name(d.name)} → {domain_name(d.redirect or '')}" for d in plan.redirects)
        lines.append(f"Redirects follow: {named(follow, 5, _ROOM_FOR_REDIRECTS)}")
    return lines


def _all_serve(plan: Plan) -> str:
    """Said once where it is true of every domain."""
    return f", serving {code(plan.current.label)} now" if plan.current and _agree(plan) else ""


def _listed(plan: Plan, domains: Iterable[Domain]) -> list[str]:
    agree = _agree(plan)
    return [f"• {domain_name(d.name)}" if agree else f"• {_domain(d, plan)}" for d in domains]


def _agree(plan: Plan) -> bool:
    return all(_serves_current(d, plan) for d in plan.domains)


def _serves_current(domain: Domain, plan: Plan) -> bool:
    return plan.current is not None and domain.serves == plan.current.id


def _domain(domain: Domain, plan: Plan) -> str:
    if domain.serves is None:
        return f"{domain_name(domain.name)}: serves nothing now"
    if plan.current and domain.serves == plan.current.id:
        return f"{domain_name(domain.name)}: serves {code(plan.current.label)} now"
    return f"{domain_name(domain.name)}: serves {code(domain.serves)} now, not what is Current"


def _buttons(plan: Plan, confirmation_id: str) -> Iterator[ButtonElement]:
    style = "danger" if plan.path.goes_back else "primary"
    verb = releasecard.verb(plan) or f"{VERBS[plan.path]}{' when ready' if plan.when_ready else ''}"
    yield button(verb, actions.CONFIRM, confirmation_id, style=style)
    yield button("Choose another", actions.CHOOSE, confirmation_id)
    yield button("Cancel", actions.CANCEL, confirmation_id)


def _show_domains(plan: Plan, confirmation_id: str) -> ButtonElement | None:
    if len(plan.domains) <= SHOWN_DOMAINS:
        return None
    return button(f"Show all {len(plan.domains)} domains", actions.SHOW_DOMAINS, confirmation_id)


def _show_keys(plan: Plan, confirmation_id: str) -> ButtonElement | None:
    lists = [keys for _, keys in consequences.key_lists(plan.environment)]
    if all(map(consequences.is_shown_whole, lists)):
        return None
    return button("Show all keys", actions.SHOW_KEYS, confirmation_id)


def _incidents(plan: Plan) -> list[SectionBlock]:
    """What holds it back, with the box that lets it through all the same."""
    if not plan.asks_to_override:
        return []
    noun = "An incident is" if len(plan.incidents) == 1 else f"{len(plan.incidents)} incidents are"
    lines = [f"{foreign(i.what) or 'no words'}, since {moment(i.since)}" for i in plan.incidents]
    text = "\n".join([f"*{noun} open on {foreign(plan.project.name)}*", *bullets(lines, _SHOWN_INCIDENTS)])
    told = "Everybody reads in the incident that you did. A rollback needs no tick."
    return [section(text, checkbox("Override the incident", told, actions.OVERRIDE, OVERRIDE, ticked=False))]


def _keep_off(plan: Plan) -> CheckboxesElement | None:
    if not plan.asks_to_keep_off:
        return None
    told = "New builds then stay Staged until somebody promotes."
    return checkbox("Keep it off", told, actions.KEEP_OFF, KEEP_OFF, ticked=plan.keep_off)


def _compare(change: CodeChange) -> ButtonElement | None:
    return link("Compare", actions.OPEN_LINK, change.compare_url)


def _validity(valid: timedelta) -> str:
    return f"Only you see this. Valid for {span(valid)}, for one click."
