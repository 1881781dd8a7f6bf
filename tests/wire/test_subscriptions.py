"""What a channel hears, asked for by whoever is in it; and channels that the bot cannot write to."""

import asyncio

import pytest

from chatbot.sandbox.person import Refused
from chatbot.sandbox.seen import SeenView
from storage import subscriptions
from tests.conftest import World

PROJECTS, KINDS = "subscribe.projects", "subscribe.kinds"


async def hears(world: World, channel: str) -> dict[str, list[str]]:
    """As the database has it: project name to kinds; those of a closed channel are left out."""
    async with world.database.read() as session:
        found = await subscriptions.of_channel(session, channel)
    return {
        row.project_name: [kind for kind in subscriptions.KINDS if getattr(row, kind)]
        for row in found
        if row.closed_at is None
    }


async def until_nothing_is_closed(world: World) -> None:
    async with asyncio.timeout(10):
        while True:
            async with world.database.read() as session:
                if not await subscriptions.closed(session):
                    return
            await asyncio.sleep(0.05)  # the database tells nobody


async def dialog(world: World, channel: str) -> SeenView:
    await world.bob.types("/promotebot subscribe", channel=channel)
    return await world.bob.sees_modal("What I announce")


async def test_a_channel_is_subscribed_by_command_and_by_dialog_listed_and_unsubscribed(bot: World) -> None:
    await bot.bob.types("/promotebot subscribe shop docs failed", channel="deploys")  # no admin, no matter
    told = await bot.ana.sees("<@U0BOB0002> subscribed this channel to shop, docs.", channel="deploys")
    assert not told.ephemeral  # everybody sees what the channel hears from now on
    assert "• *docs*: failed\n• *shop*: failed" in told.words

    view = await dialog(bot, "deploys")
    assert "*shop*: failed" in view.words
    found = await bot.bob.searches(view, "", action_id=PROJECTS)
    assert [o["text"]["text"] for o in found] == ["Every project (*)", "api", "docs", "shop"]
    assert [o["value"] for o in await bot.bob.searches(view, "AP", action_id=PROJECTS)] == [
        await bot.project_id("api")
    ]
    with pytest.raises(Refused, match="invalid"):
        await bot.bob.submits(view)  # no project
    found = await bot.bob.searches(view, "", action_id=PROJECTS)
    ids = [o["value"] for o in found if o["text"]["text"] in {"shop", "api"}]
    await bot.bob.submits(view, {"projects": {PROJECTS: ids}, "kinds": {KINDS: ["current", "pinned"]}})
    told = await bot.ana.sees("<@U0BOB0002> subscribed this channel to api, shop.", channel="deploys")
    assert "• *shop*: current, failed, pinned\n" in told.words
    assert "• *api*: current, pinned\n" in told.words

    await bot.ana.types("/promotebot subscribe *", channel="general")
    await bot.bob.sees("*every project*: current", channel="general")
    await bot.ana.types("/promotebot subscribe shop", channel="general")
    await bot.bob.types("/promotebot subscriptions", channel="deploys")
    listed = await bot.bob.sees("What this channel hears", channel="deploys")
    assert listed.ephemeral
    assert "*shop*: current, failed, pinned · also in <#C0GENERAL>" in listed.words

    await bot.bob.types("/promotebot unsubscribe shop failed", channel="deploys")
    await bot.ana.sees("unsubscribed this channel from shop (failed).", channel="deploys")
    await bot.bob.types("/promotebot unsubscribe docs", channel="deploys")
    await bot.ana.sees("unsubscribed this channel from docs.", channel="deploys")
    assert await hears(bot, "C0DEPLOYS") == {"api": ["current", "pinned"], "shop": ["current", "pinned"]}
    await bot.bob.types("/promotebot unsubscribe docs", channel="general")
    await bot.bob.sees("hears of docs only as one of all projects", channel="general")
    await bot.bob.types("/promotebot unsubscribe shop failed", channel="general")
    await bot.bob.sees("does not hear of shop (failed).", channel="general")
    await bot.bob.types("/promotebot subscribe shpo", channel="general")
    await bot.bob.sees("I know no project `shpo`", channel="general")

    await bot.bob.types("/current", channel="deploys")
    shown = await bot.bob.sees("The projects that this channel subscribes to by name.", channel="deploys")
    assert [name for name in ("api", "docs", "shop") if f"*{name}*" in shown.words] == ["api", "shop"]
    await bot.bob.types("/current *", channel="deploys")
    await bot.bob.sees("*docs*", channel="deploys")
    await bot.bob.types("/current", channel="general")  # one by name, beside all
    await bot.bob.sees("*Domains*", channel="general")
    await bot.ana.types("/rollback", channel="general")
    await bot.ana.sees("Roll back shop?", channel="general")
    await bot.ana.types("/rollback", channel="deploys")
    question = await bot.ana.sees("Roll back which project?", channel="deploys")
    assert question.buttons == ["api", "shop"]

    done = [(e.action, e.actor, e.project) for e in await bot.audit() if e.action.startswith("channel.")]
    assert done[0] == ("channel.unsubscribed", "slack:U0BOB0002", "docs")
    assert len(done) == 8


async def test_a_private_channel_begins_once_the_bot_is_invited(bot: World) -> None:
    await bot.bob.types("/promotebot subscribe shop", channel="secret")
    await bot.bob.sees("`/invite @promotebot`, and it begins by itself.", channel="secret")
    assert await hears(bot, "C0SECRET1") == {}
    await bot.steer("channels/C0SECRET1", bot_member=True)
    await bot.until_audited("channel.reopened")
    assert await hears(bot, "C0SECRET1") == {"shop": ["current"]}


async def test_who_subscribed_is_told_once_that_a_channel_is_closed_and_it_goes_on(bot: World) -> None:
    await bot.bob.types("/promotebot subscribe shop", channel="deploys")
    await bot.bob.sees("subscribed this channel", channel="deploys")
    await bot.steer("channels/C0DEPLOYS", archived=True)
    direct = await bot.direct_channel(bot.bob.id)
    await bot.bob.sees("The channel <#C0DEPLOYS> is archived.", channel=direct)
    assert await hears(bot, "C0DEPLOYS") == {}
    assert bot.bot is not None
    channels = bot.bot.bot.channels
    await channels.close("C0DEPLOYS", "is_archived")  # as whoever posts an announcement meets it
    await channels.tell_closed()
    assert len(await bot.bob.reads(direct)) == 1
    await channels.look_again()
    assert await hears(bot, "C0DEPLOYS") == {}
    await bot.steer("channels/C0DEPLOYS", archived=False, name="ship")
    await bot.until_audited("channel.reopened")
    assert await hears(bot, "C0DEPLOYS") == {"shop": ["current"]}

    await bot.steer("channels/C0DEPLOYS", bot_member=False)
    await bot.bob.sees("takes no messages from me", channel=direct)
    await bot.steer("channels/C0DEPLOYS", deleted=True)
    await bot.bob.sees("was deleted", channel=direct)
    await bot.until_audited("channel.closed")
    assert [e.action for e in await bot.audit()].count("channel.closed") == 3
    await until_nothing_is_closed(bot)


async def test_a_deleted_project_is_said_once_in_its_channels_and_heard_of_no_more(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("docs")
    await world.bob.types("/promotebot subscribe docs failed", channel="deploys")
    await world.bob.types("/promotebot subscribe shop", channel="deploys")
    await world.bob.sees("to shop.", channel="deploys")
    view = await dialog(world, "general")
    (docs,) = await world.bob.searches(view, "docs", action_id=PROJECTS)
    await world.vercel("DELETE", "/v9/projects/docs")
    told = await world.bob.sees("docs is gone from Vercel", channel="deploys")
    assert not told.buttons
    assert await hears(world, "C0DEPLOYS") == {"shop": ["current"]}
    await world.bob.types("/promotebot unsubscribe docs", channel="deploys")
    await world.bob.sees("does not hear of docs", channel="deploys")

    with pytest.raises(Refused) as refused:  # chosen while it was there
        await world.bob.submits(view, {"projects": {PROJECTS: [docs["value"]]}})
    assert "I know no project" in refused.value.errors["projects"]
    await world.bob.searches(view, "", action_id=PROJECTS)
    await world.bob.submits(view, {"projects": {PROJECTS: ["*"]}})
    await world.bob.sees("• *every project*: current", channel="general")


async def test_whoever_posts_an_announcement_may_be_the_first_to_meet_a_closed_channel(world: World) -> None:
    ready = await world.start_bot(promotebot_poll_seconds=0.1)
    await world.until_watched("shop")
    await world.bob.types("/promotebot subscribe shop", channel="deploys")
    await world.bob.sees("to shop.", channel="deploys")
    await world.slack_fault(method="chat.postMessage", error="is_archived")  # and no event told of it
    await world.promote_outside("shop", (await world.newest("shop", "Staged"))["id"])
    await world.until_audited("channel.closed")
    direct = await world.direct_channel(world.bob.id)
    await world.bob.sees("The channel <#C0DEPLOYS> is archived.", channel=direct)
    await ready.bot.channels.look_again()  # the slow tick: it is no longer
    assert await hears(world, "C0DEPLOYS") == {"shop": ["current"]}
    before = (await world.newest("shop", "Promoted"))["id"]
    await world.roll_back_outside("shop", before)
    await world.bob.sees("Rolled back outside", channel="deploys")
