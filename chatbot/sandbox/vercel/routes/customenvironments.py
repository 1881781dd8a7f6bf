from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.customenvironments import BranchMatcher, CustomEnvironment, MatcherType
from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.keys import CALLER, STORE
from chatbot.sandbox.vercel.rendering.environments import environment_body
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Project

MOST = {"hobby": 0, "pro": 1, "enterprise": 12}
"""Custom environments of a project, by plan."""
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_RESERVED = frozenset({"production", "preview", "development"})


class Matcher(Body):
    type: MatcherType
    pattern: Annotated[str, Field(min_length=1, max_length=100)]


class EnvironmentChange(Body):
    slug: str | None = None
    description: Annotated[str, Field(max_length=256)] | None = None
    branch_matcher: Matcher | None = None


class NewEnvironment(EnvironmentChange):
    copy_env_vars_from: str | None = None


async def list_environments(request: web.Request) -> web.Response:
    project = _project(request)
    bodies = [environment_body(project, one) for one in project.custom_environments]
    return web.json_response({"environments": bodies})


async def get_environment(request: web.Request) -> web.Response:
    project = _project(request)
    return web.json_response(environment_body(project, _named(request, project)))


async def create_environment(request: web.Request) -> web.Response:
    """201. Raises ApiError 402 when the plan has no more of them."""
    store, project = request.app[STORE], _project(request)
    body = await read_body(request, NewEnvironment)
    slug = _free_slug(project, body.slug)
    if len(project.custom_environments) >= MOST[request[CALLER].plan]:
        raise ApiError(402, "The plan has no more custom environments for this project. Upgrade to add some.")
    now = store.stamp()
    environment = CustomEnvironment(store.new_id("env_"), slug, now, now)
    if body.copy_env_vars_from is not None:
        _copy_variables(project, body.copy_env_vars_from, environment)
    _apply(environment, body)
    project.custom_environments.append(environment)
    store.changed()
    return web.json_response(environment_body(project, environment), status=201)


async def change_environment(request: web.Request) -> web.Response:
    store, project = request.app[STORE], _project(request)
    environment = _named(request, project)
    body = await read_body(request, EnvironmentChange)
    if body.slug is not None and body.slug != environment.slug:
        environment.slug = _free_slug(project, body.slug)
    _apply(environment, body)
    environment.updated_at = store.stamp()
    store.changed()
    return web.json_response(environment_body(project, environment))


async def remove_environment(request: web.Request) -> web.Response:
    """Its domains go with it; variables that were for nothing else do too."""
    store, project = request.app[STORE], _project(request)
    environment = _named(request, project)
    body = environment_body(project, environment)
    project.custom_environments.remove(environment)
    for domain in [one for one in project.domains.values() if one.custom_environment_id == environment.id]:
        store.remove_domain(project, domain)
    for record in list(project.env):
        rest = tuple(one for one in record.custom_environment_ids if one != environment.id)
        if rest != record.custom_environment_ids:
            record.custom_environment_ids = rest
            if not rest and not record.target:
                project.env.remove(record)
    store.changed()
    return web.json_response(body)


def _project(request: web.Request) -> Project:
    return request[CALLER].project(request.match_info["project"])


def _named(request: web.Request, project: Project) -> CustomEnvironment:
    name = request.match_info["environment"]
    environment = project.custom_environment(name)
    if environment is None:
        raise not_found("Custom environment", name)
    return environment


def _free_slug(project: Project, slug: str | None) -> str:
    if slug is None or not _SLUG.fullmatch(slug) or slug in _RESERVED:
        raise bad_request(
            "`slug`: lower case letters, digits and '-'; not production, preview or development."
        )
    if project.custom_environment(slug) is not None:
        raise ApiError(409, f"A custom environment with the slug {slug} exists already.")
    return slug


def _apply(environment: CustomEnvironment, body: EnvironmentChange) -> None:
    if body.description is not None:
        environment.description = body.description
    if "branch_matcher" in body.model_fields_set:
        matcher = body.branch_matcher
        environment.matcher = BranchMatcher(matcher.type, matcher.pattern) if matcher is not None else None


def _copy_variables(project: Project, source: str, environment: CustomEnvironment) -> None:
    """From `production`, `preview`, `development` or another custom environment."""
    other = project.custom_environment(source)
    if other is None and source not in _RESERVED:
        raise bad_request("`copyEnvVarsFrom` names no environment.")
    for record in project.env:
        if source in record.target or (other is not None and other.id in record.custom_environment_ids):
            record.custom_environment_ids = (*record.custom_environment_ids, environment.id)


_PATH = "/v9/projects/{project}/custom-environments"
ROUTES = [
    web.get(_PATH, list_environments),
    web.get("/projects/{project}/custom-environments", list_environments),  # the official CLI's form
    web.post(_PATH, create_environment),
    web.get(_PATH + "/{environment}", get_environment),
    web.patch(_PATH + "/{environment}", change_environment),
    web.delete(_PATH + "/{environment}", remove_environment),
]
