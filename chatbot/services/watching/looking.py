"""One round of parallel reads about a project's production."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus

from chatbot.domain.course import went_back
from chatbot.domain.deployments import Deployment, Project, State, state_of
from chatbot.domain.news import Change, Kind
from chatbot.domain.releases import RollingRelease
from chatbot.domain.sights import Sight, Snapshot
from chatbot.domain.waysback import way_back
from chatbot.errors import NotAuthorized, NotFound, PlatformError
from chatbot.vercel import VercelClient

_NEWEST = 20


class Looker:
    """Every method raises PlatformError."""

    def __init__(self, vercel: VercelClient) -> None:
        self._vercel = vercel

    async def look(self, project_id: str, before: Snapshot | None) -> Sight:
        """Raises NotFound when there is no such project."""
        may_roll = before is not None and before.release is not None
        project, domains, builds, release = await asyncio.gather(
            self._vercel.project(project_id),
            self._vercel.domains(project_id),
            self._vercel.deployments({"projectId": project_id, "target": "production"}, limit=_NEWEST),
            self._vercel.rolling_release(project_id) if may_roll else _none(),
        )
        if project.rolling_release and not may_roll:
            release = await self._vercel.rolling_release(project_id)
        builds = await asyncio.gather(*(self._whole(build, project, before) for build in builds))
        return Sight(project, tuple(domains), tuple(builds), release)

    async def is_gone(self, project_id: str) -> bool:
        try:
            await self._vercel.glimpse(project_id)
        except NotFound:
            return True
        return False

    async def is_moving(self, project_id: str) -> bool:
        """Whether a promote or rollback is under way, in one request. An answer that fails says nothing."""
        try:
            return (await self._vercel.glimpse(project_id)).project.move_under_way is not None
        except PlatformError:
            return False

    async def knowing(self, sight: Sight, missing: Iterable[str]) -> Sight:
        """With these deployments, too."""
        ids = sorted(missing)
        found = await asyncio.gather(*(self._deployment(one) for one in ids))
        return replace(
            sight,
            known=sight.known + tuple(d for d in found if d is not None),
            deleted=sight.deleted | {one for one, d in zip(ids, found, strict=True) if d is None},
        )

    async def way_back(self, sight: Sight, change: Change) -> Change:
        """The change of Current with where one click goes from here, if there is such a place, and what that click
        is bound to.
        """
        candidates = _candidates(sight.builds, change)
        if not candidates or candidates[0].id != (change.was.id if change.was else None):
            # What served before was still Current when the builds were read, or is older than those.
            listed = await self._vercel.deployments(
                {"projectId": sight.project.id, "rollbackCandidate": "true"}, limit=_NEWEST
            )
            candidates = _candidates(listed, change)
        for target in candidates:
            way = way_back(sight.project, target, sight.domains, sight.release)
            if way is not None:
                return replace(change, back=way.target, bound=way.bound)
        return change

    async def _whole(self, build: Deployment, project: Project, before: Snapshot | None) -> Deployment:
        """A list does not tell whether a new build that waits for its domains is to have them."""
        is_new = before is not None and before.builds is not None and before.builds.are_news(build)
        if not (is_new and project.auto_assign and state_of(build, None) is State.STAGED):
            return build
        whole = await self._deployment(build.id)
        return build if whole is None else replace(build, auto_assign=whole.auto_assign, checks=whole.checks)

    async def _deployment(self, deployment_id: str) -> Deployment | None:
        """None: it is deleted, or of others."""
        try:
            return await self._vercel.deployment(deployment_id)
        except NotFound:
            return None
        except NotAuthorized as error:
            if error.status != HTTPStatus.FORBIDDEN:
                raise
            return None


def _candidates(builds: Iterable[Deployment], change: Change) -> list[Deployment]:
    """What one click may go back to: what was Current before, then the newest that has served. After a rollback only
    what is older: what it left is no way back.
    """
    now = change.now.id if change.now else None
    was = change.was.id if change.was else None
    found = [b for b in builds if b.rollback_candidate and b.id != now]
    if change.now is not None and (change.pinned or went_back(change)):
        found = [b for b in found if b.created_at < change.now.created_at]
    return sorted(found, key=lambda b: (b.id != was, -b.created_at.timestamp()))


def has_way_back(change: Change) -> bool:
    return change.kind is Kind.CURRENT and change.now is not None and not change.passing


async def _none() -> RollingRelease | None:
    return None
