"""Links unfurl: the card of a deployment, and who may press its button."""

from chatbot.sandbox.vercel.seeding import FOREIGN_TEAM_ID
from tests.conftest import World


async def test_a_link_becomes_a_card_that_everybody_reads_and_that_only_some_may_act_on(bot: World) -> None:
    store = bot.platform.store
    staged = store.deployments[(await bot.newest("shop", "Staged"))["id"]]
    foreign = next(d for d in store.deployments.values() if d.account_id == FOREIGN_TEAM_ID)
    page = f"https://vercel.com/acme/shop/{staged.id.removeprefix('dpl_')}"
    address = f"https://{staged.url}/cart?of={'x' * 300}"
    message = await bot.bob.posts(
        f"https://{foreign.url} {address} {page} https://vercel.com/acme/docs",
        channel="general",
    )
    card = await bot.ana.sees_card("*Staged* · shop", channel="general")
    assert card.url == address
    assert "Current is" in card.words
    assert (
        len((await bot.bob.reads("general"))[-1].cards) == 1
    )  # the same is not shown twice, and no more than three
    assert message.ts == card.ts

    await bot.bob.clicks(card, "Promote…")
    assert (await bot.bob.sees("workspace admins", channel="general")).ephemeral
    assert not await bot.operations()
    await bot.ana.clicks(card, "Promote…")
    confirmation = await bot.ana.sees("Promote shop to", channel="general")
    assert confirmation.ephemeral
    await bot.ana.clicks(confirmation, "Promote")
    await bot.bob.sees("Current of shop is now", channel="general")
    assert await bot.serving("shop") == {staged.id}


async def test_links_to_others_stay_as_they_are_and_are_not_even_asked_for(bot: World) -> None:
    asked = len(await bot.requests("GET"))
    await bot.bob.types("https://vercel.com/globex/shop https://vercel.com/docs/cli", channel="deploys")
    await bot.bob.types(
        "https://nobody-here.vercel.app/ then https://vercel.com/acme/shop", channel="deploys"
    )
    card = await bot.ana.sees_card("*shop* · Current is", channel="deploys")
    assert card.buttons == ["Roll back…"]
    assert sum(len(message.cards) for message in await bot.ana.reads("deploys")) == 1
    paths = [r["path"] for r in (await bot.requests("GET"))[asked:]]
    assert not [path for path in paths if "globex" in path or "docs" in path]
    await bot.ana.clicks(card, "Roll back…")
    await bot.ana.sees("Roll back shop?", channel="deploys")
