"""Somebody else's promote or rollback that is under way at the same time."""

import pytest

from tests.conftest import World

UNDER_WAY = "Another promote or rollback is under way. This takes its place."
PATHS = {"promote": "/v10/projects/{}/promote/{}", "rollback": "/v9/projects/{}/rollback/{}"}


async def _starts_outside(world: World, kind: str, deployment_id: str) -> None:
    """A move that is under way until another one takes its place."""
    await world.hang_next_move("shop")
    await world.vercel("POST", PATHS[kind].format(await world.project_id("shop"), deployment_id))


async def _outside_target(world: World, kind: str) -> str:
    states = {"promote": "Staged", "rollback": "Promoted"}
    found = [d["id"] for d in (await world.panel())["shop"]["recent"] if d["state"] == states[kind]]
    return str(found[1])


@pytest.mark.parametrize("kind", PATHS)
async def test_a_move_that_is_under_way_is_cautioned_about(bot: World, kind: str) -> None:
    before = await bot.serving("shop")
    await _starts_outside(bot, kind, await _outside_target(bot, kind))
    card = await bot.card("shop", "Staged")
    assert UNDER_WAY in card.words
    target = await bot.newest("shop", "Staged")
    assert await bot.serving("shop") == before
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert await bot.serving("shop") == {target["id"]}


@pytest.mark.parametrize("kind", PATHS)
async def test_a_move_that_began_after_the_card_takes_a_new_confirmation(bot: World, kind: str) -> None:
    target = await bot.newest("shop", "Staged")
    card = await bot.card("shop", "Staged")
    assert UNDER_WAY not in card.words
    await _starts_outside(bot, kind, await _outside_target(bot, kind))
    await bot.ana.clicks(card, "Promote")
    told = await bot.bob.sees("not started", channel="deploys")
    assert "Nothing was done: whether another move is under way changed" in told.words
    again = await bot.ana.sees("This is the new plan", channel="deploys")
    assert UNDER_WAY in again.words
    assert target["id"] not in await bot.promotes()
    await bot.ana.clicks(again, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert await bot.serving("shop") == {target["id"]}


async def test_a_move_that_ended_after_the_card_takes_a_new_confirmation(bot: World) -> None:
    theirs = await _outside_target(bot, "promote")
    await _starts_outside(bot, "promote", theirs)
    card = await bot.card("shop", "Staged")
    await bot.promote_outside("shop", theirs)
    await bot.ana.clicks(card, "Promote")
    told = await bot.bob.sees("not started", channel="deploys")
    assert "what is Current" in told.words
    assert "whether another move is under way" in told.words
    assert await bot.serving("shop") == {theirs}


async def test_the_one_click_way_back_takes_no_place_of_a_move_that_is_under_way(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    served = await bot.serving("shop")
    await _starts_outside(bot, "promote", (await bot.newest("shop", "Staged"))["id"])
    button = next(text for text in announced.buttons if text.startswith("Roll back to"))
    await bot.ana.clicks(announced, button, confirmed=True)
    told = await bot.bob.sees("not started", channel="deploys")
    assert "whether another move is under way changed" in told.words
    again = await bot.ana.sees("This is the new plan", channel="deploys")
    assert UNDER_WAY in again.words
    assert await bot.serving("shop") == served
    assert not [r for r in await bot.requests("POST") if "/rollback/" in r["path"]]


async def test_what_somebody_else_only_asked_for_is_not_said_to_be_current(world: World) -> None:
    await world.start_bot(promotebot_observe_seconds=2)
    before = (await world.panel())["shop"]["current"]["id"]
    theirs = await _outside_target(world, "promote")
    card = await world.card("shop", "Staged")
    await world.hang_next_move("shop")
    await world.ana.clicks(card, "Promote")
    await world.until_audited("operation.accepted")
    await _starts_outside(world, "promote", theirs)
    unknown = await world.bob.sees("outcome unknown", channel="deploys")
    assert f"Current, when last seen: `{before}`" in unknown.words
    assert theirs not in unknown.words
    assert await world.promotes() == [(await world.newest("shop", "Staged"))["id"], theirs]


async def test_an_automatic_assignment_outside_supersedes_by_what_is_really_current(bot: World) -> None:
    """It leaves no request behind: the platform goes on showing an older one."""
    await bot.promote_outside("shop", await _outside_target(bot, "promote"))
    card = await bot.card("shop", "Staged")
    await bot.tell_platform("faults", [{"method": "POST", "path": ".*/promote/.*", "cut": "before"}])
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("not clear whether Vercel took it", channel="deploys")
    pushed = await bot.tell_platform("push", {"project": "shop", "message": "Outside"})
    told = await bot.bob.sees("superseded", channel="deploys")
    assert f"`{pushed['deployment']['id']}`" in told.words
