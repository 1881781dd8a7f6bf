from __future__ import annotations

from aiohttp import web

from chatbot.sandbox.vercel.keys import CALLER, STORE
from chatbot.sandbox.vercel.paging import page_of
from chatbot.sandbox.vercel.rendering.aliases import alias_body, deployment_alias_body


async def list_aliases(request: web.Request) -> web.Response:
    """Newest first. `domain` finds a hostname and everything below it."""
    store, caller, query = request.app[STORE], request[CALLER], request.query
    if (name := query.get("projectId")) is not None:
        projects = {caller.project(name).id}
    else:
        projects = {project.id for project in caller.projects()}
    domain = query.get("domain", "").lower()
    found = [
        alias
        for alias in store.aliases.values()
        if alias.project_id in projects and (not domain or f".{alias.name}".endswith(f".{domain}"))
    ]
    found.sort(key=lambda alias: alias.created_at, reverse=True)
    page, pagination = page_of(request, found, lambda alias: alias.created_at)
    return web.json_response(
        {"aliases": [alias_body(store, alias) for alias in page], "pagination": pagination}
    )


async def list_deployment_aliases(request: web.Request) -> web.Response:
    deployment = request[CALLER].deployment(request.match_info["deployment"])
    aliases = request.app[STORE].aliases_of(deployment.id)
    return web.json_response({"aliases": [deployment_alias_body(alias) for alias in aliases]})


ROUTES = [
    web.get("/v4/aliases", list_aliases),
    web.get("/v3/now/aliases", list_aliases),
    web.get("/v2/deployments/{deployment}/aliases", list_deployment_aliases),
]
