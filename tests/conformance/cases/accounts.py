"""Who asks, in which team, with which projects."""

from tests.conformance.casting import case
from tests.conformance.stage import Stage, one, same


@case("who the token belongs to")
async def whoami(stage: Stage) -> None:
    printed = await stage.reads("whoami")
    user = (await stage.api.get("/v2/user"))["user"]
    same(printed.out.strip(), user["username"], "what is printed")


@case("the teams of the user")
async def teams(stage: Stage) -> None:
    printed = await stage.reads("teams", "ls", scope=None)
    truth = (await stage.api.get("/v2/teams"))["teams"]
    for team in truth:
        printed.says(team["slug"], team["name"], team["billing"]["plan"])
    printed = await stage.reads("teams", "ls", "--json")
    team = one(printed.json()["teams"], lambda team: team["current"], "current teams")
    same(team["id"], stage.platform.team_id, "the team of the scope")


@case("the projects of the team")
async def projects(stage: Stage) -> None:
    printed = await stage.reads("project", "ls", "--json")
    truth = (await stage.api.get("/v9/projects"))["projects"]
    shown = [(p["id"], p["name"], p["nodeVersion"]) for p in printed.json()["projects"]]
    same(shown, [(p["id"], p["name"], p["nodeVersion"]) for p in truth], "the projects")
    printed = await stage.reads("project", "ls")
    printed.says("Projects found under acme", "https://shop.example.com", "https://docs.example.com")


@case("one project")
async def project(stage: Stage) -> None:
    printed = await stage.reads("project", "inspect", "shop")
    truth = await stage.api.project("shop")
    printed.says("Found Project acme/shop", truth["id"], "Next.js", truth["nodeVersion"])
    printed = await stage.reads("project", "inspect", "shop", "--json")
    same(printed.json()["id"], truth["id"], "the project's id")
    same(printed.json()["owner"], {"name": "Acme", "slug": "acme"}, "its owner")


@case("a project that is not there")
async def no_such_project(stage: Stage) -> None:
    printed = await stage.reads("project", "inspect", "nothing", exits=1)
    printed.says('There is no project for "nothing"')


@case("any endpoint")
async def api(stage: Stage) -> None:
    printed = await stage.reads("api", "/v9/projects/shop")
    same(printed.json(), await stage.api.get("/v9/projects/shop"), "the project")
