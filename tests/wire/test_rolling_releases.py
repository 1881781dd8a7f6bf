"""Rolling releases from chat: begun, advanced, completed, aborted, queued behind one."""

from typing import Any

import pytest

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World
from tests.wire.forging import Forger, nothing_happened, tracebacks

BY_APPROVAL = [{"targetPercentage": 5}, {"targetPercentage": 25}, {"targetPercentage": 100}]


@pytest.fixture
async def rolling(bot: World) -> World:
    """The project shop moves in three stages that somebody has to approve."""
    await enable(bot, BY_APPROVAL)
    return bot


async def enable(world: World, stages: list[dict[str, Any]], project: str = "shop") -> None:
    body = {"enabled": True, "stages": stages}
    await world.vercel("PATCH", f"/v1/projects/{project}/rolling-release/config", body)


async def document(world: World) -> Any:
    return (await world.vercel("GET", "/v1/projects/shop/rolling-release"))["rollingRelease"]


async def step_outside(world: World, step: str, **more: Any) -> None:
    """As the dashboard does it."""
    canary = (await document(world))["canaryDeployment"]["id"]
    await world.vercel(
        "POST", f"/v1/projects/shop/rolling-release/{step}", {"canaryDeploymentId": canary, **more}
    )


async def begin(world: World) -> tuple[SeenMessage, dict[str, Any]]:
    """Ana promotes the newest Staged build of shop. The message that tells of it, and what is the canary."""
    target = await world.newest("shop", "Staged")
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    told = await world.ana.sees(f"shop: canary {target['sha'][:7]} at 5 %, stage 1 of 3", channel="deploys")
    return told, target


async def wait_behind(world: World, other: dict[str, Any]) -> SeenMessage:
    """Ana has another deployment queued. The message that offers it, with the steps of the release."""
    await world.ana.types(f"/promote {other['id']}", channel="deploys")
    shown = await world.ana.sees(f"Promote {other['sha'][:7]} after it", channel="deploys")
    await world.ana.clicks(shown, f"Promote {other['sha'][:7]} after it")
    card = await world.ana.sees("Queued behind a rolling release", channel="deploys")
    await world.ana.clicks(card, "Promote")
    await world.bob.sees("Accepted, and queued", channel="deploys")
    return shown


async def posts(world: World) -> list[str]:
    return [r["path"].rpartition("/")[2] for r in await world.requests("POST")]


async def test_a_promote_begins_a_rolling_release_that_is_advanced_and_completed(rolling: World) -> None:
    before = await rolling.serving("shop")
    card = await rolling.card("shop", "Staged")
    assert "A rolling release begins. 5 % of the visitors get it first" in card.words.replace("*", "")
    assert "5 % until somebody approves more, then 25 % until somebody approves more, then all" in card.words
    assert "They stay where they are until the rolling release is complete." in card.words
    assert "*Auto-assignment* stays off until the rolling release is complete." in card.words
    told, target = await begin(rolling)
    assert "is Current" not in told.words
    assert await rolling.serving("shop") == before
    assert {"Advance to 25 %", "Complete", "Abort"} <= set(told.buttons)

    await rolling.ana.clicks(told, "Advance to 25 %")
    card = await rolling.ana.sees(f"Advance shop to 25 % on {target['sha'][:7]}?", channel="deploys")
    assert "Advance, from 5 %, stage 1 of 3." in card.words.replace("*", "")
    await rolling.ana.clicks(card, "Advance to 25 %")
    told = await rolling.ana.sees(f"canary {target['sha'][:7]} at 25 %, stage 2 of 3", channel="deploys")
    assert (await document(rolling))["activeStage"]["index"] == 1
    assert await rolling.serving("shop") == before
    older = await rolling.ana.sees(
        "The rolling release has gone on since, by <@U0ANA0001>.", channel="deploys"
    )
    assert not older.buttons

    await rolling.ana.clicks(told, "Complete")
    card = await rolling.ana.sees("Complete the rolling release of shop", channel="deploys")
    assert "*Auto-assignment* is off now. Every promote switches it on, unless you keep it off." in card.words
    await rolling.ana.clicks(card, "Complete")
    told = await rolling.bob.sees(f"shop: {target['sha'][:7]} is Current", channel="deploys")
    assert await rolling.serving("shop") == {target["id"]}
    assert (await document(rolling))["state"] == "COMPLETE"
    await rolling.until_all_is_told()
    sent = [what for what in await posts(rolling) if what in {target["id"], "approve-stage", "complete"}]
    assert sent == [target["id"], "approve-stage", "complete"]
    done = [(row.path, row.state) for row in reversed(await rolling.operations())]
    assert done == [("promote", "succeeded"), ("advance", "succeeded"), ("complete", "succeeded")]


async def test_it_is_aborted_and_begun_again(rolling: World) -> None:
    before = await rolling.serving("shop")
    told, target = await begin(rolling)
    await rolling.ana.clicks(told, "Abort")
    card = await rolling.ana.sees("Abort the rolling release of shop", channel="deploys")
    assert "All visitors get what was Current again, at once." in card.words
    assert "production is pinned by it" in card.words
    await rolling.ana.clicks(card, "Abort")
    told = await rolling.bob.sees("shop: aborted, all visitors get", channel="deploys")
    assert "Production is pinned" in told.words
    assert (await document(rolling))["state"] == "ABORTED"
    assert await rolling.serving("shop") == before
    assert (await rolling.vercel("GET", "/v9/projects/shop"))["autoAssignCustomDomains"] is False
    await rolling.ana.clicks(told, "Begin it again", confirmed=True)
    await rolling.until_audited("operation.succeeded")
    rows = await rolling.until_all_is_told()
    assert [(row.path, row.state) for row in rows][:2] == [("promote", "succeeded"), ("abort", "succeeded")]
    assert (await document(rolling))["canaryDeployment"]["id"] == target["id"]


async def test_whoever_promotes_meanwhile_sees_the_release_and_may_wait_behind_it(rolling: World) -> None:
    _, canary = await begin(rolling)
    other = await rolling.newest("shop", "Staged")
    await rolling.ana.types(f"/promote {canary['id']}", channel="deploys")
    shown = await rolling.ana.sees("shop: rolling release, 5 %, stage 1 of 3", channel="deploys")
    assert "after it" not in " ".join(shown.buttons)
    shown = await wait_behind(rolling, other)
    rolling.clock.move(hours=5)  # it waits as long as it takes

    await rolling.ana.clicks(shown, "Complete")
    card = await rolling.ana.sees("Complete the rolling release of shop", channel="deploys")
    assert f"Then `{other['id']}` begins, which is queued." in card.words
    await rolling.ana.clicks(card, "Complete")
    await rolling.bob.sees(f"shop: {canary['sha'][:7]} is Current", channel="deploys")
    await rolling.bob.sees(f"shop: canary {other['sha'][:7]} at 5 %, stage 1 of 3", channel="deploys")
    assert await rolling.serving("shop") == {canary["id"]}


async def test_what_waits_is_dropped_when_the_release_is_aborted(rolling: World) -> None:
    await begin(rolling)
    other = await rolling.newest("shop", "Staged")
    await wait_behind(rolling, other)
    base = (await document(rolling))["currentDeployment"]["id"]
    await rolling.roll_back_outside("shop", base)
    told = await rolling.bob.sees("superseded", channel="deploys")
    assert "The rolling release that it waited for was aborted, so it does not begin." in told.words
    assert (await rolling.operations())[0].state == "superseded"


async def test_a_step_whose_release_has_gone_on_takes_a_new_confirmation(rolling: World) -> None:
    told, _ = await begin(rolling)
    await rolling.ana.clicks(told, "Advance to 25 %")
    advance = await rolling.ana.sees("Advance shop to 25 %", channel="deploys")
    await rolling.ana.clicks(told, "Abort")
    abort = await rolling.ana.sees("Abort the rolling release of shop", channel="deploys")
    await step_outside(rolling, "approve-stage", nextStageIndex=1)
    await rolling.ana.clicks(advance, "Advance to 25 %")
    await rolling.bob.sees("Nothing was done: the rolling release changed", channel="deploys")
    await rolling.ana.sees("there is no further stage to advance to but the last", channel="deploys")
    await rolling.until_all_is_told()
    await rolling.ana.clicks(abort, "Abort")
    again = await rolling.ana.sees("This is the new plan", channel="deploys")
    await rolling.ana.clicks(told, "Complete")  # a button of the stage before
    await rolling.ana.sees("the rolling release has gone on since", channel="deploys")
    assert "approve-stage" not in (await posts(rolling))[:-1]
    await rolling.ana.clicks(again, "Abort")
    await rolling.bob.sees("shop: aborted, all visitors get", channel="deploys")
    await rolling.ana.clicks(told, "Abort")
    await rolling.ana.sees("is aborted", channel="deploys")


@pytest.mark.parametrize(
    ("step", "cut"), [("approve-stage", "after"), ("complete", "after"), ("complete", "before")]
)
async def test_a_step_whose_answer_is_lost_is_looked_for_and_never_sent_again(
    world: World, step: str, cut: str
) -> None:
    await world.start_bot(promotebot_unseen_seconds=1)
    await enable(world, BY_APPROVAL)
    told, target = await begin(world)
    await world.tell_platform("faults", [{"method": "POST", "path": f".*/{step}", "cut": cut}])
    verb = "Advance to 25 %" if step == "approve-stage" else "Complete"
    await world.ana.clicks(told, verb)
    title = "Advance shop to 25 %" if step == "approve-stage" else "Complete the rolling release of shop"
    card = await world.ana.sees(title, channel="deploys")
    await world.ana.clicks(card, verb)
    arrived = "at 25 %, stage 2 of 3" if step == "approve-stage" else f"{target['sha'][:7]} is Current"
    await world.bob.sees(arrived if cut == "after" else "outcome unknown", channel="deploys")
    assert (await posts(world)).count(step) == 1


async def test_a_completion_that_stops_half_way_can_be_retried(world: World) -> None:
    await world.start_bot(promotebot_observe_seconds=1)
    await enable(world, BY_APPROVAL)
    told, target = await begin(world)
    fails = {"project": "shop", "fails_for": ["eu.shop.example.com"]}
    await world.tell_platform("faults", [{"alias_job": fails}])
    await world.ana.clicks(told, "Complete")
    card = await world.ana.sees("Complete the rolling release of shop", channel="deploys")
    await world.ana.clicks(card, "Complete")
    partly = await world.bob.sees("only partly moved", channel="deploys")
    assert "*Abort* gives all visitors" in partly.words
    await world.ana.clicks(partly, "Retry these domains", confirmed=True)
    await world.bob.sees(f"shop: {target['sha'][:7]} is Current", channel="deploys")
    assert await world.serving("shop") == {target["id"]}


async def test_an_advance_during_which_somebody_aborts_the_release_says_so(rolling: World) -> None:
    told, _ = await begin(rolling)
    await rolling.ana.clicks(told, "Advance to 25 %")
    card = await rolling.ana.sees("Advance shop to 25 %", channel="deploys")
    await rolling.tell_platform("faults", [{"method": "POST", "path": ".*/approve-stage", "cut": "before"}])
    await rolling.ana.clicks(card, "Advance to 25 %")
    await rolling.bob.sees("not clear whether Vercel took it", channel="deploys")
    await rolling.roll_back_outside("shop", (await document(rolling))["currentDeployment"]["id"])
    told = await rolling.bob.sees("superseded", channel="deploys")
    assert "Somebody aborted the rolling release meanwhile." in told.words


async def test_a_rollback_says_that_it_aborts_the_release(rolling: World) -> None:
    await begin(rolling)
    old = await rolling.newest("shop", "Promoted")
    await rolling.ana.types(f"/rollback {old['id']}", channel="deploys")
    card = await rolling.ana.sees("Roll back shop to", channel="deploys")
    assert "A rolling release is under way. This aborts it" in card.words
    await rolling.ana.clicks(card, "Roll back")
    await rolling.bob.sees("is Current", channel="deploys")
    assert (await document(rolling))["state"] == "ABORTED"


async def test_a_release_that_goes_on_by_itself_is_told_as_it_stands(bot: World) -> None:
    await enable(bot, [{"targetPercentage": 5, "duration": 0.01}, {"targetPercentage": 100}])
    target = await bot.newest("shop", "Staged")
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.until_state("shop", target["id"], "Current")
    rows = await bot.until_all_is_told()
    assert rows[0].state == "succeeded"


async def test_one_that_begins_between_card_and_click_is_shown_instead(rolling: World) -> None:
    card = await rolling.card("shop", "Staged")
    target, other = [d for d in (await rolling.panel())["shop"]["recent"] if d["state"] == "Staged"][:2]
    await rolling.vercel(
        "POST", "/v1/projects/shop/rolling-release/start", {"canaryDeploymentId": other["id"]}
    )
    await rolling.ana.clicks(card, "Promote")
    await rolling.bob.sees("Nothing was done: the rolling release changed", channel="deploys")
    await rolling.ana.sees(f"Promote {target['sha'][:7]} after it", channel="deploys")
    assert target["id"] not in await rolling.promotes()


async def test_current_shows_how_far_it_is(rolling: World) -> None:
    await begin(rolling)
    await rolling.card("docs", "Preview")  # which uses none: nothing is asked about that
    docs = await rolling.project_id("docs")
    assert not [r for r in await rolling.requests("GET") if f"{docs}/rolling-release" in r["path"]]
    await rolling.ana.types("/current", channel="deploys")
    await rolling.ana.sees("A rolling release is under way to", channel="deploys")
    await rolling.ana.types("/current shop", channel="deploys")
    shown = await rolling.ana.sees("Rolling release…", channel="deploys")
    assert "5 %, stage 1 of 3. Next: 25 %, when somebody approves it." in shown.words
    await rolling.ana.clicks(shown, "Rolling release…")
    await rolling.ana.sees("shop: rolling release, 5 %, stage 1 of 3", channel="deploys")


async def test_forged_and_old_values_get_nowhere(world: World, caplog: pytest.LogCaptureFixture) -> None:
    forger = Forger(world, await world.start_bot(http_port=0))
    current = (await world.panel())["shop"]["current"]["id"]
    project = await world.project_id("shop")
    values = (
        "",
        "x",
        "\x00",
        "../../v2/user",
        f"{project} {current} 0",
        f"{project} dpl_x 99",
        "a b c",
        None,
    )
    for step in ("advance", "complete", "abort", "queue", "show"):
        for value in values:
            action = {"type": "button", "block_id": "b", "action_id": f"release.{step}", "value": value}
            assert await forger.clicks({**action, "action_ts": "1.0"}) == 200
    await nothing_happened(world)
    assert not tracebacks(caplog)


async def test_rebuilds_that_are_assigned_begin_one_and_wait_behind_it(bot: World) -> None:
    await enable(bot, BY_APPROVAL, "docs")  # its auto-assignment is on
    target, other = [d for d in (await bot.panel())["docs"]["recent"] if d["state"] == "Preview"][:2]
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    told = await bot.bob.sees(f"docs: canary {target['sha'][:7]} at 5 %, stage 1 of 3", channel="deploys")
    assert "is Current" not in told.words
    await bot.ana.types(f"/promote {other['id']}", channel="deploys")
    verb = f"Rebuild and promote {other['sha'][:7]} after it"
    await bot.ana.clicks(await bot.ana.sees(verb, channel="deploys"), verb)
    card = await bot.ana.sees("Queued behind a rolling release", channel="deploys")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("Accepted, and queued", channel="deploys")


async def test_a_rebuild_that_is_not_assigned_is_promoted_into_one(rolling: World) -> None:
    target = await rolling.newest("shop", "Preview")
    card = await rolling.card("shop", "Preview")
    await rolling.ana.clicks(card, "Rebuild and promote")
    await rolling.bob.sees(f"shop: canary {target['sha'][:7]} at 5 %, stage 1 of 3", channel="deploys")


async def test_only_who_may_gets_anywhere(rolling: World) -> None:
    told, _ = await begin(rolling)
    steps = {"Advance to 25 %": "advance", "Complete": "complete", "Abort": "abort"}
    for verb, step in steps.items():
        await rolling.bob.clicks(told, verb)
        await rolling.until_audited(f"release.{step}.denied")
    await rolling.bob.sees("You may not change production from here", channel="deploys")
    assert (await document(rolling))["activeStage"]["index"] == 0
