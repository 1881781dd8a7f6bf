"""From a webhook to the announcement in the channel, beside bare aiohttp that posts a message for each webhook.

Production is moved outside before each webhook, and the platform sends none itself. The bot checks the signature,
writes the webhook down, looks at the project, finds what has changed and where one click goes back to, and writes
down the change with its announcement, before it posts. Three projects take turns, each with its channel: one message
a second is all that Slack takes for a channel.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import time
from typing import Any

import aiohttp

from chatbot.sandbox.launching import HOST, servers
from chatbot.sandbox.slack.records import Message
from chatbot.sandbox.vercel import Timing
from chatbot.sandbox.vercel.records import Project
from storage import subscriptions
from storage.database import Database, upgrade
from tests.benchmarks import bare_webhook
from tests.benchmarks.figures import Aim, Figure, percentile
from tests.benchmarks.processes import BOT, running
from tests.benchmarks.scene import Scene
from tests.benchmarks.watched import until_watched

SECTION = "Webhook to the announcement in the channel, beside bare aiohttp that posts a message"
_CHANNELS = {"shop": "C0DEPLOYS", "docs": "C0GENERAL", "api": "C0INCIDNT"}
_SECRET = "of the benchmark's webhook"  # noqa: S105 - opens nothing
_BARE = ("-m", "tests.benchmarks.bare_webhook")
_WITHIN = Aim(50, of="figure")
_APART = 0.4
"""Seconds. By then the message before has lost its buttons, and the channel's turn comes a second after the last."""
_RANKS = (50, 95)


@dataclass
class _Samples:
    """Seconds."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class _Stage:
    scene: Scene
    ours: str
    bare: str
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def roll_back(self, project: Project) -> str:
        """As the dashboard does it, to one of the two newest that production can go back to."""
        platform = self.scene.up.platform
        headers = {"Authorization": f"Bearer {platform.token}"}
        query = {"teamId": platform.team_id}
        listed = {**query, "projectId": project.id, "rollbackCandidate": "true", "limit": "3"}
        async with self.scene.session.get(
            f"{platform.url}/v6/deployments", params=listed, headers=headers
        ) as answer:
            found = [d["uid"] for d in (await answer.json())["deployments"]]
        target: str = next(one for one in found if one != project.current_id)
        url = f"{platform.url}/v9/projects/{project.id}/rollback/{target}"
        async with self.scene.session.post(url, params=query, headers=headers) as answer:
            answer.raise_for_status()
        async with asyncio.timeout(10):
            while project.current_id != target:
                await platform.store.revision.past(platform.store.revision.number, 1)
        return target

    async def send(self, url: str, project: Project, target: str) -> float:
        """When it was sent."""
        number = next(self.numbers)
        body = json.dumps(_event(number, project, target)).encode()
        signature = hmac.new(_SECRET.encode(), body, hashlib.sha1).hexdigest()
        sent = time()
        async with self.scene.session.post(
            url, data=body, headers={"x-vercel-signature": signature}
        ) as answer:
            answer.raise_for_status()
        return sent

    async def one_of_ours(self, name: str) -> float:
        project = self.scene.project(name)
        target = await self.roll_back(project)
        coming = self.scene.coming(lambda m: _is_new(m, _CHANNELS[name]))
        sent = await self.send(self.ours, project, target)
        return await self.scene.until(coming) - sent

    async def one_of_bare(self, name: str) -> float:
        project = self.scene.project(name)
        coming = self.scene.coming(lambda m: _is_new(m, bare_webhook.CHANNEL))
        sent = await self.send(self.bare, project, "dpl_bare")
        return await self.scene.until(coming) - sent


async def webhooks(folder: Path, rounds: int) -> list[Figure]:
    """In each round one of each project; before them one that is not counted."""
    timing, database = Timing(alias=0.0, queue=0.0), folder / "webhooks.db"
    await asyncio.to_thread(upgrade, f"sqlite:///{database}")
    samples = _Samples()
    async with servers(timing, port=0) as up, aiohttp.ClientSession() as session:
        scene = Scene(up, session, timing, database)
        await _subscribe(database, scene)
        variables = {
            **up.environment(database),
            "PROMOTEBOT_WEBHOOK_SECRET": _SECRET,
            "PROMOTEBOT_POLL_SECONDS": "0",
        }
        async with running(BOT, variables, "--http", "0") as bot, running(_BARE, variables) as bare:
            url = f"http://{HOST}:{{}}/vercel/webhook"
            stage = _Stage(scene, url.format(bot.port), url.format(bare.port))
            for name in _CHANNELS:  # what is seen first is no news
                await stage.send(stage.ours, stage.scene.project(name), "dpl_first")
            await until_watched(database, len(_CHANNELS))
            await stage.one_of_bare("shop")
            await stage.one_of_ours("shop")
            for _, name in itertools.product(range(rounds), reversed(_CHANNELS)):
                await asyncio.sleep(_APART)
                samples.bare.append(await stage.one_of_bare(name))
                samples.ours.append(await stage.one_of_ours(name))
    return [figure for rank in _RANKS for figure in _figures(samples, rank)]


def _figures(samples: _Samples, rank: int) -> list[Figure]:
    ours, bare = (1000 * percentile(each, rank) for each in (samples.ours, samples.bare))
    return [
        Figure(SECTION, f"p{rank}", "ms", ours, bare),
        Figure(SECTION, f"longer than bare, p{rank}", "ms", ours - bare, None, _WITHIN),
    ]


def _is_new(message: Message, channel: str) -> bool:
    return message.channel == channel and message.edited_ts is None and message.only_for is None


def _event(number: int, project: Project, target: str) -> dict[str, Any]:
    return {
        "id": f"evt_{number}",
        "type": "deployment.rollback",
        "createdAt": int(1000 * time()),
        "payload": {
            "project": {"id": project.id, "name": project.name},
            "toDeploymentId": target,
            "user": {"id": "usr_bench"},
        },
    }


async def _subscribe(path: Path, scene: Scene) -> None:
    database, now = Database.open(f"sqlite:///{path}"), datetime.now(UTC)
    async with database.write() as session:
        for name, channel in _CHANNELS.items():
            project = scene.project(name)
            await subscriptions.add(session, channel, project.id, name, ["current"], by="cli:bench", now=now)
    await database.dispose()
