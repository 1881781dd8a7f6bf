"""What a fault makes of an answer."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

from aiohttp import web

from chatbot.sandbox.vercel.errors import error_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.faults import RequestFault


def cut(request: web.Request) -> web.Response:
    """Drop the connection; the response that is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def is_cut(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


async def spoil(
    request: web.Request, response: web.StreamResponse, fault: RequestFault, now: int
) -> web.StreamResponse:
    """`now` is the time by the platform's clock, in milliseconds."""
    if fault.cut is not None:
        return cut(request)
    if fault.replaces_the_answer:
        response = _scripted(fault, now)
    elif fault.content_type is not None:
        response.headers["Content-Type"] = fault.content_type
    if fault.half:
        return await _send_half(request, response)
    if fault.twice is not None:
        return await _send_twice(request, response, fault.twice)
    return response if fault.drip is None else await _drip(request, response, fault.drip)


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
    whole = _body_of(response)
    if len(whole) < 2:
        return cut(request)
    half = await _begin(request, response, len(whole))
    await half.write(whole[: len(whole) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


async def _drip(request: web.Request, response: web.StreamResponse, pause: float) -> web.StreamResponse:
    """Send the whole body one byte at a time; a client that leaves is not followed."""
    whole = _body_of(response)
    if not whole:
        return response
    slow = await _begin(request, response, len(whole))
    try:
        for number in range(len(whole)):
            await slow.write(whole[number : number + 1])
            await asyncio.sleep(pause)
        await slow.write_eof()
    except ConnectionResetError:
        pass  # the client had enough of it
    return slow


async def _send_twice(request: web.Request, response: web.StreamResponse, pause: float) -> web.StreamResponse:
    """Send the whole answer, and once more what nobody asked for: a client may take it for its next answer."""
    whole = _body_of(response)
    answer = await _begin(request, response, len(whole))
    await answer.write(whole)
    await answer.write_eof()
    await asyncio.sleep(pause)
    if request.transport is not None and not request.transport.is_closing():
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
        again = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{head}\r\n".encode() + whole
        request.transport.write(again)
    return answer


def _body_of(response: web.StreamResponse) -> bytes:
    """Nothing, of a stream that has been sent already."""
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""


async def _begin(request: web.Request, response: web.StreamResponse, length: int) -> web.StreamResponse:
    begun = web.StreamResponse(status=response.status, headers=response.headers)
    begun.content_length = length
    await begun.prepare(request)
    return begun
