"""`/incident list`: what is open, what was resolved last, and how fast the drills went."""

from collections.abc import Sequence
from datetime import datetime

from chatbot.domain.drills import Drill
from chatbot.domain.incidents import Times
from chatbot.domain.scenes import Incident
from chatbot.messages import actions
from chatbot.messages.incidentdrill import in_short
from chatbot.messages.incidenttimeline import name_of
from chatbot.messages.message import Message, button, header, row, says, sections
from chatbot.messages.wording import bullets, count, foreign, moment, named, span

SHOWN = 10
Timed = tuple[Incident, Times]


def listing(
    open_ones: Sequence[Incident], resolved: Sequence[Timed], drills: Sequence[Drill], now: datetime
) -> Message:
    blocks = []
    parts = (
        ("Open", [f"{_about(one)}, open for {span(now - one.opened_at)}" for one in open_ones]),
        (
            "Resolved last",
            [f"{_about(one)}, {moment(one.opened_at)}: {in_short(found)}" for one, found in resolved],
        ),
        (
            "Drills",
            [
                f"DRILL of {foreign(one.team, 40) or 'no team'}, {moment(one.begun)}: {in_short(one.times())}"
                for one in drills
            ],
        ),
    )
    for what, told in parts:
        if told:
            blocks += sections([f"*{what}*", *bullets(told, SHOWN)])
    if not blocks:
        return says(
            "There was no incident yet. `/incident [projects] [what is wrong]` opens one, "
            "`/incident drill [team]` plays one against a simulation."
        )
    return Message(f"{count(len(open_ones), 'incident')} open.", (header("Incidents"), *blocks))


def which(open_ones: Sequence[Incident]) -> Message:
    """When several are open in a channel."""
    buttons = [
        button(name_of(one), actions.numbered(actions.RESOLVE_INCIDENT, number), one.id)
        for number, one in enumerate(open_ones[:20], 1)
    ]
    return says("Several incidents are open here. Resolve which?", row(*buttons))


def _about(incident: Incident) -> str:
    where = f" in <#{incident.channel}>" if incident.channel.startswith(("C", "G")) else ""
    projects = named((foreign(name, 40) for name in incident.projects), 5, 100)
    return f"*{foreign(name_of(incident), 60)}* ({projects}){where}"
