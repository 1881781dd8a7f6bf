"""Both servers, and the bot as a process of its own that meets them over the wire."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

import chatbot
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform, Timing

HOST = "127.0.0.1"
READY = "promotebot is ready"
_OAUTH = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")  # they would switch Bolt to OAuth mode
_PATIENCE = 30.0


class BotDied(Exception):
    """The bot's process ended, or did not get ready; the text has its last words."""


@dataclass(frozen=True)
class Servers:
    platform: Platform
    workspace: Workspace
    webhook_port: int = 0
    webhook_secret: str = ""

    def environment(self, database: Path) -> dict[str, str]:
        """What `promotebot run` needs to meet these servers."""
        return {
            "SLACK_BOT_TOKEN": self.workspace.bot_token,
            "SLACK_APP_TOKEN": self.workspace.app_token,
            "SLACK_SIGNING_SECRET": self.workspace.signing_secret,
            "SLACK_API_URL": self.workspace.api_url,
            "VERCEL_TOKEN": self.platform.token,
            "VERCEL_TEAM_ID": self.platform.team_id,
            "VERCEL_API_URL": self.platform.url,
            "GITHUB_TOKEN": self.platform.github_token,
            "GITHUB_API_URL": self.platform.github_url,
            "DATABASE_URL": f"sqlite:///{database}",
            "PROMOTEBOT_PROBE_URL": f"{self.platform.url}/sites/{{domain}}/",
            "PROMOTEBOT_PROBE_PRIVATE": "true",
            **self._webhooks(),
        }

    def _webhooks(self) -> dict[str, str]:
        if not self.webhook_secret:
            return {}
        return {
            "PROMOTEBOT_WEBHOOK_PORT": str(self.webhook_port),
            "PROMOTEBOT_WEBHOOK_SECRET": self.webhook_secret,
        }


@asynccontextmanager
async def servers(timing: Timing, *, port: int) -> AsyncIterator[Servers]:
    """The workspace on `port` and the platform on the next one; on free ports where these are taken or 0. So is the
    port after them, on which the bot is to hear the platform's webhooks.
    """
    manifest = yaml.safe_load(chatbot.manifest_path().read_text(encoding="utf-8"))
    ports = (port, port + 1) if port and await _are_free(port, port + 1) else (0, 0)
    hears = port + 2 if port and await _are_free(port + 2) else free_port()
    async with (
        Platform(port=ports[1], host=HOST, timing=timing, seeded=True) as platform,
        Workspace(manifest=manifest, port=ports[0], host=HOST, platform_url=platform.url) as workspace,
    ):
        secret = platform.tell(f"http://{HOST}:{hears}/vercel/webhook")
        yield Servers(platform, workspace, hears, secret)


@asynccontextmanager
async def bot_process(variables: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`promotebot run`, ready. Raises BotDied."""
    inherited = {name: value for name, value in os.environ.items() if name not in _OAUTH}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "chatbot",
        "run",
        env={**inherited, **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _until_ready(process)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_ready(process: asyncio.subprocess.Process) -> None:
    if process.stdout is None:
        raise AssertionError("stdout is a pipe")
    try:
        async with asyncio.timeout(_PATIENCE):
            line = (await process.stdout.readline()).decode()
    except TimeoutError:
        line = ""
    if not line.startswith(READY):
        raise BotDied(f"The bot did not get ready: {line.strip() or 'it said nothing; see above'}")


def free_port() -> int:
    with socket.create_server((HOST, 0)) as taken:
        return int(taken.getsockname()[1])


async def _are_free(*ports: int) -> bool:
    for port in ports:
        try:
            server = await asyncio.start_server(lambda *_: None, HOST, port)
        except OSError:
            return False
        server.close()
        await server.wait_closed()
    return True
