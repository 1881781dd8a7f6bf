"""A drill's messages: each says DRILL wherever a person may look, and its buttons are no others' buttons."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from slack_sdk.models.blocks import Block, ButtonElement

from chatbot.domain.drills import CANDIDATES, CURRENT, PROJECT, Build, Drill, Phase
from chatbot.domain.incidents import Times
from chatbot.messages import actions
from chatbot.messages.incident import health
from chatbot.messages.message import Message, ask_first, button, context, header, row, section, sections
from chatbot.messages.wording import bullets, code, foreign, lasted, mention, moment, span

_EARLIER = 5
_NOTHING_REAL = "DRILL: nothing real is read, visited or moved."


def card(drill: Drill, now: datetime) -> Message:
    phase = drill.phase(now)
    if drill.over_at is not None:
        return over(drill, ())
    team = f" of {foreign(drill.team)}" if drill.team else ""
    blocks: list[Block] = [
        header(f"DRILL: {PROJECT} is down"),
        section(f"*DRILL*{team}, begun by {mention(drill.by)} {moment(drill.begun)}. {_NOTHING_REAL}"),
        section(f"*DRILL {PROJECT}*: {_current(drill, phase)}\n{health(drill.visits(now))}"),
    ]
    if phase is Phase.ILL:
        blocks += [row(*_ways(drill)), *_suspects()]
    blocks += sections(["*DRILL so far*", *bullets(_so_far(drill, phase), 5)])
    blocks += [row(*_buttons(drill)), context(_NOTHING_REAL)]
    return Message(f"DRILL: {PROJECT} is down. {_NOTHING_REAL}", tuple(blocks))


def over(drill: Drill, earlier: Sequence[Times]) -> Message:
    """The card in the end, and what the thread is told. `earlier` are the same team's drills, the last one first."""
    found = drill.times()
    team = f" of {foreign(drill.team)}" if drill.team else ""
    told = [f"DRILL{team}: {in_short(found)}"]
    if earlier:
        told += ["Before that:", *(f"{moment(one.begun)}: {in_short(one)}" for one in earlier[:_EARLIER])]
    blocks = (
        header("DRILL over"),
        *sections(bullets(told[:1], 1)),
        *(sections(bullets(told[2:], _EARLIER)) if earlier else ()),
        context(f"{_NOTHING_REAL} `/incident list` has the times of all teams."),
    )
    return Message(f"DRILL over. {told[0]}", blocks)


def in_short(found: Times) -> str:
    parts = (("detected", found.detected), ("rolled back", found.rolled_back), ("recovered", found.recovered))
    told = [(what, found.after(at)) for what, at in parts]
    return ", ".join(f"{what} {_after(after)}" for what, after in told)


def _after(after: timedelta | None) -> str:
    return "not at all" if after is None else f"after {lasted(after)}"


def _current(drill: Drill, phase: Phase) -> str:
    if phase in {Phase.ILL, Phase.MOVING}:
        moving = f" · DRILL: its domains move to {code(drill.to or '')}" if phase is Phase.MOVING else ""
        return f"{_build(CURRENT)}{moving}"
    to = next((one for one in CANDIDATES if one.label == drill.to), CANDIDATES[0])
    return f"{_build(to)} · pinned by the rollback"


def _build(one: Build) -> str:
    return f"{code(one.label)} {foreign(one.subject)} ({foreign(one.by)}, main)"


def _ways(drill: Drill) -> Iterator[ButtonElement]:
    for number, one in enumerate(CANDIDATES, 1):
        asked = ask_first(
            f"DRILL: roll back {PROJECT}?",
            f"DRILL: to {one.label} {one.subject}. Nothing real moves.",
            "Roll back (DRILL)",
        )
        yield button(
            f"DRILL: roll back to {one.label}",
            actions.numbered(actions.DRILL_BACK, number),
            f"{drill.id} {one.label}",
            style="danger",
            confirm=asked,
        )


def _suspects() -> Iterator[Block]:
    yield section(
        f"*DRILL: last changes before it*\n• *{span(CURRENT.before)} before*: {_build(CURRENT)}, promoted\n"
        f"• *40 min before*: environment variables written: {code('DRILL_CART_URL')}"
    )


def _so_far(drill: Drill, phase: Phase) -> Iterator[str]:
    found = drill.times()
    if drill.seen_at and drill.seen_by:
        yield f"{mention(drill.seen_by)} sees it, {_after(found.after(drill.seen_at))}"
    if drill.asked_at and drill.asked_by:
        yield f"{mention(drill.asked_by)} rolls back to {code(drill.to or '')}, {_after(found.after(drill.asked_at))}"
    if phase in {Phase.RECOVERING, Phase.WELL}:
        yield f"Rolled back {_after(found.after(drill.moved_at))}"
    if not drill.seen_at and not drill.asked_at:
        yield "Nobody has pressed anything yet."


def _buttons(drill: Drill) -> Iterator[ButtonElement]:
    if not drill.seen_at and not drill.asked_at:
        yield button("DRILL: I see it", actions.DRILL_SEEN, drill.id, style="primary")
    yield button("DRILL: end it", actions.DRILL_END, drill.id)
