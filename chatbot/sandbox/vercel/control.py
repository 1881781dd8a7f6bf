"""`/sandbox/…`: the hand of whoever runs the sandbox. Commits arrive, sites break (for faults see mischief.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from aiohttp import web
from pydantic import Field

from chatbot.sandbox.vercel.building import BuildOrder
from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.keys import ALIASING, ANNOUNCER, BUILDS, HOME, JOURNAL, REPOSITORIES, STORE
from chatbot.sandbox.vercel.panel import panel_body
from chatbot.sandbox.vercel.records import Commit, Cron, Project, Team, User
from chatbot.sandbox.vercel.scaling import Scale, populate
from chatbot.sandbox.vercel.stories import PUSHES
from chatbot.sandbox.vercel.validation import Body, read_body
from chatbot.sandbox.vercel.waiting import wait_for_news

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.store import Store

_USUAL = Scale()
_OK = {"ok": True}
FilePath = Annotated[str, Field(pattern=r"^[^/\s-][^\s]{0,400}$")]


class CronJob(Body):
    path: Annotated[str, Field(pattern=r"^/", max_length=512)]
    schedule: Annotated[str, Field(min_length=9, max_length=256)]


class Push(Body):
    project: str
    branch: Annotated[str, Field(min_length=1, max_length=250)] | None = None
    message: Annotated[str, Field(min_length=1, max_length=10_000)] | None = None
    author: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    fails: bool = False
    seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    crons: list[CronJob] | None = None
    """Those that the commit's build defines; None: those of what is Current."""
    files: Annotated[list[FilePath], Field(max_length=1000)] | None = None
    """The paths that the commit writes; those that its message suggests if it is not said."""


class Growth(Body):
    projects: int = _USUAL.projects
    deployments: int = _USUAL.deployments
    seed: int = _USUAL.seed


class Privacy(Body):
    private: bool


class ProjectName(Body):
    project: str


class Alert(Body):
    project: str
    type: Literal["error_anomaly", "usage_anomaly"] = "error_anomaly"
    title: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    minutes: Annotated[float, Field(ge=0, le=1440)] = 0
    """Since when it is so."""


class DeploymentName(Body):
    deployment: str


class PlanChange(Body):
    plan: Literal["hobby", "pro", "enterprise"]


async def show_panel(request: web.Request) -> web.Response:
    """With `since` and `wait`, as soon as the revision is past `since`, or after `wait` seconds."""
    store = request.app[STORE]
    await wait_for_news(request, store.revision)
    return web.json_response(panel_body(store, request.app[HOME].id))


async def push(request: web.Request) -> web.Response:
    """A commit arrives: on the production branch a production build starts, on any other a preview."""
    store = request.app[STORE]
    asked = await read_body(request, Push)
    project = _project(request, asked.project)
    branch = asked.branch or project.production_branch
    author = _author(store, request.app[HOME], asked.author)
    commit = Commit(
        store.new_sha(), asked.message or store.one_of(PUSHES), branch, *_signature(author, asked.author)
    )
    request.app[REPOSITORIES].push(project, commit, store.now(), asked.files)
    order = BuildOrder(
        project=project,
        commit=commit,
        creator=author,
        target="production" if branch == project.production_branch else None,
        custom_environment_id=next(
            (one.id for one in project.custom_environments if one.matcher and one.matcher.matches(branch)),
            None,
        ),
        crons=None if asked.crons is None else tuple(Cron(job.path, job.schedule) for job in asked.crons),
        fails=asked.fails,
        seconds=asked.seconds,
    )
    deployment = request.app[BUILDS].start(order)
    body = {"deployment": {"id": deployment.id, "url": deployment.url}, "sha": commit.sha}
    return web.json_response(body)


def _author(store: Store, home: Team, name: str | None) -> User:
    """The user of that name, or any member; a stranger pushes through the account of the team's creator."""
    if name is None:
        members = [user_id for user_id, role in home.members.items() if role == "MEMBER"]
        return store.users[store.one_of(members)]
    known = (user for user in store.users.values() if name in (user.username, user.name))
    return next(known, store.users[home.creator_id])


def _signature(author: User, name: str | None) -> tuple[str, str]:
    if name is None or name in (author.username, author.name):
        return author.name, author.username
    return name, name.lower().replace(" ", "-")


async def break_site(request: web.Request) -> web.Response:
    """What serves the production domains now answers 500 from now on."""
    store = request.app[STORE]
    project = _project(request, (await read_body(request, ProjectName)).project)
    for domain in project.production_domains():
        serving = store.deployments.get(store.serving(domain.name) or "")
        if serving is not None:
            serving.healthy = False
    store.changed()
    return web.json_response(_OK)


async def heal_site(request: web.Request) -> web.Response:
    project = _project(request, (await read_body(request, ProjectName)).project)
    for deployment in project.deployments:
        deployment.healthy = True
    request.app[STORE].changed()
    return web.json_response(_OK)


async def alert(request: web.Request) -> web.Response:
    """The platform notices that something is unusual, and tells the webhooks that listen for alerts."""
    asked = await read_body(request, Alert)
    project = _project(request, asked.project)
    what = "Errors" if asked.type == "error_anomaly" else "Usage"
    started_at = request.app[STORE].now() - int(asked.minutes * 60_000)
    title = asked.title or f"{what} of {project.name} are unusually high"
    request.app[ANNOUNCER].alert(project, asked.type, title, started_at)
    return web.json_response(_OK)


async def expire(request: web.Request) -> web.Response:
    """Retention deletes a deployment. Raises ApiError 409 for one that serves or builds."""
    store, name = request.app[STORE], (await read_body(request, DeploymentName)).deployment
    deployment = store.deployments.get(name)
    if deployment is None or deployment.account_id != request.app[HOME].id:
        raise not_found("Deployment", name)
    is_awaited = request.app[ALIASING].is_moving_to(deployment)
    if deployment.is_unfinished or is_awaited or store.is_needed(deployment):
        raise ApiError(409, f"The deployment {deployment.id} is in use.")
    deployment.deleted_by_retention_at = store.stamp()
    for alias in store.aliases_of(deployment.id):
        store.forget_alias(alias)
    store.changed()
    return web.json_response(_OK)


async def change_plan(request: web.Request) -> web.Response:
    request.app[HOME].plan = (await read_body(request, PlanChange)).plan
    request.app[STORE].changed()
    return web.json_response(_OK)


async def grow(request: web.Request) -> web.Response:
    """Thousands of projects arrive, once. Nothing is answered while they do."""
    asked = await read_body(request, Growth)
    try:
        scale = Scale(asked.projects, asked.deployments, asked.seed)
    except ValueError as error:
        raise bad_request(str(error)) from error
    populate(request.app[STORE], request.app[HOME], scale)
    return web.json_response({"projects": scale.projects, "deployments": scale.deployments})


async def change_privacy(request: web.Request) -> web.Response:
    """Of all repositories: strangers do not see private ones."""
    request.app[REPOSITORIES].private = (await read_body(request, Privacy)).private
    return web.json_response(_OK)


async def list_requests(request: web.Request) -> web.Response:
    return web.json_response({"requests": list(request.app[JOURNAL].entries)})


async def clear_requests(request: web.Request) -> web.Response:
    request.app[JOURNAL].entries.clear()
    return web.json_response(_OK)


def _project(request: web.Request, name: str) -> Project:
    home = request.app[HOME]
    project = request.app[STORE].project_named(home.id, name)
    if project is None or project.account_id != home.id:
        raise not_found("Project", name)
    return project


CONTROL_ROUTES = [
    web.get("/sandbox/panel", show_panel),
    web.post("/sandbox/push", push),
    web.post("/sandbox/break", break_site),
    web.post("/sandbox/heal", heal_site),
    web.post("/sandbox/alert", alert),
    web.post("/sandbox/expire", expire),
    web.put("/sandbox/plan", change_plan),
    web.put("/sandbox/repositories", change_privacy),
    web.post("/sandbox/scale", grow),
    web.get("/sandbox/requests", list_requests),
    web.delete("/sandbox/requests", clear_requests),
]
