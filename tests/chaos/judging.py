"""Whether all of it was right. Pure: evidence in, problems out; each problem names its operation."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from chatbot.domain.operations import NEXT, Stage
from chatbot.messages import actions
from storage.models import Operation
from tests.chaos.announced import out_of_order, stale_buttons, unnoticed, untold
from tests.chaos.evidence import Evidence, Write
from tests.chaos.problem import Problem

OUTCOME_WORDS = {
    "succeeded": "is Current",
    "partly_moved": "only partly moved",
    "failed": ": failed",
    "unknown": "outcome unknown",
    "superseded": "superseded",
    "outdated": "not started",
    "cancelled": "cancelled",
}
"""What the operation's message says of each outcome."""

_AFTER = {
    "operation.asked": "operation.requested",
    "operation.accepted": "operation.asked",
    "operation.answered": "operation.asked",
    "operation.built": "operation.accepted",
    "operation.promote_asked": "operation.asked",
    "operation.promote_accepted": "operation.promote_asked",
    "operation.promote_answered": "operation.promote_asked",
}
"""Each of these entries comes after another one."""

_UNKNOWN = "operation.unknown"  # the one outcome that another may follow: it is looked for on
_CLOCKS = 0.01  # seconds; the platform's journal is in whole milliseconds
_GIVEN_UP = frozenset({"cancelled", "superseded"})


@dataclass(frozen=True)
class Ask:
    """A request that an operation's row says was to be sent."""

    operation: str
    kind: str
    target: str
    at: float


def judge(evidence: Evidence) -> list[Problem]:
    checks: tuple[Callable[[Evidence], Iterator[Problem]], ...] = (
        unended,
        asked_too_much,
        unconfirmed,
        duplicates,
        lost,
        untrue,
        illegal_steps,
        wrong_audit,
        unnoticed,
        untold,
        out_of_order,
        stale_buttons,
        of_the_bots,
    )
    return [problem for check in checks for problem in check(evidence)]


def unended(evidence: Evidence) -> Iterator[Problem]:
    for row in evidence.rows:
        if row.finished_at is None or row.told_at is None:
            what = "has no outcome" if row.finished_at is None else "has an outcome that was not told"
            yield Problem("unended", f"{_named(row)} is {row.state} and {what}")


def asked_too_much(evidence: Evidence) -> Iterator[Problem]:
    """Every write of the bot belongs to an ask, and there is one for each at most; a 429 took nothing."""
    asks = [ask for row in evidence.rows for ask in _asks(row)]
    sent: defaultdict[Ask, int] = defaultdict(int)
    for write in evidence.writes:
        kind = kind_of(write)
        if kind == "cancel":
            if not any(row.build_id == write.target and row.state in _GIVEN_UP for row in evidence.rows):
                yield Problem("asked too much", f"{write.path}: a build that nobody gave up")
        elif (ask := _ask_of(write, kind, asks)) is None:
            yield Problem(
                "asked too much", f"{write.method} {write.path} for {write.target}: no operation asks it"
            )
        elif write.status != 429:
            sent[ask] += 1
    for ask, count in sent.items():
        if count > 1:
            yield Problem("asked too much", f"operation {ask.operation} sent its {ask.kind} {count} times")


def posts(evidence: Evidence) -> Counter[str]:
    """How many POSTs each operation sent that were not refused by a rate limit."""
    asks = [ask for row in evidence.rows for ask in _asks(row)]
    found = Counter({row.id: 0 for row in evidence.rows})
    for write in evidence.writes:
        ask = _ask_of(write, kind_of(write), asks)
        if ask is not None and write.method == "POST" and write.status != 429:
            found[ask.operation] += 1
    return found


def unconfirmed(evidence: Evidence) -> Iterator[Problem]:
    """Each operation is what a person's click promised, and no confirmation makes two."""
    requested = {e.operation_id: e for e in evidence.entries if e.action == "operation.requested"}
    spent: Counter[str] = Counter()
    for row in evidence.rows:
        if (entry := requested.get(row.id)) is None:
            yield Problem("unconfirmed", f"{_named(row)} was requested by nobody")
            continue
        detail = json.loads(entry.detail)
        if "confirmation" in detail:
            spent[detail["confirmation"]] += 1
        if not any(_promised(row, detail, click) for click in evidence.clicks):
            yield Problem("unconfirmed", f"{_named(row)} is nothing that {row.actor} clicked on")
    for digest, count in spent.items():
        if count > 1:
            yield Problem("unconfirmed", f"confirmation {digest} made {count} operations")


def duplicates(evidence: Evidence) -> Iterator[Problem]:
    """Every message in a channel is the one message of an operation, or its one announcement: a reply that shows
    there; or what the outbox says was told there. What else is in its thread is there once.
    """
    messages = {(row.channel, row.message_ts) for row in evidence.rows}
    told = {(row.place or row.channel, row.ts) for row in evidence.announcements}
    seen: set[tuple[str | None, str]] = set()
    for said in evidence.said:
        if (said.channel, said.ts) in messages | told:
            continue
        reply = (said.thread_ts, "announcement" if said.in_channel else said.words)
        if (said.channel, said.thread_ts) not in messages or reply in seen:
            yield Problem("duplicate", f"{said.channel} {said.ts} is one too many: {_short(said.words)}")
        seen.add(reply)


def lost(evidence: Evidence) -> Iterator[Problem]:
    """Each operation's message tells its outcome at the end, and a success is announced in its thread, unless
    production had moved on before it could be told.
    """
    said = {(s.channel, s.ts): s for s in evidence.said}
    announced = {s.thread_ts for s in evidence.said if s.in_channel}
    for row in evidence.rows:
        if row.told_at is None:
            continue
        message = said.get((row.channel, row.message_ts or ""))
        if message is None:
            yield Problem("lost", f"{_named(row)} is {row.state}, and there is no message of it")
        elif OUTCOME_WORDS[row.state] not in message.words:
            yield Problem(
                "lost", f"{_named(row)} is {row.state}, and its message says: {_short(message.words)}"
            )
        if row.state != "succeeded" or _was_outlived(row, evidence):
            continue
        if row.message_ts not in announced:
            yield Problem("lost", f"{_named(row)} succeeded, and was not announced in its thread")


def untrue(evidence: Evidence) -> Iterator[Problem]:
    """A success was one on the platform: at some moment between ask and outcome, on every domain at once."""
    for row in evidence.rows:
        if row.asked_at is None or row.finished_at is None:
            continue
        plan = json.loads(row.plan)
        names = [domain["name"] for domain in plan["domains"] if domain["verified"]]
        final = row.build_id if row.path in {"rebuild", "redeploy"} else row.target_id
        begin, end = _seconds(row.asked_at), _seconds(row.finished_at)
        served = evidence.histories[row.project_id].during(begin, end)
        moved = [
            final is not None and all(serving.get(name) == final for name in names) for serving in served
        ]
        if row.state == "succeeded" and not any(moved):
            yield Problem("untrue", f"{_named(row)} succeeded, and {final} never served all of {names}")
        if row.state == "failed" and names and moved[-1]:
            yield Problem("untrue", f"{_named(row)} failed, and {final} serves all of {names}")


def illegal_steps(evidence: Evidence) -> Iterator[Problem]:
    """As the database itself noted them."""
    chains: defaultdict[str, list[str]] = defaultdict(list)
    for step in evidence.steps:
        chain = chains[step.operation]
        if (chain[-1] if chain else "") != step.before:
            yield Problem("illegal", f"operation {step.operation}: {step.before} after {chain}")
        elif chain and Stage(step.after) not in NEXT[Stage(step.before)]:
            yield Problem("illegal", f"operation {step.operation}: {step.before} -> {step.after}")
        elif not chain and step.after not in {Stage.WAITING, Stage.REQUESTED}:
            yield Problem("illegal", f"operation {step.operation} begins as {step.after}")
        chain.append(step.after)
    for row in evidence.rows:
        if chains[row.id][-1:] != [row.state]:
            yield Problem("illegal", f"{_named(row)} is {row.state} after {chains[row.id]}")


def wrong_audit(evidence: Evidence) -> Iterator[Problem]:
    """From the request to the one outcome, each entry once and in its order; the chain unbroken."""
    if not evidence.is_unbroken:
        yield Problem("audit", evidence.verdict)
    logs: defaultdict[str, list[str]] = defaultdict(list)
    for entry in evidence.entries:
        if entry.operation_id is not None:
            logs[entry.operation_id].append(entry.action)
    outcomes = {f"operation.{state}" for state in OUTCOME_WORDS}
    for row in evidence.rows:
        log = logs.pop(row.id, [])
        for why in _wrong(row, log, outcomes):
            yield Problem("audit", f"{_named(row)}: {why}: {log}")
    for operation in logs:
        yield Problem("audit", f"operation {operation} is in the log only")


def of_the_bots(evidence: Evidence) -> Iterator[Problem]:
    for text in evidence.died:
        yield Problem("bot", text)


def kind_of(write: Write) -> str:
    for kind in ("promote", "rollback"):
        if write.method == "POST" and f"/{kind}/" in write.path:
            return kind
    if write.method == "POST" and write.path == "/v13/deployments":
        return "rebuild"
    if write.method == "PATCH" and re.fullmatch(r"/v9/projects/\w+", write.path):
        return "keep off"
    return "cancel" if write.path.endswith("/cancel") else "another request"


def _asks(row: Operation) -> Iterator[Ask]:
    if row.asked_at is not None:
        yield Ask(row.id, row.path, row.target_id, _seconds(row.asked_at))
    if row.promote_asked_at is not None:
        yield Ask(row.id, "promote", str(row.build_id), _seconds(row.promote_asked_at))
    if row.keep_off_asked_at is not None:
        yield Ask(row.id, "keep off", row.project_id, _seconds(row.keep_off_asked_at))


def _ask_of(write: Write, kind: str, asks: list[Ask]) -> Ask | None:
    """The newest one before it of that kind and target: an operation writes down that it asks, then it asks."""
    before = [
        ask
        for ask in asks
        if (ask.kind, ask.target) == (kind, write.target)
        and ask.at <= write.at + _CLOCKS
        and write.operation in (None, ask.operation)
    ]
    return max(before, key=lambda ask: ask.at, default=None)


def _promised(row: Operation, detail: dict[str, Any], click: Any) -> bool:
    if row.actor != f"slack:{click.person}":
        return False
    if "confirmation" in detail:
        digest = sha256(click.value.encode()).hexdigest()[:12]
        is_it = click.action == actions.CONFIRM and digest == detail["confirmation"]
        return bool(is_it and (click.path, click.target) == (row.path, row.target_id))
    followed = click.action in {actions.UNDO, actions.RETRY} and click.value == detail.get("follows")
    label = json.loads(row.plan)["target"]["commit"]["sha"][:7]
    return bool(followed and (click.action == actions.RETRY or label in click.label))


def _wrong(row: Operation, log: list[str], outcomes: set[str]) -> Iterator[str]:
    if any(count > 1 for count in Counter(log).values()):
        yield "an entry twice"
    if log[:1] != ["operation.requested"]:
        yield "it does not begin with the request"
    if row.finished_at is not None and log[-1:] != [f"operation.{row.state}"]:
        yield f"it does not end with {row.state}"
    if (outcomes - {_UNKNOWN}) & set(log[:-1]) or _UNKNOWN in log[:-2]:
        yield "something follows an outcome"
    for action, earlier in _AFTER.items():
        if action in log and earlier not in log[: log.index(action)]:
            yield f"{action} without {earlier}"
    if ("operation.asked" in log) != (row.asked_at is not None):
        yield "the log and the row disagree about the ask"
    if ("operation.promote_asked" in log) != (row.promote_asked_at is not None):
        yield "the log and the row disagree about the ask for the promote"


def _was_outlived(row: Operation, evidence: Evidence) -> bool:
    """By a move of the project's production between its end and the telling of it, of the bot's or from outside."""
    moves = [
        other.finished_at
        for other in evidence.rows
        if other.project_id == row.project_id and other.state in {"succeeded", "partly_moved"}
    ]
    outside = [
        change.noticed_at
        for change in evidence.changes
        if change.project_id == row.project_id and change.kind == "current" and change.operation_id is None
    ]
    if row.finished_at is None or row.told_at is None:
        return False
    return any(at is not None and row.finished_at < at < row.told_at for at in [*moves, *outside])


def _named(row: Operation) -> str:
    return f"operation {row.id} ({row.path} of {row.project_name} to {row.target_id})"


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _short(words: str) -> str:
    return re.sub(r"\s+", " ", words)[:200]
