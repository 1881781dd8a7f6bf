"""One Web API call: its arguments in any encoding, its token and scopes, its refusal."""

import json
from dataclasses import dataclass

from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.records import Channel, Json
from chatbot.sandbox.slack.workflows import Execution


class Refused(Exception):
    """`error` is Slack's code; `extra` joins the answer."""

    def __init__(self, error: str, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


class RateLimited(Exception):
    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class Call:
    backend: Backend
    method: str
    args: Json
    execution: Execution | None = None
    """The run of a workflow step whose token this is."""

    def text(self, name: str) -> str:
        """A required argument."""
        value = self.args.get(name)
        if value in (None, ""):
            raise invalid_arguments(f"[ERROR] missing required field: {name}")
        return str(value)

    def flag(self, name: str) -> bool:
        """Booleans arrive as such in JSON and as 1/0 or true/false elsewhere."""
        return self.args.get(name) in (True, 1, "1", "true", "True")

    def listed(self, name: str) -> list[str]:
        """Lists arrive as such in JSON and comma-joined elsewhere."""
        value = self.args.get(name) or []
        return [str(each) for each in value] if isinstance(value, list) else str(value).split(",")

    def channel(self, name: str = "channel") -> Channel:
        """A conversation that the app may know of: a private one it is not in does not exist for it."""
        channel = self.backend.state.channel(self.text(name))
        if channel is None or not channel.is_open_to(self.backend.app.bot_user_id):
            raise Refused("channel_not_found")
        return channel

    def require(self, *scopes: str) -> None:
        """Any one of them. Raises missing_scope with needed and provided, as Slack answers."""
        provided = self.backend.app.scopes
        if scopes and not set(scopes) & set(provided):
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(provided))

    def page(self, found: list[Json], *, most: int = 1000, usual: int = 100) -> tuple[list[Json], Json]:
        """One page of a listing and its response_metadata; the cursor is opaque to the caller."""
        try:
            limit = int(self.args.get("limit") or usual)
        except (TypeError, ValueError) as error:
            raise Refused("invalid_limit") from error
        if not 0 < limit <= most:
            raise Refused("invalid_limit")
        cursor = str(self.args.get("cursor") or "")
        start = cursor.removeprefix("next:")
        if cursor and not (cursor.startswith("next:") and start.isdigit()):
            raise Refused("invalid_cursor")
        begin = int(start or 0)
        end = begin + limit
        return found[begin:end], {"next_cursor": f"next:{end}" if end < len(found) else ""}


def invalid_arguments(*messages: str) -> Refused:
    return Refused("invalid_arguments", response_metadata={"messages": list(messages)})


async def arguments(request: web.Request) -> Json:
    """Query string, form and JSON together: the SDKs use all three (an empty body with the arguments in
    the query among them). Raises Refused.
    """
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        try:
            body = json.loads(text) if text else {}
        except ValueError as error:
            raise Refused("invalid_json") from error
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        args |= body
    elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return args


def token_of(request: web.Request, args: Json) -> str | None:
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        return header.removeprefix("Bearer ").strip() or None
    token = args.get("token")
    return str(token) if token else None
