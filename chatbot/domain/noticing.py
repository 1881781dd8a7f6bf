"""What has happened to a project between two looks at it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chatbot.domain.deployments import Deployment, State, state_of
from chatbot.domain.moves import Move, fresh_request, is_new, moves, unexplained
from chatbot.domain.news import Change, How, Kind, Step, Who
from chatbot.domain.ordering import is_out_of_order
from chatbot.domain.sights import Builds, Doing, Glimpse, ReleaseMark, Sight, Snapshot, Told

SURE_AFTER = timedelta(seconds=2)
"""How long a Current that nothing explains has to be seen before it is believed."""
ABANDONED_AFTER = timedelta(minutes=3)
"""The official CLI takes no notice of a request older than this."""
_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_ASSIGNED_WITHIN = timedelta(minutes=2)
_CLOCKS_DIFFER = timedelta(minutes=1)


@dataclass(frozen=True)
class Noticed:
    """`missing` are deployments to be asked for before anything can be told. `settled`: nothing is under way that
    another look should soon be taken at.
    """

    after: Snapshot
    changes: tuple[Change, ...] = ()
    missing: frozenset[str] = frozenset()
    settled: bool = True


def baseline(sight: Sight, now: datetime) -> Snapshot:
    """The very first sight of a project: nothing in it is news."""
    empty = Snapshot(sight.project.name, None)
    _, builds, _ = _builds(empty, sight, Told(), now)
    return _after(empty, sight, builds, moved_at=sight.project.current_since)


def first_glimpse(glimpse: Glimpse, builds: Builds) -> Snapshot:
    """The same from a list. What that does not tell is not news at the first look either."""
    project = glimpse.project
    return Snapshot(
        name=project.name,
        current=project.current,
        auto_assign=project.auto_assign,
        last_request=project.last_request,
        request_is_known=glimpse.tells_request,
        pinned=project.pinned,
        serving=glimpse.serving,
        builds=builds,
        moved_at=project.current_since,
    )


def notice(before: Snapshot, number: int, sight: Sight, told: Told, now: datetime) -> Noticed:
    """The changes since `before`, numbered from `number` + 1, and what to keep for the next look.

    `now` is the bot's own time; it is only compared with the bot's own, and in minutes.
    """
    if _is_under_way(sight, now) or _lags_behind(before, sight):
        return Noticed(before, settled=False)
    steps = moves(before, sight, told.hints)
    if steps is None:
        step = unexplained(before, sight)
        doubt = step.to_id or "none"
        if not _is_explained(step, before, sight) and not _is_believed(before, doubt, now):
            since = before.doubt_since if before.doubt == doubt else now
            return Noticed(replace(before, doubt=doubt, doubt_since=since), settled=False)
        steps = [step]
    if missing := _missing(before, sight, steps):
        return Noticed(before, missing=missing)
    finished, builds, waits = _builds(before, sight, told, now)
    elsewhere = {} if steps or waits else _elsewhere(before, sight)
    if elsewhere and not _is_believed(before, doubt := str(sorted(elsewhere.items(), key=str)), now):
        since = before.doubt_since if before.doubt == doubt else now
        return Noticed(replace(before, doubt=doubt, doubt_since=since), settled=False)
    telling = _Telling(before, number, sight, told, now)
    telling.renamed()
    telling.current(steps)
    telling.domains(elsewhere)
    telling.release()
    telling.pinned()
    telling.builds(finished)
    moved_at = max(filter(None, (before.moved_at, *(step.last_told for step in steps))), default=None)
    after = _after(before, sight, builds, moved_at=moved_at)
    named = {name for names in elsewhere.values() for name in names}
    astray = {d.name for d in sight.moving if d.serves != sight.current_id}
    after = replace(after, strayed=(before.strayed | named) & astray)
    if waits and not steps:
        after = replace(after, serving=before.serving)  # its domains are on their way
    return Noticed(after, tuple(telling.changes), settled=not waits)


def gone(before: Snapshot, number: int, project_id: str, now: datetime) -> Change:
    """The platform knows the project no more."""
    return Change(
        id=_id(project_id, number + 1),
        project_id=project_id,
        project_name=before.name,
        number=number + 1,
        kind=Kind.GONE,
        how=How.UNKNOWN,
        at=now,
        noticed_at=now,
        was=before.current,
    )


def key_of(change: Change) -> str:
    """What a change is about, so that it is recorded once."""
    if change.kind in {Kind.FAILED, Kind.STAGED} and change.now is not None:
        return f"{change.kind}:{change.now.id}"
    return f"{change.project_id}:{change.number}"


def _id(project_id: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"promotebot:change:{project_id}:{number}"))


@dataclass
class _Telling:
    """One look, told change by change."""

    before: Snapshot
    number: int
    sight: Sight
    told: Told
    now: datetime
    changes: list[Change] = field(default_factory=list)

    def current(self, steps: list[Move]) -> None:
        was = self.before.current
        for index, step in enumerate(steps):
            arrived = self.sight.find(step.to_id)
            doing = self._doing(step.to_id, step.at, goes_back=_goes_back(step.how))
            how = How.BOT if doing else self._how(step, arrived)
            is_last = index + 1 == len(steps)
            went_back = _goes_back(how) or (doing is not None and doing.goes_back)
            out_of_order = not went_back and is_out_of_order(was, arrived, self.sight.builds)
            self._add(
                Kind.CURRENT,
                how,
                step.at,
                who=_actor(doing) if doing else self._who(step, how, arrived),
                was=was,
                now=arrived,
                domains=tuple(d.name for d in self.sight.moving),
                passing=not is_last,
                pinned=self.sight.project.pinned if is_last else _goes_back(step.how),
                newer=was if out_of_order else None,
                operation_id=doing.operation_id if doing else None,
                reason=self._reason(how, doing) if is_last else None,
                release=self.sight.release if how is How.RELEASED else None,
            )
            was = arrived

    def domains(self, elsewhere: dict[str | None, list[str]]) -> None:
        """Those that went elsewhere, and those that came back, while Current stayed."""
        for serves, names in elsewhere.items():
            self._add(
                Kind.DOMAIN,
                How.UNKNOWN,
                self.now,
                was=self.sight.project.current,
                now=self.sight.find(serves),
                domains=tuple(sorted(names)),
            )

    def release(self) -> None:
        """A rolling release that began, went on, or was aborted. A complete one is a change of Current."""
        release, kept = self.sight.release, self.before.release
        mark = ReleaseMark.of(release)
        if release is None or mark is None or not self.before.release_is_known or mark == kept:
            return
        is_same = mark.is_same(kept)
        step = None
        if release.is_active and not is_same:
            step = Step.BEGUN
        elif release.is_active and kept is not None and (mark.active or 0) > (kept.active or 0):
            step = None if release.is_completing else Step.ADVANCED
        elif release.state == "ABORTED" and (kept is None or not is_same or kept.state != "ABORTED"):
            step = Step.ABORTED
        if step is None:
            return
        goal = release.base_id if step is Step.ABORTED else release.canary_id
        doing = self._doing(goal, release.updated_at, goes_back=step is Step.ABORTED)
        by = self.sight.project.rollback_by if step is Step.ABORTED else None
        canary = self.sight.find(release.canary_id) or release.canary
        self._add(
            Kind.RELEASE,
            How.BOT if doing else How.UNKNOWN,
            release.updated_at,
            who=_actor(doing) if doing else (Who(by) if by else None),
            was=self.sight.find(release.base_id) or release.base,
            now=canary,
            domains=tuple(d.name for d in self.sight.moving),
            operation_id=doing.operation_id if doing else None,
            release=release.knowing(self.sight.project.current, canary),
            step=step,
        )

    def pinned(self) -> None:
        project = self.sight.project
        if project.pinned == self.before.pinned or not self.before.request_is_known:
            return
        last = next((c for c in reversed(self.changes) if c.kind in {Kind.CURRENT, Kind.RELEASE}), None)
        by = Who(project.rollback_by) if project.pinned and project.rollback_by else None
        self._add(
            Kind.PINNED,
            last.how if last else How.UNKNOWN,
            last.at if last else self.now,
            who=last.who if last and last.who else by,
            was=last.was if last else None,
            now=project.current,
            operation_id=last.operation_id if last else None,
            reason=project.rollback_reason if project.pinned else None,
            along=last is not None,
        )

    def builds(self, finished: list[Deployment]) -> None:
        """Production builds that failed, or are ready and got no domains. Oldest first."""
        for build in sorted(finished, key=lambda b: b.created_at):
            kind = Kind.FAILED if build.ready_state == "ERROR" else Kind.STAGED
            doing = next((d for d in self.told.doings if d.final_id == build.id), None)
            self._add(
                kind,
                How.BOT if doing else How.PUSHED,
                build.ready_at or self.now,
                who=_actor(doing) if doing else self._author(build),
                was=self.sight.project.current,
                now=build,
                domains=tuple(d.name for d in self.sight.moving),
                operation_id=doing.operation_id if doing else None,
                reason=build.error,
            )

    def renamed(self) -> None:
        if self.sight.project.name != self.before.name:
            self._add(
                Kind.RENAMED,
                How.UNKNOWN,
                self.now,
                now=self.sight.project.current,
                was_named=self.before.name,
            )

    def _add(self, kind: Kind, how: How, at: datetime, **values: Any) -> None:
        project = self.sight.project
        number = self.number + len(self.changes) + 1
        self.changes.append(
            Change(
                id=_id(project.id, number),
                project_id=project.id,
                project_name=project.name,
                number=number,
                kind=kind,
                how=how,
                at=at,
                noticed_at=self.now,
                repository=project.repository,
                auto_assign=project.auto_assign,
                **{"pinned": project.pinned, **values},
            )
        )

    def _how(self, step: Move, arrived: Deployment | None) -> How:
        release = self.sight.release
        if release is not None and release.canary_id == step.to_id and not release.is_active:
            return How.RELEASED
        if step.how is How.UNKNOWN and arrived is not None and is_new(self.before, arrived):
            return How.PUSHED
        return step.how

    def _who(self, step: Move, how: How, arrived: Deployment | None) -> Who | None:
        if how is How.PUSHED and arrived is not None:
            return self._author(arrived) or step.who
        last = fresh_request(self.before, self.sight)
        is_last = last is not None and last.to_id == step.to_id == self.sight.current_id
        if how is How.ROLLED_BACK and is_last and self.sight.project.rollback_by:
            return step.who or Who(self.sight.project.rollback_by)
        return step.who

    def _author(self, build: Deployment) -> Who | None:
        if build.commit is not None and build.commit.author:
            known = self.told.people.get(build.id)
            return Who(build.commit.author, known.slack_user if known else None)
        return self.told.people.get(build.id)

    def _reason(self, how: How, doing: Doing | None) -> str | None:
        if doing is not None:
            return doing.reason
        return self.sight.project.rollback_reason if how is How.ROLLED_BACK else None

    def _doing(self, goal: str | None, at: datetime, *, goes_back: bool) -> Doing | None:
        """The bot's own operation that did it: asked for before, and not through long before."""
        taken = {c.operation_id for c in self.changes if c.kind is not Kind.STAGED}
        fits = [
            doing
            for doing in self.told.doings
            if doing.final_id == goal
            and doing.operation_id not in taken
            and doing.goes_back == goes_back
            and doing.asked_at - _CLOCKS_DIFFER <= at
            and (doing.finished_at is None or at <= doing.finished_at + _CLOCKS_DIFFER)
        ]
        return min(fits, key=lambda doing: doing.asked_at, default=None)


def _actor(doing: Doing) -> Who:
    """Whoever asked for it in Slack is known there."""
    kind, _, user = doing.actor.partition(":")
    return Who(user or doing.actor, user if kind == "slack" else None)


def _goes_back(how: How) -> bool:
    return how is How.ROLLED_BACK


def _is_under_way(sight: Sight, now: datetime) -> bool:
    """Somebody's move that is not through: what is Current is told when it is."""
    move = sight.project.move_under_way
    return move is not None and now - move.requested_at < ABANDONED_AFTER


def _lags_behind(before: Snapshot, sight: Sight) -> bool:
    """A read from before the last look."""
    last, kept = sight.project.last_request, before.last_request
    return last is not None and kept is not None and last.requested_at < kept.requested_at


def _is_explained(step: Move, before: Snapshot, sight: Sight) -> bool:
    """A new build got the domains by itself, or a rolling release came to its end."""
    current = sight.project.current
    if current is None:
        return False
    is_first = before.current is None
    return step.how is How.RELEASED or is_first or is_new(before, current)


def _is_believed(before: Snapshot, doubt: str, now: datetime) -> bool:
    seen = before.doubt == doubt and before.doubt_since is not None
    return seen and before.doubt_since is not None and now - before.doubt_since >= SURE_AFTER


def _missing(before: Snapshot, sight: Sight, steps: list[Move]) -> frozenset[str]:
    """Deployments that are named, and that no list has."""
    named = {step.to_id for step in steps}
    if not steps and before.serving is not None:
        named |= {d.serves for d in sight.moving if d.serves != before.serving.get(d.name, d.serves)}
    release, kept = sight.release, before.release
    if release is not None and ReleaseMark.of(release) != kept and before.release_is_known:
        named |= {release.canary_id}
    return frozenset(n for n in named if n and n not in sight.deleted and sight.find(n) is None)


def _elsewhere(before: Snapshot, sight: Sight) -> dict[str | None, list[str]]:
    """By what they serve now, the domains that went elsewhere or came back since the last look."""
    kept, current_id = before.serving, sight.current_id
    moved: dict[str | None, list[str]] = {}
    if kept is None or current_id is None:
        return moved
    for domain in sight.moving:
        was, has_strayed = kept.get(domain.name, domain.serves), domain.name in before.strayed
        strays = domain.serves != current_id and (was == current_id or (has_strayed and domain.serves != was))
        returns = domain.serves == current_id and has_strayed
        if strays or returns:
            moved.setdefault(domain.serves, []).append(domain.name)
    return moved


def _builds(
    before: Snapshot, sight: Sight, told: Told, now: datetime
) -> tuple[list[Deployment], Builds | None, bool]:
    """What has failed or stays Staged since the last look, what to keep of the builds, and whether one is about to
    get its domains.
    """
    kept = before.builds
    finished: list[Deployment] = []
    still_open: set[str] = set()
    waits = False
    asked = {doing.final_id for doing in told.doings if doing.finished_at is None}
    for build in sight.builds:
        if kept is not None and not kept.are_news(build):
            continue
        state = state_of(build, sight.current_id)
        if state is State.BUILDING:
            still_open.add(build.id)
        elif state is State.STAGED and (build.id in asked or _gets_domains(build, sight, now)):
            still_open.add(build.id)
            waits = True
        elif state is State.STAGED or build.ready_state == "ERROR":
            finished.append(build)
    if kept is None:
        return [], Builds(_BEFORE_ALL).after(sight.builds, frozenset(still_open)), waits
    return finished, kept.after(sight.builds, frozenset(still_open)), waits


def _gets_domains(build: Deployment, sight: Sight, now: datetime) -> bool:
    """Whether the platform is about to make it Current: then it is not Staged for good."""
    if not sight.project.auto_assign or not build.auto_assign or build.checks == "failed":
        return False
    if build.checks == "pending":
        return True
    return build.ready_at is not None and now - build.ready_at < _ASSIGNED_WITHIN


def _after(
    before: Snapshot,
    sight: Sight,
    builds: Builds | None,
    *,
    moved_at: datetime | None,
) -> Snapshot:
    project = sight.project
    return Snapshot(
        name=project.name,
        current=project.current,
        auto_assign=project.auto_assign,
        last_request=project.last_request or before.last_request,
        pinned=project.pinned,
        serving={d.name: d.serves for d in sight.moving},
        release=ReleaseMark.of(sight.release),
        release_is_known=True,
        builds=builds,
        moved_at=moved_at,
    )
