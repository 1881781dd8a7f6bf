"""A person at the page, the real bot behind it: from the typed command to what visitors get."""

import os
import re
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
    await expect(page.get_by_role("checkbox", name="Keep it off")).to_be_checked()
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


async def test_the_picker_is_worked_with_the_keyboard_alone(
    world: World, new_page: Callable[..., Awaitable[Page]]
) -> None:
    await world.start_bot()
    target = await world.newest("shop", "Staged")
    page = await new_page(width=1280, height=800)
    await page.goto(f"{world.workspace.url}/#as=U0ANA0001&in=C0DEPLOYS")
    await page.get_by_text("promotebot is connected").wait_for()
    await page.get_by_role("combobox", name="Message #deploys").press_sequentially("/promote ")
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Promote")
    project = dialog.get_by_role("combobox", name="Project")
    await expect(project).to_be_focused()
    await project.press_sequentially("ho")
    await expect(dialog.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")

    deployment = dialog.get_by_role("combobox", name="Deployment")
    await expect(deployment).to_be_visible()
    await expect(project).to_have_value("shop")
    await page.keyboard.press("Tab")
    await expect(deployment).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("option").first).to_contain_text("Preview (rebuild)")
    await page.screenshot(path=PICTURES / "picker.png")
    await deployment.press_sequentially("staged vat")
    await expect(dialog.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(deployment).to_have_value(re.compile(f"^Staged · {target['sha'][:7]} "))
    await dialog.get_by_role("button", name="Continue").click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("log")).to_contain_text(f"Promote shop to {target['sha'][:7]}?")
