"""App Home: what production is, kept up to date while it is open, with the way back one click away."""

import asyncio

from chatbot.sandbox.seen import Control, SeenView
from tests.conftest import World

OFTEN = 0.1
ENOUGH = 15.0
"""Seconds, for what comes by itself."""


def _back_of(home: SeenView, project: str) -> Control:
    """Its one-click button."""
    found = [c for c in home.controls if c.action_id.startswith("project.back")]
    return next(c for c in found if c.element["accessibility_label"].endswith(f" {project}"))


async def test_home_tells_of_an_outside_change_by_itself_and_one_click_goes_back(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("api", "docs", "shop")
    before = (await world.panel())["shop"]["current"]
    await world.ana.opens_home()
    home = await world.ana.sees_home("all well, looked at")
    assert "you may promote and roll back every project" in home.words
    assert "3 projects" in home.words
    assert before["sha"][:7] in home.words
    assert _back_of(home, "shop").element["confirm"]["title"]["text"] == "Roll back shop?"
    outside = await world.newest("shop", "Staged")
    await world.promote_outside("shop", outside["id"])
    home = await world.ana.sees_home("was promoted outside of Slack", within=ENOUGH)
    back = _back_of(home, "shop")
    assert back.element["value"].split()[1] == before["id"]
    await world.ana.types("/current *", channel="deploys")
    assert (await world.ana.sees("Current", channel="deploys")).buttons == [
        f"Roll back to {before['sha'][:7]}"
    ]
    await world.ana.types("/promotebot subscribe shop", channel="deploys")
    await world.ana.clicks(home, action_id=back.action_id, confirmed=True)
    home = await world.ana.sees_home("Under way", within=ENOUGH)
    await world.bob.sees("Production is pinned: new", channel="deploys")
    home = await world.ana.sees_home("pinned by a rollback", within=ENOUGH)
    assert await world.serving("shop") == {before["id"]}


async def test_whoever_may_change_nothing_sees_production_and_no_button_that_does(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("api", "docs", "shop")
    await world.slack_fault(method="views.publish", error="internal_error")
    await world.bob.opens_home()
    async with asyncio.timeout(10):
        while True:
            if not await world.slack_faults():
                break
            await asyncio.sleep(0.05)  # no event tells of it
    world.clock.move(seconds=4)  # it is tried again by itself
    home = await world.bob.sees_home("3 projects", within=ENOUGH)
    await world.bob.clicks(home, "Refresh")
    home = await world.bob.sees_home("all well, looked at")
    assert "you may look at everything, but change nothing" in home.words
    assert home.buttons == ["Refresh"]
    await world.bob.chooses(home, action_id="home.search", value="SHO")
    home = await world.bob.sees_home("1 of 3 projects with")
    assert "docs" not in home.words
    await world.slack_fault(method="views.publish", error="hash_conflict")
    await world.bob.clicks(home, "Show all")
    await world.bob.sees_home("*docs*", within=ENOUGH)


async def test_what_is_asked_for_without_a_channel_says_where_it_goes_on(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("shop")
    staged = await world.newest("shop", "Staged")
    await world.ana.opens_home()
    home = await world.ana.sees_home("*shop*")
    promote = next(c for c in home.controls if c.element.get("accessibility_label") == "Promote… shop")
    await world.ana.clicks(home, action_id=promote.action_id)
    dialog = await world.ana.sees_modal("Deployment")
    await world.ana.chooses(dialog, "Deployment", value=staged["id"], typed=staged["sha"][:7])
    await world.ana.submits(dialog)
    await world.ana.sees(f"Promote shop to {staged['sha'][:7]}?", channel="app")
    await world.ana.types("/promotebot subscribe shop", channel="deploys")
    await world.until_audited("channel.subscribed")
    await world.ana.types("/current shop", channel="app")
    current = await world.ana.sees("*Domains*", channel="app")
    await world.ana.clicks(current, current.buttons[0], confirmed=True)
    await world.ana.sees("One message in <#C0DEPLOYS> tells how it goes", channel="app")
    await world.bob.sees("Production is pinned: new", channel="deploys")


async def test_an_open_incident_comes_first_with_what_its_probes_see(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("api", "docs", "shop")
    await world.ana.opens_home()
    home = await world.ana.sees_home("all well, looked at")
    assert home.words.index("*api*") < home.words.index("*shop*")
    sites = [{"path": "^/sites/eu.shop", "status": 502, "times": -1}]
    await world.tell_platform("faults", sites)
    await world.ana.types("/incident shop checkout is down", channel="incidents")
    home = await world.ana.sees_home("eu.shop.example.com answers 502", within=ENOUGH)
    assert "*checkout is down* · shop" in home.words
    assert "*An incident is open*" in home.words
    assert home.words.index("*shop*") < home.words.index("*api*")
