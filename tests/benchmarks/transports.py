"""Bringing a command to an app and waiting for its ack, as Slack does it: over signed HTTP or Socket Mode."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp

from chatbot.sandbox.launching import HOST
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.slack.delivery import COMMANDS, Parcel, signature
from tests.benchmarks.processes import running

Send = Callable[[dict[str, Any]], Awaitable[None]]
"""One payload to the app; returns when its ack is there. Raises NotAcked."""

Transport = Callable[[tuple[str, ...], Workspace, Mapping[str, str]], AbstractAsyncContextManager[Send]]
"""Starts a program with these environment variables, in this workspace."""


class NotAcked(Exception):
    """The ack was not an empty one with status 200."""


@asynccontextmanager
async def over_http(
    program: tuple[str, ...], workspace: Workspace, variables: Mapping[str, str]
) -> AsyncIterator[Send]:
    """POST straight to the app. Connections stay open: one command at a time uses one."""
    async with running(program, variables, "--http", "0") as ready, aiohttp.ClientSession() as session:
        url = f"http://{HOST}:{ready.port}/slack/events"

        async def send(payload: dict[str, Any]) -> None:
            body, headers = Parcel(COMMANDS, payload, "").http()
            signed = headers | signature(workspace.signing_secret, body)
            async with session.post(url, data=body, headers=signed) as answer:
                said = await answer.text()
            if answer.status != 200 or said:
                raise NotAcked(answer.status, said)

        yield send


@asynccontextmanager
async def over_socket(
    program: tuple[str, ...], workspace: Workspace, variables: Mapping[str, str]
) -> AsyncIterator[Send]:
    """Through the workspace's websocket to the app: from the envelope sent to its ack received."""
    async with running(program, variables):

        async def send(payload: dict[str, Any]) -> None:
            if said := await workspace.backend.delivery.send(COMMANDS, payload):
                raise NotAcked(said)

        yield send
