"""Where the rest of the platform says what has happened."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from chatbot.sandbox.vercel.rendering.deployments import REGION
from chatbot.sandbox.vercel.webhooks.payloads import (
    alert_payload,
    deployment_payload,
    domain_settings,
    rollout_document,
)

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Domain, Project, User
    from chatbot.sandbox.vercel.rollouts import Rollout
    from chatbot.sandbox.vercel.store import Store
    from chatbot.sandbox.vercel.webhooks.catalogue import (
        AlertType,
        DeploymentEvent,
        DomainEvent,
        ProjectEvent,
        RollingReleaseEvent,
        VariableEvent,
    )
    from chatbot.sandbox.vercel.webhooks.delivering import Deliveries
    from chatbot.sandbox.vercel.webhooks.hooks import Webhooks


class Announcer:
    """One method a family of events. They return at once; the deliveries go on in the background.

    `by` is who did it. For a deployment it is its creator unless somebody else is named.
    """

    def __init__(self, store: Store, webhooks: Webhooks, deliveries: Deliveries) -> None:
        self._store = store
        self._webhooks = webhooks
        self._deliveries = deliveries

    def deployment(self, event: DeploymentEvent, deployment: Deployment, by: User | None = None) -> None:
        project = self._store.projects[deployment.project_id]
        if self._is_heard(event, project):
            user = by or self._store.users[deployment.creator_id]
            self._tell(event, project, user, deployment_payload(self._store, event, deployment))

    def rolled_back(self, project: Project, to: Deployment, by: User) -> None:
        """Say that a rollback has been accepted; it must be called before any domain moves."""
        payload = {
            "project": {"id": project.id},
            "fromDeploymentId": project.current_id,
            "toDeploymentId": to.id,
        }
        self._tell("deployment.rollback", project, by, payload, region=None)

    def project(self, event: ProjectEvent, project: Project, by: User) -> None:
        self._tell(event, project, by, {"project": _named(project)})

    def renamed(self, project: Project, previous_name: str, by: User) -> None:
        payload = {"project": _named(project), "previousName": previous_name}
        self._tell("project.renamed", project, by, payload)

    def domain(self, event: DomainEvent, project: Project, domain: Domain, by: User) -> None:
        payload = {"project": {"id": project.id}, "domain": {"name": domain.name}}
        self._tell(event, project, by, payload)

    def domain_updated(self, project: Project, before: Domain, after: Domain, by: User) -> None:
        payload = {
            "project": {"id": project.id},
            "previous": domain_settings(before),
            "next": domain_settings(after),
        }
        self._tell("project.domain.updated", project, by, payload)

    def variable(self, event: VariableEvent, project: Project, variable_id: str, by: User) -> None:
        self._tell(event, project, by, {"projectId": project.id, "envVarId": variable_id})

    def alert(self, project: Project, kind: AlertType, title: str, started_at: int) -> None:
        """Nobody did it: the user is the team's creator."""
        by = self._store.users[self._store.teams[project.account_id].creator_id]
        payload = alert_payload(self._store, project, kind, title, started_at)
        self._tell("alerts.triggered", project, by, payload)

    def rolling_release(
        self,
        event: RollingReleaseEvent,
        project: Project,
        rollout: Rollout,
        before: dict[str, Any] | None,
        by: User | None = None,
    ) -> None:
        """`before` is its document as it was until now (see `document`), or that of the one before it.

        What time moved on is the doing of the canary's creator.
        """
        canary = self._store.deployments[rollout.canary_id]
        payload = {
            "project": _named(project),
            "rollingRelease": rollout_document(project, rollout),
            "prevRollingRelease": before,
        }
        self._tell(event, project, by or self._store.users[canary.creator_id], payload)

    document = staticmethod(rollout_document)

    def _is_heard(self, event: str, project: Project) -> bool:
        return bool(self._webhooks.hearing(event, project.account_id, project.id))

    def _tell(
        self,
        event: str,
        project: Project,
        by: User,
        payload: dict[str, Any],
        *,
        region: str | None = REGION,
    ) -> None:
        hooks = self._webhooks.hearing(event, project.account_id, project.id)
        if not hooks:
            return
        team = {"id": project.account_id} if project.account_id in self._store.teams else None
        at = self._store.now()
        for hook in hooks:
            body = {
                "id": f"evt_{secrets.token_hex(12)}",
                "type": event,
                "createdAt": at,
                "region": region,
                "payload": {"team": team, "user": {"id": by.id}, **payload},
            }
            self._deliveries.send(hook, body, project.name)


def _named(project: Project) -> dict[str, str]:
    return {"id": project.id, "name": project.name}
