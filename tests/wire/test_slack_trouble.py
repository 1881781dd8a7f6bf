"""Whatever Slack does: production changes as confirmed, and the outcome is told once Slack takes it."""

import asyncio
from contextlib import suppress

from chatbot.sandbox.person import NotSeen
from tests.conftest import World


async def test_a_channel_that_is_closed_to_the_bot_is_told_in_a_direct_message(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.ana.types(f"/promote {target['id']}", channel="secret")
    card = await bot.ana.sees("Promote shop to", channel="secret")
    await bot.ana.clicks(card, "Promote")
    direct = await bot.direct_channel("U0ANA0001")
    await bot.ana.sees("is Current", channel=direct)
    assert await bot.serving("shop") == {target["id"]}


async def test_a_public_channel_that_the_bot_did_not_join_is_told(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.ana.types(f"/promote {target['id']}", channel="quiet")
    card = await bot.ana.sees("Promote shop to", channel="quiet")
    await bot.ana.clicks(card, "Promote")
    await bot.ana.sees("is Current", channel="quiet")


async def test_a_rate_limit_of_slack_delays_the_message_and_not_the_operation(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", status=429, retry_after=1, times=2)
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    await bot.bob.sees("Current of shop is now", channel="deploys")


async def test_an_answer_of_slack_that_is_lost_posts_no_second_message(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", drop="after")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    posted = [m for m in await bot.bob.reads("deploys") if "shop" in m.words and not m.ephemeral]
    assert len(posted) == 2  # the operation message and the announcement


async def test_an_operation_goes_on_when_slack_disconnects(bot: World) -> None:
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    for what in ({"do": "disconnect", "reason": "warning"}, {"do": "abort"}):
        async with bot.session.post(f"{bot.workspace.url}/sandbox/socket", json=what) as answer:
            assert answer.status == 200
    await bot.bob.sees("is Current", channel="deploys")


async def test_a_deleted_operation_message_does_not_stop_the_announcement(bot: World) -> None:
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("Requested by", channel="deploys")
    await bot.slack_fault(method="chat.update", error="message_not_found", times=50)
    await bot.bob.sees("Current of docs is now", channel="deploys")
    assert await bot.serving("docs") == {(await bot.panel())["docs"]["current"]["id"]}


async def test_an_outcome_that_slack_does_not_take_is_told_later(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", error="internal_error", times=3)
    await bot.slack_fault(method="chat.update", error="internal_error", times=3)
    await bot.ana.clicks(card, "Promote")
    async with asyncio.timeout(10):
        while not any(e.action == "operation.succeeded" for e in await bot.audit()):  # noqa: ASYNC110 - no callback
            await asyncio.sleep(0.05)
    assert not any("is Current" in m.words for m in await bot.bob.reads("deploys"))
    for _ in range(8):
        bot.clock.move(minutes=11)
        with suppress(NotSeen):
            await bot.bob.sees("is Current", channel="deploys", within=1.5)
            break
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert len(await bot.requests("POST")) == 1
