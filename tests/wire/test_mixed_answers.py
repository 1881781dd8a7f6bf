"""An answer that belongs to another request, or that comes twice, is taken for no answer."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from chatbot.errors import PlatformGarbled
from chatbot.sandbox.vercel import Platform
from chatbot.vercel import VercelClient
from chatbot.vercel.connections import OwnAnswers
from tests.conftest import World


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform() as started:
        yield started


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(request_class=OwnAnswers) as opened:
        yield opened


@pytest.fixture
def vercel(platform: Platform, session: aiohttp.ClientSession) -> VercelClient:
    return VercelClient(session, url=platform.url, token=platform.token, team_id=platform.team_id)


async def _script(platform: Platform, **fault: object) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{platform.url}/sandbox/faults", json=fault) as answer,
    ):
        assert answer.status == 200


async def _until_a_connection_has_more(session: aiohttp.ClientSession) -> None:
    assert session.connector is not None
    async with asyncio.timeout(5):
        while not any(kept.should_close for ((kept, _),) in session.connector._conns.values()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_an_answer_that_comes_twice_is_not_taken_for_the_next_one(
    platform: Platform, session: aiohttp.ClientSession, vercel: VercelClient
) -> None:
    await _script(platform, path="/v9/projects/shop$", twice=0.01)
    assert (await vercel.project("shop")).name == "shop"
    await _until_a_connection_has_more(session)
    assert (await vercel.project("docs")).name == "docs"


async def test_a_write_that_was_not_sent_for_that_reason_is_sent_on_another_connection(
    platform: Platform, session: aiohttp.ClientSession, vercel: VercelClient
) -> None:
    shop = await vercel.project("shop")
    await _script(platform, path="/v2/user$", twice=0.01)
    await vercel.username()
    await _until_a_connection_has_more(session)
    await vercel.switch_auto_assignment(shop.id, on=True, timeout=5.0)
    written = [e for e in platform.journal.entries if e["method"] == "PATCH"]
    assert [e["status"] for e in written] == [200]


async def test_an_answer_about_something_else_is_none(platform: Platform, vercel: VercelClient) -> None:
    shop, docs = await vercel.project("shop"), await vercel.project("docs")
    other = (await vercel.deployments({"projectId": docs.id}))[0]
    body = {"id": other.id, "projectId": docs.id, "readyState": "READY", "createdAt": 1, "target": None}
    page = {"deployments": [body], "pagination": {"next": None}}
    aliases = {"aliases": [{"alias": "a", "deploymentId": other.id, "projectId": docs.id}]}
    await _script(platform, path="/v9/projects/prj_", body={"id": docs.id, "name": "docs"})
    await _script(platform, path="/v13/deployments/dpl_other", body=body)
    await _script(platform, path="/v6/deployments", body=page, times=2)
    await _script(platform, path="/v4/aliases", body=aliases)
    await _script(platform, path="/v13/deployments$", body=body)
    for ask in (
        vercel.project(shop.id),
        vercel.deployment("dpl_other"),
        vercel.deployments({"projectId": shop.id}),
        vercel.deployments({"meta-promotebotOperation": "op"}),
        vercel.serving(shop.id),
        vercel.rebuild(other, meta={"promotebotOperation": "op"}, timeout=5.0),
    ):
        with pytest.raises(PlatformGarbled, match="about something else"):
            await ask


async def test_an_operation_succeeds_though_some_answers_come_twice(world: World) -> None:
    await world.start_bot()
    card = await world.card("docs", "Preview")
    await world.tell_platform("faults", [{"path": "^/v", "twice": 0.002, "times": 12}])
    await world.ana.clicks(card, "Rebuild and promote")
    await world.bob.sees("Current of docs is now", channel="deploys")
    (row,) = await world.until_all_is_told()
    assert await world.serving("docs") == {row.build_id}
    assert len(await world.requests("POST")) == 1
