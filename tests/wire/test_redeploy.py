"""*Redeploy*: a production build that has failed is built again by one click."""

import pytest

from chatbot.messages.message import row, says
from chatbot.messages.redeploy import redeploy_button
from chatbot.sandbox.person import Refused
from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World


async def failed_build(world: World, project: str) -> str:
    await world.tell_platform("faults", [{"build": {"project": project, "fails": True}}])
    build: str = (await world.tell_platform("push", {"project": project, "branch": "main"}))["deployment"][
        "id"
    ]
    await world.until_state(project, build, "Failed")
    return build


async def offered(world: World, build: str, *, assigns: bool) -> SeenMessage:
    assert world.bot is not None
    failed = await world.bot.bot.vercel.deployment(build)
    button = redeploy_button(failed, assigns=assigns, pinned=False)
    await world.bot.bot.announcer.post("C0DEPLOYS", says("It failed.", row(button)), key=build)
    return await world.ana.sees("It failed.", channel="deploys")


async def redeploys(world: World) -> list[str]:
    """What was asked for of the platform: forceNew of each."""
    return [r["query"]["forceNew"] for r in await world.requests("POST") if r["path"] == "/v13/deployments"]


async def test_it_becomes_current_by_itself_where_auto_assignment_is_on(bot: World) -> None:
    build = await failed_build(bot, "docs")
    served = await bot.serving("docs")
    message = await offered(bot, build, assigns=True)
    with pytest.raises(Refused):
        await bot.ana.clicks(message, "Redeploy")  # Slack's own dialog comes first
    await bot.bob.clicks(message, "Redeploy", confirmed=True)
    await bot.bob.sees("Only workspace admins may act", channel="deploys")
    await bot.ana.clicks(message, "Redeploy", confirmed=True)
    told = await bot.bob.sees("Redeployed from Slack by <@U0ANA0001>", channel="deploys")
    [done] = await bot.until_all_is_told()
    assert (done.path, done.state, done.target_id) == ("redeploy", "succeeded", build)
    assert await bot.serving("docs") == {done.build_id}
    assert [b for b in told.buttons if b.startswith("Roll back to ")]
    assert served != await bot.serving("docs")
    await bot.ana.clicks(message, "Redeploy", confirmed=True)
    await bot.ana.sees("A newer production build of docs is there, or on its way", channel="deploys")
    assert await redeploys(bot) == ["1"]


async def test_where_it_is_off_it_stays_staged_and_the_click_says_what_it_said(bot: World) -> None:
    served = await bot.serving("shop")
    build = await failed_build(bot, "shop")
    message = await offered(bot, build, assigns=True)
    await bot.ana.clicks(message, "Redeploy", confirmed=True)
    refused = await bot.ana.sees("Auto-assignment of shop was switched since", channel="deploys")
    assert not await redeploys(bot)
    await bot.ana.clicks(refused, "Redeploy", confirmed=True)
    told = await bot.bob.sees("is ready and Staged", channel="deploys")
    [done] = await bot.until_all_is_told()
    assert (done.path, done.state) == ("redeploy", "staged")
    assert (await bot.newest("shop", "Staged"))["id"] == done.build_id
    assert await bot.serving("shop") == served
    assert [b for b in told.buttons if b.startswith("Promote ")]
    assert not await bot.promotes()


async def test_an_answer_that_is_lost_is_looked_for_and_not_asked_for_again(bot: World) -> None:
    build = await failed_build(bot, "docs")
    message = await offered(bot, build, assigns=True)
    await bot.tell_platform("faults", [{"method": "POST", "path": "/v13/deployments", "cut": "after"}])
    await bot.ana.clicks(message, "Redeploy", confirmed=True)
    await bot.bob.sees("Redeployed from Slack by <@U0ANA0001>", channel="deploys")
    assert await redeploys(bot) == ["1"]
