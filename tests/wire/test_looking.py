"""The commands that only look: `/current`, `/deployments`, `/promotebot`."""

import asyncio
from datetime import timedelta

from storage import operations
from tests.conftest import World


async def test_current_names_every_project_and_what_it_serves(bot: World) -> None:
    panel = await bot.panel()
    await bot.bob.types("/current", channel="deploys")
    answer = await bot.bob.sees("Current", channel="deploys")
    for name, project in panel.items():
        assert f"*{name}*: `{project['current']['sha'][:7]}`" in answer.words
    assert "auto-assignment is off, new builds stay Staged" in answer.words  # shop


async def test_current_of_a_project_lists_its_domains(bot: World) -> None:
    await bot.bob.types("/current shop", channel="deploys")
    answer = await bot.bob.sees("*shop*:", channel="deploys")
    assert "• checkout.shop.example.com: serves Current" in answer.words
    assert "www.shop.example.com → shop.example.com" in answer.words


async def test_current_of_an_unknown_project_lists_the_known_ones(bot: World) -> None:
    await bot.bob.types("/current nothere", channel="deploys")
    assert "`api`, `docs`, `shop`" in (await bot.bob.sees("I know no project", channel="deploys")).words


async def test_a_change_outside_is_what_current_says(bot: World) -> None:
    pushed = await bot.tell_platform("push", {"project": "api", "branch": "main", "message": "Outside"})
    await bot.until_state("api", pushed["deployment"]["id"], "Current")
    await bot.bob.types("/current api", channel="deploys")
    await bot.bob.sees(f"*api*: `{pushed['sha'][:7]}` Outside", channel="deploys")


async def test_deployments_lists_states_with_what_can_be_done(bot: World) -> None:
    await bot.bob.types("/deployments shop", channel="deploys")
    answer = await bot.bob.sees("Newest deployments", channel="deploys")
    assert "*Staged* · shop" in answer.words
    await bot.bob.types("/deployments", channel="general")
    everything = await bot.bob.sees("Newest deployments", channel="general")
    assert everything.buttons


async def test_help_names_every_command(bot: World) -> None:
    await bot.bob.types("/promotebot", channel="deploys")
    answer = await bot.bob.sees("*Commands*", channel="deploys")
    for command in ("/promote", "/rollback", "/current", "/deployments", "/promotebot"):
        assert command in answer.words


async def test_an_unknown_word_gets_help(bot: World) -> None:
    await bot.bob.types("/promotebot frobnicate <!channel>", channel="deploys")
    await bot.bob.sees("I do not know `frobnicate`", channel="deploys")


async def test_whoami_says_what_i_may_do_and_why(bot: World) -> None:
    await bot.ana.types("/promotebot whoami", channel="deploys")
    await bot.ana.sees(
        "you may promote and roll back every project: you are a workspace admin", channel="deploys"
    )


async def test_the_audit_log_is_read_by_project_person_and_time(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    await bot.bob.types("/promotebot audit shop", channel="deploys")
    answer = await bot.bob.sees("Audit log", channel="deploys")
    assert "operation.succeeded" in answer.words
    assert "operation.asked" in answer.words
    await bot.bob.types("/promotebot audit @ana 1h", channel="general")
    by_ana = await bot.bob.sees("Audit log", channel="general")
    assert "confirmation.shown" in by_ana.words
    assert "operation.succeeded" not in by_ana.words  # that one is the bot's
    await bot.bob.types("/promotebot audit docs 2026-01-01", channel="incidents")
    await bot.bob.sees("has no such entry", channel="incidents")
    await bot.bob.types("/promotebot audit ???", channel="incidents")
    await bot.bob.sees("I cannot read `???`", channel="incidents")


async def test_an_unknown_outcome_becomes_known_once_production_shows_it(world: World) -> None:
    """The request took effect much later than anybody waited for it."""
    await world.start_bot(promotebot_unseen_seconds=0.5)
    target = (await world.newest("shop", "Staged"))["id"]
    await world.tell_platform("faults", [{"path": "/promote/", "method": "POST", "cut": "before"}])
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    await world.bob.sees("outcome unknown", channel="deploys")
    (unknown,) = await world.until_all_is_told()
    assert unknown.watch_until is not None
    await world.promote_outside("shop", target)
    world.clock.move(seconds=11)
    await world.bob.sees("Current of shop is now", channel="deploys")
    message = await world.bob.sees("Requested by", channel="deploys")
    assert "is Current" in message.words
    (row,) = await world.until_all_is_told()
    assert (row.state, row.watch_until) == ("succeeded", None)
    actions = [e.action for e in await world.audit() if e.operation_id]
    assert actions[:2] == ["operation.succeeded", "operation.unknown"]


async def test_an_unknown_outcome_is_not_looked_for_for_ever(world: World) -> None:
    await world.start_bot(promotebot_unseen_seconds=0.5)
    await world.tell_platform("faults", [{"path": "/promote/", "method": "POST", "cut": "before"}])
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    await world.bob.sees("outcome unknown", channel="deploys")
    await world.until_all_is_told()
    world.clock.move(hours=2)
    async with asyncio.timeout(10):
        while True:
            (row,) = await world.operations()
            if row.watch_until is None:
                break
            await asyncio.sleep(0.05)  # the database tells nobody
    assert row.state == "unknown"


async def test_a_clock_that_jumps_ahead_ends_nothing_for_good(bot: World) -> None:
    await bot.hang_next_move("shop")
    target = (await bot.newest("shop", "Staged"))["id"]
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Accepted.", channel="deploys")
    bot.clock.move(minutes=30)
    await bot.bob.sees("outcome unknown", channel="deploys")
    await bot.until_all_is_told()
    await bot.promote_outside("shop", target)
    bot.clock.move(seconds=11)
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert (await bot.until_all_is_told())[0].state == "succeeded"


async def test_a_clock_that_jumps_back_keeps_nothing_from_those_who_come_after(world: World) -> None:
    world.clock.move(hours=9)
    first = await world.start_bot()
    await world.hang_next_move("shop")
    target = (await world.newest("shop", "Staged"))["id"]
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    await world.bob.sees("Accepted.", channel="deploys")
    first.bot.conductor.stop()
    async with asyncio.timeout(10):
        while not await _is_leased_by_one_that_is_gone(world):  # noqa: ASYNC110 - nobody calls back
            await asyncio.sleep(0.05)  # the database tells nobody
    world.clock.move(hours=-9)
    second = await world.start_bot()
    await second.bot.conductor.free_from_the_future()  # as a tick does
    await world.promote_outside("shop", target)
    await world.bob.sees("Current of shop is now", channel="deploys")


async def _is_leased_by_one_that_is_gone(world: World) -> bool:
    """As soon as whoever had it has handed it back."""
    lease = timedelta(seconds=30)
    async with world.database.write() as session:
        return bool(
            await operations.claim_due(session, owner="gone", now=world.clock(), lease=lease, limit=1)
        )


async def test_a_token_that_loses_its_rights_midway_sends_nothing_more_and_says_so(world: World) -> None:
    await world.start_bot(promotebot_observe_seconds=1)
    target = (await world.newest("shop", "Staged"))["id"]
    refused = {"path": "/v9/projects/", "method": "GET", "status": 403, "times": -1}
    card = await world.card("shop", "Staged")
    await world.hang_next_move("shop")
    await world.ana.clicks(card, "Promote")
    await world.until_audited("operation.accepted")
    await world.tell_platform("faults", [refused])
    told = await world.bob.sees("outcome unknown", channel="deploys")
    assert "Vercel said: Scripted fault: the platform answers 403" in told.words
    await world.until_all_is_told()
    assert await world.promotes() == [target]
    await world.tell_platform_clear("faults")
    await world.promote_outside("shop", target)
    world.clock.move(seconds=11)
    await world.bob.sees("Current of shop is now", channel="deploys")


async def test_a_clock_that_jumps_back_does_not_change_which_move_was_the_last(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    (first,) = await bot.until_all_is_told()
    bot.clock.move(minutes=-5)
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.until_all_is_told()
    label = bot.platform.store.deployments[first.target_id].commit.sha[:7]
    announced = [m for m in await bot.bob.reads("deploys") if "Current of shop is now" in m.words]
    assert len(announced) == 2
    assert not announced[0].buttons
    assert announced[1].buttons == [f"Roll back to {label}"]
