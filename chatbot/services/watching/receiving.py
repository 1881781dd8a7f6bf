"""Where Vercel's webhooks arrive: checked, taken once, answered at once, and then looked into."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from aiohttp import ClientConnectionError, web

from chatbot.services.operations.ledger import Clock
from chatbot.services.watching.records import delivery_of
from chatbot.services.watching.watcher import Watcher
from chatbot.vercel import webhooks
from chatbot.vercel.webhooks import Event
from storage import watching
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.models import Delivery

WEBHOOK_PATH = "/vercel/webhook"
EVENTS = frozenset(
    {
        "deployment.promoted",
        "deployment.rollback",
        "deployment.succeeded",
        "deployment.ready",
        "deployment.error",
        "deployment.checks.failed",
        "deployment.checks.succeeded",
        "project.created",
        "project.removed",
        "project.renamed",
        "project.domain.created",
        "project.domain.deleted",
        "project.domain.moved",
        "project.domain.updated",
        "project.rolling-release.started",
        "project.rolling-release.approved",
        "project.rolling-release.completed",
        "project.rolling-release.aborted",
    }
)
"""Those after which production may be another."""
_ARRIVES_WITHIN = 10.0
_log = logging.getLogger(__name__)

Also = Mapping[str, Callable[[Event], Awaitable[None]]]


class Receiving:
    """`also` are the events that somebody else wants, by type. Its functions are quick, and do the same once where
    the same event comes twice: one is forgotten only after it was heard.
    """

    def __init__(
        self, watcher: Watcher, database: Database, clock: Clock, *, secret: str, also: Also | None = None
    ) -> None:
        if not secret:
            raise ValueError("without a secret anybody could send webhooks")
        self._watcher = watcher
        self._database = database
        self._clock = clock
        self._secret = secret
        self._also = also or {}
        self._has_refused = False

    async def handle(self, request: web.Request) -> web.Response:
        """Whatever is not a 2XX is sent again by the platform, for a day."""
        try:
            raw = await _read(request)
        except TimeoutError:
            return _closing(HTTPStatus.REQUEST_TIMEOUT)
        except ClientConnectionError:
            return _closing(HTTPStatus.BAD_REQUEST)
        if raw is None:
            return _closing(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return web.Response(status=await self.take(raw, request.headers.get(webhooks.SIGNATURE)))

    async def take(self, raw: bytes, signature: str | None) -> int:
        """The status that the sender gets."""
        if not webhooks.is_signed(raw, signature, self._secret):
            _log.log(
                logging.DEBUG if self._has_refused else logging.WARNING, "a webhook is not signed by Vercel"
            )
            self._has_refused = True  # anybody can send more of them
            return HTTPStatus.UNAUTHORIZED
        try:
            event = webhooks.read(raw)
        except webhooks.Unreadable as error:
            _log.warning("a webhook cannot be read: %s", error)
            return HTTPStatus.BAD_REQUEST
        try:
            await self._hear(event)
        except DatabaseUnavailable:
            _log.warning("a webhook could not be written down: %s", event.type)
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK

    async def _hear(self, event: Event) -> None:
        """A preview changes nothing; nor does an event that nobody knows."""
        other = self._also.get(event.type)
        concerns = event.type in EVENTS and event.project_id and event.target in {None, "production"}
        if other is None and not concerns:
            return
        if other is not None:
            await other(event)
        now = self._clock()
        delivery = Delivery(
            id=event.id,
            event=event.type,
            project_id=event.project_id if concerns else None,
            at=event.at,
            detail=delivery_of(event),
            received_at=now,
        )
        async with self._database.write() as session:
            is_new = await watching.take(session, delivery)
        if is_new and concerns and event.project_id:
            self._watcher.look_soon(event.project_id)


async def _read(request: web.Request) -> bytes | None:
    """The body; None for one that is too long, of which no more is read than that takes to know."""
    if (request.content_length or 0) > webhooks.LONGEST:
        return None
    parts: list[bytes] = []
    size = 0
    async with asyncio.timeout(_ARRIVES_WITHIN):
        async for part in request.content.iter_any():
            size += len(part)
            if size > webhooks.LONGEST:
                return None
            parts.append(part)
    return b"".join(parts)


def _closing(status: HTTPStatus) -> web.Response:
    """And nothing more is read from this connection."""
    response = web.Response(status=status)
    response.force_close()
    return response
