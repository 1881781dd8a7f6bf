"""A build that does not get as far as production: its log, and the checks that hold it back."""

import logging

import pytest

from tests.conftest import World

ERROR = "Type error: Property 'total' does not exist on type 'Cart'."


async def failed_rebuild(world: World) -> None:
    await world.tell_platform("faults", [{"build": {"project": "docs", "fails": True}}])
    await world.ana.clicks(await world.card("docs", "Preview"), "Rebuild and promote")


async def checked_rebuild(world: World, project: str) -> tuple[str, str]:
    """A rebuild whose build is ready, with a check that is not through: the ids of the build and of the check."""
    build = await world.rebuild(project)
    check = await world.vercel(
        "POST", f"/v1/deployments/{build}/checks", {"name": "e2e <tests>", "blocking": True}
    )
    await world.let_build_finish(build)
    await world.bob.sees("Its checks are running", channel="deploys")
    return build, f"/v1/deployments/{build}/checks/{check['id']}"


async def test_a_failed_build_shows_the_end_of_its_log_and_nobody_else_does(
    bot: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await failed_rebuild(bot)
    told = await bot.bob.sees("The last lines of its log", channel="deploys")
    assert f"```\nCreating an optimized astro build ...\n{ERROR}\nError: Command" in told.words
    thread = await bot.bob.sees("The end of the log of the build", channel="deploys", thread=told)
    assert "Running build in Washington" in thread.words
    await bot.until_all_is_told()
    assert not any("Type error" in e.body for e in await bot.audit())
    assert "Type error" not in caplog.text
    asked = [r for r in await bot.requests("GET") if r["path"].endswith("/events")]
    assert [r["query"]["direction"] for r in asked] == ["backward"]


async def test_logs_can_be_kept_out_of_slack(world: World) -> None:
    await world.start_bot(promotebot_build_log=False)
    await failed_rebuild(world)
    told = await world.bob.sees("did not become ready", channel="deploys")
    assert "log*" not in told.words
    assert not [r for r in await world.requests("GET") if r["path"].endswith("/events")]


async def test_a_failure_is_told_without_its_log_where_that_cannot_be_read(bot: World) -> None:
    await bot.tell_platform("faults", [{"method": "GET", "path": ".*/events", "status": 500}])
    await failed_rebuild(bot)
    told = await bot.bob.sees("did not become ready", channel="deploys")
    assert "log*" not in told.words


async def test_checks_that_fail_end_it_and_the_build_stays_staged(bot: World) -> None:
    served = await bot.serving("docs")
    build, check = await checked_rebuild(bot, "docs")
    await bot.vercel("PATCH", check, {"status": "completed", "conclusion": "failed"})
    told = await bot.bob.sees("its checks did not succeed", channel="deploys")
    assert "Checks failed: e2e &lt;tests&gt;." in told.words
    assert [b for b in told.buttons if b.startswith("Promote ")]
    assert await bot.serving("docs") == served
    assert (await bot.newest("docs", "Staged"))["id"] == build


async def test_no_promote_is_asked_for_before_the_checks_are_through(bot: World) -> None:
    """Auto-assignment is off for shop: its build takes a promote."""
    build, check = await checked_rebuild(bot, "shop")
    assert not await bot.promotes()
    await bot.vercel("PATCH", check, {"status": "completed", "conclusion": "succeeded"})
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert await bot.promotes() == [build]


async def test_what_waits_for_a_build_waits_for_its_checks(bot: World) -> None:
    await bot.hold_builds("shop")
    build = (await bot.tell_platform("push", {"project": "shop", "branch": "main"}))["deployment"]["id"]
    check = await bot.vercel("POST", f"/v1/deployments/{build}/checks", {"name": "e2e", "blocking": True})
    await bot.ana.types(f"/promote {build}", channel="deploys")
    card = await bot.ana.sees("when it is ready?", channel="deploys")
    await bot.ana.clicks(card, "Promote when ready")
    await bot.let_build_finish(build)
    await bot.bob.sees("Its checks are running", channel="deploys")
    path = f"/v1/deployments/{build}/checks/{check['id']}"
    await bot.vercel("PATCH", path, {"status": "completed", "conclusion": "failed"})
    told = await bot.bob.sees("its checks did not succeed", channel="deploys")
    assert "Checks failed: e2e." in told.words
    assert not await bot.promotes()
