"""What the platform remembers. Times are epoch milliseconds, as on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chatbot.sandbox.vercel.checks import Check
    from chatbot.sandbox.vercel.customenvironments import CustomEnvironment
    from chatbot.sandbox.vercel.rollouts import Rollout, RolloutConfig

Plan = Literal["hobby", "pro", "enterprise"]
Role = Literal["OWNER", "MEMBER", "DEVELOPER", "VIEWER"]
ReadyState = Literal["QUEUED", "INITIALIZING", "BUILDING", "READY", "ERROR", "CANCELED"]
Substate = Literal["STAGED", "ROLLING", "PROMOTED"]
Target = Literal["production", "preview", "development"]
DeploymentTarget = Literal["production", "staging"] | None
"""None is a preview."""
EnvType = Literal["plain", "encrypted", "sensitive"]
RequestType = Literal["promote", "rollback"]
JobStatus = Literal["pending", "in-progress", "succeeded", "failed", "skipped"]
MoveStatus = Literal["pending", "in-progress", "completed", "failed"]
LineType = Literal["command", "stdout", "stderr"]
RedirectStatus = Literal[301, 302, 307, 308]
Source = Literal["git", "cli", "import", "redeploy", "api-trigger-git-deploy"]

UNFINISHED: frozenset[ReadyState] = frozenset({"QUEUED", "INITIALIZING", "BUILDING"})


@dataclass(slots=True)
class User:
    id: str
    username: str
    name: str
    email: str
    created_at: int
    default_team_id: str | None = None


@dataclass(slots=True)
class Team:
    id: str
    slug: str
    name: str
    plan: Plan
    creator_id: str
    created_at: int
    members: dict[str, Role] = field(default_factory=dict)
    """Role by user id."""


@dataclass(frozen=True, slots=True)
class Token:
    secret: str
    user_id: str
    read_only: bool = False
    """Refuses every write, whatever the user's role in the team."""
    project_id: str | None = None
    """The one project that it is limited to."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What was built. Files uploaded from outside any repository have an empty sha, branch and message."""

    sha: str
    message: str
    branch: str
    author_name: str
    author_login: str


@dataclass(frozen=True, slots=True)
class BuildError:
    code: str
    step: str
    message: str


@dataclass(frozen=True, slots=True)
class LogLine:
    id: str
    created: int
    type: LineType
    text: str


@dataclass(slots=True, eq=False)
class Deployment:
    id: str
    project_id: str
    account_id: str
    name: str
    url: str
    """The generated hostname, without a scheme."""
    commit: Commit
    creator_id: str
    target: DeploymentTarget
    source: Source
    created_at: int
    auto_assign: bool
    """The build's own flag; the project's must be on as well when it gets READY."""
    state: ReadyState = "QUEUED"
    substate: Substate | None = None
    building_at: int | None = None
    ready_at: int | None = None
    canceled_at: int | None = None
    alias_assigned_at: int | None = None
    alias_error: str | None = None
    error: BuildError | None = None
    meta: dict[str, str] = field(default_factory=dict)
    """What the creator added to the commit's own meta, `action` for instance."""
    custom_environment_id: str | None = None
    crons: tuple[Cron, ...] = ()
    """What it defines; these run while it is Current."""
    checks: list[Check] = field(default_factory=list)
    deleted_by_retention_at: int | None = None
    healthy: bool = True
    files: Mapping[str, bytes] | None = None
    """The contents by path of what was uploaded; None for a build of a push."""
    log: list[LogLine] = field(default_factory=list)

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED


@dataclass(slots=True)
class Domain:
    """What is configured for a hostname; what it serves is its `Alias`."""

    name: str
    apex: str
    created_at: int
    updated_at: int
    redirect: str | None = None
    redirect_status: RedirectStatus | None = None
    git_branch: str | None = None
    custom_environment_id: str | None = None
    verified: bool = True
    """Off while the domain's owner, another account, has not agreed; then it serves nothing."""

    @property
    def is_of_production(self) -> bool:
        return self.git_branch is None and self.custom_environment_id is None

    @property
    def serves_production(self) -> bool:
        """A domain that promote and rollback move: direct-serving, bound to no branch or environment."""
        return self.is_of_production and self.redirect is None and self.verified


@dataclass(frozen=True, slots=True)
class RegisteredDomain:
    """One that an account owns, whatever its projects do with it."""

    name: str
    account_id: str
    creator_id: str
    created_at: int


@dataclass(slots=True)
class Alias:
    """One hostname that points at a deployment, or (`deployment_id` None) redirects."""

    id: str
    name: str
    project_id: str
    created_at: int
    updated_at: int
    deployment_id: str | None
    redirect: str | None = None
    redirect_status: RedirectStatus | None = None


@dataclass(slots=True)
class EnvRecord:
    id: str
    key: str
    type: EnvType
    target: tuple[Target, ...]
    created_at: int
    updated_at: int
    created_by: str
    value: str = ""
    git_branch: str | None = None
    comment: str = ""
    updated_by: str | None = None
    custom_environment_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class AliasMove:
    """One domain of an alias job."""

    id: str
    alias: str
    created_at: int
    status: MoveStatus = "pending"


@dataclass(slots=True)
class AliasRequest:
    """A promote or rollback as `lastAliasRequest` shows it, with the domains it moves."""

    type: RequestType
    from_id: str | None
    to_id: str
    requested_at: int
    visible_at: int
    """Readers see the request before this one until then (the `late_visibility` fault)."""
    status: JobStatus = "pending"
    recorded: bool = True
    """Off under the `absent` fault: the move happens, `lastAliasRequest` says null."""
    moves: list[AliasMove] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.status in ("pending", "in-progress")


@dataclass(frozen=True, slots=True)
class RollbackDescription:
    user_id: str
    username: str
    description: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Cron:
    path: str
    schedule: str


@dataclass(slots=True)
class Crons:
    enabled_at: int
    updated_at: int
    deployment_id: str | None = None
    definitions: tuple[Cron, ...] = ()


@dataclass(slots=True, eq=False)
class Project:
    id: str
    name: str
    account_id: str
    framework: str
    """Empty where none is known."""
    repo_id: int
    created_at: int
    updated_at: int
    crons: Crons
    node_version: str = "22.x"
    production_branch: str = "main"
    auto_assign: bool = True
    auto_assign_updated_by: str = "system"
    root_directory: str | None = None
    build_command: str | None = None
    dev_command: str | None = None
    install_command: str | None = None
    output_directory: str | None = None
    deployments: list[Deployment] = field(default_factory=list)
    """Oldest first, by creation."""
    domains: dict[str, Domain] = field(default_factory=dict)
    env: list[EnvRecord] = field(default_factory=list)
    served: list[str] = field(default_factory=list)
    """Deployment ids in the order in which they became Current; the last one is Current."""
    requests: list[AliasRequest] = field(default_factory=list)
    rollback: RollbackDescription | None = None
    custom_environments: list[CustomEnvironment] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    """Official settings that change nothing here and are shown again, by their official names."""
    is_linked: bool = True
    """Whether a repository is connected."""
    rollout_config: RolloutConfig | None = None
    """Not None while rolling releases are enabled."""
    rollouts: list[Rollout] = field(default_factory=list)

    @property
    def rollout(self) -> Rollout | None:
        """The rolling release that is under way; only the newest can be."""
        return self.rollouts[-1] if self.rollouts and self.rollouts[-1].is_active else None

    def custom_environment(self, id_or_slug: str) -> CustomEnvironment | None:
        return next((one for one in self.custom_environments if id_or_slug in (one.id, one.slug)), None)

    @property
    def current_id(self) -> str | None:
        return self.served[-1] if self.served else None

    @property
    def previous_id(self) -> str | None:
        """The deployment that was Current before this one: all that Hobby may roll back to."""
        return next((served for served in reversed(self.served) if served != self.current_id), None)

    def production_domains(self) -> list[Domain]:
        return [domain for domain in self.domains.values() if domain.serves_production]

    def last_request(self, now: int) -> AliasRequest | None:
        """The newest promote or rollback that readers may see at `now`."""
        seen = next((r for r in reversed(self.requests) if r.visible_at <= now), None)
        return seen if seen is not None and seen.recorded else None

    def last_request_of(self, kind: RequestType) -> AliasRequest | None:
        return next((r for r in reversed(self.requests) if r.type == kind), None)
