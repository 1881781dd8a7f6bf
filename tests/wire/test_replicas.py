"""Two bots on one database: whichever gets a click, everything happens once."""

import asyncio
import signal
from collections import Counter

from chatbot.sandbox.launching import bot_process
from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World
from tests.wire.conftest import variables_for


async def _clicks_often(world: World, message: SeenMessage, button: str) -> None:
    """Four times at once; each click goes to whichever bot is connected."""
    clicks = (world.ana.clicks(message, button, confirmed=True) for _ in range(4))
    await asyncio.gather(*clicks, return_exceptions=True)


def _one_click(announced: SeenMessage) -> str:
    return next(b for b in announced.buttons if b.startswith(("Roll back to", "Undo rollback to")))


async def test_four_moves_in_a_row_are_each_asked_told_and_announced_once(shared: World) -> None:
    await shared.start_bot()
    await shared.start_bot()
    before = (await shared.panel())["shop"]["current"]["id"]
    target = (await shared.newest("shop", "Staged"))["id"]
    card = await shared.card("shop", "Staged")
    await _clicks_often(shared, card, "Promote")
    announced = await shared.bob.sees("Current of shop is now", channel="deploys")
    for _ in range(3):
        await _clicks_often(shared, announced, _one_click(announced))
        announced = await shared.bob.sees("Current of shop is now", channel="deploys", after=announced)
    told = await shared.until_all_is_told()

    assert await shared.serving("shop") == {before}
    asked = [r["path"].split("/")[-2:] for r in await shared.requests("POST")]
    assert asked == [["promote", target], ["rollback", before], ["promote", target], ["rollback", before]]
    assert [row.state for row in told] == ["succeeded"] * 4
    messages = [m for m in await shared.bob.reads("deploys") if not m.ephemeral]
    assert sum("Requested by" in m.words for m in messages) == 4
    assert sum("Current of shop is now" in m.words for m in messages) == 4
    actions = Counter(e.action for e in await shared.audit())
    for action in ("operation.requested", "operation.asked", "operation.accepted", "operation.succeeded"):
        assert actions[action] == 4


async def test_two_projects_are_moved_at_the_same_time(shared: World) -> None:
    await shared.start_bot()
    await shared.start_bot()
    shop = await shared.card("shop", "Staged")
    docs = await shared.card("docs", "Preview")
    await asyncio.gather(
        _clicks_often(shared, shop, "Promote"), _clicks_often(shared, docs, "Rebuild and promote")
    )
    for project in ("shop", "docs"):
        await shared.bob.sees(f"Current of {project} is now", channel="deploys")
    await shared.until_all_is_told()
    assert len(await shared.requests("POST")) == 2


async def test_a_bot_that_is_stopped_hands_over_at_once(shared: World) -> None:
    """Its lease would last for ten minutes more."""
    first = await shared.start_bot(promotebot_lease_seconds=600)
    await shared.hang_next_move("shop")
    theirs = [d for d in (await shared.panel())["shop"]["recent"] if d["state"] == "Staged"][1]
    card = await shared.card("shop", "Staged")
    await shared.ana.clicks(card, "Promote")
    message = await shared.bob.sees("Accepted.", channel="deploys")
    (held,) = await shared.operations()
    await shared.start_bot()
    first.bot.conductor.stop()
    await shared.promote_outside("shop", theirs["id"])
    told = await shared.bob.sees("superseded", channel="deploys")
    assert told.ts == message.ts
    (row,) = await shared.until_all_is_told()
    assert row.fence > held.fence


async def test_a_bot_that_is_killed_is_followed_by_the_other_one(shared: World) -> None:
    target = (await shared.newest("shop", "Staged"))["id"]
    await shared.tell_platform("faults", [{"method": "POST", "path": ".*/promote/.*", "hold": 60.0}])
    async with bot_process(variables_for(shared)) as process:
        card = await shared.card("shop", "Staged")
        await shared.ana.clicks(card, "Promote")
        await shared.until_requested("shop", target)
        message = await shared.bob.sees("Promote shop to", channel="deploys")
        await shared.start_bot(promotebot_lease_seconds=2)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        done = await shared.bob.sees("is Current", channel="deploys", within=20)
    assert done.ts == message.ts  # the same message, updated
    assert await shared.promotes() == [target]
    await shared.until_all_is_told()
    messages = await shared.bob.reads("deploys")
    assert sum("Current of shop is now" in m.words for m in messages) == 1
    actions = Counter(e.action for e in await shared.audit())
    assert actions["operation.asked"] == actions["operation.succeeded"] == 1
