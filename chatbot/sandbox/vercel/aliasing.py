"""Moving production: alias jobs of promote, rollback and auto-assignment, domain by domain.

One job runs per project; a new one takes over from it. Which may is decided in `production`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.records import (
    AliasMove,
    AliasRequest,
    Deployment,
    JobStatus,
    Project,
    RequestType,
    RollbackDescription,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from chatbot.sandbox.vercel.faults import AliasJobFault, Faults
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.supervision import Supervisor
    from chatbot.sandbox.vercel.timing import Timing
    from chatbot.sandbox.vercel.webhooks.announcing import Announcer

ABANDONED_AFTER_MS = 3 * 60 * 1000
"""The official CLI takes no notice of a request older than this; nor does the parallel check."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One move of production. `request` is None for an automatic assignment, which records none."""

    project: Project
    deployment: Deployment
    moves: list[AliasMove]
    fault: AliasJobFault | None
    request: AliasRequest | None = None
    rollback: RollbackDescription | None = None
    then: Callable[[], None] | None = None
    """Called once production has moved."""
    by: User | None = None
    """Who asked for it; None for the creator of the deployment."""


class Aliasing:
    def __init__(
        self, store: Store, timing: Timing, faults: Faults, supervisor: Supervisor, announcer: Announcer
    ) -> None:
        self._store = store
        self._timing = timing
        self._faults = faults
        self._supervisor = supervisor
        self._announcer = announcer
        self._running: dict[str, tuple[asyncio.Future[None], Switch]] = {}

    def is_answering(self, project: Project) -> bool:
        """Whether a promote or rollback is under way; the assignment of a new build does not count."""
        running = self._running.get(project.id)
        request = running[1].request if running is not None else None
        return request is not None and self._store.now() - request.requested_at < ABANDONED_AFTER_MS

    def is_moving_to(self, deployment: Deployment) -> bool:
        running = self._running.get(deployment.project_id)
        return running is not None and running[1].deployment is deployment

    def promote(
        self,
        project: Project,
        deployment: Deployment,
        by: User | None = None,
        *,
        then: Callable[[], None] | None = None,
    ) -> None:
        self._request("promote", project, deployment, by, None, then)

    def roll_back(self, project: Project, deployment: Deployment, by: User, description: str | None) -> None:
        rollback = RollbackDescription(by.id, by.username, description or "", self._store.now())
        self._announcer.rolled_back(project, deployment, by)
        self._request("rollback", project, deployment, by, rollback)

    def move(
        self,
        project: Project,
        deployment: Deployment,
        by: User | None = None,
        *,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Move production without a request that `lastAliasRequest` would show."""
        self.take_over(project)
        fault = self._faults.take_alias_job(project.name)
        self._start(Switch(project, deployment, self._moves_of(project), fault, then=then, by=by))

    async def is_idle(self, project: Project) -> None:
        """Wait until no job of the project runs."""
        while (running := self._running.get(project.id)) is not None:
            await asyncio.wait([running[0]])

    def _request(
        self,
        kind: RequestType,
        project: Project,
        deployment: Deployment,
        by: User | None,
        rollback: RollbackDescription | None,
        then: Callable[[], None] | None = None,
    ) -> None:
        self.take_over(project)
        fault = self._faults.take_alias_job(project.name)
        now = self._store.stamp()
        request = AliasRequest(
            type=kind,
            from_id=project.current_id,
            to_id=deployment.id,
            requested_at=now,
            visible_at=now + int(1000 * (fault.late_visibility if fault else 0)),
            recorded=fault is None or not fault.absent,
            moves=self._moves_of(project),
        )
        project.requests.append(request)
        self._start(Switch(project, deployment, request.moves, fault, request, rollback, then, by))

    def take_over(self, project: Project) -> None:
        """Stop the job that runs, if one does."""
        running = self._running.pop(project.id, None)
        if running is not None:
            task, switch = running
            task.cancel()
            self._note(switch, "skipped")

    def _moves_of(self, project: Project) -> list[AliasMove]:
        return [
            AliasMove(self._store.new_id("", 24), domain.name, self._store.stamp())
            for domain in project.production_domains()
        ]

    def _start(self, switch: Switch) -> None:
        name = f"alias job of {switch.project.name} to {switch.deployment.id}"
        task = self._supervisor.start(self._run(switch), name=name)
        self._running[switch.project.id] = (task, switch)
        task.add_done_callback(lambda done: self._ended(switch.project, done))
        self._store.changed()

    def _ended(self, project: Project, done: asyncio.Future[None]) -> None:
        running = self._running.get(project.id)
        if running is not None and running[0] is done:
            del self._running[project.id]

    async def _run(self, switch: Switch) -> None:
        fault = switch.fault
        await asyncio.sleep(self._timing.queue)
        if fault is not None and fault.skipped:
            self._note(switch, "skipped")
            return
        self._note(switch, "in-progress")
        if fault is not None and fault.hangs:
            await asyncio.Event().wait()  # until another request takes over, or the platform closes
        for move in switch.moves:
            await self._move(switch, move)
        if any(move.status == "failed" for move in switch.moves):
            self._fail(switch)
        else:
            self._succeed(switch)

    def _note(self, switch: Switch, status: JobStatus) -> None:
        if switch.request is not None:
            switch.request.status = status
        self._store.changed()

    async def _move(self, switch: Switch, move: AliasMove) -> None:
        """A domain that has left production meanwhile is done with: it stays as it is."""
        move.status = "in-progress"
        await asyncio.sleep(self._timing.alias)
        domain = switch.project.domains.get(move.alias)
        if domain is None or not domain.serves_production:
            move.status = "completed"
        elif switch.fault is not None and switch.fault.fails(move.alias):
            move.status = "failed"
        else:
            self._store.point(move.alias, switch.deployment)
            switch.deployment.substate = "PROMOTED"
            move.status = "completed"
        self._store.changed()

    def _fail(self, switch: Switch) -> None:
        failed = [move.alias for move in switch.moves if move.status == "failed"]
        switch.deployment.alias_error = f"Could not assign the alias to {', '.join(failed)}"
        self._note(switch, "failed")

    def _succeed(self, switch: Switch) -> None:
        project, deployment, now = switch.project, switch.deployment, self._store.now()
        deployment.substate = "PROMOTED"
        deployment.alias_assigned_at = now
        deployment.alias_error = None
        if project.current_id != deployment.id:
            project.served.append(deployment.id)
        project.crons.deployment_id, project.crons.definitions = deployment.id, deployment.crons
        project.crons.updated_at = now
        if switch.request is not None:
            project.auto_assign = switch.request.type == "promote"
            project.auto_assign_updated_by = "system"
            project.rollback = switch.rollback
        self._note(switch, "succeeded")
        if switch.rollback is None:
            self._announcer.deployment("deployment.promoted", deployment, switch.by)
        if switch.then is not None:
            switch.then()
