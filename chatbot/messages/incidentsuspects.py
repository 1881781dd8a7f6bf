"""What changed production shortly before an incident, each with its way back."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement, SectionBlock

from chatbot.domain.news import Change, How, Kind, Step
from chatbot.domain.operations import Operation
from chatbot.domain.plans import Path
from chatbot.domain.scenes import BecameCurrent, KeysChanged, Suspect
from chatbot.messages import actions, oneclick
from chatbot.messages.message import button, section
from chatbot.messages.release import percent
from chatbot.messages.wording import code, deployment_line, domain_name, foreign, mention, named, span

_SHOWN_KEYS, _ROOM = 5, 240
_DONE = {
    Path.PROMOTE: "promoted",
    Path.REBUILD: "rebuilt and promoted",
    Path.REDEPLOY: "redeployed",
    Path.ROLLBACK: "rolled back",
    Path.ADVANCE: "advanced its rolling release",
    Path.COMPLETE: "completed its rolling release",
    Path.ABORT: "aborted its rolling release",
}
_HOW = {
    How.BOT: "by me",
    How.PUSHED: "pushed",
    How.PROMOTED: "promoted outside of Slack",
    How.ROLLED_BACK: "rolled back outside of Slack",
    How.RELEASED: "at the end of a rolling release",
    How.UNKNOWN: "nobody says how",
}


def suspect(one: Suspect, begun: datetime, number: int) -> SectionBlock:
    """`number` tells their buttons apart."""
    head = f"*{span(begun - one.at)} before* · {foreign(one.project_name)}: {_what(one)}"
    beside = _button(one, number)
    below = "" if beside else _no_button(one)
    return section(f"{head}\n{below}" if below else head, beside)


def _what(one: Suspect) -> str:
    match one.about:
        case Operation() as done:
            how = f"{_DONE[done.plan.path]} by {mention(done.actor)}"
            return f"{deployment_line(done.made)}, {how}"
        case BecameCurrent() as moved:
            return f"{deployment_line(moved.deployment)} became Current"
        case KeysChanged() as written:
            keys = named((code(key, 60) for key in written.keys), _SHOWN_KEYS, _ROOM)
            return f"environment variables written: {keys}"
        case Change() as change:
            return _changed(change)


def _changed(change: Change) -> str:
    who = f" by {foreign(change.who.name, 60)}" if change.who else ""
    match change.kind:
        case Kind.CURRENT:
            now = deployment_line(change.now) if change.now else "nothing"
            return f"{now}, {_HOW[change.how]}{who}"
        case Kind.RELEASE:
            return f"{_stage(change)}{who}"
        case Kind.DOMAIN:
            return f"a domain moved: {named(map(domain_name, change.domains), 3, _ROOM)}{who}"
        case _:
            return f"something changed{who}"


def _stage(change: Change) -> str:
    to = deployment_line(change.now) if change.now else "what is deleted by now"
    if change.step is Step.ABORTED:
        return f"the rolling release to {to} was aborted"
    stage = change.release.stage if change.release else None
    share = f", to {percent(stage)} of the visitors" if stage else ""
    did = "went on" if change.step is Step.ADVANCED else "began"
    return f"a rolling release of {to} {did}{share}"


def _button(one: Suspect, number: int) -> ButtonElement | None:
    """The inverse of the bot's own last change is exact; of any other it is the way back to what was before."""
    if isinstance(one.about, Operation) and one.is_last:
        undo = oneclick.undo(one.about)
        if undo is not None:
            undo.action_id = actions.numbered(actions.UNDO, number)
        return undo
    if isinstance(one.about, Change) and one.about.kind is Kind.RELEASE:
        show = actions.numbered(actions.SHOW_RELEASE, number)
        return button("Rolling release…", show, one.project_id) if one.is_last else None
    if one.forward is not None:
        text = f"Promote {one.forward.label}…"
        return button(text, actions.numbered(actions.PROMOTE, number), one.forward.id)
    return oneclick.back_button(one.back, 100 + number) if one.back else None


def _no_button(one: Suspect) -> str:
    """Nothing where production has moved on since: its ways back are above."""
    match one.about:
        case KeysChanged():
            return "Its way back: change them in Vercel and rebuild. A rollback serves a build with those of then."
        case Change(kind=Kind.DOMAIN):
            return "Its way back: move the domain in Vercel."
        case _ if one.is_last:
            return "One click leads no way back to what was before."
        case _:
            return ""
