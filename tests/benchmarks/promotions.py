"""Promotions of Staged deployments, from the typed command to the channel that says Current.

What counts is the time over the platform's own, which is from the receipt of the promote request to the end of its
job. The platform's answers to reads, the workspace's work and every pause of the bot are part of what is left.
"""

from dataclasses import dataclass
from pathlib import Path
from time import time

import aiohttp

from chatbot.sandbox.launching import servers
from chatbot.sandbox.vercel import Timing
from chatbot.sandbox.vercel.records import Deployment
from tests.benchmarks.calls import Calls, take_calls
from tests.benchmarks.processes import BOT, running
from tests.benchmarks.scene import Scene

_SPREAD = 0.1


@dataclass(frozen=True)
class Promotion:
    """Epoch seconds of one clock: Ana's click, the platform's receipt of the request, the end of its job, the
    bot's proof of every domain, and the channel's message that says so. The platform's are whole milliseconds.
    """

    clicked: float
    received: float
    moved: float
    proven: float
    told: float
    for_the_card: Calls
    after_the_click: Calls


async def promotions(folder: Path, count: int) -> list[Promotion]:
    """Each of a Staged deployment of its own, one after another, by a bot that is a process of its own.
    One more goes before them and is not counted: it opens the connections.
    """
    timing, database = Timing(), folder / "promotions.db"
    async with servers(timing, port=0) as up, aiohttp.ClientSession() as session:
        scene = Scene(up, session, timing, database)
        async with running(BOT, up.environment(database)):
            first, *targets = [await scene.built("shop") for _ in range(count + 1)]
            await _promote(scene, first)
            done = []
            for number, target in enumerate(targets):
                # Spread evenly, so that the bot's looks find the end of a job at every distance.
                scene.jobs_wait(0.02 + _SPREAD * number / count)
                done.append(await _promote(scene, target))
        return done


async def _promote(scene: Scene, target: Deployment) -> Promotion:
    sha = target.commit.sha[:7]
    await take_calls(scene.up, scene.session)
    card, _ = await scene.card(f"/promote {target.id}")
    for_the_card = await take_calls(scene.up, scene.session)
    current = scene.coming(lambda m: m.only_for is None and f"{sha} is Current" in str(m.blocks))
    announcement = scene.announcement()
    clicked = time()
    await scene.ana.clicks(card, "Promote")
    told = await scene.until(current)
    await scene.until(announcement)
    return Promotion(
        clicked=clicked,
        received=scene.up.platform.store.projects[target.project_id].requests[-1].requested_at / 1000,
        moved=(target.alias_assigned_at or 0) / 1000,
        proven=await scene.proven(target),
        told=told,
        for_the_card=for_the_card,
        after_the_click=await take_calls(scene.up, scene.session),
    )
