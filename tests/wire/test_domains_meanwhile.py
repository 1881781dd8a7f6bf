"""Domains that production gets or loses while it is being moved."""

from chatbot.sandbox.vercel.records import Domain
from tests.conftest import World

EU = "eu.shop.example.com"


async def _moves_before_its_answer(world: World) -> tuple[str, str]:
    """What was Current, and what all domains serve already; the bot still waits for its answer, and then looks."""
    await world.tell_platform("faults", [{"method": "POST", "path": "/promote/", "hold": 1.0}])
    before = (await world.panel())["shop"]["current"]["id"]
    target = (await world.newest("shop", "Staged"))["id"]
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    await world.until_state("shop", target, "Current")
    return before, target


async def test_domains_of_one_millisecond_are_all_found_however_they_lie_on_the_pages(bot: World) -> None:
    store = bot.platform.store
    project = store.project_named(bot.platform.team_id, "shop")
    assert project is not None
    current = store.current_of(project)
    assert current is not None
    for n in range(150):  # three of each moment: a page of a hundred ends between two of them
        at = store.now() + n // 3
        store.add_domain(project, Domain(f"twin-{n}.example.com", "example.com", at, at))
        store.point(f"twin-{n}.example.com", current, at)
    card = await bot.card("shop", "Staged")
    assert f"*Affected domains (154)*, serving `{current.commit.sha[:7]}` now" in card.words


async def test_a_domain_that_production_lost_meanwhile_holds_nothing_up(bot: World) -> None:
    await _moves_before_its_answer(bot)
    await bot.vercel("DELETE", f"/v9/projects/{await bot.project_id('shop')}/domains/{EU}")
    done = await bot.bob.sees("is Current", channel="deploys")
    assert f"• {EU}: no longer a domain of production" in done.words
    assert done.words.count(": ok (200)") == 3


async def test_a_domain_that_production_got_meanwhile_is_proven_as_well(world: World) -> None:
    await world.start_bot(promotebot_observe_seconds=1)
    before, target = await _moves_before_its_answer(world)
    world.add_domain("shop", "late.example.com")
    world.platform.store.point("late.example.com", world.platform.store.deployments[before])
    partly = await world.bob.sees("only partly moved", channel="deploys")
    assert f"• late.example.com: still on `{before}`" in partly.words
    assert await world.serving("shop") == {before, target}
