from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from aiohttp import web

from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.keys import ANNOUNCER, CALLER, STORE
from chatbot.sandbox.vercel.paging import switch
from chatbot.sandbox.vercel.records import Target
from chatbot.sandbox.vercel.rendering.projects import env_body
from chatbot.sandbox.vercel.validation import read_body, read_json
from chatbot.sandbox.vercel.variables import (
    VariableChange,
    added,
    changed,
    read_variables,
    require_targets,
)

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import EnvRecord, Project
    from chatbot.sandbox.vercel.webhooks.catalogue import VariableEvent

_EVENTS: dict[str, VariableEvent] = {
    "created": "project.env-variable.created",
    "updated": "project.env-variable.updated",
    "deleted": "project.env-variable.deleted",
}


async def list_env(request: web.Request) -> web.Response:
    """With `gitBranch`, the records of that branch and those of every branch. Not paged, as the real one."""
    project = request[CALLER].project(request.match_info["project"])
    target, branch = request.query.get("target"), request.query.get("gitBranch")
    environment = _environment(request, project)
    if target is not None and target not in get_args(Target) and project.custom_environment(target) is None:
        raise bad_request("`target` should be production, preview, development or a custom environment.")
    if target is not None and (custom := project.custom_environment(target)) is not None:
        environment, target = custom.id, None
    records = [
        record
        for record in project.env
        if (target is None or target in record.target)
        and (environment is None or environment in record.custom_environment_ids)
        and (branch is None or record.git_branch is None or record.git_branch == branch)
    ]
    return web.json_response(
        {
            "envs": [env_body(record) for record in records],
            "pagination": {"count": len(records), "next": None, "prev": None},
        }
    )


def _environment(request: web.Request, project: Project) -> str | None:
    """The id of the one that the query names."""
    query = request.query
    named = query.get("customEnvironmentId") or query.get("customEnvironmentSlug")
    if named is None:
        return None
    environment = project.custom_environment(named)
    if environment is None:
        raise not_found("Custom environment", named)
    return environment.id


async def get_variable(request: web.Request) -> web.Response:
    """With its value in clear, unless it is sensitive."""
    _, record = _named(request)
    body = env_body(record)
    if record.type != "sensitive":
        body |= {"value": record.value, "decrypted": True}
    return web.json_response(body)


async def create_variables(request: web.Request) -> web.Response:
    """201. One or a list; of a list, those that are wrong are named in `failed`. `upsert=true` replaces."""
    store, caller = request.app[STORE], request[CALLER]
    project = caller.project(request.match_info["project"])
    upsert = switch(request, "upsert") or False
    written = read_variables(await read_json(request))
    news = written if isinstance(written, list) else [written]
    if any("production" in new.targets() for new in news):
        caller.require_production()
    created, failed = [], []
    for new in news:
        try:
            record = added(store, project, new, caller.user, upsert=upsert)
            created.append(env_body(record))
            event = "updated" if record.updated_at > record.created_at else "created"
            request.app[ANNOUNCER].variable(_EVENTS[event], project, record.id, caller.user)
        except ApiError as refusal:
            if not isinstance(written, list):
                raise
            failed.append(refusal.body())
    store.changed()
    body = {"created": created if isinstance(written, list) else created[0], "failed": failed}
    return web.json_response(body, status=201)


async def change_variable(request: web.Request) -> web.Response:
    store, caller = request.app[STORE], request[CALLER]
    project, record = _named(request)
    change = await read_body(request, VariableChange)
    require_targets(project, change)
    if "production" in (*record.target, *(change.target or ())):
        caller.require_production()
    changed(store, project, record, change, caller.user)
    store.changed()
    request.app[ANNOUNCER].variable(_EVENTS["updated"], project, record.id, caller.user)
    return web.json_response(env_body(record))


async def remove_variable(request: web.Request) -> web.Response:
    """Answers what it was. It leaves no record."""
    project, record = _named(request)
    if "production" in record.target:
        request[CALLER].require_production()
    project.env.remove(record)
    request.app[STORE].changed()
    request.app[ANNOUNCER].variable(_EVENTS["deleted"], project, record.id, request[CALLER].user)
    return web.json_response(env_body(record))


def _named(request: web.Request) -> tuple[Project, EnvRecord]:
    project, variable_id = request[CALLER].project(request.match_info["project"]), request.match_info["id"]
    record = next((one for one in project.env if one.id == variable_id), None)
    if record is None:
        raise not_found("Environment Variable", variable_id)
    return project, record


ROUTES = [
    web.get("/v9/projects/{project}/env", list_env),
    web.get("/v10/projects/{project}/env", list_env),
    web.post("/v10/projects/{project}/env", create_variables),
    web.get("/v1/projects/{project}/env/{id}", get_variable),
    web.patch("/v9/projects/{project}/env/{id}", change_variable),
    web.patch("/v10/projects/{project}/env/{id}", change_variable),
    web.delete("/v9/projects/{project}/env/{id}", remove_variable),
    web.delete("/v10/projects/{project}/env/{id}", remove_variable),
]
