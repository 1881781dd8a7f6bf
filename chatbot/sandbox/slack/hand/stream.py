"""GET /sandbox/stream?as=U: one server-sent event for each change that this person can see."""

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.hand.asking import Ask
from chatbot.sandbox.slack.hand.reading import described, home_of, stack
from chatbot.sandbox.slack.records import Change, Json

KEEP_ALIVE_SECONDS = 15.0


async def stream(ask: Ask, request: web.Request) -> web.StreamResponse:
    backend, person = ask.backend, ask.person.id
    queue: asyncio.Queue[Json] = asyncio.Queue()

    def watch(change: Change) -> None:
        event = _seen_by(backend, person, change)
        if event is not None:
            queue.put_nowait(event)

    backend.present[person] += 1
    backend.state.workspace_changed()
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    unwatch = backend.state.watch(watch)
    try:
        await response.prepare(request)
        await _write(response, {"kind": "hello", "revision": backend.state.revision})
        while not backend.state.closing:
            await _next(backend, response, queue)
    except ConnectionError:
        return response  # the browser went away
    finally:
        unwatch()
        backend.present[person] -= 1
        if not backend.state.closing:
            backend.state.workspace_changed()
    return response


async def _next(backend: Backend, response: web.StreamResponse, queue: asyncio.Queue[Json]) -> None:
    revision = backend.state.revision
    if queue.empty():
        await backend.state.past(revision, KEEP_ALIVE_SECONDS)
    if queue.empty() and not backend.state.closing and backend.state.revision == revision:
        await response.write(b": keep-alive\n\n")
    with suppress(asyncio.QueueEmpty):
        while True:
            await _write(response, queue.get_nowait())


async def _write(response: web.StreamResponse, event: Json) -> None:
    await response.write(f"data: {json.dumps(event)}\n\n".encode())


def _seen_by(backend: Backend, person: str, change: Change) -> Json | None:
    if change.person is not None and change.person != person:
        return None
    if change.channel is not None:
        channel = backend.state.channel(change.channel)
        if channel is None or not channel.is_open_to(person):
            return None
    match change.kind:
        case "message" if change.message is not None:
            described_message = described(backend, change.message, person)
            return {"kind": "message", "channel": change.channel, "message": described_message}
        case "deleted" if change.message is not None:
            return {"kind": "deleted", "channel": change.channel, "ts": change.message.ts}
        case "views":
            return {"kind": "views", "views": stack(backend, person)}
        case "workflows":
            return {"kind": "workflows"}
        case "home":
            return {"kind": "home", "view": home_of(backend, person)}
    return {"kind": "workspace"}
