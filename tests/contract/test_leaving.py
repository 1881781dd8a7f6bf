"""A client that dies half way through a request, as killed ones do: no fault of the server's."""

import asyncio
import logging

import pytest
import yaml

import chatbot
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform


async def _leaves_half_way(port: int, path: str) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    )
    writer.write(head.encode())
    await writer.drain()
    writer.transport.abort()


async def test_no_server_calls_it_a_failure_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    manifest = yaml.safe_load(chatbot.manifest_path().read_text(encoding="utf-8"))
    with caplog.at_level(logging.WARNING):
        async with Platform() as platform, Workspace(manifest) as workspace:
            await _leaves_half_way(int(platform.url.rpartition(":")[2]), "/v13/deployments")
            await _leaves_half_way(int(workspace.url.rpartition(":")[2]), "/api/chat.update")
    assert not caplog.records
