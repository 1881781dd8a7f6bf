"""Everything the platform knows, in memory, with an index for each way it is asked for."""

from __future__ import annotations

import random
import string
import time
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chatbot.sandbox.vercel.hostnames import SHARED_APEXES, apex_of
from chatbot.sandbox.vercel.indexes import DeploymentIndex, Mark, Wanted
from chatbot.sandbox.vercel.records import (
    Alias,
    Deployment,
    Domain,
    Project,
    RedirectStatus,
    RegisteredDomain,
    Team,
    Token,
    User,
)
from chatbot.sandbox.vercel.revision import Revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
_ID_LETTERS = string.ascii_letters + string.digits
_HOST_LETTERS = string.ascii_lowercase + string.digits


class Store:
    """The records. Only this class writes the indexes; the rest changes records and calls `changed`."""

    def __init__(self, *, seed: int, clock: Callable[[], float] = time.time) -> None:
        """`clock` tells epoch seconds."""
        self.revision = Revision()
        self.watchers: list[Callable[[], None]] = []
        """Called after each change."""
        self.base_url = ""
        """Where the platform is served; known once it listens."""
        self.users: dict[str, User] = {}
        self.teams: dict[str, Team] = {}
        self.tokens: dict[str, Token] = {}
        self.projects: dict[str, Project] = {}
        self.deployments: dict[str, Deployment] = {}
        self.aliases: dict[str, Alias] = {}
        self.gone: dict[str, str] = {}
        """The project of each deployment that has been deleted by hand, by their ids."""
        self.registered: dict[str, RegisteredDomain] = {}
        """The domains that accounts have added without a project, by their names."""
        self._project_ids: dict[tuple[str, str], str] = {}
        self._deployment_ids: dict[str, str] = {}
        self._pointing: defaultdict[str, dict[str, Alias]] = defaultdict(dict)
        """The aliases of a deployment, by their name, by its id."""
        self._index = DeploymentIndex()
        self._is_view = False
        self.is_populated = False
        """Whether thousands of projects have been made up (see scaling.py)."""
        self._former: defaultdict[str, list[Deployment]] = defaultdict(list)
        self._random = random.Random(seed)
        self._clock = clock
        self._last_stamp = 0

    # time and names

    def now(self) -> int:
        return int(1000 * self._clock())

    def stamp(self) -> int:
        """The time, and never the same twice: paging by creation time must not lose a twin."""
        self._last_stamp = max(self.now(), self._last_stamp + 1)
        return self._last_stamp

    def new_id(self, prefix: str, length: int = 28) -> str:
        return prefix + "".join(self._random.choices(_ID_LETTERS, k=length))

    def one_of(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)

    def new_sha(self) -> str:
        return f"{self._random.getrandbits(160):040x}"

    def new_hostname(self, project: Project) -> str:
        tail = "".join(self._random.choices(_HOST_LETTERS, k=9))
        return f"{project.name}-{tail}-{self.slug_of(project.account_id)}.vercel.app"

    # writing

    def changed(self) -> None:
        self.revision.bump()
        for watcher in self.watchers:
            watcher()

    def add_user(self, user: User, *tokens: Token) -> User:
        self.users[user.id] = user
        self.tokens.update({token.secret: token for token in tokens})
        return user

    def add_token(self, token: Token) -> Token:
        self.tokens[token.secret] = token
        return token

    def add_team(self, team: Team) -> Team:
        self.teams[team.id] = team
        return team

    def add_project(self, project: Project) -> Project:
        self.projects[project.id] = project
        self._project_ids[project.account_id, project.name] = project.id
        return project

    def rename_project(self, project: Project, name: str) -> None:
        del self._project_ids[project.account_id, project.name]
        project.name = name
        self._project_ids[project.account_id, name] = project.id

    def add_deployment(self, deployment: Deployment) -> Deployment:
        self._record(deployment)
        self._index.add(deployment)
        return deployment

    def add_deployments(self, deployments: Sequence[Deployment]) -> None:
        for deployment in deployments:
            self._record(deployment)
        self._index.add_all(deployments)

    def _record(self, deployment: Deployment) -> None:
        project = self.projects[deployment.project_id]
        project.deployments.append(deployment)
        project.updated_at = max(project.updated_at, deployment.created_at)
        self.deployments[deployment.id] = deployment
        self._deployment_ids[deployment.url] = deployment.id

    def forget_deployment(self, deployment: Deployment) -> None:
        """Remove it with every alias that points at it, and from the history of production."""
        project = self.projects[deployment.project_id]
        project.deployments.remove(deployment)
        self._index.remove(deployment)
        self._former[project.id].append(deployment)
        project.served = [served for served in project.served if served != deployment.id]
        self.gone[deployment.id] = project.id
        del self.deployments[deployment.id]
        del self._deployment_ids[deployment.url]
        for alias in self.aliases_of(deployment.id):
            self.forget_alias(alias)
        self._pointing.pop(deployment.id, None)

    def forget_project(self, project: Project) -> None:
        """Remove it with all that is in it."""
        for deployment in list(project.deployments):
            self.forget_deployment(deployment)
        for alias in [alias for alias in self.aliases.values() if alias.project_id == project.id]:
            self.remove_alias(alias)
        del self.projects[project.id]
        del self._project_ids[project.account_id, project.name]

    def remove_domain(self, project: Project, domain: Domain) -> None:
        del project.domains[domain.name]
        if domain.name in self.aliases and self.aliases[domain.name].project_id == project.id:
            self.remove_alias(self.aliases[domain.name])

    def remove_alias(self, alias: Alias) -> None:
        del self.aliases[alias.name]
        if alias.deployment_id is not None:
            del self._pointing[alias.deployment_id][alias.name]

    def forget_alias(self, alias: Alias) -> None:
        """Remove it with those that would lead nowhere then."""
        self.remove_alias(alias)
        for other in [one for one in self.aliases.values() if one.redirect == alias.name]:
            if other.name in self.aliases:  # two may lead to each other
                self.forget_alias(other)

    def add_domain(self, project: Project, domain: Domain) -> Domain:
        project.domains[domain.name] = domain
        if domain.redirect is not None:
            self._put_alias(project, domain.name, None, domain.created_at)
        return domain

    def point(self, hostname: str, deployment: Deployment, at: int | None = None) -> None:
        """Make `hostname` serve `deployment`, since `at` (now, if it is not said)."""
        at = self.stamp() if at is None else at
        self._put_alias(self.projects[deployment.project_id], hostname, deployment.id, at)

    def show_instead(self, project: Project, aliases: Sequence[Alias]) -> None:
        """Make this copy of a store (a shallow one will do) show a project, its deployments and its aliases
        as those given. The indexes are replaced, not changed: the original keeps its own.
        """
        self._is_view = True
        own = {one.id for one in (*project.deployments, *self.projects[project.id].deployments)}
        self.projects = {**self.projects, project.id: project}
        self.deployments = {key: one for key, one in self.deployments.items() if key not in own}
        self.deployments.update({one.id: one for one in project.deployments})
        self.aliases = {name: one for name, one in self.aliases.items() if one.project_id != project.id}
        self.aliases.update({one.name: one for one in aliases})
        self._project_ids = {key: found for key, found in self._project_ids.items() if found != project.id}
        self._project_ids[project.account_id, project.name] = project.id
        self._deployment_ids = {url: one for url, one in self._deployment_ids.items() if one not in own}
        self._deployment_ids.update({one.url: one.id for one in project.deployments})
        self._pointing = defaultdict(dict, {k: v for k, v in self._pointing.items() if k not in own})
        for alias in aliases:
            if alias.deployment_id is not None:
                self._pointing[alias.deployment_id][alias.name] = alias

    def _put_alias(self, project: Project, hostname: str, deployment_id: str | None, at: int) -> None:
        alias = self.aliases.get(hostname)
        if alias is None:
            alias = self.aliases[hostname] = self._new_alias(project, hostname, at)
        elif alias.deployment_id is not None:
            del self._pointing[alias.deployment_id][hostname]
        alias.project_id, alias.deployment_id, alias.updated_at = project.id, deployment_id, at
        if deployment_id is not None:
            alias.redirect = alias.redirect_status = None
            self._pointing[deployment_id][hostname] = alias

    def _new_alias(self, project: Project, hostname: str, at: int) -> Alias:
        domain = project.domains.get(hostname)
        return Alias(
            id=self.new_id("", 24),
            name=hostname,
            project_id=project.id,
            created_at=at,
            updated_at=at,
            deployment_id=None,
            redirect=domain.redirect if domain else None,
            redirect_status=domain.redirect_status if domain else None,
        )

    def redirect(self, project: Project, hostname: str, target: str, status: RedirectStatus) -> Alias:
        """Make `hostname` lead to another one."""
        self._put_alias(project, hostname, None, self.stamp())
        alias = self.aliases[hostname]
        alias.redirect, alias.redirect_status = target, status
        return alias

    # reading

    def slug_of(self, account_id: str) -> str:
        team = self.teams.get(account_id)
        return team.slug if team is not None else self.users[account_id].username

    def team_named(self, id_or_slug: str) -> Team | None:
        by_id = self.teams.get(id_or_slug)
        return by_id or next((team for team in self.teams.values() if team.slug == id_or_slug), None)

    def project_named(self, account_id: str, id_or_name: str) -> Project | None:
        """A project by its id wherever it is, or by its name within the account."""
        return self.projects.get(id_or_name) or self.project_by_name(account_id, id_or_name)

    def project_by_name(self, account_id: str, name: str) -> Project | None:
        found = self._project_ids.get((account_id, name))
        return self.projects[found] if found is not None else None

    def projects_of(self, account_id: str) -> list[Project]:
        """Newest first."""
        found = [project for project in self.projects.values() if project.account_id == account_id]
        return sorted(found, key=lambda project: project.created_at, reverse=True)

    def deployment_named(self, id_or_hostname: str) -> Deployment | None:
        """By id, by generated hostname, or by any alias or domain that points at it."""
        if id_or_hostname in self.deployments:
            return self.deployments[id_or_hostname]
        hostname = id_or_hostname.lower()
        found = self._deployment_ids.get(hostname)
        if found is None and hostname in self.aliases:
            found = self.aliases[hostname].deployment_id
        return self.deployments[found] if found is not None else None

    def is_free(self, hostname: str, project: Project | None) -> bool:
        """Whether no other project has it as a domain, an alias or the hostname of a deployment."""
        alias = self.aliases.get(hostname)
        return (
            not self.deployment_hosted(hostname)
            and (alias is None or (project is not None and alias.project_id == project.id))
            and not any(hostname in one.domains for one in self.projects.values() if one is not project)
        )

    def deployment_hosted(self, hostname: str) -> bool:
        """Whether it is some deployment's own, generated one."""
        return hostname in self._deployment_ids

    def current_of(self, project: Project) -> Deployment | None:
        return self.deployments.get(project.current_id) if project.current_id is not None else None

    def serves_everywhere(self, project: Project, deployment: Deployment) -> bool:
        """Whether it is Current and every production domain points to it (not so after half a move)."""
        return project.current_id == deployment.id and all(
            self.serving(domain.name) == deployment.id for domain in project.production_domains()
        )

    def is_needed(self, deployment: Deployment) -> bool:
        """Whether it serves a domain of its project, is Current, or is on its way there."""
        project = self.projects[deployment.project_id]
        rollout = project.rollout
        return (
            project.current_id == deployment.id
            or any(self.serving(domain) == deployment.id for domain in project.domains)
            or any(job.is_running and job.to_id == deployment.id for job in project.requests)
            or (rollout is not None and deployment.id in (rollout.base_id, rollout.canary_id))
        )

    def serving(self, hostname: str) -> str | None:
        alias = self.aliases.get(hostname)
        return alias.deployment_id if alias is not None else None

    def domain_owners(self, hostname: str) -> set[str]:
        """The accounts that have the domain of the hostname: those that added it, and whose projects use it."""
        apex = apex_of(hostname)
        if apex in SHARED_APEXES:
            return set()
        using = {
            project.account_id
            for project in self.projects.values()
            if any(domain.apex == apex and domain.verified for domain in project.domains.values())
        }
        registered = self.registered.get(apex)
        return using | {registered.account_id} if registered is not None else using

    def aliases_of(self, deployment_id: str) -> list[Alias]:
        return list(self._pointing.get(deployment_id, {}).values())

    def listed(self, wanted: Wanted) -> Iterator[Deployment]:
        """Newest first, all that are wanted, and perhaps some of another branch, state or sha."""
        if wanted.marks:
            wanted = replace(
                wanted, marks=tuple(self._traced(wanted.account_id, one) for one in wanted.marks)
            )
        if self._is_view and wanted.projects is None:
            wanted = replace(wanted, projects=self.projects_of(wanted.account_id))
        return self._index.newest_first(wanted)

    def _traced(self, account_id: str, mark: Mark) -> Mark:
        """With the projects that give it to their deployments."""
        if mark.key == "githubRepo":
            named = self.project_by_name(account_id, mark.value)
            return replace(mark, projects=[named] if named is not None else [])
        if mark.key == "githubRepoId":
            numbered = [one for one in self.projects_of(account_id) if str(one.repo_id) == mark.value]
            return replace(mark, projects=numbered)
        return mark

    def former_deployments(self, project: Project) -> list[Deployment]:
        """What was deleted: its commits are still in the repository."""
        return self._former[project.id]

    def newest_first(self, project: Project) -> Iterator[Deployment]:
        return reversed(project.deployments)
