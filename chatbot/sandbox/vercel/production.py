"""What promotes, rollbacks and new builds do to production: at once, by a rolling release, or after one.

A promote takes over from any alias job that runs, a rollback from the assignment of a new build (during a request
it is refused before it gets here); an assignment waits its turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.aliasing import Aliasing
    from chatbot.sandbox.vercel.records import Deployment, Project, User
    from chatbot.sandbox.vercel.rolling import Rolling
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.supervision import Supervisor


class Production:
    def __init__(self, store: Store, aliasing: Aliasing, rolling: Rolling, supervisor: Supervisor) -> None:
        self._store = store
        self._aliasing = aliasing
        self._rolling = rolling
        self._supervisor = supervisor

    def promote(self, project: Project, deployment: Deployment, by: User) -> bool:
        """Answers whether it is accepted now; else it waits for the rolling release that is under way."""
        rollout = project.rollout
        if rollout is None:
            if self._rolls(project):
                self._rolling.begin(project, deployment, by)
            else:
                self._aliasing.promote(project, deployment, by)
        elif rollout.canary_id == deployment.id:
            self._rolling.complete(project, rollout, by, by_promote=True)
        else:
            self._rolling.queue(rollout, deployment)
            return False
        return True

    def roll_back(self, project: Project, deployment: Deployment, by: User, description: str | None) -> None:
        """During a rolling release, to the canary or to anything else, it is aborted."""
        rollout = project.rollout
        if rollout is not None:
            self._rolling.abort(project, rollout, by)
            if rollout.canary_id == deployment.id:
                deployment = self._store.deployments[rollout.base_id]
        self._aliasing.roll_back(project, deployment, by, description)

    def assign(self, project: Project, deployment: Deployment) -> None:
        """Make a build that got READY Current, once no other job runs and if auto-assignment is still on."""
        self._supervisor.start(self._assign(project, deployment), name=f"assignment of {deployment.id}")

    async def _assign(self, project: Project, deployment: Deployment) -> None:
        await self._aliasing.is_idle(project)
        is_deleted = deployment.deleted_by_retention_at is not None
        if not project.auto_assign or is_deleted or deployment.id not in self._store.deployments:
            return
        if (rollout := project.rollout) is not None:
            self._rolling.queue(rollout, deployment)
        elif self._rolls(project):
            self._rolling.begin(project, deployment)
        else:
            self._aliasing.move(project, deployment)

    def _rolls(self, project: Project) -> bool:
        """The first production deployment has nothing to take visitors from."""
        return project.rollout_config is not None and project.current_id is not None
