"""The platform as one thing to start and stop."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from aiohttp import web

from chatbot.sandbox.vercel.aliasing import Aliasing
from chatbot.sandbox.vercel.building import Builds
from chatbot.sandbox.vercel.control import CONTROL_ROUTES
from chatbot.sandbox.vercel.dashboard import MOVE_ROUTES
from chatbot.sandbox.vercel.faults import Faults
from chatbot.sandbox.vercel.git.repositories import Repositories
from chatbot.sandbox.vercel.journal import Journal
from chatbot.sandbox.vercel.keys import (
    ALIASING,
    ANNOUNCER,
    BUILDS,
    DELIVERIES,
    FAULTS,
    HOME,
    JOURNAL,
    LIMITS,
    PRODUCTION,
    REPLICA,
    REPOSITORIES,
    ROLLING,
    STORE,
    UPLOADS,
    WEBHOOKS,
)
from chatbot.sandbox.vercel.limits import RateLimits
from chatbot.sandbox.vercel.middlewares import MIDDLEWARES, date_answers, leave_empty_bodies_untyped
from chatbot.sandbox.vercel.mischief import MISCHIEF_ROUTES
from chatbot.sandbox.vercel.production import Production
from chatbot.sandbox.vercel.recording import recording
from chatbot.sandbox.vercel.replica import Replica
from chatbot.sandbox.vercel.rolling import Rolling
from chatbot.sandbox.vercel.routes import API_ROUTES
from chatbot.sandbox.vercel.routes.github import GITHUB_TOKEN, PREFIX, github_application
from chatbot.sandbox.vercel.scaling import Scale, populate
from chatbot.sandbox.vercel.seeding import OWNER_TOKEN, VIEWER_TOKEN, seed_account, seed_projects
from chatbot.sandbox.vercel.sites import SITE_ROUTES
from chatbot.sandbox.vercel.store import Store
from chatbot.sandbox.vercel.supervision import Supervisor
from chatbot.sandbox.vercel.timing import Timing
from chatbot.sandbox.vercel.uploads import LARGEST_BODY, Uploads
from chatbot.sandbox.vercel.webhooks.announcing import Announcer
from chatbot.sandbox.vercel.webhooks.catalogue import EVENTS, RETIRED
from chatbot.sandbox.vercel.webhooks.control import DELIVERY_ROUTES
from chatbot.sandbox.vercel.webhooks.delivering import Deliveries
from chatbot.sandbox.vercel.webhooks.hooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

LONGEST_LINE = 64 * 1024
"""Bytes of a request line; a path that is longer is refused before it is anybody's."""
CLOSES_WITHIN = 1.0
"""Seconds that answers under way get when the platform stops."""


class Platform:
    """An asynchronous context manager: it serves inside, on `url`."""

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        timing: Timing | None = None,
        seeded: bool = True,
        seed: int = 7,
        scale: Scale | None = None,
        record: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`record` names a folder for what it answers (see recording.py); `clock` tells epoch seconds."""
        self._port, self._host = port, host
        self._middlewares = (*recording(record), *MIDDLEWARES)
        timing = timing or Timing()
        self.store = Store(seed=seed, clock=clock)
        self.journal = Journal()
        self.token = OWNER_TOKEN
        self.viewer_token = VIEWER_TOKEN
        self.github_token = GITHUB_TOKEN
        self._supervisor = Supervisor()
        self._faults = Faults()
        self._replica = Replica(self.store)
        self._webhooks = Webhooks(self.store)
        self._deliveries = Deliveries(self.store, self._webhooks, timing, self._faults, self._supervisor)
        self._announcer = Announcer(self.store, self._webhooks, self._deliveries)
        self._aliasing = Aliasing(self.store, timing, self._faults, self._supervisor, self._announcer)
        self._rolling = Rolling(self.store, timing, self._aliasing, self._supervisor, self._announcer)
        self._production = Production(self.store, self._aliasing, self._rolling, self._supervisor)
        self._builds = Builds(
            self.store, timing, self._faults, self._production, self._supervisor, self._announcer
        )
        self._home = seed_account(self.store)
        if seeded:
            seed_projects(self.store, self._home, seed)
        if scale is not None:
            populate(self.store, self._home, scale)
        self._repositories = Repositories(self.store)
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash."""
        return self.store.base_url

    @property
    def github_url(self) -> str:
        """The base of the git side, where GitHub's API has `https://api.github.com`."""
        return self.store.base_url + PREFIX

    @property
    def team_id(self) -> str:
        return self._home.id

    def tell(self, url: str) -> str:
        """From now on that address hears every event of the team. Returns the secret that they are signed with."""
        events = tuple(sorted(EVENTS - RETIRED))
        return self._webhooks.add(self._home.id, url, events, ()).secret

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            shutdown_timeout=CLOSES_WITHIN,
            max_line_size=LONGEST_LINE,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        port = self._runner.addresses[0][1]
        self.store.base_url = f"http://{self._host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Who waits goes home; then no more requests, no more work, and no more deliveries, in this order."""
        self.store.revision.close()
        self._deliveries.revision.close()
        if self._runner is not None:
            await self._runner.cleanup()
        await self._supervisor.close()
        await self._deliveries.close()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=self._middlewares, client_max_size=LARGEST_BODY)
        app[STORE] = self.store
        app[HOME] = self._home
        app[BUILDS] = self._builds
        app[ALIASING] = self._aliasing
        app[ROLLING] = self._rolling
        app[PRODUCTION] = self._production
        app[FAULTS] = self._faults
        app[JOURNAL] = self.journal
        app[REPOSITORIES] = self._repositories
        app[UPLOADS] = Uploads()
        app[LIMITS] = RateLimits(self.store.now)
        app[REPLICA] = self._replica
        app[WEBHOOKS] = self._webhooks
        app[DELIVERIES] = self._deliveries
        app[ANNOUNCER] = self._announcer
        app.on_response_prepare.extend((leave_empty_bodies_untyped, date_answers))
        app.add_routes(
            [*CONTROL_ROUTES, *MOVE_ROUTES, *MISCHIEF_ROUTES, *DELIVERY_ROUTES, *SITE_ROUTES, *API_ROUTES]
        )
        app.add_subapp(PREFIX, github_application())
        return app
