"""What a look at the newest rolling release says about a request that was sent. Complements `judging`."""

from chatbot.domain.deployments import Project
from chatbot.domain.judging import Baseline, Sight, judge
from chatbot.domain.releases import ReleaseState, RollingRelease


def judge_advance(asked: RollingRelease, seen: RollingRelease | None) -> Sight:
    """`asked` is the release as it was when it was told to go on. One that went on further has gone on."""
    if seen is None or not asked.is_same(seen):
        return Sight.OVERTAKEN
    match seen.state:
        case ReleaseState.ABORTED:
            return Sight.OVERTAKEN
        case ReleaseState.COMPLETE:
            return Sight.ROLLING
        case _:
            return Sight.ROLLING if (seen.active or 0) > (asked.active or 0) else Sight.NOTHING


def judge_completion(project: Project, asked: RollingRelease, seen: RollingRelease | None) -> Sight:
    """Arrived is what `targets.production` says. What was queued may have begun by then: over our canary."""
    current_id = project.current.id if project.current else None
    arrived = current_id == asked.canary_id
    if seen is None or not asked.is_same(seen):
        if arrived:
            return Sight.ARRIVED
        return Sight.MOVING if seen and seen.base_id == asked.canary_id else Sight.OVERTAKEN
    match seen.state:
        case ReleaseState.ABORTED:
            return Sight.OVERTAKEN
        case ReleaseState.COMPLETE:
            if arrived:
                return Sight.ARRIVED
            return Sight.MOVING if current_id == asked.base_id else Sight.OVERTAKEN
        case _:
            return Sight.MOVING if seen.is_completing or arrived else Sight.NOTHING


def judge_abort(
    project: Project, asked: RollingRelease, seen: RollingRelease | None, baseline: Baseline
) -> Sight:
    """The base is Current all the time: what counts is the release, then the rollback that aborted it.

    That one is through when its job is, or when it has switched auto-assignment off.
    """
    if seen is None or not asked.is_same(seen) or seen.state is ReleaseState.COMPLETE:
        return Sight.OVERTAKEN
    if seen.is_active:
        return Sight.NOTHING
    sight = judge(project, final_id=asked.base_id or "", baseline=baseline)
    if sight is Sight.ARRIVED and project.auto_assign and not baseline.is_older_than_request_of(project):
        return Sight.MOVING
    return sight


def judge_start(
    project: Project,
    seen: RollingRelease | None,
    *,
    final_id: str,
    baseline: Baseline,
    behind: RollingRelease | None,
    queued: bool,
) -> Sight:
    """A promote that begins a rolling release, or waits behind one: `behind`. `queued`: it was seen waiting."""
    of_production = judge(project, final_id=final_id, baseline=baseline)
    if project.current is not None and project.current.id == final_id:
        return of_production
    if seen is None:
        return of_production
    if seen.canary_id == final_id and _is_newer(seen, baseline):
        return _own(project, seen)
    if seen.is_active and seen.queued_id == final_id:
        return Sight.QUEUED
    if behind is None:
        begun_by_others = seen.is_active and _is_newer(seen, baseline)
        return Sight.CONTESTED if begun_by_others else of_production
    if behind.is_same(seen) and seen.state is ReleaseState.COMPLETE:
        return Sight.FAILED if of_production is Sight.FAILED else Sight.MOVING  # ours begins now
    return Sight.OVERTAKEN if queued else Sight.NOTHING  # it was dropped, or is not seen yet


def _own(project: Project, seen: RollingRelease) -> Sight:
    match seen.state:
        case ReleaseState.ABORTED:
            return Sight.OVERTAKEN
        case ReleaseState.COMPLETE:
            current_id = project.current.id if project.current else None
            return Sight.MOVING if current_id == seen.base_id else Sight.OVERTAKEN
        case _:
            return Sight.MOVING if seen.is_completing else Sight.ROLLING


def _is_newer(seen: RollingRelease, baseline: Baseline) -> bool:
    return baseline.release_at is None or seen.started_at > baseline.release_at
