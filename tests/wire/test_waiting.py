"""Requests that wait: for their turn on the project, or for the build that they are to promote."""

from typing import Any

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World
from tests.wire.test_incidents import opened, timeline


async def _pushed(world: World, project: str = "shop", **more: Any) -> dict[str, Any]:
    """A build that goes on until `let_build_finish`."""
    await world.hold_builds(project)
    made: dict[str, Any] = await world.tell_platform("push", {"project": project, "branch": "main", **more})
    return dict(made["deployment"])


async def _confirmed_when_ready(world: World) -> tuple[str, SeenMessage]:
    build = await _pushed(world)
    await world.ana.types(f"/promote {build['id']}", channel="deploys")
    card = await world.ana.sees("when it is ready?", channel="deploys")
    assert not await world.promotes()
    await world.ana.clicks(card, "Promote when ready")
    return build["id"], await world.bob.sees(f"Building `{build['id']}`", channel="deploys")


async def test_a_building_deployment_is_promoted_when_it_is_ready(bot: World) -> None:
    build, message = await _confirmed_when_ready(bot)
    assert "Once it is ready, and nothing else has changed, it goes on." in message.words
    await bot.let_build_finish(build)
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert await bot.serving("shop") == {build}
    assert await bot.promotes() == [build]
    actions = [e.action for e in reversed(await bot.audit()) if e.operation_id]
    assert actions[:4] == [f"operation.{step}" for step in ("requested", "begun", "asked", "accepted")]


async def test_waiting_for_a_build_survives_a_restart_and_holds_nobody_up(bot: World) -> None:
    build, _ = await _confirmed_when_ready(bot)
    assert bot.bot is not None
    bot.bot.bot.conductor.stop()
    await bot.start_bot()
    other = await bot.card("docs", "Preview")
    await bot.ana.clicks(other, "Rebuild and promote")
    await bot.bob.sees("Current of docs is now", channel="deploys")
    await bot.let_build_finish(build)
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert await bot.serving("shop") == {build}
    assert await bot.promotes() == [build]


async def test_a_build_that_fails_is_not_promoted(bot: World) -> None:
    await bot.tell_platform("faults", [{"build": {"project": "shop", "fails": True}}])
    made = await bot.tell_platform("push", {"project": "shop", "branch": "main", "seconds": 3})
    await bot.ana.types(f"/promote {made['deployment']['id']}", channel="deploys")
    card = await bot.ana.sees("when it is ready?", channel="deploys")
    await bot.ana.clicks(card, "Promote when ready")
    told = await bot.bob.sees("did not become ready", channel="deploys")
    assert "Nothing was promoted." in told.words
    assert not await bot.promotes()


async def test_what_becomes_current_by_itself_needs_no_promote(bot: World) -> None:
    build = await _pushed(bot, "docs")
    await bot.ana.types(f"/promote {build['id']}", channel="deploys")
    await bot.ana.sees("It becomes Current by itself once it is ready.", channel="deploys")


async def test_a_request_that_waits_can_be_withdrawn(bot: World) -> None:
    build, message = await _confirmed_when_ready(bot)
    await opened(bot, "shop")
    await bot.bob.clicks(message, "Withdraw", confirmed=True)
    await bot.bob.sees("You may not change production", channel="deploys")
    await bot.ana.clicks(message, "Withdraw", confirmed=True)
    await bot.bob.sees("It was withdrawn by <@U0ANA0001>. Nothing was sent to Vercel.", channel="deploys")
    assert [e["stage"] for e in await timeline(bot) if e["kind"] == "ended"] == ["cancelled"]
    await bot.let_build_finish(build)
    await bot.until_state("shop", build, "Staged")
    await bot.until_all_is_told()
    assert not await bot.promotes()
    assert not await bot.requests("PATCH")  # somebody else's build goes on


async def test_production_that_moves_meanwhile_supersedes_what_waits(bot: World) -> None:
    theirs = await bot.newest("shop", "Staged")
    build, _ = await _confirmed_when_ready(bot)
    await bot.promote_outside("shop", theirs["id"])
    await bot.let_build_finish(build)
    told = await bot.bob.sees("superseded", channel="deploys")
    assert "Nothing was sent to Vercel: another change went first." in told.words
    assert f"Somebody outside of Slack promoted `{theirs['sha'][:7]}`" in told.words
    await bot.ana.sees("Nothing was done: what is Current", channel="deploys")  # the new card
    assert await bot.promotes() == [theirs["id"]]


async def test_requests_on_one_project_stand_in_line_and_the_first_supersedes_the_others(bot: World) -> None:
    await bot.hang_next_move("shop")
    staged = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"]
    for deployment in staged[:2]:
        await bot.ana.types(f"/promote {deployment['id']}", channel="deploys")
        card = await bot.ana.sees(f"Promote shop to {deployment['sha'][:7]}?", channel="deploys")
        await bot.ana.clicks(card, "Promote")
        await bot.bob.sees(f"Promote shop to {deployment['sha'][:7]}", channel="deploys")
    line = await bot.bob.sees("Waiting: 1st in line, behind", channel="deploys")
    assert f"“Promote shop to {staged[0]['sha'][:7]}” of" in line.words
    await bot.ana.types(f"/rollback {(await bot.newest('shop', 'Promoted'))['id']}", channel="deploys")
    card = await bot.ana.sees("Roll back shop to", channel="deploys")
    await bot.ana.clicks(card, "Roll back")
    await bot.bob.sees("Waiting: 2nd in line", channel="deploys")  # a rollback goes first
    assert await bot.promotes() == [staged[0]["id"]]

    await bot.promote_outside("shop", staged[1]["id"])  # what ends the first one
    assert {row.state for row in await bot.until_all_is_told()} == {"superseded"}
    assert await bot.promotes() == [staged[0]["id"], staged[1]["id"]]  # the second one is from outside


async def test_after_one_that_fails_the_next_one_goes_on(bot: World) -> None:
    refusal = {"error": {"code": "unprocessable_entity", "message": "Not now."}}
    fault = {"path": "/promote/", "method": "POST", "delay": 2, "status": 422, "body": refusal}
    await bot.tell_platform("faults", [fault])
    one, other = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"][:2]
    for deployment in (one, other):
        await bot.ana.types(f"/promote {deployment['id']}", channel="deploys")
        card = await bot.ana.sees(f"Promote shop to {deployment['sha'][:7]}?", channel="deploys")
        await bot.ana.clicks(card, "Promote")
        await bot.bob.sees("Requested by", channel="deploys")
    await bot.bob.sees("Vercel said: Not now.", channel="deploys")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert await bot.serving("shop") == {other["id"]}
    assert await bot.promotes() == [one["id"], other["id"]]
    assert [e.action for e in await bot.audit()].count("operation.begun") == 1


async def test_the_same_request_twice_is_one(bot: World) -> None:
    await bot.hang_next_move("shop")
    first, second = await bot.card("shop", "Staged"), None
    await bot.ana.types(f"/promote {(await bot.newest('shop', 'Staged'))['id']}", channel="general")
    second = await bot.ana.sees("Promote shop to", channel="general")
    await bot.ana.clicks(first, "Promote")
    await bot.ana.clicks(second, "Promote")
    await bot.ana.sees(
        "The same change of shop is under way already, requested by <@U0ANA0001>", channel="general"
    )
    assert len(await bot.operations()) == 1


async def test_an_older_message_loses_its_buttons_once_production_has_moved_on(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.bob.sees("Current of shop is now", channel="deploys")
    await bot.ana.clicks(announced, announced.buttons[0], confirmed=True)
    await bot.bob.sees("Production is pinned", channel="deploys")
    await bot.until_all_is_told()
    older = [m for m in await bot.bob.reads("deploys") if "No way back from here any more" in m.words]
    assert len(older) == 2  # the operation message and its announcement
    assert all(not m.buttons for m in older)
