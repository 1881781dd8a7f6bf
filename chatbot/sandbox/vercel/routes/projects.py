from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

from chatbot.sandbox.vercel.errors import ApiError, bad_request
from chatbot.sandbox.vercel.hostnames import apex_of, production_hostname
from chatbot.sandbox.vercel.keys import ALIASING, ANNOUNCER, BUILDS, CALLER, ROLLING, STORE
from chatbot.sandbox.vercel.paging import page_of
from chatbot.sandbox.vercel.projectsettings import NewProject, ProjectChange, apply_settings
from chatbot.sandbox.vercel.records import Crons, Domain, Project
from chatbot.sandbox.vercel.rendering.projects import project_body
from chatbot.sandbox.vercel.validation import read_body
from chatbot.sandbox.vercel.variables import added

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller

MOST_ON_HOBBY = 200
_NAME = re.compile(r"(?!.*---)[a-z0-9._-]{1,100}")


async def list_projects(request: web.Request) -> web.Response:
    """Newest first. `from` (documented) and `until` (the CLI) both take the `next` of the page before."""
    caller = request[CALLER]
    store = caller.store
    search = request.query.get("search", "").lower()
    found = [project for project in caller.projects() if search in project.name.lower()]
    page, pagination = page_of(request, found, lambda project: project.created_at, before=("from", "until"))
    return web.json_response(
        {"projects": [project_body(store, project) for project in page], "pagination": pagination}
    )


async def get_project(request: web.Request) -> web.Response:
    caller = request[CALLER]
    project = caller.project(request.match_info["project"])
    return web.json_response(project_body(caller.store, project))


async def change_project(request: web.Request) -> web.Response:
    store, caller = request.app[STORE], request[CALLER]
    project = caller.project(request.match_info["project"])
    change = await read_body(request, ProjectChange)
    previous_name = project.name
    if "name" in change.model_fields_set:
        _require_name(caller, change.name, project)
        store.rename_project(project, change.name or "")
    apply_settings(project, change, caller.user)
    project.updated_at = store.stamp()
    store.changed()
    if project.name != previous_name:
        request.app[ANNOUNCER].renamed(project, previous_name, caller.user)
    return web.json_response(project_body(store, project))


def _require_name(caller: Caller, name: str | None, but: Project | None) -> None:
    """Raises ApiError 400, or 409 when another project has it."""
    if name is None or not _NAME.fullmatch(name):
        raise bad_request("`name`: lower case letters, digits, '.', '_' and '-' only.")
    taken = caller.store.project_by_name(caller.account_id, name)
    if taken is not None and taken is not but:
        raise ApiError(409, f"A project with the name {name} exists already.")


async def create_project(request: web.Request) -> web.Response:
    """200, with a production domain below vercel.app. Raises ApiError 400, 402 or 409."""
    store, caller = request.app[STORE], request[CALLER]
    body = await read_body(request, NewProject)
    _require_name(caller, body.name, None)
    if caller.plan == "hobby" and len(caller.projects()) >= MOST_ON_HOBBY:
        raise ApiError(402, "The plan has no more projects.")
    now = store.stamp()
    project = Project(
        id=store.new_id("prj_"),
        name=body.name,
        account_id=caller.account_id,
        framework="",
        repo_id=now % 1_000_000_000,
        created_at=now,
        updated_at=now,
        crons=Crons(now, now),
        is_linked=body.git_repository is not None,
    )
    apply_settings(project, body, caller.user)
    variables = body.environment_variables or []
    for variable in variables:
        added(store, project, variable, caller.user, upsert=False)
    store.add_project(project)
    hostname = production_hostname(store, project)
    store.add_domain(project, Domain(hostname, apex_of(hostname), now, now))
    request.app[ANNOUNCER].project("project.created", project, caller.user)
    for record in project.env:
        request.app[ANNOUNCER].variable("project.env-variable.created", project, record.id, caller.user)
    store.changed()
    return web.json_response(project_body(store, project))


async def remove_project(request: web.Request) -> web.Response:
    """204: with its deployments, domains and all that runs for it."""
    store, caller = request.app[STORE], request[CALLER]
    project = caller.project(request.match_info["project"])
    for deployment in project.deployments:
        if deployment.is_unfinished:
            request.app[BUILDS].cancel(deployment, caller.user)
    request.app[ALIASING].take_over(project)
    request.app[ROLLING].stop(project)
    announcer = request.app[ANNOUNCER]
    for deployment in project.deployments:
        announcer.deployment("deployment.cleanup", deployment, caller.user)
    announcer.project("project.removed", project, caller.user)
    store.forget_project(project)
    store.changed()
    return web.Response(status=204)


ROUTES = [
    web.get("/v9/projects", list_projects),
    web.get("/v10/projects", list_projects),
    web.post("/v11/projects", create_project),
    web.post("/v10/projects", create_project),
    web.get("/v9/projects/{project}", get_project),
    web.delete("/v9/projects/{project}", remove_project),
    web.patch("/v9/projects/{project}", change_project),
]
