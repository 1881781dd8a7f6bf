"""What is there: Current of projects, newest deployments, rollback candidates."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock

from chatbot.domain.candidates import is_newer
from chatbot.domain.deployments import Deployment, Domain, Project, State, state_of
from chatbot.domain.releases import RollingRelease
from chatbot.domain.serving import Served
from chatbot.domain.waysback import WayBack
from chatbot.messages import actions
from chatbot.messages.message import Message, button, context, header, markup, row, says, section, sections
from chatbot.messages.oneclick import back_button
from chatbot.messages.release import goes_on, line, standing
from chatbot.messages.wording import (
    MAX_BUTTON,
    bullets,
    code,
    count,
    deployment_line,
    deployment_text,
    domain_name,
    escape,
    foreign,
    moment,
    old,
    plain,
    span,
)

SHOWN_PROJECTS = 20
_SHOWN_DEPLOYMENTS = 10
_SHOWN_CANDIDATES = 6
_SHOWN_DOMAINS = 40
_SHOWN_NEWER = 3


def current_of_all(
    projects: Sequence[Project],
    now: datetime,
    releases: Mapping[str, RollingRelease] = MappingProxyType({}),
    ways_back: Mapping[str, WayBack] = MappingProxyType({}),
    *,
    of_channel: bool = False,
) -> Message:
    """`releases` are those under way, and `ways_back` where one click goes, by project id. `of_channel`: there are
    other projects.
    """
    if not projects:
        return says("There is no project that this token can see.")
    ordered = sorted(projects, key=lambda p: p.name)
    shown = ordered[:SHOWN_PROJECTS]
    buttons = [back_button(ways_back[p.id], n) if p.id in ways_back else None for n, p in enumerate(shown, 1)]
    blocks: list[Block] = [
        section(_current(p, now, releases.get(p.id)), button_)
        for p, button_ in zip(shown, buttons, strict=True)
    ]
    if len(ordered) > SHOWN_PROJECTS:
        blocks.append(section(f"And {len(ordered) - SHOWN_PROJECTS} more: name one after `/current`."))
    if of_channel:
        blocks.append(
            context("The projects that this channel subscribes to by name. `/current *` shows all.")
        )
    names = ", ".join(
        f"{p.name} {p.current.label if p.current else 'nothing'}" for p in ordered[:SHOWN_PROJECTS]
    )
    return Message(f"Current: {escape(names)}.", (header("Current"), *blocks))


def current_of_one(
    project: Project,
    domains: Iterable[Domain],
    now: datetime,
    resume: Deployment | None = None,
    release: RollingRelease | None = None,
    back: WayBack | None = None,
) -> Message:
    """`resume`: what would end the pinning of production, if it is pinned. `release`: the one that is under way.
    `back`: where one click goes.
    """
    serving = [_domain(d, project) for d in sorted(domains, key=lambda d: d.name) if d.git_branch is None]
    blocks: list[Block] = [section(_current(project, now, release))]
    if serving:
        blocks += sections(["*Domains*", *bullets(serving, _SHOWN_DOMAINS)])
    buttons = [back_button(back)] if back else []
    if project.current is not None:
        buttons.append(button("Roll back…", actions.CANDIDATES, project.id))
    if resume is not None:
        buttons.append(resume_button(project, resume))
    if release is not None:
        buttons.append(button("Rolling release…", actions.SHOW_RELEASE, project.id))
    blocks += [row(*buttons)] if buttons else []
    label = project.current.label if project.current else "nothing"
    return Message(f"Current of {foreign(project.name)}: {foreign(label)}.", tuple(blocks))


def newest(deployments: Sequence[Deployment], current: Mapping[str, str | None], now: datetime) -> Message:
    """`current`: project id to the id of its Current deployment."""
    if not deployments:
        return says("There are no deployments.")
    shown = [
        _listed(d, state_of(d, current.get(d.project_id)), now) for d in deployments[:_SHOWN_DEPLOYMENTS]
    ]
    lines = "; ".join(
        f"{d.project_name} {d.label} {state_of(d, current.get(d.project_id))}"
        for d in deployments[:_SHOWN_DEPLOYMENTS]
    )
    return Message(f"Newest deployments: {escape(lines)}", (header("Newest deployments"), *shown))


def in_message(
    deployments: Sequence[Deployment], current: Mapping[str, str | None], now: datetime
) -> Message:
    """The several that a message speaks of. `current` as in `newest`."""
    shown = [
        _listed(d, state_of(d, current.get(d.project_id)), now) for d in deployments[:_SHOWN_DEPLOYMENTS]
    ]
    text = f"That message speaks of {count(len(deployments), 'deployment')}. Which one?"
    return Message(text, (section(text), *shown))


def candidates(
    project: Project,
    found: Sequence[Deployment],
    served: Mapping[str, Served],
    now: datetime,
    *,
    reason: str | None = None,
    resume: Deployment | None = None,
) -> Message:
    """Where an instant rollback of this project can go to, in the order of `found`: what is newer than Current comes
    last. `served`: when each did so last, where that is known. `resume`: what would end the pinning.
    """
    current = f"Current: {deployment_line(project.current)}" if project.current else "Nothing is Current."
    if project.pinned:
        current += "\nProduction is pinned by a rollback: new builds stay Staged until somebody promotes."
    blocks: list[Block] = [header(f"Roll back {project.name}?"), section(current)]
    forward = [d for d in found if is_newer(d, project)][:_SHOWN_NEWER]
    back = [d for d in found if not is_newer(d, project)][: _SHOWN_CANDIDATES - len(forward)]
    for number, deployment in enumerate((*back, *forward), 1):
        notes = [_served(served.get(deployment.id)) or old(deployment, now)]
        if is_newer(deployment, project):
            notes.append("newer than Current: this goes forward")
        value = f"{deployment.id} {reason}" if reason else deployment.id
        blocks.append(
            SectionBlock(
                text=markup(f"{deployment_line(deployment)}\n{' · '.join(notes)}"),
                accessory=button(
                    f"Roll back to {deployment.label}", actions.numbered(actions.ROLL_BACK, number), value
                ),
            )
        )
    if rest := len(found) - len(back) - len(forward):
        blocks.append(section(f"And {rest} more: name one after `/rollback`."))
    if resume is not None:
        blocks.append(row(resume_button(project, resume)))
    blocks.append(context("Nothing is done before you have confirmed. A rollback needs no rebuild."))
    first = f", the first is {foreign(found[0].label)}" if found else ""
    text = f"{count(len(found), 'rollback candidate')} of {foreign(project.name)}{first}."
    return Message(text, tuple(blocks))


def resume_button(project: Project, resume: Deployment) -> ButtonElement:
    """Leads to the confirmation of the promote that ends a pinning. What it promotes is found anew at the click."""
    return button(f"Resume with {resume.label}", actions.RESUME, project.id)


def _served(served: Served | None) -> str:
    if served is None:
        return ""
    if served.until is None:
        return f"served from {moment(served.since)} on" if served.since else ""
    about = "about " if served.about else ""
    took = f" {about}{span(served.duration)}" if served.duration else ""
    return f"served{took} until {moment(served.until)}"


def which_project(projects: Sequence[Project], *, undo: bool = False, of_channel: bool = False) -> Message:
    """When a rollback, or its undo, names no project. `of_channel`: there are other projects."""
    ordered = sorted(projects, key=lambda p: p.name)
    action = actions.UNDO_LAST if undo else actions.CANDIDATES
    buttons = [button(p.name, actions.numbered(action, n), p.id) for n, p in enumerate(ordered[:20], 1)]
    command = "/rollback undo" if undo else "/rollback"
    more = f" There are more: name one after `{command}`." if of_channel or len(ordered) > 20 else ""
    if not buttons:
        return says("There is no project that this token can see.")
    question = "Undo the last change of which project?" if undo else "Roll back which project?"
    return says(f"{question}{more}", row(*buttons))


def choices(project: Project, deployments: Sequence[Deployment], now: datetime) -> Message:
    """What else could become Current, behind *Choose another*."""
    current_id = project.current.id if project.current else None
    states = {d.id: state_of(d, current_id) for d in deployments}
    open_to = [d for d in deployments if states[d.id] in {State.STAGED, State.PREVIEW, State.PROMOTED}]
    if not open_to:
        return says(f"{foreign(project.name)} has no other deployment that could become Current.")
    shown = [_listed(d, states[d.id], now) for d in open_to[:_SHOWN_DEPLOYMENTS]]
    return Message(
        f"Choose a deployment of {foreign(project.name)}.", (header(f"Choose for {project.name}"), *shown)
    )


def _current(project: Project, now: datetime, release: RollingRelease | None = None) -> str:
    name = foreign(project.name)
    if project.current is None:
        return f"*{name}*: nothing is Current."
    text = f"*{name}*: {deployment_line(project.current)} {code(project.current.id)}"
    if since := project.current_since:
        text += f"\nCurrent for {span(now - since)}"
    if release is not None:
        canary = f"{line(release.canary)}, {standing(release)}"
        text += f"\nA rolling release is under way to {canary}. {goes_on(release, now)}"
    if project.pinned:
        why = f": {foreign(project.rollback_reason)}" if project.rollback_reason else ""
        return f"{text} · pinned by a rollback{why}. New builds stay Staged until somebody promotes."
    return text if project.auto_assign else f"{text} · auto-assignment is off, new builds stay Staged"


def _domain(domain: Domain, project: Project) -> str:
    name = domain_name(domain.name)
    if domain.redirect:
        return f"{name} → {domain_name(domain.redirect)}"
    if domain.serves is None:
        return f"{name}: serves nothing"
    if project.current and domain.serves == project.current.id:
        return f"{name}: serves Current"
    return f"{name}: serves {code(domain.serves)}, not Current"


def _listed(deployment: Deployment, state: State, now: datetime) -> SectionBlock:
    text = f"*{state}* · {foreign(deployment.project_name)} · {deployment_line(deployment)}\n"
    text += f"{span(max(now - deployment.created_at, timedelta()))} old · {code(deployment.id)}"
    accessory: ButtonElement | None = None
    label = ""
    if state in {State.STAGED, State.PREVIEW}:
        label, accessory = "Promote…", button("Promote…", actions.PROMOTE, deployment.id)
    elif state is State.PROMOTED and deployment.rollback_candidate:
        label, accessory = "Roll back…", button("Roll back…", actions.ROLL_BACK, deployment.id)
    if accessory is not None:
        accessory.accessibility_label = plain(f"{label} {deployment_text(deployment)}", MAX_BUTTON)
    return SectionBlock(text=markup(text), accessory=accessory)
