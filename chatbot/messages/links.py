"""The card beneath a link: what it leads to, as it was when the link was posted.

Everybody reads it, so its buttons lead to a confirmation or to a choice that only whoever may act gets.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.deployments import Deployment, Domain, Project, State, state_of
from chatbot.domain.planning import undoes_a_rollback
from chatbot.domain.releases import RollingRelease
from chatbot.messages import actions
from chatbot.messages.message import Message, button, context, link, row, section
from chatbot.messages.release import standing
from chatbot.messages.wording import code, count, deployment_line, domain_name, foreign, moment, named, span

_SHOWN_DOMAINS = 5


def deployment_card(
    deployment: Deployment,
    project: Project,
    domains: Iterable[Domain],
    now: datetime,
    release: RollingRelease | None = None,
) -> Message:
    """`release`: the one that is under way."""
    state = state_of(deployment, project.current.id if project.current else None)
    name = foreign(project.name)
    lines = [
        f"*{state}* · {name} · {deployment_line(deployment)}",
        f"{span(max(now - deployment.created_at, timedelta()))} old · {code(deployment.id)}",
    ]
    if serves := [domain_name(d.name) for d in domains if d.serves == deployment.id and d.redirect is None]:
        lines.append(f"Serves {named(serves, _SHOWN_DOMAINS)}")
    if state is State.FAILED and deployment.error:
        lines.append(foreign(deployment.error, 300))
    if state is not State.CURRENT:
        lines.append(_current(project, release))
    buttons = _buttons(deployment, state, project, release)
    text = f"{state}: {name} {foreign(deployment.label)}"
    return Message(text, _card(lines, buttons, now))


def project_card(
    project: Project, domains: Iterable[Domain], now: datetime, release: RollingRelease | None = None
) -> Message:
    serving = [d for d in domains if d.moves_with_production]
    lines = [f"*{foreign(project.name)}* · {_current(project, release)}"]
    if project.current and (since := project.current_since):
        lines.append(f"Current for {span(now - since)}")
    if serving:
        names = named((domain_name(d.name) for d in serving), _SHOWN_DOMAINS)
        lines.append(f"{count(len(serving), 'production domain')}: {names}")
    if project.pinned:
        lines.append("Production is pinned by a rollback: new builds stay Staged until somebody promotes.")
    elif not project.auto_assign:
        lines.append("Auto-assignment is off: new builds stay Staged until somebody promotes.")
    buttons: list[ButtonElement | None] = []
    if project.current is not None:
        buttons.append(button("Roll back…", actions.CANDIDATES, project.id))
    if release is not None:
        buttons.append(_rolling(project))
    label = project.current.label if project.current else "nothing"
    return Message(f"Current of {foreign(project.name)}: {foreign(label)}", _card(lines, buttons, now))


def _card(lines: list[str], buttons: list[ButtonElement | None], now: datetime) -> tuple[Block, ...]:
    shown = [b for b in buttons if b is not None]
    blocks: list[Block] = [section("\n".join(lines))]
    if shown:
        blocks.append(row(*shown))
    return (*blocks, context(f"As of {moment(now)}."))


def _current(project: Project, release: RollingRelease | None) -> str:
    if project.current is None:
        return "Nothing is Current."
    under_way = f" A rolling release is under way, {standing(release)}." if release else ""
    return f"Current is {deployment_line(project.current)}.{under_way}"


def _buttons(
    deployment: Deployment, state: State, project: Project, release: RollingRelease | None
) -> list[ButtonElement | None]:
    match state:
        case _ if release is not None and state not in {State.BUILDING, State.FAILED, State.PROMOTED}:
            found = [_rolling(project)]
        case State.STAGED | State.PREVIEW:
            found = [button("Promote…", actions.PROMOTE, deployment.id)]
        case State.PROMOTED if undoes_a_rollback(project, deployment):
            found = [button("Promote…", actions.PROMOTE, deployment.id)]
        case State.PROMOTED if deployment.rollback_candidate:
            found = [button("Roll back…", actions.ROLL_BACK, deployment.id)]
        case State.CURRENT:
            found = [button("Roll back…", actions.CANDIDATES, project.id)]
        case _:
            found = []
    logs = link("Build logs", actions.OPEN_LINK, deployment.logs_url) if state is State.FAILED else None
    return [*found, logs]


def _rolling(project: Project) -> ButtonElement:
    return button("Rolling release…", actions.SHOW_RELEASE, project.id)
