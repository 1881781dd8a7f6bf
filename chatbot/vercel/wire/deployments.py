"""Deployments. A list spells them differently (`uid`, `created`, `state`) than one alone (`id`, `createdAt`)."""

import re
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, Field

from chatbot.domain.crons import Cron
from chatbot.domain.deployments import (
    Commit,
    Deployment,
)
from chatbot.domain.repositories import Repository
from chatbot.vercel.wire.values import Milliseconds, MomentIfTold, Named

_SHA = re.compile(r"[0-9a-f]{7,64}")


class CronWire(BaseModel):
    path: str
    schedule: str

    def to_domain(self) -> Cron:
        return Cron(self.path, self.schedule)


class _Gate(BaseModel):
    state: str = ""


class CreatorWire(BaseModel):
    id: str = Field(default="", validation_alias=AliasChoices("uid", "id"))
    username: str | None = None
    email: str | None = None
    github_login: str | None = Field(default=None, alias="githubLogin")
    gitlab_login: str | None = Field(default=None, alias="gitlabLogin")


class DeploymentWire(BaseModel):
    id: str = Field(validation_alias=AliasChoices("id", "uid"))
    name: str = ""
    url: str | None = None
    project_id: str = Field(default="", alias="projectId")
    project: Named | None = None
    target: str | None = None
    ready_state: str = Field(validation_alias=AliasChoices("readyState", "state", "status"))
    ready_substate: str | None = Field(default=None, alias="readySubstate")
    created_at: Milliseconds = Field(validation_alias=AliasChoices("createdAt", "created"))
    building_at: Milliseconds | None = Field(default=None, alias="buildingAt")
    ready_at: Milliseconds | None = Field(default=None, validation_alias=AliasChoices("ready", "readyAt"))
    meta: dict[str, Any] = {}
    inspector_url: str | None = Field(default=None, alias="inspectorUrl")
    error_message: str | None = Field(default=None, alias="errorMessage")
    rollback_candidate: bool | None = Field(default=None, alias="isRollbackCandidate")
    custom_environment: Named | None = Field(default=None, alias="customEnvironment")
    deleted: bool | None = Field(default=None, alias="softDeletedByRetention")
    crons: list[CronWire] | None = None
    assigned_at: MomentIfTold = Field(default=None, alias="aliasAssigned")
    auto_assign: bool | None = Field(default=None, alias="autoAssignCustomDomains")
    plan: str | None = None
    checks_state: str | None = Field(default=None, alias="checksState")
    checks_conclusion: str | None = Field(default=None, alias="checksConclusion")
    gates: dict[str, _Gate] | None = Field(default=None, alias="checks")
    creator: CreatorWire | None = None

    def to_domain(self, project_id: str = "") -> Deployment:
        """`project_id` fills in where the platform leaves it out, as in a project's targets."""
        project = self.project or Named()
        return Deployment(
            id=self.id,
            project_id=self.project_id or project.id or project_id,
            project_name=project.name or self.name,
            url=self.url or "",
            target=self.target,
            ready_state=self.ready_state,
            ready_substate=self.ready_substate,
            created_at=self.created_at,
            building_at=self.building_at,
            ready_at=self.ready_at,
            commit=_commit(self.meta),
            logs_url=self.inspector_url,
            error=self.error_message,
            rollback_candidate=bool(self.rollback_candidate),
            custom_environment=self.custom_environment.slug if self.custom_environment else None,
            custom_environment_id=self.custom_environment.id if self.custom_environment else None,
            deleted=bool(self.deleted),
            crons=None if self.crons is None else tuple(cron.to_domain() for cron in self.crons),
            assigned_at=self.assigned_at,
            auto_assign=self.auto_assign is not False,
            plan=self.plan,
            checks=self._checks(),
            creator=(self.creator.username or None) if self.creator else None,
        )

    def _checks(self) -> Literal["pending", "failed"] | None:
        """What they say to assigning its domains: the gate, else their conclusion (which counts those as well that
        do not block).
        """
        gate = (self.gates or {}).get("deployment-alias")
        said = gate.state if gate else self.checks_conclusion
        if said in {"failed", "canceled"}:
            return "failed"
        waits = said == "pending" if gate else self.checks_state in {"registered", "running"}
        return "pending" if waits else None


def _commit(meta: dict[str, Any]) -> Commit | None:
    """The git meta keys carry their provider's name; all values are strings."""
    for provider in ("github", "gitlab", "bitbucket"):
        sha = meta.get(f"{provider}CommitSha")
        if isinstance(sha, str) and _SHA.fullmatch(sha):  # whoever deploys writes these
            text = {key: str(value) for key, value in meta.items() if value is not None}
            return Commit(
                sha=sha,
                message=text.get(f"{provider}CommitMessage", ""),
                author=text.get(f"{provider}CommitAuthorLogin")
                or text.get(f"{provider}CommitAuthorName", ""),
                branch=text.get(f"{provider}CommitRef", ""),
                repository=_repository_of(provider, text),
            )
    return None


_KEYS = {
    "github": ("githubOrg", "githubRepo"),
    "gitlab": ("gitlabProjectNamespace", "gitlabProjectName"),
    "bitbucket": ("bitbucketRepoOwner", "bitbucketRepoSlug"),
}


def _repository_of(provider: str, meta: dict[str, str]) -> Repository | None:
    path = meta.get("gitlabProjectPath") if provider == "gitlab" else None
    return Repository.of(provider, path or "/".join(meta.get(key, "") for key in _KEYS[provider]))


class DeploymentsPage(BaseModel):
    deployments: list[DeploymentWire]
