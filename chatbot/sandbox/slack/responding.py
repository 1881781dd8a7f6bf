"""Messages that answer an interaction: by its response_url, or in the ack of a command."""

import asyncio
import json

from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.content import ContentRefused, message_content
from chatbot.sandbox.slack.faults import RESPONSE_URL
from chatbot.sandbox.slack.oneshots import ResponseUrl, Spent
from chatbot.sandbox.slack.records import Json, Message
from chatbot.sandbox.slack.unfurling import card


def show(backend: Backend, url: ResponseUrl, body: Json) -> None:
    """Posts, replaces or deletes as the body says. Raises ContentRefused."""
    source = None
    if url.source_ts is not None:
        source = backend.state.message(url.channel, url.source_ts, person=url.person)
    if url.unfurl is not None and (body.get("delete_original") or body.get("replace_original")):
        _change_card(backend, source, url.unfurl, body)
    elif body.get("delete_original"):
        if source is None:
            raise ContentRefused("message_not_found")
        backend.state.remove(source)
    elif body.get("replace_original") and url.source_ts is not None:
        _replace(backend, source, message_content(body))
    else:
        _post(backend, url, body)


def _replace(backend: Backend, source: Message | None, content: Json) -> None:
    """The message stays as visible as it was: an ephemeral one cannot become public, nor the reverse."""
    if source is None:
        raise ContentRefused("message_not_found")
    backend.state.revise(source, {"text": "", "blocks": [], "attachments": []} | content)


def _change_card(backend: Backend, source: Message | None, unfurl: str, body: Json) -> None:
    """What Slack does with a card's response_url is not documented: here the card is what it changes."""
    if source is None or unfurl not in source.unfurls:
        raise ContentRefused("message_not_found")
    if body.get("delete_original"):
        del source.unfurls[unfurl]
    else:
        source.unfurls[unfurl] = card(message_content(body))
    backend.state.touched(source)


def _post(backend: Backend, url: ResponseUrl, body: Json) -> None:
    content = message_content(body)
    thread_ts = body.get("thread_ts")
    if body.get("response_type") == "in_channel":
        backend.public(url.channel, content, thread_ts=thread_ts)
    else:
        backend.ephemeral(url.channel, url.person, content, thread_ts=thread_ts)


async def use(backend: Backend, request: web.Request) -> web.Response:
    """POST <response_url>: plain `ok`, or a status with Slack's code as the body (400 invalid_blocks:
    java-slack-sdk#1017; the wording of 404 used_url and expired_url is not confirmed).
    """
    body = await _body(request)
    status, text = _outcome(backend, request.path, body)
    backend.recorder.record("response_url", None, body, {"status": status, "body": text})
    return web.Response(status=status, text=text)


async def entrance(backend: Backend, request: web.Request) -> web.StreamResponse:
    """`use`, with the faults that were asked for."""
    fault = backend.faults.take(RESPONSE_URL)
    if fault is None:
        return await use(backend, request)
    await asyncio.sleep(fault.delay)
    if fault.drop == "before":
        return cut(request)
    if fault.status == 429:
        return web.Response(status=429, text="ratelimited", headers={"Retry-After": str(fault.retry_after)})
    if fault.status is not None or fault.error is not None:
        return web.Response(status=fault.status or 404, text=fault.error or "server_error")
    answer = await use(backend, request)
    return cut(request) if fault.drop == "after" else answer


def cut(request: web.Request) -> web.Response:
    """Ends the connection without an answer; what is returned is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _outcome(backend: Backend, path: str, body: Json) -> tuple[int, str]:
    try:
        url = backend.response_urls.check(path)
        show(backend, url, body)
    except Spent as spent:
        return 404, spent.error
    except ContentRefused as refused:
        return (404 if refused.error == "message_not_found" else 400), refused.error
    url.uses += 1
    return 200, "ok"


async def _body(request: web.Request) -> Json:
    """JSON, or a form field `payload` holding it."""
    text = await request.text()
    if request.content_type == "application/x-www-form-urlencoded":
        text = str((await request.post()).get("payload", "{}"))
    try:
        body = json.loads(text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
