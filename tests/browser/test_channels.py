"""What channels hear, App Home and an incident's card as people see them. `make screenshots` puts the pictures into
docs/images.
"""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from tests.browser.test_outcomes import PICTURES, Pictures
from tests.conftest import World


async def test_announcements_home_and_an_incident_have_their_pictures(
    world: World, new_page: Callable[..., Awaitable[Page]]
) -> None:
    await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("api", "docs", "shop")
    page = await new_page(width=900, height=1300)
    await page.goto(f"{world.workspace.url}/#as=U0ANA0001&in=C0DEPLOYS")
    pictures = Pictures(page)
    await world.ana.types("/promotebot subscribe * current failed pinned", channel="deploys")
    await world.ana.sees("subscribed this channel", channel="deploys")

    await push(world, "api", "Cache the price list")
    await world.ana.sees("Current of api is now", channel="deploys")
    await pictures.take("announcement", "Current of api is now", "Pushed to main by dee")

    await world.tell_platform("faults", [{"build": {"project": "docs", "fails": True}}])
    await push(world, "docs", "Search as you type")
    await world.ana.sees("A production build of docs failed", channel="deploys")
    await pictures.take("announcement-failed", "A production build of docs failed", "The end of its log")

    before = await world.newest("shop", "Promoted")
    await world.roll_back_outside("shop", before["id"])
    await world.ana.sees("Current of shop is now", channel="deploys")
    pushed = await push(world, "shop", "Show prices with VAT")
    await world.until_state("shop", pushed, "Staged")
    await page.set_viewport_size({"width": 900, "height": 1030})
    await page.get_by_role("link", name="promotebot Home").click()
    home = page.get_by_role("main")
    await expect(home).to_contain_text("all well, looked at")
    await expect(home).to_contain_text("pinned by a rollback")
    await page.screenshot(path=PICTURES / "home.png")

    await page.set_viewport_size({"width": 900, "height": 1300})
    await page.get_by_role("link", name="deploys").click()
    world.clock.move(hours=3, minutes=1)
    await world.ana.sees("Production of shop is pinned, for 3 h", channel="deploys")
    await pictures.take("reminder", "Production of shop is pinned, for 3 h", "Not live:")

    await world.tell_platform("faults", [{"build": {"project": "shop", "fails": True}}])
    await push(world, "shop", "Gift cards")
    failed = await world.ana.sees("A production build of shop failed", channel="deploys")
    await world.ana.clicks(failed, "Redeploy", confirmed=True)
    await world.ana.sees("is ready and Staged", channel="deploys")
    await pictures.take("outcome-staged", "is ready and Staged")

    await world.tell_platform("break", {"project": "docs"})
    await world.ana.types("/incident docs shop search answers 500", channel="incidents")
    await world.ana.sees_pinned("answers 500", channel="incidents")
    await page.goto(f"{world.workspace.url}/#as=U0ANA0001&in=C0INCIDNT")
    await pictures.take("incident", "search answers 500", "Last changes before it", "answers 500")


async def push(world: World, project: str, message: str) -> str:
    asked = {"project": project, "branch": "main", "message": message, "author": "dee"}
    return str((await world.tell_platform("push", asked))["deployment"]["id"])
