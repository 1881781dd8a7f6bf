"""What happens to production while a rebuild builds, and what becomes of the build."""

import asyncio

import pytest

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World


async def _build_state(world: World, deployment_id: str) -> str:
    return str((await world.vercel("GET", f"/v13/deployments/{deployment_id}"))["readyState"])


async def _switch_auto_assignment(world: World, project: str, *, on: bool) -> None:
    path = f"/v9/projects/{await world.project_id(project)}"
    await world.vercel("PATCH", path, {"autoAssignCustomDomains": on})


def _back(announced: SeenMessage) -> str:
    return next(text for text in announced.buttons if text.startswith("Roll back to"))


async def test_a_rollback_from_outside_is_never_undone(bot: World) -> None:
    old = await bot.newest("docs", "Promoted")
    build = await bot.rebuild("docs")
    await bot.roll_back_outside("docs", old["id"])
    await bot.let_build_finish(build)
    told = await bot.bob.sees("superseded", channel="deploys")
    assert f"The new build `{build}` is ready, and was not promoted" in told.words
    assert f"rolled back to `{old['sha'][:7]}`" in told.words
    await bot.until_all_is_told()
    assert not await bot.promotes()
    assert await bot.serving("docs") == {old["id"]}
    assert (await bot.panel())["docs"]["pinned"]

    label = (await bot.newest("docs", "Staged"))["sha"][:7]
    await bot.ana.clicks(told, f"Promote {label}…")
    card = await bot.ana.sees(f"Promote docs to {label}?", channel="deploys")
    assert "Production is pinned by a rollback. This undoes it." in card.words
    assert not await bot.promotes()  # the button asks first
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees(f"docs: {label} is Current", channel="deploys")
    assert await bot.serving("docs") == {build}


async def test_a_promote_from_outside_is_never_undone(bot: World) -> None:
    theirs = await bot.newest("shop", "Staged")
    build = await bot.rebuild("shop")
    await bot.promote_outside("shop", theirs["id"])
    await bot.let_build_finish(build)
    told = await bot.bob.sees("superseded", channel="deploys")
    assert f"The new build `{build}` is ready, and was not promoted" in told.words
    await bot.until_all_is_told()
    assert await bot.promotes() == [theirs["id"]]
    assert await bot.serving("shop") == {theirs["id"]}


async def test_a_move_from_outside_is_not_put_down_to_who_moved_there_earlier(bot: World) -> None:
    first, second = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"][:2]
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.until_audited("operation.succeeded")
    await bot.promote_outside("shop", second["id"])
    bot.clock.move(hours=1)
    build = await bot.rebuild("shop")
    await bot.roll_back_outside("shop", first["id"])
    await bot.let_build_finish(build)
    told = await bot.bob.sees("superseded", channel="deploys")
    assert f"ana rolled back to `{first['sha'][:7]}`" in told.words  # as the platform names who did
    assert "<@U0ANA0001> rolled back" not in told.words


@pytest.mark.parametrize("how", ["hotfix", "rollback"])
async def test_a_build_that_was_current_between_two_looks_is_superseded(bot: World, how: str) -> None:
    old = await bot.newest("docs", "Promoted")
    build = await bot.rebuild("docs")
    unseen = {"method": "GET", "path": f"/v13/deployments/{build}", "status": 500, "times": -1}
    await bot.tell_platform("faults", [unseen])
    await bot.let_build_finish(build)
    await bot.until_state("docs", build, "Current")
    if how == "hotfix":
        pushed = await bot.tell_platform("push", {"project": "docs", "message": "Hotfix", "seconds": 0.1})
        await bot.until_state("docs", pushed["deployment"]["id"], "Current")
    else:
        await bot.roll_back_outside("docs", old["id"])
    await bot.tell_platform_clear("faults")
    told = await bot.bob.sees("superseded", channel="deploys")
    said = {"hotfix": "became Current meanwhile.", "rollback": f"rolled back to `{old['sha'][:7]}`"}
    assert said[how] in told.words
    await bot.until_all_is_told()
    assert not await bot.promotes()


async def test_a_hotfix_meanwhile_is_what_the_announcement_names_and_the_way_back(bot: World) -> None:
    build = await bot.rebuild("docs")
    hotfix = await bot.tell_platform("push", {"project": "docs", "message": "Hotfix", "seconds": 0.1})
    await bot.until_state("docs", hotfix["deployment"]["id"], "Current")
    await bot.let_build_finish(build)
    announced = await bot.ana.sees("Current of docs is now", channel="deploys")
    assert await bot.serving("docs") == {build}
    assert f"It was `{hotfix['sha'][:7]}` Hotfix" in announced.words
    assert _back(announced) == f"Roll back to {hotfix['sha'][:7]}"
    await bot.ana.clicks(announced, _back(announced), confirmed=True)
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert await bot.serving("docs") == {hotfix["deployment"]["id"]}


async def test_a_read_that_knows_nothing_of_the_build_yet_is_no_failure(bot: World) -> None:
    build = await bot.rebuild("docs")
    fault = {"method": "GET", "path": f"/v13/deployments/{build}", "status": 404, "times": 2}
    await bot.tell_platform("faults", [fault])
    async with asyncio.timeout(10):
        while await bot.platform_faults():  # noqa: ASYNC110 - until it was told so twice
            await asyncio.sleep(0.05)
    await bot.let_build_finish(build)
    await bot.bob.sees("is Current", channel="deploys")
    await bot.until_all_is_told()


@pytest.mark.parametrize(("project", "on"), [("docs", False), ("shop", True)])
async def test_when_auto_assignment_is_switched_meanwhile_the_build_is_left_to_people(
    bot: World, project: str, on: bool
) -> None:
    before = await bot.serving(project)
    build = await bot.rebuild(project)
    await _switch_auto_assignment(bot, project, on=on)
    await bot.let_build_finish(build)
    told = await bot.bob.sees("superseded", channel="deploys")
    assert f"The new build `{build}` is ready, and was not promoted. Production changed" in told.words
    assert [text for text in told.buttons if text.startswith("Promote ")]
    await bot.until_all_is_told()
    assert not await bot.promotes()
    assert await bot.serving(project) == before


async def test_a_switch_that_was_taken_back_changes_nothing(bot: World) -> None:
    build = await bot.rebuild("docs")
    await _switch_auto_assignment(bot, "docs", on=False)
    await _switch_auto_assignment(bot, "docs", on=True)
    await bot.let_build_finish(build)
    await bot.bob.sees("Current of docs is now", channel="deploys")
    assert await bot.serving("docs") == {build}


@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/v12/deployments/{}/cancel"), ("DELETE", "/v13/deployments/{}")]
)
async def test_a_build_that_is_canceled_or_deleted_outside_has_failed(
    world: World, method: str, path: str
) -> None:
    bot = world
    await bot.start_bot(promotebot_unseen_seconds=1)  # that long a build may be unknown to a read
    before = await bot.serving("docs")
    build = await bot.rebuild("docs")
    await bot.vercel(method, path.format(build))
    failed = await bot.bob.sees(": failed", channel="deploys")
    assert "Production is as it was." in failed.words or "Production did not move." in failed.words
    await bot.until_all_is_told()
    assert await bot.serving("docs") == before
    again = await bot.card("docs", "Preview")  # the project is free
    await bot.ana.clicks(again, "Rebuild and promote")
    await bot.bob.sees("is Current", channel="deploys")


async def test_cancel_the_build_cancels_it_and_frees_the_project(bot: World) -> None:
    before = await bot.serving("docs")
    build = await bot.rebuild("docs")
    message = await bot.ana.sees("Building `dpl_", channel="deploys")
    await bot.ana.clicks(message, "Cancel the build", confirmed=True)
    told = await bot.bob.sees(": cancelled", channel="deploys")
    assert told.ts == message.ts
    assert "The build was canceled." in told.words
    assert "Cancel the build" not in told.buttons
    assert await _build_state(bot, build) == "CANCELED"
    assert await bot.serving("docs") == before
    cancelled = next(e for e in await bot.audit() if e.action == "operation.cancelled")
    assert cancelled.actor == "slack:U0ANA0001"

    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("is Current", channel="deploys")


async def test_domains_that_changed_meanwhile_leave_the_build_to_people(bot: World) -> None:
    before = await bot.serving("shop")
    build = await bot.rebuild("shop")
    await bot.vercel(
        "POST", f"/v10/projects/{await bot.project_id('shop')}/domains", {"name": "new.shop.example.com"}
    )
    await bot.let_build_finish(build)
    told = await bot.bob.sees("superseded", channel="deploys")
    assert f"The new build `{build}` is ready, and was not promoted. Production changed" in told.words
    await bot.until_all_is_told()
    assert await bot.serving("shop") == before
    assert not await bot.promotes()


async def test_what_is_shown_late_does_not_take_back_that_a_build_was_cancelled(bot: World) -> None:
    await bot.rebuild("docs")
    shown = await bot.bob.sees("Building", channel="deploys")
    await bot.slack_fault(method="chat.update", delay=1.0)
    async with asyncio.timeout(10):
        while await bot.slack_faults():  # noqa: ASYNC110 - until an update is on its way
            await asyncio.sleep(0.02)
        before = len(await bot.sent_to_slack("chat.update"))
        await bot.ana.clicks(shown, "Cancel the build", confirmed=True)
        while len(updates := await bot.sent_to_slack("chat.update")) < before + 2:  # noqa: ASYNC110 - likewise
            await asyncio.sleep(0.02)  # that one, and the last word
    assert ": cancelled" in updates[-1]["body"]["text"]
    await bot.until_all_is_told()


async def test_a_build_is_canceled_once_however_often_one_clicks(bot: World) -> None:
    build = await bot.rebuild("docs")
    message = await bot.ana.sees("Building `dpl_", channel="deploys")
    await bot.ana.clicks(message, "Cancel the build", confirmed=True)
    async with bot.session.post(f"{bot.workspace.url}/sandbox/socket", json={"do": "redeliver"}) as answer:
        assert (await answer.json())["ok"]
    await bot.ana.sees("past its build: it cannot be given up", channel="deploys")
    await bot.until_all_is_told()
    assert [e.action for e in await bot.audit()].count("operation.cancelled") == 1
    assert [r["path"] for r in await bot.requests("PATCH")] == [f"/v12/deployments/{build}/cancel"]


async def test_a_rollback_does_not_wait_for_a_build_and_ends_it(bot: World) -> None:
    build = await bot.rebuild("docs")
    old = await bot.newest("docs", "Promoted")
    await bot.ana.types(f"/rollback {old['id']} incident", channel="deploys")
    card = await bot.ana.sees("Roll back docs to", channel="deploys")
    await bot.ana.clicks(card, "Roll back")
    await bot.bob.sees("Production is pinned", channel="deploys")
    given_up = await bot.bob.sees("superseded", channel="deploys")
    assert "Somebody asked for a way back meanwhile" in given_up.words
    assert "The build was canceled." in given_up.words
    await bot.until_all_is_told()
    assert await _build_state(bot, build) == "CANCELED"
    assert await bot.serving("docs") == {old["id"]}
    assert not await bot.promotes()


async def test_nor_does_one_that_was_confirmed_before_the_build_was_known_of(bot: World) -> None:
    """It stands in line behind a request that was not answered yet."""
    await bot.hold_builds("docs")
    await bot.tell_platform("faults", [{"method": "POST", "path": "/v13/deployments", "hold": 1.0}])
    old = await bot.newest("docs", "Promoted")
    await bot.ana.types(f"/rollback {old['id']} incident", channel="deploys")
    back = await bot.ana.sees("Roll back docs to", channel="deploys")
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.until_audited("operation.asked")
    await bot.ana.clicks(back, "Roll back")
    await bot.bob.sees("1st in line", channel="deploys")
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert "The build was canceled." in (await bot.bob.sees("superseded", channel="deploys")).words
    assert await bot.serving("docs") == {old["id"]}


async def test_the_build_of_a_request_whose_answer_was_lost_is_canceled_as_well(bot: World) -> None:
    """Or Vercel might assign the domains to it after the rollback. It is told although that answer is lost, too."""
    old = await bot.newest("docs", "Promoted")
    await bot.ana.types(f"/rollback {old['id']} incident", channel="deploys")
    back = await bot.ana.sees("Roll back docs to", channel="deploys")
    card = await bot.card("docs", "Preview")
    await bot.hold_builds("docs")
    lost = {"method": "POST", "path": "/v13/deployments", "cut": "after"}
    unseen = {
        "method": "GET",
        "path": "/v6/deployments",
        "body": {"deployments": [], "pagination": {}},
        "times": -1,
    }
    await bot.tell_platform("faults", [lost, unseen])
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("I am still looking.", channel="deploys")
    await bot.tell_platform_clear("faults")
    await bot.tell_platform("faults", [{"method": "PATCH", "path": "/cancel$", "cut": "after"}])
    await bot.ana.clicks(back, "Roll back")
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert "The build was canceled." in (await bot.bob.sees("superseded", channel="deploys")).words
    [row] = [row for row in await bot.until_all_is_told() if row.path == "rebuild"]
    assert row.build_id is not None
    assert not await bot.platform_faults()
    assert await _build_state(bot, row.build_id) == "CANCELED"
    assert not any(d["state"] == "Building" for d in (await bot.panel())["docs"]["recent"])


async def test_a_promotion_does_wait_for_a_build(bot: World) -> None:
    build = await bot.rebuild("shop")
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Waiting: 1st in line", channel="deploys")
    assert await _build_state(bot, build) == "BUILDING"
    assert not await bot.promotes()


async def test_somebody_without_the_right_cannot_cancel_a_build(bot: World) -> None:
    build = await bot.rebuild("docs")
    message = await bot.bob.sees("Building `dpl_", channel="deploys")
    await bot.bob.clicks(message, "Cancel the build", confirmed=True)
    await bot.bob.sees("You may not change production", channel="deploys")
    assert await _build_state(bot, build) == "BUILDING"
    assert not await bot.requests("PATCH")
    denied = next(e for e in await bot.audit() if e.action == "operation.give_up.denied")
    assert denied.actor == "slack:U0BOB0002"
    await bot.let_build_finish(build)
    await bot.bob.sees("Current of docs is now", channel="deploys")
