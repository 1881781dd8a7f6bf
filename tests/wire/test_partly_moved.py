"""A move that ended half way: every way on and every way back moves all domains."""

import pytest

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World

STUCK = "eu.shop.example.com"


async def _partly_moved(world: World) -> tuple[SeenMessage, str, str]:
    """The operation message, the deployment that three domains moved to, and the one that the fourth still serves."""
    await _sticks(world)
    before = (await world.panel())["shop"]["current"]["id"]
    target = (await world.newest("shop", "Staged"))["id"]
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    message = await world.bob.sees("only partly moved", channel="deploys")
    assert await world.serving("shop") == {target, before}
    return message, target, before


async def _sticks(world: World) -> None:
    await world.tell_platform("faults", [{"alias_job": {"project": "shop", "fails_for": [STUCK]}}])


async def test_retry_moves_the_rest(bot: World) -> None:
    partly, target, _ = await _partly_moved(bot)
    await bot.ana.clicks(partly, "Retry these domains", confirmed=True)
    done = await bot.bob.sees("is Current", channel="deploys")
    assert f"• {STUCK}: ok (200)" in done.words
    assert await bot.serving("shop") == {target}
    assert await bot.promotes() == [target, target]


async def test_roll_back_moves_all_of_them_back(bot: World) -> None:
    partly, _, before = await _partly_moved(bot)
    button = next(text for text in partly.buttons if text.startswith("Roll back to"))
    await bot.ana.clicks(partly, button, confirmed=True)
    done = await bot.bob.sees("Production is pinned", channel="deploys")
    assert done.words.count(": ok (200)") == 4
    assert await bot.serving("shop") == {before}


@pytest.mark.parametrize("command", ["/promote", "/rollback"])
@pytest.mark.parametrize("chosen", ["what it was to move to", "what it was before"])
async def test_a_command_moves_all_of_them_to_either_deployment(
    bot: World, command: str, chosen: str
) -> None:
    _, target, before = await _partly_moved(bot)
    deployment = target if chosen == "what it was to move to" else before
    await bot.ana.types(f"{command} {deployment}", channel="general")
    card = await bot.ana.sees("Not every domain serves what is Current.", channel="general")
    await bot.ana.clicks(card, {"/promote": "Promote", "/rollback": "Roll back"}[command])
    done = await bot.bob.sees("is Current", channel="general")
    assert done.words.count(": ok (200)") == 4
    assert await bot.serving("shop") == {deployment}


async def test_a_retry_that_ends_half_way_again_can_be_retried(bot: World) -> None:
    partly, target, _ = await _partly_moved(bot)
    await _sticks(bot)
    await bot.ana.clicks(partly, "Retry these domains", confirmed=True)
    again = await bot.bob.sees("only partly moved", channel="deploys", after=partly)
    await bot.ana.clicks(again, "Retry these domains", confirmed=True)
    await bot.bob.sees("is Current", channel="deploys")
    assert await bot.serving("shop") == {target}


async def test_the_buttons_of_the_first_half_are_old_once_the_rest_has_moved(bot: World) -> None:
    """Also where Slack has not taken them away."""
    partly, target, _ = await _partly_moved(bot)
    await bot.slack_fault(method="chat.update", error="cant_update_message", times=100)
    await bot.ana.clicks(partly, "Retry these domains", confirmed=True)
    last = await bot.bob.sees("Current of shop is now", channel="deploys")
    back = next(text for text in partly.buttons if text.startswith("Roll back to"))
    for button in ("Retry these domains", back):
        await bot.ana.clicks(partly, button, confirmed=True)
        last = await bot.ana.sees("belonged to an older change", channel="deploys", after=last)
    await bot.until_all_is_told()
    assert await bot.serving("shop") == {target}
    assert await bot.promotes() == [target, target]


async def test_the_announcement_after_a_retry_leads_back_to_what_served_before_it_all(bot: World) -> None:
    partly, _, before = await _partly_moved(bot)
    await bot.ana.clicks(partly, "Retry these domains", confirmed=True)
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    label = bot.platform.store.deployments[before].commit.sha[:7]
    await bot.ana.clicks(announced, f"Roll back to {label}", confirmed=True)
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert await bot.serving("shop") == {before}


async def test_somebody_who_may_not_act_cannot_retry(bot: World) -> None:
    partly, target, before = await _partly_moved(bot)
    await bot.bob.clicks(partly, "Retry these domains", confirmed=True)
    await bot.bob.sees("You may not change production", channel="deploys")
    assert await bot.serving("shop") == {target, before}
    assert await bot.promotes() == [target]
