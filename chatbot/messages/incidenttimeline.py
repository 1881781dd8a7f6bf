"""What happened in an incident: each line of its timeline, the times it took, and both as message and file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from chatbot.domain.incidents import Entry, Kind, Times, times
from chatbot.domain.markup import unescape
from chatbot.domain.operations import Stage
from chatbot.domain.plans import Path
from chatbot.domain.scenes import Incident
from chatbot.messages.message import Message, context, header, sections
from chatbot.messages.wording import (
    bullets,
    count,
    domain_name,
    foreign,
    lasted,
    mention,
    moment,
    named,
    plain,
)

SHOWN_LINES = 40
_ROOM = 240
_MESSAGE = 9_000
"""Characters of lines: Slack takes some 13,000 of a message."""
_WAYS = {
    Path.PROMOTE: "promote",
    Path.REBUILD: "rebuild",
    Path.REDEPLOY: "redeploy",
    Path.ROLLBACK: "rollback",
    Path.ADVANCE: "step of a rolling release",
    Path.COMPLETE: "end of a rolling release",
    Path.ABORT: "abort of a rolling release",
}
_DID = {Kind.OPENED: "Opened", Kind.SEEN: "Seen", Kind.RESOLVED: "Resolved"}
_ENDS = {
    Stage.SUCCEEDED: "is through",
    Stage.STAGED: "is through: its build stays Staged",
    Stage.PARTLY_MOVED: "moved some of the domains only",
    Stage.FAILED: "failed",
    Stage.UNKNOWN: "has an unknown outcome",
    Stage.SUPERSEDED: "was superseded",
    Stage.OUTDATED: "was not done: it was no longer what was confirmed",
    Stage.CANCELLED: "was given up",
}


def name_of(incident: Incident) -> str:
    """Without markup."""
    return plain(incident.what, 100) or f"on {plain(', '.join(incident.projects), 100)}"


def timeline(incident: Incident, entries: Sequence[Entry], why_no_file: str | None = None) -> Message:
    """For the thread, once it is resolved. `why_no_file`: the error code that Slack gave for it."""
    found, name = times(incident.begun, entries), name_of(incident)
    told = [f"{moment(e.at)} {line}" for e, line in zip(entries, lines(entries, incident.begun), strict=True)]
    blocks = [
        header(f"Timeline: {name}"),
        *sections(bullets(marks(found), 9)),
        *sections(_shown(told)),
        context(_file(why_no_file, len(told))),
    ]
    return Message(f"Timeline: {foreign(name)}. {' '.join(marks(found))}", tuple(blocks))


def _shown(told: list[str]) -> list[str]:
    """As many of the first and the last as a message takes."""
    some = told
    for most in (SHOWN_LINES, 20, 10):
        half, left = most // 2, f"… {len(told) - most + 1} more …"
        some = told if len(told) <= most else [*told[:half], left, *told[1 - half :]]
        if sum(map(len, some)) <= _MESSAGE:
            break
    return some


def marks(found: Times) -> list[str]:
    """Detected, rolled back, recovered, resolved: each with how long after the beginning that was."""
    begun = f"Began {moment(found.begun)}."
    detected = _mark("Detected", found, found.detected, "")
    back = _mark("Rolled back", found, found.rolled_back, "Not rolled back.")
    well = _mark(
        "Recovered", found, found.recovered, "No recovery was seen: the probes saw no site turn well."
    )
    resolved = _mark("Resolved", found, found.resolved, "")
    return [line for line in (begun, detected, back, well, resolved) if line]


def _mark(what: str, found: Times, at: datetime | None, otherwise: str) -> str:
    after = found.after(at)
    return otherwise if at is None or after is None else f"*{what}* {moment(at)}, after {lasted(after)}."


def lines(entries: Iterable[Entry], begun: datetime) -> Iterator[str]:
    for entry in entries:
        yield f"{_after(entry.at - begun)} {_line(entry)}"


def text_file(incident: Incident, name: str, entries: Sequence[Entry], people: Mapping[str, str]) -> str:
    """The same as a text that anybody can keep; times are in UTC. `people` are the names of actors."""
    found = times(incident.begun, entries)
    stamps = [
        (what, at)
        for what, at in (
            ("began", found.begun),
            ("detected", found.detected),
            ("rolled back", found.rolled_back),
            ("recovered", found.recovered),
            ("resolved", found.resolved),
        )
    ]
    head = [f"Incident {plain(name, 300)}", f"Projects: {', '.join(incident.projects)}", ""]
    times_ = [f"{what:<12} {_utc(at)}{_took(found.after(at))}" for what, at in stamps]
    body = [f"{_utc(e.at)}  {_bare(_line(e, people.get(e.actor, e.actor)))}" for e in entries]
    return "\n".join([*head, *times_, "", *body, ""])


def _utc(at: datetime | None) -> str:
    return "not seen" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _took(after: timedelta | None) -> str:
    return f"  after {lasted(after)}" if after else ""


def _bare(text: str) -> str:
    return unescape(text.replace("*", ""))


def _after(span_: timedelta) -> str:
    return f"+{lasted(span_)}" if span_ >= timedelta() else f"-{lasted(-span_)}"


def _line(entry: Entry, name: str | None = None) -> str:
    """`name` is its actor's, where nobody can be mentioned."""
    actor = mention(entry.actor) if name is None else foreign(name, 60)
    project = foreign(entry.project or "")
    match entry.kind:
        case Kind.ILL | Kind.WELL:
            return _health(entry)
        case Kind.REQUESTED:
            return f"{actor} asked for a {_way(entry)}{', with an override' if entry.override else ''}"
        case Kind.ENDED:
            return f"The {_way(entry)} {_ENDS.get(entry.stage, 'ended') if entry.stage else 'ended'}"
        case Kind.MOVED:
            how = f"{'rolled back' if entry.path else 'moved'} to {foreign(entry.to or 'nothing', 60)}"
            return f"{project} {how} outside of me, by {foreign(entry.actor, 60)}"
        case Kind.ALERTED:
            return f"Vercel's alert: {foreign(entry.to or 'no words')}"
        case _:
            return f"{_DID[entry.kind]} by {actor}"


def _health(entry: Entry) -> str:
    which = named(map(domain_name, entry.domains), 5, _ROOM)
    if entry.kind is Kind.ILL:
        return f"Not well: {which}" if which else "Not well"
    return f"All {count(len(entry.domains), 'domain')} well" if entry.domains else "All is well"


def _way(entry: Entry) -> str:
    way = _WAYS[entry.path] if entry.path else "change"
    return f"{way} of {foreign(entry.project or '')} to {foreign(entry.to or '', 60)}"


def _file(why_not: str | None, lines_: int) -> str:
    if why_not is None:
        return "The file beside this has all of it."
    rest = f" It would have all {lines_} lines." if lines_ > SHOWN_LINES else ""
    if why_not == "not_in_channel":
        return f"There is no file: I am not in this channel, and Slack takes files only from members.{rest}"
    return f"There is no file: Slack says {foreign(why_not, 60)}.{rest}"
