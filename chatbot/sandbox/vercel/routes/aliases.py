from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.hostnames import SHARED_APEXES, apex_of, is_hostname
from chatbot.sandbox.vercel.keys import CALLER, STORE
from chatbot.sandbox.vercel.paging import page_of
from chatbot.sandbox.vercel.rendering.aliases import alias_body, deployment_alias_body, iso
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller
    from chatbot.sandbox.vercel.records import Alias, Deployment, RedirectStatus

REDIRECT_STATUS: RedirectStatus = 307


class NewAlias(Body):
    alias: str
    redirect: str | None = None


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


async def assign_alias(request: web.Request) -> web.Response:
    """A hostname leads to the deployment from now on, a production domain of its project too."""
    store, caller = request.app[STORE], request[CALLER]
    deployment = caller.deployment(request.match_info["deployment"])
    body = await read_body(request, NewAlias)
    name = _hostname(deployment, body.alias)
    _require_assignable(caller, deployment, name)
    before = store.serving(name)
    if before == deployment.id and body.redirect is None:
        uid = store.aliases[name].id
        raise ApiError(409, f"The alias {name} is assigned to it already.", uid=uid, alias=name)
    project = store.projects[deployment.project_id]
    if body.redirect is not None:
        target = body.redirect.lower()
        known = store.aliases.get(target)
        if target == name or known is None:
            raise bad_request("`redirect` should be another alias.")
        caller.project(known.project_id)
        alias = store.redirect(project, name, target, REDIRECT_STATUS)
    else:
        store.point(name, deployment)
        alias = store.aliases[name]
    store.changed()
    answer = {"uid": alias.id, "alias": name, "created": iso(alias.created_at), "oldDeploymentId": before}
    return web.json_response(answer)


def _hostname(deployment: Deployment, written: str) -> str:
    """A name without a dot is one below vercel.app. Raises ApiError 400."""
    name = written.lower()
    if "." not in name:
        name += ".vercel.app"
    if not is_hostname(name) or name == deployment.url:
        raise ApiError(400, f"The alias {written[:100]} is invalid.", code="invalid_alias")
    return name


def _require_assignable(caller: Caller, deployment: Deployment, name: str) -> None:
    """Raises ApiError 400, 403, 404, 409 or 410."""
    store = caller.store
    if deployment.deleted_by_retention_at is not None:
        raise ApiError(410, f"The deployment {deployment.id} has been deleted.")
    if deployment.state != "READY":
        message = f"The deployment {deployment.id} is not READY and can not be aliased."
        raise ApiError(400, message, code="deployment_not_ready")
    owners = store.domain_owners(name)
    if not owners and apex_of(name) not in SHARED_APEXES:
        raise not_found("Domain", apex_of(name))
    if owners and caller.account_id not in owners:
        raise ApiError(403, f"The domain of {name} is owned by another account.")
    known = store.aliases.get(name)
    if store.deployment_hosted(name) or (
        known is not None and store.projects[known.project_id].account_id != caller.account_id
    ):
        raise ApiError(403, f"The alias {name} is in use by others.", code="alias_in_use")
    if known is not None:
        caller.project(known.project_id)
    holder = next((one for one in store.projects.values() if name in one.domains), None)
    if holder is not None and holder.id != deployment.project_id:
        raise ApiError(409, f"The domain {name} is not allowed to be used: it belongs to another project.")


async def get_alias(request: web.Request) -> web.Response:
    return web.json_response(alias_body(request.app[STORE], _named(request)))


async def remove_alias(request: web.Request) -> web.Response:
    store = request.app[STORE]
    store.forget_alias(_named(request))
    store.changed()
    return web.json_response({"status": "SUCCESS"})


def _named(request: web.Request) -> Alias:
    """By hostname or id. Raises ApiError 404, or 403 for one of others."""
    store, name = request.app[STORE], request.match_info["alias"]
    alias = store.aliases.get(name.lower())
    alias = alias or next((one for one in store.aliases.values() if one.id == name), None)
    if alias is None:
        raise not_found("Alias", name)
    request[CALLER].project(alias.project_id)
    return alias


ROUTES = [
    web.get("/v4/aliases", list_aliases),
    web.get("/v3/now/aliases", list_aliases),
    web.get("/v4/aliases/{alias}", get_alias),
    web.get("/now/aliases/{alias}", get_alias),  # the official CLI asks without a version
    web.delete("/v2/aliases/{alias}", remove_alias),
    web.delete("/now/aliases/{alias}", remove_alias),
    web.get("/v2/deployments/{deployment}/aliases", list_deployment_aliases),
    web.get("/now/deployments/{deployment}/aliases", list_deployment_aliases),
    web.post("/v2/deployments/{deployment}/aliases", assign_alias),
    web.post("/now/deployments/{deployment}/aliases", assign_alias),
]
