"""JSON bodies: read, checked and turned into records' values, or refused with status 400."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from chatbot.sandbox.vercel.errors import ApiError, bad_request

if TYPE_CHECKING:
    from aiohttp import web


class Body(BaseModel):
    """A body with no keys but these (in camel case), and no value that would need bending."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


B = TypeVar("B", bound=BaseModel)


async def read_json(request: web.Request) -> Any:
    """The decoded body, or None when there is none. Raises ApiError 400."""
    raw = await request.read()
    if not raw.strip():
        return None
    try:
        return json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "Invalid JSON") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


async def read_body(request: web.Request, kind: type[B]) -> B:
    """Raises ApiError 400, naming the first thing wrong. No body at all reads as an empty one."""
    decoded = await read_json(request)
    try:
        return kind.model_validate({} if decoded is None else decoded)
    except ValidationError as error:
        raise bad_request(first_complaint(error)) from error


def first_complaint(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"should NOT have additional property `{where}`."
    return f"`{where}`: {first['msg']}." if where else f"{first['msg']}."
