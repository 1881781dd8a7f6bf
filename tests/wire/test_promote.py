"""`/promote X`, from the typed command to what visitors get."""

from tests.conftest import World


async def staged(world: World, project: str = "shop") -> str:
    found = next(d for d in (await world.panel())[project]["recent"] if d["state"] == "Staged")
    return str(found["id"])


async def test_a_staged_deployment_becomes_current_after_a_confirmation(bot: World) -> None:
    target = await staged(bot)
    before = (await bot.panel())["shop"]["current"]["id"]
    await bot.ana.types(f"/promote {target}", channel="deploys")
    card = await bot.ana.sees("Promote shop to", channel="deploys")
    assert card.ephemeral
    await bot.ana.clicks(card, "Promote")
    done = await bot.bob.sees("is Current", channel="deploys")
    print(done.words)
    shop = (await bot.panel())["shop"]
    assert shop["current"]["id"] == target != before
    assert [d["deployment_id"] for d in shop["domains"] if not d["redirect"]].count(target) >= 4
    posts = await bot.requests("POST")
    assert len(posts) == 1
