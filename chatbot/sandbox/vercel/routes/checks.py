from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.checks import Check, Conclusion
from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.keys import CALLER, STORE
from chatbot.sandbox.vercel.rendering.checks import check_body
from chatbot.sandbox.vercel.validation import Body, read_body

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Deployment

MOST_CHECKS = 100
Url = Annotated[str, Field(pattern=r"^https?://", max_length=2048)]
Path = Annotated[str, Field(max_length=255)]


class CheckChange(Body):
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    path: Path | None = None
    status: Literal["running", "completed"] | None = None
    conclusion: Conclusion | None = None
    details_url: Url | None = None
    external_id: Annotated[str, Field(max_length=255)] | None = None
    output: dict[str, Any] | None = None


class NewCheck(Body):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    blocking: bool
    path: Path | None = None
    details_url: Url | None = None
    external_id: Annotated[str, Field(max_length=255)] | None = None
    rerequestable: bool = False


async def list_checks(request: web.Request) -> web.Response:
    deployment = _deployment(request)
    return web.json_response({"checks": [check_body(deployment, check) for check in deployment.checks]})


async def get_check(request: web.Request) -> web.Response:
    deployment = _deployment(request)
    return web.json_response(check_body(deployment, _named(request, deployment)))


async def create_check(request: web.Request) -> web.Response:
    """To be registered before the build is READY: then it is too late to hold its domains back."""
    store, deployment = request.app[STORE], _deployment(request)
    body = await read_body(request, NewCheck)
    if not deployment.is_unfinished:
        raise bad_request(f"the deployment {deployment.id} is {deployment.state} already.")
    if len(deployment.checks) >= MOST_CHECKS:
        raise bad_request(f"a deployment has at most {MOST_CHECKS} checks.")
    now = store.stamp()
    check = Check(
        id=store.new_id("check_", 16),
        name=body.name,
        blocking=body.blocking,
        created_at=now,
        updated_at=now,
        path=body.path,
        details_url=body.details_url,
        external_id=body.external_id,
        rerequestable=body.rerequestable,
    )
    deployment.checks.append(check)
    store.changed()
    return web.json_response(check_body(deployment, check))


async def change_check(request: web.Request) -> web.Response:
    store, deployment = request.app[STORE], _deployment(request)
    check = _named(request, deployment)
    body = await read_body(request, CheckChange)
    if check.status == "completed":
        raise ApiError(400, f"The check {check.id} is completed: it cannot be changed.")
    if (body.status == "completed") != (body.conclusion is not None):
        raise bad_request("`conclusion` goes with the status completed.")
    now = store.stamp()
    if body.status is not None:
        check.status, check.conclusion = body.status, body.conclusion
        check.started_at = check.started_at or now
        check.completed_at = now if body.status == "completed" else None
    check.name, check.path = body.name or check.name, body.path or check.path
    check.details_url = body.details_url or check.details_url
    check.external_id, check.output = body.external_id or check.external_id, body.output or check.output
    check.updated_at = now
    store.changed()
    return web.json_response(check_body(deployment, check))


def _deployment(request: web.Request) -> Deployment:
    return request[CALLER].deployment(request.match_info["deployment"])


def _named(request: web.Request, deployment: Deployment) -> Check:
    name = request.match_info["check"]
    check = next((one for one in deployment.checks if one.id == name), None)
    if check is None:
        raise not_found("Check", name)
    return check


_PATH = "/v1/deployments/{deployment}/checks"
ROUTES = [
    web.get(_PATH, list_checks),
    web.post(_PATH, create_check),
    web.get(_PATH + "/{check}", get_check),
    web.patch(_PATH + "/{check}", change_check),
]
