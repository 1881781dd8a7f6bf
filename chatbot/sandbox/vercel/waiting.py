"""Long polls of the control API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.errors import bad_request

if TYPE_CHECKING:
    from aiohttp import web

    from chatbot.sandbox.vercel.revision import Revision

LONGEST_WAIT = 60.0


async def wait_for_news(request: web.Request, revision: Revision) -> None:
    """With `since` and `wait`: until the revision is past `since`, or for `wait` seconds."""
    since, wait = _number(request, "since"), _number(request, "wait")
    if since is not None and wait is not None:
        await revision.past(int(since), min(wait, LONGEST_WAIT))


def _number(request: web.Request, name: str) -> float | None:
    text = request.query.get(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError as error:
        raise bad_request(f"`{name}` should be a number.") from error
    if not 0 <= number < 1e12:
        raise bad_request(f"`{name}` should be a number of 0 or more.")
    return number
