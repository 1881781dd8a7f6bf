"""Response URLs of our own: the answer that follows an ack ends the work behind a command."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

_PATIENCE = 15.0


class WrongAnswer(Exception):
    """The bot answered something else than the card: what was measured is not what it is said to be."""


@dataclass
class Mailbox:
    """`new` gives a response URL; `answer` waits for what is posted to it."""

    url: str
    _given: int = 0
    _waiting: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)

    def new(self) -> str:
        self._given += 1
        number = str(self._given)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        return f"{self.url}/{number}"

    async def card(self, response_url: str, title: str) -> None:
        """Until the answer has come. Raises WrongAnswer where its title is another one."""
        number = response_url.rpartition("/")[2]
        answer = await asyncio.wait_for(self._waiting[number], _PATIENCE)
        del self._waiting[number]
        if title not in str(answer.get("blocks")):
            raise WrongAnswer(answer.get("text"))

    async def take(self, request: web.Request) -> web.Response:
        waiting = self._waiting.get(request.match_info["number"])
        if waiting is not None and not waiting.done():
            waiting.set_result(await request.json())
        return web.Response(text="ok")


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    box = Mailbox("")
    application = web.Application()
    application.router.add_post("/{number}", box.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        box.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield box
    finally:
        await runner.cleanup()
