from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.errors import ApiError, bad_request
from chatbot.sandbox.vercel.keys import ANNOUNCER, CALLER, STORE
from chatbot.sandbox.vercel.paging import page_of, switch
from chatbot.sandbox.vercel.rendering.projects import domain_body, project_body
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller
    from chatbot.sandbox.vercel.records import Project

Setting = Annotated[str | None, Field(max_length=256)]
_SETTINGS = frozenset(
    {"root_directory", "build_command", "dev_command", "install_command", "output_directory"}
)
_NAME = re.compile(r"(?!.*---)[a-z0-9._-]{1,100}")


class ProjectChange(Body):
    """The keys that the platform keeps. The official ones beyond them are refused, not ignored."""

    auto_assign_custom_domains: bool | None = None
    auto_assign_custom_domains_updated_by: str | None = None
    name: str | None = None
    framework: str | None = None
    node_version: Literal["24.x", "22.x", "20.x", "18.x", "16.x"] | None = None
    root_directory: Setting = None
    build_command: Setting = None
    dev_command: Setting = None
    install_command: Setting = None
    output_directory: Setting = None


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
        _rename(caller, project, change.name)
    _apply(caller, project, change)
    project.updated_at = store.stamp()
    store.changed()
    if project.name != previous_name:
        request.app[ANNOUNCER].renamed(project, previous_name, caller.user)
    return web.json_response(project_body(store, project))


def _rename(caller: Caller, project: Project, name: str | None) -> None:
    if name is None or not _NAME.fullmatch(name):
        raise bad_request("`name`: lower case letters, digits, '.', '_' and '-' only.")
    taken = next((p for p in caller.store.projects_of(caller.account_id) if p.name == name), project)
    if taken is not project:
        raise ApiError(409, f"A project with the name {name} exists already.")
    caller.store.rename_project(project, name)


def _apply(caller: Caller, project: Project, change: ProjectChange) -> None:
    if change.auto_assign_custom_domains is not None:
        project.auto_assign = change.auto_assign_custom_domains
        project.auto_assign_updated_by = change.auto_assign_custom_domains_updated_by or caller.user.id
    if change.framework is not None:
        project.framework = change.framework
    if change.node_version is not None:
        project.node_version = change.node_version
    for setting in _SETTINGS & change.model_fields_set:
        setattr(project, setting, getattr(change, setting))


async def list_domains(request: web.Request) -> web.Response:
    """Of the filters, `production=false` is what the official SDK always sends: it filters nothing."""
    project = request[CALLER].project(request.match_info["project"])
    query = request.query
    domains = sorted(project.domains.values(), key=lambda domain: domain.created_at, reverse=True)
    branch = query.get("gitBranch")
    if branch is not None:
        domains = [domain for domain in domains if domain.git_branch == branch]
    if switch(request, "production") or query.get("target") == "production":
        domains = [domain for domain in domains if domain.git_branch is None]
    if query.get("target") == "preview":
        domains = [domain for domain in domains if domain.git_branch is not None]
    if switch(request, "redirects") is False:
        domains = [domain for domain in domains if domain.redirect is None]
    if (redirect := query.get("redirect")) is not None:
        domains = [domain for domain in domains if domain.redirect == redirect]
    if (verified := switch(request, "verified")) is not None:
        domains = [domain for domain in domains if domain.verified is verified]
    page, pagination = page_of(request, domains, lambda domain: domain.created_at)
    order = request.query.get("order", "DESC")
    if order not in ("ASC", "DESC"):
        raise bad_request("`order` should be ASC or DESC.")
    if order == "ASC":
        page.reverse()
    return web.json_response(
        {"domains": [domain_body(project, domain) for domain in page], "pagination": pagination}
    )


async def list_custom_environments(request: web.Request) -> web.Response:
    request[CALLER].project(request.match_info["project"])
    return web.json_response({"environments": []})


ROUTES = [
    web.get("/v9/projects", list_projects),
    web.get("/v10/projects", list_projects),
    web.get("/v9/projects/{project}", get_project),
    web.patch("/v9/projects/{project}", change_project),
    web.get("/v9/projects/{project}/domains", list_domains),
    web.get("/v9/projects/{project}/custom-environments", list_custom_environments),
    web.get("/projects/{project}/custom-environments", list_custom_environments),  # the official CLI's form
]
