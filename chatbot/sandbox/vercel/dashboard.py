"""`/sandbox/move`: production is moved as by somebody in the platform's dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aiohttp import web

from chatbot.sandbox.vercel.eligibility import (
    is_rollback_candidate,
    require_promotable,
    require_rollback_target,
)
from chatbot.sandbox.vercel.errors import ApiError, not_found
from chatbot.sandbox.vercel.keys import ALIASING, HOME, PRODUCTION, STORE
from chatbot.sandbox.vercel.panel import state_word
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment, Project, User
    from chatbot.sandbox.vercel.store import Store

STATES = {"promote": "Staged", "rollback": "Promoted"}


class Move(Body):
    project: str
    how: Literal["promote", "rollback"] = "promote"
    deployment: str | None = None
    """None: the newest Staged one, or what was Current before (else the newest Promoted one)."""
    by: str = "bob"


async def move(request: web.Request) -> web.Response:
    """Checked and carried out as the REST API does it. Raises ApiError 404 or 409 where there is nothing to move to."""
    store, home, asked = request.app[STORE], request.app[HOME], await read_body(request, Move)
    project = store.project_named(home.id, asked.project)
    if project is None or project.account_id != home.id:
        raise not_found("Project", asked.project)
    by = _member(store, asked.by)
    deployment = _target(store, project, asked)
    if asked.how == "promote":
        require_promotable(store, project, deployment)
        request.app[PRODUCTION].promote(project, deployment, by)
    else:
        is_running = request.app[ALIASING].is_answering(project)
        require_rollback_target(store, project, deployment, request_is_running=is_running)
        request.app[PRODUCTION].roll_back(project, deployment, by, None)
    return web.json_response({"deployment": {"id": deployment.id}, "sha": deployment.commit.sha})


def _member(store: Store, name: str) -> User:
    user = next((user for user in store.users.values() if user.username == name), None)
    if user is None:
        raise not_found("User", name)
    return user


def _target(store: Store, project: Project, asked: Move) -> Deployment:
    if asked.deployment is not None:
        deployment = store.deployments.get(asked.deployment)
        if deployment is None or deployment.project_id != project.id:
            raise not_found("Deployment", asked.deployment)
        return deployment
    before = store.deployments.get(project.previous_id or "")
    if asked.how == "rollback" and before is not None and is_rollback_candidate(store, before):
        return before
    wanted = STATES[asked.how]
    fitting = (
        one
        for one in store.newest_first(project)
        if state_word(project, one) == wanted and one.deleted_by_retention_at is None
    )
    found = next(fitting, None)
    if found is None:
        raise ApiError(409, f"No deployment of {project.name} is {wanted}.")
    return found


MOVE_ROUTES = [web.post("/sandbox/move", move)]
