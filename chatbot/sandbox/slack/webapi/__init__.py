"""The Web API: POST or GET /api/<method>. One table says who answers what, and with which scope."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.content import ContentRefused
from chatbot.sandbox.slack.faults import Fault
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.responding import cut
from chatbot.sandbox.slack.webapi import (
    auth,
    blocks,
    chat,
    conversations,
    files,
    functions,
    pins,
    unfurls,
    users,
    views,
)
from chatbot.sandbox.slack.webapi.calling import Call, RateLimited, Refused, arguments, token_of
from chatbot.sandbox.slack.workflows import RUNNING, Execution

OPEN_CONNECTION = "apps.connections.open"
APP_SCOPES = ("connections:write",)


@dataclass(frozen=True)
class Method:
    answer: Callable[[Call], Awaitable[Json]]
    scopes: tuple[str, ...] = ()
    """Any one of them will do. Where it depends on the channel, the method asks itself."""


METHODS = {
    OPEN_CONNECTION: Method(auth.open_connection),
    "auth.test": Method(auth.test),
    "blocks.validate": Method(blocks.validate),
    "chat.delete": Method(chat.delete, ("chat:write",)),
    "chat.getPermalink": Method(chat.get_permalink),
    "chat.postEphemeral": Method(chat.post_ephemeral, ("chat:write",)),
    "chat.postMessage": Method(chat.post_message, ("chat:write",)),
    "chat.unfurl": Method(unfurls.unfurl, ("links:write",)),
    "chat.update": Method(chat.update, ("chat:write",)),
    "conversations.history": Method(conversations.history),
    "conversations.info": Method(conversations.info),
    "conversations.join": Method(conversations.join, ("channels:join",)),
    "conversations.list": Method(conversations.listing),
    "conversations.members": Method(conversations.members),
    "conversations.open": Method(conversations.open_conversation, ("im:write", "mpim:write")),
    "conversations.replies": Method(conversations.replies),
    "files.completeUploadExternal": Method(files.complete_upload, ("files:write",)),
    "files.getUploadURLExternal": Method(files.get_upload_url, ("files:write",)),
    "functions.completeError": Method(functions.complete_error),
    "functions.completeSuccess": Method(functions.complete_success),
    "pins.add": Method(pins.add, ("pins:write",)),
    "pins.list": Method(pins.listing, ("pins:read",)),
    "pins.remove": Method(pins.remove, ("pins:write",)),
    "reactions.add": Method(chat.add_reaction, ("reactions:write",)),
    "usergroups.list": Method(users.groups, ("usergroups:read",)),
    "usergroups.users.list": Method(users.group_users, ("usergroups:read",)),
    "users.info": Method(users.info, ("users:read",)),
    "users.lookupByEmail": Method(users.lookup_by_email, ("users:read.email",)),
    "users.list": Method(users.listing, ("users:read",)),
    "views.open": Method(views.open_view),
    "views.publish": Method(views.publish),
    "views.push": Method(views.push_view),
    "views.update": Method(views.update_view),
}


async def entrance(backend: Backend, request: web.Request) -> web.StreamResponse:
    """One call, with the faults that were asked for, recorded."""
    method = request.match_info["method"]
    fault = backend.faults.take(method)
    if fault is not None:
        await asyncio.sleep(fault.delay)
        if fault.drop == "before":
            return cut(request)
        if fault.status is not None or fault.error is not None:
            return await _scripted(backend, request, method, fault)
    response = await _answered(backend, request, method)
    return cut(request) if fault is not None and fault.drop == "after" else response


async def _scripted(backend: Backend, request: web.Request, method: str, fault: Fault) -> web.Response:
    args = await arguments(request)
    if fault.status == 429:
        return _rate_limited(backend, method, args, fault.retry_after)
    if fault.status is not None and fault.error is None:
        backend.recorder.record("api", method, args, {"status": fault.status})
        return web.Response(status=fault.status, text="<html>Server Error</html>", content_type="text/html")
    answer = {"ok": False, "error": fault.error}
    backend.recorder.record("api", method, args, answer)
    return web.json_response(answer, status=fault.status or 200)


async def _answered(backend: Backend, request: web.Request, method: str) -> web.Response:
    args: Json = {}
    answer: Json
    try:
        args = await arguments(request)
        answer = await _call(backend, request, Call(backend, method, args))
        answer = {"ok": True, **answer}
    except RateLimited as limited:
        return _rate_limited(backend, method, args, limited.retry_after)
    except Refused as refused:
        answer = {"ok": False, "error": refused.error} | refused.extra
    except ContentRefused as refused:
        answer = {"ok": False, "error": refused.error} | _why(refused)
    if method == OPEN_CONNECTION and answer["ok"]:
        answer["url"] = f"ws://{request.host}{answer['url']}"
    backend.recorder.record("api", method, args, answer)
    return web.json_response(answer, headers=_scope_headers(backend, method))


def _why(refused: ContentRefused) -> Json:
    """Both forms are on the wire: `errors`, and response_metadata with "[ERROR] " before each."""
    if not refused.messages:
        return {}
    tagged = [each if each.startswith("[ERROR]") else f"[ERROR] {each}" for each in refused.messages]
    return {"errors": refused.messages, "response_metadata": {"messages": tagged}}


async def _call(backend: Backend, request: web.Request, call: Call) -> Json:
    method = METHODS.get(call.method)
    if method is None:
        raise Refused("unknown_method", req_method=call.method)
    # The app-level token is taken from the header only (docs.slack.dev, apps.connections.open).
    in_args = {} if call.method == OPEN_CONNECTION else call.args
    execution = _check_token(backend, token_of(request, in_args), call.method)
    if backend.switches.tiers and (wait := backend.tiers.wait_for(call.method)):
        raise RateLimited(wait)
    call.require(*method.scopes)
    return await method.answer(replace(call, execution=execution))


def _check_token(backend: Backend, token: str | None, method: str) -> Execution | None:
    """The run that the token is of, if it is a workflow step's. It holds until the step has ended."""
    if token is None:
        raise Refused("not_authed")
    execution = backend.executions.of_token(token)
    if execution is not None and method != OPEN_CONNECTION:
        if execution.state != RUNNING:
            raise Refused("token_revoked")
        if backend.executions.is_expired(execution):
            raise Refused("token_expired")
        return execution
    if token not in (backend.app.bot_token, backend.app.app_token):
        raise Refused("invalid_auth")
    if (token == backend.app.app_token) != (method == OPEN_CONNECTION):
        raise Refused("not_allowed_token_type")
    return None


def _scope_headers(backend: Backend, method: str) -> dict[str, str]:
    if method == OPEN_CONNECTION:
        return {"x-oauth-scopes": ",".join(APP_SCOPES), "x-accepted-oauth-scopes": ",".join(APP_SCOPES)}
    accepted = METHODS[method].scopes if method in METHODS else ()
    return {"x-oauth-scopes": ",".join(backend.app.scopes), "x-accepted-oauth-scopes": ",".join(accepted)}


def _rate_limited(backend: Backend, method: str, args: Json, retry_after: int) -> web.Response:
    answer = {"ok": False, "error": "ratelimited"}
    backend.recorder.record("api", method, args, answer)
    return web.json_response(answer, status=429, headers={"Retry-After": str(retry_after)})
