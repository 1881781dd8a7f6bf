"""Reads about rolling releases, for plans and for people."""

import asyncio

from chatbot.domain.deployments import Deployment, Project, State, state_of
from chatbot.domain.planning import (
    ReleaseOver,
    ReleaseUnderWay,
    plan_step,
)
from chatbot.domain.plans import (
    Look,
    Path,
    Plan,
)
from chatbot.domain.releases import RollingRelease
from chatbot.vercel import VercelClient


class Releases:
    """Every method raises PlatformError."""

    def __init__(self, vercel: VercelClient) -> None:
        self._vercel = vercel
        self._seen: set[str] = set()
        """Projects that had something to do with rolling releases at the last look: asked about at once."""

    async def project(self, target: Deployment) -> tuple[Project, RollingRelease | None]:
        """The target's project and its newest rolling release, where there may be one."""
        project_id = target.project_id
        if project_id in self._seen or state_of(target, None) is State.CANARY:
            project, release = await self._both(project_id)
        else:
            project = await self._vercel.project(project_id)
            release = await self._vercel.rolling_release(project.id) if project.rolling_release else None
        self._remember(project, release)
        if release is None or not release.is_active:
            return project, release
        canary = target if target.id == release.canary_id else await self._canary(release)
        return project, release.knowing(project.current, canary)

    async def under_way(self, project: Project) -> RollingRelease | None:
        """Of a project that has been read already."""
        may_be = project.rolling_release or project.id in self._seen
        release = await self._vercel.rolling_release(project.id) if may_be else None
        self._remember(project, release)
        if release is None or not release.is_active:
            return None
        return release.knowing(project.current, await self._canary(release))

    async def step(self, path: Path, project_id: str, canary_id: str, reason: str | None = None) -> Plan:
        """The plan of one step of the rolling release to a canary. Raises ReleaseOver, NoSuchStep."""
        (project, release), domains, canary = await asyncio.gather(
            self._both(project_id), self._vercel.domains(project_id), self._vercel.deployment(canary_id)
        )
        release = release and release.knowing(project.current, canary)
        base = release.base if release else None
        target = base if path is Path.ABORT and base else canary
        return plan_step(path, Look(project, target, tuple(domains), (), newest_release=release), reason)

    async def standing(self, project_id: str) -> ReleaseUnderWay | ReleaseOver:
        """How the newest one of a project stands, in the words of a refusal."""
        project, release = await self._both(project_id)
        canary = await self._canary(release) if release is not None and release.is_active else None
        if release is None or canary is None:
            return ReleaseOver(project, release)
        return ReleaseUnderWay(project, canary, release.knowing(project.current, canary))

    async def _both(self, project_id: str) -> tuple[Project, RollingRelease | None]:
        return await asyncio.gather(
            self._vercel.project(project_id), self._vercel.rolling_release(project_id)
        )

    async def _canary(self, release: RollingRelease) -> Deployment | None:
        return await self._vercel.deployment(release.canary_id) if release.canary_id else None

    def _remember(self, project: Project, release: RollingRelease | None) -> None:
        if project.rolling_release or (release is not None and release.is_active):
            self._seen.add(project.id)
        else:
            self._seen.discard(project.id)
