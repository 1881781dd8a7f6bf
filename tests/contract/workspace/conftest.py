"""A workspace, people in it, and both transports."""

import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace, seed
from tests.contract.workspace.apps import manifest, signed_http, socket_mode


@pytest.fixture(autouse=True)
def no_oauth_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    """These two switch AsyncApp to another mode without a word."""
    for name in (
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
    ):
        if name in os.environ:
            monkeypatch.delenv(name)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """Acks are due within 0.2 s here, so that tests of a missed one need not wait for 3."""
    async with Workspace(manifest(), ack_seconds=0.2) as opened:
        yield opened


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def ana(workspace: Workspace, session: aiohttp.ClientSession) -> Person:
    return Person(session, workspace.url, seed.ANA, channel="deploys")


@pytest.fixture
def bob(workspace: Workspace, session: aiohttp.ClientSession) -> Person:
    return Person(session, workspace.url, seed.BOB, channel="deploys")


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)


@pytest.fixture(params=["socket mode", "signed http"])
def connected(request: pytest.FixtureRequest) -> Callable[[AsyncApp, Workspace], Any]:
    """Either transport: a test that uses it runs over both."""
    return socket_mode if request.param == "socket mode" else signed_http
