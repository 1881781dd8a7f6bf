"""The page as a whole: typing, people, threads, lost connections."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from chatbot.sandbox.slack import Workspace, seed
from tests.browser.bot import MANIFEST, Bot, actions, button, section

NewPage = Callable[..., Awaitable[Page]]


def box(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Message #deploys")


async def test_a_command_is_completed_with_the_keyboard_and_run(ana: Page, bot: Bot) -> None:
    await box(ana).press_sequentially("/pro")
    names = ana.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(names).to_have_text(["/promote [id or URL]Make it Current", "/promotebot help | whoamiHelp"])
    await ana.keyboard.press("ArrowDown")
    await ana.keyboard.press("Tab")
    await expect(box(ana)).to_have_value("/promotebot ")
    await expect(box(ana)).to_have_accessible_description("/promotebot help | whoami Help")
    await ana.keyboard.type("help")
    await ana.keyboard.press("Enter")
    assert (await bot.hears("command"))["text"] == "help"
    await expect(box(ana)).to_have_value("")
    await expect(box(ana)).to_be_focused()


async def test_escape_closes_the_completion_and_keeps_what_was_typed(ana: Page) -> None:
    await box(ana).press_sequentially("/r")
    await expect(ana.get_by_role("option", name="/rollback")).to_be_visible()
    await expect(box(ana)).to_have_attribute("aria-expanded", "true")
    await ana.keyboard.press("Escape")
    await expect(ana.get_by_role("listbox", name="Commands")).to_have_count(0)
    await expect(box(ana)).to_have_value("/r")


async def test_a_command_that_fails_says_why_and_can_be_sent_again(ana: Page) -> None:
    await box(ana).fill("/silent please")
    await box(ana).press("Enter")
    await expect(
        ana.get_by_role("alert").filter(has_text="did not answer within three seconds")
    ).to_be_visible()
    await expect(box(ana)).to_have_value("/silent please")
    log = ana.get_by_role("log")
    await expect(log).to_contain_text('/silent failed with the error "operation_timeout"')
    await box(ana).fill("/nobody")
    await box(ana).press("Enter")
    await expect(ana.get_by_role("alert").filter(has_text="unknown_command")).to_be_visible()


async def test_a_plain_message_is_sent_with_enter_and_shift_enter_starts_a_line(ana: Page) -> None:
    await box(ana).press_sequentially("one")
    await ana.keyboard.press("Shift+Enter")
    await ana.keyboard.type("two")
    await ana.keyboard.press("Enter")
    await expect(ana.get_by_role("article", name="Ana Duarte")).to_contain_text(
        "one\ntwo", use_inner_text=True
    )


async def test_an_ephemeral_message_is_shown_to_one_person_only(
    ana: Page, bot: Bot, workspace: Workspace, new_page: NewPage
) -> None:
    bob = await new_page()
    await bob.goto(f"{workspace.url}/#as={seed.BOB}&in=C0DEPLOYS")
    await expect(bob.get_by_role("combobox", name="You are")).to_have_value(seed.BOB)
    await bot.client.chat_postEphemeral(channel="C0DEPLOYS", user=seed.ANA, text="for Ana")
    await bot.posts(text="for all")
    for page in (ana, bob):
        await expect(page.get_by_role("log")).to_contain_text("for all")
    await expect(ana.get_by_role("article").filter(has_text="for Ana")).to_contain_text("Only visible to you")
    await expect(bob.get_by_role("log")).not_to_contain_text("for Ana")


async def test_the_chooser_changes_who_looks_and_who_acts(ana: Page, bot: Bot) -> None:
    await expect(ana.get_by_role("link", name="secret")).to_be_visible()
    await ana.get_by_label("You are").select_option(label="Dee Lindqvist")
    await expect(ana.get_by_role("link", name="secret")).to_have_count(0)
    await bot.posts(actions(button("Go", "go")))
    await ana.get_by_role("button", name="Go").click()
    assert (await bot.hears("block_actions"))["user"]["id"] == "U0DEE0004"


async def test_a_thread_opens_under_its_message_and_takes_replies(ana: Page, bot: Bot) -> None:
    ts = await bot.posts(section("Promoting shop"))
    await bot.posts(text="1 of 3 domains", thread_ts=ts)
    await bot.posts(text="It is Current", thread_ts=ts, reply_broadcast=True)
    broadcast = ana.get_by_role("article").filter(has_text="It is Current")
    await expect(broadcast).to_contain_text("also sent to a thread")
    await expect(ana.get_by_role("log")).not_to_contain_text("1 of 3 domains")
    await ana.get_by_role("button", name="2 replies").click()
    thread = ana.get_by_role("region", name="Thread")
    await expect(thread.get_by_role("article")).to_have_count(2)
    await thread.get_by_label("Reply in thread").fill("thanks")
    await ana.keyboard.press("Enter")
    await expect(thread.get_by_role("article").last).to_contain_text("thanks")
    await ana.get_by_role("button", name="Close thread").click()
    await expect(ana.get_by_role("button", name="3 replies")).to_be_focused()


async def test_a_lost_server_is_said_and_its_return_shows_what_is_there_now(new_page: NewPage) -> None:
    page = await new_page()
    async with Workspace(MANIFEST) as first:
        await page.goto(first.url)
        await box(page).fill("before")
        await box(page).press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("before")
        port = int(first.url.rsplit(":", 1)[1])
    await expect(page.get_by_text("Offline, retrying…")).to_be_visible()
    await box(page).fill("into the void")
    await box(page).press("Enter")
    await expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible()
    async with Workspace(MANIFEST, port=port):
        await expect(page.get_by_text("Offline, retrying…")).to_have_count(0)
        await expect(page.get_by_role("log")).not_to_contain_text("before")
        await box(page).press("Enter")
        await expect(page.get_by_role("log")).to_contain_text("into the void")


async def test_a_message_elsewhere_is_counted_at_its_channel(ana: Page, bot: Bot) -> None:
    await bot.client.chat_postMessage(channel="C0INCIDNT", text="shop is down")
    await ana.get_by_role("link", name="incidents 1 new").click()
    await expect(ana.get_by_role("log", name="Messages in #incidents")).to_contain_text("shop is down")
    await expect(ana.get_by_role("link", name="incidents", exact=True)).to_be_visible()
