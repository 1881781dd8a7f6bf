from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from aiohttp import web

from chatbot.sandbox.vercel.eligibility import is_rollback_candidate
from chatbot.sandbox.vercel.errors import ApiError, bad_request
from chatbot.sandbox.vercel.indexes import Mark, Wanted, created
from chatbot.sandbox.vercel.keys import ALIASING, ANNOUNCER, BUILDS, CALLER, REPOSITORIES, STORE, UPLOADS
from chatbot.sandbox.vercel.ordering import DeploymentOrder, order_of
from chatbot.sandbox.vercel.paging import bound, page_of, switch
from chatbot.sandbox.vercel.records import Deployment, Project
from chatbot.sandbox.vercel.rendering.deployments import REGION, full_body, list_item, meta
from chatbot.sandbox.vercel.validation import read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.store import Store

Test = Callable[[Deployment], bool]
_BEFORE, _AFTER = ("until", "to"), ("since", "from")
_STATES = frozenset(
    {"BUILDING", "ERROR", "INITIALIZING", "QUEUED", "READY", "CANCELED", "DELETED", "BLOCKED"}
)
_TARGETS = frozenset({"production", "preview", "staging"})


async def list_deployments(request: web.Request) -> web.Response:
    """Newest first, over one project, some, or all of the account."""
    store = request[CALLER].store
    tests = _tests(request)
    found = store.listed(_wanted(request))
    for test in tests:
        found = filter(test, found)
    page, pagination = page_of(request, found, created, before=_BEFORE, after=_AFTER)
    return web.json_response(
        {"deployments": [list_item(store, one) for one in page], "pagination": pagination}
    )


def _wanted(request: web.Request) -> Wanted:
    """What the indexes can answer of the query; the tests see to the rest."""
    query = request.query
    states = query.get("state")
    return Wanted(
        account_id=request[CALLER].account_id,
        projects=_projects(request),
        branch=query.get("branch"),
        sha=query.get("sha"),
        states=frozenset(states.upper().split(",")) if states else None,
        marks=tuple(Mark(key, value) for key, value in _asked_meta(request)),
        since=bound(request, _AFTER),
        until=bound(request, _BEFORE),
    )


def _projects(request: web.Request) -> list[Project] | None:
    """Those asked for, None for all. Raises ApiError 404 for an unknown `projectId`; an unknown `app` finds
    nothing.
    """
    caller, query = request[CALLER], request.query
    listed = [*query.getall("projectIds", []), *query.getall("projectIds[]", [])]
    names = [name for part in listed for name in part.split(",") if name]
    if (single := query.get("projectId")) is not None:
        if names:
            raise bad_request("`projectIds` cannot be used when `projectId` is specified.")
        names = [single]
    app = query.get("app")
    if not names and app is None and caller.token.project_id is None:
        return None
    projects = [caller.project(name) for name in names] or caller.projects()
    return [project for project in dict.fromkeys(projects) if app is None or project.name == app]


def _tests(request: web.Request) -> list[Test]:
    return [_state_test(request), *_origin_tests(request), *_meta_tests(request), *_candidate_tests(request)]


def _state_test(request: web.Request) -> Test:
    """Deleted deployments are listed only when asked for."""
    text = request.query.get("state")
    if not text:
        return lambda one: one.deleted_by_retention_at is None
    states = frozenset(text.upper().split(","))
    if strange := states - _STATES:
        raise bad_request(f"`state` does not know {', '.join(sorted(strange))}.")
    return lambda one: ("DELETED" if one.deleted_by_retention_at is not None else one.state) in states


def _origin_tests(request: web.Request) -> Iterator[Test]:
    query = request.query
    if (target := query.get("target")) is not None:
        if target not in _TARGETS:
            raise bad_request("`target` should be production, preview or staging.")
        wanted = {"production": "production", "preview": None}.get(target, target)
        yield lambda one: one.target == wanted
    if (branch := query.get("branch")) is not None:
        yield lambda one: one.commit.branch == branch
    if (sha := query.get("sha")) is not None:
        yield lambda one: one.commit.sha == sha
    if (users := query.get("users")) is not None:
        creators = frozenset(users.split(","))
        yield lambda one: one.creator_id in creators


def _meta_tests(request: web.Request) -> Iterator[Test]:
    """`meta-githubCommitRef=main` and the like, as the official CLI sends for `--meta`."""
    for key, value in _asked_meta(request):
        yield _meta_test(request[CALLER].store, key, value)


def _asked_meta(request: web.Request) -> Iterator[tuple[str, str]]:
    for name, value in request.query.items():
        if name.startswith("meta-"):
            yield name.removeprefix("meta-"), value


def _meta_test(store: Store, key: str, value: str) -> Test:
    if not key.startswith("github"):
        return lambda one: one.meta.get(key) == value
    return lambda one: meta(store.projects[one.project_id], one).get(key) == value


def _candidate_tests(request: web.Request) -> Iterator[Test]:
    store = request[CALLER].store
    wanted = switch(request, "rollbackCandidate")
    if wanted is not None:
        yield lambda one: is_rollback_candidate(store, one) is wanted


async def get_deployment(request: web.Request) -> web.Response:
    """By id, generated hostname, or any domain: then it answers what that domain serves."""
    caller = request[CALLER]
    deployment = caller.deployment(request.match_info["deployment"])
    return web.json_response(full_body(caller.store, deployment))


async def create_deployment(request: web.Request) -> web.Response:
    """200, not 201, and the build has only been queued."""
    body = await read_body(request, DeploymentOrder)
    if body.target == "production":
        request[CALLER].require_production()
    order = order_of(request[CALLER], body, request.app[UPLOADS], request.app[REPOSITORIES])
    deployment = request.app[BUILDS].start(order)
    return web.json_response(full_body(request.app[STORE], deployment))


async def cancel_deployment(request: web.Request) -> web.Response:
    deployment = request[CALLER].deployment(request.match_info["deployment"])
    request.app[BUILDS].cancel(deployment, request[CALLER].user)
    return web.json_response(full_body(request.app[STORE], deployment))


async def delete_deployment(request: web.Request) -> web.Response:
    """Raises ApiError 409 for one that serves production or is about to."""
    store, caller = request.app[STORE], request[CALLER]
    deployment = caller.deployment(request.match_info["deployment"])
    if deployment.target == "production":
        caller.require_production()
    if store.is_needed(deployment) or request.app[ALIASING].is_moving_to(deployment):
        raise ApiError(409, f"The deployment {deployment.id} serves production and cannot be deleted.")
    if deployment.is_unfinished:
        request.app[BUILDS].cancel(deployment, caller.user)
    request.app[ANNOUNCER].deployment("deployment.cleanup", deployment, caller.user)
    store.forget_deployment(deployment)
    store.changed()
    return web.json_response({"uid": deployment.id, "state": "DELETED"})


async def list_builds(request: web.Request) -> web.Response:
    deployment = request[CALLER].deployment(request.match_info["deployment"])
    build: dict[str, Any] = {
        "id": "bld_" + deployment.id.removeprefix("dpl_")[:12],
        "deploymentId": deployment.id,
        "entrypoint": ".",
        "use": "@vercel/next",
        "createdAt": deployment.created_at,
        "createdIn": REGION,
        "readyState": deployment.state,
        "readyStateAt": deployment.ready_at or deployment.canceled_at or deployment.created_at,
        "output": [],
    }
    return web.json_response({"builds": [build]})


ROUTES = [
    web.get("/v6/deployments", list_deployments),
    web.get("/v7/deployments", list_deployments),
    web.post("/v13/deployments", create_deployment),
    web.get("/v13/deployments/{deployment}", get_deployment),
    web.delete("/v13/deployments/{deployment}", delete_deployment),
    web.patch("/v12/deployments/{deployment}/cancel", cancel_deployment),
    web.get("/v11/deployments/{deployment}/builds", list_builds),
]
