"""The judge itself: a right run has no problem, and each thing that can be wrong is seen."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from chatbot.messages import actions
from storage.models import Announcement, AuditEntry, Change, Operation
from tests.chaos.books import Step
from tests.chaos.evidence import Evidence, Said, Write
from tests.chaos.judging import judge, posts
from tests.chaos.record import Click, History

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNEL = "C0DEPLOYS"
QUIET = "C0QUIET01"
PLAN = json.dumps(
    {
        "domains": [
            {"name": "a.example.com", "verified": True},
            {"name": "b.example.com", "verified": False},
        ],
        "target": {"commit": {"sha": "abcdef0123456789"}},
    }
)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def row(**changes: Any) -> Operation:
    values: dict[str, Any] = {
        "id": "op",
        "project_id": "prj",
        "project_name": "shop",
        "path": "promote",
        "target_id": "dpl_new",
        "plan": PLAN,
        "fingerprint": "f",
        "state": "succeeded",
        "actor": "slack:U1",
        "channel": CHANNEL,
        "created_at": at(0),
        "asked_at": at(1),
        "finished_at": at(3),
        "told_at": at(4),
        "look_at": at(0),
        "message_ts": "1.1",
        "announcement_ts": "1.2",
    }
    return Operation(**{**values, **changes})


def log(*actions_: str, detail: dict[str, str] | None = None) -> list[AuditEntry]:
    detail = detail or {"confirmation": sha256(b"card").hexdigest()[:12]}
    return [
        AuditEntry(
            seq=number,
            at=NOW,
            action=f"operation.{action}",
            actor="bot",
            operation_id="op",
            detail=json.dumps(detail if action == "requested" else {}),
            body="",
            prev="",
            hash="",
        )
        for number, action in enumerate(actions_, 1)
    ]


def write(**changes: Any) -> Write:
    values: dict[str, Any] = {
        "at": at(1.01).timestamp(),
        "method": "POST",
        "path": "/v10/projects/prj/promote/dpl_new",
        "status": 201,
        "target": "dpl_new",
    }
    return Write(**{**values, **changes})


def change(number: int = 1, **changes: Any) -> Change:
    values: dict[str, Any] = {
        "id": f"change{number}",
        "project_id": "prj",
        "project_name": "shop",
        "number": number,
        "kind": "current",
        "key": f"prj:{number}",
        "from_id": "dpl_old",
        "to_id": "dpl_new",
        "how": "bot",
        "operation_id": "op",
        "at": at(2),
        "noticed_at": at(2.5),
        "detail": json.dumps({"along": False, "bound": "b"}),
    }
    return Change(**{**values, **changes})


def announcement(of: Change, name: str, **changes: Any) -> Announcement:
    """Posted at that time, unless it was not."""
    values: dict[str, Any] = {
        "id": name,
        "change_id": of.id,
        "project_id": of.project_id,
        "number": of.number,
        "channel": QUIET,
        "created_at": at(3),
        "look_at": at(3),
        "ts": name,
        "posted_at": at(3),
    }
    return Announcement(**{**values, **changes})


KEEP_OFF = write(method="PATCH", path="/v9/projects/prj", target="prj")
STEPS = [Step("op", before, after) for before, after in (("", "requested"), ("requested", "asked"))]
STEPS += [Step("op", "asked", "moving"), Step("op", "moving", "succeeded")]
MESSAGE = Said("1.1", CHANNEL, None, "shop: abcdef0 is Current")
ANNOUNCEMENT = Said("1.2", CHANNEL, "1.1", "Current of shop is now abcdef0")
DETAIL = Said("1.3", CHANNEL, "1.1", "The end of the log", in_channel=False)
MOVED = History(
    [(at(-9).timestamp(), {"a.example.com": "dpl_old"}), (at(2).timestamp(), {"a.example.com": "dpl_new"})]
)
FIRST = change(1, operation_id=None, how="promoted", from_id="dpl_older", to_id="dpl_old")
SECOND = change(2)
TOLD = [announcement(FIRST, "3.1"), announcement(SECOND, "3.2"), announcement(FIRST, "3.0", channel=CHANNEL)]
NEWS = [
    Said("3.0", CHANNEL, None, "Current of shop is now dpl_old"),
    Said("3.1", QUIET, None, "Current of shop is now dpl_old"),
    Said("3.2", QUIET, None, "Current of shop is now dpl_new", actions=frozenset({actions.BACK})),
]
RIGHT = Evidence(
    rows=[row()],
    entries=log("requested", "asked", "accepted", "succeeded"),
    steps=STEPS,
    writes=[write(status=429), write()],
    said=[MESSAGE, ANNOUNCEMENT, DETAIL, *NEWS],
    changes=[FIRST, SECOND],
    announcements=TOLD,
    hearing={"prj": (CHANNEL, QUIET)},
    current={"prj": "dpl_new"},
    clicks=[Click("U1", actions.CONFIRM, "card", "Promote", "promote", "dpl_new")],
    histories={"prj": MOVED},
    verdict="audit: 4 entries, unbroken",
    is_unbroken=True,
)


def test_a_right_run_has_no_problem() -> None:
    assert judge(RIGHT) == []
    assert posts(RIGHT) == {"op": 1}


def test_what_is_told_after_production_has_moved_on_needs_no_announcement() -> None:
    newer = row(id="newer", path="rollback", created_at=at(3), asked_at=None, finished_at=at(3.5))
    both = replace(RIGHT, rows=[row(), newer], said=[MESSAGE, DETAIL])
    assert not [
        problem for problem in judge(both) if problem.kind == "lost" and "operation op " in problem.text
    ]


def test_an_unknown_outcome_may_become_known() -> None:
    steps = [*STEPS[:2], Step("op", "asked", "unknown"), Step("op", "unknown", "succeeded")]
    assert judge(replace(RIGHT, entries=log("requested", "asked", "unknown", "succeeded"), steps=steps)) == []


def test_a_rebuild_asks_twice_and_is_followed_by_its_undo() -> None:
    built = row(path="rebuild", build_id="dpl_built", promote_asked_at=at(2), target_id="dpl_preview")
    undo = row(
        id="undo", path="rollback", message_ts="2.1", announcement_ts="2.2", asked_at=at(6), finished_at=at(8)
    )
    entries = log("requested", "asked", "accepted", "promote_asked", "promote_accepted", "succeeded")
    more = log("requested", "asked", "accepted", "succeeded", detail={"follows": "op"})
    for entry in more:
        entry.operation_id = "undo"
    both = replace(
        RIGHT,
        rows=[built, undo],
        changes=[],
        announcements=[],
        entries=[*entries, *more],
        steps=[*STEPS, *(replace(step, operation="undo") for step in STEPS)],
        writes=[
            write(path="/v13/deployments", target="dpl_preview", operation="op"),
            write(at=at(2.1).timestamp(), target="dpl_built", path="/v10/projects/prj/promote/dpl_built"),
            write(at=at(6.1).timestamp(), path="/v1/projects/prj/rollback/dpl_new"),
        ],
        said=[
            MESSAGE,
            ANNOUNCEMENT,
            replace(MESSAGE, ts="2.1"),
            replace(ANNOUNCEMENT, ts="2.2", thread_ts="2.1"),
        ],
        clicks=[
            Click("U1", actions.CONFIRM, "card", "Rebuild and promote", "rebuild", "dpl_preview"),
            Click("U1", actions.UNDO, "op", "Roll back to abcdef0"),
        ],
        histories={
            "prj": History(
                [
                    (at(2.5).timestamp(), {"a.example.com": "dpl_built"}),
                    (at(7).timestamp(), {"a.example.com": "dpl_new"}),
                ]
            )
        },
    )
    assert judge(both) == []
    assert posts(both) == {"op": 2, "undo": 1}


WRONG: dict[str, tuple[str, Callable[[Evidence], Evidence]]] = {
    "no outcome": ("unended", lambda e: replace(e, rows=[row(finished_at=None, told_at=None)])),
    "an outcome that was not told": ("unended", lambda e: replace(e, rows=[row(told_at=None)])),
    "asked twice": ("asked too much", lambda e: replace(e, writes=[write(), write(status=None)])),
    "asked for something else": ("asked too much", lambda e: replace(e, writes=[write(target="dpl_other")])),
    "asked before it was written down": (
        "asked too much",
        lambda e: replace(e, writes=[write(at=at(0.5).timestamp())]),
    ),
    "somebody's build cancelled": (
        "asked too much",
        lambda e: replace(e, writes=[write(method="PATCH", path="/v12/deployments/dpl_new/cancel")]),
    ),
    "a project changed": ("asked too much", lambda e: replace(e, writes=[KEEP_OFF])),
    "a project changed twice": (
        "asked too much",
        lambda e: replace(e, rows=[row(keep_off_asked_at=at(1))], writes=[write(), KEEP_OFF, KEEP_OFF]),
    ),
    "not clicked": ("unconfirmed", lambda e: replace(e, clicks=[])),
    "clicked by somebody else": ("unconfirmed", lambda e: replace(e, rows=[row(actor="slack:U2")])),
    "another target than on the card": (
        "unconfirmed",
        lambda e: replace(e, clicks=[replace(e.clicks[0], target="dpl_other")]),
    ),
    "an undo to something else": (
        "unconfirmed",
        lambda e: replace(
            e,
            entries=log("requested", "asked", "accepted", "succeeded", detail={"follows": "op0"}),
            clicks=[Click("U1", actions.UNDO, "op0", "Roll back to 7777777")],
        ),
    ),
    "a second message": ("duplicate", lambda e: replace(e, said=[*e.said, replace(MESSAGE, ts="1.3")])),
    "a detail twice": (
        "duplicate",
        lambda e: replace(e, said=[*e.said, replace(DETAIL, ts="1.3"), replace(DETAIL, ts="1.4")]),
    ),
    "a detail in no thread": (
        "duplicate",
        lambda e: replace(e, said=[*e.said, replace(DETAIL, thread_ts="9.9")]),
    ),
    "an announcement in no thread": (
        "duplicate",
        lambda e: replace(e, said=[MESSAGE, replace(ANNOUNCEMENT, thread_ts=None)]),
    ),
    "a second announcement": (
        "duplicate",
        lambda e: replace(e, said=[*e.said, replace(ANNOUNCEMENT, ts="1.3")]),
    ),
    "no message": ("lost", lambda e: replace(e, said=[ANNOUNCEMENT])),
    "a message that stays behind": (
        "lost",
        lambda e: replace(e, said=[replace(MESSAGE, words="Building"), ANNOUNCEMENT]),
    ),
    "no announcement": ("lost", lambda e: replace(e, said=[MESSAGE])),
    "an announcement elsewhere": (
        "lost",
        lambda e: replace(e, said=[MESSAGE, replace(ANNOUNCEMENT, thread_ts=None)]),
    ),
    "a success that was none": (
        "untrue",
        lambda e: replace(
            e, histories={"prj": History([(at(-9).timestamp(), {"a.example.com": "dpl_old"})])}
        ),
    ),
    "a success that came after it was told": (
        "untrue",
        lambda e: replace(
            e, histories={"prj": History([(at(3.5).timestamp(), {"a.example.com": "dpl_new"})])}
        ),
    ),
    "a failure that was none": (
        "untrue",
        lambda e: replace(
            e,
            rows=[row(state="failed")],
            entries=log("requested", "asked", "failed"),
            steps=[*STEPS[:2], Step("op", "asked", "failed")],
            said=[replace(MESSAGE, words="Promote shop: failed")],
        ),
    ),
    "a step that is not allowed": (
        "illegal",
        lambda e: replace(e, steps=[*e.steps, Step("op", "succeeded", "asked")]),
    ),
    "a step from nowhere": ("illegal", lambda e: replace(e, steps=[e.steps[0], *e.steps[2:]])),
    "a beginning in the middle": (
        "illegal",
        lambda e: replace(e, steps=[Step("op", "", "moving"), e.steps[-1]]),
    ),
    "a broken chain": ("audit", lambda e: replace(e, is_unbroken=False)),
    "an entry twice": (
        "audit",
        lambda e: replace(e, entries=log("requested", "asked", "accepted", "accepted", "succeeded")),
    ),
    "another outcome in the log": (
        "audit",
        lambda e: replace(e, entries=log("requested", "asked", "failed")),
    ),
    "an ask that is not in the log": ("audit", lambda e: replace(e, entries=log("requested", "succeeded"))),
    "an operation that only the log knows": ("audit", lambda e: replace(e, rows=[])),
    "something after an outcome": (
        "audit",
        lambda e: replace(e, entries=log("requested", "asked", "failed", "succeeded")),
    ),
    "something else after an unknown one": (
        "audit",
        lambda e: replace(e, entries=log("requested", "asked", "unknown", "accepted", "succeeded")),
    ),
    "a change that was not noticed": ("unnoticed", lambda e: replace(e, current={"prj": "dpl_other"})),
    "a change between two": (
        "unnoticed",
        lambda e: replace(e, changes=[FIRST, change(2, from_id="dpl_other")]),
    ),
    "a number that is missing": ("unnoticed", lambda e: replace(e, changes=[FIRST, change(3, id="change2")])),
    "a change that a channel is not told of": (
        "untold",
        lambda e: replace(e, announcements=TOLD[1:], said=[MESSAGE, ANNOUNCEMENT, DETAIL, NEWS[0], NEWS[2]]),
    ),
    "an announcement that was given up": (
        "untold",
        lambda e: replace(e, announcements=[announcement(FIRST, "3.1", ts=None, posted_at=None), *TOLD[1:]]),
    ),
    "an announcement without its message": ("untold", lambda e: replace(e, said=e.said[:-1])),
    "an operation that is announced in its own channel again": (
        "untold",
        lambda e: replace(e, announcements=[*TOLD, announcement(SECOND, "3.3", channel=CHANNEL)]),
    ),
    "another order": (
        "out of order",
        lambda e: replace(
            e, announcements=[announcement(FIRST, "3.2"), announcement(SECOND, "3.1"), TOLD[2]]
        ),
    ),
    "news that nobody wrote down": (
        "duplicate",
        lambda e: replace(e, said=[*e.said, replace(NEWS[2], ts="3.9")]),
    ),
    "an older announcement with its buttons": (
        "stale buttons",
        lambda e: replace(
            e, said=[*e.said[:-2], replace(NEWS[1], actions=frozenset({actions.BACK})), NEWS[2]]
        ),
    ),
    "a newest announcement without a way back": (
        "stale buttons",
        lambda e: replace(e, said=[*e.said[:-1], replace(NEWS[2], actions=frozenset())]),
    ),
    "an operation with its buttons after a move from outside": (
        "stale buttons",
        lambda e: replace(
            e,
            changes=[FIRST, change(2, operation_id=None, to_id="dpl_other", noticed_at=at(9))],
            said=[replace(MESSAGE, actions=frozenset({actions.UNDO})), *e.said[1:]],
        ),
    ),
    "a bot that died": ("bot", lambda e: replace(e, died=["bot 1 ended by itself with status 1"])),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_seen(what: str) -> None:
    kind, spoil = WRONG[what]
    assert kind in {problem.kind for problem in judge(spoil(RIGHT))}
