from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web

from chatbot.sandbox.vercel.buildlog import tell_past
from chatbot.sandbox.vercel.errors import bad_request
from chatbot.sandbox.vercel.keys import CALLER, FAULTS, LINES, STORE
from chatbot.sandbox.vercel.paging import switch, whole_number
from chatbot.sandbox.vercel.rendering.deployments import event_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, LogLine

LOOKS_AGAIN_AFTER = 30.0
"""Seconds; a build that goes on wakes a follower earlier."""


async def list_events(request: web.Request) -> web.StreamResponse:
    """The build log: an array, or one object a line (`format=lines`, `follow=1`) as it is written."""
    store = request.app[STORE]
    deployment = request[CALLER].deployment(request.match_info["deployment"])
    tell_past(store.projects[deployment.project_id], deployment)
    follows = switch(request, "follow") or False
    direction = request.query.get("direction", "forward")
    if direction not in ("forward", "backward"):
        raise bad_request("`direction` should be forward or backward.")
    if follows or request.query.get("format") == "lines":
        return await _stream(request, deployment, follows=follows)
    lines = _within(request, deployment.log)
    if direction == "backward":
        lines.reverse()
    text = request.query.get("limit")
    most = None if text == "-1" else whole_number(request, "limit")
    return web.json_response([event_body(deployment, line) for line in lines[:most]])


def _within(request: web.Request, lines: list[LogLine]) -> list[LogLine]:
    since, until = whole_number(request, "since"), whole_number(request, "until")
    return [
        line
        for line in lines
        if (since is None or line.created > since) and (until is None or line.created < until)
    ]


async def _stream(request: web.Request, deployment: Deployment, *, follows: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await response.prepare(request)
    try:
        await _write(request, response, deployment, follows=follows)
        await response.write_eof()
    except ConnectionResetError:
        pass  # the follower has left
    return response


async def _write(
    request: web.Request, response: web.StreamResponse, deployment: Deployment, *, follows: bool
) -> None:
    store = request.app[STORE]
    written = response[LINES] = []
    while True:
        seen, finished = store.revision.number, not deployment.is_unfinished
        for line in deployment.log[len(written) :]:
            written.append(request.app[FAULTS].skew.shown(event_body(deployment, line)))
            await response.write(json.dumps(written[-1]).encode() + b"\n")
        if finished or not follows or store.revision.is_closed:
            return
        await store.revision.past(seen, LOOKS_AGAIN_AFTER)


ROUTES = [
    web.get("/v3/deployments/{deployment}/events", list_events),
    web.get("/v3/now/deployments/{deployment}/events", list_events),
]
