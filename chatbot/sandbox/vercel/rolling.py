"""Rolling releases under way: begun, moved from stage to stage by approval or by time, completed, aborted.

While one is active the production domains still point at what was Current; visitors are split in `traffic`.
In its final stage an alias job moves the domains as a promote does; it is COMPLETE once that has succeeded, and
what waits behind it begins.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.rollouts import Rollout

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.aliasing import Aliasing
    from chatbot.sandbox.vercel.records import Deployment, Project, User
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.supervision import Supervisor
    from chatbot.sandbox.vercel.timing import Timing
    from chatbot.sandbox.vercel.webhooks.announcing import Announcer


class Rolling:
    def __init__(
        self,
        store: Store,
        timing: Timing,
        aliasing: Aliasing,
        supervisor: Supervisor,
        announcer: Announcer,
    ) -> None:
        self._store = store
        self._timing = timing
        self._aliasing = aliasing
        self._supervisor = supervisor
        self._announcer = announcer
        self._clocks: dict[str, asyncio.Future[None]] = {}
        """What moves a project's rolling release on by itself."""

    def begin(self, project: Project, canary: Deployment, by: User | None = None) -> Rollout:
        """At stage 0, in place of any alias job that runs. Rolling releases must be enabled, and something
        must be Current already.
        """
        if project.rollout_config is None or project.current_id is None:
            raise ValueError(f"no rolling release can begin in {project.name}")
        self._aliasing.take_over(project)
        now = self._store.stamp()
        last = project.rollouts[-1] if project.rollouts else None
        before = self._announcer.document(project, last) if last is not None else None
        rollout = Rollout(project.current_id, canary.id, project.rollout_config, now, now, now)
        project.rollouts.append(rollout)
        canary.substate = "ROLLING"
        self._wind(project, rollout)
        self._store.changed()
        self._announcer.rolling_release("project.rolling-release.started", project, rollout, before, by)
        return rollout

    def queue(self, rollout: Rollout, deployment: Deployment) -> None:
        """The newest takes the place of any that waits already."""
        rollout.queued_id = deployment.id
        self._note(rollout)

    def advance(self, project: Project, rollout: Rollout, by: User | None = None) -> None:
        """To the next stage; the final one completes it."""
        before = self._announcer.document(project, rollout)
        rollout.stage_index += 1
        rollout.stage_started_at = self._store.stamp()
        self._note(rollout)
        self._announcer.rolling_release("project.rolling-release.approved", project, rollout, before, by)
        if rollout.stage.is_final:
            self.complete(project, rollout, by)
        else:
            self._wind(project, rollout)

    def complete(
        self, project: Project, rollout: Rollout, by: User | None = None, *, by_promote: bool = False
    ) -> None:
        """Move the domains to the canary; `by_promote`, as a request that `lastAliasRequest` shows."""
        self.stop(project)
        if not rollout.stage.is_final:
            rollout.stage_index = len(rollout.config.stages) - 1
            rollout.stage_started_at = self._store.stamp()
        canary = self._store.deployments[rollout.canary_id]
        move = self._aliasing.promote if by_promote else self._aliasing.move
        move(project, canary, by, then=lambda: self._completed(project, rollout, by))
        self._note(rollout)

    def abort(self, project: Project, rollout: Rollout, by: User | None = None) -> None:
        """All visitors get what was Current again; nothing that waits begins."""
        self.stop(project)
        before = self._announcer.document(project, rollout)
        rollout.state, rollout.queued_id = "ABORTED", None
        has_served = rollout.canary_id in project.served
        self._store.deployments[rollout.canary_id].substate = "PROMOTED" if has_served else "STAGED"
        self._note(rollout)
        self._announcer.rolling_release("project.rolling-release.aborted", project, rollout, before, by)

    def stop(self, project: Project) -> None:
        """Let it no longer move on by itself."""
        if (clock := self._clocks.pop(project.id, None)) is not None:
            clock.cancel()

    def elapsed_minutes(self, rollout: Rollout) -> float:
        return (self._store.now() - rollout.stage_started_at) / 1000 / self._timing.minute

    def _note(self, rollout: Rollout) -> None:
        rollout.updated_at = self._store.stamp()
        self._store.changed()

    def _wind(self, project: Project, rollout: Rollout) -> None:
        self.stop(project)
        stage = rollout.stage
        if stage.minutes is not None and not stage.requires_approval:
            work = self._tick(project, rollout, stage.minutes * self._timing.minute)
            self._clocks[project.id] = self._supervisor.start(
                work, name=f"stage {rollout.stage_index} of {rollout.canary_id}"
            )

    async def _tick(self, project: Project, rollout: Rollout, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._clocks.pop(project.id, None)
        self.advance(project, rollout)

    def _completed(self, project: Project, rollout: Rollout, by: User | None) -> None:
        before = self._announcer.document(project, rollout)
        queued = self._store.deployments.get(rollout.queued_id or "")
        rollout.state, rollout.queued_id = "COMPLETE", None
        project.auto_assign, project.auto_assign_updated_by, project.rollback = True, "system", None
        self._note(rollout)
        self._announcer.rolling_release("project.rolling-release.completed", project, rollout, before, by)
        if queued is None or queued.deleted_by_retention_at is not None:
            return
        if project.rollout_config is not None:
            self.begin(project, queued)
        else:
            self._aliasing.promote(project, queued)
