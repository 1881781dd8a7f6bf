"""A platform that hurries, and clients of it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with Platform(timing=Timing(build=0.02, alias=0.01, queue=0.005, minute=0.1)) as opened:
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
