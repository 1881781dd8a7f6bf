"""The JSON API under /sandbox/: the hand of a person. Described in docs/sandbox.md."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.hand import (
    commands,
    platform,
    reading,
    speaking,
    steering,
    stream,
    submitting,
    touching,
    workflows,
)
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo, asked
from chatbot.sandbox.slack.records import Json

ANSWERS: tuple[tuple[str, str, Callable[[Ask], Awaitable[Json]]], ...] = (
    ("GET", "workspace", reading.workspace),
    ("GET", "messages", reading.messages),
    ("GET", "pins", reading.pins),
    ("GET", "views", reading.views),
    ("GET", "home", reading.home),
    ("GET", "payloads", reading.payloads),
    ("DELETE", "payloads", reading.forget_payloads),
    ("POST", "command", commands.run),
    ("POST", "click", touching.click),
    ("POST", "choose", touching.choose),
    ("POST", "options", touching.suggest),
    ("POST", "submit", submitting.submit),
    ("POST", "close", submitting.dismiss),
    ("POST", "message", speaking.write),
    ("POST", "pin", speaking.pin),
    ("POST", "home", speaking.open_home),
    ("POST", "shortcut", speaking.use_shortcut),
    ("POST", "workflow", workflows.run),
    ("GET", "workflows", workflows.runs),
    ("GET", "faults", steering.faults),
    ("POST", "faults", steering.add_fault),
    ("DELETE", "faults", steering.clear_faults),
    ("POST", "socket", steering.socket),
    ("PUT", "people/{id}", steering.set_person),
    ("PUT", "groups/{id}", steering.set_group),
    ("PUT", "channels/{id}", steering.set_channel),
    ("PUT", "delivery", steering.set_delivery),
    ("PUT", "switches", steering.set_switches),
)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def add_routes(router: web.UrlDispatcher, backend: Backend) -> None:
    for method, path, answer in ANSWERS:
        router.add_route(method, f"/sandbox/{path}", _answering(backend, answer))

    async def streaming(request: web.Request) -> web.StreamResponse:
        return await stream.stream(await asked(backend, request), request)

    async def panel(request: web.Request) -> web.StreamResponse:
        return await platform.panel(backend, request)

    async def site(request: web.Request) -> web.StreamResponse:
        return await platform.site(backend, request)

    router.add_get("/sandbox/stream", _refusing(streaming))
    for method in ("GET", "POST", "DELETE"):
        router.add_route(method, "/sandbox/platform/{rest:.*}", _refusing(panel))
    router.add_get("/sandbox/platform-site/{rest:.*}", _refusing(site))


def _answering(backend: Backend, answer: Callable[[Ask], Awaitable[Json]]) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        told = {"ok": True} | await answer(await asked(backend, request))
        return web.json_response(told, headers={"Cache-Control": "no-store"})

    return _refusing(handle)


def _refusing(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except CannotDo as refusal:
            told = {"ok": False, "error": refusal.error} | refusal.extra
            return web.json_response(told, status=refusal.status)

    return handle
