"""What a measured change needs around it: builds that wait, jobs that take so long, and Ana at her keyboard."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

import aiohttp

from chatbot.sandbox import seen
from chatbot.sandbox.launching import Servers
from chatbot.sandbox.person import Person
from chatbot.sandbox.seen import SeenMessage
from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.hand.reading import described
from chatbot.sandbox.slack.records import Change, Message
from chatbot.sandbox.vercel import Timing
from chatbot.sandbox.vercel.records import Deployment, Project
from storage import operations
from storage.database import Database

CONFIRM = "confirmation.confirm"
_CHANNEL = "C0DEPLOYS"
_PATIENCE = 20.0


class NotCurrent(Exception):
    """A change of production did not succeed: there is nothing to measure."""


@dataclass(frozen=True)
class Scene:
    """`timing` is that of the platform; `database` is the bot's."""

    up: Servers
    session: aiohttp.ClientSession
    timing: Timing
    database: Path

    @property
    def ana(self) -> Person:
        return Person(self.session, self.up.workspace.url, seed.ANA)

    def project(self, name: str) -> Project:
        found = self.up.platform.store.project_named(self.up.platform.team_id, name)
        assert found is not None
        return found

    def jobs_take(self, project: Project, seconds: float) -> None:
        """The next move of production, from its receipt to its end."""
        each = (seconds - self.timing.queue) / len(project.production_domains())
        object.__setattr__(self.timing, "alias", each)  # frozen for everybody else

    def jobs_wait(self, seconds: float) -> None:
        object.__setattr__(self.timing, "queue", seconds)

    async def auto_assign(self, project: str, *, on: bool) -> None:
        """Whether what is built from now on becomes Current by itself, or stays Staged."""
        await self._platform(
            "PATCH",
            f"/v9/projects/{project}",
            params={"teamId": self.up.platform.team_id},
            json={"autoAssignCustomDomains": on},
        )

    async def built(self, project: str) -> Deployment:
        """A commit on main, built. Where auto-assignment is off it is Staged then."""
        push = {"project": project, "branch": "main", "seconds": 0}
        pushed = await self._platform("POST", "/sandbox/push", json=push)
        store = self.up.platform.store
        deployment = store.deployments[pushed["deployment"]["id"]]
        async with asyncio.timeout(_PATIENCE):
            while deployment.is_unfinished:
                await store.revision.past(store.revision.number, _PATIENCE)
        return deployment

    async def slow_down(self, seconds: float) -> None:
        """Every request to the REST API waits so long before it is carried out; visits of sites do not."""
        fault = {"path": "^/(?!sites/)", "delay": seconds, "times": -1}
        await self._platform("POST", "/sandbox/faults", json=[fault])

    async def card(self, command: str) -> tuple[SeenMessage, float]:
        """What Ana is asked after a command, and how many seconds after it."""
        ana = self.ana
        card = self.coming(lambda m: m.only_for == ana.id and CONFIRM in str(m.blocks))
        typed = time()
        await ana.types(command, channel=_CHANNEL)
        shown, at = await asyncio.wait_for(card, _PATIENCE)
        return seen.message(described(self.up.workspace.backend, shown, ana.id)), at - typed

    def coming(self, is_it: Callable[[Message], bool]) -> asyncio.Future[tuple[Message, float]]:
        """The next message like this, posted or updated from now on, and when it was."""
        found: asyncio.Future[tuple[Message, float]] = asyncio.get_running_loop().create_future()

        def look(change: Change) -> None:
            if change.message is not None and is_it(change.message) and not found.done():
                found.set_result((change.message, time()))

        unwatch = self.up.workspace.state.watch(look)
        found.add_done_callback(lambda _: unwatch())
        return found

    def announcement(self) -> asyncio.Future[tuple[Message, float]]:
        """The last that the bot says of a change that succeeded: in the thread of its message."""
        return self.coming(lambda m: m.is_reply and m.only_for is None)

    async def until(self, coming: asyncio.Future[tuple[Message, float]]) -> float:
        _, at = await asyncio.wait_for(coming, _PATIENCE)
        return at

    async def proven(self, target: Deployment) -> float:
        """When the bot itself held its proof, as its database says. Raises NotCurrent."""
        opened = Database.open(f"sqlite:///{self.database}")
        try:
            async with opened.read() as session:
                newest, *_ = await operations.newest(session, target.project_id, limit=1)
        finally:
            await opened.dispose()
        if newest.target_id != target.id or newest.state != "succeeded" or newest.finished_at is None:
            raise NotCurrent(newest.state)
        return newest.finished_at.timestamp()

    async def requests(self) -> list[dict[str, Any]]:
        """Those to the platform since the last time, from its own book."""
        found: list[dict[str, Any]] = (await self._platform("GET", "/sandbox/requests"))["requests"]
        await self._platform("DELETE", "/sandbox/requests")
        return found

    async def _platform(self, method: str, path: str, **request: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.up.platform.token}"}
        async with self.session.request(
            method, self.up.platform.url + path, headers=headers, **request
        ) as answer:
            answer.raise_for_status()
            return await answer.json()
