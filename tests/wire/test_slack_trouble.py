"""Whatever Slack does: production changes as confirmed, and the outcome is told once Slack takes it."""

import asyncio
from contextlib import suppress

from chatbot.sandbox.person import NotSeen
from tests.conftest import World


async def test_a_channel_that_is_closed_to_the_bot_is_told_in_a_direct_message(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.ana.types(f"/promote {target['id']}", channel="secret")
    card = await bot.ana.sees("Promote shop to", channel="secret")
    await bot.ana.clicks(card, "Promote")
    direct = await bot.direct_channel("U0ANA0001")
    await bot.ana.sees("is Current", channel=direct)
    assert await bot.serving("shop") == {target["id"]}


async def test_a_public_channel_that_the_bot_did_not_join_is_told(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.ana.types(f"/promote {target['id']}", channel="quiet")
    card = await bot.ana.sees("Promote shop to", channel="quiet")
    await bot.ana.clicks(card, "Promote")
    await bot.ana.sees("is Current", channel="quiet")


async def test_a_rate_limit_of_slack_delays_the_message_and_not_the_operation(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", status=429, retry_after=1, times=2)
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    await bot.bob.sees("Current of shop is now", channel="deploys")


async def test_an_answer_of_slack_that_is_lost_posts_no_second_message(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", drop="after")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    posted = [m for m in await bot.bob.reads("deploys") if "shop" in m.words and not m.ephemeral]
    assert len(posted) == 2  # the operation message and the announcement


async def test_a_message_whose_answers_are_all_lost_tells_the_outcome_all_the_same(bot: World) -> None:
    """Slack has it, with the wording of then: a repetition shows nothing new."""
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", drop="after", times=3)
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Current of shop is now", channel="deploys")
    (told,) = [m for m in await bot.bob.reads("deploys") if "Requested by" in m.words]
    assert "is Current" in told.words


async def test_an_announcement_whose_answer_is_lost_is_not_repeated(bot: World) -> None:
    build = await bot.rebuild("docs")
    await bot.bob.sees("Requested by", channel="deploys")
    await bot.slack_fault(method="chat.postMessage", drop="after")
    await bot.let_build_finish(build)
    await bot.bob.sees("Current of docs is now", channel="deploys")
    await bot.until_all_is_told()
    assert sum("Current of docs is now" in m.words for m in await bot.bob.reads("deploys")) == 1


async def test_an_announcement_waits_for_slack_beyond_the_lease_and_is_not_repeated(world: World) -> None:
    """Also where Slack does not recognise a repetition."""
    await world.start_bot(promotebot_lease_seconds=1)
    await world.steer("switches", ignore_client_msg_id=True)
    build = await world.rebuild("docs")
    await world.bob.sees("Requested by", channel="deploys")
    await world.slack_fault(method="chat.postMessage", status=429, retry_after=2)
    await world.let_build_finish(build)
    await world.bob.sees("Current of docs is now", channel="deploys")
    await world.until_all_is_told()
    assert sum("Current of docs is now" in m.words for m in await world.bob.reads("deploys")) == 1


async def test_an_operation_goes_on_when_slack_disconnects(bot: World) -> None:
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    for what in ({"do": "disconnect", "reason": "warning"}, {"do": "abort"}):
        async with bot.session.post(f"{bot.workspace.url}/sandbox/socket", json=what) as answer:
            assert answer.status == 200
    await bot.bob.sees("is Current", channel="deploys")


async def test_a_deleted_operation_message_does_not_stop_the_announcement(bot: World) -> None:
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("Requested by", channel="deploys")
    await bot.slack_fault(method="chat.update", error="message_not_found", times=50)
    await bot.bob.sees("Current of docs is now", channel="deploys")
    assert await bot.serving("docs") == {(await bot.panel())["docs"]["current"]["id"]}


async def test_an_outcome_that_slack_does_not_take_is_told_later(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", error="internal_error", times=3)
    await bot.slack_fault(method="chat.update", error="internal_error", times=3)
    await bot.ana.clicks(card, "Promote")
    async with asyncio.timeout(10):
        while not any(e.action == "operation.succeeded" for e in await bot.audit()):  # noqa: ASYNC110 - no callback
            await asyncio.sleep(0.05)
    assert not any("is Current" in m.words for m in await bot.bob.reads("deploys"))
    for _ in range(8):
        bot.clock.move(minutes=11)
        with suppress(NotSeen):
            await bot.bob.sees("is Current", channel="deploys", within=1.5)
            break
    await bot.bob.sees("Current of shop is now", channel="deploys")
    assert len(await bot.requests("POST")) == 1


async def test_what_slack_takes_late_offers_no_way_back_that_is_none(bot: World) -> None:
    """The next change was made and told in between: what is Current now is not said once more of the first one."""
    first, second = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"][:2]
    card = await bot.card("shop", "Staged")
    await bot.slack_fault(method="chat.postMessage", error="internal_error", times=2)
    await bot.ana.clicks(card, "Promote")
    await bot.until_audited("operation.succeeded")
    async with asyncio.timeout(10):
        while (await bot.operations())[0].lease_until is not None:  # noqa: ASYNC110 - no callback
            await asyncio.sleep(0.05)  # the database tells nobody
    await bot.ana.types(f"/promote {second['id']}", channel="deploys")
    card = await bot.ana.sees(f"Promote shop to {second['sha'][:7]}?", channel="deploys")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees(f"Current of shop is now `{second['sha'][:7]}`", channel="deploys")
    bot.clock.move(seconds=11)
    late = await bot.bob.sees(f"shop: {first['sha'][:7]} is Current", channel="deploys")
    assert "No way back from here any more: production has moved on" in late.words
    assert not late.buttons
    await bot.until_all_is_told()
    assert sum("Current of shop is now" in m.words for m in await bot.bob.reads("deploys")) == 1


async def test_an_operation_message_that_somebody_deleted_is_posted_anew_with_the_outcome(bot: World) -> None:
    build = await bot.rebuild("docs")
    message = await bot.bob.sees("Requested by", channel="deploys")
    await bot.deletes(message)
    await bot.let_build_finish(build)
    announced = await bot.bob.sees("Current of docs is now", channel="deploys")
    told = await bot.bob.sees("docs: ", channel="deploys")
    assert told.ts != message.ts
    assert announced.thread_ts == told.ts
    await bot.until_all_is_told()
    outcomes = [m for m in await bot.bob.reads("deploys") if "Requested by" in m.words]
    assert [m.ts for m in outcomes] == [told.ts]


async def test_an_outcome_goes_to_the_person_when_the_bot_was_removed_from_the_channel(bot: World) -> None:
    await bot.steer("channels/C0SECRET1", bot_member=True)
    await bot.hold_builds("docs")
    preview = await bot.newest("docs", "Preview")
    await bot.ana.types(f"/promote {preview['id']}", channel="secret")
    card = await bot.ana.sees("Rebuild and promote docs", channel="secret")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.ana.sees("Requested by", channel="secret")
    await bot.until_audited("operation.accepted")
    await bot.steer("channels/C0SECRET1", bot_member=False)
    await bot.let_build_finish((await bot.newest("docs", "Building"))["id"])
    direct = await bot.direct_channel("U0ANA0001")
    await bot.ana.sees("is Current", channel=direct)
    await bot.ana.sees("Current of docs is now", channel=direct)
    await bot.until_all_is_told()
    assert not any("is Current" in m.words for m in await bot.ana.reads("secret"))


async def test_a_card_whose_response_url_is_refused_reaches_the_person_all_the_same(bot: World) -> None:
    await bot.slack_fault(method="response_url", status=500)
    card = await bot.card("shop", "Staged")
    assert card.ephemeral
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")


async def test_a_card_for_a_closed_channel_whose_response_url_is_refused_comes_directly(bot: World) -> None:
    await bot.slack_fault(method="response_url", status=500)
    target = await bot.newest("shop", "Staged")
    await bot.ana.types(f"/promote {target['id']}", channel="secret")
    direct = await bot.direct_channel("U0ANA0001")
    card = await bot.ana.sees("Promote shop to", channel=direct)
    await bot.ana.clicks(card, "Promote")
    await bot.ana.sees("is Current", channel=direct)
    assert await bot.serving("shop") == {target["id"]}


async def test_a_sentence_whose_response_url_is_cut_reaches_the_person_all_the_same(bot: World) -> None:
    await bot.slack_fault(method="response_url", drop="before")
    await bot.bob.types("/promote dpl_unknown", channel="deploys")
    told = await bot.bob.sees("Only workspace admins may act", channel="deploys")
    assert told.ephemeral
