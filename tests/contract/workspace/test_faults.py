"""Scripted trouble, as the SDK meets it."""

from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import Json, bolt, socket_mode

DEPLOYS = "C0DEPLOYS"


async def fault(session: aiohttp.ClientSession, workspace: Workspace, **body: Any) -> Json:
    async with session.post(f"{workspace.url}/sandbox/faults", json=body) as response:
        answer: Json = await response.json()
        return answer


async def test_an_error_is_answered_as_often_as_asked(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    await fault(session, workspace, method="chat.postMessage", error="channel_not_found", times=2)
    for _ in range(2):
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.chat_postMessage(channel=DEPLOYS, text="x")
    await client.chat_postMessage(channel=DEPLOYS, text="through")
    assert [m.words for m in await ana.reads()] == ["through"]


async def test_a_rate_limit_is_honoured_by_the_retry_handler(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    await fault(session, workspace, method="chat.postMessage", status=429, retry_after=0)
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=DEPLOYS, text="x")
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "0"
    assert limited.value.response["error"] == "ratelimited"
    await fault(session, workspace, method="chat.postMessage", status=429, retry_after=0)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    await client.chat_postMessage(channel=DEPLOYS, text="in the end")
    assert [m.words for m in await ana.reads()] == ["in the end"]


async def test_a_server_error_is_no_json(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    await fault(session, workspace, method="auth.test", status=500, times=2)
    with pytest.raises(SlackApiError) as broken:
        await client.auth_test()
    assert broken.value.response.status_code == 500
    client.retry_handlers.append(AsyncServerErrorRetryHandler(max_retry_count=1))
    assert (await client.auth_test())["ok"] is True


async def test_a_connection_cut_before_is_a_call_that_never_happened(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    client.retry_handlers.clear()
    await fault(session, workspace, method="chat.postMessage", drop="before")
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=DEPLOYS, text="x")
    assert await ana.reads() == []


async def test_a_connection_cut_after_posts_and_its_retry_posts_once_with_a_client_msg_id(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    """The SDK's own connection handler repeats the call: without an id that is a second message."""
    identified: tuple[tuple[str, Json], ...] = (("with", {"client_msg_id": "4f1c"}), ("without", {}))
    for text, more in identified:
        await fault(session, workspace, method="chat.postMessage", drop="after")
        await client.chat_postMessage(channel=DEPLOYS, text=text, **more)
    assert [m.words for m in await ana.reads()] == ["with", "without", "without"]


async def test_response_urls_can_fail_too(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    app, answers = bolt(workspace), []

    @app.command("/promote")
    async def promote(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        answers.extend([await respond("one"), await respond("two")])

    await fault(session, workspace, method="response_url", status=500)
    async with socket_mode(app, workspace):
        await ana.types("/promote")
    assert [answer.status_code for answer in answers] == [500, 200]
    assert [m.words for m in await ana.reads()] == ["two"]


async def test_faults_are_listed_cleared_and_checked(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    url = f"{workspace.url}/sandbox/faults"
    await fault(session, workspace, method="auth.test", error="x", delay=0.5)
    async with session.get(url) as response:
        (listed,) = (await response.json())["faults"]
    assert (listed["method"], listed["error"], listed["times"], listed["delay"]) == ("auth.test", "x", 1, 0.5)
    async with session.delete(url):
        pass
    async with session.get(url) as response:
        assert (await response.json())["faults"] == []
    for bad in ({"method": "x", "times": "many"}, {"method": "x", "drop": "during"}, {"methods": "x"}, {}):
        answer = await fault(session, workspace, **bad)
        assert answer["error"] in ("invalid_argument", "missing_argument")
