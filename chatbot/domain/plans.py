"""A change to production as it is planned, shown and confirmed: what it would do, and what it is bound to."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from chatbot.domain.changes import CodeChange
from chatbot.domain.crons import CronChange
from chatbot.domain.deployments import (
    Deployment,
    Domain,
    EnvironmentKey,
    Project,
)
from chatbot.domain.environment import EnvironmentChange, digest
from chatbot.domain.releases import RollingRelease

MAX_REASON = 250
"""Characters of the platform's rollback description."""


class Path(StrEnum):
    """How production gets there. A rebuild, of a preview, and a redeploy, of a production build that has failed, make a
    new deployment. What is redeployed is not promoted: it becomes Current where auto-assignment is on.

    The last three are steps of a rolling release that is under way.
    """

    PROMOTE = "promote"
    REBUILD = "rebuild"
    REDEPLOY = "redeploy"
    ROLLBACK = "rollback"
    ADVANCE = "advance"
    COMPLETE = "complete"
    ABORT = "abort"

    @property
    def builds(self) -> bool:
        return self in {Path.REBUILD, Path.REDEPLOY}

    @property
    def is_step(self) -> bool:
        return self in {Path.ADVANCE, Path.COMPLETE, Path.ABORT}

    @property
    def goes_back(self) -> bool:
        """By an instant rollback, which never waits and pins production."""
        return self in {Path.ROLLBACK, Path.ABORT}


class Part(StrEnum):
    """What a confirmation is bound to; messages/confirmation.py has the words."""

    PATH = "path"
    DEPLOYMENT = "deployment"
    GONE = "gone"
    CURRENT = "current"
    RELEASE = "release"
    DOMAINS = "domains"
    SERVING = "serving"
    MOVE = "move"
    AUTO_ASSIGN = "auto_assign"
    ENVIRONMENT = "environment"
    INCIDENT = "incident"


class Caution(StrEnum):
    MOVE_UNDER_WAY = "somebody's promote or rollback is under way"
    OLDER_THAN_CURRENT = "older than Current"
    NEWER_THAN_CURRENT = "a rollback that goes forward"
    UNPINS = "undoes the rollback that pins production"
    PINS = "pins production"
    DOMAINS_DISAGREE = "a domain serves something else than Current"
    UNVERIFIED_DOMAIN = "a domain is not verified"
    ABORTS_RELEASE = "aborts the rolling release that is under way"
    REPLACES_QUEUED = "takes the place of what is queued behind the rolling release"
    DROPS_QUEUED = "what is queued behind the rolling release does not begin"


@dataclass(frozen=True)
class Other:
    """Somebody's operation on the same project that is not through. `waits`: for its turn, or for its build.
    `queued`: by the platform, behind a rolling release. `gives_way`: to a way back, since it only builds or nobody
    knows what became of it.
    """

    actor: str
    path: Path
    label: str
    waits: bool = False
    queued: bool = False
    gives_way: bool = False

    @property
    def holds_up(self) -> bool:
        """Everything else on the project, until it is through."""
        return not (self.waits or self.queued or self.gives_way)


@dataclass(frozen=True)
class OpenIncident:
    """While it is open, what takes its project forward needs an override."""

    id: str
    what: str
    since: datetime


@dataclass(frozen=True)
class Look:
    """One round of parallel reads about a project and the deployment that is to become Current.

    `code` is what the git host told of the two commits, as far as it was asked.
    """

    project: Project
    target: Deployment
    domains: tuple[Domain, ...]
    environment: tuple[EnvironmentKey, ...]
    recent: tuple[Deployment, ...] = ()
    newest_release: RollingRelease | None = None
    code: CodeChange | None = None

    @property
    def release(self) -> RollingRelease | None:
        """The one that is under way."""
        newest = self.newest_release
        return newest if newest is not None and newest.is_active else None


@dataclass(frozen=True)
class Plan:
    """`domains` are those that move; `redirects` follow them. Stored as JSON with the confirmation.

    `when_ready`: the target is still building, and is waited for. `keep_off`: a promote switches auto-assignment
    on; it is switched off again afterwards. `others` are the operations, and `incidents` the open ones, that it
    met when it was shown.
    """

    path: Path
    project: Project
    target: Deployment
    domains: tuple[Domain, ...]
    redirects: tuple[Domain, ...]
    environment: EnvironmentChange
    auto_assign_after: bool
    usual: timedelta | None = None
    cautions: tuple[Caution, ...] = ()
    reason: str | None = None
    when_ready: bool = False
    keep_off: bool = False
    newest_release: RollingRelease | None = None
    code: CodeChange | None = None
    crons: CronChange = field(default_factory=CronChange)
    others: tuple[Other, ...] = ()
    incidents: tuple[OpenIncident, ...] = ()

    def keeping_off(self, keep_off: bool) -> Self:  # noqa: FBT001 - it is what the name says
        """The same plan, with the choice whether auto-assignment is switched off again after the domains moved.

        Vercel docs, "Instant Rollback": a rollback switches it off, any promote switches it on again. A rolling
        release does that once it is complete.
        """
        if self.path is Path.REDEPLOY:  # no promote: it leaves the switch alone
            return self
        plan = replace(self, keep_off=keep_off and not self.path.goes_back and not self.only_begins)
        after = self.auto_assign_before if self.only_begins else not self.path.goes_back
        return replace(plan, auto_assign_after=after and not plan.keep_off)

    @property
    def asks_to_keep_off(self) -> bool:
        """Whether there is a choice: auto-assignment is off now, and this would switch it on."""
        switches = not self.path.goes_back and self.path is not Path.REDEPLOY
        return switches and not self.auto_assign_before and not self.only_begins

    @property
    def asks_to_override(self) -> bool:
        """Whether an incident holds it back. A way back is never held."""
        return bool(self.incidents) and not self.path.goes_back

    def chosen(self, keep_off: bool | None) -> Self:  # noqa: FBT001 - likewise
        """With what the person chose, where there was a choice; None: nothing was said, the preset holds."""
        if keep_off is None or not self.asks_to_keep_off:
            return self
        return self.keeping_off(keep_off)

    @property
    def release(self) -> RollingRelease | None:
        """The one that is under way."""
        newest = self.newest_release
        return newest if newest is not None and newest.is_active else None

    @property
    def starts_release(self) -> bool:
        """Whether production then moves in stages. The first deployment of a project has nothing to share with."""
        moves = (self.path is Path.PROMOTE or self.path.builds) and not self.stays_staged
        return moves and self.project.rolling_release and self.current is not None and self.release is None

    @property
    def stays_staged(self) -> bool:
        """Whether no domain moves: what is redeployed is not promoted."""
        return self.path is Path.REDEPLOY and not self.auto_assign_before

    @property
    def only_begins(self) -> bool:
        """Whether the domains stay where they are for now."""
        return self.path is Path.ADVANCE or self.starts_release or self.waits_behind is not None

    @property
    def waits_behind(self) -> RollingRelease | None:
        """What the platform queues it behind."""
        return self.release if self.path is Path.PROMOTE or self.path.builds else None

    @property
    def current(self) -> Deployment | None:
        return self.project.current

    @property
    def auto_assign_before(self) -> bool:
        return self.project.auto_assign

    def fingerprint(self) -> str:
        """Equal exactly when target, Current, path, domains, auto-assignment and environment are.

        The commits and the cron jobs follow from target and Current: they cannot change while those do not. The
        git host may answer once and be silent the next time, and that must not undo a confirmation. Others'
        operations count by what they do to these.
        """
        return digest([*self._core(), [d.serves for d in self.domains], self.environment.version])

    def core_fingerprint(self) -> str:
        """What a one-click button promised: target, Current, path, domain names, auto-assignment,
        and that no other move is under way.
        """
        return digest(self._core())

    def _core(self) -> list[object]:
        current = self.current.id if self.current else None
        names = [d.name for d in self.domains]
        return [
            self.path,
            self.project.id,
            self.target.id,
            current,
            names,
            self.auto_assign_before,
            _move(self),
            _bound_release(self),
        ]


def what_changed(before: Plan, after: Plan) -> tuple[Part, ...]:
    """Which parts of a confirmation no longer hold, what matters most first."""
    parts: dict[Part, tuple[object, object]] = {
        Part.PATH: (before.path, after.path),
        Part.DEPLOYMENT: (before.target.id, after.target.id),
        Part.CURRENT: (before.current and before.current.id, after.current and after.current.id),
        Part.RELEASE: (_bound_release(before), _bound_release(after)),
        Part.MOVE: (_move(before), _move(after)),
        Part.DOMAINS: ([d.name for d in before.domains], [d.name for d in after.domains]),
        Part.AUTO_ASSIGN: (before.auto_assign_before, after.auto_assign_before),
    }
    if before.environment.version:  # a one-click button promises neither of these
        parts[Part.SERVING] = (
            {d.name: d.serves for d in before.domains},
            {d.name: d.serves for d in after.domains},
        )
        parts[Part.ENVIRONMENT] = (before.environment.version, after.environment.version)
    changed = [part for part, (old, new) in parts.items() if old != new]
    if Part.CURRENT in changed or Part.DOMAINS in changed:
        changed = [part for part in changed if part is not Part.SERVING]  # it goes without saying
    return tuple(changed)


def _move(plan: Plan) -> tuple[str, str] | None:
    move = plan.project.move_under_way
    return (move.type, move.to_id) if move else None


def _bound_release(plan: Plan) -> list[object] | None:
    """What a confirmation promises of a rolling release: whose it is, of a step also where it stands, of a
    beginning its stages, of a place behind it who has that place now.
    """
    if plan.starts_release:
        return [
            [float(s.percentage), s.lasts and s.lasts.total_seconds(), s.grows] for s in plan.project.stages
        ]
    if (release := plan.release) is None:
        return None
    bound = [release.canary_id, release.base_id, release.started_at.isoformat()]
    if plan.path.is_step:
        return [*bound, release.active]
    return [*bound, release.queued_id] if plan.waits_behind else list(bound)
