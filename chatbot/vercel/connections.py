"""A kept connection brings the answers to its own requests, in their order, and nothing else."""

import aiohttp
from aiohttp.connector import Connection


class StrayAnswer(aiohttp.ClientConnectorError):
    """The connection had an answer that nobody asked for. Nothing was sent on it."""


class OwnAnswers(aiohttp.ClientRequest):
    """Given to a session as its `request_class`. aiohttp would take a stray answer for that to the next request:
    it looks whether a connection can be kept when it is put away, and not when it is used again.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        if conn.protocol is not None and conn.protocol.should_close:
            conn.close()
            raise StrayAnswer(self.connection_key, OSError("an answer that nobody asked for"))
        return await super().send(conn)
