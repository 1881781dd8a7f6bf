"""A platform that hurries, and clients of it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api
from tests.contract.platform.receiving import Receiver


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    timing = Timing(build=0.02, alias=0.01, queue=0.005, minute=0.1, webhook_retry=0.005)
    async with Platform(timing=timing) as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def api(session: aiohttp.ClientSession, platform: Platform) -> Api:
    """The owner's, within the team."""
    return Api(session, platform)


@pytest.fixture
def viewer(session: aiohttp.ClientSession, platform: Platform) -> Api:
    opened = Api(session, platform)
    opened.token = platform.viewer_token
    return opened


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    opened = Receiver()
    app = web.Application()
    app.router.add_post("/hook", opened.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield opened
    await runner.cleanup()
