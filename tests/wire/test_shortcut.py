"""*Promote this deployment*, used on what people, the bot and other apps wrote."""

from tests.conftest import World

PROMOTE = "message.promote"


async def test_the_shortcut_confirms_what_a_message_names_or_lets_one_choose(bot: World) -> None:
    staged, before = await bot.newest("shop", "Staged"), (await bot.panel())["shop"]["current"]
    await bot.bob.types(
        f"looks good: https://{bot.platform.store.deployments[staged['id']].url}/cart", channel="deploys"
    )
    message = await bot.ana.sees("looks good", channel="deploys")
    await bot.bob.uses_shortcut(PROMOTE, message)
    assert (await bot.bob.sees("workspace admins", channel="deploys")).ephemeral
    assert not await bot.operations()
    await bot.ana.uses_shortcut(PROMOTE, message)
    card = await bot.ana.sees("Promote shop to", channel="deploys")
    assert card.ephemeral
    await bot.ana.clicks(card, "Promote")

    # Our own announcement names two: what is Current, and what was.
    announced = await bot.bob.sees("Current of shop is now", channel="deploys")
    await bot.ana.uses_shortcut(PROMOTE, announced)
    choice = await bot.ana.sees("That message speaks of 2 deployments. Which one?", channel="deploys")
    assert choice.buttons == ["Roll back…"]
    await bot.ana.clicks(choice, "Roll back…")
    await bot.ana.sees("Roll back shop to", channel="deploys")

    reply = await bot.bob.posts(f"or `{before['sha'][:7]}`?", channel="deploys", thread=message)
    await bot.ana.uses_shortcut(PROMOTE, reply)
    await bot.ana.sees("already promoted once", channel="deploys", thread=message)

    await bot.ana.types("call me at 5551234 about dpl_nobody", channel="deploys")
    await bot.ana.uses_shortcut(PROMOTE, await bot.ana.sees("call me", channel="deploys"))
    await bot.ana.sees("I find no deployment in that message", channel="deploys")
