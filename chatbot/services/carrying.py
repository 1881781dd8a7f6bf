"""One operation, carried out step by step from whatever stage its row is in.

The row is the truth: a process that dies anywhere in here is followed by one that reads the row and looks at
the platform. The ask is written down before it is sent, and sent at most once; everything after it is looking.
"""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from chatbot.domain.deployments import Deployment, Project, State, state_of
from chatbot.domain.operations import (
    Baseline,
    Build,
    DomainProof,
    Findings,
    Operation,
    Sight,
    Stage,
    judge,
)
from chatbot.domain.planning import AlreadyCurrent, Path, Plan, what_changed
from chatbot.errors import NotFound, PlatformAnswered, PlatformError, Refusal
from chatbot.messages import confirmation as cards
from chatbot.messages import operation as telling
from chatbot.services.announcer import Announcer, LiveMessage, Posted, SlackTrouble
from chatbot.services.ledger import Clock, Ledger, as_operation, findings_of, plan_json
from chatbot.services.planner import Planner
from chatbot.services.prober import Prober
from chatbot.vercel import VercelClient
from storage.errors import LeaseLost
from storage.models import Operation as Row

META_KEY = "promotebotOperation"
"""Rebuilds carry the operation's id under this key of the deployment's meta: a lost answer can be found again."""

_LONGEST_BUILD = timedelta(hours=1)
_TELL_AGAIN = timedelta(seconds=15)
_ALREADY = "already the current production deployment"  # the codes beside this text are not documented
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Patience:
    """`lease`: longer than the ask's timeout. `unseen`: how long an unanswered ask is looked for. `observe`: how
    long an accepted one is watched. `valid`: how old a confirmed wish may be when it is acted on.
    """

    lease: timedelta = timedelta(seconds=30)
    unseen: timedelta = timedelta(seconds=60)
    observe: timedelta = timedelta(minutes=3)
    valid: timedelta = timedelta(minutes=10)

    @property
    def ask(self) -> float:
        """Seconds that an ask may take: it is through well before the lease ends."""
        return min(self.lease.total_seconds() / 2, 15.0)


@dataclass(frozen=True)
class Crew:
    """Whom carrying an operation out needs."""

    vercel: VercelClient
    planner: Planner
    ledger: Ledger
    announcer: Announcer
    prober: Prober
    clock: Clock
    patience: Patience


class Carrying:
    """`step` does the next thing and returns how many seconds later the next is due; None when all is told.

    Raises LeaseLost when somebody else has taken the operation over.
    """

    def __init__(self, crew: Crew, row: Row) -> None:
        self._crew = crew
        self._row = row
        self._proved_at: datetime | None = None
        posted = Posted(row.channel, row.message_ts) if row.message_ts else None
        self._live = LiveMessage(
            crew.announcer,
            row.channel,
            key=row.id,
            instead=_person(row.actor),
            posted=posted,
            on_posted=self._remember,
        )

    @property
    def _stage(self) -> Stage:
        return Stage(self._row.state)

    @property
    def _findings(self) -> Findings:
        return findings_of(self._row)

    async def step(self) -> float | None:
        work = self._steps().get(self._stage)
        if work is None:
            return await self._tell()
        await self._renew()
        try:
            await work()
        except PlatformError as error:  # looking did not work out this time; whatever was asked is asked
            await self._saw_nothing(error)
        if self._stage.is_outcome:
            return 0.0
        self._show()
        return self._pause()

    async def hand_back(self) -> None:
        """Let another process go on at once, instead of when the lease ends."""
        with suppress(LeaseLost):
            await self._crew.ledger.change(self._row, lease_owner=None, lease_until=None)

    async def close(self) -> None:
        await self._live.close()

    def _steps(self) -> dict[Stage, Callable[[], Awaitable[None]]]:
        return {
            Stage.REQUESTED: self._check_and_ask,
            Stage.ASKED: self._look,
            Stage.UNSURE: self._look,
            Stage.BUILDING: self._follow_build,
            Stage.MOVING: self._look,
        }

    # Before the ask -----------------------------------------------------------------------------------------

    async def _check_and_ask(self) -> None:
        self._show()
        if self._crew.clock() - self._row.created_at > self._crew.patience.valid:
            await self._end(Stage.OUTDATED, Findings())
            return
        plan = as_operation(self._row).plan
        try:
            fresh = await self._crew.planner.again(plan)
        except AlreadyCurrent:
            await self._end(Stage.OUTDATED, Findings(changed=("what is Current",)))
        except Refusal:
            await self._end(Stage.OUTDATED, Findings(changed=("the deployment's state",)))
        except PlatformError as error:
            await self._end(Stage.FAILED, Findings(said=_said(error)))
        else:
            if self._row.fingerprint in {fresh.fingerprint(), fresh.core_fingerprint()}:
                await self._ask(fresh)
            else:
                await self._end(Stage.OUTDATED, Findings(changed=what_changed(plan, fresh)))
                await self._offer_again(plan, fresh)

    async def _offer_again(self, old: Plan, fresh: Plan) -> None:
        person, valid = _person(self._row.actor), self._crew.patience.valid
        if person is None:
            return
        offer = await self._crew.ledger.offer(
            fresh, actor=self._row.actor, channel=self._row.channel, valid=valid
        )
        card = cards.card(fresh, offer, now=self._crew.clock(), valid=valid, changed=what_changed(old, fresh))
        try:
            await self._crew.announcer.whisper(self._row.channel, person, card)
        except SlackTrouble as error:
            _log.warning("a new confirmation was not shown: %s", type(error).__name__)

    async def _ask(self, plan: Plan) -> None:
        findings = Findings(baseline=Baseline.of(plan.project))
        now = self._crew.clock()
        self._row = await self._crew.ledger.step(
            self._row,
            Stage.ASKED,
            findings=findings,
            action="operation.asked",
            detail={"path": plan.path.value, "target": plan.target.id},
            asked_at=now,
            plan=plan_json(plan),
            lease_until=now + self._crew.patience.lease,
        )
        try:
            if plan.path is Path.REBUILD:
                await self._build_begins(await self._create(plan))
            else:
                await self._accepted(await self._move(plan.project, plan.path, plan.target.id))
        except PlatformError as error:
            await self._not_accepted(error)

    async def _move(self, project: Project, path: Path, deployment_id: str) -> bool:
        """Whether the platform queued it."""
        vercel = self._crew.vercel
        if path is Path.ROLLBACK:
            reason = self._row.reason or ""
            return (
                await vercel.rollback(
                    project.id, deployment_id, reason=reason, timeout=self._crew.patience.ask
                )
            ).queued
        return (await vercel.promote(project.id, deployment_id, timeout=self._crew.patience.ask)).queued

    async def _create(self, plan: Plan) -> Deployment:
        meta = {META_KEY: self._row.id}
        return await self._crew.vercel.rebuild(plan.target, meta=meta, timeout=self._crew.patience.ask)

    async def _accepted(self, queued: bool, action: str = "operation.accepted") -> None:  # noqa: FBT001 - a fact
        self._row = await self._crew.ledger.step(
            self._row,
            Stage.MOVING,
            findings=replace(self._findings, queued=queued),
            action=action,
            detail={"queued": queued},
            accepted_at=self._crew.clock(),
        )

    async def _not_accepted(self, error: PlatformError, action: str = "operation.answered") -> None:
        findings = replace(self._findings, said=_said(error))
        detail = {"said": _said(error), "status": getattr(error, "status", None)}
        # "Already Current" is no failure: somebody was faster, or an earlier answer was lost. Production tells.
        arrived = isinstance(error, PlatformAnswered) and _ALREADY in error.said.lower()
        stage = Stage.UNSURE if error.may_have_applied or arrived else Stage.FAILED
        self._row = await self._crew.ledger.step(
            self._row, stage, findings=findings, action=action, detail=detail
        )

    # After the ask: looking only ----------------------------------------------------------------------------

    async def _look(self) -> None:
        operation = as_operation(self._row)
        if operation.final_id is None:
            await self._find_build()
        else:
            await self._conclude(operation, await self._crew.vercel.project(self._row.project_id))

    async def _saw_nothing(self, error: PlatformError) -> None:
        findings = replace(self._findings, said=_said(error))
        if self._stage is Stage.BUILDING:
            await self._give_up_build(findings)
        else:
            await self._give_up_when_late(findings)

    async def _conclude(self, operation: Operation, project: Project) -> None:
        final_id = operation.final_id or ""
        baseline = self._findings.baseline or Baseline.of(project)
        sight = judge(project, final_id=final_id, baseline=baseline)
        seen = project.current.id if project.current else None
        findings = replace(self._findings, seen=seen)
        match sight:
            case Sight.OVERTAKEN:
                taken = project.last_request.to_id if project.last_request else seen
                await self._end(
                    Stage.SUPERSEDED, replace(findings, taken_by=taken if taken != final_id else seen)
                )
            case Sight.ARRIVED:
                await self._prove(findings, stage_if_missing=None)
            case Sight.FAILED:
                said = f"the job ended as {project.last_request.job_status}" if project.last_request else None
                await self._prove(
                    replace(findings, said=findings.said or said), stage_if_missing=Stage.FAILED
                )
            case Sight.MOVING:
                await self._moves(findings)
            case Sight.NOTHING:
                await self._give_up_when_late(findings)

    async def _moves(self, findings: Findings) -> None:
        now = self._crew.clock()
        if self._proved_at is None or now - self._proved_at >= timedelta(seconds=1):
            self._proved_at = now
            findings = replace(findings, proofs=await self._proofs(probe=False))
        if self._stage is not Stage.MOVING or findings != self._findings:
            self._row = await self._crew.ledger.step(self._row, Stage.MOVING, findings=findings)
        await self._give_up_when_late(findings)

    async def _prove(self, findings: Findings, stage_if_missing: Stage | None) -> None:
        """Read every domain back. `stage_if_missing` ends it when none has moved; None: more may follow."""
        findings = replace(findings, proofs=await self._proofs(probe=True))
        expected = {d.name for d in as_operation(self._row).plan.domains if d.verified}
        moved = [p.moved for p in findings.proofs if p.name in expected]
        if all(moved) and stage_if_missing is None:
            await self._end(Stage.SUCCEEDED, replace(findings, said=None))
        elif stage_if_missing is not None:
            await self._end(Stage.PARTLY_MOVED if any(moved) else stage_if_missing, findings)
        else:
            await self._give_up_when_late(findings, Stage.PARTLY_MOVED if any(moved) else Stage.UNKNOWN)

    async def _proofs(self, *, probe: bool) -> tuple[DomainProof, ...]:
        operation = as_operation(self._row)
        names = [d.name for d in operation.plan.domains]
        serving = await self._crew.vercel.serving(self._row.project_id)
        probes = await self._crew.prober.probe(names) if probe else {}
        return tuple(
            DomainProof(
                name,
                serves=serving.get(name),
                moved=serving.get(name) == operation.final_id,
                status=probes[name].status if name in probes else None,
                fault=probes[name].fault if name in probes else None,
            )
            for name in names
        )

    async def _give_up_when_late(self, findings: Findings, outcome: Stage = Stage.UNKNOWN) -> None:
        patience, row = self._crew.patience, self._row
        accepted = row.accepted_at is not None
        since = row.accepted_at or row.promote_asked_at or row.asked_at or row.created_at
        if self._crew.clock() - since > (patience.observe if accepted else patience.unseen):
            await self._end(outcome, findings)
            return
        stage = Stage.UNSURE if self._stage is Stage.ASKED else self._stage
        if stage is not self._stage or findings != self._findings:
            self._row = await self._crew.ledger.step(row, stage, findings=findings)

    # A rebuild ----------------------------------------------------------------------------------------------

    async def _build_begins(self, build: Deployment) -> None:
        self._row = await self._crew.ledger.step(
            self._row,
            Stage.BUILDING,
            findings=replace(self._findings, build=Build.of(build), said=None),
            action="operation.accepted",
            detail={"build": build.id},
            build_id=build.id,
            accepted_at=self._crew.clock(),
        )

    async def _find_build(self) -> None:
        """The answer to the create call was lost: the new deployment carries the operation's id."""
        filters = {"projectId": self._row.project_id, f"meta-{META_KEY}": self._row.id}
        if found := await self._crew.vercel.deployments(limit=1, **filters):
            await self._build_begins(found[0])
        else:
            await self._give_up_when_late(self._findings)

    async def _follow_build(self) -> None:
        known = self._findings.build
        if known is None:
            await self._find_build()
            return
        build = await self._crew.vercel.deployment(known.id)
        findings = replace(self._findings, build=Build.of(build), said=None)
        match state_of(build, None):
            case State.BUILDING:
                await self._give_up_build(findings)
            case State.FAILED:
                await self._end(Stage.FAILED, findings)
            case state:
                await self._built(findings, staged=state is State.STAGED)

    async def _built(self, findings: Findings, *, staged: bool) -> None:
        """Ready: the platform moves the domains itself, unless auto-assignment is off. Then it is one promote."""
        build = findings.build
        if build is None:
            raise AssertionError("a build that is ready is known")
        project = await self._crew.vercel.project(self._row.project_id)
        current_id = project.current.id if project.current else None
        if current_id != build.id:
            findings = replace(findings, baseline=Baseline.of(project))
        if not staged or project.auto_assign or current_id == build.id:
            self._row = await self._crew.ledger.step(
                self._row,
                Stage.MOVING,
                findings=findings,
                action="operation.built",
                detail={"build": build.id},
                accepted_at=self._crew.clock(),
            )
            return
        if self._row.promote_asked_at is not None:  # asked before a crash: only look now
            self._row = await self._crew.ledger.step(self._row, Stage.UNSURE, findings=self._findings)
            return
        now = self._crew.clock()
        self._row = await self._crew.ledger.step(
            self._row,
            Stage.BUILDING,
            findings=findings,
            action="operation.promote_asked",
            detail={"target": build.id},
            promote_asked_at=now,
            accepted_at=None,
            lease_until=now + self._crew.patience.lease,
        )
        try:
            queued = await self._move(project, Path.PROMOTE, build.id)
        except PlatformError as error:
            await self._not_accepted(error, "operation.promote_answered")
        else:
            await self._accepted(queued, "operation.promote_accepted")

    async def _give_up_build(self, findings: Findings) -> None:
        if self._crew.clock() - (self._row.asked_at or self._row.created_at) > _LONGEST_BUILD:
            await self._end(Stage.UNKNOWN, findings)
        elif findings != self._findings:
            self._row = await self._crew.ledger.step(self._row, Stage.BUILDING, findings=findings)

    # The end ------------------------------------------------------------------------------------------------

    async def _end(self, stage: Stage, findings: Findings) -> None:
        self._row = await self._crew.ledger.step(self._row, stage, findings=findings)

    async def _tell(self) -> float | None:
        """The last wording, then the announcement. Both are tried until Slack takes them."""
        operation = as_operation(self._row)
        try:
            await self._live.settle(telling.progress(operation, self._crew.clock()))
            announced = await self._announce(operation)
        except SlackTrouble as error:
            _log.warning("the outcome of operation %s was not told: %s", operation.id, type(error).__name__)
            return _TELL_AGAIN.total_seconds()
        await self._crew.ledger.change(
            self._row,
            told_at=self._crew.clock(),
            announcement_ts=announced,
            lease_owner=None,
            lease_until=None,
        )
        return None

    async def _announce(self, operation: Operation) -> str | None:
        posted = self._live.posted
        if operation.stage is not Stage.SUCCEEDED or posted is None:
            return None
        key = str(uuid5(NAMESPACE_URL, f"{operation.id}/announcement"))
        message = telling.announcement(operation)
        return (await self._crew.announcer.post(posted.channel, message, key=key, thread=posted.ts)).ts

    def _show(self) -> None:
        self._live.show(telling.progress(as_operation(self._row), self._crew.clock()))

    async def _remember(self, posted: Posted) -> None:
        # The row in hand stays: a step may be under way, and its stage must not be taken back.
        await self._crew.ledger.change(self._row, channel=posted.channel, message_ts=posted.ts)

    async def _renew(self) -> None:
        now, lease = self._crew.clock(), self._crew.patience.lease
        if self._row.lease_until is None or self._row.lease_until - now < lease * 2 / 3:
            self._row = await self._crew.ledger.change(self._row, lease_until=now + lease)

    def _pause(self) -> float:
        """Often at first, when a move is usually through within seconds."""
        if self._stage is Stage.BUILDING:
            return 0.5
        since = self._crew.clock() - (self._row.accepted_at or self._row.asked_at or self._row.created_at)
        if since < timedelta(seconds=3):
            return 0.1
        return 0.25 if since < timedelta(seconds=15) else 1.0


def _said(error: PlatformError) -> str:
    if isinstance(error, NotFound):
        return error.said or "it does not exist any more"
    return (error.said if isinstance(error, PlatformAnswered) else "") or str(error)


def _person(actor: str) -> str | None:
    return actor.removeprefix("slack:") if actor.startswith("slack:") else None
