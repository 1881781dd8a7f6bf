"""Whether every change of production was noticed, and told once in each channel, in order, with buttons on the newest
message only. Pure: evidence in, problems out.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from chatbot.messages import actions
from storage.models import Announcement, Change
from storage.moves import MOVES
from tests.chaos.evidence import Evidence, Said
from tests.chaos.problem import Problem

_WAYS = frozenset({actions.BACK, actions.UNDO, actions.RETRY, actions.PROMOTE, actions.ROLL_BACK})
"""Buttons that lead to a change of production."""


def unnoticed(evidence: Evidence) -> Iterator[Problem]:
    """What is Current at the end is what was last recorded, and each change begins where the one before it ended."""
    for project, changes in _by_project(evidence).items():
        moves = [change for change in changes if change.kind == "current"]
        for before, after in pairwise(moves):
            if after.from_id != before.to_id:
                yield Problem("unnoticed", f"{_named(after)} begins with {after.from_id}, not {before.to_id}")
        if moves and project in evidence.current and moves[-1].to_id != evidence.current[project]:
            yield Problem("unnoticed", f"{_named(moves[-1])} is the last, and Current is another")
        if [change.number for change in changes] != list(range(1, len(changes) + 1)):
            yield Problem("unnoticed", f"the changes of {project} are not numbered from 1 without gaps")


def untold(evidence: Evidence) -> Iterator[Problem]:
    """One announcement for each change and channel, and one message for each announcement."""
    told = {(row.change_id, row.channel): row for row in evidence.announcements}
    own = {row.id: row.channel for row in evidence.rows}
    said = {(s.channel, s.ts): s for s in evidence.said}
    for change in evidence.changes:
        for channel in evidence.hearing.get(change.project_id, ()):
            row = told.get((change.id, channel))
            is_elsewhere = own.get(change.operation_id or "") == channel or json.loads(change.detail)["along"]
            if row is None and not is_elsewhere:
                yield Problem("untold", f"{_named(change)} was not to be told in {channel}")
            elif row is not None and is_elsewhere:
                yield Problem("untold", f"{_named(change)} is told twice in {channel}")
            elif row is not None and (row.posted_at is None or (channel, row.ts or "") not in said):
                yield Problem("untold", f"{_named(change)} was not told in {channel}: {row.why}")
            elif row is not None and change.project_name not in said[channel, row.ts or ""].words:
                yield Problem("untold", f"{_named(change)} is told of as something else in {channel}")


def out_of_order(evidence: Evidence) -> Iterator[Problem]:
    rows: defaultdict[tuple[str, str], list[Announcement]] = defaultdict(list)
    for row in evidence.announcements:
        rows[row.project_id, row.channel].append(row)
    for (project, channel), told in rows.items():
        times = [float(row.ts) for row in sorted(told, key=lambda row: row.number) if row.ts]
        if times != sorted(times) or len(times) != len(set(times)):
            yield Problem("out of order", f"{channel} reads of {project} in another order")


def stale_buttons(evidence: Evidence) -> Iterator[Problem]:
    """Only the newest message about what is Current leads on, also where others have moved it."""
    said = {(s.channel, s.ts): s for s in evidence.said}
    newest = {project: _last_move(changes) for project, changes in _by_project(evidence).items()}
    changes = {change.id: change for change in evidence.changes}
    for row in evidence.announcements:
        last, message = newest[row.project_id], said.get((row.place or row.channel, row.ts or ""))
        if message is None or last is None:
            continue
        if row.number < last.number and _leads_on(message):
            yield Problem(
                "stale buttons", f"{_named(changes[row.change_id])} has its buttons in {row.channel}"
            )
        if row.number == last.number and json.loads(last.detail)["bound"] and not _leads_on(message):
            yield Problem("stale buttons", f"{_named(last)} has no way back in {row.channel}")
    for operation in evidence.rows:
        last = newest.get(operation.project_id)
        ended = operation.finished_at
        if last is None or ended is None or last.noticed_at <= ended or last.operation_id is not None:
            continue
        if last.to_id == (operation.build_id or operation.target_id):
            continue
        for ts in (operation.message_ts, operation.announcement_ts):
            message = said.get((operation.channel, ts or ""))
            if message is not None and message.actions & {actions.UNDO, actions.RETRY}:
                yield Problem(
                    "stale buttons", f"operation {operation.id} has its buttons after {_named(last)}"
                )


def _leads_on(message: Said) -> bool:
    return bool(message.actions & _WAYS)


def _last_move(changes: list[Change]) -> Change | None:
    return next((change for change in reversed(changes) if change.kind in MOVES), None)


def _by_project(evidence: Evidence) -> dict[str, list[Change]]:
    found: defaultdict[str, list[Change]] = defaultdict(list)
    for change in sorted(evidence.changes, key=lambda change: change.number):
        found[change.project_id].append(change)
    return found


def _named(change: Change) -> str:
    return f"change {change.number} of {change.project_name} ({change.kind}, {change.how}, to {change.to_id})"
