"""`POST /v13/deployments`: which build a body asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from chatbot.sandbox.vercel.building import BuildOrder
from chatbot.sandbox.vercel.errors import bad_request, not_found
from chatbot.sandbox.vercel.records import Commit, DeploymentTarget, Project, Source
from chatbot.sandbox.vercel.uploads import MOST_FILES, DeployedFile, Sha1, Uploads
from chatbot.sandbox.vercel.validation import Body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller
    from chatbot.sandbox.vercel.git.history import GitCommit, Repository
    from chatbot.sandbox.vercel.git.repositories import Repositories

Text = Annotated[str, Field(min_length=1, max_length=250)]


class GitSource(Body):
    type: Literal["github"]
    ref: Text
    sha: Sha1 | None = None
    repo_id: int | str | None = None
    org: str | None = None
    repo: str | None = None
    pr_id: int | None = None


class GitMetadata(Body):
    """What the CLI knows of the repository around the files that it uploads."""

    remote_url: str | None = None
    commit_author_name: str | None = None
    commit_author_email: str | None = None
    commit_message: str | None = None
    commit_ref: str | None = None
    commit_sha: Sha1 | None = None
    dirty: bool | None = None
    ci: bool | None = None
    ci_type: str | None = None
    ci_git_provider_username: str | None = None
    ci_git_repo_visibility: str | None = None


class DeploymentOrder(Body):
    """What is emulated: a rebuild of `deploymentId`, a build of `files`, or one of `gitSource`."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    deployment_id: Text | None = None
    project: Text | None = None
    target: DeploymentTarget = None
    custom_environment_slug_or_id: Text | None = None
    meta: dict[str, str] = Field(default_factory=dict)
    git_source: GitSource | None = None
    git_metadata: GitMetadata | None = None
    with_latest_commit: bool = False
    auto_assign_custom_domains: bool | None = None
    source: Source | None = None
    version: Literal[2] = 2
    project_settings: dict[str, Any] | None = None
    files: Annotated[list[DeployedFile], Field(min_length=1, max_length=MOST_FILES)] | None = None
    env: dict[str, str] | None = None
    build: dict[str, Any] | None = None
    public: bool | None = None
    regions: list[str] | None = None
    monorepo_manager: str | None = None


def order_of(
    caller: Caller, body: DeploymentOrder, uploads: Uploads, repositories: Repositories
) -> BuildOrder:
    """Raises ApiError 400 (with `missing`, the files that have to be uploaded first), 403 or 404."""
    if body.deployment_id is not None:
        return _rebuild(caller, body, body.deployment_id, repositories)
    if body.files is not None:
        return _upload(caller, body, uploads.gathered(caller.account_id, body.files))
    if body.git_source is None:
        raise bad_request("`deploymentId`, `files` or `gitSource` is required.")
    project = caller.project(body.project or body.name)
    commit = _commit(caller, repositories.of(project), body.git_source)
    return _order(caller, body, project, commit, body.source or "api-trigger-git-deploy")


def _upload(caller: Caller, body: DeploymentOrder, files: dict[str, bytes]) -> BuildOrder:
    project = caller.project(body.project or body.name)
    known = body.git_metadata or GitMetadata()
    commit = Commit(
        sha=known.commit_sha or "",
        message=known.commit_message or "",
        branch=known.commit_ref or "",
        author_name=known.commit_author_name or caller.user.name,
        author_login=caller.user.username,
    )
    dirty = {} if known.dirty is None else {"gitDirty": str(int(known.dirty))}
    order = _order(caller, body, project, commit, body.source or "cli")
    return replace(order, files=files, meta={**dirty, **body.meta})


def _rebuild(
    caller: Caller, body: DeploymentOrder, deployment_id: str, repositories: Repositories
) -> BuildOrder:
    origin = caller.deployment(deployment_id)
    if origin.deleted_by_retention_at is not None:
        raise not_found("Deployment", deployment_id)
    project = caller.store.projects[origin.project_id]
    commit = origin.commit
    if body.with_latest_commit and origin.files is None:
        commit = _newest_on(repositories.of(project), commit.branch) or commit
    return replace(_order(caller, body, project, commit, "redeploy"), files=origin.files)


def _order(
    caller: Caller, body: DeploymentOrder, project: Project, commit: Commit, source: Source
) -> BuildOrder:
    environment = None
    if (named := body.custom_environment_slug_or_id) is not None:
        if body.target is not None:
            raise bad_request("`target` and `customEnvironmentSlugOrId` exclude each other.")
        environment = project.custom_environment(named)
        if environment is None:
            raise not_found("Custom environment", named)
    return BuildOrder(
        project=project,
        commit=commit,
        creator=caller.user,
        target=body.target,
        custom_environment_id=environment.id if environment is not None else None,
        source=source,
        auto_assign=body.auto_assign_custom_domains,
        meta=body.meta,
    )


def _commit(caller: Caller, repository: Repository, source: GitSource) -> Commit:
    """A commit of the repository, by its sha or as the branch's newest; else one by the caller."""
    if source.sha is None:
        known = _newest_on(repository, source.ref)
    else:
        pushed = repository.commits.get(source.sha)
        known = _as_built(pushed, source.ref) if pushed is not None else None
    user = caller.user
    return known or Commit(
        sha=source.sha or caller.store.new_sha(),
        message=f"Head of {source.ref}",
        branch=source.ref,
        author_name=user.name,
        author_login=user.username,
    )


def _newest_on(repository: Repository, branch: str) -> Commit | None:
    head = repository.head(branch)
    return _as_built(head, branch) if head is not None else None


def _as_built(pushed: GitCommit, branch: str) -> Commit:
    return Commit(pushed.sha, pushed.message, branch, pushed.author_name, pushed.author_login)
