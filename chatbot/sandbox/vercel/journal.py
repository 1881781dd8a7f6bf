"""The requests that the REST API received, for whoever tests a client."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

LONGEST = 20_000
LONGEST_BODY = 64 * 1024
"""Bytes; of a longer one, and of an uploaded file, only the length is noted."""


@dataclass(slots=True)
class Journal:
    entries: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LONGEST))

    async def open(self, request: web.Request, at: int) -> dict[str, Any]:
        """Note a request as it comes in; its `status` and `answered_at` are null until it is
        answered, and stay so when cut.
        """
        entry = {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "body": _decoded(await request.read(), request.headers.get("Content-Type", "")),
            "status": None,
            "at": at,
            "answered_at": None,
        }
        self.entries.append(entry)
        return entry


def _decoded(raw: bytes, media: str) -> Any:
    if not raw:
        return None
    if len(raw) > LONGEST_BODY or media == "application/octet-stream":
        return {"bytes": len(raw)}
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")
