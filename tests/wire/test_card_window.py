"""Between the card and the click: whatever changes meanwhile, only what was confirmed is done."""

import re
from collections.abc import Awaitable, Callable

import pytest

from chatbot.sandbox.seen import SeenMessage
from chatbot.sandbox.vercel.seeding import FOREIGN_TEAM_ID
from tests.conftest import World


async def clicked(world: World, card: SeenMessage, verb: str = "Promote") -> None:
    await world.tell_platform_clear("requests")
    await world.ana.clicks(card, verb)


async def nothing_was_sent(world: World) -> None:
    await world.until_all_is_told()
    assert not await world.requests("POST")


async def test_a_domain_that_came_and_one_that_went_are_named(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    bot.add_domain("shop", "new.example.com")
    await bot.vercel("DELETE", "/v9/projects/shop/domains/eu.shop.example.com")
    await clicked(bot, card)
    again = await bot.ana.sees("Nothing was done: the affected domains changed meanwhile", channel="deploys")
    assert "• Domains: added new.example.com; removed eu.shop.example.com" in again.words
    await nothing_was_sent(bot)
    await bot.ana.clicks(again, "Promote")
    told = await bot.bob.sees("is Current", channel="deploys")
    assert "new.example.com: ok (200)" in told.words
    assert "eu.shop.example.com" not in told.words


async def test_environment_keys_that_changed_are_named(bot: World) -> None:
    card = await bot.card("docs", "Preview")
    body = {"key": "FEATURE_X", "value": "1", "type": "plain", "target": ["production"]}
    await bot.vercel("POST", "/v10/projects/docs/env", body)
    await clicked(bot, card, "Rebuild and promote")
    again = await bot.ana.sees("Nothing was done: the environment keys changed meanwhile", channel="deploys")
    assert "• Keys: `FEATURE_X`" in again.words
    assert "Only in production, new then: `FEATURE_X`, `FEEDBACK_WEBHOOK`" in again.words
    await nothing_was_sent(bot)


async def test_when_current_moved_both_are_named_and_the_commits_are_counted_anew(bot: World) -> None:
    staged = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"]
    before = (await bot.panel())["shop"]["current"]
    card = await bot.card("shop", "Staged")
    assert "*2 commits forward*" in card.words
    await bot.promote_outside("shop", staged[1]["id"])
    await clicked(bot, card)
    again = await bot.ana.sees("Nothing was done: what is Current", channel="deploys")
    assert f"• Current: `{before['sha'][:7]}` → `{staged[1]['sha'][:7]}`" in again.words
    assert "• Auto-assignment: off → on" in again.words
    assert "*1 commit forward*" in again.words
    await nothing_was_sent(bot)


async def by_hand(world: World, deployment_id: str) -> None:
    await world.vercel("DELETE", f"/v13/deployments/{deployment_id}")


async def by_retention(world: World, deployment_id: str) -> None:
    await world.tell_platform("expire", {"deployment": deployment_id})


@pytest.mark.parametrize("delete", [by_hand, by_retention])
async def test_a_deployment_that_was_deleted_is_not_promoted(
    bot: World, delete: Callable[[World, str], Awaitable[None]]
) -> None:
    target = await bot.newest("shop", "Staged")
    card = await bot.card("shop", "Staged")
    await delete(bot, target["id"])
    await clicked(bot, card)
    await nothing_was_sent(bot)
    told = await bot.bob.sees("Promote shop to", channel="deploys")
    assert "Nothing was done: the deployment was deleted after the confirmation." in told.words


async def test_a_project_that_was_renamed_is_promoted_under_its_new_name(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    card = await bot.card("shop", "Staged")
    await bot.vercel("PATCH", "/v9/projects/shop", {"name": "store"})
    await clicked(bot, card)
    await bot.bob.sees(f"store: {target['sha'][:7]} is Current", channel="deploys")
    assert await bot.promotes() == [target["id"]]


async def transferred(world: World) -> None:
    """To another team: it is not the token's any more."""
    store = world.platform.store
    project = store.project_named(world.platform.team_id, "shop")
    assert project is not None
    project.account_id = FOREIGN_TEAM_ID
    for deployment in project.deployments:
        deployment.account_id = FOREIGN_TEAM_ID


async def revoked(world: World) -> None:
    """The bot's token."""
    del world.platform.store.tokens[world.platform.token]


@pytest.mark.parametrize("happens", [transferred, revoked])
async def test_a_project_out_of_reach_is_left_alone_and_vercels_reason_told(
    bot: World, happens: Callable[[World], Awaitable[None]]
) -> None:
    card = await bot.card("shop", "Staged")
    await bot.tell_platform_clear("requests")
    await happens(bot)
    await bot.ana.clicks(card, "Promote")
    told = await bot.bob.sees("failed", channel="deploys")
    assert "Nothing was sent to Vercel. Vercel said: Not authorized" in told.words
    await nothing_was_sent(bot)


async def test_a_clock_that_jumps_back_leaves_the_confirmation_good_for_one_click(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    bot.clock.move(hours=-3)
    await clicked(bot, card)
    await bot.bob.sees("is Current", channel="deploys")
    await bot.until_all_is_told()
    assert len(await bot.promotes()) == 1


async def test_a_clock_that_jumps_ahead_and_back_revives_nothing_that_was_used(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    bot.clock.move(hours=1)
    await clicked(bot, card)
    await bot.ana.sees("This confirmation has expired", channel="deploys")
    bot.clock.move(hours=-1)
    await nothing_was_sent(bot)


async def test_the_card_tells_how_long_moves_usually_take_and_whose_is_under_way(bot: World) -> None:
    first = await bot.card("shop", "Staged")
    assert "This usually takes" not in first.words
    await bot.ana.clicks(first, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    await bot.until_all_is_told()
    building = await bot.rebuild("shop")
    second = await bot.card("shop", "Staged")
    assert re.search(r"Nothing is rebuilt. This usually takes [0-9.]+ s\.", second.words)
    assert "• <@U0ANA0001>'s rebuild to " in second.words
    assert " is under way. This one waits for its turn." in second.words
    await bot.let_build_finish(building)
