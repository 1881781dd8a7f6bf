"""Vercel's JSON, as far as it is used, and its translation into the domain.

Times are epoch milliseconds. A deployment is spelled differently in a list (`uid`, `created`, `state`) than
alone (`id`, `createdAt`, `readyState`); both are read here. Unknown fields are ignored.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, RootModel, model_validator

from chatbot.domain.crons import Cron
from chatbot.domain.deployments import (
    AliasRequest,
    Commit,
    Deployment,
    Domain,
    EnvironmentKey,
    Project,
    ReleaseStage,
)
from chatbot.domain.releases import ReleaseState, RollingRelease
from chatbot.domain.repositories import Repository


def _from_milliseconds(value: Any) -> Any:
    if not isinstance(value, int | float):
        return value
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("no moment that there is") from error


_SHA = re.compile(r"[0-9a-f]{7,64}")
_PROJECT_URL = re.compile(r"(?P<site>https?://[^/]+)/(?P<name>.+?)/?")


def _moment_if_told(value: Any) -> Any:
    """`aliasAssigned` is a moment in some answers, and a yes or no in others."""
    return None if isinstance(value, bool) else _from_milliseconds(value)


Milliseconds = Annotated[datetime, BeforeValidator(_from_milliseconds)]
MomentIfTold = Annotated[datetime | None, BeforeValidator(_moment_if_told)]
Strings = Annotated[frozenset[str], BeforeValidator(lambda v: [v] if isinstance(v, str) else v or [])]


class _Named(BaseModel):
    id: str | None = None
    name: str | None = None
    slug: str | None = None


class _Cron(BaseModel):
    path: str
    schedule: str

    def to_domain(self) -> Cron:
        return Cron(self.path, self.schedule)


class _Gate(BaseModel):
    state: str = ""


class DeploymentWire(BaseModel):
    id: str = Field(validation_alias=AliasChoices("id", "uid"))
    name: str = ""
    url: str | None = None
    project_id: str = Field(default="", alias="projectId")
    project: _Named | None = None
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
    custom_environment: _Named | None = Field(default=None, alias="customEnvironment")
    deleted: bool | None = Field(default=None, alias="softDeletedByRetention")
    crons: list[_Cron] | None = None
    assigned_at: MomentIfTold = Field(default=None, alias="aliasAssigned")
    auto_assign: bool | None = Field(default=None, alias="autoAssignCustomDomains")
    plan: str | None = None
    checks_state: str | None = Field(default=None, alias="checksState")
    checks_conclusion: str | None = Field(default=None, alias="checksConclusion")
    gates: dict[str, _Gate] | None = Field(default=None, alias="checks")

    def to_domain(self, project_id: str = "") -> Deployment:
        """`project_id` fills in where the platform leaves it out, as in a project's targets."""
        project = self.project or _Named()
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


class _Targets(BaseModel):
    production: DeploymentWire | None = None


class _LastRequest(BaseModel):
    type: str
    job_status: str = Field(alias="jobStatus")
    from_id: str | None = Field(default=None, alias="fromDeploymentId")
    to_id: str = Field(alias="toDeploymentId")
    requested_at: Milliseconds = Field(alias="requestedAt")


class _Link(BaseModel):
    """Each provider has its own fields. `host` is that of "github-custom-host"."""

    type: str = ""
    org: str = ""
    repo: str = ""
    host: str = ""
    project_url: str = Field(default="", alias="projectUrl")
    owner: str = ""
    slug: str = ""
    production_branch: str | None = Field(default=None, alias="productionBranch")

    def repository(self) -> Repository | None:
        match self.type:
            case "github" | "github-limited":
                return Repository.of("github", f"{self.org}/{self.repo}")
            case "github-custom-host":
                site = self.host if "://" in self.host else f"https://{self.host}"
                return Repository.of("github", f"{self.org}/{self.repo}", site.rstrip("/"))
            case "gitlab":
                where = _PROJECT_URL.fullmatch(self.project_url)
                return Repository.of("gitlab", where["name"], where["site"]) if where else None
            case "bitbucket":
                return Repository.of("bitbucket", f"{self.owner}/{self.slug}")
        return None


class _Crons(BaseModel):
    disabled_at: Milliseconds | None = Field(default=None, alias="disabledAt")
    definitions: list[_Cron] = []


class _RollbackDescription(BaseModel):
    username: str = ""
    description: str = ""


class StageWire(BaseModel):
    """In a project's configuration `duration` is minutes, in the document of a rolling release it is seconds."""

    percentage: float = Field(alias="targetPercentage", ge=0, le=100)
    needs_approval: bool | None = Field(default=None, alias="requireApproval")
    duration: float | None = Field(default=None, ge=0, le=10**9)
    grows: bool = Field(default=False, alias="linearShift")

    def to_domain(self, unit: timedelta) -> ReleaseStage:
        waits = self.needs_approval or self.duration is None
        return ReleaseStage(
            percentage=self.percentage,
            lasts=None if waits or self.duration is None else self.duration * unit,
            grows=self.grows,
        )


class _ReleaseConfig(BaseModel):
    stages: list[StageWire] | None = None


class ProjectWire(BaseModel):
    id: str
    name: str
    # Absent means the platform's default.
    auto_assign: bool = Field(default=True, alias="autoAssignCustomDomains")
    targets: _Targets | None = None
    last_request: _LastRequest | None = Field(default=None, alias="lastAliasRequest")
    link: _Link | None = None
    rolling_release: _ReleaseConfig | None = Field(default=None, alias="rollingRelease")
    rollback_description: _RollbackDescription | None = Field(default=None, alias="rollbackDescription")
    crons: _Crons | None = None

    def to_domain(self) -> Project:
        current = self.targets.production if self.targets else None
        link, last, told = self.link, self.last_request, self.rollback_description
        crons = self.crons or _Crons()
        crons_are_off = crons.disabled_at is not None
        return Project(
            id=self.id,
            name=self.name,
            auto_assign=self.auto_assign,
            current=current.to_domain(self.id) if current else None,
            last_request=AliasRequest(last.type, last.job_status, last.from_id, last.to_id, last.requested_at)
            if last
            else None,
            production_branch=link.production_branch if link else None,
            repository=link.repository() if link else None,
            rolling_release=self.rolling_release is not None,
            rollback_reason=(told.description or None) if told else None,
            rollback_by=(told.username or None) if told else None,
            crons=() if crons_are_off else tuple(cron.to_domain() for cron in crons.definitions),
            crons_are_off=crons_are_off,
            stages=tuple(
                stage.to_domain(timedelta(minutes=1))
                for stage in ((self.rolling_release and self.rolling_release.stages) or ())
            ),
        )


class Pagination(BaseModel):
    next: int | str | None = None


class ProjectsPage(BaseModel):
    projects: list[ProjectWire]
    pagination: Pagination = Pagination()


class DomainWire(BaseModel):
    name: str
    redirect: str | None = None
    git_branch: str | None = Field(default=None, alias="gitBranch")
    custom_environment: str | None = Field(default=None, alias="customEnvironmentId")
    verified: bool = True

    def to_domain(self, serves: str | None = None) -> Domain:
        return Domain(
            name=self.name,
            redirect=self.redirect,
            git_branch=self.git_branch,
            custom_environment=self.custom_environment,
            verified=self.verified,
            serves=serves,
        )


class DomainsPage(BaseModel):
    domains: list[DomainWire]
    pagination: Pagination = Pagination()


class AliasWire(BaseModel):
    alias: str
    deployment_id: str | None = Field(default=None, alias="deploymentId")


class AliasesPage(BaseModel):
    aliases: list[AliasWire]
    pagination: Pagination = Pagination()


class EnvironmentKeyWire(BaseModel):
    id: str = ""
    key: str
    target: Strings = frozenset()
    git_branch: str | None = Field(default=None, alias="gitBranch")
    custom_environments: Strings = Field(default=frozenset(), alias="customEnvironmentIds")
    created_at: Milliseconds | None = Field(default=None, alias="createdAt")
    updated_at: Milliseconds | None = Field(default=None, alias="updatedAt")

    def to_domain(self) -> EnvironmentKey:
        changed = self.updated_at or self.created_at or datetime.fromtimestamp(0, UTC)
        # Without an id, records are told apart by what they are for.
        known_by = self.id or f"{self.key} {sorted(self.target)} {self.git_branch or ''}"
        return EnvironmentKey(
            known_by, self.key, self.target, changed, self.git_branch, self.custom_environments
        )


class EnvironmentPage(BaseModel):
    envs: list[EnvironmentKeyWire]


class _ActiveStage(BaseModel):
    index: int = Field(ge=0)


class _ReleaseWire(BaseModel):
    state: ReleaseState
    base: DeploymentWire | None = Field(default=None, alias="currentDeployment")
    canary: DeploymentWire | None = Field(default=None, alias="canaryDeployment")
    queued_id: str | None = Field(default=None, alias="queuedDeploymentId")
    stages: list[StageWire]
    active: _ActiveStage | None = Field(default=None, alias="activeStage")
    started_at: Milliseconds = Field(alias="startedAt")
    updated_at: Milliseconds = Field(alias="updatedAt")

    @model_validator(mode="after")
    def _stage_exists(self) -> Self:
        if self.active is not None and self.active.index >= len(self.stages):
            raise ValueError("no stage of that index")
        return self


class ReleaseWire(BaseModel):
    """`GET …/rolling-release`: the newest, in whatever state; null where there was none."""

    release: _ReleaseWire | None = Field(default=None, alias="rollingRelease")

    def to_domain(self, project_id: str) -> RollingRelease | None:
        if (made := self.release) is None:
            return None
        return RollingRelease(
            state=made.state,
            base=made.base.to_domain(project_id) if made.base else None,
            canary=made.canary.to_domain(project_id) if made.canary else None,
            stages=tuple(stage.to_domain(timedelta(seconds=1)) for stage in made.stages),
            active=made.active.index if made.active else None,
            queued_id=made.queued_id,
            started_at=made.started_at,
            updated_at=made.updated_at,
        )


class ErrorBody(BaseModel):
    """`{"error": {"code", "message"}}`, on every 4xx and 5xx of the platform itself."""

    class _Error(BaseModel):
        code: str = ""
        message: str = ""

    error: _Error


class User(BaseModel):
    class _User(BaseModel):
        username: str = ""
        default_team_id: str | None = Field(default=None, alias="defaultTeamId")

    user: _User


class _EventPayload(BaseModel):
    text: str | None = None


class _Event(BaseModel):
    """The text is in the event itself or, in the older shape, in its payload."""

    type: str = ""
    created: float = 0
    text: str | None = None
    payload: _EventPayload | None = None


class EventsPage(RootModel[list[_Event | None] | None]):
    """A build log, the newest line first."""

    SHOWN: ClassVar = frozenset({"command", "stdout", "stderr", "fatal", "exit"})

    def to_domain(self) -> list[str]:
        """Oldest first."""
        events = [event for event in reversed(self.root or []) if event and event.type in self.SHOWN]
        texts = [
            event.text or (event.payload and event.payload.text)
            for event in sorted(events, key=lambda event: event.created)
        ]
        return [text for text in texts if text]


class _Check(BaseModel):
    name: str = ""
    conclusion: str | None = None


class ChecksPage(BaseModel):
    checks: list[_Check] = []
