"""Before the ask, and the ask itself: written down before it is sent, and sent at most once."""

import asyncio
import logging
from dataclasses import replace

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.judging import Baseline
from chatbot.domain.operations import Build, Findings, Stage, Trouble
from chatbot.domain.planning import (
    AlreadyCurrent,
    NoSuchStep,
    ReleaseOver,
    ReleaseUnderWay,
)
from chatbot.domain.plans import (
    Part,
    Path,
    Plan,
    what_changed,
)
from chatbot.domain.requests import Deleted
from chatbot.errors import PlatformAnswered, PlatformError, PlatformGarbled, Refusal
from chatbot.messages import Message, confirmation, refusals
from chatbot.services.announcer import SlackTrouble
from chatbot.services.operations.held import Held
from chatbot.services.operations.overtaking import overtaking
from chatbot.services.operations.proving import well_now
from chatbot.services.operations.records import plan_json
from chatbot.services.operations.releasing import ask_step, has_gone_on

META_KEY = "promotebotOperation"
"""What is built carries the operation's id under this key of its meta: a lost answer can be found again."""

_ALREADY = "already the current production deployment"  # the codes beside this text are not documented
_log = logging.getLogger(__name__)


async def check_and_ask(held: Held) -> None:
    """Plan once more. Only what was confirmed is asked for; anything else is shown for a new confirmation."""
    if held.is_too_old():
        await held.step(Stage.OUTDATED, Findings())
        return
    plan = held.operation.plan
    if await held.crew.history.is_held(held.row):
        await held.step(Stage.OUTDATED, Findings(changed=(Part.INCIDENT,)))
        await _offer_again(held, plan, plan)
        return
    before = asyncio.create_task(well_now(held), name=f"health before operation {held.row.id}")
    try:
        await _check(held, plan, before)
    finally:
        before.cancel()
        await asyncio.gather(before, return_exceptions=True)


async def _check(held: Held, plan: Plan, before: asyncio.Task[tuple[str, ...]]) -> None:
    try:
        fresh = await held.crew.planner.again(plan)
    except (ReleaseUnderWay, ReleaseOver, NoSuchStep) as refusal:
        await held.step(Stage.OUTDATED, Findings(changed=(Part.RELEASE,)))
        await _whisper(held, refusals.word(refusal, held.now()))
    except AlreadyCurrent as error:
        await _overtaken(held, error.project, (Part.CURRENT,))
    except Deleted:
        await held.step(Stage.OUTDATED, Findings(changed=(Part.GONE,)))
    except Refusal:
        await held.step(Stage.OUTDATED, Findings(changed=(Part.DEPLOYMENT,)))
    except PlatformError as error:
        await held.step(Stage.FAILED, Findings(trouble=trouble_of(error)))
    else:
        if held.row.fingerprint in {fresh.fingerprint(), fresh.core_fingerprint()}:
            hurries = fresh.path.goes_back and not before.done()  # a way back waits for no site
            await _ask(held, fresh, () if hurries else await before)
        else:
            await _overtaken(held, fresh.project, what_changed(plan, fresh))
            await _offer_again(held, plan, fresh)


async def ask_to_promote_build(held: Held, project: Project, build: Build, findings: Findings) -> None:
    """A rebuild's second and last request, where auto-assignment is off."""
    await held.step(
        Stage.BUILDING,
        findings,
        audited="operation.promote_asked",
        detail={"target": build.id},
        promote_asked_at=held.now(),
        accepted_at=None,
        lease_until=held.fresh_lease(),
    )
    try:
        queued = await _move(held, project, Path.PROMOTE, build.id)
    except PlatformError as error:
        await _not_accepted(held, error, "operation.promote_answered")
    else:
        await _accepted(held, queued=queued, audited="operation.promote_accepted")


async def keep_auto_assignment_off(held: Held, findings: Findings) -> None:
    """The promote switched it on. Asked once; the next look reads back what it is."""
    await held.step(
        held.stage,
        findings,
        audited="operation.keep_off_asked",
        keep_off_asked_at=held.now(),
        lease_until=held.fresh_lease(),
    )
    try:
        await held.crew.vercel.switch_auto_assignment(
            held.row.project_id, on=False, timeout=held.crew.patience.ask
        )
    except PlatformError as error:
        _log.warning("operation %s: auto-assignment was not switched off: %s", held.row.id, error)


async def build_begins(held: Held, build: Build) -> None:
    await held.step(
        Stage.BUILDING,
        replace(held.findings, build=build, trouble=None),
        audited="operation.accepted",
        detail={"build": build.id},
        build_id=build.id,
        accepted_at=held.now(),
    )


async def find_build(held: Held) -> Deployment | None:
    """What was built where the answer was lost: it carries the operation's id. Raises PlatformError."""
    filters = {"projectId": held.row.project_id, f"meta-{META_KEY}": held.row.id}
    found = await held.crew.vercel.deployments(filters, limit=1)
    return found[0] if found else None


def trouble_of(error: PlatformError) -> Trouble:
    if isinstance(error, PlatformAnswered):
        return Trouble("said", error.said) if error.said else Trouble("status", str(error.status))
    return Trouble("garbled" if isinstance(error, PlatformGarbled) else "silent", str(error))


def person(actor: str) -> str | None:
    """The Slack user behind an actor, if it is one."""
    return actor.removeprefix("slack:") if actor.startswith("slack:") else None


async def _ask(held: Held, plan: Plan, well_before: tuple[str, ...]) -> None:
    baseline = Baseline.of(plan.project, plan.newest_release)
    await held.step(
        Stage.ASKED,
        Findings(baseline=baseline, before=plan.current, well_before=well_before),
        audited="operation.asked",
        detail={"path": plan.path.value, "target": plan.target.id},
        asked_at=held.now(),
        plan=plan_json(plan),
        lease_until=held.fresh_lease(),
    )
    try:
        if plan.path.builds:
            vercel, meta = held.crew.vercel, {META_KEY: held.row.id}
            build = vercel.redeploy if plan.path is Path.REDEPLOY else vercel.rebuild
            created = await build(plan.target, meta=meta, timeout=held.crew.patience.ask)
            await build_begins(held, Build.of(created))
        elif plan.path.is_step:
            await ask_step(held, plan)
            await _accepted(held, queued=False, audited="operation.accepted")
        else:
            queued = await _move(held, plan.project, plan.path, plan.target.id)
            await _accepted(held, queued=queued, audited="operation.accepted")
    except PlatformError as error:
        await _not_accepted(held, error, "operation.answered")


async def _move(held: Held, project: Project, path: Path, deployment_id: str) -> bool:
    """Whether the platform queued it."""
    vercel, timeout = held.crew.vercel, held.crew.patience.ask
    if path is Path.ROLLBACK:
        reason = held.row.reason or ""
        return (await vercel.rollback(project.id, deployment_id, reason=reason, timeout=timeout)).queued
    return (await vercel.promote(project.id, deployment_id, timeout=timeout)).queued


async def _accepted(held: Held, *, queued: bool, audited: str) -> None:
    await held.step(
        Stage.QUEUED if queued else Stage.MOVING,
        replace(held.findings, queued=queued, unqueued_at=held.now() if queued else None),
        audited=audited,
        detail={"queued": queued},
        accepted_at=held.now(),
    )


async def _not_accepted(held: Held, error: PlatformError, audited: str) -> None:
    # "Already Current" is no failure: somebody was faster, or an earlier answer was lost. Production tells.
    arrived = isinstance(error, PlatformAnswered) and _ALREADY in error.said.lower()
    # Nor is a step that is refused because the release has gone on. Looking tells.
    if isinstance(error, PlatformAnswered) and held.operation.plan.path.is_step and not arrived:
        arrived = await has_gone_on(held)
    trouble = trouble_of(error)
    await held.step(
        Stage.UNSURE if error.may_have_applied or arrived else Stage.FAILED,
        replace(held.findings, trouble=trouble),
        audited=audited,
        detail={
            "said": trouble.text,
            "status": error.status if isinstance(error, PlatformAnswered) else None,
        },
    )


async def _overtaken(held: Held, project: Project, changed: tuple[Part, ...]) -> None:
    """Nothing was sent. What waited in line while another one moved production is superseded by that one."""
    moved = Part.CURRENT in changed
    waited = held.row.in_line_since is not None
    await held.step(
        Stage.SUPERSEDED if moved and waited else Stage.OUTDATED,
        Findings(changed=changed, overtaken=await overtaking(held, project) if moved else None),
    )


async def _offer_again(held: Held, old: Plan, fresh: Plan) -> None:
    valid, row = held.crew.patience.valid, held.row
    if person(row.actor) is None:
        return
    fresh = await held.crew.history.beside(fresh)
    offer = await held.crew.requesting.offer(
        fresh, actor=row.actor, channel=row.channel, valid=valid, instead_of=row.id
    )
    await _whisper(held, confirmation.card(fresh, offer, now=held.now(), valid=valid, before=old))


async def _whisper(held: Held, message: Message) -> None:
    """To the person who asked, what has to be confirmed now."""
    user = person(held.row.actor)
    if user is None:
        return
    try:
        await held.crew.announcer.whisper(held.row.channel, user, message)
    except SlackTrouble as error:
        _log.warning("what changed was not shown: %s", type(error).__name__)
