from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, get_args

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.eligibility import require_promotable
from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.keys import CALLER, PRODUCTION, ROLLING, STORE
from chatbot.sandbox.vercel.rendering.rolling_releases import billing_body, config_body, rollout_body
from chatbot.sandbox.vercel.rolloutconfigs import RolloutConfigChange, configured
from chatbot.sandbox.vercel.rollouts import RolloutState
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Project
    from chatbot.sandbox.vercel.rollouts import Rollout

NOT_ON_HOBBY = "Rolling Releases are not available on the Hobby plan. Upgrade to Pro."


class Canary(Body):
    canary_deployment_id: str


class Approval(Canary):
    next_stage_index: Annotated[int, Field(ge=0)]
    active_stage_index: Annotated[int, Field(ge=0)] | None = None
    """Sent by the official CLI only."""


async def get_rollout(request: web.Request) -> web.Response:
    """The newest, in whatever state, or the newest in the state asked for."""
    project = _project(request)
    state = request.query.get("state")
    if state is not None and state not in get_args(RolloutState):
        raise bad_request("`state` should be ACTIVE, COMPLETE or ABORTED.")
    found = next((one for one in reversed(project.rollouts) if state in (None, one.state)), None)
    return _answer(request, found)


async def get_config(request: web.Request) -> web.Response:
    return web.json_response({"rollingRelease": config_body(_project(request).rollout_config)})


async def change_config(request: web.Request) -> web.Response:
    """What is under way keeps its stages, and goes on unless `disableRolloutAction` says otherwise."""
    project = _project(request)
    change = await read_body(request, RolloutConfigChange)
    if not change.enabled:
        return _disable(request, project, change)
    if request[CALLER].plan == "hobby":
        raise ApiError(403, NOT_ON_HOBBY)
    project.rollout_config = configured(change)
    request.app[STORE].changed()
    return web.json_response({"rollingRelease": config_body(project.rollout_config)})


async def delete_config(request: web.Request) -> web.Response:
    return _disable(request, _project(request), RolloutConfigChange(enabled=False))


def _disable(request: web.Request, project: Project, change: RolloutConfigChange) -> web.Response:
    project.rollout_config = None
    rollout = project.rollout
    if rollout is not None and change.disable_rollout_action == "abort":
        base = request.app[STORE].deployments[rollout.base_id]
        request.app[PRODUCTION].roll_back(project, base, request[CALLER].user, None)
    elif rollout is not None and change.disable_rollout_action == "complete":
        request.app[ROLLING].complete(project, rollout, request[CALLER].user)
    request.app[STORE].changed()
    return web.json_response({"rollingRelease": None})


async def start(request: web.Request) -> web.Response:
    """Answers the state as it is when the same canary is being rolled out already."""
    project = _project(request)
    canary = _canary(request, project, await read_body(request, Canary))
    rollout = project.rollout
    if rollout is not None and rollout.canary_id == canary.id:
        return _answer(request, rollout)
    if project.rollout_config is None:
        raise bad_request(f"Rolling Releases are not enabled for the project {project.name}.")
    if rollout is not None:
        raise ApiError(409, f"The rolling release of {rollout.canary_id} must be resolved first.")
    if project.current_id is None:
        raise bad_request(f"The project {project.name} has no production deployment to take visitors from.")
    require_promotable(request.app[STORE], project, canary)
    return _answer(request, request.app[ROLLING].begin(project, canary, request[CALLER].user))


async def approve_stage(request: web.Request) -> web.Response:
    project = _project(request)
    body = await read_body(request, Approval)
    rollout = _active(project, _canary(request, project, body))
    if body.active_stage_index not in (None, rollout.stage_index):
        raise bad_request(f"the active stage is {rollout.stage_index}, not {body.active_stage_index}.")
    if body.next_stage_index != rollout.stage_index + 1 or rollout.next_stage is None:
        raise bad_request(f"stage {body.next_stage_index} does not follow the active stage.")
    request.app[ROLLING].advance(project, rollout, request[CALLER].user)
    return _answer(request, rollout)


async def complete(request: web.Request) -> web.Response:
    project = _project(request)
    rollout = _active(project, _canary(request, project, await read_body(request, Canary)))
    request.app[ROLLING].complete(project, rollout, request[CALLER].user)
    return _answer(request, rollout)


async def get_billing(request: web.Request) -> web.Response:
    _project(request)
    return web.json_response(billing_body(request[CALLER].team))


def _project(request: web.Request) -> Project:
    return request[CALLER].project(request.match_info["project"])


def _canary(request: web.Request, project: Project, body: Canary) -> Deployment:
    canary = request[CALLER].deployment(body.canary_deployment_id)
    if canary.project_id != project.id:
        raise not_found("Deployment", body.canary_deployment_id)
    return canary


def _active(project: Project, canary: Deployment) -> Rollout:
    """Raises ApiError 404 when none is under way, 400 when it is not this canary's."""
    rollout = project.rollout
    if rollout is None:
        raise ApiError(404, f"The project {project.name} has no active rolling release.")
    if rollout.canary_id != canary.id:
        raise bad_request(f"the active rolling release is of {rollout.canary_id}, not of {canary.id}.")
    return rollout


def _answer(request: web.Request, rollout: Rollout | None) -> web.Response:
    body = rollout_body(request.app[STORE], rollout) if rollout is not None else None
    return web.json_response({"rollingRelease": body})


_PATH = "/v1/projects/{project}/rolling-release"
ROUTES = [
    web.get(_PATH, get_rollout),
    web.get(f"{_PATH}/config", get_config),
    web.patch(f"{_PATH}/config", change_config),
    web.delete(f"{_PATH}/config", delete_config),
    web.get(f"{_PATH}/billing", get_billing),
    web.post(f"{_PATH}/start", start),
    web.post(f"{_PATH}/approve-stage", approve_stage),
    web.post(f"{_PATH}/complete", complete),
]
