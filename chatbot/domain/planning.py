"""What a change to production would do, and whether it may be done at all.

`plan_promotion`, `plan_rollback` and `plan_redeploy` are the ways in. Each takes one look at the platform and
answers with a Plan, or raises the Refusal that says why not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from chatbot.domain.crons import CronChange, cron_change
from chatbot.domain.deployments import (
    Deployment,
    Domain,
    Project,
    State,
    state_of,
    usual_build_time,
)
from chatbot.domain.environment import environment_change
from chatbot.domain.plans import Caution, Look, Path, Plan
from chatbot.domain.releases import RollingRelease
from chatbot.errors import Refusal


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


class NotFailed(PlanRefused):
    """Only a production build that has failed is built again."""


@dataclass(eq=False)
class BuiltSince(PlanRefused):
    """A newer production build is there, or on its way: to build the older one again would take production back."""

    newer: Deployment


@dataclass(eq=False)
class RedeployChanged(Refusal):
    """Auto-assignment is not as the button said, so the new build would not come to that. `plan` as it is now."""

    plan: Plan


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


def plan_redeploy(look: Look) -> Plan:
    """The plan that builds a failed production build again, from the same source.

    Raises:
        PlanRefused: one of its kinds.
    """
    project, target = look.project, look.target
    if state_of(target, None) is not State.FAILED or target.target != "production":
        raise NotFailed(project, target)
    if (
        newer := built_since(target, [*look.recent, *([project.current] if project.current else [])])
    ) is not None:
        raise BuiltSince(project, target, newer)
    if look.release:
        raise ReleaseUnderWay(project, target, look.release)
    return _plan(Path.REDEPLOY, look)


def built_since(failed: Deployment, builds: Iterable[Deployment]) -> Deployment | None:
    """The newest production build that came after one that failed, and did not fail itself."""
    good = [
        d
        for d in builds
        if d.target == "production"
        and d.created_at > failed.created_at
        and state_of(d, None) is not State.FAILED
    ]
    return max(good, key=lambda d: d.created_at, default=None)


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
        usual=usual_build_time(look.recent) if path.builds else None,
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
    stays = path is Path.REDEPLOY and not project.auto_assign
    if current and not path.goes_back and not stays and look.target.created_at < current.created_at:
        yield Caution.OLDER_THAN_CURRENT
    if current and path is Path.ROLLBACK and look.target.created_at > current.created_at:
        yield Caution.NEWER_THAN_CURRENT
    if project.pinned and not path.goes_back and path not in {Path.ADVANCE, Path.REDEPLOY}:
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
