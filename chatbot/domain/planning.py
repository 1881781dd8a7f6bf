"""What a change to production would do, and whether it may be done at all.

`plan_promotion` and `plan_rollback` are the two ways in. Both take one look at the platform and answer with a
Plan, or raise the Refusal that says why not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Self

from chatbot.domain.changes import CodeChange
from chatbot.domain.crons import CronChange, cron_change
from chatbot.domain.deployments import (
    Deployment,
    Domain,
    EnvironmentKey,
    Project,
    State,
    state_of,
    usual_build_time,
)
from chatbot.domain.environment import EnvironmentChange, digest, environment_change
from chatbot.domain.releases import RollingRelease
from chatbot.errors import Refusal

MAX_REASON = 250
"""Characters of the platform's rollback description."""


class Path(StrEnum):
    """How production gets there. Only a rebuild makes a new deployment.

    The last three are steps of a rolling release that is under way.
    """

    PROMOTE = "promote"
    REBUILD = "rebuild"
    ROLLBACK = "rollback"
    ADVANCE = "advance"
    COMPLETE = "complete"
    ABORT = "abort"

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
    """Somebody's operation on the same project that is not through. `waits`: for its turn, or for its build."""

    actor: str
    path: Path
    label: str
    waits: bool = False


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
    on; it is switched off again afterwards. `others` are the operations that it met when it was shown.
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

    def keeping_off(self, keep_off: bool) -> Self:  # noqa: FBT001 - it is what the name says
        """The same plan, with the choice whether auto-assignment is switched off again after the domains moved.

        Vercel docs, "Instant Rollback": a rollback switches it off, any promote switches it on again. A rolling
        release does that once it is complete.
        """
        plan = replace(self, keep_off=keep_off and not self.path.goes_back and not self.only_begins)
        after = self.auto_assign_before if self.only_begins else not self.path.goes_back
        return replace(plan, auto_assign_after=after and not plan.keep_off)

    @property
    def asks_to_keep_off(self) -> bool:
        """Whether there is a choice: auto-assignment is off now, and this would switch it on."""
        return not self.auto_assign_before and not self.path.goes_back and not self.only_begins

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
        moves = self.path in {Path.PROMOTE, Path.REBUILD}
        return moves and self.project.rolling_release and self.current is not None and self.release is None

    @property
    def only_begins(self) -> bool:
        """Whether the domains stay where they are for now."""
        return self.path is Path.ADVANCE or self.starts_release or self.waits_behind is not None

    @property
    def waits_behind(self) -> RollingRelease | None:
        """What the platform queues it behind."""
        return self.release if self.path in {Path.PROMOTE, Path.REBUILD} else None

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


@dataclass(eq=False)
class PlanRefused(Refusal):
    """Base of the refusals below; each names the deployment and its project."""

    project: Project
    target: Deployment


class AlreadyCurrent(PlanRefused):
    """The domains point to it: nothing to do."""


class AlreadyPromoted(PlanRefused):
    """It has served production before: the way to it is a rollback."""


class StillBuilding(PlanRefused):
    """It is not ready, and becomes Current by itself once it is; or it is to be rolled back to."""


class BuildFailed(PlanRefused):
    """It has failed or was canceled."""


@dataclass(eq=False)
class ReleaseUnderWay(PlanRefused):
    """It is one side of a rolling release, or would have to wait for one. None: the platform does not show it."""

    release: RollingRelease | None = None


@dataclass(eq=False)
class ReleaseOver(Refusal):
    """No such rolling release is under way. `newest` is the last one there was."""

    project: Project
    newest: RollingRelease | None = None


@dataclass(eq=False)
class NoSuchStep(PlanRefused):
    """Its rolling release is in its last stage but one, or in its last."""

    release: RollingRelease


@dataclass(eq=False)
class NotEligible(PlanRefused):
    """It cannot be rolled back to. `why`: "preview", "staged", "hobby" (that plan goes back one step only), or
    "withdrawn" (the platform does not say why).
    """

    why: str


def plan_promotion(look: Look, *, may_wait: bool = False) -> Plan:
    """The plan that makes the target Current, by promoting or by rebuilding.

    `may_wait`: behind a rolling release that is under way.

    Raises:
        PlanRefused: one of its kinds.
    """
    project, target = look.project, look.target
    state = state_of(target, project.current.id if project.current else None)
    waits = may_wait and state in {State.STAGED, State.PREVIEW}
    if look.release and not waits and state not in {State.BUILDING, State.FAILED}:
        raise ReleaseUnderWay(project, target, look.release)
    match state:
        case State.STAGED:
            return _plan(Path.PROMOTE, look)
        case State.PREVIEW:
            return _plan(Path.REBUILD, look)
        case State.PROMOTED:
            if undoes_a_rollback(project, target) or any(d.serves == target.id for d in _moving(look)):
                return _plan(Path.PROMOTE, look)
            raise AlreadyPromoted(project, target)
        case State.CURRENT if _domains_disagree(look):
            return _plan(Path.PROMOTE, look)
        case State.BUILDING if not _assigns_itself(look):
            path = Path.PROMOTE if target.target == "production" else Path.REBUILD
            return replace(_plan(path, look), when_ready=True)
        case _:
            raise _standing(state)(project, target)


def plan_rollback(look: Look, reason: str | None = None) -> Plan:
    """The plan that moves the domains back to a deployment that served before.

    Raises:
        PlanRefused: one of its kinds.
    """
    project, target = look.project, look.target
    state = state_of(target, project.current.id if project.current else None)
    if look.release and state in {State.CURRENT, State.CANARY}:
        raise ReleaseUnderWay(project, target, look.release)
    match state:
        case State.PROMOTED:
            if not target.rollback_candidate:
                raise NotEligible(project, target, "hobby" if target.plan == "hobby" else "withdrawn")
            return _plan(Path.ROLLBACK, look, reason)
        case State.CURRENT if _domains_disagree(look):
            return _plan(Path.ROLLBACK, look, reason)
        case State.PREVIEW | State.STAGED:
            raise NotEligible(project, target, state.lower())
        case _:
            raise _standing(state)(project, target)


def _assigns_itself(look: Look) -> bool:
    """Whether the platform makes it Current as soon as it is ready."""
    return look.target.target == "production" and look.project.auto_assign and look.target.auto_assign


def undoes_a_rollback(project: Project, target: Deployment) -> bool:
    """The exception: what has served may be promoted again while production is pinned to something older."""
    return project.pinned and project.current is not None and target.created_at > project.current.created_at


def plan_step(path: Path, look: Look, reason: str | None = None) -> Plan:
    """One step of the rolling release that is under way. The target is its canary; of an abort, its base.

    Raises:
        ReleaseOver: none is under way, or one of others.
        NoSuchStep: it cannot go on to a further stage.
    """
    project, target, release = look.project, look.target, look.release
    goal = release and (release.base_id if path is Path.ABORT else release.canary_id)
    if release is None or goal != target.id:
        raise ReleaseOver(project, look.newest_release)
    if path is Path.ADVANCE and not release.may_advance:
        raise NoSuchStep(project, target, release)
    return _plan(path, look, reason)


def _moving(look: Look) -> list[Domain]:
    return sorted((d for d in look.domains if d.moves_with_production), key=lambda d: d.name)


def _domains_disagree(look: Look) -> bool:
    """A move ended half way: what `targets.production` says is not what every domain serves."""
    current = look.project.current
    serving = {d.serves for d in _moving(look) if d.verified} - {None}
    return current is not None and bool(serving - {current.id})


def _standing(state: State) -> type[PlanRefused]:
    return {
        State.CURRENT: AlreadyCurrent,
        State.CANARY: ReleaseUnderWay,
        State.BUILDING: StillBuilding,
        State.FAILED: BuildFailed,
    }[state]


def _plan(path: Path, look: Look, reason: str | None = None) -> Plan:
    moving = _moving(look)
    moving_names = {d.name for d in moving}
    redirects = sorted(
        (d for d in look.domains if d.redirect in moving_names and not d.git_branch), key=lambda d: d.name
    )
    plan = Plan(
        path=path,
        project=look.project,
        target=look.target,
        domains=tuple(moving),
        redirects=tuple(redirects),
        environment=environment_change(look.target, look.environment, rebuild=path is Path.REBUILD),
        auto_assign_after=look.project.auto_assign,
        usual=usual_build_time(look.recent) if path is Path.REBUILD else None,
        cautions=tuple(_cautions(path, look, moving)),
        reason=reason,
        newest_release=look.newest_release,
        code=look.code,
        crons=_crons(look),
    )
    # Off on purpose: it stays so, unless the person says otherwise. Off by a rollback: this is how to undo that.
    return plan.keeping_off(keep_off=not look.project.auto_assign and not look.project.pinned)


def _crons(look: Look) -> CronChange:
    """None move while the project has them switched off."""
    if look.project.crons_are_off:
        return CronChange()
    return cron_change(look.project.crons, look.target.crons)


def _cautions(path: Path, look: Look, moving: list[Domain]) -> Iterable[Caution]:
    project, current = look.project, look.project.current
    if project.move_under_way:
        yield Caution.MOVE_UNDER_WAY
    if current and not path.goes_back and look.target.created_at < current.created_at:
        yield Caution.OLDER_THAN_CURRENT
    if current and path is Path.ROLLBACK and look.target.created_at > current.created_at:
        yield Caution.NEWER_THAN_CURRENT
    if project.pinned and not path.goes_back and path is not Path.ADVANCE:
        yield Caution.UNPINS
    if path.goes_back and project.auto_assign:
        yield Caution.PINS
    if _domains_disagree(look) and not path.is_step:
        yield Caution.DOMAINS_DISAGREE
    if any(not d.verified for d in moving):
        yield Caution.UNVERIFIED_DOMAIN
    if look.release:
        yield from _release_cautions(path, look.target, look.release)


def _release_cautions(path: Path, target: Deployment, release: RollingRelease) -> Iterable[Caution]:
    if path is Path.ROLLBACK:
        yield Caution.ABORTS_RELEASE
    if release.queued_id and path.goes_back:
        yield Caution.DROPS_QUEUED
    if release.queued_id not in {None, target.id} and path in {Path.PROMOTE, Path.REBUILD}:
        yield Caution.REPLACES_QUEUED


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
