"""Promote and Instant Rollback, and the aliases that the last of each moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.eligibility import require_promotable, require_rollback_target
from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.keys import ALIASING, CALLER, PRODUCTION, STORE
from chatbot.sandbox.vercel.paging import page_of, switch
from chatbot.sandbox.vercel.rendering.aliases import move_body, nested_move_body
from chatbot.sandbox.vercel.validation import Body, read_body, read_json

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.access import Caller
    from chatbot.sandbox.vercel.records import Deployment, Project, RequestType

LONGEST_DESCRIPTION = 250


class RollbackDescriptionChange(Body):
    description: Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]


async def promote(request: web.Request) -> web.Response:
    """No body; 201: accepted, 202: it waits for a rolling release. The official CLI sends `{}`, the SDK nothing."""
    project, deployment = await _named(request)
    require_promotable(request.app[STORE], project, deployment)
    is_accepted = request.app[PRODUCTION].promote(project, deployment, request[CALLER].user)
    return web.Response(status=201 if is_accepted else 202)


async def roll_back(request: web.Request) -> web.Response:
    project, deployment = await _named(request)
    description = request.query.get("description")
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        raise bad_request(f"`description` should NOT be longer than {LONGEST_DESCRIPTION} characters.")
    aliasing = request.app[ALIASING]
    require_rollback_target(
        request.app[STORE], project, deployment, request_is_running=aliasing.is_answering(project)
    )
    request.app[PRODUCTION].roll_back(project, deployment, request[CALLER].user, description)
    return web.Response(status=201)


async def _named(request: web.Request) -> tuple[Project, Deployment]:
    """The project by its id alone and a deployment of it. Raises ApiError 400, 403 or 404."""
    caller, project_id = request[CALLER], request.match_info["project"]
    body = await read_json(request)
    if body is not None and not isinstance(body, dict):
        raise bad_request("the body should be an object.")
    project = _project_by_id(caller, project_id)
    return project, _deployment_of(caller, project, request.match_info["deployment"])


async def describe_rollback(request: web.Request) -> web.Response:
    """The description of the rollback that Current is the target of. Raises ApiError 409 while one runs, 422
    where there is none.
    """
    caller, project_id = request[CALLER], request.match_info["project"]
    description = (await read_body(request, RollbackDescriptionChange)).description
    project = _project_by_id(caller, project_id)
    deployment = _deployment_of(caller, project, request.match_info["deployment"])
    if deployment.deleted_by_retention_at is not None:
        raise ApiError(410, f"The deployment {deployment.id} has been deleted.")
    if request.app[ALIASING].is_answering(project):
        raise ApiError(409, "A promote or rollback is under way.")
    told = project.rollback
    if told is None or project.current_id != deployment.id:
        raise ApiError(422, f"The project {project.name} is not rolled back to {deployment.id}.")
    project.rollback = replace(told, description=description)
    request.app[STORE].changed()
    return web.Response(status=200)


def _project_by_id(caller: Caller, project_id: str) -> Project:
    project = caller.project(project_id)
    if project.id != project_id:
        raise not_found("Project", project_id)
    return project


def _deployment_of(caller: Caller, project: Project, deployment_id: str) -> Deployment:
    """Raises ApiError 410 for one that the project had, 404 for one that it never had."""
    if caller.store.gone.get(deployment_id) == project.id:
        raise ApiError(410, f"The deployment {deployment_id} has been deleted.")
    deployment = caller.deployment(deployment_id)
    if deployment.project_id != project.id or deployment.id != deployment_id:
        raise not_found("Deployment", deployment_id)
    return deployment


async def list_promote_aliases(request: web.Request) -> web.Response:
    return _list_moves(request, "promote")


async def list_rollback_aliases(request: web.Request) -> web.Response:
    return _list_moves(request, "rollback")


def _list_moves(request: web.Request, kind: RequestType) -> web.Response:
    """v1 names the alias in a string, v9 nests it with its deployment. Raises ApiError 404 for no request."""
    project = request[CALLER].project(request.match_info["project"])
    last = project.last_request_of(kind)
    if last is None:
        raise ApiError(404, f"The project {project.name} has no {kind} request.")
    moves = list(reversed(last.moves))
    if switch(request, "failedOnly"):
        moves = [move for move in moves if move.status == "failed"]
    page, pagination = page_of(request, moves, lambda move: move.created_at)
    is_nested = request.path.startswith("/v9/")
    bodies = [nested_move_body(move, last.to_id) if is_nested else move_body(move) for move in page]
    return web.json_response({"aliases": bodies, "pagination": pagination})


ROUTES = [
    web.post("/v10/projects/{project}/promote/{deployment}", promote),
    web.post("/v1/projects/{project}/rollback/{deployment}", roll_back),
    web.post("/v9/projects/{project}/rollback/{deployment}", roll_back),
    web.patch("/v1/projects/{project}/rollback/{deployment}/update-description", describe_rollback),
    web.get("/v1/projects/{project}/promote/aliases", list_promote_aliases),
    web.get("/v9/projects/{project}/promote/aliases", list_promote_aliases),
    web.get("/v1/projects/{project}/rollback/aliases", list_rollback_aliases),
    web.get("/v9/projects/{project}/rollback/aliases", list_rollback_aliases),
]
