"""What channels are told of production: one message for each change and channel, in order, whatever Slack does."""

import asyncio
from typing import Any

from sqlmodel import select

from chatbot.app import Running
from chatbot.domain.news import Change, How, Kind, Who
from chatbot.sandbox.seen import SeenMessage
from chatbot.services.telling.records import row_of
from storage import outbox
from storage.models import Announcement, Subscription
from tests.conftest import World
from tests.unit.making import commit, current, staged

CHANNELS = ("C0GENERAL", "C0DEPLOYS")


async def hears(world: World, *channels: str, project: str = "*") -> None:
    async with world.database.write() as session:
        session.add_all(
            Subscription(
                channel=channel,
                project_id=project,
                project_name=project,
                staged=True,
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


async def until_told(world: World, within: float = 20) -> list[Announcement]:
    """Wait until nothing waits to be posted, and no older message has its buttons still."""
    async with asyncio.timeout(within):
        while True:
            async with world.database.read() as session:
                if await outbox.next_look(session, world.clock()) is None:
                    return await rows(world)
            await asyncio.sleep(0.05)  # the database tells nobody


async def told(world: World, channel: str, what: str = "Current of shop is now") -> list[SeenMessage]:
    return [m for m in await world.bob.reads(channel) if what in m.words]


async def test_each_subscribed_channel_is_told_once_and_only_the_newest_has_the_way_back(bot: World) -> None:
    assert isinstance(bot.bot, Running)
    await hears(bot, *CHANNELS)
    for number in (1, 2):
        await happens(bot, number)
        bot.bot.bot.teller.wake()
        for channel in CHANNELS:
            await bot.bob.sees(f"is now {number:07x}", channel=channel)
    await until_told(bot)
    for channel in CHANNELS:
        first, second = await told(bot, channel)
        assert "Roll back to c0ffee0" not in first.buttons
        assert "production has moved on to `0000002`" in first.words
        assert "Roll back to c0ffee0" in second.buttons
