"""Builds: QUEUED → INITIALIZING → BUILDING → READY | ERROR | CANCELED."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chatbot.sandbox.vercel.buildlog import BUILD_FAILED, build_log
from chatbot.sandbox.vercel.checks import block_of
from chatbot.sandbox.vercel.errors import ApiError
from chatbot.sandbox.vercel.hostnames import automatic_hostname, staging_hostname
from chatbot.sandbox.vercel.records import (
    Commit,
    Cron,
    Deployment,
    DeploymentTarget,
    LineType,
    LogLine,
    Project,
    Source,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.sandbox.vercel.faults import Faults
    from chatbot.sandbox.vercel.production import Production
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.supervision import Supervisor
    from chatbot.sandbox.vercel.timing import Timing
    from chatbot.sandbox.vercel.webhooks.announcing import Announcer


LOOKS_AGAIN_AFTER = 30.0
"""Seconds; a check that reports wakes who waits for it earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOrder:
    """What is to be built. `seconds` of None means the platform's usual time."""

    project: Project
    commit: Commit
    creator: User
    target: DeploymentTarget
    custom_environment_id: str | None = None
    crons: tuple[Cron, ...] | None = None
    """None: those of what is Current."""
    source: Source = "git"
    auto_assign: bool | None = None
    meta: dict[str, str] | None = None
    files: Mapping[str, bytes] | None = None
    fails: bool = False
    seconds: float | None = None


class Builds:
    def __init__(
        self,
        store: Store,
        timing: Timing,
        faults: Faults,
        production: Production,
        supervisor: Supervisor,
        announcer: Announcer,
    ) -> None:
        self._store = store
        self._timing = timing
        self._faults = faults
        self._production = production
        self._supervisor = supervisor
        self._announcer = announcer
        self._running: dict[str, asyncio.Future[None]] = {}

    def start(self, order: BuildOrder) -> Deployment:
        """Create the deployment, QUEUED, and build it in the background."""
        project, store = order.project, self._store
        flag = project.auto_assign if order.auto_assign is None else order.auto_assign
        deployment = store.add_deployment(
            Deployment(
                id=store.new_id("dpl_"),
                project_id=project.id,
                account_id=project.account_id,
                name=project.name,
                url=store.new_hostname(project),
                commit=order.commit,
                creator_id=order.creator.id,
                target=order.target,
                source=order.source,
                created_at=store.stamp(),
                auto_assign=flag,
                custom_environment_id=order.custom_environment_id,
                crons=project.crons.definitions if order.crons is None else order.crons,
                meta=order.meta or {},
                files=order.files,
            )
        )
        store.changed()
        task = self._supervisor.start(self._build(deployment, order), name=f"build of {deployment.id}")
        self._running[deployment.id] = task
        task.add_done_callback(lambda _: self._running.pop(deployment.id, None))
        self._announcer.deployment("deployment.created", deployment)
        return deployment

    def cancel(self, deployment: Deployment, by: User | None = None) -> None:
        """Raises ApiError 400 when there is no build to cancel."""
        if not deployment.is_unfinished:
            raise ApiError(
                400, f"The deployment {deployment.id} is {deployment.state}: it cannot be canceled."
            )
        if (task := self._running.get(deployment.id)) is not None:
            task.cancel()
        deployment.state = "CANCELED"
        deployment.canceled_at = self._store.now()
        self._store.changed()
        self._announcer.deployment("deployment.canceled", deployment, by)

    async def _build(self, deployment: Deployment, order: BuildOrder) -> None:
        fault = self._faults.take_build(order.project.name)
        await asyncio.sleep(self._timing.queue)
        self._enter(deployment, "INITIALIZING")
        await asyncio.sleep(self._timing.queue)
        self._enter(deployment, "BUILDING")
        deployment.building_at = self._store.now()
        fails = order.fails or (fault is not None and fault.fails)
        lines = build_log(order.project, deployment, fails=fails)
        pause = (self._timing.build if order.seconds is None else order.seconds) / len(lines)
        for kind, text in lines:
            self._write(deployment, kind, text)
            await asyncio.sleep(pause)
        if fault is not None and fault.hangs:
            await asyncio.Event().wait()  # until it is canceled
        if fails:
            deployment.error = BUILD_FAILED
            deployment.ready_at = self._store.now()
            self._enter(deployment, "ERROR")
            self._announcer.deployment("deployment.error", deployment)
            return
        self._finish(deployment, order.project)

    def _finish(self, deployment: Deployment, project: Project) -> None:
        now = self._store.now()
        deployment.ready_at = deployment.alias_assigned_at = now
        deployment.substate = "STAGED" if deployment.target == "production" else None
        self._point_branch(deployment, project)
        self._enter(deployment, "READY")
        self._announcer.deployment("deployment.ready", deployment)
        if deployment.checks:
            work = self._release_after_checks(deployment, project)
            self._supervisor.start(work, name=f"checks of {deployment.id}")
        else:
            self._release(deployment, project)

    async def _release_after_checks(self, deployment: Deployment, project: Project) -> None:
        revision = self._store.revision
        while block_of(deployment) == "pending" and not revision.is_closed:
            await revision.past(revision.number, LOOKS_AGAIN_AFTER)
        if deployment.id in self._store.deployments and not revision.is_closed:
            self._release(deployment, project)

    def _release(self, deployment: Deployment, project: Project) -> None:
        """Assign its domains, if that is wanted and no blocking check is against it."""
        if block_of(deployment) == "failed":
            deployment.alias_error = "Blocking checks did not succeed"
            self._announcer.deployment("deployment.checks.failed", deployment)
            self._store.changed()
            return
        if deployment.checks:
            self._announcer.deployment("deployment.checks.succeeded", deployment)
        self._announcer.deployment("deployment.succeeded", deployment)
        if deployment.target == "production" and deployment.auto_assign:
            self._production.assign(project, deployment)

    def _point_branch(self, deployment: Deployment, project: Project) -> None:
        made_up = [automatic_hostname(self._store, deployment)]
        if deployment.target == "staging":
            made_up.append(staging_hostname(self._store, project))
        for hostname in made_up:
            if self._store.is_free(hostname, project):
                self._store.point(hostname, deployment)
        for domain in project.domains.values():
            of_branch = domain.git_branch is not None and domain.git_branch == deployment.commit.branch
            environment = deployment.custom_environment_id
            of_environment = environment is not None and domain.custom_environment_id == environment
            if domain.redirect is None and domain.verified and (of_branch or of_environment):
                self._store.point(domain.name, deployment)

    def _enter(
        self, deployment: Deployment, state: Literal["INITIALIZING", "BUILDING", "READY", "ERROR"]
    ) -> None:
        deployment.state = state
        self._store.changed()

    def _write(self, deployment: Deployment, kind: LineType, text: str) -> None:
        now = self._store.now()
        line = LogLine(id=f"{now}{len(deployment.log):06d}", created=now, type=kind, text=text)
        deployment.log.append(line)
        self._store.changed()
