"""A project of the embedded platform, as whoever works on it, or goes past the bot, sees and changes it."""

import asyncio
import random

import aiohttp

from chatbot.sandbox.vercel import Platform
from chatbot.sandbox.vercel.records import Deployment, Project

OUTSIDE = {"slug": "acme"}
"""How the dashboard names the team here; the bot names it by `teamId`. So the platform's journal tells them apart."""
_BUILT_WITHIN = 3.0


class Place:
    def __init__(self, platform: Platform, session: aiohttp.ClientSession, project: Project) -> None:
        self._platform = platform
        self._session = session
        self._project = project

    @property
    def id(self) -> str:
        return self._project.id

    @property
    def name(self) -> str:
        return self._project.name

    @property
    def current_id(self) -> str | None:
        return self._project.current_id

    @property
    def assigns_itself(self) -> bool:
        return self._project.auto_assign

    @property
    def domains(self) -> list[str]:
        return [domain.name for domain in self._project.production_domains()]

    def staged(self) -> list[Deployment]:
        """Newest first."""
        return [d for d in self._ready() if d.target == "production" and d.substate == "STAGED"]

    def promoted(self) -> list[Deployment]:
        """What served before, newest first."""
        return [d for d in self._ready() if d.target == "production" and d.substate == "PROMOTED"]

    def _ready(self) -> list[Deployment]:
        return [
            d
            for d in reversed(self._project.deployments)
            if d.state == "READY" and d.deleted_by_retention_at is None and d.id != self.current_id
        ]

    async def push(self, branch: str | None = None) -> Deployment:
        """A commit, and its build's end. Without a branch: on the production branch."""
        while True:
            built = await self.begin_build(0.05, branch)
            if await self._is_built(built):
                return built
            await self.end_builds()  # this one was scripted to fail, or to hang

    async def begin_build(self, seconds: float, branch: str | None = None) -> Deployment:
        body = {"project": self.name, "seconds": seconds, **({"branch": branch} if branch else {})}
        async with self._session.post(f"{self._platform.url}/sandbox/push", json=body) as answer:
            return self._platform.store.deployments[(await answer.json())["deployment"]["id"]]

    async def _is_built(self, deployment: Deployment) -> bool:
        revision = self._platform.store.revision
        try:
            async with asyncio.timeout(_BUILT_WITHIN):
                while deployment.is_unfinished:
                    await revision.past(revision.number, _BUILT_WITHIN)
        except TimeoutError:
            return False
        return deployment.state == "READY"

    async def script(self, **fault: object) -> None:
        """The next alias job, or the next build, of this project goes wrong."""
        ((kind, how),) = fault.items()
        assert isinstance(how, dict)
        written = {kind: {"project": self.name, **how}}
        async with self._session.post(f"{self._platform.url}/sandbox/faults", json=written) as answer:
            answer.raise_for_status()

    async def promote_outside(self, target: str) -> None:
        """As the dashboard does it; the platform may refuse."""
        await self._outside("POST", f"/v10/projects/{self.id}/promote/{target}")

    async def roll_back_outside(self, target: str) -> None:
        await self._outside("POST", f"/v9/projects/{self.id}/rollback/{target}")

    async def end_builds(self) -> None:
        """None goes on for ever: whatever still builds is cancelled at the dashboard."""
        for build in [d for d in self._project.deployments if d.is_unfinished]:
            while build.is_unfinished:
                await self._outside("PATCH", f"/v12/deployments/{build.id}/cancel")

    async def end_job(self) -> None:
        """Nor does a job: a promote takes over from one that hangs."""
        last = self._project.requests[-1] if self._project.requests else None
        if last is not None and last.is_running and (promoted := self.promoted()):
            await self.promote_outside(promoted[0].id)

    async def _outside(self, method: str, path: str) -> None:
        try:
            async with self._session.request(
                method,
                self._platform.url + path,
                params=OUTSIDE,
                json={},
                headers={"Authorization": f"Bearer {self._platform.token}"},
            ) as answer:
                await answer.read()
        except aiohttp.ClientError:
            pass  # the platform goes wrong for everybody; whoever sits at the dashboard shrugs


def of_the_team(
    platform: Platform, session: aiohttp.ClientSession, count: int, dice: random.Random
) -> list[Place]:
    """So many of its projects; of each size."""
    found = [p for p in platform.store.projects_of(platform.team_id) if p.production_domains()]
    return [Place(platform, session, p) for p in dice.sample(found, min(count, len(found)))]
