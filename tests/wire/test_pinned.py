"""Production that stays pinned: one message reminds of it, says who keeps it so, and says when it is over."""

import asyncio

import pytest

from chatbot.domain.pinning import NoLongerPinned
from chatbot.listeners import Bot
from chatbot.sandbox.seen import SeenMessage
from storage import pins
from tests.conftest import World


async def pinned_by_ana(world: World) -> None:
    await world.ana.types("/rollback shop the cart is empty", channel="deploys")
    listing = await world.ana.sees("Roll back shop?", channel="deploys")
    await world.ana.clicks(listing, listing.buttons[0])
    await world.ana.clicks(await world.ana.sees("Roll back shop to", channel="deploys"), "Roll back")
    await world.bob.sees("Production is pinned: new", channel="deploys")


def later(world: World, bot: Bot, **by: float) -> None:
    """Some time has passed; nobody waits for the next tick."""
    world.clock.move(**by)
    bot.reminding.wake()


async def reminded(world: World, words: str) -> SeenMessage:
    """The one message about it."""
    seen = await world.bob.sees(words, channel="deploys")
    about = [m for m in await world.bob.reads("deploys") if "Production of shop is" in m.words]
    assert [m.ts for m in about] == [seen.ts]
    return seen


async def test_people_are_reminded_of_what_is_not_live_until_it_is_resumed(world: World) -> None:
    bot = world
    await bot.start_bot(promotebot_poll_seconds=0.1)
    replica = await bot.start_bot()
    await bot.until_watched("shop")
    await pinned_by_ana(bot)
    pushed = (await bot.tell_platform("push", {"project": "shop", "branch": "main"}))["deployment"]
    await bot.until_state("shop", pushed["id"], "Staged")
    later(bot, replica.bot, hours=3, minutes=1)
    first = await reminded(bot, "Production of shop is pinned, for 3 h")
    assert "Rolled back by ana, " in first.words
    assert "Reason: the cart is empty" in first.words
    assert "*Not live: " in first.words
    await bot.bob.clicks(first, "Keep 4 h more")
    await bot.bob.sees("Only workspace admins may act", channel="deploys")
    await bot.ana.clicks(first, "Keep 4 h more")
    await reminded(bot, "*Kept so on purpose* by ana, until")
    assert (await bot.until_audited("pin.kept")).project == "shop"
    later(bot, replica.bot, hours=4, minutes=1)
    again = await reminded(bot, "Production of shop is pinned, for 7 h")
    assert "Kept" not in again.words
    later(bot, replica.bot, days=1)
    last = await reminded(bot, "Production of shop is pinned, for 31 h")
    await bot.ana.clicks(last, "Resume…")
    await bot.ana.clicks(await bot.ana.sees("Promote shop to", channel="deploys"), "Promote")
    await bot.bob.sees("is Current on", channel="deploys")
    over = await reminded(bot, "Production of shop is not pinned any more, after 31 h")
    assert "Moved by ana." in over.words
    assert not over.buttons


async def test_the_author_of_a_merge_that_does_not_go_live_is_told_once(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("shop")
    await pinned_by_ana(world)
    push = {"project": "shop", "branch": "main", "author": "bob", "message": "faster cart"}
    build = (await world.tell_platform("push", push))["deployment"]["id"]
    direct = await world.direct_channel("U0BOB0002")
    told = await world.bob.sees("Your merge did not go live: shop", channel=direct)
    assert "faster cart (bob, main)" in told.words
    assert "rolled back by ana, " in told.words
    assert "Reason: the cart is empty" in told.words
    assert "here or in <#C0DEPLOYS>" in told.words
    await world.bob.clicks(told, "Resume…")
    await world.bob.sees("Only workspace admins may act", channel=direct)
    await world.bob.types("/promotebot merges off", channel="deploys")
    await world.bob.sees("I no longer tell you when a merge of yours", channel="deploys")
    again = (await world.tell_platform("push", push))["deployment"]["id"]
    await world.until_state("shop", again, "Staged")
    await world.bob.types("/promotebot merges", channel="deploys")
    await world.bob.sees("I do not tell you now", channel="deploys")
    await world.ana.types(f"/promote {build}", channel="deploys")
    await world.ana.clicks(await world.ana.sees("Promote shop to", channel="deploys"), "Promote")
    over = await world.bob.sees("Nothing to resume from here any more", channel=direct)
    assert (over.ts, over.buttons) == (told.ts, [])
    assert len([m for m in await world.bob.reads(direct) if "Your merge" in m.words]) == 1


async def pinned_outside(world: World) -> Bot:
    """Two channels hear of it."""
    running = await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("shop")
    for channel in ("deploys", "general"):
        await world.ana.types("/promotebot subscribe shop pinned", channel=channel)
        await world.ana.sees("subscribed this channel", channel=channel)
    await world.roll_back_outside("shop", (await world.newest("shop", "Promoted"))["id"])
    for channel in ("deploys", "general"):
        await world.bob.sees("Production of shop is pinned", channel=channel)
    bot: Bot = running.bot
    return bot


async def until_remembered(world: World, number: int) -> dict[str, str]:
    """Where the reminders stand, once so many are written down: channel to timestamp."""
    project_id = await world.project_id("shop")
    async with asyncio.timeout(20):
        while True:
            async with world.database.read() as session:
                found = {r.channel: r.ts for r in await pins.shown(session, project_id)}
            if len(found) >= number:
                return found
            await asyncio.sleep(0.05)  # the database tells nobody


async def reminders(world: World, channel: str) -> list[SeenMessage]:
    return [m for m in await world.bob.reads(channel) if "is pinned, for" in m.words]


async def test_a_reminder_outlives_lost_answers_deleted_messages_closed_channels_and_the_project(
    world: World,
) -> None:
    first_bot = await pinned_outside(world)
    await world.slack_fault(method="chat.postMessage", drop="after")
    later(world, first_bot, hours=3, minutes=1)
    for channel in ("deploys", "general"):
        first = await world.bob.sees("is pinned, for 3 h", channel=channel)
        assert "Rolled back by ana, " in first.words
    later(world, first_bot, minutes=2)  # what Slack did not answer is asked again
    told = await until_remembered(world, 2)
    assert told.keys() == {"C0DEPLOYS", "C0GENERAL"}
    for channel in ("deploys", "general"):
        assert [m.ts for m in await reminders(world, channel)] == [told[f"C0{channel.upper()}"]]
    await world.steer("channels/C0GENERAL", archived=True)
    await first_bot.slack.chat_delete(channel="C0DEPLOYS", ts=told["C0DEPLOYS"])
    later(world, first_bot, days=1)
    anew = await world.bob.sees("is pinned, for 27 h", channel="deploys")
    assert anew.ts != told["C0DEPLOYS"]
    shop = await world.project_id("shop")
    await world.vercel("DELETE", "/v9/projects/shop")
    gone = await world.bob.sees("Its production was pinned for", channel="deploys")
    assert (gone.ts, gone.buttons) == (anew.ts, [])
    with pytest.raises(NoLongerPinned):  # the click of somebody who has not seen that yet
        await first_bot.reminding.keep(shop, actor="slack:U0ANA0001", channel="C0DEPLOYS")
