"""Real slack_bolt apps, and the manifests they are installed with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.slack import Workspace

Json = dict[str, Any]

SCOPES = [
    "commands",
    "chat:write",
    "chat:write.public",
    "channels:read",
    "groups:read",
    "im:read",
    "channels:history",
    "channels:join",
    "im:write",
    "im:history",
    "users:read",
    "usergroups:read",
    "reactions:write",
    "app_mentions:read",
]


class Heard(list[Any]):
    """What came so far; `reaches` waits for so many of it."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def append(self, each: Any) -> None:
        super().append(each)
        self._more.set()

    async def reaches(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self) < count:
                self._more.clear()
                await self._more.wait()


def manifest(**changes: Any) -> Json:
    """A manifest with everything switched on; `scopes`, `events`, `commands` narrow or widen it."""
    commands = changes.get("commands", ["/promote", "/other"])
    return {
        "display_information": {"name": "promotebot"},
        "features": {
            "bot_user": {"display_name": "promotebot"},
            "app_home": {"home_tab_enabled": changes.get("home", True)},
            "slash_commands": [
                {
                    "command": name,
                    "description": "does it",
                    "should_escape": changes.get("should_escape", False),
                }
                for name in commands
            ],
            "functions": changes.get("functions", []),
            "unfurl_domains": changes.get("unfurl_domains", []),
            "shortcuts": [
                {"name": "Ask", "type": "global", "callback_id": "ask", "description": "asks"},
                {"name": "Look", "type": "message", "callback_id": "look", "description": "looks"},
            ],
        },
        "oauth_config": {"scopes": {"bot": changes.get("scopes", SCOPES)}},
        "settings": {
            "interactivity": {"is_enabled": True},
            "event_subscriptions": {"bot_events": changes.get("events", [])},
        },
    }


def bolt(workspace: Workspace, *, signing_secret: str | None = None) -> AsyncApp:
    """As the bot is built: the response goes out when the listener returns."""
    client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
    return AsyncApp(
        client=client, signing_secret=signing_secret or workspace.signing_secret, process_before_response=True
    )


@asynccontextmanager
async def socket_mode(
    app: AsyncApp, workspace: Workspace, *, ping_interval: float = 10
) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=ping_interval)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def signed_http(app: AsyncApp, workspace: Workspace) -> AsyncIterator[str]:
    runner = web.AppRunner(app.web_app(path="/slack/events"), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    workspace.deliver_to = url
    try:
        yield url
    finally:
        await runner.cleanup()
