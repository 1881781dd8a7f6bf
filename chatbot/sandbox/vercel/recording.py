"""What the REST API answered, kept as JSON lines, so that it can be held against the official schema.

Off unless a folder is named. Only answers of a new shape are kept, and of an array only the items of a new
shape, so that a whole test suite leaves a few megabytes. Scripted faults are no answers of the platform's.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import web

from chatbot.sandbox.vercel.keys import LINES, TAMPERED
from chatbot.sandbox.vercel.middlewares import GIT_SIDE, is_public

if TYPE_CHECKING:
    from collections.abc import Hashable

    from aiohttp.typedefs import Handler, Middleware

VARIABLE = "SANDBOX_RECORD"
"""Names the folder where the constructor's argument does not, also for processes that are started below."""
NO_PATH = "(no such path)"
MOST_WORDS = 80
"""Distinct words under one key, beyond which they are names rather than an enumeration."""

_WORD = re.compile(r"[A-Za-z][A-Za-z_./-]{0,40}")
_SECRET_KEYS = frozenset({"secret"})


def recording(folder: Path | None) -> list[Middleware]:
    """A middleware, to be the outermost, that records into `folder` or into that of the environment."""
    named = os.environ.get(VARIABLE)
    chosen = folder or (Path(named) if named else None)
    return [] if chosen is None else [_middleware(_recorder(chosen.resolve()))]


class Recorder:
    """Appends samples to a file of this process in `folder`. Lines: `call`, `status`, `media`, `body`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.getpid()}-{uuid4().hex[:8]}.jsonl"
        self._seen: set[int] = set()
        self._words: defaultdict[str, set[str]] = defaultdict(set)

    def keep(self, call: str, status: int, media: str | None, body: Any) -> None:
        """`call` is the method and the route with its parameters in braces; `body` is decoded JSON."""
        thinned, is_new = self._thin(body, (call, status, media), "")
        if is_new:
            sample = {"call": call, "status": status, "media": media, "body": thinned}
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(sample) + "\n")

    def _thin(self, value: Any, context: Hashable, key: str) -> tuple[Any, bool]:
        """`value` without the array items whose like was kept in the same surroundings; whether it is new."""
        mark = hash((context, self._outline(value, key)))
        is_new = mark not in self._seen
        self._seen.add(mark)
        thinned, has_new = self._thin_arrays(value, mark, key)
        return thinned, is_new or has_new

    def _thin_arrays(self, value: Any, context: Hashable, key: str) -> tuple[Any, bool]:
        if isinstance(value, dict):
            pairs = {name: self._thin_arrays(inner, (context, name), name) for name, inner in value.items()}
            kept = {name: "…" if name in _SECRET_KEYS else inner for name, (inner, _) in pairs.items()}
            return kept, any(has_new for _, has_new in pairs.values())
        if isinstance(value, list):
            items = [self._thin(item, (context, "[]"), key) for item in value]
            return [item for item, is_new in items if is_new], any(is_new for _, is_new in items)
        return value, False

    def _outline(self, value: Any, key: str) -> Hashable:
        """Equal for values that any schema treats alike; arrays only by whether they are empty."""
        if isinstance(value, dict):
            return tuple(sorted((name, self._outline(inner, name)) for name, inner in value.items()))
        if isinstance(value, list):
            return "[…]" if value else "[]"
        if isinstance(value, str):
            return self._word(value, key)
        return type(value).__name__

    def _word(self, value: str, key: str) -> str:
        words = self._words[key]
        if value in words:
            return value
        if len(words) >= MOST_WORDS or _WORD.fullmatch(value) is None:
            return "(text)"
        words.add(value)
        return value


_recorder = cache(Recorder)
"""One for each folder in a process, whatever the number of platforms."""


def _middleware(recorder: Recorder) -> Middleware:
    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if _is_the_platforms(request, response):
            media, body = _content(response)
            recorder.keep(_call(request), response.status, media, body)
        return response

    return record


def _is_the_platforms(request: web.Request, response: web.StreamResponse) -> bool:
    """Not the sandbox's own control, nor the git side's, nor what a fault spoiled or let drip."""
    if is_public(request) or request.path.startswith(GIT_SIDE) or request.method == "HEAD":
        return False
    return not request.get(TAMPERED, False) and (isinstance(response, web.Response) or LINES in response)


def _call(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return f"{request.method} {NO_PATH if resource is None else resource.canonical}"


def _content(response: web.StreamResponse) -> tuple[str | None, Any]:
    """The media type and the decoded body, both None where there is no body; of a stream, its lines."""
    if not isinstance(response, web.Response):
        return response.content_type, response.get(LINES)
    if not response.body:
        return None, None
    raw = response.body
    text = raw.decode() if isinstance(raw, bytes | bytearray) else ""
    return response.content_type, json.loads(text) if response.content_type == "application/json" else text
