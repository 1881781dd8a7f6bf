"""What channels are told of production: one message for each change and channel, in order, whatever Slack does."""

import asyncio
import signal
from typing import Any

from sqlmodel import select

from chatbot.app import Running
from chatbot.domain.news import Change, How, Kind, Who
from chatbot.sandbox.launching import bot_process
from chatbot.sandbox.seen import SeenMessage
from chatbot.services.telling.records import row_of
from storage import outbox
from storage.models import Announcement, Subscription
from tests.conftest import World
from tests.unit.making import commit, current, staged

CHANNELS = ("C0GENERAL", "C0DEPLOYS")


async def hears(world: World, *channels: str, project: str = "*", pinned: bool = False) -> None:
    async with world.database.write() as session:
        session.add_all(
            Subscription(
                channel=channel,
                project_id=project,
                project_name=project,
                pinned=pinned,
                created_at=world.clock(),
                created_by="slack:U0ANA0001",
            )
            for channel in channels
        )


async def happens(world: World, number: int, *, project: str = "prj_shop", **values: Any) -> Change:
    """A change as the watcher records it."""
    now = world.clock()
    name = project.removeprefix("prj_")
    change = Change(
        id=f"{project}/{number}",
        project_id=project,
        project_name=name,
        number=number,
        **{
            "kind": Kind.CURRENT,
            "how": How.PROMOTED,
            "at": now,
            "noticed_at": now,
            "who": Who("bob"),
            "was": current(),
            "now": staged(commit=commit(f"{number:07x}" + "0" * 33)),
            "back": current(),
            "bound": "0" * 64,
            "domains": (f"{name}.example.com",),
            **values,
        },
    )
    row = row_of(change, change.id)
    async with world.database.write() as session:
        session.add(row)
        await outbox.fan_out(session, row, (), now)
    return change


async def rows(world: World) -> list[Announcement]:
    async with world.database.read() as session:
        return list(await session.exec(select(Announcement)))


async def until_told(world: World, bots: list[Running]) -> list[Announcement]:
    """Wait until nothing waits to be posted, and no older message has its buttons still. Time flies meanwhile."""
    async with asyncio.timeout(20):
        while True:
            async with world.database.read() as session:
                if await outbox.next_look(session, world.clock()) is None:
                    return list(await session.exec(select(Announcement)))
            world.clock.move(seconds=1.1)
            for each in bots:
                each.bot.teller.wake()
            await asyncio.sleep(0.05)  # the database tells nobody


async def told(world: World, channel: str, project: str = "shop") -> list[SeenMessage]:
    found = f"Current of {project} is now"
    return [m for m in await world.bob.reads(channel) if found in m.words]


def labels(messages: list[SeenMessage]) -> list[str]:
    return [message.words.partition("is now `")[2][:7] for message in messages]


async def test_a_move_from_outside_and_its_one_click_rollback_are_told_once_in_each_channel(
    world: World,
) -> None:
    """Who clicks is told by the operation, the other channel by the outbox."""
    bot = await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("shop")
    await hears(world, *CHANNELS, pinned=True)
    before = (await world.panel())["shop"]["current"]
    target = await world.newest("shop", "Staged")
    await world.promote_outside("shop", target["id"])
    moved = [await world.bob.sees("Promoted outside of Slack", channel=c) for c in ("general", "deploys")]
    back = f"Roll back to {before['sha'][:7]}"
    assert all(back in message.buttons for message in moved)
    await world.ana.clicks(moved[0], back, confirmed=True)
    await world.bob.sees("Rolled back from Slack by ana.", channel="deploys")
    await world.bob.sees("Current of shop is now", channel="general", after=moved[0])
    await world.until_all_is_told()
    await until_told(world, [bot])
    for channel in ("general", "deploys"):
        old, new = await told(world, channel)
        assert labels([old, new]) == [target["sha"][:7], before["sha"][:7]]
        assert not old.buttons
        assert old.words.endswith("rolled back from Slack by ana.")
        assert new.buttons
        assert f"Roll back to {target['sha'][:7]}" not in new.buttons  # that is what it went away from
    assert not [m for m in await world.bob.reads("deploys") if "is pinned*" in m.words]  # told already


async def test_each_channel_is_told_once_and_only_the_newest_message_has_the_way_back(world: World) -> None:
    bot = await world.start_bot()
    await hears(world, *CHANNELS)
    for number in (1, 2):
        await world.slack_fault(method="chat.update", status=429, retry_after=1)
        await happens(world, number)
        await until_told(world, [bot])
    for channel in CHANNELS:
        first, second = await told(world, channel)
        assert labels([first, second]) == ["0000001", "0000002"]
        assert not first.buttons
        assert "production has moved on to `0000002`" in first.words
        assert "Roll back to c0ffee0" in second.buttons


async def test_a_channel_that_slack_does_not_take_messages_for_holds_up_no_other_and_keeps_its_order(
    world: World,
) -> None:
    """Asked to wait, broken, cut off before and after: each is told once all the same."""
    bot = await world.start_bot()
    await hears(world, *CHANNELS)
    troubles: list[dict[str, Any]] = [
        {"status": 429, "retry_after": 1},
        {"drop": "after"},
        {"error": "fatal_error"},
        {"drop": "before"},
        {"status": 503},
    ]
    for number, trouble in enumerate(troubles, 1):
        await world.slack_fault(method="chat.postMessage", **trouble)
        await happens(world, number)
        bot.bot.teller.wake()
    rows = await until_told(world, [bot])
    assert await world.slack_faults() == []
    assert all(row.posted_at for row in rows)
    for channel in CHANNELS:
        shown = await told(world, channel)
        assert labels(shown) == [f"{number:07x}" for number in range(1, 6)]
        assert [bool(message.buttons) for message in shown] == [False] * 4 + [True]


async def test_killed_between_a_post_and_its_record(world: World, variables: dict[str, str]) -> None:
    await hears(world, "C0DEPLOYS")
    async with bot_process(variables) as process:
        await world.slack_fault(method="chat.postMessage", delay=0.5)
        await happens(world, 1)
        async with asyncio.timeout(20):
            while not all(row.fence for row in await rows(world)):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.02)
        async with world.database.write():  # so that nothing can be recorded
            await world.bob.sees("Current of shop is now", channel="deploys")
            process.send_signal(signal.SIGKILL)
            await process.wait()
    bot = await world.start_bot(promotebot_lease_seconds=2)
    world.clock.move(seconds=3)
    (row,) = await until_told(world, [bot])
    (message,) = await told(world, "deploys")
    assert (row.fence, row.ts) == (2, message.ts)


async def test_three_bots_tell_each_change_once_and_in_order(shared: World) -> None:
    bots = [await shared.start_bot() for _ in range(3)]
    await hears(shared, *CHANNELS)
    for number in (1, 2, 3):
        for project in ("prj_shop", "prj_docs"):
            await happens(shared, number, project=project)
            for each in bots:
                each.bot.teller.wake()
    told_of = await until_told(shared, bots)
    assert len(told_of) == 12
    for channel in CHANNELS:
        for project in ("shop", "docs"):
            shown = await told(shared, channel, project)
            assert labels(shown) == ["0000001", "0000002", "0000003"]
            assert [bool(message.buttons) for message in shown] == [False, False, True]


async def test_the_messages_of_an_operation_lose_their_buttons_after_a_move_from_outside(
    world: World,
) -> None:
    bot = await world.start_bot()
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    announced = await world.bob.sees("Current of shop is now", channel="deploys")
    assert any(button.startswith("Roll back to") for button in announced.buttons)
    await world.until_all_is_told()
    await happens(world, 1, project=await world.project_id("shop"))
    await until_told(world, [bot])
    own = [m for m in await world.bob.reads("deploys") if "shop" in m.words and not m.ephemeral]
    assert len(own) == 2
    for message in own:
        assert not any(button.startswith("Roll back to") for button in message.buttons)
        assert "production has moved on to `0000001` fix the cart (ana, main), by bob." in message.words


async def test_an_operation_that_is_told_after_a_move_from_outside_offers_no_way_back(world: World) -> None:
    bot = await world.start_bot(promotebot_lease_seconds=1)
    build = await world.rebuild("docs")
    message = await world.bob.sees("Requested by", channel="deploys")
    await world.slack_fault(method="chat.update", error="fatal_error", times=99)
    await world.let_build_finish(build)
    await world.until_audited("operation.succeeded")
    await happens(world, 1, project=await world.project_id("docs"))
    await world.heal_slack()
    await world.until_all_is_told()
    await until_told(world, [bot])
    messages = [m for m in await world.bob.reads("deploys") if "docs" in m.words and not m.ephemeral]
    assert message.ts in {m.ts for m in messages}
    for each in messages:
        assert "production has moved on to `0000001`" in each.words
        assert not any(button.startswith("Roll back to") for button in each.buttons)


async def test_a_channel_that_is_closed_is_given_up_and_the_others_are_told(world: World) -> None:
    bot = await world.start_bot()
    await hears(world, "C0SECRET1", "C0DEPLOYS")  # the bot is not in the first
    await happens(world, 1)
    bot.bot.teller.wake()
    await world.bob.sees("Current of shop is now", channel="deploys")
    assert (await world.until_audited("announcement.given_up")).channel == "C0SECRET1"
    await until_told(world, [bot])
    await happens(world, 2)
    assert len(await rows(world)) == 3  # it is not tried again


async def test_who_did_it_in_slack_is_named_and_mentioned_only_on_their_wish(world: World) -> None:
    bot = await world.start_bot()
    await hears(world, "C0GENERAL")
    by_bob: dict[str, Any] = {"how": How.BOT, "who": Who("U0BOB0002", "U0BOB0002")}
    await happens(world, 1, **by_bob)
    bot.bot.teller.wake()
    await world.bob.sees("Promoted from Slack by bob.", channel="general")
    await world.bob.types("/promotebot mention on", channel="deploys")
    await world.bob.sees("You are mentioned from now on", channel="deploys")
    await happens(world, 2, **by_bob)
    world.clock.move(seconds=1.5)  # Slack takes a message a second in a channel
    bot.bot.teller.wake()
    await world.bob.sees("Promoted from Slack by <@U0BOB0002>.", channel="general")
    await world.bob.types("/promotebot mention off", channel="deploys")
    await world.bob.sees("You are not mentioned:", channel="deploys")
    await until_told(world, [bot])
    assert (await bot.bot.people.slack_user("Ana@ACME.example")) == "U0ANA0001"
    assert (await bot.bot.people.slack_user("nobody@acme.example")) is None
