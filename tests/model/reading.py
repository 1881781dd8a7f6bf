"""What people read: the promise of a card, and what an operation message claims."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from chatbot.domain.operations import Stage
from chatbot.messages import actions
from chatbot.sandbox.seen import Control, SeenMessage
from tests.model.facts import Promise

_ID = re.compile(r"`(dpl_\w+)`")
_TITLES = (("Rebuild and promote ", "rebuild"), ("Promote ", "promote"), ("Roll back ", "rollback"))
_DOMAINS = re.compile(
    r"^\*Affected domains(?: \((\d+)\))?\*(?:, serving `([^`]+)` now)?[^\n]*((?:\n• [^\n]+)*)", re.MULTILINE
)
_DOMAIN = re.compile(r"^• (\S+?)(?:: serves (?:`([^`]+)`|nothing) now[^\n]*)?$", re.MULTILINE)
_AUTO = re.compile(r"\*Auto-assignment\* (?:stays|is) (on|off)")
_SEEN = re.compile(r"Current, when last seen: `([^`]+)`")
_PROOF = re.compile(r"^• (\S+): (?:(ok)|(moved)|still on `([^`]+)`|(serves nothing))[^\n]*$", re.MULTILINE)
_PROVEN = re.compile(
    r"\*Proof per domain\* for `([^`]+)`|^\*Current of .* is now .*\* `([^`]+)`$", re.MULTILINE
)
_WAYS = {"Roll back ": "rollback", "Undo the rollback ": "promote"}
_ENDS = {
    Stage.SUCCEEDED: re.compile(r": \S+ is Current$"),
    Stage.PARTLY_MOVED: re.compile(r": only partly moved to \S+$"),
    Stage.FAILED: re.compile(r": failed$"),
    Stage.UNKNOWN: re.compile(r": outcome unknown$"),
    Stage.SUPERSEDED: re.compile(r": superseded$"),
    Stage.OUTDATED: re.compile(r": not started$"),
    Stage.CANCELLED: re.compile(r": cancelled$"),
}


def control(message: SeenMessage, action: str) -> Control | None:
    return next((c for c in message.controls if c.action_id.partition(":")[0] == action), None)


def digest(confirmation_id: str) -> str:
    """As the audit log names a confirmation."""
    return sha256(confirmation_id.encode()).hexdigest()[:12]


def promise_of(card: SeenMessage) -> Promise:
    words = card.words
    title = words.split("\n", 1)[0]
    path = next(path for verb, path in _TITLES if title.startswith(verb))
    now, _, then = words.partition("*Current now*")[2].partition("*Current then*")
    target = _ID.search(then)
    current = _ID.search(now)
    auto = _AUTO.search(words)
    assert target is not None, words
    assert auto is not None, words
    listed = _DOMAINS.search(words)
    assert listed is not None, words
    serves = {name: label or listed[2] for name, label in _DOMAIN.findall(listed[3])}
    assert int(listed[1] or 0) == len(serves), words
    return Promise(
        path=path,
        targets=frozenset({target[1]}),
        current=current[1] if current else None,
        domains=frozenset(serves),
        serves=serves,
        auto_assign=auto[1] == "on",
        keep_off=keeps_off(card),
        move="Another promote or rollback is under way" in words,
    )


def keeps_off(card: SeenMessage) -> bool:
    """Whether its box says so, as it was preset; without a box, its words."""
    box = control(card, actions.KEEP_OFF)
    preset = box is not None and bool(box.element.get("initial_options"))
    return preset or "It was to be kept off." in card.words


@dataclass(frozen=True)
class Claims:
    """What the last wording of an operation message says is true."""

    stage: Stage | None
    label: str | None
    seen: str | None
    moved: frozenset[str]
    still: dict[str, str | None]
    words: str


def claims_of(message: SeenMessage) -> Claims:
    words = message.words
    headline = words.split("\n", 1)[0]
    stage = next((stage for stage, form in _ENDS.items() if form.search(headline)), None)
    label = re.search(r": (\S+) is Current$", headline)
    seen = _SEEN.search(words)
    proofs = _PROOF.findall(words)
    return Claims(
        stage=stage,
        label=label[1] if label else None,
        seen=seen[1] if seen else None,
        moved=frozenset(name for name, ok, moved, *_ in proofs if ok or moved),
        still={name: serves or None for name, ok, moved, serves, _ in proofs if not ok and not moved},
        words=words,
    )


def follow_up_of(message: SeenMessage, action: str, ids_of: Callable[[str], frozenset[str]]) -> Promise:
    """What the dialog of a one-click button promises, and the message around it.

    `ids_of` finds the deployments that go by a label.
    """
    button = control(message, action)
    assert button is not None, message.words
    dialog = button.element["confirm"]
    target = re.search(r"^To (\S+)\.", dialog["text"]["text"])
    counted = re.search(r"(\d+) domains?:", dialog["text"]["text"])
    assert target is not None, dialog
    claims = claims_of(message)
    named = claims.moved | claims.still.keys()
    assert counted is None or not named or len(named) == int(counted[1]), (dialog, claims)
    path = next((path for begin, path in _WAYS.items() if dialog["title"]["text"].startswith(begin)), None)
    arrived = _PROVEN.search(claims.words) if claims.stage in {None, Stage.SUCCEEDED} else None
    return Promise(
        path=path,
        keep_off="Auto-assignment stays off" in dialog["text"]["text"],
        targets=ids_of(target[1]),
        current=arrived[1] or arrived[2] if arrived else None,
        domains=named or None,
    )
