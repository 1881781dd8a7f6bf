"""The card of an incident: one message that is pinned, and kept true until it is resolved."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.incidents import Visit, times
from chatbot.domain.scenes import WAYS, Incident, Scene, Standing
from chatbot.domain.waysback import WayBack
from chatbot.messages import actions, oneclick
from chatbot.messages.incidentsuspects import suspect
from chatbot.messages.incidenttimeline import lines, marks
from chatbot.messages.message import Message, ask_first, button, context, header, row, section, sections
from chatbot.messages.proof import fault_in_words
from chatbot.messages.wording import (
    bullets,
    count,
    deployment_line,
    domain_name,
    foreign,
    mention,
    moment,
    named,
    plain,
    span,
)

ROOMY = 4
"""Up to so many projects have all three ways back as buttons; with more, each has the first."""
_SHOWN_ENTRIES = 8
_SHOWN_ILL, _ROOM_FOR_ILL = 3, 240
_PINNING = {
    "not_in_channel": "Not pinned: invite me to this channel, and I will pin the next one.",
    "missing_scope": "Not pinned: I lack the scope `pins:write`.",
    "too_many_pins": "Not pinned: this channel has as many pins as Slack allows.",
}


def name_of(incident: Incident) -> str:
    """Without markup."""
    return plain(incident.what, 100) or f"on {plain(', '.join(incident.projects), 100)}"


def card(scene: Scene) -> Message:
    incident = scene.incident
    if incident.resolved_at is not None:
        return _resolved(scene, incident.resolved_at)
    blocks: list[Block] = [header(f"Incident: {name_of(incident)}"), section(_opened(scene))]
    for number, standing in enumerate(scene.standings):
        blocks += _standing(standing, WAYS * number, roomy=len(scene.standings) <= ROOMY)
    if scene.suspects:
        blocks.append(section("*Last changes before it*"))
        blocks += [suspect(one, incident.begun, number) for number, one in enumerate(scene.suspects, 1)]
    elif scene.standings:
        blocks.append(section("*Last changes before it*: I know of none within a day."))
    if since := list(lines(scene.entries[1:], incident.begun)):
        blocks += sections(["*Since then*", *bullets(since[-_SHOWN_ENTRIES:], _SHOWN_ENTRIES)])
    blocks += [row(*_buttons(scene)), context(_state(scene))]
    return Message(f"{_in_short(scene)}", tuple(blocks))


def health(visits: Iterable[Visit], unvisited: int = 0) -> str:
    """`3 of 5 domains are well`, and which are not."""
    seen = list(visits)
    ill = [visit for visit in seen if not visit.is_well]
    more = f" {unvisited} more are not visited." if unvisited else ""
    if not seen:
        return f"No domain was visited.{more}"
    if not ill:
        return (
            f"All {count(len(seen), 'domain')} well.{more}" if len(seen) > 1 else f"Its domain is well.{more}"
        )
    which = named((f"{domain_name(v.name)} {_ill(v)}" for v in ill), _SHOWN_ILL, _ROOM_FOR_ILL)
    return f"*{len(seen) - len(ill)} of {count(len(seen), 'domain')} well*: {which}.{more}"


def _ill(visit: Visit) -> str:
    return f"answers {visit.status}" if visit.status is not None else fault_in_words(visit.fault)


def _opened(scene: Scene) -> str:
    incident = scene.incident
    projects = named(map(foreign, incident.projects), 20, 900)
    return (
        f"Opened by {mention(incident.opened_by)} {moment(incident.opened_at)} for {projects}.\n"
        "What takes them forward needs an override until this is resolved. A rollback does not."
    )


def _in_short(scene: Scene) -> str:
    """For a lock screen."""
    name, projects = foreign(name_of(scene.incident)), named(map(foreign, scene.incident.projects), 5, 300)
    return f"Incident: {name} ({projects}). {_health_of_all(scene)}"


def _health_of_all(scene: Scene) -> str:
    seen = scene.visits
    if not seen:
        return "I am looking."
    ill = sum(not visit.is_well for visit in seen)
    return (
        f"{ill} of {count(len(seen), 'domain')} not well."
        if ill
        else f"All {count(len(seen), 'domain')} well."
    )


def _standing(standing: Standing, first: int, *, roomy: bool) -> Iterator[Block]:
    """`first` tells its buttons from those of the others."""
    text = f"*{foreign(standing.name)}*: {_current(standing)}"
    ways = standing.ways if roomy else standing.ways[:1]
    buttons = [_back(way, first + number) for number, way in enumerate(ways, 1)]
    if roomy or not buttons:
        yield section(text)
        if buttons:
            yield row(*buttons)
    else:
        yield section(text, buttons[0])


def _current(standing: Standing) -> str:
    project = standing.project
    if project is None:
        return "Vercel does not say what is Current. I go on asking."
    if project.current is None:
        return f"nothing is Current.\n{health(standing.visits, standing.unvisited)}"
    since = f", since {moment(project.current_since)}" if project.current_since else ""
    pinned = " · pinned by a rollback" if project.pinned else ""
    move = project.move_under_way
    moving = f" · a {move.type} is under way" if move else ""
    none = "" if standing.ways else "\nThere is nothing to roll back to."
    return (
        f"{deployment_line(project.current)}{since}{pinned}{moving}\n"
        f"{health(standing.visits, standing.unvisited)}{none}"
    )


def _back(way: WayBack, number: int) -> ButtonElement:
    made = oneclick.back_button(way, number)
    made.accessibility_label = plain(f"Roll back {way.project_name} to {way.target.label}", 75)
    return made


def _buttons(scene: Scene) -> Iterator[ButtonElement]:
    incident = scene.incident
    if sum(bool(standing.ways) for standing in scene.standings) > 1:
        yield button("Roll back all…", actions.ROLL_BACK_ALL, incident.id, style="danger")
    asked = ask_first(
        "Resolve this incident?",
        "Promotions need no override any more. The timeline is posted, and this card is unpinned.",
        "Resolve",
        deny="Keep it open",
    )
    asked.style = "primary"
    yield button("Resolve", actions.RESOLVE_INCIDENT, incident.id, confirm=asked)


def _state(scene: Scene) -> str:
    looked = f"Looked at {moment(scene.looked_at)}." if scene.looked_at else "I am looking."
    if not scene.pinned:
        return looked
    return f"{looked} {_PINNING.get(scene.pinned, f'Not pinned: Slack says {foreign(scene.pinned, 60)}.')}"


def _resolved(scene: Scene, at: datetime) -> Message:
    incident = scene.incident
    found = times(incident.begun, scene.entries)
    text = (
        f"Resolved by {mention(incident.resolved_by or 'bot')} {moment(at)}, "
        f"after {span(at - incident.opened_at)}. The timeline is in the thread."
    )
    blocks = (
        header(f"Resolved: {name_of(incident)}"),
        section(text),
        *sections(bullets(marks(found), 9)),
    )
    return Message(f"Resolved: {foreign(name_of(incident))}. {text}", blocks)
