"""From the typed command to the confirmation, on a platform that takes 50 ms for every request.

A card that reads one thing after the other would wait for each: what can be asked together has to be.
"""

from dataclasses import dataclass
from pathlib import Path

import aiohttp

from chatbot.sandbox.launching import servers
from chatbot.sandbox.vercel import Timing
from chatbot.sandbox.vercel.records import Deployment
from tests.benchmarks.figures import Aim, Figure, in_milliseconds
from tests.benchmarks.processes import BOT, running
from tests.benchmarks.scene import Scene

DELAY = 0.05
"""Seconds, of every request to the platform."""
SECTION = f"Command to confirmation, with the platform at {1000 * DELAY:.0f} ms a request"
_AIM = Aim(300, of="figure")


@dataclass(frozen=True)
class Shown:
    """Seconds until each card was there, for one kind of command."""

    name: str
    seconds: list[float]


async def confirmations(folder: Path, count: int) -> list[Shown]:
    """In turn, after one of each that is not counted. Nobody clicks: production stays as it is."""
    timing, database = Timing(), folder / "confirmations.db"
    async with servers(timing, port=0) as up, aiohttp.ClientSession() as session:
        scene = Scene(up, session, timing, database)
        staged, preview = _newest(scene, "STAGED"), _newest(scene, None)
        commands = {
            "/promote of a Staged build": f"/promote {staged.id}",
            "/promote of its commit": f"/promote {staged.commit.sha[:7]}",
            "/promote of a preview": f"/promote {preview.id}",
            "/promote of its branch": f"/promote {preview.commit.branch}",
            "/rollback to an earlier build": f"/rollback {_newest(scene, 'PROMOTED').id}",
        }
        shown = [Shown(name, []) for name in commands]
        await scene.slow_down(DELAY)
        async with running(BOT, up.environment(database)):
            for number in range(count + 1):
                for one in shown:
                    _, seconds = await scene.card(commands[one.name])
                    if number:
                        one.seconds.append(seconds)
    return shown


def until_shown(shown: list[Shown]) -> list[Figure]:
    return [
        figure
        for one in shown
        for figure in (
            *in_milliseconds(SECTION, one.name, one.seconds, ranks=(50,)),
            *in_milliseconds(SECTION, one.name, one.seconds, ranks=(95,), aim=_AIM),
        )
    ]


def _newest(scene: Scene, substate: str | None) -> Deployment:
    """Of shop, but never what is Current."""
    shop = scene.project("shop")
    return max(
        (
            d
            for d in shop.deployments
            if d.state == "READY"
            and d.substate == substate
            and d.id != shop.current_id
            and not d.deleted_by_retention_at
        ),
        key=lambda d: d.created_at,
    )
