"""A production build that fails: its channels are told why, and *Redeploy* builds it again by one click."""

import logging

import pytest

from chatbot.sandbox.person import Refused
from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World
from tests.wire.test_incidents import opened


@pytest.fixture
async def watching(world: World) -> World:
    """With a bot that looks around, in a channel that hears of builds that fail."""
    await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("docs")
    for channel in ("general", "incidents"):
        await world.ana.types("/promotebot subscribe docs failed", channel=channel)
        await world.ana.sees("subscribed this channel", channel=channel)
    return world


async def failed_build(world: World) -> tuple[str, SeenMessage]:
    """The build, and what the channel is told of it."""
    await world.tell_platform("faults", [{"build": {"project": "docs", "fails": True}}])
    build: str = (await world.tell_platform("push", {"project": "docs", "branch": "main"}))["deployment"][
        "id"
    ]
    return build, await world.bob.sees("A production build of docs failed", channel="general")


async def redeploys(world: World) -> list[str]:
    """What was asked for of the platform: forceNew of each."""
    return [r["query"]["forceNew"] for r in await world.requests("POST") if r["path"] == "/v13/deployments"]


async def test_it_is_told_with_its_log_and_becomes_current_by_one_click(
    watching: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    served = await watching.serving("docs")
    build, told = await failed_build(watching)
    assert "*The end of its log*\n```\n" in told.words
    assert "Type error: Property 'total' does not exist" in told.words
    other = await watching.bob.sees("A production build of docs failed", channel="incidents")
    assert other.words == told.words
    assert len([r for r in await watching.requests("GET") if r["path"].endswith("/events")]) == 1
    assert "Type error" not in caplog.text
    with pytest.raises(Refused):
        await watching.ana.clicks(told, "Redeploy")  # Slack's own dialog comes first
    await watching.bob.clicks(told, "Redeploy", confirmed=True)
    await watching.bob.sees("Only workspace admins may act", channel="general")
    await opened(watching, "docs")
    await watching.ana.clicks(told, "Redeploy", confirmed=True)
    held = await watching.ana.sees("An incident is open on docs", channel="general")
    assert not await redeploys(watching)
    await watching.ana.clicks(held, "Do it all the same", confirmed=True)
    announced = await watching.bob.sees("Redeployed from Slack by <@U0ANA0001>", channel="general")
    [done] = await watching.until_all_is_told()
    assert (done.path, done.state, done.target_id) == ("redeploy", "succeeded", build)
    assert await watching.serving("docs") == {done.build_id} != served
    assert [b for b in announced.buttons if b.startswith("Roll back to ")]
    outlived = await watching.bob.sees("Nothing to redeploy from here any more", channel="general")
    assert (outlived.ts, outlived.buttons) == (told.ts, [])
    assert "*The end of its log*" in outlived.words
    assert await redeploys(watching) == ["1"]


async def test_where_auto_assignment_was_switched_off_since_the_click_says_so_and_it_ends_staged(
    watching: World,
) -> None:
    served = await watching.serving("docs")
    _, told = await failed_build(watching)
    await watching.vercel("PATCH", "/v9/projects/docs", {"autoAssignCustomDomains": False})
    await watching.ana.clicks(told, "Redeploy", confirmed=True)
    refused = await watching.ana.sees("Auto-assignment of docs was switched since", channel="general")
    assert not await redeploys(watching)
    await watching.tell_platform("faults", [{"method": "POST", "path": "/v13/deployments", "cut": "after"}])
    await watching.ana.clicks(refused, "Redeploy", confirmed=True)
    ended = await watching.bob.sees("is ready and Staged", channel="general")
    [done] = await watching.until_all_is_told()
    assert (done.path, done.state) == ("redeploy", "staged")
    assert (await watching.newest("docs", "Staged"))["id"] == done.build_id
    assert await watching.serving("docs") == served
    assert [b for b in ended.buttons if b.startswith("Promote ")]
    assert await redeploys(watching) == ["1"]  # the answer was lost: looked for, and not asked for again
    assert not await watching.promotes()
