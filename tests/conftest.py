"""The whole thing, for every test: the embedded platform and workspace, the real bot, and people."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml

from chatbot.app import Running, running
from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform, Timing
from chatbot.settings import Settings

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
QUICK = Timing(build=0.3, alias=0.03, queue=0.02)


class Clock:
    """Real time, plus what a test moves it by. The only fake."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, **by: float) -> None:
        self._ahead += timedelta(**by)


@dataclass
class World:
    """Both servers and the people. `start_bot` starts one more bot; `bot` is the one of the fixture."""

    platform: Platform
    workspace: Workspace
    session: aiohttp.ClientSession
    settings: Settings
    clock: Clock
    start_bot: Callable[..., Any]
    bot: Running | None = None

    def person(self, user_id: str) -> Person:
        return Person(self.session, self.workspace.url, user_id)

    @property
    def ana(self) -> Person:
        """A workspace admin."""
        return self.person("U0ANA0001")

    @property
    def bob(self) -> Person:
        """A member like any other."""
        return self.person("U0BOB0002")

    async def panel(self) -> dict[str, Any]:
        """What the platform really serves, by project name."""
        async with self.session.get(f"{self.platform.url}/sandbox/panel") as answer:
            return {p["name"]: p for p in (await answer.json())["projects"]}

    async def tell_platform(self, what: str, body: Any = None) -> Any:
        async with self.session.post(f"{self.platform.url}/sandbox/{what}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.platform.url}/sandbox/requests") as answer:
            found: list[dict[str, Any]] = (await answer.json())["requests"]
        return [r for r in found if method in {None, r["method"]}]


def settings_for(platform: Platform, workspace: Workspace, database: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "slack_bot_token": workspace.bot_token,
        "slack_app_token": workspace.app_token,
        "slack_signing_secret": workspace.signing_secret,
        "slack_api_url": workspace.api_url,
        "vercel_token": platform.token,
        "vercel_team_id": platform.team_id,
        "vercel_api_url": platform.url,
        "database_url": f"sqlite:///{database}",
        "probe_url": f"{platform.url}/sites/{{domain}}/",
        "probe_private": True,
    }
    return Settings(**{**values, **changes})


@asynccontextmanager
async def a_world(database: Path, **platform_options: Any) -> AsyncIterator[World]:
    manifest = yaml.safe_load(MANIFEST.read_text())
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(Platform(timing=QUICK, seeded=True, **platform_options))
        workspace = await stack.enter_async_context(Workspace(manifest=manifest, platform_url=platform.url))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        clock = Clock()
        settings = settings_for(platform, workspace, database)

        async def start_bot(http_port: int | None = None, **changes: Any) -> Running:
            mine = settings_for(platform, workspace, database, **changes)
            ready = await stack.enter_async_context(running(mine, http_port=http_port, clock=clock))
            if ready.port is not None:
                workspace.deliver_to = f"http://127.0.0.1:{ready.port}/slack/events"
            return ready

        yield World(platform, workspace, session, settings, clock, start_bot)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Without a bot: the test starts its own."""
    async with a_world(tmp_path / "promotebot.db") as made:
        yield made


@pytest.fixture
async def bot(world: World) -> World:
    """With a bot in Socket Mode; workspace admins may act."""
    world.bot = await world.start_bot()
    return world
