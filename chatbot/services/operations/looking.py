"""After the ask: only looking, until production says what became of it."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from chatbot.domain.deployments import Deployment, Project, State, state_of
from chatbot.domain.judging import Baseline, Sight
from chatbot.domain.operations import Build, Findings, Stage, Trouble
from chatbot.domain.plans import Part, Path
from chatbot.errors import NotFound, PlatformError
from chatbot.services.operations import releasing
from chatbot.services.operations.asking import (
    ask_to_promote_build,
    build_begins,
    find_build,
    keep_auto_assignment_off,
    trouble_of,
)
from chatbot.services.operations.failing import build_failed, checks_failed
from chatbot.services.operations.held import Held
from chatbot.services.operations.overtaking import overtaking
from chatbot.services.operations.proving import moved, proofs, well_now
from chatbot.services.operations.waiting import saw_no_build

_SEEN_WITHIN = timedelta(seconds=10)
_BETWEEN_PROGRESS = timedelta(seconds=1)
_BETWEEN_VISITS = timedelta(seconds=30)


async def look(held: Held) -> None:
    """One look at the project, or for the build whose announcement was lost. Raises PlatformError."""
    final_id = held.operation.final_id
    if final_id is None:
        await _find_build(held)
        return
    asked_at = held.now()
    project, release = await releasing.read(held)
    sight = releasing.judged(held, project, release, final_id)
    findings = replace(
        held.findings,
        seen=project.current.id if project.current else None,
        auto_assign=project.auto_assign,
        release=release.knowing(*held.operation.known) if release else held.findings.release,
        trouble=None if held.stage is Stage.QUEUED else held.findings.trouble,
    )
    match sight:
        case Sight.ROLLING:
            await held.step(Stage.SUCCEEDED, replace(findings, trouble=None))
        case Sight.QUEUED if held.stage is not Stage.UNKNOWN:
            await releasing.is_queued(held, findings)
        case Sight.OVERTAKEN:
            by = await overtaking(held, project) if releasing.has_moved(held, project) else None
            await held.step(Stage.SUPERSEDED, replace(findings, overtaken=by))
        case Sight.ARRIVED:
            await _prove_arrival(held, _timed(held, findings, asked_at))
        case Sight.FAILED:
            ended = Trouble("job", project.last_request.job_status) if project.last_request else None
            await _prove_failure(held, replace(findings, trouble=findings.trouble or ended))
        case Sight.MOVING if held.stage not in {Stage.QUEUED, Stage.UNKNOWN}:
            await _moves(held, findings)
        case _:
            await _give_up_when_late(held, findings)


async def follow_build(held: Held) -> None:
    """One look at the new deployment of a rebuild or a redeploy. Raises PlatformError."""
    known = held.findings.build
    if known is None:
        await _find_build(held)
        return
    try:
        build, project = await asyncio.gather(
            held.crew.vercel.deployment(known.id), held.crew.vercel.project(held.row.project_id)
        )
    except NotFound as error:
        if not held.is_gone(error):
            raise
        await held.step(Stage.FAILED, replace(held.findings, trouble=trouble_of(error)))
        return
    held.is_there()
    findings = replace(held.findings, build=Build.of(build), trouble=None)
    if project.current is not None and project.current.id != build.id:
        findings = replace(
            findings, before=project.current
        )  # the platform may move the domains at any moment
    match state_of(build, None):
        case State.BUILDING:
            await _give_up_build_when_late(held, await _visited_meanwhile(held, findings))
        case State.FAILED:
            await build_failed(held, findings)
        case _ if _is_held_back(held, build, project, "pending"):
            await _give_up_build_when_late(held, findings)
        case _ if _is_held_back(held, build, project, "failed"):
            await checks_failed(held, findings)
        case state:
            await _is_built(held, build, project, findings, staged=state is State.STAGED)


async def _visited_meanwhile(held: Held, findings: Findings) -> Findings:
    """A build takes minutes: what falls ill meanwhile was ill before it."""
    if held.now() - held.visited_at < _BETWEEN_VISITS:
        return findings
    held.visited_at = held.now()
    return replace(findings, well_before=await well_now(held))


def _is_held_back(held: Held, build: Deployment, project: Project, by_checks: str) -> bool:
    """Its checks keep the domains from it, and nobody has promoted it all the same."""
    arrived = project.current is not None and project.current.id == build.id
    return build.checks == by_checks and not arrived and held.row.promote_asked_at is None


async def saw_nothing(held: Held, error: PlatformError) -> None:
    """The look did not work out this time. Whatever was asked is asked."""
    findings = replace(held.findings, trouble=trouble_of(error))
    if held.stage is Stage.WAITING:
        await saw_no_build(held, error)
    elif held.stage is Stage.BUILDING:
        await _give_up_build_when_late(held, findings)
    else:
        await _give_up_when_late(held, findings)


async def _give_up_when_late(held: Held, findings: Findings, outcome: Stage = Stage.UNKNOWN) -> None:
    if held.stage is Stage.UNKNOWN:
        return  # nothing new: it stays as it was told
    if held.stage is Stage.QUEUED:
        await releasing.is_no_longer_queued(held, findings, outcome)
    elif _is_late(held):
        await held.step(outcome, findings)
    else:
        await held.learn(findings, Stage.UNSURE if held.stage is Stage.ASKED else None)


def _is_late(held: Held) -> bool:
    row, patience = held.row, held.crew.patience
    since = row.accepted_at or row.promote_asked_at or row.asked_at or row.created_at
    return held.now() - since > (patience.observe if row.accepted_at else patience.unseen)


async def _give_up_build_when_late(held: Held, findings: Findings) -> None:
    if held.now() - (held.row.asked_at or held.row.created_at) > held.crew.patience.build:
        await held.step(Stage.UNKNOWN, findings)
    else:
        await held.learn(findings)


async def _find_build(held: Held) -> None:
    if found := await find_build(held):
        await build_begins(held, Build.of(found))
    else:
        await _give_up_when_late(held, held.findings)


async def _is_built(
    held: Held, deployment: Deployment, project: Project, findings: Findings, *, staged: bool
) -> None:
    """The platform moves the domains itself, unless auto-assignment was off when the build was made.

    Then it takes one promote, and only while production is as it was confirmed: a rollback that somebody made
    meanwhile is never undone. A redeploy promotes nothing.
    """
    release, baseline = await releasing.newest(held, project), held.findings.baseline
    as_confirmed = (
        baseline is not None
        and baseline.still_holds(project)
        and releasing.is_as_confirmed(held.operation.plan, release)
    )
    arrived = project.current is not None and project.current.id == deployment.id
    seen = project.current.id if project.current else None
    findings = replace(findings, seen=seen, auto_assign=project.auto_assign)
    if held.row.promote_asked_at is not None and not arrived:
        await held.step(Stage.UNSURE, held.findings)  # asked before a crash: never again
    elif _has_served_already(deployment, project) and not await _serves_still(held, deployment):
        overtaken = await overtaking(held, project)
        await held.step(Stage.SUPERSEDED, replace(findings, before=held.findings.before, overtaken=overtaken))
    elif not staged or arrived or (project.auto_assign and held.operation.plan.auto_assign_before):
        if arrived:
            findings = replace(findings, before=await _before(held, deployment) or findings.before)
        else:
            now = Baseline.of(project)  # a rolling release of this build may have begun already
            now = replace(now, release_at=baseline.release_at if baseline else None)
            findings = replace(findings, baseline=now, before=project.current)
        await held.step(
            Stage.MOVING,
            findings,
            audited="operation.built",
            detail={"build": deployment.id},
            accepted_at=held.now(),
        )
    elif held.operation.plan.path is Path.REDEPLOY:
        await held.step(Stage.STAGED, replace(findings, left_staged=True))
    elif as_confirmed and await held.crew.history.is_held(held.row):
        await held.step(Stage.SUPERSEDED, replace(findings, left_staged=True, changed=(Part.INCIDENT,)))
    elif as_confirmed and await _moves_the_same_domains(held):
        findings = replace(findings, baseline=Baseline.of(project, release), before=project.current)
        await ask_to_promote_build(held, project, Build.of(deployment), findings)
    else:
        moved_on = baseline is None or baseline.current_id != findings.seen
        by = await overtaking(held, project) if moved_on else None
        await held.step(Stage.SUPERSEDED, replace(findings, left_staged=True, overtaken=by))


def _has_served_already(build: Deployment, project: Project) -> bool:
    """Whether it was Current, and something else has become that since: all between two looks. A read of the
    project that lags behind shows what was Current before.
    """
    current, last = project.current, project.last_request
    if (
        build.ready_substate != "PROMOTED"
        or build.ready_at is None
        or current is None
        or current.id == build.id
    ):
        return False
    was_asked_for = last is not None and last.to_id == current.id and last.requested_at > build.ready_at
    return was_asked_for or (current.ready_at is not None and current.ready_at > build.ready_at)


async def _serves_still(held: Held, build: Deployment) -> bool:
    """Whether a domain points to it: then it is on its way, or not gone altogether."""
    serving = await held.crew.vercel.serving(held.row.project_id)
    return any(serving.get(domain.name) == build.id for domain in held.operation.plan.domains)


async def _moves_the_same_domains(held: Held) -> bool:
    """A promote moves every domain that production has by now: none but those that the person saw."""
    listed = await held.crew.vercel.domains(held.row.project_id)
    planned = {d.name for d in held.operation.plan.domains}
    return {d.name for d in listed if d.moves_with_production} == planned


async def _before(held: Held, build: Deployment) -> Deployment | None:
    """What was assigned while this build ran and was Current for a moment too short to be seen, if any was.

    An automatic assignment leaves no record but the deployment's own.
    """
    listed = await held.crew.vercel.deployments(
        {"projectId": held.row.project_id, "target": "production"}, limit=20
    )
    meanwhile = [
        (d.ready_at, d)
        for d in listed
        if d.id != build.id
        and d.ready_substate == "PROMOTED"
        and d.ready_at
        and d.ready_at >= build.created_at
    ]
    return max(meanwhile, key=lambda each: each[0])[1] if meanwhile else None


async def _moves(held: Held, findings: Findings) -> None:
    """Of a move that takes long, how many domains have moved is read back as well."""
    if held.now() - held.domains_read_at > _BETWEEN_PROGRESS:
        findings = replace(findings, proofs=await proofs(held, probe=False))
        held.domains_read_at = held.now()
    if held.row.accepted_at is None:
        await held.step(Stage.MOVING, findings, accepted_at=held.now())
    else:
        await held.learn(findings, Stage.MOVING)
    if _is_late(held) and held.operation.plan.path.is_step:
        await _end_step(held, held.findings)
    else:
        await _give_up_when_late(held, held.findings)


async def _end_step(held: Held, findings: Findings) -> None:
    """The platform keeps no record of how the step of a rolling release went: the domains tell."""
    findings = replace(findings, proofs=await proofs(held, probe=True))
    arrived = moved(held, findings)
    if all(arrived) and findings.seen == held.operation.final_id:
        await held.step(Stage.SUCCEEDED, findings)
    else:
        is_half = any(arrived) and held.operation.plan.path is Path.COMPLETE
        await held.step(Stage.PARTLY_MOVED if is_half else Stage.UNKNOWN, findings)


async def _prove_arrival(held: Held, findings: Findings) -> None:
    """Success is every domain read back. What has not moved yet may still follow.

    Auto-assignment is kept off once all is proven; the look after that is for what it is then.
    """
    if held.row.keep_off_asked_at is None or not findings.proofs or not all(moved(held, findings)):
        findings = replace(findings, proofs=await proofs(held, probe=True))
    arrived = moved(held, findings)
    if (
        all(arrived)
        and held.operation.plan.keep_off
        and findings.auto_assign
        and held.row.keep_off_asked_at is None
        and held.stage is not Stage.UNKNOWN
    ):
        await keep_auto_assignment_off(held, findings)
        await look(held)
    elif all(arrived) and _may_still_be_switched_off(held, findings):
        await held.learn(findings)
    elif all(arrived):
        await held.step(Stage.SUCCEEDED, replace(findings, trouble=None))
    else:
        await _give_up_when_late(held, findings, Stage.PARTLY_MOVED if any(arrived) else Stage.UNKNOWN)


def _may_still_be_switched_off(held: Held, findings: Findings) -> bool:
    """A read may show late that auto-assignment was switched off, as was asked."""
    asked_at = held.row.keep_off_asked_at
    late = asked_at is None or held.now() - asked_at > _SEEN_WITHIN
    return not late and bool(findings.auto_assign) and held.stage is not Stage.UNKNOWN


def _timed(held: Held, findings: Findings, seen_at: datetime) -> Findings:
    accepted_at = held.row.accepted_at
    if findings.moved_after is not None or accepted_at is None or findings.queued:
        return findings
    return replace(findings, moved_after=seen_at - accepted_at)


async def _prove_failure(held: Held, findings: Findings) -> None:
    findings = replace(findings, proofs=await proofs(held, probe=True))
    await held.step(Stage.PARTLY_MOVED if any(moved(held, findings)) else Stage.FAILED, findings)
