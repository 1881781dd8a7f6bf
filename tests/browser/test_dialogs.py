"""Modals and App Home: the views that the app opens for a person."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from tests.browser.bot import Bot, Json, actions, button, entry, modal, option, section

REASON = entry("Reason", {"type": "plain_text_input", "action_id": "why"}, block_id="reason")
CHECKED = entry(
    "Checked",
    {"type": "checkboxes", "action_id": "boxes", "options": [option("Migrations"), option("Cron")]},
    block_id="checked",
)


@pytest.fixture
def opens(bot: Bot) -> Any:
    """Makes the next command open this modal."""

    def decide(view: Json) -> None:
        async def on_command(body: Json, client: AsyncWebClient) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        bot.on_command = on_command

    return decide


async def open_modal(page: Page, name: str) -> Locator:
    box = page.get_by_role("combobox", name="Message #deploys")
    await box.fill("/promote x")
    await box.press("Enter")
    dialog = page.get_by_role("dialog", name=name)
    await expect(dialog).to_be_visible()
    return dialog


async def test_a_modal_is_filled_in_submitted_and_closed(ana: Page, bot: Bot, opens: Any) -> None:
    opens(modal("Promote shop", section("*3 domains* will move"), REASON, CHECKED, callback_id="promote"))
    dialog = await open_modal(ana, "Promote shop")
    await expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()
    await ana.keyboard.type("hotfix")
    await dialog.get_by_role("checkbox", name="Cron").check()
    await dialog.get_by_role("button", name="Save").click()
    values = (await bot.hears("view_submission"))["view"]["state"]["values"]
    assert values["reason"]["why"]["value"] == "hotfix"
    assert [each["value"] for each in values["checked"]["boxes"]["selected_options"]] == ["cron"]
    await expect(dialog).to_have_count(0)
    await expect(ana.get_by_role("combobox", name="Message #deploys")).to_be_focused()


async def test_errors_stand_at_their_inputs_and_take_the_keyboard(ana: Page, bot: Bot, opens: Any) -> None:
    opens(modal("Promote shop", CHECKED | {"optional": True}, REASON, callback_id="promote"))
    dialog = await open_modal(ana, "Promote shop")
    await dialog.get_by_role("button", name="Save").click()
    reason = dialog.get_by_role("textbox", name="Reason")
    await expect(
        dialog.get_by_role("alert").filter(has_text="Please complete this required field.")
    ).to_be_visible()
    await expect(reason).to_be_focused()
    assert bot.count("view_submission") == 0

    bot.submission_ack = {"response_action": "errors", "errors": {"reason": "Too short: say why."}}
    await reason.fill("x")
    await reason.press("Enter")
    await expect(reason).to_have_accessible_error_message("Too short: say why.")
    await expect(reason).to_have_value("x")

    bot.submission_ack = {}
    await reason.fill("the fix for #12")
    await reason.press("Enter")
    await expect(dialog).to_have_count(0)


async def test_a_modal_on_top_of_another_gives_it_back_as_it_was(ana: Page, bot: Bot, opens: Any) -> None:
    async def push(body: Json, client: AsyncWebClient) -> None:
        view = modal("All domains", section("shop.example.com"), submit=None)
        await client.views_push(
            trigger_id=body["trigger_id"], view={k: v for k, v in view.items() if v is not None}
        )

    bot.on_action = push
    opens(modal("Promote shop", REASON, actions(button("Show all", "all"))))
    dialog = await open_modal(ana, "Promote shop")
    await dialog.get_by_role("textbox", name="Reason").fill("half a sen")
    await dialog.get_by_role("button", name="Show all").click()
    heard = await bot.hears("block_actions")
    assert heard["view"]["state"]["values"]["reason"]["why"]["value"] == "half a sen"
    upper = ana.get_by_role("dialog", name="All domains")
    await expect(upper.get_by_text("shop.example.com")).to_be_visible()
    await expect(upper.get_by_role("button", name="Submit")).to_have_count(0)
    await ana.keyboard.press("Escape")
    await expect(dialog.get_by_role("textbox", name="Reason")).to_have_value("half a sen")


async def test_escape_closes_a_modal_and_the_app_hears_of_it(ana: Page, bot: Bot, opens: Any) -> None:
    opens(modal("Promote shop", REASON, notify_on_close=True))
    dialog = await open_modal(ana, "Promote shop")
    await ana.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert (await bot.hears("view_closed"))["is_cleared"] is False


async def test_an_updated_modal_keeps_what_was_typed(ana: Page, bot: Bot, opens: Any) -> None:
    opens(modal("Promote shop", section("Looking…", block_id="state"), REASON))
    dialog = await open_modal(ana, "Promote shop")
    await dialog.get_by_role("textbox", name="Reason").fill("half")
    view_id = (await ana.request.get(ana.url.split("#")[0] + "sandbox/views?as=U0ANA0001")).json
    opened = (await view_id())["views"][-1]["id"]
    await bot.client.views_update(
        view_id=opened, view=modal("Promote shop", section("3 domains", block_id="state"), REASON)
    )
    await expect(dialog.get_by_text("3 domains")).to_be_visible()
    await expect(dialog.get_by_role("textbox", name="Reason")).to_have_value("half")
    await expect(dialog.get_by_role("textbox", name="Reason")).to_be_focused()


async def test_app_home_shows_what_the_app_published_for_me(ana: Page, bot: Bot) -> None:
    await ana.get_by_role("link", name="promotebot Home").click()
    await expect(ana.get_by_text("The app has not published a Home for you.")).to_be_visible()
    opened = await bot.hears("app_home_opened")
    view = {"type": "home", "blocks": [section("*shop* is Current"), actions(button("Refresh", "refresh"))]}
    await bot.client.views_publish(user_id=opened["user"], view=view)
    await expect(ana.get_by_text("shop is Current")).to_be_visible()
    await ana.get_by_role("button", name="Refresh").click()
    assert (await bot.hears("block_actions"))["container"]["type"] == "view"
