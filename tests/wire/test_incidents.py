"""Incidents, as people in the channel live through them."""

import asyncio
import json
import re
import signal
from typing import Any

from chatbot.sandbox.launching import bot_process
from storage import incidents
from storage.models import Incident, IncidentProject
from tests.conftest import World
from tests.wire.test_visits import drips, serving

BOX = "Override the incident"


async def opened(world: World, project: str, what: str = "checkout is down") -> None:
    now, project_id = world.clock(), await world.project_id(project)
    row = Incident(
        id=f"inc_{project}", what=what, channel="C0DEPLOYS", opened_at=now, opened_by="bot", look_at=now
    )
    of = IncidentProject(incident_id=row.id, project_id=project_id, project_name=project)
    async with world.database.write() as session:
        await incidents.open_(session, row, [of])


async def timeline(world: World, incident_id: str = "inc_shop") -> list[dict[str, Any]]:
    async with world.database.read() as session:
        return [json.loads(e.detail) for e in await incidents.entries_of(session, incident_id)]


async def until_refused(world: World) -> None:
    """Wait until Slack did not take the card of the only incident, which stays open."""
    async with asyncio.timeout(20):
        while True:
            async with world.database.read() as session:
                [row] = await incidents.open_ones(session)
            if row.lease_until is None and not await world.slack_faults():
                return
            await asyncio.sleep(0.05)  # the database tells nobody


async def until_told(world: World) -> None:
    """Wait until the end of every incident is told."""
    async with asyncio.timeout(20):
        while True:
            async with world.database.read() as session:
                if await incidents.next_look(session) is None:
                    return
            await asyncio.sleep(0.05)  # the database tells nobody


async def test_an_incident_from_its_card_to_its_timeline(bot: World) -> None:
    before = (await bot.panel())["shop"]["current"]["id"]
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.until_all_is_told()
    bad = (await bot.panel())["shop"]["current"]
    await bot.tell_platform("break", {"project": "shop"})
    await bot.bob.types("/incident shop", channel="deploys")
    await bot.bob.sees("You may not change production from here", channel="deploys")
    await bot.ana.types("/incident shop checkout is <!channel> down", channel="deploys")
    card = await bot.ana.sees_pinned("answers 500", channel="deploys")
    assert "Incident: checkout is <!channel> down" in card.words
    assert "*Last changes before it*" in card.words
    assert f"before* · shop: `{bad['sha'][:7]}`" in card.words
    await bot.ana.types("/incident shop again", channel="deploys")
    await bot.ana.sees("is open here already", channel="deploys")
    await bot.bob.clicks(card, action_id="project.back:1", confirmed=True)
    await bot.bob.sees("You may not change production from here", channel="deploys", after=card)
    assert await bot.serving("shop") == {bad["id"]}
    await bot.ana.clicks(card, action_id="project.back:1", confirmed=True)
    await bot.ana.sees("Production is pinned: new", channel="deploys")
    assert await bot.serving("shop") == {before}
    await bot.ana.sees("All 4 domains well.", channel="deploys")
    well = await bot.ana.sees("The rollback of shop to", channel="deploys")
    assert well.ts == card.ts
    await bot.ana.clicks(well, "Resolve", confirmed=True)
    await bot.ana.sees("Resolved by <@U0ANA0001>", channel="deploys")
    told = await bot.ana.sees("The file beside this has all of it.", channel="deploys", thread=well)
    assert "*Rolled back*" in told.words
    (posted,) = [m for m in await bot.ana.reads("deploys", thread=well) if m.files]
    text = await bot.ana.opens(posted.files[0])
    assert " ana asked for a rollback of shop" in text
    await until_told(bot)
    assert await bot.ana.pinned("deploys") == []
    assert [e.action for e in await bot.audit() if e.action.startswith("incident.")][:1] == [
        "incident.resolved"
    ]


async def test_all_roll_back_in_the_order_given_and_one_that_fails_hides_no_other(bot: World) -> None:
    docs, api = (await bot.serving("docs")), (await bot.serving("api"))
    await bot.ana.types("/incident docs, shop, api everything is down", channel="deploys")
    card = await bot.ana.sees_pinned("All 12 domains well", channel="deploys")
    await bot.bob.clicks(card, "Roll back all…")
    await bot.bob.sees_modal("You may not change production from here")
    assert "Opened by <@U0ANA0001>" in card.words
    await bot.ana.clicks(card, "Roll back all…")
    dialog = await bot.ana.sees_modal("3 projects and")
    await bot.tell_platform("faults", [{"path": "/v9/projects/prj_", "status": 500, "times": -1}])
    await bot.ana.submits(dialog)
    results = await bot.ana.sees("0 of 3 projects requested", channel="deploys", thread=card)
    assert "docs: Nothing was done: Vercel did not say in time what is Current" in results.words
    await bot.tell_platform_clear("faults")
    await bot.tell_platform("faults", [{"alias_job": {"project": "docs", "fails_for": "all"}}])
    await bot.ana.clicks(card, "Roll back all…")
    dialog = await bot.ana.sees_modal("3 projects and")
    await bot.promote_outside("shop", (await bot.newest("shop", "Staged"))["id"])
    assert dialog.words.index("*docs*") < dialog.words.index("*api*")
    assert "docs.example.com" in dialog.words
    await bot.ana.submits(dialog)
    results = await bot.ana.sees("2 of 3 projects requested", channel="deploys", thread=card)
    assert "shop: Nothing was done: its way back is not any more what the dialog said" in results.words
    assert results.words.index("docs: requested") < results.words.index("api: requested")
    told = await bot.ana.sees("The rollback of api to", channel="deploys")
    told = await bot.ana.sees("The rollback of docs to", channel="deploys")
    assert re.search(r"The rollback of docs to \w+ failed", told.words)
    assert re.search(r"The rollback of api to \w+ is through", told.words)
    await bot.ana.sees("*Ways back*: 1 failed: docs · 1 through: api", channel="deploys")
    assert await bot.serving("docs") == docs
    assert await bot.serving("api") != api


async def test_an_alert_opens_one_incident_where_a_channel_hears_of_its_project(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=3600, **world.webhooks())
    ana = world.ana.in_("deploys")
    await world.tell_platform("alert", {"project": "docs"})  # nobody hears of it
    await ana.types("/promotebot subscribe shop")
    await ana.sees("shop")
    await world.tell_platform("alert", {"project": "shop", "type": "usage_anomaly"})
    await world.tell_platform("alert", {"project": "shop", "minutes": 7})
    card = await ana.sees_pinned("Errors of shop are unusually high")
    assert "Opened by vercel" in card.words
    await world.tell_platform("alert", {"project": "shop", "title": "<!channel> again"})
    world.clock.move(seconds=10)
    told = await ana.sees("Vercel's alert: &lt;!channel&gt; again")
    assert told.ts == card.ts
    await world.roll_back_outside("shop", (await world.newest("shop", "Promoted"))["id"])
    await world.until_changed("shop")
    world.clock.move(seconds=10)  # the next look
    await ana.sees("shop rolled back to")
    await ana.types("/incident")  # of what the channel hears of
    await ana.sees("An incident of this is open here already")
    await ana.types("/incident docs search is slow")
    await ana.sees_pinned("Incident: search is slow")
    await ana.types("/incident resolve")
    which = await ana.sees("Resolve which?")
    assert which.buttons == ["Errors of shop are unusually high", "search is slow"]
    await ana.clicks(which, "search is slow")
    await ana.sees("Resolved: search is slow")
    await ana.clicks(await ana.sees_pinned("Errors of shop"), "Resolve", confirmed=True)
    marks = await ana.sees("The file beside this has all of it.", thread=card)
    assert "*Detected*" in marks.words
    assert "after 7 min" in marks.words
    async with world.database.read() as session:
        assert await incidents.open_ones(session) == []


async def test_a_dialog_asks_for_the_projects_and_what_slack_refuses_is_said(world: World) -> None:
    """Two replicas, in a channel that the bot is not in: it may post there, and no more."""
    await world.start_bot()
    await world.start_bot()
    ana = world.ana.in_("quiet")
    await ana.types("/incident search is <slow>")
    dialog = await ana.sees_modal("Open an incident")
    project = await ana.searches(dialog, "doc", action_id="incident.projects")
    await ana.submits(dialog, {"Projects": [project[0]["value"]], "What is wrong": "search is <slow>"})
    card = await ana.sees("All 2 domains well.")
    assert "Incident: search is <slow>" in card.words
    assert "Not pinned: invite me to this channel" in card.words
    world.clock.move(hours=1)
    await world.slack_fault(method="chat.postMessage", error="internal_error")  # ends no incident
    await world.deletes(card)
    world.clock.move(minutes=2)
    await until_refused(world)
    world.clock.move(minutes=1)
    again = await ana.sees("All 2 domains well.", after=card)
    await ana.types("/incident resolve")
    told = await ana.sees("There is no file: I am not in this channel", thread=again)
    assert "No recovery was seen" in told.words
    await until_told(world)
    messages = await ana.reads()
    assert [m.ts for m in messages if "Resolved: search is" in m.words] == [again.ts]
    assert len([m for m in await ana.reads(thread=again) if "Timeline" in m.words]) == 1


async def test_what_falls_ill_while_something_is_built_was_ill_before(world: World) -> None:
    await world.start_bot(promotebot_lease_seconds=600)  # which the clock does not overtake
    build = await world.rebuild("shop")

    async def well() -> list[str]:
        (row,) = await world.operations()
        return list(json.loads(row.outcome or "{}")["well_before"])

    assert len(await well()) == 4
    await world.tell_platform("break", {"project": "shop"})
    world.clock.move(seconds=40)
    async with asyncio.timeout(20):
        while True:
            if not await well():
                break
            await asyncio.sleep(0.05)  # the database tells nobody
    await world.let_build_finish(build)
    await world.until_all_is_told()


async def test_what_was_confirmed_before_and_waits_is_not_asked_for_any_more(bot: World) -> None:
    build = await bot.rebuild("shop")
    card = await bot.card("shop", "Staged")
    waits = await bot.newest("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.ana.sees("1st in line", channel="deploys")
    await opened(bot, "shop")
    await bot.let_build_finish(build)
    held = await bot.ana.sees("an incident was opened after the confirmation", channel="deploys")
    assert waits["sha"][:7] in held.words
    await bot.ana.sees(BOX, channel="deploys")  # the card once more, with the box
    assert waits["id"] not in await bot.promotes()


async def test_a_bot_that_is_killed_while_it_looks_is_followed_by_another_one(
    world: World, variables: dict[str, str]
) -> None:
    async with bot_process(variables) as process:
        await world.tell_platform(
            "faults", [{"method": "GET", "path": ".*/domains", "hold": 60.0, "times": -1}]
        )
        await world.ana.types("/incident shop checkout is down", channel="deploys")
        card = await world.ana.sees_pinned("I am looking.", channel="deploys")
        process.send_signal(signal.SIGKILL)
        await process.wait()
    await world.tell_platform_clear("faults")
    await world.start_bot()
    world.clock.move(seconds=61)  # its lease is over
    again = await world.ana.sees("All 4 domains well.", channel="deploys")
    assert again.ts == card.ts
    assert len([m for m in await world.ana.reads("deploys") if "Incident:" in m.words]) == 1


async def test_a_site_that_never_comes_to_an_end_is_ill_and_holds_nothing_up(world: World) -> None:
    async with serving(drips(b"x" * 65_536, once=b"HTTP/1.1 302 Found\r\nLocation: /")) as port:
        url = f"http://127.0.0.1:{port}/{{domain}}/"
        await world.start_bot(promotebot_probe_url=url, promotebot_probe_timeout_seconds=0.2)
        await world.slack_fault(method="chat.update", status=500)
        await world.ana.types("/incident shop", channel="deploys")
        async with asyncio.timeout(20):
            while True:
                if not await world.slack_faults():
                    break
                await asyncio.sleep(0.05)  # nobody tells of it
        world.clock.move(seconds=11)  # it is shown soon again
        card = await world.ana.sees_pinned("*0 of 4 domains well*", channel="deploys", within=20)
        assert "shop.example.com answers, but not in HTTP" in card.words


async def test_a_drill_is_timed_and_touches_nothing(bot: World) -> None:
    ana = bot.ana.in_("deploys")
    await ana.types("/incident drill payments")
    card = await ana.sees("DRILL: drill-shop is down")
    await bot.bob.clicks(card, "DRILL: I see it")
    await bot.bob.sees("You may not change production from here", channel="deploys")
    await ana.clicks(card, "DRILL: I see it")
    await ana.clicks(card, "DRILL: roll back to 900df00", confirmed=True)
    await ana.clicks(card, "DRILL: roll back to 900df00", confirmed=True)
    await ana.sees("its domains move to `900df00`")
    bot.clock.move(seconds=60)
    over = await ana.sees("DRILL over")
    assert over.ts == card.ts
    await until_told(bot)
    await ana.sees("DRILL of payments: detected after", thread=card)
    await ana.types("/incident list")
    await ana.sees("DRILL of payments, ")
    await ana.types("/incident drill")
    again = await ana.sees("DRILL: drill-shop is down")
    await ana.types("/incident drill")
    await ana.sees("is open here already")
    await ana.clicks(again, "DRILL: end it")
    await ana.sees("detected not at all", thread=again)
    assert await bot.operations() == []
    assert await bot.requests("POST") == []
    assert [e.action for e in await bot.audit() if e.action.startswith("drill.")] == [
        "drill.resolved",
        "drill.opened",
        "drill.resolved",
        "drill.requested",
        "drill.seen",
        "drill.seen.denied",
        "drill.opened",
    ]


async def test_an_incident_is_offered_where_a_move_made_sites_ill_and_not_where_they_were_before(
    bot: World,
) -> None:
    ana = bot.ana.in_("deploys")
    await ana.clicks(await bot.card("shop", "Staged"), "Promote")
    announced = await ana.sees("Current of shop is now")
    await bot.tell_platform("break", {"project": "shop"})
    back = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await ana.clicks(announced, back, confirmed=True)
    rolled = await ana.sees("Production is pinned: new")
    undo = next(b for b in rolled.buttons if b.startswith("Undo rollback"))
    await ana.clicks(rolled, undo, confirmed=True)  # from sites that are well to some that are not
    offered = await ana.sees("They were well just before")
    assert "shop.example.com: answers 500" in offered.words
    assert "I do nothing by myself" in offered.words
    await ana.clicks(offered, "Open an incident")
    card = await ana.sees_pinned("Incident: Sites fell ill after the promote to")
    assert "for shop." in card.words
    await ana.clicks(card, "Resolve", confirmed=True)
    await until_told(bot)
    await ana.clicks(offered, back, confirmed=True)
    again = await ana.sees("Production is pinned: new", after=offered)
    await bot.until_all_is_told()
    assert (await ana.sees("They were well just before")).buttons == []  # production has moved on
    await bot.tell_platform("break", {"project": "shop"})
    await ana.clicks(again, undo, confirmed=True)  # nothing is well, before and after
    await ana.sees("Current of shop is now", after=again)
    await bot.until_all_is_told()
    told = [m for m in await ana.reads() if "They were well just before" in m.words]
    assert [m.ts for m in told] == [offered.ts]


async def test_a_promotion_needs_an_override_while_an_incident_is_open_and_a_rollback_does_not(
    bot: World,
) -> None:
    before = (await bot.panel())["shop"]["current"]["id"]
    card = await bot.card("shop", "Staged")
    assert BOX not in str(card.controls)
    await opened(bot, "shop")
    await bot.ana.clicks(card, "Promote")  # of a card from before the incident
    held = await bot.ana.sees("Nothing was done: an incident is open", channel="deploys")
    assert "checkout is down" in held.words
    assert await bot.operations() == []
    await bot.ana.chooses(held, value=["override"], action_id="confirmation.override")
    await bot.ana.clicks(held, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    requested = await bot.until_audited("operation.requested")
    assert json.loads(requested.detail)["overrides"] == ["inc_shop"]
    back = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await bot.ana.clicks(announced, back, confirmed=True)
    rolled = await bot.ana.sees("Production is pinned: new", channel="deploys")
    assert await bot.serving("shop") == {before}
    undo = next(b for b in rolled.buttons if b.startswith("Undo rollback"))
    await bot.ana.clicks(rolled, undo, confirmed=True)
    refused = await bot.ana.sees("What takes it forward needs an override", channel="deploys")
    assert len(await bot.operations()) == 2
    await bot.ana.clicks(refused, "Do it all the same", confirmed=True)
    await bot.until_all_is_told()
    assert await bot.serving("shop") != {before}
    told = [(e["kind"], e["path"], e.get("override", False)) for e in await timeline(bot) if "path" in e]
    assert told == [
        ("requested", "promote", True),
        ("ended", "promote", False),
        ("requested", "rollback", False),
        ("ended", "rollback", False),
        ("requested", "promote", True),
        ("ended", "promote", False),
    ]
