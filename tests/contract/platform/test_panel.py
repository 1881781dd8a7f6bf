import asyncio
from typing import Any

import aiohttp

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api


async def test_the_panel_shows_what_every_domain_serves(api: Api) -> None:
    panel = await api.panel()
    assert panel["current"]["state"] == "Current"
    domains = {domain["name"]: domain for domain in panel["domains"]}
    apex = domains["shop.example.com"]
    assert (apex["deployment_id"], apex["sha"]) == (panel["current"]["id"], panel["current"]["sha"])
    assert (apex["healthy"], apex["site"]) == (True, "/sites/shop.example.com/")
    assert domains["www.shop.example.com"]["redirect"] == "shop.example.com"
    assert domains["www.shop.example.com"]["deployment_id"] is None


async def test_the_panel_words_the_state_of_recent_deployments(api: Api) -> None:
    building = await api.push("shop", seconds=5)
    recent = (await api.panel())["recent"]
    assert (recent[0]["id"], recent[0]["state"]) == (building, "Building")
    assert {"Preview", "Staged", "Current", "Promoted"} <= {one["state"] for one in recent}
    created = [one["created_at"] for one in recent]
    assert created == sorted(created, reverse=True)


async def test_a_long_poll_answers_as_soon_as_something_changes(api: Api) -> None:
    revision = (await api.get("/sandbox/panel"))["revision"]
    poll = asyncio.create_task(api.get("/sandbox/panel", since=str(revision), wait="30"))
    await asyncio.sleep(0)
    await api.call("POST", "/sandbox/break", {"project": "docs"})
    async with asyncio.timeout(5):
        body: Any = await poll
    assert body["revision"] > revision


async def test_a_long_poll_answers_after_its_time_when_nothing_changes(api: Api) -> None:
    revision = (await api.get("/sandbox/panel"))["revision"]
    body = await api.get("/sandbox/panel", since=str(revision), wait="0.02")
    assert body["revision"] == revision


async def test_a_long_poll_for_an_older_revision_answers_at_once(api: Api) -> None:
    await api.push("docs")
    async with asyncio.timeout(5):
        body = await api.get("/sandbox/panel", since="1", wait="60")
    assert body["revision"] > 1


async def test_a_platform_that_closes_lets_its_followers_go() -> None:
    async with aiohttp.ClientSession() as session:
        async with Platform(timing=Timing(build=60)) as platform:
            api = Api(session, platform)
            await api.push("docs")
            await api.until(lambda panel: bool(panel["recent"][0]["state"] == "Building"), "docs")
            revision = platform.store.revision.number + 1000
            poll = asyncio.create_task(api.get("/sandbox/panel", since=str(revision), wait="60"))
            while platform.store.revision.followers == 0:  # noqa: ASYNC110 - nothing tells that somebody waits
                await asyncio.sleep(0)
        async with asyncio.timeout(5):
            assert (await poll)["revision"] < revision


async def test_a_platform_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    async with Platform(timing=Timing(build=60)) as platform, aiohttp.ClientSession() as session:
        api = Api(session, platform)
        await api.push("docs")
        await api.fault({"alias_job": {"project": "shop", "hangs": True}})
        await api.promote(await api.staged_id())
        assert len(asyncio.all_tasks()) > len(before)
    assert asyncio.all_tasks() == before


async def test_two_platforms_share_nothing(api: Api, platform: Platform) -> None:
    async with Platform() as other:
        assert other.url != platform.url
        await api.push("docs")
        assert other.store.revision.number == 1


async def test_an_unseeded_platform_has_a_team_and_no_projects() -> None:
    async with Platform(seeded=False) as platform, aiohttp.ClientSession() as session:
        api = Api(session, platform)
        assert (await api.get("/sandbox/panel"))["projects"] == []
        assert (await api.get("/v9/projects"))["projects"] == []
        assert (await api.get("/v2/user"))["user"]["username"] == "ana"


async def test_an_unknown_project_cannot_be_pushed_to_broken_or_healed(api: Api) -> None:
    for path in ("push", "break", "heal"):
        answer = await api.call("POST", f"/sandbox/{path}", {"project": "portal"})
        assert answer.status == 404


async def test_somebody_moves_production_in_the_dashboard(api: Api) -> None:
    before, staged = await api.current_id(), await api.staged_id()
    answer = await api.call("POST", "/sandbox/move", {"project": "shop"})
    assert answer.body["deployment"]["id"] == staged
    await api.until_job("succeeded")
    assert await api.current_id() == staged
    answer = await api.call("POST", "/sandbox/move", {"project": "shop", "how": "rollback"})
    assert answer.body["deployment"]["id"] == before
    await api.until_job("succeeded")
    assert await api.current_id() == before
    named = {"project": "shop", "how": "rollback", "deployment": before}
    assert (await api.call("POST", "/sandbox/move", named)).status == 422
    for unknown in ({"project": "x"}, {"project": "shop", "by": "x"}, {"project": "shop", "deployment": "x"}):
        assert (await api.call("POST", "/sandbox/move", unknown)).status == 404
