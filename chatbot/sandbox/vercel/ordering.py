"""`POST /v13/deployments`: which build a body asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from chatbot.sandbox.vercel.building import BuildOrder
from chatbot.sandbox.vercel.errors import bad_request, not_found
from chatbot.sandbox.vercel.records import Commit, Project, Source
from chatbot.sandbox.vercel.validation import Body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller

Text = Annotated[str, Field(min_length=1, max_length=250)]


class GitSource(Body):
    type: Literal["github"]
    ref: Text
    sha: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] | None = None
    repo_id: int | str | None = None
    org: str | None = None
    repo: str | None = None
    pr_id: int | None = None


class DeploymentOrder(Body):
    """What is emulated: a rebuild of `deploymentId`, or a build of `gitSource`. Uploaded files are not."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    deployment_id: Text | None = None
    project: Text | None = None
    target: Literal["production"] | None = None
    meta: dict[str, str] = Field(default_factory=dict)
    git_source: GitSource | None = None
    with_latest_commit: bool = False
    auto_assign_custom_domains: bool | None = None
    source: Source | None = None
    version: Literal[2] = 2
    project_settings: dict[str, Any] | None = None


def order_of(caller: Caller, body: DeploymentOrder) -> BuildOrder:
    """Raises ApiError 400, 403 or 404."""
    if body.deployment_id is not None:
        return _rebuild(caller, body, body.deployment_id)
    if body.git_source is None:
        raise bad_request("`deploymentId` or `gitSource` is required.")
    project = caller.project(body.project or body.name)
    commit = _commit(caller, project, body.git_source)
    return _order(caller, body, project, commit, body.source or "api-trigger-git-deploy")


def _rebuild(caller: Caller, body: DeploymentOrder, deployment_id: str) -> BuildOrder:
    origin = caller.deployment(deployment_id)
    if origin.deleted_by_retention_at is not None:
        raise not_found("Deployment", deployment_id)
    project = caller.store.projects[origin.project_id]
    commit = origin.commit
    if body.with_latest_commit:
        commit = _newest_on(project, commit.branch) or commit
    return _order(caller, body, project, commit, "redeploy")


def _order(
    caller: Caller, body: DeploymentOrder, project: Project, commit: Commit, source: Source
) -> BuildOrder:
    return BuildOrder(
        project=project,
        commit=commit,
        creator=caller.user,
        target=body.target,
        source=source,
        auto_assign=body.auto_assign_custom_domains,
        meta=body.meta,
    )


def _commit(caller: Caller, project: Project, source: GitSource) -> Commit:
    """A commit that some build knows, by its sha or as the branch's newest; else one by the caller."""
    if source.sha is None:
        known = _newest_on(project, source.ref)
    else:
        known = next((d.commit for d in reversed(project.deployments) if d.commit.sha == source.sha), None)
    user = caller.user
    return known or Commit(
        sha=source.sha or caller.store.new_sha(),
        message=f"Head of {source.ref}",
        branch=source.ref,
        author_name=user.name,
        author_login=user.username,
    )


def _newest_on(project: Project, branch: str) -> Commit | None:
    return next((d.commit for d in reversed(project.deployments) if d.commit.branch == branch), None)
