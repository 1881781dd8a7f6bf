"""What people do beside typing and clicking: links with cards, pins, files, shortcuts, workflows, several at once."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page, expect

from chatbot.sandbox.slack import Workspace, seed
from tests.browser.bot import Bot, section

NewPage = Callable[..., Awaitable[Page]]


async def test_a_link_gets_a_card_that_can_be_clicked(ana: Page, bot: Bot) -> None:
    box = ana.get_by_role("combobox", name="Message #deploys")
    await box.fill("is https://shop.vercel.app live?")
    await box.press("Enter")
    card = ana.get_by_role("region", name="Card of https://shop.vercel.app")
    await expect(card).to_contain_text("shop · Staged")
    await card.get_by_role("button", name="Promote").press("Enter")
    click = await bot.hears("block_actions")
    assert click["container"]["app_unfurl_url"] == "https://shop.vercel.app"
    message = {"channel": "C0DEPLOYS", "ts": click["container"]["message_ts"]}
    current = {"https://shop.vercel.app": {"blocks": [section("shop · Current")]}}
    await bot.client.chat_unfurl(**message, unfurls=current)
    await expect(card).to_have_text("shop · Current")
    await expect(card).to_be_focused()


async def test_pins_are_listed_and_lead_to_their_message(ana: Page, bot: Bot) -> None:
    ts = await bot.posts(section("*Incident*: shop is down"), text="Incident: shop is down")
    await bot.client.pins_add(channel="C0DEPLOYS", timestamp=ts)
    message = ana.get_by_role("article").filter(has_text="Incident")
    await expect(message.locator(".pinned-note")).to_have_text("Pinned by promotebot")
    await ana.get_by_role("button", name="1 pinned").press("Enter")
    await ana.get_by_role("button", name="Incident: shop is down").press("Enter")
    await expect(message).to_be_focused()
    await message.get_by_role("button", name="Message actions").press("Enter")
    await ana.get_by_role("menuitem", name="Unpin from channel").press("Enter")
    await expect(ana.get_by_role("button", name="1 pinned")).to_have_count(0)
    await expect(message.locator(".pinned-note")).to_be_hidden()


async def test_a_file_is_shown_with_its_title_and_opens(ana: Page, bot: Bot) -> None:
    await bot.client.files_upload_v2(
        channel="C0DEPLOYS", filename="timeline.md", title="Timeline", content="14:02 detected"
    )
    async with ana.context.expect_page() as opening:
        await ana.get_by_role("link", name="Timeline timeline.md, 14 bytes").click()
    await expect((await opening.value).get_by_text("14:02 detected")).to_be_visible()


async def test_shortcuts_and_workflows_are_started_with_the_keyboard(ana: Page, bot: Bot) -> None:
    await bot.posts(text="look at dpl_x")
    message = ana.get_by_role("article").filter(has_text="dpl_x")
    await message.get_by_role("button", name="Message actions").press("Enter")
    await ana.get_by_role("menuitem", name="Promote this").press("Enter")
    assert (await bot.hears("message_action"))["message"]["text"] == "look at dpl_x"
    launcher = ana.get_by_role("button", name="Shortcuts and workflows")
    await launcher.press("Enter")
    await ana.get_by_role("menuitem", name="What is Current").press("Enter")
    assert (await bot.hears("shortcut"))["callback_id"] == "current"
    await launcher.press("Enter")
    await ana.get_by_role("menuitem", name="Promote a deployment").press("Enter")
    dialog = ana.get_by_role("dialog", name="Promote a deployment")
    await expect(dialog.get_by_role("textbox", name="Deployment")).to_be_focused()
    await ana.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("missing required parameter: deployment")
    await ana.keyboard.type("dpl_x")
    await ana.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(launcher).to_be_focused()
    await expect(ana.get_by_role("log")).to_contain_text("outcome: dpl_x is Current")


async def test_two_people_look_side_by_side_and_see_what_becomes_of_the_channel(
    workspace: Workspace, ana: Page, new_page: NewPage
) -> None:
    both = await new_page(width=1500)
    await both.goto(f"{workspace.url}/side-by-side.html#{seed.BOB},{seed.CY}")
    bob, cy = (
        both.frame_locator(f'iframe[title="The workspace as {name} sees it"]')
        for name in ("Bob Meyer", "Cyrus Okafor")
    )
    await expect(ana.get_by_text("Also here: Bob Meyer, Cyrus Okafor")).to_be_visible()
    await bob.get_by_role("combobox", name="Message #deploys").fill("hello")
    await bob.get_by_role("combobox", name="Message #deploys").press("Enter")
    await expect(cy.get_by_role("article", name="Bob Meyer")).to_contain_text("hello")
    await ana.request.put(f"{workspace.url}/sandbox/channels/C0DEPLOYS", data={"name": "live"})
    await ana.get_by_role("button", name="Channel actions").press("Enter")
    await ana.get_by_role("menuitem", name="Archive channel").press("Enter")
    for page in (ana, bob, cy):
        await expect(page.get_by_role("heading", name="live", exact=True)).to_be_visible()
        await expect(page.get_by_text("Archived: nobody can write here.")).to_be_visible()
        await expect(page.get_by_role("combobox", name="Message #deploys")).to_be_hidden()
    await ana.request.put(f"{workspace.url}/sandbox/channels/C0DEPLOYS", data={"deleted": True})
    await expect(cy.get_by_role("heading", name="incidents")).to_be_visible()


async def test_the_page_stays_at_the_end_while_a_message_grows_quickly(ana: Page, bot: Bot) -> None:
    for number in range(8):
        await bot.posts(section(f"line {number}\n\n\n\n"))
    last = await bot.posts(section("last"))
    for lines in range(10, 160, 10):
        grown = section("\n".join(str(n) for n in range(lines)))
        await bot.client.chat_update(channel="C0DEPLOYS", ts=last, text="x", blocks=[grown])
    await bot.posts(section("after"))
    await expect(ana.get_by_text("after", exact=True)).to_be_in_viewport()
