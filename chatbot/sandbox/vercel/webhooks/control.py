"""`/sandbox/deliveries`: what was sent to webhooks, with each attempt."""

from __future__ import annotations

from aiohttp import web

from chatbot.sandbox.vercel.keys import DELIVERIES
from chatbot.sandbox.vercel.waiting import wait_for_news
from chatbot.sandbox.vercel.webhooks.delivering import delivery_body


async def list_deliveries(request: web.Request) -> web.Response:
    """Oldest first. With `since` and `wait`, as soon as there is news, or after `wait` seconds."""
    deliveries = request.app[DELIVERIES]
    await wait_for_news(request, deliveries.revision)
    shown = [delivery_body(delivery) for delivery in deliveries.entries]
    return web.json_response({"revision": deliveries.revision.number, "deliveries": shown})


async def clear_deliveries(request: web.Request) -> web.Response:
    request.app[DELIVERIES].clear()
    return web.json_response({"ok": True})


DELIVERY_ROUTES = [
    web.get("/sandbox/deliveries", list_deliveries),
    web.delete("/sandbox/deliveries", clear_deliveries),
]
