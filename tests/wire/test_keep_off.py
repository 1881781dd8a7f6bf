"""Auto-assignment, before and after: the box on the card decides, and is preset where it was off on purpose."""

from typing import Any

from chatbot.messages import actions
from chatbot.messages.confirmation import KEEP_OFF
from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World


def ticked(card: SeenMessage) -> bool:
    """As it is when nobody has touched it."""
    box = next(c.element for c in card.controls if c.action_id == actions.KEEP_OFF)
    return [option["value"] for option in box.get("initial_options", [])] == [KEEP_OFF]


async def is_on(world: World, project: str) -> bool:
    return bool((await world.vercel("GET", f"/v9/projects/{project}"))["autoAssignCustomDomains"])


async def confirmed(world: World, card: SeenMessage, verb: str) -> Any:
    await world.ana.clicks(card, verb)
    await world.until_all_is_told()
    return await world.bob.sees("is Current", channel="deploys")


async def pin(world: World, project: str) -> SeenMessage:
    """A rollback pins it; then the card that promotes what was Current before."""
    panel = (await world.panel())[project]
    earlier = next(d for d in panel["recent"] if d["state"] == "Promoted")
    await world.roll_back_outside(project, earlier["id"])
    await world.ana.types(f"/promote {panel['current']['id']}", channel="deploys")
    return await world.ana.sees(f"Promote {project} to {panel['current']['sha'][:7]}?", channel="deploys")


async def test_what_was_off_on_purpose_stays_off_unless_somebody_unticks_it(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    assert ticked(card)
    told = await confirmed(bot, card, "Promote")
    assert "Auto-assignment was kept off" in told.words
    assert not await is_on(bot, "shop")

    card = await bot.card("shop", "Preview")
    assert ticked(card)
    await bot.ana.chooses(card, value=[], action_id=actions.KEEP_OFF)
    told = await confirmed(bot, card, "Rebuild and promote")
    assert "Auto-assignment is on again" in told.words
    assert await is_on(bot, "shop")


async def test_a_rebuild_is_promoted_and_auto_assignment_kept_off_after_it(bot: World) -> None:
    told = await confirmed(bot, await bot.card("shop", "Preview"), "Rebuild and promote")
    assert "Auto-assignment was kept off" in told.words
    assert not await is_on(bot, "shop")
    assert '"keep_off":true' in (await bot.until_audited("operation.requested")).detail.replace(" ", "")


async def test_the_promote_that_undoes_a_pin_switches_it_on_unless_somebody_ticks_the_box(bot: World) -> None:
    card = await pin(bot, "docs")
    assert "*Auto-assignment* is off now, since a rollback." in card.words
    assert not ticked(card)
    await confirmed(bot, card, "Promote")
    assert await is_on(bot, "docs")

    card = await pin(bot, "api")
    await bot.ana.chooses(card, value=[KEEP_OFF], action_id=actions.KEEP_OFF)
    await confirmed(bot, card, "Promote")
    assert not await is_on(bot, "api")


async def test_the_choice_is_kept_when_the_plan_has_to_be_confirmed_again(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    bot.add_domain("shop", "new.example.com")
    await bot.ana.chooses(card, value=[], action_id=actions.KEEP_OFF)
    await bot.ana.clicks(card, "Promote")
    again = await bot.ana.sees("Nothing was done: ", channel="deploys")
    assert not ticked(again)


async def test_a_choice_made_while_it_was_off_does_not_switch_it_off_for_somebody_who_put_it_on(
    bot: World,
) -> None:
    card = await bot.card("shop", "Staged")
    assert ticked(card)
    await bot.vercel("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": True})
    await bot.ana.clicks(card, "Promote")
    again = await bot.ana.sees("Nothing was done: auto-assignment changed meanwhile", channel="deploys")
    assert "*Auto-assignment* stays on." in again.words
    await confirmed(bot, again, "Promote")
    assert await is_on(bot, "shop")
