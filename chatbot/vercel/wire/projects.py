"""Projects, with what is Current and the last request to change that."""

import re
from datetime import timedelta

from pydantic import BaseModel, Field

from chatbot.domain.deployments import (
    AliasRequest,
    Project,
)
from chatbot.domain.repositories import Repository
from chatbot.domain.sights import Glimpse
from chatbot.vercel.wire.answers import Pagination
from chatbot.vercel.wire.deployments import CronWire, DeploymentWire
from chatbot.vercel.wire.releases import ReleaseConfig
from chatbot.vercel.wire.values import Milliseconds

_PROJECT_URL = re.compile(r"(?P<site>https?://[^/]+)/(?P<name>.+?)/?")


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
    definitions: list[CronWire] = []


class _RollbackDescription(BaseModel):
    username: str = ""
    description: str = ""


class _Named(BaseModel):
    id: str


class _Alias(BaseModel):
    """One production domain. `deployment` is what it serves, where that is told."""

    domain: str
    deployment: _Named | None = None
    redirect: str | None = None


class ProjectWire(BaseModel):
    id: str
    name: str
    # Absent means the platform's default.
    auto_assign: bool = Field(default=True, alias="autoAssignCustomDomains")
    targets: _Targets | None = None
    last_request: _LastRequest | None = Field(default=None, alias="lastAliasRequest")
    link: _Link | None = None
    rolling_release: ReleaseConfig | None = Field(default=None, alias="rollingRelease")
    rollback_description: _RollbackDescription | None = Field(default=None, alias="rollbackDescription")
    crons: _Crons | None = None
    alias: list[_Alias] | None = None

    def to_glimpse(self) -> Glimpse:
        serving: dict[str, str | None] = {
            alias.domain: alias.deployment.id
            for alias in self.alias or ()
            if alias.deployment is not None and not alias.redirect
        }
        return Glimpse(self.to_domain(), serving, tells_request="last_request" in self.model_fields_set)

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


class ProjectsPage(BaseModel):
    projects: list[ProjectWire]
    pagination: Pagination = Pagination()
