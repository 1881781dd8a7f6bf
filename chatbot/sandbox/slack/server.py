"""The embedded workspace: composes everything and listens."""

import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

from chatbot.sandbox.slack import hand, responding, sharing, webapi
from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.delivery import Delivery
from chatbot.sandbox.slack.eventing import RETRY_SECONDS, Events
from chatbot.sandbox.slack.files import page_file
from chatbot.sandbox.slack.installation import installed
from chatbot.sandbox.slack.oneshots import ResponseUrls, Triggers
from chatbot.sandbox.slack.payloads import Payloads
from chatbot.sandbox.slack.recorder import Recorder
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.socketmode import Sockets
from chatbot.sandbox.slack.state import State
from chatbot.sandbox.slack.tiers import Tiers
from chatbot.sandbox.slack.workflows import Executions

SHUTDOWN_SECONDS = 2.0
MOST_BODY_BYTES = 8 * 2**20
MOST_LINE_BYTES = 2**20
"""The SDK puts the arguments of some methods into the query, those of blocks.validate among them."""
RESPONSE_KINDS = ("commands", "actions", "app")


class Workspace:
    """`manifest` is the decoded manifest.yml; `deliver_to` None is Socket Mode, a URL signed HTTP to it.

    `clock` (epoch seconds) governs trigger ids, response URLs and timestamps; the ack deadline of
    `ack_seconds` runs on the event loop.
    """

    def __init__(
        self,
        manifest: Json,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        platform_url: str | None = None,
        deliver_to: str | None = None,
        ack_seconds: float = 3.0,
        ping_seconds: float = 10.0,
        event_retry_seconds: Sequence[float] = RETRY_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None
        app = installed(manifest)
        recorder, payloads = Recorder(clock), Payloads(app)
        state = State(app.name, clock)
        delivery = Delivery(app, recorder, ack_seconds, deliver_to)
        delivery.sockets = Sockets(app, delivery.acked, state.workspace_changed, ping_seconds)
        self.backend = Backend(
            app=app,
            clock=clock,
            state=state,
            payloads=payloads,
            triggers=Triggers(clock),
            response_urls=ResponseUrls(clock),
            recorder=recorder,
            delivery=delivery,
            sockets=delivery.sockets,
            events=Events(app, payloads, delivery, event_retry_seconds),
            address=lambda: self.url,
            platform_url=platform_url,
            executions=Executions(clock),
            tiers=Tiers(clock),
        )

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def api_url(self) -> str:
        return self.url + "/api/"

    @property
    def bot_token(self) -> str:
        return self.backend.app.bot_token

    @property
    def app_token(self) -> str:
        return self.backend.app.app_token

    @property
    def signing_secret(self) -> str:
        return self.backend.app.signing_secret

    @property
    def state(self) -> State:
        return self.backend.state

    @property
    def deliver_to(self) -> str | None:
        return self.backend.delivery.deliver_to

    @deliver_to.setter
    def deliver_to(self, url: str | None) -> None:
        self.backend.delivery.deliver_to = url

    async def __aenter__(self) -> Self:
        self.backend.delivery.session = aiohttp.ClientSession()
        self._runner = web.AppRunner(
            self._application(),
            shutdown_timeout=SHUTDOWN_SECONDS,
            access_log=None,
            max_line_size=MOST_LINE_BYTES,
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.backend.state.close()
        await self.backend.events.close()
        await self.backend.sockets.close()
        if self.backend.delivery.session is not None:
            await self.backend.delivery.session.close()  # ends what is under way to the app and the platform
        if self._runner is not None:
            await self._runner.cleanup()

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=MOST_BODY_BYTES)
        router = application.router
        router.add_route("*", "/api/{method}", self._on(webapi.entrance))
        for kind in RESPONSE_KINDS:
            router.add_post(f"/{kind}/{{team}}/{{number}}/{{secret}}", self._on(responding.entrance))
        router.add_post("/upload/v1/{secret}", self._on(sharing.upload))
        router.add_get("/files/{file}/{name}", self._on(sharing.download))
        router.add_get("/link/", self._on(lambda backend, request: backend.sockets.accept(request)))
        hand.add_routes(router, self.backend)
        router.add_get("/{path:.*}", page_file)
        return application

    def _on(
        self, entrance: Callable[[Backend, web.Request], Awaitable[web.StreamResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await entrance(self.backend, request)
            except ConnectionError:
                return web.Response()  # whoever asked has gone, perhaps before all of it had come

        return handle
