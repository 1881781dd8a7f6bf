"""A person clicks and chooses with mouse and keyboard; the app hears what Slack would tell it."""

from typing import Any

from playwright.async_api import Locator, Page, expect

from chatbot.sandbox.slack import Workspace
from tests.browser.bot import CONFIRM, Bot, Json, actions, button, entry, option, plain, section

THREE = [option("Staged"), option("Preview"), option("Promoted")]


def last_message(page: Page) -> Locator:
    return page.get_by_role("article").last


def choices(page: Page) -> Locator:
    """The list of the menu that is open."""
    return page.get_by_role("listbox")


async def test_a_click_reaches_the_app_once(ana: Page, bot: Bot) -> None:
    await bot.posts(actions(button("Promote", "promote", value="dpl_1"), block_id="row"))
    await ana.get_by_role("button", name="Promote", exact=True).click()
    heard = await bot.hears("block_actions")
    assert heard["user"]["id"] == "U0ANA0001"
    assert heard["actions"][0]["value"] == "dpl_1"
    assert heard["actions"][0]["block_id"] == "row"
    assert bot.count("block_actions") == 1


async def test_a_link_button_opens_the_link_and_tells_the_app(
    ana: Page, bot: Bot, workspace: Workspace
) -> None:
    await bot.posts(actions(button("Logs", "logs", url=f"{workspace.url}/icon.svg")))
    async with ana.expect_popup() as opening:
        await ana.get_by_role("link", name="Logs").click()
    assert (await opening.value).url == f"{workspace.url}/icon.svg"
    assert (await bot.hears_action())["action_id"] == "logs"


async def test_the_app_hears_nothing_until_the_dialog_is_confirmed(ana: Page, bot: Bot) -> None:
    await bot.posts(
        actions(button("Roll back", "back", style="danger", confirm=CONFIRM), button("Other", "other"))
    )
    opener = ana.get_by_role("button", name="Roll back")
    dialog = ana.get_by_role("alertdialog", name="Roll back shop?")

    await opener.click()
    await expect(dialog.get_by_text("3 domains go back to a3f9c21.")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Keep")).to_be_focused()
    await dialog.get_by_role("button", name="Keep").click()
    await expect(dialog).to_have_count(0)
    await expect(opener).to_be_focused()

    await ana.keyboard.press("Enter")
    await expect(dialog).to_be_visible()
    await ana.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await ana.get_by_role("button", name="Other").click()
    assert (await bot.hears_action())["action_id"] == "other"

    await opener.click()
    await dialog.get_by_role("button", name="Roll back").click()
    assert (await bot.hears_action(2))["action_id"] == "back"


async def test_a_click_that_is_not_acknowledged_says_so_at_the_message(
    ana: Page, bot: Bot, workspace: Workspace
) -> None:
    async def fails(_body: Json, _client: Any) -> None:
        raise RuntimeError

    bot.on_action = fails
    await bot.posts(actions(button("Promote", "promote")))
    await ana.get_by_role("button", name="Promote", exact=True).click()
    await expect(last_message(ana).get_by_role("alert")).to_contain_text("operation_timeout")


async def test_a_menu_is_chosen_from_with_the_keyboard(ana: Page, bot: Bot) -> None:
    await bot.posts(
        actions(
            {"type": "static_select", "action_id": "which", "placeholder": plain("State"), "options": THREE}
        )
    )
    menu = ana.get_by_role("combobox", name="State")
    await menu.focus()
    await ana.keyboard.press("ArrowDown")
    await expect(choices(ana).get_by_role("option")).to_have_text(["Staged", "Preview", "Promoted"])
    await ana.keyboard.press("ArrowDown")
    await ana.keyboard.press("Enter")
    assert (await bot.hears_action())["selected_option"]["value"] == "preview"
    await expect(menu).to_have_value("Preview")
    await expect(ana.get_by_role("listbox")).to_have_count(0)

    await menu.fill("prom")
    await expect(choices(ana).get_by_role("option")).to_have_text(["Promoted"])
    await ana.keyboard.press("Escape")
    await expect(menu).to_have_value("Preview")
    assert bot.count("block_actions") == 1


async def test_several_are_chosen_and_taken_back_one_at_a_time(ana: Page, bot: Bot) -> None:
    element = {
        "type": "multi_static_select",
        "action_id": "many",
        "placeholder": plain("States"),
        "options": THREE,
    }
    await bot.posts(section("Which?", accessory=element))
    menu = ana.get_by_role("combobox", name="States")
    for count, name in enumerate(["Staged", "Promoted"], 1):
        await menu.fill(name)
        await choices(ana).get_by_role("option", name=name).click()
        await bot.hears_action(count)
    assert [each["value"] for each in (await bot.hears_action(2))["selected_options"]] == [
        "staged",
        "promoted",
    ]
    await ana.get_by_role("button", name="Remove Staged").click()
    assert [each["value"] for each in (await bot.hears_action(3))["selected_options"]] == ["promoted"]


async def test_people_and_channels_are_offered_by_name(ana: Page, bot: Bot) -> None:
    await bot.posts(
        actions(
            {"type": "users_select", "action_id": "who", "placeholder": plain("Who")},
            {"type": "channels_select", "action_id": "room", "placeholder": plain("Room")},
        )
    )
    await ana.get_by_role("combobox", name="Who").fill("dee")
    await choices(ana).get_by_role("option", name="Dee Lindqvist").click()
    assert (await bot.hears_action())["selected_user"] == "U0DEE0004"
    await ana.get_by_role("combobox", name="Room").fill("inc")
    await choices(ana).get_by_role("option", name="#incidents").click()
    assert (await bot.hears_action(2))["selected_channel"] == "C0INCIDNT"


async def test_an_external_menu_asks_the_app_for_what_is_typed(ana: Page, bot: Bot) -> None:
    element = {
        "type": "external_select",
        "action_id": "fish",
        "placeholder": plain("Fish"),
        "min_query_length": 2,
    }
    await bot.posts(actions(element))
    menu = ana.get_by_role("combobox", name="Fish")
    await menu.click()
    await expect(ana.get_by_text("Type at least 2 characters")).to_be_visible()
    await menu.press_sequentially("co")
    await expect(choices(ana).get_by_role("option")).to_have_text(["Cod", "Coley", "Conger"])
    await menu.press_sequentially("n")
    await expect(choices(ana).get_by_role("option")).to_have_text(["Conger"])
    await menu.press("Enter")
    assert (await bot.hears_action())["selected_option"]["value"] == "conger"
    assert (await bot.hears("block_suggestion"))["value"] == "co"


async def test_radio_checkbox_date_time_text_and_overflow_tell_the_app(ana: Page, bot: Bot) -> None:
    await bot.posts(
        actions(
            {"type": "radio_buttons", "action_id": "radio", "options": THREE},
            {"type": "checkboxes", "action_id": "boxes", "options": THREE},
            {"type": "datepicker", "action_id": "day", "placeholder": plain("Day")},
            {"type": "timepicker", "action_id": "hour", "placeholder": plain("Hour")},
            {"type": "overflow", "action_id": "more", "options": THREE},
        ),
        entry("Why", {"type": "plain_text_input", "action_id": "why"}, dispatch_action=True),
    )
    message = last_message(ana)
    await message.get_by_role("radio", name="Preview").check()
    assert (await bot.hears_action(1))["selected_option"]["value"] == "preview"
    await message.get_by_role("checkbox", name="Staged").check()
    assert [each["value"] for each in (await bot.hears_action(2))["selected_options"]] == ["staged"]
    await message.get_by_label("Day").fill("2026-11-24")
    await message.get_by_label("Day").blur()
    assert (await bot.hears_action(3))["selected_date"] == "2026-11-24"
    await message.get_by_label("Hour").fill("13:45")
    await message.get_by_label("Hour").blur()
    assert (await bot.hears_action(4))["selected_time"] == "13:45"
    await message.get_by_role("button", name="More actions").press("Enter")
    await ana.keyboard.press("ArrowDown")
    await ana.keyboard.press("Enter")
    assert (await bot.hears_action(5))["selected_option"]["value"] == "preview"
    await expect(message.get_by_role("button", name="More actions")).to_be_focused()
    await message.get_by_role("textbox", name="Why").fill("hotfix")
    await message.get_by_role("textbox", name="Why").press("Enter")
    assert (await bot.hears_action(6))["value"] == "hotfix"


async def test_what_stands_in_the_inputs_of_a_message_goes_along_with_a_click(ana: Page, bot: Bot) -> None:
    await bot.posts(
        entry("Reason", {"type": "plain_text_input", "action_id": "why"}, block_id="reason"),
        actions(button("Go", "go")),
    )
    await ana.get_by_role("textbox", name="Reason").fill("hotfix")
    await ana.get_by_role("button", name="Go").click()
    heard = await bot.hears("block_actions")
    assert heard["state"]["values"]["reason"]["why"]["value"] == "hotfix"


async def test_an_update_leaves_the_keyboard_where_it_was(ana: Page, bot: Bot) -> None:
    def blocks(words: str, *buttons: Json) -> list[Json]:
        return [section(words, block_id="words"), actions(*buttons, block_id=f"row{len(buttons)}")]

    go, stop = button("Go", "go"), button("Stop", "stop")
    ts = await bot.posts(*blocks("0 of 3", go, stop))
    await ana.get_by_role("button", name="Stop").focus()

    async def update(words: str, *buttons: Json) -> None:
        await bot.client.chat_update(channel="C0DEPLOYS", ts=ts, text=words, blocks=blocks(words, *buttons))
        await expect(last_message(ana)).to_contain_text(words)

    await update("1 of 3", go, stop)
    await expect(ana.get_by_role("button", name="Stop")).to_be_focused()
    await update("2 of 3", stop)
    await expect(last_message(ana)).to_be_focused()
