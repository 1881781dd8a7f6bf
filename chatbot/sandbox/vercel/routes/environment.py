from __future__ import annotations

from typing import get_args

from aiohttp import web

from chatbot.sandbox.vercel.errors import bad_request, not_found
from chatbot.sandbox.vercel.keys import CALLER
from chatbot.sandbox.vercel.records import Target
from chatbot.sandbox.vercel.rendering.projects import env_body


async def list_env(request: web.Request) -> web.Response:
    """With `gitBranch`, the records of that branch and those of every branch. Not paged, as the real one."""
    project = request[CALLER].project(request.match_info["project"])
    target, branch = request.query.get("target"), request.query.get("gitBranch")
    if target is not None and target not in get_args(Target):
        raise bad_request("`target` should be production, preview or development.")
    if (custom := request.query.get("customEnvironmentId")) is not None:
        raise not_found("Custom environment", custom)
    records = [
        record
        for record in project.env
        if (target is None or target in record.target)
        and (branch is None or record.git_branch is None or record.git_branch == branch)
    ]
    return web.json_response(
        {
            "envs": [env_body(record) for record in records],
            "pagination": {"count": len(records), "next": None, "prev": None},
        }
    )


ROUTES = [
    web.get("/v9/projects/{project}/env", list_env),
    web.get("/v10/projects/{project}/env", list_env),
]
