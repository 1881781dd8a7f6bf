"""`/v1/webhooks`: created, read and deleted, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, Field
from yarl import URL

from chatbot.sandbox.vercel.errors import ApiError, not_found
from chatbot.sandbox.vercel.keys import CALLER, STORE, WEBHOOKS
from chatbot.sandbox.vercel.validation import Body, read_body
from chatbot.sandbox.vercel.webhooks.catalogue import EVENTS, RETIRED
from chatbot.sandbox.vercel.webhooks.hooks import LONGEST_URL

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller
    from chatbot.sandbox.vercel.webhooks.hooks import Webhook


def _event(name: str) -> str:
    if name in RETIRED:
        raise ValueError(f"webhooks for the retired event {name} can no longer be created")
    if name not in EVENTS:
        raise ValueError(f"there is no event {name}")
    return name


def _address(text: str) -> str:
    try:
        host = URL(text).host
    except ValueError as error:
        raise ValueError(f"not an address: {error}") from error
    if not host:
        raise ValueError("not an address")
    return text


class WebhookOrder(Body):
    url: Annotated[str, Field(pattern=r"^https?://", max_length=LONGEST_URL), AfterValidator(_address)]
    events: Annotated[list[Annotated[str, AfterValidator(_event)]], Field(min_length=1)]
    project_ids: Annotated[list[str], Field(min_length=1, max_length=50)] | None = None


async def create_webhook(request: web.Request) -> web.Response:
    """The only answer that has the secret."""
    caller = request[CALLER]
    order = await read_body(request, WebhookOrder)
    _require_plan(caller)
    projects = tuple(dict.fromkeys(order.project_ids or ()))
    for project_id in projects:
        if caller.project(project_id).id != project_id:
            raise not_found("Project", project_id)
    events = tuple(dict.fromkeys(order.events))
    hook = request.app[WEBHOOKS].add(caller.account_id, order.url, events, projects)
    return web.json_response({**_body(hook), "secret": hook.secret})


async def list_webhooks(request: web.Request) -> web.Response:
    """A bare array. With `projectId`, those that are bound to that project."""
    caller = request[CALLER]
    hooks = request.app[WEBHOOKS].of(caller.account_id)
    if (project_id := request.query.get("projectId")) is not None:
        wanted = caller.project(project_id).id
        hooks = [hook for hook in hooks if wanted in hook.project_ids]
    return web.json_response([_listed(request, hook) for hook in hooks])


async def get_webhook(request: web.Request) -> web.Response:
    return web.json_response(_body(_named(request)))


async def delete_webhook(request: web.Request) -> web.Response:
    request.app[WEBHOOKS].remove(_named(request))
    return web.Response(status=204)


def _named(request: web.Request) -> Webhook:
    """Raises ApiError 404; a webhook of another account is as good as none."""
    hook = request.app[WEBHOOKS].find(request.match_info["webhook"])
    if hook is None or hook.account_id != request[CALLER].account_id:
        raise not_found("Webhook", request.match_info["webhook"])
    return hook


def _require_plan(caller: Caller) -> None:
    """Raises ApiError 403: account webhooks are for Pro and Enterprise teams."""
    if caller.team is None or caller.team.plan == "hobby":
        raise ApiError(403, "Webhooks are available on the Pro and Enterprise plans.")


def _body(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "ownerId": hook.account_id,
        "events": list(hook.events),
        "createdAt": hook.created_at,
        "updatedAt": hook.created_at,
        **({"projectIds": list(hook.project_ids)} if hook.project_ids else {}),
    }


def _listed(request: web.Request, hook: Webhook) -> dict[str, Any]:
    """With the names of its projects, as far as they still exist."""
    store = request.app[STORE]
    known = [store.projects[one] for one in hook.project_ids if one in store.projects]
    projects = [{"id": one.id, "name": one.name, "framework": one.framework} for one in known]
    return {**_body(hook), "projectsMetadata": projects if hook.project_ids else None}


ROUTES = [
    web.get("/v1/webhooks", list_webhooks),
    web.post("/v1/webhooks", create_webhook),
    web.get("/v1/webhooks/{webhook}", get_webhook),
    web.delete("/v1/webhooks/{webhook}", delete_webhook),
]
