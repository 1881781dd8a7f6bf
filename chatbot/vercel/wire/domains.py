"""Production domains, and what each of them serves."""

from pydantic import BaseModel, Field

from chatbot.domain.deployments import (
    Domain,
)
from chatbot.vercel.wire.answers import Pagination


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
    project_id: str | None = Field(default=None, alias="projectId")


class AliasesPage(BaseModel):
    aliases: list[AliasWire]
    pagination: Pagination = Pagination()
