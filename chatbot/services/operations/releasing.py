"""Rolling releases under an operation: its steps are asked for, and what the newest one says is read with each look."""

import asyncio
from dataclasses import replace

from chatbot.domain.deployments import Project
from chatbot.domain.judging import Baseline, Sight, judge
from chatbot.domain.operations import Findings, Stage
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.domain.watching import judge_abort, judge_advance, judge_completion, judge_start
from chatbot.errors import PlatformError
from chatbot.services.operations.held import Held


async def ask_step(held: Held, plan: Plan) -> None:
    """Advance, complete or abort, as one request. Raises PlatformError."""
    vercel, timeout, project_id, release = (
        held.crew.vercel,
        held.crew.patience.ask,
        plan.project.id,
        plan.release,
    )
    match plan.path:
        case Path.ADVANCE if release is not None and release.active is not None:
            await vercel.approve_stage(project_id, plan.target.id, active=release.active, timeout=timeout)
        case Path.COMPLETE:
            await vercel.complete_release(project_id, plan.target.id, timeout=timeout)
        case _:  # there is no other way to abort one
            await vercel.rollback(project_id, plan.target.id, reason=held.row.reason or "", timeout=timeout)


async def has_gone_on(held: Held) -> bool:
    """Whether a refused step was refused because the release is no longer where it was; if unsure, yes."""
    asked = held.operation.plan.release
    try:
        seen = await held.crew.vercel.rolling_release(held.row.project_id)
    except PlatformError:
        return True
    return asked is None or not asked.is_same(seen) or seen is None or seen.active != asked.active


async def newest(held: Held, project: Project) -> RollingRelease | None:
    """Where there may be one. Raises PlatformError."""
    may_be = project.rolling_release or held.operation.plan.newest_release is not None
    return await held.crew.vercel.rolling_release(project.id) if may_be else None


async def read(held: Held) -> tuple[Project, RollingRelease | None]:
    """The project, and its newest rolling release where there may be one. Raises PlatformError."""
    vercel, project_id, plan = held.crew.vercel, held.row.project_id, held.operation.plan
    if plan.path.is_step or plan.only_begins or held.findings.queued:
        return await asyncio.gather(vercel.project(project_id), vercel.rolling_release(project_id))
    project = await vercel.project(project_id)
    begins = (plan.path is Path.PROMOTE or plan.path.builds) and project.rolling_release
    return project, await vercel.rolling_release(project_id) if begins else None


def judged(held: Held, project: Project, seen: RollingRelease | None, final_id: str) -> Sight:
    """What this look says about the request."""
    plan, findings = held.operation.plan, held.findings
    baseline = findings.baseline or Baseline.of(project, seen)
    asked = plan.release
    match plan.path:
        case Path.ROLLBACK:
            return judge(project, final_id=final_id, baseline=baseline)
        case Path.ADVANCE if asked is not None:
            return judge_advance(asked, seen)
        case Path.COMPLETE if asked is not None:
            return judge_completion(project, asked, seen)
        case Path.ABORT if asked is not None:
            return judge_abort(project, asked, seen, baseline)
    last = findings.release
    was_seen_waiting = last is not None and last.queued_id == final_id
    is_dropped = findings.queued and seen is not None and seen.state is ReleaseState.ABORTED
    return judge_start(
        project,
        seen,
        final_id=final_id,
        baseline=baseline,
        behind=last if was_seen_waiting else plan.waits_behind,
        queued=was_seen_waiting or is_dropped,
    )


def has_moved(held: Held, project: Project) -> bool:
    """Whether production itself went elsewhere; a rolling release may come to its end without that."""
    plan, baseline = held.operation.plan, held.findings.baseline
    current_id = project.current.id if project.current else None
    in_stages = plan.path.is_step or plan.only_begins
    return not in_stages or baseline is None or current_id != baseline.current_id


async def is_queued(held: Held, findings: Findings) -> None:
    """As long as the platform shows it waiting, it waits."""
    findings = replace(findings, queued=True, unqueued_at=None, trouble=None)
    if held.stage is Stage.QUEUED:
        await held.learn(findings)
    else:
        await held.step(
            Stage.QUEUED, findings, audited="operation.queued", accepted_at=held.row.accepted_at or held.now()
        )


async def is_no_longer_queued(held: Held, findings: Findings, outcome: Stage) -> None:
    """It is about to begin, or the platform does not answer. If that takes too long, nobody knows."""
    since, patience = findings.unqueued_at or held.now(), held.crew.patience
    if held.now() - since > (patience.build if findings.trouble else patience.observe):
        await held.step(outcome, findings)
    else:
        await held.learn(replace(findings, unqueued_at=since))


def is_as_confirmed(plan: Plan, seen: RollingRelease | None) -> bool:
    """Whether the same rolling release is under way as then, or none as then."""
    under_way = seen if seen is not None and seen.is_active else None
    return under_way is plan.release is None or (under_way is not None and under_way.is_same(plan.release))
