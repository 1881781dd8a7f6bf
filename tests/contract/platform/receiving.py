"""A receiver of webhooks that says what it is told to say, and what it was told."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.contract.platform.calling import PATIENCE, Answer, Api


@dataclass
class Receiver:
    """`answers` are the statuses of the next requests; after them it says 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.received.append((dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    @property
    def events(self) -> list[Any]:
        return [json.loads(raw) for _, raw in self.received]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def of(self, kind: str) -> Any:
        """The payload of the only event of that kind."""
        (event,) = [event for event in self.events if event["type"] == kind]
        return event["payload"]


def signature(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()


async def subscribe(api: Api, url: str, *events: str, **also: Any) -> Answer:
    answer = await api.call("POST", "/v1/webhooks", {"url": url, "events": list(events), **also})
    assert answer.status == 200, answer
    return answer


async def deliveries(api: Api, ended: int) -> list[Any]:
    """Wait until so many deliveries have ended; answer all there are."""
    return await until_sent(api, lambda sent: sum(one["state"] != "waiting" for one in sent) >= ended)


async def until_sent(api: Api, holds: Callable[[list[Any]], bool]) -> list[Any]:
    """Wait by long poll until the deliveries satisfy `holds`; answer them."""
    revision = 0
    async with asyncio.timeout(PATIENCE):
        while True:
            body = await api.get("/sandbox/deliveries", since=str(revision), wait="5")
            revision = body["revision"]
            if holds(body["deliveries"]):
                return list(body["deliveries"])
