"""The card of an incident: one message that is pinned, and kept true until it is resolved."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.incidents import Visit, times, ways_back_of
from chatbot.domain.operations import Stage
from chatbot.domain.scenes import WAYS, Scene, Standing
from chatbot.domain.waysback import WayBack
from chatbot.messages import actions, oneclick
from chatbot.messages.incidentsuspects import suspect
from chatbot.messages.incidenttimeline import lines, marks, name_of
from chatbot.messages.message import (
    Message,
    ask_first,
    button,
    context,
    header,
    row,
    section,
    sections,
    written,
)
from chatbot.messages.proof import fault_in_words
from chatbot.messages.wording import (
    bullets,
    code,
    count,
    deployment_line,
    domain_name,
    foreign,
    lasted,
    mention,
    moment,
    named,
    plain,
)

ROOMY = 4
"""Up to so many projects have all three ways back as buttons; with more, each has the first."""
_SHOWN_ILL = 3
_MESSAGE = 11_000
"""Characters: Slack takes some 13,000 of a message."""
_WENT = {
    Stage.SUCCEEDED: "through",
    Stage.PARTLY_MOVED: "partly moved",
    Stage.FAILED: "failed",
    Stage.UNKNOWN: "unknown",
}
_PINNING = {
    "not_in_channel": "Not pinned: invite me to this channel, and I will pin the next one.",
    "missing_scope": "Not pinned: I lack the scope `pins:write`.",
    "too_many_pins": "Not pinned: this channel has as many pins as Slack allows.",
}


@dataclass(frozen=True)
class _Room:
    """What there is room for. `ill` are characters for the sites that are not well; `brief`: a label and no more."""

    ill: int
    suspects: int
    entries: int
    brief: bool = False


_ROOMS = (_Room(240, 6, 8), _Room(120, 4, 4, brief=True), _Room(0, 2, 2, brief=True))
_LEAST = _Room(0, 0, 1, brief=True)


def card(scene: Scene) -> Message:
    """With as much as a message takes."""
    at = scene.incident.resolved_at
    if at is not None:
        return _resolved(scene, at)
    rooms = (Message(_in_short(scene), tuple(_blocks(scene, room))) for room in _ROOMS)
    return next((made for made in rooms if written(made) <= _MESSAGE), None) or _least(scene)


def _least(scene: Scene) -> Message:
    return Message(_in_short(scene), tuple(_blocks(scene, _LEAST)))


def _blocks(scene: Scene, room: _Room) -> Iterator[Block]:
    incident = scene.incident
    yield header(f"Incident: {name_of(incident)}")
    yield section(_opened(scene))
    for number, standing in enumerate(scene.standings):
        yield from _standing(standing, WAYS * number, room, roomy=len(scene.standings) <= ROOMY)
    if scene.suspects and room.suspects:
        yield section("*Last changes before it*")
    elif scene.standings and room.suspects:
        yield section("*Last changes before it*: I know of none within a day.")
    for number, one in enumerate(scene.suspects[: room.suspects], 1):
        yield suspect(one, incident.begun, number)
    if len(ways := ways_back_of(scene.entries)) > 1:
        yield section(_ways_back(ways))
    if since := list(lines(scene.entries[1:], incident.begun)):
        yield from sections(["*Since then*", *bullets(since[-room.entries :], room.entries)])
    yield row(*_buttons(scene))
    yield context(_state(scene))


def _ways_back(ways: Mapping[str, Stage | None]) -> str:
    """What became of each project, of many at one sight."""
    groups: dict[str, list[str]] = {}
    for name, stage in ways.items():
        how = _WENT.get(stage, "not done") if stage else "under way"
        groups.setdefault(how, []).append(foreign(name, 60))
    told = (f"{len(names)} {how}: {named(names, 20, 300)}" for how, names in groups.items())
    return f"*Ways back*: {' · '.join(told)}"


def health(visits: Iterable[Visit], unvisited: int = 0, room: int = 240) -> str:
    """`3 of 5 domains are well`, and which are not, as far as there is room."""
    seen = list(visits)
    ill = [visit for visit in seen if not visit.is_well]
    more = f" {unvisited} more are not visited." if unvisited else ""
    if not seen:
        return f"No domain was visited.{more}"
    if not ill:
        return (
            f"All {count(len(seen), 'domain')} well.{more}" if len(seen) > 1 else f"Its domain is well.{more}"
        )
    head = f"*{len(seen) - len(ill)} of {count(len(seen), 'domain')} well*"
    if not room:
        return f"{head}.{more}"
    return f"{head}: {named((f'{domain_name(v.name)} {_ill(v)}' for v in ill), _SHOWN_ILL, room)}.{more}"


def _ill(visit: Visit) -> str:
    return f"answers {visit.status}" if visit.status is not None else fault_in_words(visit.fault)


def _opened(scene: Scene) -> str:
    incident = scene.incident
    projects = named(map(foreign, incident.projects), 20, 600)
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


def _standing(standing: Standing, first: int, room: _Room, *, roomy: bool) -> Iterator[Block]:
    """`first` tells its buttons from those of the others."""
    text = f"*{foreign(standing.name, 60 if room.brief else 100)}*: {_current(standing, room)}"
    ways = standing.ways if roomy else standing.ways[:1]
    buttons = [_back(way, first + number) for number, way in enumerate(ways, 1)]
    if standing.rolling:
        show = actions.numbered(actions.SHOW_RELEASE, 101 + first)
        buttons.append(button("Rolling release…", show, standing.project_id))
    if roomy or not buttons:
        yield section(text)
        if buttons:
            yield row(*buttons)
    else:
        yield section(text, buttons[0])


def _current(standing: Standing, room: _Room) -> str:
    project, well = standing.project, health(standing.visits, standing.unvisited, room.ill)
    if project is None:
        return "Vercel does not say what is Current. I go on asking."
    if project.current is None:
        return f"nothing is Current.\n{well}"
    if room.brief:
        return f"{code(project.current.label)}{' · pinned' if project.pinned else ''}\n{well}"
    since = f", since {moment(project.current_since)}" if project.current_since else ""
    pinned = " · pinned by a rollback" if project.pinned else ""
    move = project.move_under_way
    moving = f" · a {foreign(move.type, 40)} is under way" if move else ""
    none = "" if standing.ways else "\nThere is nothing to roll back to."
    if standing.rolling:
        none = "\nA rolling release is under way: its abort is the way back."
    return f"{deployment_line(project.current)}{since}{pinned}{moving}\n{well}{none}"


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
        f"after {lasted(at - incident.opened_at)}. The timeline is in the thread."
    )
    blocks = (
        header(f"Resolved: {name_of(incident)}"),
        section(text),
        *sections(bullets(marks(found), 9)),
    )
    return Message(f"Resolved: {foreign(name_of(incident))}. {text}", blocks)
