"""Reading the query: numbers, switches and the page asked for."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from chatbot.sandbox.vercel.errors import bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiohttp import web

T = TypeVar("T")
LARGEST_PAGE = 100


def whole_number(request: web.Request, name: str) -> int | None:
    """Raises ApiError 400 unless it is absent or a number of at most 15 digits."""
    text = request.query.get(name)
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise bad_request(f"`{name}` should be a number.")
    return int(text)


def switch(request: web.Request, name: str) -> bool | None:
    text = request.query.get(name)
    if text is None or text == "":
        return None
    if text not in ("true", "false", "1", "0"):
        raise bad_request(f"`{name}` should be a boolean.")
    return text in ("true", "1")


def limit(request: web.Request, default: int = 20) -> int:
    wanted = whole_number(request, "limit")
    if wanted is None:
        return default
    if not 1 <= wanted <= LARGEST_PAGE:
        raise bad_request(f"`limit` should be between 1 and {LARGEST_PAGE}.")
    return wanted


def page_of(
    request: web.Request,
    records: Iterable[T],
    created: Callable[[T], int],
    *,
    before: tuple[str, ...] = ("until",),
    after: tuple[str, ...] = ("since",),
    rising: bool = False,
) -> tuple[list[T], dict[str, Any]]:
    """One page of `records` (newest first) and its `pagination`; both bounds are exclusive.

    `next` is the creation time of the page's last record while more follow, so that `until=next` goes on;
    with `rising`, the records come oldest first and `since=next` goes on.
    """
    upper = bound(request, before)
    lower = bound(request, after)
    size = limit(request)
    within = (
        record
        for record in records
        if (upper is None or created(record) < upper) and (lower is None or created(record) > lower)
    )
    page = list(islice(within, size + 1))
    more = len(page) > size
    page = page[:size]
    return page, {
        "count": len(page),
        "next": created(page[-1]) if more else None,
        "prev": created(page[0]) if page and (lower if rising else upper) is not None else None,
    }


def bound(request: web.Request, names: tuple[str, ...]) -> int | None:
    """The first of these parameters that is there."""
    return next((value for name in names if (value := whole_number(request, name)) is not None), None)
