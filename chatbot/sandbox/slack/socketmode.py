"""The Socket Mode side: tickets, websockets, pings both ways, disconnects."""

import asyncio
import itertools
import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import WSCloseCode, WSMsgType, web

from chatbot.sandbox.slack.identifiers import secret
from chatbot.sandbox.slack.installation import Installation
from chatbot.sandbox.slack.records import Json

MOST_CONNECTIONS = 10
"""Per app; an eleventh is turned away (quoted from Slack's docs in bolt-js#2327)."""

CLOSE_SECONDS = 1.0
"""How long a close waits for the other side to close as well."""
MOST_FRAME_BYTES = 16 * 2**20


class NotConnected(Exception):
    """No websocket of the app is open, or none took the frame."""


@dataclass(eq=False)
class Connection:
    socket: web.WebSocketResponse
    request: web.Request
    host: str
    leaving: bool = False
    """A disconnect frame was sent: the app is about to move to a new connection."""


class Sockets:
    def __init__(
        self,
        app: Installation,
        on_ack: Callable[[Json], None],
        on_change: Callable[[], None],
        ping_seconds: float,
    ) -> None:
        self.open: list[Connection] = []
        self.opened = 0
        """How many connections there have ever been."""
        self.pong_muted = False
        self._app = app
        self._on_ack = on_ack
        self._on_change = on_change
        self._ping_seconds = ping_seconds
        self._tickets: set[str] = set()
        self._closing = False
        self._hosts = itertools.count(1)

    def ticket(self) -> str:
        """The path of one connection, good for one use."""
        ticket = secret()
        self._tickets.add(ticket)
        return f"/link/?ticket={ticket}&app_id={self._app.app_id}"

    async def accept(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if self._closing:
            raise web.HTTPServiceUnavailable(text="the workspace is closing")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="this ticket is unknown or was used before")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False, timeout=CLOSE_SECONDS, max_msg_size=MOST_FRAME_BYTES)
        await socket.prepare(request)
        connection = Connection(socket, request, f"applink-{next(self._hosts)}")
        if len(self.open) >= MOST_CONNECTIONS:
            await self._disconnect(connection, "too_many_websockets")
            await socket.close()
            return socket
        self.open.append(connection)
        self.opened += 1
        self._on_change()
        pinging = asyncio.create_task(self._ping(connection))
        try:
            with suppress(ConnectionError):  # it left before hello
                await socket.send_json(self._hello(connection))
            await self._read(connection)
        finally:
            pinging.cancel()
            with suppress(asyncio.CancelledError):
                await pinging
            self.open.remove(connection)
            self._on_change()
        return socket

    def _hello(self, connection: Connection) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {
                "host": connection.host,
                "build_number": 10,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": self._app.app_id},
        }

    async def _ping(self, connection: Connection) -> None:
        """Slack pings too, with such data (node-slack-sdk#2254). A broken socket is the reader's to notice."""
        with suppress(ConnectionError):
            while True:
                await asyncio.sleep(self._ping_seconds)
                await connection.socket.ping(f"Ping from {connection.host}".encode())

    async def _read(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is WSMsgType.PING and not self.pong_muted:
                with suppress(ConnectionError):
                    await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._hear(frame.data)

    def _hear(self, text: str) -> None:
        """An app sends nothing but acks; a frame that is no JSON object is none."""
        with suppress(ValueError):
            frame = json.loads(text)
            if isinstance(frame, dict):
                self._on_ack(frame)

    async def send(self, envelope: Json) -> None:
        """To any one connection, at random, as Slack does (bolt-python#579). Raises NotConnected."""
        candidates = [c for c in self.open if not c.leaving] or list(self.open)
        random.shuffle(candidates)
        for connection in candidates:
            with suppress(ConnectionError):
                await connection.socket.send_json(envelope)
                return
        raise NotConnected

    async def disconnect(self, reason: str) -> int:
        """Asks every connection to move; answers how many there were."""
        asked = list(self.open)
        for connection in asked:
            await self._disconnect(connection, reason)
        return len(asked)

    async def _disconnect(self, connection: Connection, reason: str) -> None:
        connection.leaving = True
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": connection.host}}
        with suppress(ConnectionError):
            await connection.socket.send_json(frame)

    def abort(self) -> int:
        """Cuts every connection without a closing frame, as a lost network does."""
        cut = list(self.open)
        for connection in cut:
            if connection.request.transport is not None:
                connection.request.transport.abort()
        return len(cut)

    async def close(self) -> None:
        """For good: an app that tries to come back is turned away."""
        self._closing = True
        for connection in list(self.open):
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)
