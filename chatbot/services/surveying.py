"""One round of reads about a project and a deployment: whatever a confirmation tells of the two."""

import asyncio
import logging
from collections.abc import Awaitable
from dataclasses import replace

from chatbot.domain.changes import CodeChange, Counted, builds_between, code_change, counted
from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.plans import (
    Look,
)
from chatbot.domain.references import Kind, Reference
from chatbot.domain.releases import RollingRelease
from chatbot.domain.repositories import GitHost
from chatbot.domain.requests import Deleted
from chatbot.errors import GitHostError, NotFound
from chatbot.github import GitHubClient
from chatbot.services.releases import Releases
from chatbot.vercel import VercelClient

_PAGE = 100
_CANDIDATES = {"rollbackCandidate": "true"}
_WHY = {401: Counted.REFUSED, 403: Counted.REFUSED, 404: Counted.UNKNOWN, 422: Counted.UNKNOWN}
_log = logging.getLogger(__name__)


class Survey:
    """Reads only. `git` is None where the bot has no token for it. Raises PlatformError."""

    def __init__(self, vercel: VercelClient, git: GitHubClient | None, releases: Releases) -> None:
        self._vercel = vercel
        self._git = git
        self._releases = releases

    async def look(self, target: Deployment, *, candidates: bool = False) -> Look:
        """Everything at once; the commits as soon as the project says what is Current.

        `candidates`: whether the target is one for a rollback; only a list tells.
        """
        project_id = target.project_id
        project = asyncio.ensure_future(self._releases.project(target))
        (seen, release), domains, environment, whole, candidate, (recent, code) = await asyncio.gather(
            project,
            self._vercel.domains(project_id),
            self._vercel.environment(project_id),
            self._whole(target),
            self._is_candidate(target) if candidates else _no(),
            self._history(target, project),
        )
        eligible = candidate if candidates else target.rollback_candidate
        whole = replace(whole, rollback_candidate=eligible)
        return Look(seen, whole, tuple(domains), tuple(environment), tuple(recent), release, code)

    async def look_again(self, target: Deployment, *, candidates: bool = False) -> Look:
        """What a confirmation is bound to, and no more: the last look before a request is sent. Raises Deleted."""
        project_id = target.project_id
        (project, release), domains, environment, whole, candidate = await asyncio.gather(
            self._releases.project(target),
            self._vercel.domains(project_id),
            self._vercel.environment(project_id),
            self._at(target.id),
            self._is_candidate(target) if candidates else _no(),
        )
        eligible = candidate if candidates else target.rollback_candidate
        whole = replace(whole, rollback_candidate=eligible)
        return Look(project, whole, tuple(domains), tuple(environment), newest_release=release)

    async def look_back(self, project_id: str, target_id: str) -> Look:
        """What a one-click way back is bound to: both are known by their ids. Raises Deleted."""
        read = asyncio.ensure_future(self._vercel.project(project_id))
        project, release, domains, target, listed = await asyncio.gather(
            read,
            self._release(read),
            self._vercel.domains(project_id),
            self._at(target_id),
            self._vercel.deployments({"projectId": project_id, **_CANDIDATES}),
        )
        target = replace(target, rollback_candidate=_is_among(listed, target))
        return Look(project, target, tuple(domains), (), newest_release=release)

    async def _release(self, read: Awaitable[Project]) -> RollingRelease | None:
        """The one that is under way."""
        return await self._releases.under_way(await read)

    async def _at(self, deployment_id: str) -> Deployment:
        """As it is now. Raises Deleted."""
        try:
            found = await self._vercel.deployment(deployment_id)
        except NotFound:
            raise Deleted(Reference(Kind.ID, deployment_id)) from None
        if found.deleted:
            raise Deleted(Reference(Kind.ID, deployment_id))
        return found

    async def code(self, project: Project, target: Deployment) -> CodeChange:
        """What a move from Current to the target does to the code. Never fails for what the git host does."""
        change = code_change(project, target)
        of_github = change.repository is not None and change.repository.host is GitHost.GITHUB
        if self._git is None or change.counted is not Counted.NOT_ASKED or not of_github:
            return change
        return await self._count(self._git, change)

    async def _history(
        self, target: Deployment, project: Awaitable[tuple[Project, RollingRelease | None]]
    ) -> tuple[list[Deployment], CodeChange]:
        """The newest production builds, where they are needed, and the commits."""
        # A rebuild's usual time comes from them; so does the distance where no commits can be counted.
        is_listed = target.target != "production" or self._git is None
        recent, (seen, change) = await asyncio.gather(
            self._builds(target.project_id) if is_listed else _none(), self._code(target, project)
        )
        if is_listed and change.counted not in {Counted.YES, Counted.SAME}:
            change = replace(change, builds_between=builds_between(seen.current, target, recent))
        return recent, change

    async def _code(
        self, target: Deployment, project: Awaitable[tuple[Project, RollingRelease | None]]
    ) -> tuple[Project, CodeChange]:
        seen, _ = await project
        return seen, await self.code(seen, target)

    async def _count(self, git: GitHubClient, change: CodeChange) -> CodeChange:
        """Both ways: a comparison lists only the files of the commits that one side has more."""
        name = change.repository.name if change.repository else ""
        try:
            brings, takes = await asyncio.gather(
                git.compare(name, change.now, change.then), git.compare(name, change.then, change.now)
            )
        except GitHostError as error:
            _log.warning("GitHub did not compare two commits of %s: %s", name, error)
            return replace(change, counted=_WHY.get(error.status or 0, Counted.SILENT))
        return counted(change, brings, takes)

    async def _builds(self, project_id: str) -> list[Deployment]:
        """The newest production builds, one page."""
        return await self._vercel.deployments({"projectId": project_id, "target": "production"})

    async def _whole(self, target: Deployment) -> Deployment:
        """With its cron jobs, which a list leaves out."""
        return target if target.crons is not None else await self._vercel.deployment(target.id)

    async def _is_candidate(self, target: Deployment) -> bool:
        """Only a list says so."""
        return _is_among(
            await self._vercel.deployments({"projectId": target.project_id, **_CANDIDATES}), target
        )


def _is_among(listed: list[Deployment], target: Deployment) -> bool:
    """What is older than a full page may be a candidate: then the platform decides."""
    beyond = len(listed) == _PAGE and target.created_at < listed[-1].created_at
    return beyond or any(d.id == target.id for d in listed)


async def _no() -> bool:
    return False


async def _none() -> list[Deployment]:
    return []
