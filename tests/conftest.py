"""The whole thing, for every test: the embedded platform and workspace, the real bot, and people."""

import asyncio
import gc
import shutil
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
from chatbot.domain.news import Change
from chatbot.sandbox.launching import free_port
from chatbot.sandbox.person import Person
from chatbot.sandbox.seen import SeenMessage
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform, Timing
from chatbot.sandbox.vercel.records import Domain
from chatbot.services.telling.records import as_change
from chatbot.settings import Settings
from storage import audit, operations, watching
from storage.database import Database, upgrade
from storage.models import AuditEntry, Operation
from tests import properties

properties.load()
gc.disable()  # until everything is collected: importing makes no garbage worth looking for

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
APP = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))
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
    stops: list[tuple[Running, AsyncExitStack]]
    bot: Running | None = None
    _opened: Database | None = None

    async def stop(self, bot: Running) -> None:
        """As somebody who runs it stops it."""
        await next(own for ready, own in self.stops if ready is bot).aclose()

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

    async def newest(self, project: str, state: str) -> dict[str, Any]:
        """The newest deployment of a project in a state, as people call it."""
        found: list[dict[str, Any]] = (await self.panel())[project]["recent"]
        return next(d for d in found if d["state"] == state)

    async def project_id(self, project: str) -> str:
        return str((await self.panel())[project]["id"])

    async def serving(self, project: str) -> set[str]:
        """What the production domains serve: one deployment, unless a move is under way."""
        domains = (await self.panel())[project]["domains"]
        return {d["deployment_id"] for d in domains if not d["redirect"] and not d["git_branch"]}

    async def until_state(self, project: str, deployment_id: str, state: str) -> None:
        """Wait until the platform shows a deployment in a state."""
        revision = 0
        async with asyncio.timeout(20):
            while True:
                query = {"since": str(revision), "wait": "5"}
                async with self.session.get(f"{self.platform.url}/sandbox/panel", params=query) as answer:
                    panel = await answer.json()
                revision = panel["revision"]
                recent = next(p for p in panel["projects"] if p["name"] == project)["recent"]
                if any(d["id"] == deployment_id and d["state"] == state for d in recent):
                    return

    async def promote_outside(self, project: str, deployment_id: str) -> None:
        """As the dashboard does it."""
        await self.vercel("POST", f"/v10/projects/{await self.project_id(project)}/promote/{deployment_id}")
        async with asyncio.timeout(20):
            while await self.serving(project) != {deployment_id}:
                await self.until_state(project, deployment_id, "Current")

    async def roll_back_outside(self, project: str, deployment_id: str) -> None:
        """As the dashboard does it."""
        await self.vercel("POST", f"/v9/projects/{await self.project_id(project)}/rollback/{deployment_id}")
        async with asyncio.timeout(20):
            while await self.serving(project) != {deployment_id}:
                await self.until_state(project, deployment_id, "Current")

    async def hold_builds(self, project: str) -> None:
        """The project's next build goes on until `let_build_finish`."""
        await self.tell_platform("faults", [{"build": {"project": project, "hangs": True}}])

    async def rebuild(self, project: str) -> str:
        """A confirmed rebuild that builds until `let_build_finish`. Returns the id of the new deployment."""
        await self.hold_builds(project)
        card = await self.card(project, "Preview")
        await self.ana.clicks(card, "Rebuild and promote")
        return await self.until_building()

    async def until_building(self) -> str:
        """Wait until the newest operation has its build. Returns the id of that deployment."""
        async with asyncio.timeout(20):
            while True:
                if build_id := next((row.build_id for row in await self.operations()), None):
                    return build_id
                await asyncio.sleep(0.05)  # the database tells nobody

    async def let_build_finish(self, deployment_id: str) -> None:
        """A build that was held gets ready."""
        store, builds = self.platform.store, self.platform._builds
        build = builds._running[deployment_id]
        build.cancel()
        await asyncio.wait([build])
        deployment = store.deployments[deployment_id]
        builds._finish(deployment, store.projects[deployment.project_id])

    async def hang_next_move(self, project: str) -> None:
        """The project's next promote or rollback is under way until another one takes its place."""
        await self.tell_platform("faults", [{"alias_job": {"project": project, "hangs": True}}])

    async def until_requested(self, project: str, deployment_id: str) -> None:
        """Wait until the platform has taken the request that is to make a deployment Current."""
        async with asyncio.timeout(20):
            while True:
                last = (await self.vercel("GET", f"/v9/projects/{project}"))["lastAliasRequest"]
                if last is not None and last["toDeploymentId"] == deployment_id:
                    return
                await asyncio.sleep(0.02)  # an answer that is held back tells nobody

    async def promotes(self) -> list[str]:
        """The deployments that somebody asked to promote, oldest first."""
        asked = [r["path"] for r in await self.requests("POST")]
        return [path.rpartition("/")[2] for path in asked if "/promote/" in path]

    def add_domain(self, project: str, name: str) -> None:
        """One more production domain, serving what is Current."""
        store = self.platform.store
        found = store.project_named(self.platform.team_id, project)
        assert found is not None
        current = store.current_of(found)
        assert current is not None
        store.add_domain(found, Domain(name, "example.com", store.now(), store.now()))
        store.point(name, current)

    async def vercel(self, method: str, path: str, body: Any = None) -> Any:
        """The REST API, as the owner of the team."""
        async with self.session.request(
            method,
            self.platform.url + path,
            params={"teamId": self.platform.team_id},
            headers={"Authorization": f"Bearer {self.platform.token}"},
            json=None if method == "GET" else body or {},
        ) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json() if answer.content_type == "application/json" else None

    async def card(self, project: str, state: str) -> SeenMessage:
        """The confirmation that Ana gets for the newest deployment of a project in a state."""
        target = await self.newest(project, state)
        await self.ana.types(f"/promote {target['id']}", channel="deploys")
        verb = "Rebuild and promote" if state == "Preview" else "Promote"
        return await self.ana.sees(f"{verb} {project} to {target['sha'][:7]}?", channel="deploys")

    async def tell_platform_clear(self, what: str) -> None:
        async with self.session.delete(f"{self.platform.url}/sandbox/{what}") as answer:
            assert answer.status < 300, await answer.text()

    async def direct_channel(self, user_id: str) -> str:
        """The id of the direct messages between the bot and a person, once there are some."""
        async with asyncio.timeout(10):
            while True:
                async with self.session.get(f"{self.workspace.url}/sandbox/workspace") as answer:
                    channels = (await answer.json())["channels"]
                for channel in channels:
                    if channel["is_im"] and user_id in channel["members"]:
                        return str(channel["id"])
                await asyncio.sleep(0.05)  # no event tells of a new conversation

    async def steer(self, what: str, **change: Any) -> None:
        """What whoever runs the workspace changes: `channels/C…`, `people/U…`, `groups/S…`, `switches`."""
        async with self.session.put(f"{self.workspace.url}/sandbox/{what}", json=change) as answer:
            assert answer.status < 300, await answer.text()

    async def deletes(self, message: SeenMessage) -> None:
        """As somebody with the right to deletes it in Slack."""
        async with self.session.post(
            f"{self.workspace.api_url}chat.delete",
            headers={"Authorization": f"Bearer {self.workspace.bot_token}"},
            json=message.where,
        ) as answer:
            assert (await answer.json())["ok"], await answer.text()

    async def slack_fault(self, **fault: Any) -> None:
        async with self.session.post(f"{self.workspace.url}/sandbox/faults", json=fault) as answer:
            assert answer.status < 300, await answer.text()

    async def platform_faults(self) -> list[dict[str, Any]]:
        """Those that have not happened yet."""
        async with self.session.get(f"{self.platform.url}/sandbox/faults") as answer:
            return list((await answer.json())["faults"])

    async def slack_faults(self) -> list[dict[str, Any]]:
        """Those that have not happened yet."""
        async with self.session.get(f"{self.workspace.url}/sandbox/faults") as answer:
            return list((await answer.json())["faults"])

    async def heal_slack(self) -> None:
        async with self.session.delete(f"{self.workspace.url}/sandbox/faults") as answer:
            assert answer.status < 300, await answer.text()

    async def sent_to_slack(self, method: str) -> list[dict[str, Any]]:
        """What the bot sent by a method of the Web API, and what it was answered; oldest first."""
        async with self.session.get(f"{self.workspace.url}/sandbox/payloads") as answer:
            return [p for p in (await answer.json())["payloads"] if p.get("method") == method]

    @property
    def database(self) -> Database:
        """The bot's, opened once more."""
        if self._opened is None:
            self._opened = Database.open(self.settings.database_url.get_secret_value())
        return self._opened

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.dispose()

    async def audit(self) -> list[AuditEntry]:
        """Newest first; the chain is checked each time."""
        async with self.database.read() as session:
            assert (await audit.verify(session)).problem is None
            return await audit.newest(session, limit=500)

    async def until_audited(self, action: str) -> AuditEntry:
        """Wait until the log has an entry of this action: the newest one."""
        async with asyncio.timeout(20):
            while True:
                if found := next((e for e in await self.audit() if e.action == action), None):
                    return found
                await asyncio.sleep(0.05)  # the database tells nobody

    async def operations(self) -> list[Operation]:
        """Newest first."""
        async with self.database.read() as session:
            return await operations.newest(session, limit=500)

    def webhooks(self) -> dict[str, Any]:
        """Settings of a bot that hears the platform's webhooks from now on."""
        port = free_port()
        secret = self.platform.tell(f"http://127.0.0.1:{port}/vercel/webhook")
        return {"promotebot_webhook_port": port, "promotebot_webhook_secret": secret}

    async def until_watched(self, *projects: str) -> None:
        """Wait until these have been seen for the first time: what happens from here on is news."""
        async with asyncio.timeout(20):
            while True:
                async with self.database.read() as session:
                    known = {row.project_name for row in await watching.all_productions(session)}
                if known.issuperset(projects):
                    return
                await asyncio.sleep(0.02)  # the database tells nobody

    async def until_webhooks_are_looked_at(self) -> None:
        """Wait until somebody has looked at the projects of all that were taken."""
        async with asyncio.timeout(20):
            while True:
                async with self.database.read() as session:
                    if not await watching.not_looked_at(session, before=self.clock() + timedelta(days=1)):
                        return
                await asyncio.sleep(0.02)  # the database tells nobody

    async def changes(self, project: str) -> list[Change]:
        """What was noticed of a project's production, oldest first."""
        async with self.database.read() as session:
            found = await watching.newest_changes(session, await self.project_id(project), limit=500)
        return [as_change(row) for row in reversed(found)]

    async def until_changed(self, project: str, number: int = 1) -> list[Change]:
        """Wait until so many changes were noticed."""
        async with asyncio.timeout(20):
            while True:
                if len(found := await self.changes(project)) >= number:
                    return found
                await asyncio.sleep(0.02)  # the database tells nobody

    async def until_all_is_told(self) -> list[Operation]:
        """Wait until no operation is under way, and no outcome is still to be told."""
        async with asyncio.timeout(20):
            while True:
                found = await self.operations()
                if all(row.told_at is not None for row in found):
                    return found
                await asyncio.sleep(0.05)  # the database tells nobody

    async def tell_platform(self, what: str, body: Any = None) -> Any:
        async with self.session.post(f"{self.platform.url}/sandbox/{what}", json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        async with self.session.get(f"{self.platform.url}/sandbox/requests") as answer:
            found: list[dict[str, Any]] = (await answer.json())["requests"]
        return [r for r in found if method in {None, r["method"]}]


def settings_for(platform: Platform, workspace: Workspace, database: str, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "slack_bot_token": workspace.bot_token,
        "slack_app_token": workspace.app_token,
        "slack_signing_secret": workspace.signing_secret,
        "slack_api_url": workspace.api_url,
        "vercel_token": platform.token,
        "vercel_team_id": platform.team_id,
        "vercel_api_url": platform.url,
        "github_token": platform.github_token,
        "github_api_url": platform.github_url,
        "database_url": database,
        "promotebot_probe_url": f"{platform.url}/sites/{{domain}}/",
        "promotebot_probe_private": True,
        "promotebot_poll_seconds": 0,  # a test that is about watching says how often
    }
    return Settings(**{**values, **changes})


@asynccontextmanager
async def a_world(database: str, **platform_options: Any) -> AsyncIterator[World]:
    """`database` is an URL."""
    async with AsyncExitStack() as stack:
        platform = await stack.enter_async_context(Platform(timing=QUICK, seeded=True, **platform_options))
        workspace = await stack.enter_async_context(Workspace(manifest=APP, platform_url=platform.url))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        clock = Clock()
        settings = settings_for(platform, workspace, database)

        stops: list[tuple[Running, AsyncExitStack]] = []

        async def start_bot(http_port: int | None = None, **changes: Any) -> Running:
            mine = settings_for(platform, workspace, database, **changes)
            own = await stack.enter_async_context(AsyncExitStack())
            ready = await own.enter_async_context(running(mine, http_port=http_port, clock=clock))
            stops.append((ready, own))
            if ready.port is not None:
                workspace.deliver_to = f"http://127.0.0.1:{ready.port}/slack/events"
            return ready

        world = World(platform, workspace, session, settings, clock, start_bot, stops)
        stack.push_async_callback(world.close)
        yield world


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first, so that nobody waits for it at the end."""
    items.sort(key=_is_short)


def _is_short(item: pytest.Item) -> bool:
    timeout = item.get_closest_marker("timeout")
    return timeout is None or 0 < timeout.args[0] <= 60


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table, to be copied: a third of the time that a bot takes to start."""
    path = tmp_path_factory.mktemp("sqlite") / "upgraded.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(upgraded_file: Path, tmp_path: Path) -> str:
    """A file of its own, with every table."""
    path = tmp_path / "promotebot.db"
    shutil.copyfile(upgraded_file, path)
    return f"sqlite:///{path}"


@pytest.fixture
async def world(sqlite_url: str) -> AsyncIterator[World]:
    """Without a bot: the test starts its own."""
    async with a_world(sqlite_url) as made:
        yield made


@pytest.fixture
async def bot(world: World) -> World:
    """With a bot in Socket Mode; workspace admins may act."""
    world.bot = await world.start_bot()
    return world
