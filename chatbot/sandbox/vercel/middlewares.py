"""What happens to every request: noted, made to go wrong as scripted, identified, its refusal worded."""

from __future__ import annotations

import asyncio
import json
import logging
from email.utils import formatdate
from typing import TYPE_CHECKING

from aiohttp import web

from chatbot.sandbox.vercel.access import identify
from chatbot.sandbox.vercel.errors import ApiError, error_body
from chatbot.sandbox.vercel.keys import (
    CALLER,
    FAULT,
    FAULTS,
    JOURNAL,
    LIMITS,
    RATE,
    REPLICA,
    STORE,
    TAMPERED,
)
from chatbot.sandbox.vercel.spoiling import is_cut, spoil
from chatbot.sandbox.vercel.uploads import LARGEST_BODY, MIB

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

PUBLIC = ("/sandbox/", "/sites/", "/d/", "/inspect/")
"""Not part of the REST API: the sandbox's own control, and what visitors see."""
GIT_SIDE = "/github/"
"""Another service, with tokens of its own. Its requests are noted and go wrong as scripted, too."""

_CARRY_FILES = frozenset({"/v2/files", "/v13/deployments"})
_BOUNDS = frozenset({"since", "until", "from", "to"})
"""Parameters that are moments."""

_log = logging.getLogger(__name__)


def is_public(request: web.Request) -> bool:
    return request.path.startswith(PUBLIC)


def _is_rest(request: web.Request) -> bool:
    return not is_public(request) and not request.path.startswith(GIT_SIDE)


@web.middleware
async def limit_bodies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only those with files in them may be large."""
    most = LARGEST_BODY if request.path in _CARRY_FILES else MIB
    size = request.content_length or len(await request.read())
    if size > most:
        raise web.HTTPRequestEntityTooLarge(max_size=most, actual_size=size)
    return await handler(request)


@web.middleware
async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
    if is_public(request):
        return await handler(request)
    entry = await request.app[JOURNAL].open(request, request.app[STORE].now())
    response = await handler(request)
    if (fault := request.get(FAULT)) is not None:
        entry["fault"] = fault.model_dump(exclude_unset=True, exclude={"path", "method", "times"})
    if not is_cut(request):
        entry["status"], entry["answered_at"] = response.status, request.app[STORE].now()
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
    except ConnectionError:
        request[TAMPERED] = True  # nobody gets this answer
        return web.Response()  # whoever asked has gone, perhaps before the whole body had come
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
    request[FAULT] = fault
    await asyncio.sleep(fault.delay)
    response = await handler(request) if fault.lets_it_happen else web.Response()
    await asyncio.sleep(fault.hold)
    return await spoil(request, response, fault, _shown_now(request))


@web.middleware
async def limit_rate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counted before anything can go wrong: an answer that gets lost has been counted, too."""
    if not _is_rest(request):
        return await handler(request)
    app, resource = request.app, request.match_info.route.resource
    endpoint = f"{request.method} {resource.canonical if resource is not None else '?'}"
    window = app[LIMITS].count(
        request.method, request.path, endpoint, request.headers.get("Authorization", "")
    )
    now, ahead_ms = app[STORE].now(), app[FAULTS].skew.ahead_ms
    request[RATE] = window.headers(now, ahead_ms)
    if window.is_exceeded:
        return web.json_response(window.refusal(now, ahead_ms), status=429)
    return await handler(request)


@web.middleware
async def skew_clock(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Moves every moment in a JSON answer, and those in a query the other way, while the clock is wrong."""
    skew = request.app[FAULTS].skew
    if skew.ahead_ms == 0 or not _is_rest(request):
        return await handler(request)
    bounds = {name: skew.understood(text) for name, text in request.query.items() if name in _BOUNDS}
    if request.method == "GET" and bounds:
        request = request.clone(rel_url=request.rel_url.update_query(bounds))
    response = await handler(request)
    if isinstance(response, web.Response) and response.content_type == "application/json" and response.text:
        response.text = json.dumps(skew.shown(json.loads(response.text)))
    return response


@web.middleware
async def identify_caller(request: web.Request, handler: Handler) -> web.StreamResponse:
    if _is_rest(request):
        store = request.app[REPLICA].read_by(request.method, request.path)
        request[CALLER] = identify(request, store)
    return await handler(request)


async def leave_empty_bodies_untyped(_: web.Request, response: web.StreamResponse) -> None:
    """A signal: the platform sends no content type where it sends no content."""
    if isinstance(response, web.Response) and not response.body:
        response.headers.pop("Content-Type", None)


async def date_answers(request: web.Request, response: web.StreamResponse) -> None:
    """A signal: the rate limit's headers, and the Date of a clock that is wrong."""
    fault = request.get(FAULT)
    if fault is None or not fault.replaces_the_answer:  # a scripted 429 says of its limit what it is told to
        response.headers.update(request.get(RATE, {}))
    if not request.path.startswith(("/sandbox/", GIT_SIDE)) and request.app[FAULTS].skew.ahead_ms:
        response.headers["Date"] = formatdate(_shown_now(request) / 1000, usegmt=True)


def _shown_now(request: web.Request) -> int:
    return request.app[STORE].now() + request.app[FAULTS].skew.ahead_ms


MIDDLEWARES = (
    word_refusals,
    limit_bodies,
    note,
    limit_rate,
    go_wrong,
    skew_clock,
    word_refusals,
    identify_caller,
)
"""Outermost first. The inner one words what handlers refuse, before it is noted or replaced by a fault; the
outer one what reading the request refuses."""
