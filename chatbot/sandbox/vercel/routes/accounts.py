from __future__ import annotations

from aiohttp import web

from chatbot.sandbox.vercel.errors import not_found, out_of_scope
from chatbot.sandbox.vercel.keys import CALLER, STORE
from chatbot.sandbox.vercel.paging import page_of
from chatbot.sandbox.vercel.rendering.accounts import team_body, user_body


async def get_user(request: web.Request) -> web.Response:
    return web.json_response({"user": user_body(request[CALLER].user)})


async def list_teams(request: web.Request) -> web.Response:
    user = request[CALLER].user
    mine = [team for team in request.app[STORE].teams.values() if user.id in team.members]
    mine.sort(key=lambda team: team.created_at, reverse=True)
    page, pagination = page_of(request, mine, lambda team: team.created_at)
    return web.json_response({"teams": [team_body(team, user) for team in page], "pagination": pagination})


async def get_team(request: web.Request) -> web.Response:
    """Raises ApiError 404 for no such team, 403 for one of others."""
    name, user = request.match_info["team"], request[CALLER].user
    team = request.app[STORE].team_named(name)
    if team is None:
        raise not_found("Team", name)
    if user.id not in team.members:
        raise out_of_scope(team.slug)
    return web.json_response(team_body(team, user))


ROUTES = [
    web.get("/v2/user", get_user),
    web.get("/v2/teams", list_teams),
    web.get("/v1/teams", list_teams),  # the official CLI's way from a slug (--scope) to an id
    web.get("/v2/teams/{team}", get_team),
    web.get("/teams/{team}", get_team),  # the official CLI asks without a version
]
