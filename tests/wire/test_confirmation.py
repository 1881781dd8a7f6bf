"""A confirmation: bound to its plan, valid for ten minutes, consumed once, authorised at the click."""

import asyncio

import pytest

from chatbot.sandbox.person import Refused
from tests.conftest import World


async def test_a_double_click_sends_one_request(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    clicks = [bot.ana.clicks(card, "Promote") for _ in range(5)]
    await asyncio.gather(*clicks, return_exceptions=True)
    await bot.bob.sees("is Current", channel="deploys")
    assert len(await bot.requests("POST")) == 1
    assert [e.action for e in await bot.audit()].count("operation.requested") == 1


async def test_a_click_that_slack_delivers_twice_counts_once(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    async with bot.session.post(f"{bot.workspace.url}/sandbox/socket", json={"do": "redeliver"}) as answer:
        assert (await answer.json())["ok"]
    await bot.ana.sees("This confirmation was already used", channel="deploys")
    await bot.bob.sees("is Current", channel="deploys")
    assert len(await bot.requests("POST")) == 1


async def test_an_expired_confirmation_does_nothing(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    bot.clock.move(minutes=10, seconds=1)
    await bot.ana.clicks(card, "Promote")
    expired = await bot.ana.sees("This confirmation has expired", channel="deploys")
    assert expired.ts == card.ts
    assert not expired.buttons
    assert not await bot.requests("POST")


async def test_cancel_does_nothing_and_spends_the_confirmation(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Cancel")
    line = await bot.ana.sees("cancelled. Nothing was done.", channel="deploys")
    assert line.ts == card.ts
    with pytest.raises(Refused):
        await bot.ana.clicks(card, "Promote")
    assert not await bot.requests("POST")


async def test_choose_another_offers_other_deployments(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Choose another")
    choice = await bot.ana.sees("Choose for shop", channel="deploys")
    assert choice.ts == card.ts
    assert choice.buttons.count("Promote…") >= 2


async def test_when_current_moved_the_new_confirmation_says_what_changed(bot: World) -> None:
    staged = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"]
    card = await bot.card("shop", "Staged")
    await bot.promote_outside("shop", staged[1]["id"])
    await bot.ana.clicks(card, "Promote")
    again = await bot.ana.sees("Nothing was done: what is Current", channel="deploys")
    assert "auto-assignment changed meanwhile" in again.words
    assert await bot.serving("shop") == {staged[1]["id"]}
    await bot.bob.sees("not started", channel="deploys")
    assert len(await bot.requests("POST")) == 1  # the one from outside
    await bot.ana.clicks(again, "Promote")
    await bot.bob.sees(f"shop: {staged[0]['sha'][:7]} is Current", channel="deploys")
    assert await bot.serving("shop") == {staged[0]["id"]}


async def test_a_right_that_was_taken_away_is_gone_at_the_click(world: World) -> None:
    await world.start_bot(promotebot_allowed="S0ONCALL1")
    dee = world.person("U0DEE0004")
    target = await world.newest("shop", "Staged")
    await dee.types(f"/promote {target['id']}", channel="deploys")
    card = await dee.sees("Promote shop to", channel="deploys")
    async with world.session.put(
        f"{world.workspace.url}/sandbox/groups/S0ONCALL1", json={"users": []}
    ) as answer:
        assert answer.status == 200
    await dee.clicks(card, "Promote")
    await dee.sees("You may not change production from here", channel="deploys")
    assert not await world.requests("POST")
    assert any(e.action == "confirmation.confirm.denied" for e in await world.audit())
    async with world.session.put(
        f"{world.workspace.url}/sandbox/groups/S0ONCALL1", json={"users": ["U0DEE0004"]}
    ) as answer:
        assert answer.status == 200
    await dee.clicks(card, "Promote")  # a denial does not spend it
    await world.bob.sees("is Current", channel="deploys")


async def test_without_a_list_only_workspace_admins_may_act(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.bob.types(f"/promote {target['id']}", channel="deploys")
    await bot.bob.sees("Only workspace admins may act", channel="deploys")
    await bot.bob.types("/promotebot whoami", channel="deploys")
    await bot.bob.sees("you may look at everything, but change nothing", channel="deploys")


async def test_with_a_list_an_admin_who_is_not_on_it_may_not_act(world: World) -> None:
    await world.start_bot(promotebot_allowed="U0BOB0002")
    target = await world.newest("shop", "Staged")
    await world.ana.types(f"/promote {target['id']}", channel="deploys")
    await world.ana.sees("Only the people and groups that are named", channel="deploys")
    await world.bob.types(f"/promote {target['id']}", channel="deploys")
    await world.bob.sees("Promote shop to", channel="deploys")


async def test_when_slack_does_not_say_who_it_is_nothing_is_allowed(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="users.info", error="internal_error", times=5)
    await bot.ana.clicks(card, "Promote")
    await bot.ana.sees("Slack did not tell me who you are", channel="deploys")
    assert not await bot.requests("POST")


async def test_one_operation_at_a_time_on_a_project(bot: World) -> None:
    await bot.tell_platform("faults", [{"alias_job": {"project": "shop", "hangs": True}}])
    first = await bot.card("shop", "Staged")
    await bot.ana.clicks(first, "Promote")
    await bot.bob.sees("Accepted.", channel="deploys")
    previews = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Preview"]
    await bot.ana.types(f"/promote {previews[0]['id']}", channel="deploys")
    second = await bot.ana.sees("Rebuild and promote shop", channel="deploys")
    await bot.ana.clicks(second, "Rebuild and promote")
    await bot.bob.sees("Waiting: 1st in line", channel="deploys")
    assert len(await bot.requests("POST")) == 1


async def test_more_than_ten_domains_are_counted_and_shown_in_a_modal(bot: World) -> None:
    names = [f"site-{n:02}.example.com" for n in range(30)]
    for name in names:
        bot.add_domain("shop", name)
    card = await bot.card("shop", "Staged")
    assert "*Affected domains (34)*" in card.words
    assert "and 24 more" in card.words
    await bot.ana.clicks(card, "Show all 34 domains")
    modal = await bot.ana.sees_modal("Affected domains")
    assert all(name in modal.words for name in names)


async def test_more_keys_than_the_card_names_are_in_a_modal(bot: World) -> None:
    names = [f"FEATURE_{n:03}" for n in range(60)]
    records = [{"key": name, "value": "1", "type": "plain", "target": ["production"]} for name in names]
    await bot.vercel("POST", "/v10/projects/shop/env", records)
    card = await bot.card("shop", "Staged")
    assert "`FEATURE_019` and 41 more" in card.words
    await bot.ana.clicks(card, "Show all keys")
    modal = await bot.ana.sees_modal("Environment keys")
    assert "*Changed since the build (61)*" in modal.words
    assert all(f"• `{name}`" in modal.words for name in [*names, "STRIPE_SECRET_KEY"])
