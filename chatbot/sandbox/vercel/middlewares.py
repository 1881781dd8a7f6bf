"""What happens to every request: noted, made to go wrong as scripted, identified, its refusal worded."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from typing import TYPE_CHECKING, Any

from aiohttp import web

from chatbot.sandbox.vercel.access import identify
from chatbot.sandbox.vercel.errors import ApiError, error_body
from chatbot.sandbox.vercel.keys import CALLER, FAULTS, JOURNAL, STORE, TAMPERED

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from chatbot.sandbox.vercel.faults import RequestFault

PUBLIC = ("/sandbox/", "/sites/", "/d/", "/inspect/")
"""Not part of the REST API: the sandbox's own control, and what visitors see."""
GIT_SIDE = "/github/"
"""Another service, with tokens of its own. Its requests are noted and go wrong as scripted, too."""

_log = logging.getLogger(__name__)


def is_public(request: web.Request) -> bool:
    return request.path.startswith(PUBLIC)


@web.middleware
async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
    if is_public(request):
        return await handler(request)
    entry = await request.app[JOURNAL].open(request, request.app[STORE].now())
    response = await handler(request)
    if not _is_cut(request):
        entry["status"] = response.status
    return response


@web.middleware
async def word_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is answered with the official error body."""
    try:
        return await handler(request)
    except ApiError as refusal:
        return web.json_response(refusal.body(), status=refusal.status)
    except web.HTTPException as refusal:
        body = error_body(refusal.status, _MESSAGES.get(refusal.status, refusal.reason))
        return web.json_response(body, status=refusal.status)
    except Exception:  # noqa: BLE001 - the last line of defence: logged, and answered as the platform would
        _log.exception("%s %s failed", request.method, request.path)
        return web.json_response(error_body(500, "An unexpected internal error occurred"), status=500)


_MESSAGES = {
    404: "The requested path was not found",
    405: "The requested method is not allowed",
    413: "The request body is too large",
}


@web.middleware
async def go_wrong(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Faults reach the REST API and the sites, but never the sandbox's own control."""
    fault = None
    if not request.path.startswith("/sandbox/"):
        fault = request.app[FAULTS].take_request(request.method, request.path)
    if fault is None:
        return await handler(request)
    request[TAMPERED] = fault.spoils_the_answer
    await asyncio.sleep(fault.delay)
    response = await handler(request) if fault.lets_it_happen else web.Response()
    await asyncio.sleep(fault.hold)
    if fault.cut is not None:
        return _cut(request)
    if fault.replaces_the_answer:
        response = _scripted(fault, request.app[STORE].now())
    elif fault.content_type is not None:
        response.headers["Content-Type"] = fault.content_type
    return await _send_half(request, response) if fault.half else response


@web.middleware
async def identify_caller(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not is_public(request) and not request.path.startswith(GIT_SIDE):
        request[CALLER] = identify(request, request.app[STORE])
    return await handler(request)


async def leave_empty_bodies_untyped(_: web.Request, response: web.StreamResponse) -> None:
    """A signal: the platform sends no content type where it sends no content."""
    if isinstance(response, web.Response) and not response.body:
        response.headers.pop("Content-Type", None)


MIDDLEWARES = (word_refusals, note, go_wrong, word_refusals, identify_caller)
"""Outermost first. The inner one words what handlers refuse, before it is noted or replaced by a fault; the
outer one what reading the request refuses."""


def _cut(request: web.Request) -> web.Response:
    """Drop the connection; the response that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _is_cut(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _scripted(fault: RequestFault, now: int) -> web.Response:
    status = fault.status or 200
    body = fault.body if "body" in fault.model_fields_set else _usual_body(fault, status, now)
    response = web.Response(
        status=status,
        body=body.encode() if isinstance(body, str) else json.dumps(body).encode(),
        headers={"Content-Type": fault.content_type or _content_type_of(body)},
    )
    if fault.retry_after is not None:
        seconds = math.ceil(fault.retry_after)
        response.headers["Retry-After"] = str(seconds)
        if status == 429:
            response.headers["X-RateLimit-Limit"] = "6"
            response.headers["X-RateLimit-Remaining"] = "0"
            response.headers["X-RateLimit-Reset"] = str(now // 1000 + seconds)
    return response


def _content_type_of(body: Any) -> str:
    return "text/html; charset=utf-8" if isinstance(body, str) else "application/json; charset=utf-8"


def _usual_body(fault: RequestFault, status: int, now: int) -> dict[str, Any]:
    if status == 429:
        reset = now + int(1000 * (fault.retry_after or 1))
        return error_body(
            429,
            "The rate limit of 6 exceeded for 'api-requests'. Try again later",
            limit={"remaining": 0, "reset": reset // 1000, "resetMs": reset, "total": 6},
        )
    return error_body(status, f"Scripted fault: the platform answers {status}")


async def _send_half(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    """Announce the whole body, send its first half, and drop the connection."""
    whole = response.body if isinstance(response, web.Response) else None
    if not isinstance(whole, bytes) or len(whole) < 2:
        return _cut(request)
    half = web.StreamResponse(status=response.status, headers=response.headers)
    half.content_length = len(whole)
    await half.prepare(request)
    await half.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return half
