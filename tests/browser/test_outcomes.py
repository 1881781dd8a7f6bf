"""Each outcome as people see it. `make screenshots` puts the pictures into docs/images."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, expect

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World

PICTURES = Path(os.environ.get("SCREENSHOTS", ".cache/screenshots"))


class Pictures:
    def __init__(self, page: Page) -> None:
        self._page = page

    async def take(self, name: str, *texts: str) -> None:
        """The newest message that shows all these texts."""
        message = self._page.get_by_role("log").get_by_role("article")
        for text in texts:
            message = message.filter(has_text=text)
        await expect(message.last).to_be_visible()
        await message.last.screenshot(path=PICTURES / f"{name}.png")


async def test_every_outcome_has_its_picture(world: World, new_page: Callable[..., Awaitable[Page]]) -> None:
    await world.start_bot(promotebot_unseen_seconds=1.0)
    page = await new_page(width=900, height=1100)
    await page.goto(f"{world.workspace.url}/#as=U0BOB0002&in=C0DEPLOYS")
    pictures = Pictures(page)

    await world.tell_platform(
        "faults", [{"alias_job": {"project": "shop", "fails_for": ["eu.shop.example.com"]}}]
    )
    await confirm(world, await world.card("shop", "Staged"), "Promote")
    partly = await world.bob.sees("only partly moved", channel="deploys")
    await pictures.take("outcome-partly-moved", "only partly moved")
    await world.ana.clicks(partly, "Retry these domains", confirmed=True)
    await world.bob.sees("Current of shop is now", channel="deploys")
    await pictures.take("outcome-succeeded", "is Current", "Proof per domain")

    await world.tell_platform("faults", [{"build": {"project": "docs", "fails": True}}])
    await confirm(world, await world.card("docs", "Preview"), "Rebuild and promote")
    await world.bob.sees("The new build did not become ready", channel="deploys")
    await pictures.take("outcome-failed", "The new build did not become ready")

    await world.tell_platform("faults", [{"path": "/rollback/", "method": "POST", "cut": "before"}])
    await roll_back(world, "api")
    await world.bob.sees("outcome unknown", channel="deploys")
    await pictures.take("outcome-unknown", "outcome unknown")

    old, waits = await world.newest("docs", "Promoted"), await world.newest("docs", "Preview")
    await world.until_all_is_told()
    pushed = (await world.tell_platform("push", {"project": "docs", "branch": "feat/search"}))["deployment"][
        "id"
    ]
    await world.until_state("docs", pushed, "Preview")
    build = await world.rebuild("docs")
    await pictures.take("operation-building", f"Building {build}", "usually")
    await world.ana.types(f"/promote {waits['id']}", channel="deploys")
    card = await world.ana.sees(f"docs to {waits['sha'][:7]}?", channel="deploys")
    await confirm(world, card, "Rebuild and promote")
    await pictures.take("operation-waiting", "1st in line")
    await world.roll_back_outside("docs", old["id"])
    await world.let_build_finish(build)
    await world.bob.sees("superseded", channel="deploys")
    await pictures.take("outcome-superseded", "superseded")

    stages = [{"targetPercentage": share} for share in (5, 25, 100)]
    await world.vercel("PATCH", "/v1/projects/shop/rolling-release/config", {"stages": stages})
    waits = await world.newest("shop", "Preview")
    await confirm(world, await world.card("shop", "Staged"), "Promote")
    await world.bob.sees("canary", channel="deploys")
    await pictures.take("release-canary", "stage 1 of 3", "Queued behind it")
    await world.ana.types(f"/promote {waits['id']}", channel="deploys")
    shown = await world.ana.sees("after it", channel="deploys")
    await world.ana.clicks(shown, f"Rebuild and promote {waits['sha'][:7]} after it")
    card = await world.ana.sees("Queued behind a rolling release", channel="deploys")
    await confirm(world, card, "Rebuild and promote")
    await world.bob.sees("Accepted, and queued", channel="deploys")
    await pictures.take("operation-queued", "Accepted, and queued")


async def confirm(world: World, card: SeenMessage, verb: str) -> None:
    await world.ana.clicks(card, verb)


async def roll_back(world: World, project: str) -> None:
    target = await world.newest(project, "Promoted")
    await world.ana.types(f"/rollback {target['id']} checkout answers 500", channel="deploys")
    await confirm(world, await world.ana.sees(f"Roll back {project} to", channel="deploys"), "Roll back")
