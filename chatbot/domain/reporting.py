"""A look, told change by change: who did it, and how."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chatbot.domain.deployments import Deployment
from chatbot.domain.moves import Move, fresh_request, is_new
from chatbot.domain.news import Change, How, Kind, Step, Who
from chatbot.domain.ordering import is_out_of_order
from chatbot.domain.releases import RollingRelease
from chatbot.domain.sights import Doing, ReleaseMark, Sight, Snapshot, Told

_CLOCKS_DIFFER = timedelta(minutes=1)


def change_id(project_id: str, number: int) -> str:
    return str(uuid5(NAMESPACE_URL, f"promotebot:change:{project_id}:{number}"))


@dataclass
class Report:
    """`changes` are numbered from `number` + 1, in the order in which they are told."""

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
            if arrived is None and step.to_id is not None:
                continue  # it was Current for a moment, and is deleted: nothing can be told of it
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
        """Those that went elsewhere, and those that came back, while Current stayed. What they serve is only named
        where it is not to be seen.
        """
        for serves, names in elsewhere.items():
            found = self.sight.find(serves)
            self._add(
                Kind.DOMAIN,
                How.UNKNOWN,
                self.now,
                was=self.sight.project.current,
                now=found,
                reason=None if found else serves,
                domains=tuple(sorted(names)),
            )

    def release(self) -> None:
        """A rolling release that began, went on, or was aborted. A complete one is a change of Current."""
        release, kept = self.sight.release, self.before.release
        mark = ReleaseMark.of(release)
        if release is None or mark is None or mark == kept or not self._is_news(release):
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

    def _is_news(self, release: RollingRelease) -> bool:
        """Whether it is known how far the last one was, or this one has stirred since the first sight."""
        since = self.before.since
        stirred = release.started_at if release.is_active else release.updated_at
        return self.before.release_is_known or (since is not None and stirred > since - _CLOCKS_DIFFER)

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
                id=change_id(project.id, number),
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
            and not doing.only_built
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
