"""What is under way when the platform stops, or when a client does."""

import asyncio
import logging

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api

PUSHERS = 4


async def test_pushes_while_it_closes_leave_nothing_behind(
    session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    before = asyncio.all_tasks()
    platform = Platform(timing=Timing(build=3600, alias=3600, queue=3600))
    async with platform:
        api = Api(session, platform)
        hook = {"url": "http://127.0.0.1:9/hook", "events": ["deployment.created"]}
        assert (await api.post("/v1/webhooks", hook)).status == 200
        pushed = asyncio.Queue[int]()
        pushers = [asyncio.create_task(_push_until_it_is_gone(api, pushed)) for _ in range(PUSHERS)]
        for _ in range(2 * PUSHERS):
            await pushed.get()
    await asyncio.wait_for(asyncio.gather(*pushers), 5)
    await session.close()
    assert {task.get_name() for task in asyncio.all_tasks() - before} == set()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def _push_until_it_is_gone(api: Api, pushed: asyncio.Queue[int]) -> None:
    try:
        while True:
            answer = await api.call("POST", "/sandbox/push", {"project": "shop", "branch": "x"})
            assert answer.status == 200
            pushed.put_nowait(answer.status)
    except aiohttp.ClientError:
        pass  # it has closed


async def test_work_that_comes_too_late_is_not_begun(session: aiohttp.ClientSession) -> None:
    platform = Platform()
    async with platform:
        deployment_id = await Api(session, platform).push(seconds=60)
    deployment = platform.store.deployments[deployment_id]
    before = asyncio.all_tasks()
    platform._production.assign(platform.store.projects[deployment.project_id], deployment)
    assert asyncio.all_tasks() == before


async def test_a_follower_of_the_log_that_leaves_is_no_failure(
    session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    async with Platform(timing=Timing(build=0.3, alias=0.01, queue=0.005)) as platform:
        api = Api(session, platform)
        pushed = await api.push(branch="x")
        await api.until_state(pushed, "BUILDING")
        path = f"{platform.url}/v3/deployments/{pushed}/events"
        headers = {"Authorization": f"Bearer {platform.token}"}
        async with aiohttp.ClientSession(headers=headers) as own:
            response = await own.get(path, params={"teamId": platform.team_id, "follow": "1"})
            assert await response.content.readline()
            response.close()
        await api.until_state(pushed, "READY")
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
