"""`/sandbox/faults` and `/sandbox/limits`: what clients of the platform are to put up with."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.errors import bad_request
from chatbot.sandbox.vercel.faults import InvalidFault, Target
from chatbot.sandbox.vercel.keys import FAULTS, HOME, LIMITS, REPLICA, STORE
from chatbot.sandbox.vercel.limits import Limit  # noqa: TC001 - pydantic reads it when the class is made
from chatbot.sandbox.vercel.validation import Body, read_body, read_json


class LimitList(Body):
    limits: Annotated[list[Limit], Field(max_length=100)]


async def add_faults(request: web.Request) -> web.Response:
    written = await read_json(request)
    projects = {
        project.name: Target(project.id, frozenset(domain.name for domain in project.production_domains()))
        for project in request.app[STORE].projects_of(request.app[HOME].id)
    }
    faults = request.app[FAULTS]
    try:
        faults.add(written if isinstance(written, list) else [written], projects)
    except InvalidFault as error:
        raise bad_request(str(error)) from error
    request.app[REPLICA].follow(faults.late_visibility)
    return web.json_response({"faults": faults.listed()})


async def list_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": request.app[FAULTS].listed()})


async def clear_faults(request: web.Request) -> web.Response:
    request.app[FAULTS].clear()
    request.app[REPLICA].follow({})
    return web.json_response({"ok": True})


async def set_limits(request: web.Request) -> web.Response:
    """In the place of those there are; an empty list turns them off."""
    request.app[LIMITS].set((await read_body(request, LimitList)).limits)
    return await list_limits(request)


async def list_limits(request: web.Request) -> web.Response:
    return web.json_response({"limits": request.app[LIMITS].listed()})


async def clear_limits(request: web.Request) -> web.Response:
    request.app[LIMITS].set([])
    return web.json_response({"ok": True})


MISCHIEF_ROUTES = [
    web.post("/sandbox/faults", add_faults),
    web.get("/sandbox/faults", list_faults),
    web.delete("/sandbox/faults", clear_faults),
    web.put("/sandbox/limits", set_limits),
    web.get("/sandbox/limits", list_limits),
    web.delete("/sandbox/limits", clear_limits),
]
