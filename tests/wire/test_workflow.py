"""*Promote a deployment*, as a step of a workflow: a person confirms, and the step ends when the operation has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatbot.app import running
from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World

STEP = "promote_deployment"
ANA = "U0ANA0001"


@asynccontextmanager
async def a_bot(world: World) -> AsyncIterator[None]:
    """One that ends before the test does."""
    async with running(world.settings, clock=world.clock):
        yield


async def asked(world: World, target: str, after: SeenMessage | None = None) -> tuple[str, SeenMessage]:
    """A run that Ana has started, and the card that she gets directly; `after` the one before."""
    run = await world.ana.runs_workflow(
        STEP, channel="general", deployment=target, channel_id="C0DEPLOYS", reason="the spring <sale>"
    )
    direct = await world.direct_channel(ANA)
    return run, await world.ana.sees("A workflow asks for this", channel=direct, after=after)


async def test_a_step_is_completed_over_restarts_with_what_came_of_it(world: World) -> None:
    await world.hold_builds("shop")
    async with a_bot(world):
        target = await world.newest("shop", "Preview")
        run, card = await asked(world, target["id"])
        assert not await world.requests("POST")
    async with a_bot(world):
        await world.ana.clicks(card, "Rebuild and promote")
        build = await world.until_building()
    await world.let_build_finish(build)
    await world.slack_fault(method="functions.completeSuccess", drop="after")  # done, and nobody knows
    async with a_bot(world):
        end = await world.ana.sees_workflow_end(run)
        told = await world.bob.sees("is Current", channel="deploys")
        await world.until_audited("workflow.completed")
    assert end.state == "completed"
    assert end.outputs["outcome"] == "succeeded"
    assert end.outputs["project"] == "shop"
    assert end.outputs["deployment_id"] == build
    assert told.ts.replace(".", "") in end.outputs["message_url"]
    assert "the spring &lt;sale&gt;" in told.words
    actions = [entry.action for entry in reversed(await world.audit()) if entry.action.startswith("workflow")]
    assert actions == ["workflow.requested", "workflow.completed"]


async def test_a_step_fails_with_the_reason_where_nobody_confirms_or_nothing_can_be_done(bot: World) -> None:
    staged = (await bot.newest("shop", "Staged"))["id"]
    await bot.slack_fault(method="functions.completeError", status=503, times=2)
    cancelled, card = await asked(bot, staged)
    await bot.ana.clicks(card, "Cancel")
    denied = await bot.bob.runs_workflow(STEP, channel="deploys", deployment=staged)
    assert "workspace admins" in str((await bot.bob.sees_workflow_end(denied)).error)
    unknown = await bot.ana.runs_workflow(STEP, channel="deploys", deployment="no-such-branch")
    error = str((await bot.ana.sees_workflow_end(unknown)).error)
    assert "The confirmation was cancelled" in str((await bot.ana.sees_workflow_end(cancelled)).error)
    assert "I know no deployment by the branch no-such-branch. /deployments lists" in error

    expired, card = await asked(bot, staged, card)
    bot.clock.move(minutes=11)
    assert "Nobody confirmed in time" in str((await bot.ana.sees_workflow_end(expired)).error)
    lapsed = await bot.ana.sees("nobody confirmed in time", channel=card.channel)
    assert (lapsed.ts, lapsed.buttons) == (card.ts, [])

    await bot.tell_platform("faults", [{"alias_job": {"project": "shop", "fails_for": "all"}}])
    run, card = await asked(bot, staged, card)
    await bot.ana.clicks(card, "Promote")
    end = await bot.ana.sees_workflow_end(run)
    assert end.state == "failed"
    assert ": failed." in str(end.error)
    assert len(await bot.requests("POST")) == 1


async def test_a_plan_that_no_longer_holds_is_confirmed_again_within_the_step(bot: World) -> None:
    staged = (await bot.newest("shop", "Staged"))["id"]
    run, card = await asked(bot, staged)
    bot.add_domain("shop", "late.example.com")
    await bot.ana.clicks(card, "Promote")
    again = await bot.ana.sees("late.example.com", channel="deploys")
    await bot.ana.clicks(again, "Promote")
    end = await bot.ana.sees_workflow_end(run)
    assert end.outputs["deployment_id"] == staged
