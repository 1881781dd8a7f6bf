"""The platform's panel and sites, handed through so that the page needs one origin."""

import asyncio

import aiohttp
from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.hand.asking import CannotDo

KEPT_HEADERS = ("Content-Type", "Location", "x-served-by")
SECONDS = 90.0


async def panel(backend: Backend, request: web.Request) -> web.Response:
    """/sandbox/platform/<rest> is the platform's /sandbox/<rest>."""
    return await _through(backend, request, f"/sandbox/{request.match_info['rest']}")


async def site(backend: Backend, request: web.Request) -> web.Response:
    """/sandbox/platform-site/<rest> is the platform's /<rest>, its redirects led back through here."""
    answer = await _through(backend, request, f"/{request.match_info['rest']}")
    location = answer.headers.get("Location", "")
    if location.startswith("/"):
        answer.headers["Location"] = "/sandbox/platform-site" + location
    return answer


async def _through(backend: Backend, request: web.Request, path: str) -> web.Response:
    session = backend.delivery.session
    if backend.platform_url is None or session is None:
        raise CannotDo("no_platform", 404)
    asking = asyncio.create_task(_ask(session, request, backend.platform_url + path))
    closing = asyncio.create_task(backend.state.until(lambda: backend.state.closing, SECONDS))
    try:
        await asyncio.wait({asking, closing}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return await asking
        raise CannotDo("platform_unreachable", 424)
    except aiohttp.ClientError as error:
        raise CannotDo("platform_unreachable", 424) from error
    finally:
        asking.cancel()
        closing.cancel()


async def _ask(session: aiohttp.ClientSession, request: web.Request, url: str) -> web.Response:
    async with session.request(
        request.method,
        url,
        params=request.query,
        data=await request.read(),
        headers={"Content-Type": request.headers["Content-Type"]} if request.can_read_body else {},
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=SECONDS),
    ) as answer:
        body = await answer.read()
        kept = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
        return web.Response(status=answer.status, body=body, headers=kept)
