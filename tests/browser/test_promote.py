"""A person at the page, the real bot behind it: from the typed command to what visitors get."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, expect

from tests.conftest import World

# `make screenshots` puts the README's picture in its place.
PICTURES = Path(os.environ.get("SCREENSHOTS", ".cache/screenshots"))


async def test_typing_promote_and_clicking_confirm_makes_it_current(
    world: World, new_page: Callable[..., Awaitable[Page]]
) -> None:
    await world.start_bot()
    target = await world.newest("shop", "Staged")
    label = target["sha"][:7]
    page = await new_page(width=1440, height=1060)
    await page.goto(f"{world.workspace.url}/#as=U0ANA0001&in=C0DEPLOYS")
    shop = page.get_by_role("complementary", name="Sites and deployments").get_by_role(
        "group", name="shop", exact=True
    )
    checkout = shop.get_by_role("listitem").filter(
        has=page.get_by_role("link", name="checkout.shop.example.com", exact=True)
    )
    await expect(checkout).not_to_contain_text(label)

    await page.get_by_role("combobox", name="Message #deploys").fill(f"/promote {target['id']}")
    await page.keyboard.press("Enter")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Affected domains (4)")
    await expect(log).to_contain_text("Only visible to you")
    await page.screenshot(path=PICTURES / "confirmation.png")

    await page.get_by_role("button", name="Promote", exact=True).click()
    await expect(log).to_contain_text(f"shop: {label} is Current")
    await expect(log).to_contain_text("Current of shop is now")
    await expect(checkout).to_contain_text(label)
    await expect(checkout).to_contain_text(target["id"])
    await page.screenshot(path=PICTURES / "current.png")

    await page.get_by_role("button", name="Roll back to").last.click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("checkout.shop.example.com")
    await dialog.get_by_role("button", name="Roll back", exact=True).click()
    await expect(log).to_contain_text("Production is pinned")
    await expect(checkout).not_to_contain_text(label)
