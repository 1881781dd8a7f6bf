"""Production that stays pinned: one message reminds of it, says who keeps it so, and says when it is over."""

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World


async def pinned_by_ana(world: World) -> None:
    await world.ana.types("/rollback shop the cart is empty", channel="deploys")
    listing = await world.ana.sees("Roll back shop?", channel="deploys")
    await world.ana.clicks(listing, listing.buttons[0])
    await world.ana.clicks(await world.ana.sees("Roll back shop to", channel="deploys"), "Roll back")
    await world.bob.sees("Production is pinned: new", channel="deploys")


async def reminded(world: World, words: str) -> SeenMessage:
    """The one message about it."""
    seen = await world.bob.sees(words, channel="deploys")
    about = [m for m in await world.bob.reads("deploys") if "Production of shop is" in m.words]
    assert [m.ts for m in about] == [seen.ts]
    return seen


async def test_people_are_reminded_of_what_is_not_live_until_it_is_resumed(world: World) -> None:
    bot = world
    await bot.start_bot(promotebot_poll_seconds=0.1)
    await bot.until_watched("shop")
    await pinned_by_ana(bot)
    pushed = (await bot.tell_platform("push", {"project": "shop", "branch": "main"}))["deployment"]
    await bot.until_state("shop", pushed["id"], "Staged")
    bot.clock.move(hours=3, minutes=1)
    first = await reminded(bot, "Production of shop is pinned, for 3 h")
    assert "Rolled back by ana, " in first.words
    assert "Reason: the cart is empty" in first.words
    assert "*Not live: " in first.words
    await bot.bob.clicks(first, "Keep 4 h more")
    await bot.bob.sees("Only workspace admins may act", channel="deploys")
    await bot.ana.clicks(first, "Keep 4 h more")
    await reminded(bot, "*Kept so on purpose* by ana, until")
    assert (await bot.until_audited("pin.kept")).project == "shop"
    bot.clock.move(hours=4, minutes=1)
    again = await reminded(bot, "Production of shop is pinned, for 7 h")
    assert "Kept" not in again.words
    bot.clock.move(days=1)
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
    await world.start_bot(promotebot_poll_seconds=0.1)  # one more replica tells nothing again
    await world.ana.types(f"/promote {build}", channel="deploys")
    await world.ana.clicks(await world.ana.sees("Promote shop to", channel="deploys"), "Promote")
    over = await world.bob.sees("Nothing to resume from here any more", channel=direct)
    assert (over.ts, over.buttons) == (told.ts, [])
    assert len([m for m in await world.bob.reads(direct) if "Your merge" in m.words]) == 1
