"""What must hold, whatever was done: compared after every step, from the outside."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chatbot.domain.operations import NEXT, Stage
from storage.models import AuditEntry
from tests.model.facts import Click, Post, Promise, Step
from tests.model.reading import Claims, claims_of
from tests.model.stage import Stage as World
from tests.model.truth import Moment

_BEGINNINGS = {"requested", "waiting"}
_ASKS = {"operation.asked", "operation.promote_asked", "operation.keep_off_asked"}
_LOOKS = 3
"""How many of the bot's last looks at a project a claim may go back to: others look at it as well."""


class Violation(AssertionError):
    """The bot did or said something that it must not."""


class Oracle:
    """`confirmations` and `follow_ups` say who clicked what, by its digest and by the operation that it follows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.confirmations: dict[str, Click] = {}
        self.follow_ups: dict[str, list[Click]] = {}
        self.may_give_up: set[str] = set()
        self._judged: set[tuple[str, str]] = set()
        self._checked_posts: set[int] = set()
        self._promises: dict[str, Promise] = {}

    def check(self) -> None:
        """Raises Violation."""
        world = self._world
        world.do(world.verify_audit())
        world.note_requests()  # from here on nothing moves
        records = world.records()
        self.rows, self.audit = records.rows, records.log
        self.steps: dict[str, list[Step]] = {}
        for step in records.steps:
            self.steps.setdefault(step.operation_id, []).append(step)
        self._transitions()
        self._requests()
        self._consumption(records.confirmations)
        self._posts()
        told = [r for r in self.rows.values() if r["told_at"] and (r["id"], r["state"]) not in self._judged]
        if told:
            messages = {m.ts: m for m in world.do(world.world.ana.reads("deploys"))}
            for row in told:
                self._judged.add((row["id"], row["state"]))
                if row["message_ts"] in messages:
                    self._judge(row, claims_of(messages[row["message_ts"]]))

    # what happened in which order

    def _transitions(self) -> None:
        for operation_id, steps in self.steps.items():
            before: str | None = None
            for step in steps:
                legal = step.after in (_BEGINNINGS if before is None else NEXT[Stage(before)])
                self._must(step.before == before and legal, f"illegal: {step}", operation_id)
                before = step.after
            self._must(before == self.rows[operation_id]["state"], "a state came from nowhere", operation_id)
            self._logged(operation_id, [s.after for s in steps])

    def _logged(self, operation_id: str, states: list[str]) -> None:
        logged = Counter(e.action for e in self.audit if e.operation_id == operation_id)
        outcomes = {f"operation.{stage}" for stage in Stage if stage.is_outcome}
        wanted = [f"operation.{state}" for state in states if Stage(state).is_outcome]
        self._must(logged["operation.requested"] == 1, f"requested in the log: {logged}", operation_id)
        asked = int("asked" in states)
        self._must(logged["operation.asked"] == asked, f"asked in the log: {logged}", operation_id)
        found = [action for action in logged if action in outcomes]
        self._must(found == wanted, f"outcomes in the log: {found}", operation_id)
        self._must(max(logged.values()) == 1, f"twice in the log: {logged}", operation_id)

    # who wanted it

    def _requests(self) -> None:
        for entry in self.audit:
            if entry.action == "operation.requested" and entry.operation_id not in self._promises:
                assert entry.operation_id is not None
                self._promises[entry.operation_id] = self._wanted(entry).promise
            elif entry.actor != "bot" and entry.action == "operation.cancelled":
                self._must(
                    f"{entry.operation_id} {entry.actor}" in self.may_give_up,
                    f"{entry.actor} gave it up and may not",
                    entry.operation_id,
                )

    def _wanted(self, entry: AuditEntry) -> Click:
        """The click behind a request."""
        operation_id, detail = entry.operation_id, json.loads(entry.detail)
        if "confirmation" in detail:
            one = self.confirmations.get(detail["confirmation"])
            clicks = [one] if one else []
        else:
            clicks = self.follow_ups.get(detail["follows"], [])
        clicks = [c for c in clicks if f"slack:{c.person}" == entry.actor]
        fitting = [
            click
            for click in clicks
            if detail["target"] in click.promise.targets
            and click.promise.path in (None, detail["path"])
            and (click.promise.domains is None or click.promise.domains == frozenset(detail["domains"]))
            and click.promise.current in (None, detail["from"])
        ]
        self._must(bool(fitting), f"nobody who may confirmed {detail}; clicks: {clicks}", operation_id)
        return fitting[0]

    def _consumption(self, confirmations: list[dict[str, Any]]) -> None:
        uses = Counter(
            json.loads(e.detail).get("confirmation")
            for e in self.audit
            if e.action != "confirmation.shown" and "confirmation" in e.detail
        )
        uses.pop(None, None)
        again = {name: times for name, times in uses.items() if times > 1}
        self._must(not again, f"confirmations used more than once: {again}")
        known = {row["actor"] for row in confirmations}
        self._must("slack:U0BOB0002" not in known, "Bob got a confirmation")

    # what was asked of the platform

    def _posts(self) -> None:
        """In the order in which they were asked for, on each project: one ask, one request."""
        asks: dict[str, list[AuditEntry]] = {}
        for entry in self.audit:
            if entry.action in _ASKS:
                asks.setdefault(self._row(entry)["project_id"], []).append(entry)
        self.answered: dict[str, list[Post]] = {}
        put_off: dict[tuple[str, str, str], float] = {}
        for post in self._world.posts:
            if post.kind == "cancel":
                self._stops_a_build(post)
                continue
            project = post.project or self._project_of(post)
            first = put_off.setdefault((project, post.kind, post.target), post.at)
            if post.was_put_off:
                continue
            del put_off[project, post.kind, post.target]
            ask = self._ask_of(post, asks.get(project, []))
            self.answered.setdefault(ask.operation_id or "", []).append(post)
            if post.number not in self._checked_posts:
                self._checked_posts.add(post.number)
                self._as_promised(ask, first, project)

    def _ask_of(self, post: Post, waiting: list[AuditEntry]) -> AuditEntry:
        while waiting and not self._is_for(waiting[0], post):
            waiting.pop(0)  # this one never reached the platform
        self._must(bool(waiting), f"sent twice, or never asked for: {post}", post.of)
        return waiting.pop(0)

    def _stops_a_build(self, post: Post) -> None:
        """Asking twice does no harm; only what was given up may be stopped."""
        row = self.rows.get(self._world.truth.made_for.get(post.target, ""))
        given_up = row is not None and row["state"] in {"cancelled", "superseded"}
        self._must(given_up, f"nobody gave this build up: {post}", row["id"] if row else None)

    def _project_of(self, post: Post) -> str:
        self._must(post.of in self.rows, f"a build of no operation: {post}")
        return str(self.rows[post.of or ""]["project_id"])

    def _is_for(self, ask: AuditEntry, post: Post) -> bool:
        if ask.action == "operation.keep_off_asked":
            return post.kind == "keep off"
        detail = json.loads(ask.detail)
        path = detail.get("path", "promote")
        return path == post.kind and detail["target"] == post.target and post.of in {None, ask.operation_id}

    def _as_promised(self, ask: AuditEntry, until: float, project_id: str) -> None:
        """What the person confirmed was true at some moment between the check and the (first) request."""
        operation_id = ask.operation_id or ""
        promise = self._promises[operation_id]
        if ask.action == "operation.keep_off_asked":
            self._must(promise.keep_off, "nobody wanted auto-assignment kept off", operation_id)
            return
        steps = self.steps[operation_id]
        turn = next((s.at for s in steps if s.after == "requested"), steps[0].at)
        alive = max(at for at in self._world.starts if at <= until)
        since = self._looked_since(project_id, until, max(turn, alive))
        moments = self._world.truth.during(project_id, since, until)
        differing = self._differences(promise, moments)
        if ask.action == "operation.promote_asked":
            differing -= {"environment", "serves", "target"}  # it is built already
        self._must(
            not differing,
            f"asked for although {sorted(differing)} no longer were as confirmed: {promise}\nthen: {moments[-1]}",
            operation_id,
        )

    def _differences(self, promise: Promise, moments: list[Moment]) -> set[str]:
        """The parts of a promise that held at none of these moments."""
        labels = self._world.truth.labels

        def serves(moment: Moment, name: str) -> bool:
            said, served = (promise.serves or {})[name], moment.serves.get(name)
            return said in {served, labels.get(served or "")}

        def ready(moment: Moment) -> bool:
            wanted: dict[str, set[str | None]] = {
                "promote": {"STAGED", "PROMOTED"},
                "rollback": {"PROMOTED"},
                "rebuild": {None},
            }
            states = (moment.deployments.get(target) for target in promise.targets)
            return any(s and s[0] == "READY" and s[1] in wanted[promise.path or "promote"] for s in states)

        def same(name: str) -> bool:
            promised = getattr(promise, name)
            return promised is None or any(getattr(m, name) == promised for m in moments)

        found = {name for name in ("current", "auto_assign", "environment") if not same(name)}
        if not any(ready(m) for m in moments):
            found.add("target")
        if promise.domains is not None and not any(
            m.serves.keys() | m.unverified == promise.domains for m in moments
        ):
            found.add("domains")
        if not all(any(serves(m, name) for m in moments) for name in promise.serves or ()):
            found.add("serves")
        if promise.move is not None and not any((m.move is not None) is promise.move for m in moments):
            found.add("move")
        return found

    def _looked_since(self, project_id: str, until: float, at_least: float) -> float:
        looks = [r.at for r in self._world.reads if r.path == f"/v9/projects/{project_id}" and r.at <= until]
        return max(looks[-_LOOKS] if len(looks) >= _LOOKS else 0.0, at_least) - 0.005

    # what was said

    def _judge(self, row: dict[str, Any], claims: Claims) -> None:
        """The last wording against what the platform served when it was decided."""
        operation_id, project_id = row["id"], row["project_id"]
        state, steps = Stage(row["state"]), self.steps[row["id"]]
        self._must(
            claims.stage is state, f"the message says {claims.stage}, the row {state}", operation_id, claims
        )
        begun = next((s.at for s in steps if s.after == "requested"), steps[0].at)
        until = steps[-1].at
        whole = self._world.truth.during(project_id, begun, until)
        last = self._world.truth.during(project_id, self._looked_since(project_id, until, begun), until)
        if claims.seen is not None:
            true = any(m.current == claims.seen for m in whole)
            self._must(true, f"{claims.seen} was never Current meanwhile", operation_id, claims, whole)
        judge = {
            Stage.SUCCEEDED: self._succeeded,
            Stage.PARTLY_MOVED: self._partly_moved,
            Stage.FAILED: self._failed,
            Stage.UNKNOWN: self._unknown,
            Stage.SUPERSEDED: self._superseded,
            Stage.OUTDATED: self._outdated,
            Stage.CANCELLED: self._cancelled,
        }[state]
        judge(row, claims, last)

    def _succeeded(self, row: dict[str, Any], claims: Claims, last: list[Moment]) -> None:
        final, of = _final(row), row["id"]
        self._must(any(m.current == final for m in last), f"{final} was not Current", of, claims, last)
        self._must(claims.label == self._world.truth.labels.get(final or ""), "another label", of, claims)
        self._must(not claims.still, "a domain has not moved", of, claims)
        promised = self._promises[of].domains or frozenset()
        for name in promised | frozenset.intersection(*(frozenset(m.serves) for m in last)):
            moved = any(m.serves.get(name, final) == final for m in last)
            self._must(moved, f"{name} does not serve {final}", of, claims, last)
        for words, on in _AUTO_ASSIGN.items():
            if words in claims.words:
                true = any(m.auto_assign is on for m in last)
                self._must(true, f"auto-assignment: {words}", of, claims, last)

    def _partly_moved(self, row: dict[str, Any], claims: Claims, last: list[Moment]) -> None:
        final, of = _final(row), row["id"]
        some = any(s == final for m in last for s in m.serves.values())
        self._must(some, "no domain has moved", of, claims, last)
        others = any(s != final for m in last for s in m.serves.values())
        self._must(others, "every domain has moved", of, claims, last)
        for name, served in claims.still.items():
            true = any(m.serves.get(name) == served for m in last)
            self._must(true, f"{name} does not serve {served}", of, claims, last)
        for name in claims.moved:
            true = any(m.serves.get(name) == final for m in last)
            self._must(true, f"{name} does not serve {final}", of, claims, last)

    def _failed(self, row: dict[str, Any], claims: Claims, last: list[Moment]) -> None:
        final, of, words = _final(row), row["id"], claims.words
        if "Nothing was sent" in words:
            self._must(of not in self.answered, "something was sent", of, claims)
        if "Production did not move" in words:
            moved = all(m.current == final or final in m.serves.values() for m in last) and final is not None
            self._must(not moved, "production did move", of, claims, last)
        if "did not move" in words or "Production is as it was" in words:
            before = self._promises[of].current or row["from_id"]
            same = any(m.current == before for m in last)
            self._must(same, f"Current is no longer {before}", of, claims, last)

    def _unknown(self, row: dict[str, Any], claims: Claims, last: list[Moment]) -> None:
        final, of = _final(row), row["id"]
        since = last[-1].at
        spoiled = any(r.fault for r in self._world.reads if r.at >= since - 2)
        arrived = final is not None and all(m.all_serve(final) and m.move is None for m in last)
        self._must(spoiled or not arrived, f"{final} was Current everywhere, plain to see", of, claims, last)

    def _superseded(self, row: dict[str, Any], claims: Claims, last: list[Moment]) -> None:
        final, of = _final(row), row["id"]
        says_so = row["asked_at"] and "that goes first" not in claims.words
        arrived = says_so and final is not None and all(m.all_serve(final) for m in last)
        self._must(not arrived, f"{final} is Current everywhere", of, claims, last)

    def _outdated(self, row: dict[str, Any], claims: Claims, last: list[Moment]) -> None:
        of, promise = row["id"], self._promises[row["id"]]
        self._must(of not in self.answered, "something was sent", of, claims)
        age = datetime.fromisoformat(row["finished_at"]) - datetime.fromisoformat(row["created_at"])
        too_old = age > self._world.valid
        changed = any(self._differences(promise, [m]) for m in last)
        untold = promise.environment is None  # of a dialog, and of a card that came while it changed
        self._must(
            too_old or changed or untold or bool(self._world.truth.lateness),
            "nothing had changed",
            of,
            claims,
            last,
        )

    def _cancelled(self, row: dict[str, Any], claims: Claims, _last: list[Moment]) -> None:
        sent = [p.kind for p in self.answered.get(row["id"], [])]
        self._must("promote" not in sent, f"sent all the same: {sent}", row["id"], claims)

    # the end

    def all_has_ended(self) -> None:
        """After everything settled: each operation told once, each success announced once."""
        self.check()
        for row in self.rows.values():
            self._must(row["told_at"] is not None, "it never ended, or was never told", row["id"])
        messages = self._world.do(self._world.world.ana.reads("deploys"))
        said = [m for m in messages if not m.ephemeral and m.user == "U0PROMBOT"]
        announced = Counter(re.sub(r"\s+", " ", m.words) for m in said if m.words.startswith("*Current of "))
        succeeded = [row for row in self.rows.values() if row["state"] == "succeeded"]
        # What production had moved on from before it could be told is not announced any more.
        outlived = [row for row in succeeded if row["retired_at"] and not row["announcement_ts"]]
        few, many = len(succeeded) - len(outlived), len(succeeded)
        self._must(few <= announced.total() <= many, f"{few} to {many} succeeded: {announced}")
        plain = len(said) - announced.total()
        self._must(plain == len(self.rows), f"{plain} messages of {len(self.rows)} operations")

    # evidence

    def _row(self, entry: AuditEntry) -> dict[str, Any]:
        return self.rows[entry.operation_id or ""]

    def _must(self, holds: bool, what: str, operation_id: str | None = None, *evidence: Any) -> None:
        if holds:
            return
        lines = [what]
        if operation_id in self.rows:
            row = {key: value for key, value in self.rows[operation_id].items() if key not in _LONG}
            lines += [
                f"row: {row}",
                *(f"step: {s.before} > {s.after} {s.at}" for s in self.steps[operation_id]),
            ]
            lines += [f"log: {e.action} {e.detail}" for e in self.audit if e.operation_id == operation_id]
            lines.append(f"promise: {self._promises.get(operation_id)}")
        lines += [f"post: {post}" for post in self._world.posts]
        lines += [_shown(one) for one in evidence]
        raise Violation("\n".join(lines))


_LONG = {"plan", "outcome", "fingerprint"}
_AUTO_ASSIGN = {
    "Auto-assignment was kept off": False,
    "could not be kept off: it is on now": True,
    "Auto-assignment stays on": True,
    "Auto-assignment is on again": True,
    "auto-assignment is off": False,
    "Auto-assignment is off": False,
}


def _final(row: dict[str, Any]) -> str | None:
    """What was to be Current in the end; of a rebuild that has no build, nobody knows."""
    found: str | None = row["build_id" if row["path"] == "rebuild" else "target_id"]
    return found


def _shown(evidence: Any) -> str:
    if isinstance(evidence, Claims):
        return f"said: {evidence.words}"
    if isinstance(evidence, Iterable) and not isinstance(evidence, str):
        return "\n".join(f"true: {one}" for one in evidence)
    return str(evidence)
