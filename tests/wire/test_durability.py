"""kill -9 at the worst moments: one request, a finished operation, an updated message, an unbroken audit log."""

import asyncio
import signal
from typing import Any

from chatbot.sandbox.launching import bot_process
from tests.conftest import World

PROMOTE = {"method": "POST", "path": ".*/promote/.*"}


async def _killed_when(world: World, variables: dict[str, str], fault: dict[str, Any], reached: str) -> None:
    """Confirm a promotion, and kill the bot once its request has `reached` "the platform" or "the audit log", and
    its message is known.
    """
    await world.tell_platform("faults", [fault])
    target = (await world.newest("shop", "Staged"))["id"]
    async with bot_process(variables) as process:
        card = await world.card("shop", "Staged")
        await world.ana.clicks(card, "Promote")
        async with asyncio.timeout(15):
            while not (  # noqa: ASYNC110 - none of them calls back
                await _has_reached(world, reached, target) and await _is_shown(world)
            ):
                await asyncio.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        await process.wait()


async def _has_reached(world: World, where: str, target: str) -> bool:
    if where == "the audit log":
        return any(e.action == "operation.asked" for e in await world.audit())
    last = (await world.vercel("GET", "/v9/projects/shop"))["lastAliasRequest"]
    return last is not None and last["toDeploymentId"] == target


async def _is_shown(world: World) -> bool:
    return all(operation.message_ts is not None for operation in await world.operations())


async def test_killed_between_the_ask_and_the_answer(world: World, variables: dict[str, str]) -> None:
    target = await world.newest("shop", "Staged")
    await _killed_when(world, variables, {**PROMOTE, "hold": 60.0}, "the platform")
    before = await world.bob.sees("Promote shop to", channel="deploys")
    async with bot_process(variables):
        done = await world.bob.sees("is Current", channel="deploys", within=20)
        await world.bob.sees("Current of shop is now", channel="deploys")
    assert done.ts == before.ts  # the same message, updated
    assert await world.serving("shop") == {target["id"]}
    assert len(await world.requests("POST")) == 1
    actions = [e.action for e in await world.audit()]  # its chain is verified there
    assert actions.count("operation.asked") == actions.count("operation.succeeded") == 1


async def test_killed_before_the_request_took_effect(world: World, variables: dict[str, str]) -> None:
    """Nobody can know that it was never taken, so it is looked for, and not sent again."""
    before = await world.serving("shop")
    await _killed_when(world, variables, {**PROMOTE, "delay": 60.0, "cut": "before"}, "the audit log")
    async with bot_process(variables):
        await world.bob.sees("outcome unknown", channel="deploys", within=20)
        assert await world.serving("shop") == before
        assert len(await world.requests("POST")) <= 1
        await world.tell_platform_clear("faults")
        card = await world.card("shop", "Staged")  # the project is free again
        await world.ana.clicks(card, "Promote")
        await world.bob.sees("is Current", channel="deploys")


async def test_killed_while_slack_makes_it_wait_to_tell(world: World, variables: dict[str, str]) -> None:
    """The outcome is told when the lease ends, and not when that bot would have given up."""
    async with bot_process(variables) as process:
        build = await world.rebuild("docs")
        await world.bob.sees("Requested by", channel="deploys")
        await world.slack_fault(method="chat.update", status=429, retry_after=60, times=9)
        await world.let_build_finish(build)
        await world.until_audited("operation.succeeded")
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await world.heal_slack()
    async with bot_process(variables):
        await world.bob.sees("is Current", channel="deploys", within=20)
        await world.until_all_is_told()
    assert sum("Current of docs is now" in m.words for m in await world.bob.reads("deploys")) == 1


async def test_killed_right_after_the_click(world: World, variables: dict[str, str]) -> None:
    async with bot_process(variables) as process:
        card = await world.card("shop", "Staged")
        await world.ana.clicks(card, "Promote")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with bot_process(variables):
        await world.bob.sees("is Current", channel="deploys", within=20)
    assert len(await world.requests("POST")) == 1


async def test_a_wish_that_is_too_old_is_not_carried_out_after_a_restart(world: World) -> None:
    """Confirmed, then the bot was down for an hour: production may look different, and nobody waits any more."""
    first = await world.start_bot()
    card = await world.card("shop", "Staged")
    first.bot.conductor.stop()
    await world.ana.clicks(card, "Promote")
    world.clock.move(hours=1)
    await world.start_bot()
    await world.bob.sees("not started", channel="deploys")
    assert not await world.requests("POST")


async def test_a_stopped_bot_hands_its_operations_over(world: World, variables: dict[str, str]) -> None:
    staged = [d for d in (await world.panel())["shop"]["recent"] if d["state"] == "Staged"]
    await world.tell_platform("faults", [{"alias_job": {"project": "shop", "hangs": True}}])
    async with bot_process({**variables, "PROMOTEBOT_LEASE_SECONDS": "600"}) as process:
        card = await world.card("shop", "Staged")
        await world.ana.clicks(card, "Promote")
        await world.bob.sees("Accepted.", channel="deploys")
        process.terminate()
        await process.wait()
    async with bot_process(variables):
        await world.promote_outside("shop", staged[1]["id"])
        await world.bob.sees("superseded", channel="deploys")
