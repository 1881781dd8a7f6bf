"""The one-click way back: a danger button with Slack's own dialog, then the operation; right in all races."""

import asyncio
import json

from chatbot.sandbox.person import Person
from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World

SECONDS_BEFORE_IT_IS_DONE = 1.0


async def _current_of_shop(world: World, person: Person) -> tuple[SeenMessage, str]:
    """And what is written on its one-click button."""
    await person.types("/current shop", channel="deploys")
    shown = await person.sees("*Domains*", channel="deploys")
    return shown, _way_back(shown)


def _way_back(shown: SeenMessage) -> str:
    return next(text for text in shown.buttons if text.startswith("Roll back to"))


def _target(shown: SeenMessage) -> str:
    value = next(c.element["value"] for c in shown.controls if c.label == _way_back(shown))
    return str(value.split()[1])


async def _rollbacks(world: World) -> list[str]:
    return [r["path"].rpartition("/")[2] for r in await world.requests("POST") if "/rollback/" in r["path"]]


async def test_one_click_beside_current_needs_no_card(bot: World) -> None:
    shown, button = await _current_of_shop(bot, bot.ana)
    target = _target(shown)
    asked = next(c.element["confirm"] for c in shown.controls if c.label == button)
    assert asked["title"]["text"] == "Roll back shop?"
    assert "New builds then stay Staged" in asked["text"]["text"]
    assert "shop.example.com" in asked["text"]["text"]
    await bot.ana.clicks(shown, button, confirmed=True)
    taken = await bot.ana.sees("rolls shop back to", channel="deploys")
    assert (taken.ts, taken.buttons) == (shown.ts, []), "the click takes its button away"
    await bot.bob.sees("Production is pinned: new", channel="deploys")
    assert await bot.serving("shop") == {target}
    assert await _rollbacks(bot) == [target]
    requested = await bot.until_audited("operation.requested")
    assert requested.actor == "slack:U0ANA0001"
    assert json.loads(requested.detail)["clicked"] == f"message {shown.ts}"


async def test_of_two_people_who_click_at_once_the_second_hears_who_was_first(bot: World) -> None:
    await bot.steer("people/U0BOB0002", is_admin=True)
    (anas, button), (bobs, _) = await _current_of_shop(bot, bot.ana), await _current_of_shop(bot, bot.bob)
    late = {"method": "POST", "path": "/rollback/", "delay": SECONDS_BEFORE_IT_IS_DONE}
    await bot.tell_platform("faults", [late])
    await asyncio.gather(
        bot.ana.clicks(anas, button, confirmed=True), bot.bob.clicks(bobs, button, confirmed=True)
    )
    first = (await bot.until_audited("operation.asked")).operation_id
    (row,) = await bot.operations()
    assert row.id == first
    by_ana = row.actor == f"slack:{bot.ana.id}"
    winner, loser, shown = (bot.ana, bot.bob, bobs) if by_ana else (bot.bob, bot.ana, anas)
    told = await loser.sees("The same change of shop is under way already", channel="deploys")
    assert f"requested by <@{winner.id}>" in told.words
    await loser.sees("Production is pinned: new", channel="deploys")
    await loser.clicks(shown, button, confirmed=True)
    told = await loser.sees("Nothing more was done. Current of shop", channel="deploys")
    assert f"by <@{winner.id}>" in told.words
    assert (told.ts, told.buttons) == (shown.ts, [])
    assert len(await _rollbacks(bot)) == len(await bot.operations()) == 1


async def test_a_click_on_what_has_changed_does_nothing_and_offers_what_is_so_now(bot: World) -> None:
    shown, button = await _current_of_shop(bot, bot.ana)
    target, outside = _target(shown), await bot.newest("shop", "Staged")
    await bot.promote_outside("shop", outside["id"])
    await bot.ana.clicks(shown, button, confirmed=True)
    told = await bot.ana.sees("Production of shop has moved on since", channel="deploys")
    assert outside["sha"][:7] in told.words
    bot.add_domain("shop", "new.example.com")
    await bot.ana.clicks(told, button, confirmed=True)
    told = await bot.ana.sees("The domains of shop changed", channel="deploys")
    assert "new.example.com" in told.words
    await bot.tell_platform("faults", [{"path": "^/v9/projects/[^/]+$", "status": 500, "times": -1}])
    await bot.ana.clicks(told, button, confirmed=True)
    await bot.ana.sees("Nothing was done", channel="deploys", after=told)
    await bot.tell_platform_clear("faults")
    assert await bot.operations() == []
    await bot.ana.clicks(told, button, confirmed=True)
    await bot.bob.sees("Production is pinned: new", channel="deploys")
    assert await bot.serving("shop") == {target}


async def test_a_click_takes_no_place_of_a_move_that_is_under_way(bot: World) -> None:
    shown, button = await _current_of_shop(bot, bot.ana)
    outside = await bot.newest("shop", "Staged")
    await bot.hang_next_move("shop")
    await bot.vercel("POST", f"/v10/projects/{await bot.project_id('shop')}/promote/{outside['id']}")
    await bot.ana.clicks(shown, button, confirmed=True)
    told = await bot.ana.sees(f"A promote of shop to `{outside['id']}` is under way", channel="deploys")
    assert await bot.operations() == []
    await bot.ana.clicks(told, f"{button}…")
    await bot.ana.sees("Another promote or rollback is under way. This takes its place.", channel="deploys")


async def test_a_click_aborts_no_rolling_release_before_it_is_confirmed(bot: World) -> None:
    shown, button = await _current_of_shop(bot, bot.ana)
    canary, stages = await bot.newest("shop", "Staged"), [{"targetPercentage": 5}, {"targetPercentage": 100}]
    project = f"/v1/projects/{await bot.project_id('shop')}"
    await bot.vercel("PATCH", f"{project}/rolling-release/config", {"enabled": True, "stages": stages})
    await bot.vercel("POST", f"/v10/projects/{await bot.project_id('shop')}/promote/{canary['id']}")
    await bot.ana.clicks(shown, button, confirmed=True)
    told = await bot.ana.sees("A rolling release of shop is under way to", channel="deploys")
    assert canary["sha"][:7] in told.words
    assert "To roll back aborts it" in told.words
    assert await bot.operations() == []
    await bot.ana.clicks(told, f"{button}…")
    await bot.ana.sees("Roll back shop to", channel="deploys", after=told)


async def test_what_cannot_be_gone_back_to_any_more_is_said(bot: World) -> None:
    shown, button = await _current_of_shop(bot, bot.ana)
    await bot.vercel("DELETE", f"/v13/deployments/{_target(shown)}")
    await bot.ana.clicks(shown, button, confirmed=True)
    told = await bot.ana.sees("The deployment to go back to was deleted. Current of shop", channel="deploys")
    assert told.buttons == ["Roll back…"]
    assert await bot.operations() == []


async def test_whoever_may_not_is_refused_and_the_log_has_it(bot: World) -> None:
    shown, button = await _current_of_shop(bot, bot.bob)
    await bot.bob.clicks(shown, button, confirmed=True)
    await bot.bob.sees("You may not change production from here", channel="deploys")
    assert (await bot.until_audited("project.back.denied")).actor == "slack:U0BOB0002"
    assert await bot.requests("POST") == []


async def test_a_click_after_somebodys_push_hears_whose_it_was(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("docs")
    await world.ana.types("/current docs", channel="deploys")
    shown = await world.ana.sees("*Domains*", channel="deploys")
    await world.tell_platform("push", {"project": "docs", "message": "Typo", "author": "emi"})
    await world.until_changed("docs")
    await world.ana.clicks(shown, _way_back(shown), confirmed=True)
    told = await world.ana.sees("Production of docs has moved on since", channel="deploys")
    assert "Typo (emi, main), by " in told.words
