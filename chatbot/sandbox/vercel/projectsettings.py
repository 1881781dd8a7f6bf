"""What may be said of a project when it is created or changed.

The official settings beyond those that this platform acts upon are kept and shown again. What is left out needs
more than a value to mean anything here: passwords, trusted addresses, resources, static IPs, OIDC, connections.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field
from pydantic.alias_generators import to_camel

from chatbot.sandbox.vercel.validation import Body
from chatbot.sandbox.vercel.variables import NewVariable  # noqa: TC001 - pydantic reads it at run time

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Project, User

Setting = Annotated[str | None, Field(max_length=256)]
_TEXTS = ("root_directory", "build_command", "dev_command", "install_command", "output_directory")
_KEPT = (
    "auto_expose_system_envs",
    "command_for_ignoring_build_step",
    "customer_support_code_visibility",
    "directory_listing",
    "enable_affected_projects_deployments",
    "enable_preview_feedback",
    "enable_production_feedback",
    "git_fork_protection",
    "preview_deployments_disabled",
    "public_source",
    "serverless_function_region",
    "skew_protection_boundary_at",
    "skew_protection_max_age",
    "source_files_outside_root_directory",
)
Framework = Annotated[str, Field(max_length=64)]
NodeVersion = Literal["24.x", "22.x", "20.x", "18.x", "16.x", "14.x", "12.x", "10.x"]


class _Settings(Body):
    framework: Framework | None = None
    node_version: NodeVersion | None = None
    root_directory: Setting = None
    build_command: Setting = None
    dev_command: Setting = None
    install_command: Setting = None
    output_directory: Setting = None
    command_for_ignoring_build_step: Setting = None
    serverless_function_region: Annotated[str, Field(max_length=4)] | None = None
    public_source: bool | None = None
    enable_preview_feedback: bool | None = None
    enable_production_feedback: bool | None = None
    enable_affected_projects_deployments: bool | None = None
    preview_deployments_disabled: bool | None = None
    skip_git_connect_during_link: bool | None = None
    """Of the CLI's dealings with the link: deprecated, and without effect."""


class ProjectChange(_Settings):
    """`null` takes a setting back, where it may."""

    auto_assign_custom_domains: bool | None = None
    auto_assign_custom_domains_updated_by: str | None = None
    name: str | None = None
    auto_expose_system_envs: bool | None = None
    customer_support_code_visibility: bool | None = None
    directory_listing: bool | None = None
    git_fork_protection: bool | None = None
    source_files_outside_root_directory: bool | None = None
    skew_protection_boundary_at: Annotated[int, Field(ge=0)] | None = None
    skew_protection_max_age: Annotated[int, Field(ge=0)] | None = None


class GitRepository(Body):
    type: Literal["github", "github-limited", "gitlab", "bitbucket"]
    repo: Annotated[str, Field(min_length=1, max_length=200)]


class NewProject(_Settings):
    name: str
    git_repository: GitRepository | None = None
    environment_variables: Annotated[list[NewVariable], Field(max_length=100)] | None = None


def apply_settings(project: Project, said: ProjectChange | NewProject, by: User) -> None:
    names = said.model_fields_set
    if isinstance(said, ProjectChange) and said.auto_assign_custom_domains is not None:
        project.auto_assign = said.auto_assign_custom_domains
        project.auto_assign_updated_by = said.auto_assign_custom_domains_updated_by or by.id
    if "framework" in names:
        project.framework = said.framework or ""
    if said.node_version is not None:
        project.node_version = said.node_version
    for text in names.intersection(_TEXTS):
        setattr(project, text, getattr(said, text))
    for kept in names.intersection(_KEPT):
        _keep(project, to_camel(kept), getattr(said, kept))


def _keep(project: Project, name: str, value: Any) -> None:
    if value is None:
        project.settings.pop(name, None)
    else:
        project.settings[name] = value
