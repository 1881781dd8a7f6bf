"""Between the bots and PostgreSQL: connections are cut, held up, or cut while a commit is being answered."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

SOCKET = ".s.PGSQL.5432"
_CHUNK = 64 * 1024
_COMMIT = re.compile(rb"COMMIT(?!TED)")  # and not BEGIN … READ COMMITTED


@dataclass(eq=False)
class _Connection:
    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    answers_nothing: bool = False

    def cut(self) -> None:
        """Without a goodbye. What was sent to the server stays sent."""
        for side in (self.client, self.server):
            side.transport.abort()


class Relay:
    """`folder` is what a client names as its host."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._open: set[_Connection] = set()
        self._commits_to_lose = 0
        self._commits_before = 0
        self._flows = asyncio.Event()
        self._flows.set()

    def cut(self) -> int:
        """Every connection; answers how many there were."""
        found = list(self._open)
        for connection in found:
            connection.cut()
        return len(found)

    def lose_commit(self, *, after: int = 0) -> None:
        """The next commit, or one after so many others, reaches the server; its answer reaches nobody."""
        self._commits_to_lose += 1
        self._commits_before = after

    def forgive(self) -> int:
        """Lose no more commits; answers how many were still to be lost."""
        left, self._commits_to_lose = self._commits_to_lose, 0
        return left

    async def hold(self, seconds: float) -> None:
        """Nothing gets through for so long, and nothing is lost."""
        self._flows.clear()
        try:
            await asyncio.sleep(seconds)
        finally:
            self._flows.set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_unix_connection(str(self._server / SOCKET))
        except OSError:
            writer.transport.abort()
            return
        connection = _Connection(writer, to_server)
        self._open.add(connection)
        ways = [
            asyncio.create_task(self._pass_on(reader, to_server, connection, is_question=True)),
            asyncio.create_task(self._pass_on(from_server, writer, connection, is_question=False)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(connection)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            connection.cut()

    async def _pass_on(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        connection: _Connection,
        *,
        is_question: bool,
    ) -> None:
        with suppress(ConnectionError):
            while data := await source.read(_CHUNK):
                await self._flows.wait()
                if is_question and self._commits_to_lose and _COMMIT.search(data):
                    connection.answers_nothing = self._commits_before == 0
                    self._commits_to_lose -= int(connection.answers_nothing)
                    self._commits_before = max(self._commits_before - 1, 0)
                elif not is_question and connection.answers_nothing:
                    return
                sink.write(data)
                await sink.drain()


@asynccontextmanager
async def relay(server: Path, folder: Path) -> AsyncIterator[Relay]:
    """From `folder` to the server whose socket is in `server`."""
    made = Relay(server)
    listening = await asyncio.start_unix_server(made.serve, str(folder / SOCKET))
    try:
        yield made
    finally:
        listening.close()
        made.cut()
        await listening.wait_closed()
