"""App Home: every project's production, what is under way, and what was done lately."""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    DividerBlock,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from chatbot.domain.course import went_back
from chatbot.domain.homes import MAX_SEARCH, OpenIncident, Overview, Page, Standing
from chatbot.domain.news import Change, How, Kind
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.plans import Path
from chatbot.messages import about, actions
from chatbot.messages.confirmation import title
from chatbot.messages.message import button, context, header, row, section, sections
from chatbot.messages.oneclick import back_button
from chatbot.messages.proof import how_ill
from chatbot.messages.wording import (
    MAX_BUTTON,
    bullets,
    code,
    count,
    deployment_line,
    domain_name,
    foreign,
    mention,
    moment,
    named,
    plain,
)

_LISTED = 8
_STAGES = {
    Stage.WAITING: "waiting",
    Stage.REQUESTED: "about to be asked for",
    Stage.ASKED: "asked for",
    Stage.BUILDING: "building",
    Stage.MOVING: "the domains are moving",
    Stage.QUEUED: "queued behind a rolling release",
    Stage.UNSURE: "not clear whether Vercel took it",
}


def home(overview: Overview, entries: Sequence[about.Entry] = ()) -> View:
    """`entries` are the newest of the audit log. Whoever may change nothing sees no button that does."""
    blocks: list[Block] = [
        section(_who(overview)),
        context(
            f"Up to date by itself until {moment(overview.until)}, but for the health: *Refresh* visits the sites."
        ),
    ]
    if overview.incidents:
        lines = bullets(map(_incident, overview.incidents), _LISTED)
        blocks += [header("Open incidents"), *sections(lines)]
    if overview.under_way:
        lines = bullets(map(_under_way, overview.under_way), _LISTED)
        blocks += [header("Under way"), *sections(lines)]
    blocks += [header("Production"), *_search(overview)]
    asked_for = {o.plan.target.id for o in overview.under_way if o.plan.path is Path.ROLLBACK}
    for number, standing in enumerate(overview.standings, 1):
        blocks.append(section(_standing(standing)))
        if overview.may_act:
            blocks.append(row(*_buttons(standing, number, asked_for)))
        blocks.append(DividerBlock())
    blocks += _pager(overview.page)
    blocks += _log(entries)
    return View(type="home", blocks=blocks)


def _who(overview: Overview) -> str:
    if overview.decision is None:
        return "Slack did not tell me who you are just now, so there is no button here. *Refresh* asks again."
    return about.whoami(overview.user, overview.decision).text


def _incident(incident: OpenIncident) -> str:
    projects = named((foreign(name, 60) for name in incident.projects), 5) or "no project"
    return f"*{foreign(incident.what, 120)}* · {projects} · since {moment(incident.since)}{_in(incident.channel)}"


def _under_way(operation: Operation) -> str:
    stage = _STAGES.get(operation.stage, operation.stage.value)
    what = foreign(title(operation.plan), 150)
    return f"*{what}*: {stage} · by {mention(operation.actor)}{_in(operation.channel)}"


def _in(channel: str) -> str:
    return f" · in <#{channel}>" if channel.startswith(("C", "G")) else " · told directly"


def _search(overview: Overview) -> list[Block]:
    """Its block is named after what is searched for: Slack keeps what somebody is typing while it stays the same."""
    page, search = overview.page, overview.search
    if page.all == 0:
        return [section("I have seen no project yet. They appear here as soon as I have.")]
    known = sha256(search.encode()).hexdigest()[:8]
    field = InputBlock(
        block_id=f"home.search.{known}",
        label=PlainTextObject(text="Find projects"),
        dispatch_action=True,
        optional=True,
        element=PlainTextInputElement(
            action_id=actions.HOME_SEARCH,
            initial_value=search or None,
            max_length=MAX_SEARCH,
            placeholder=PlainTextObject(text="A part of the name, then Enter"),
            dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]},
        ),
    )
    buttons = [button("Refresh", actions.HOME_REFRESH, "-")]
    if search:
        buttons.append(button("Show all", actions.HOME_ALL, "-"))
    return [field, row(*buttons), section(_found(page, search))]


def _found(page: Page, search: str) -> str:
    if not search:
        return f"{count(page.all, 'project')}, those that need somebody first."
    if page.found == 0:
        return f"None of {count(page.all, 'project')} has {code(search)} in its name."
    return f"{page.found} of {count(page.all, 'project')} with {code(search)} in the name."


def _standing(standing: Standing) -> str:
    name = foreign(standing.called.name, 100)
    serves = deployment_line(standing.current) if standing.current else "nothing is Current"
    lines = [f"*{name}*  {serves}", " · ".join(_state(standing)), _health(standing)]
    if standing.last is not None:
        lines.append(f"Last change: {_last(standing.last)}")
    return "\n".join(line for line in lines if line)


def _state(standing: Standing) -> Iterable[str]:
    if standing.called.is_in_incident:
        yield "*An incident is open*"
    if standing.called.is_moving:
        yield "*a change is under way*"
    if standing.is_releasing:
        yield "*a rolling release is under way*"
    if standing.called.is_pinned:
        why = f" ({foreign(standing.pinned_because, 80)})" if standing.pinned_because else ""
        yield f"*pinned by a rollback*{why}: new builds stay Staged"
    elif not standing.auto_assign:
        yield "auto-assignment is off: new builds stay Staged"
    if standing.since is not None:
        yield f"Current since {moment(standing.since)}"


def _health(standing: Standing) -> str:
    parts = [count(standing.domains, "domain") if standing.domains else "no production domain is known"]
    if standing.astray:
        names = named(map(domain_name, standing.astray), 3, 200)
        parts.append(f"*not serving Current: {names}*")
    parts.append(_visited(standing))
    return " · ".join(part for part in parts if part)


def _visited(standing: Standing) -> str:
    health, domains = standing.health, standing.domains
    if health is None or not health.visits:
        return "health not looked at yet" if domains else ""
    at = f"looked at {moment(health.at)}"
    if standing.since is not None and health.at < standing.since:
        at += ", before that"
    if not health.ill:
        visited = len(health.visits)
        return f"{'all' if visited >= domains else f'{visited} visited, all'} well, {at}"
    ill = named((f"{domain_name(v.name)} {how_ill(v.status, v.fault)}" for v in health.ill), 3, 200)
    return f"*ill: {ill}*, {at}"


def _last(change: Change) -> str:
    who = change.who
    name = (mention(f"slack:{who.slack_user}") if who.slack_user else foreign(who.name, 60)) if who else ""
    return ", ".join(part for part in (_what(change), name and f"by {name}", moment(change.at)) if part)


def _what(change: Change) -> str:
    match change.kind:
        case Kind.CURRENT if change.now is None:
            return "nothing is Current any more"
        case Kind.CURRENT:
            label = code(change.now.label) if change.now else ""
            by_us = change.how is How.BOT
            return f"{label} {'was rolled back to from Slack' if by_us and went_back(change) else _HOWS[change.how]}"
        case Kind.FAILED:
            return "a production build failed"
        case Kind.STAGED:
            return f"{code(change.now.label) if change.now else 'a build'} is Staged"
        case _:
            return _OTHERS[change.kind]


_HOWS = {
    How.BOT: "was promoted from Slack",
    How.PUSHED: "became Current by a push",
    How.PROMOTED: "was promoted outside of Slack",
    How.ROLLED_BACK: "was rolled back to outside of Slack",
    How.RELEASED: "became Current by a rolling release",
    How.UNKNOWN: "became Current outside of Slack",
}
_OTHERS = {
    Kind.DOMAIN: "a domain was moved alone",
    Kind.RELEASE: "a rolling release took a step",
    Kind.PINNED: "pinned, or no longer pinned",
    Kind.GONE: "deleted on Vercel",
    Kind.RENAMED: "renamed",
}


def _buttons(standing: Standing, number: int, asked_for: Collection[str]) -> list[ButtonElement]:
    """`number` tells them apart from those of the other projects. What is rolled back to already is not offered."""
    project_id = standing.called.id

    def of_project(text: str, action: str, value: str = project_id) -> ButtonElement:
        return button(text, actions.numbered(action, number), value)

    found: list[ButtonElement] = []
    if standing.back is not None and standing.back.target.id not in asked_for:
        found.append(back_button(standing.back, number))
    if standing.current is not None:
        found.append(of_project("Roll back…", actions.CANDIDATES))
    found.append(of_project("Promote…", actions.HOME_PROMOTE, f"{project_id} {standing.called.name}"))
    if standing.called.is_pinned:
        found.append(of_project("Resume…", actions.RESUME))
    if standing.is_releasing:
        found.append(of_project("Rolling release…", actions.SHOW_RELEASE))
    for each in found:
        label = each.text.text if each.text else ""
        each.accessibility_label = plain(f"{label} {standing.called.name}", MAX_BUTTON)
    return found


def _pager(page: Page) -> list[Block]:
    if page.pages == 1:
        return []
    last = page.first + len(page.shown) - 1
    found: list[ButtonElement] = []
    if page.number > 0:
        found.append(button("Previous", actions.numbered(actions.HOME_PAGE, 1), str(page.number - 1)))
    if page.number + 1 < page.pages:
        found.append(button("Next", actions.numbered(actions.HOME_PAGE, 2), str(page.number + 1)))
    return [context(f"{page.first} to {last} of {count(page.found, 'project')}"), row(*found)]


def _log(entries: Sequence[about.Entry]) -> list[Block]:
    if not entries:
        return []
    lines = [about.entry_line(entry) for entry in entries]
    return [header("Audit log"), *sections(lines), context("Newest first. `/promotebot audit` shows more.")]
