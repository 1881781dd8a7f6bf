"""Uploads, as `vercel deploy` sends those files that a deployment was told to be missing."""

from __future__ import annotations

import re

from aiohttp import web

from chatbot.sandbox.vercel.errors import bad_request
from chatbot.sandbox.vercel.keys import CALLER, UPLOADS

_DIGEST = re.compile(r"[0-9a-f]{40}")


async def upload_file(request: web.Request) -> web.Response:
    """The digest is in `x-vercel-digest` (documented) or `x-now-digest` (the official CLI)."""
    digest = request.headers.get("x-vercel-digest") or request.headers.get("x-now-digest") or ""
    if not _DIGEST.fullmatch(digest):
        raise bad_request("the header `x-vercel-digest` should be the SHA-1 of the file.")
    content = await request.read()
    size = request.headers.get("x-now-size", str(len(content)))
    if size != str(len(content)):
        raise bad_request("the header `x-now-size` should be the length of the file in bytes.")
    request.app[UPLOADS].add(request[CALLER].account_id, digest, content)
    return web.json_response({"urls": []})


ROUTES = [web.post("/v2/files", upload_file)]
