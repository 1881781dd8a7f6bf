"""`vercel alias` and `vercel domains`."""

from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Stage, holds, one, same


@case("aliases page by page")
async def listed(stage: Stage) -> None:
    first = await stage.reads("alias", "ls", "--json")
    following = first.json()["pagination"]["next"]
    second = await stage.reads("alias", "ls", "--next", str(following), "--json")
    shown = first.json()["aliases"] + second.json()["aliases"]
    truth = (await stage.api.get("/v4/aliases", limit="100"))["aliases"]
    same([a["alias"] for a in shown], [a["alias"] for a in truth], "both pages together")
    printed = await stage.reads("alias", "ls")
    printed.says("aliases found under acme", f"--next {following}")


@case("an alias is set, and moved")
async def assigned(stage: Stage) -> None:
    for deployment_id in (await stage.api.staged_id(), await stage.api.preview_id()):
        address = (await stage.api.deployment(deployment_id))["url"]
        printed = await stage.vercel("alias", "set", address, "try.shop.example.com")
        printed.says("try.shop.example.com", address)
        same((await stage.api.deployment("try.shop.example.com"))["id"], deployment_id, "what it serves")
    shown = (await stage.reads("alias", "ls", "--json")).json()["aliases"]
    alias = one(shown, lambda a: a["alias"] == "try.shop.example.com", "of that name")
    same(alias["deploymentId"], await stage.api.preview_id(), "what it points at")


@case("an alias set by hand does not move with a promote")
async def stays(stage: Stage) -> None:
    preview = await stage.api.deployment(await stage.api.preview_id())
    await stage.vercel("alias", "set", preview["url"], "try.shop.example.com")
    staged = await stage.api.staged_id()
    await stage.vercel("promote", staged, "--yes")
    await is_serving(stage, staged)
    same((await stage.api.deployment("try.shop.example.com"))["id"], preview["id"], "what the alias serves")


@case("an alias of a deployment that is not there")
async def of_nothing(stage: Stage) -> None:
    printed = await stage.reads("alias", "set", "nothing-acme.vercel.app", "try.shop.example.com", exits=1)
    printed.says("Failed to find ID or URL nothing-acme.vercel.app under acme")
    holds("try.shop.example.com" not in stage.platform.store.aliases, "no alias was made")


@case("the domains of the team")
async def domains(stage: Stage) -> None:
    printed = await stage.reads("domains", "ls", "--json")
    truth = (await stage.api.get("/v5/domains", limit="20"))["domains"]
    same([d["name"] for d in printed.json()["domains"]], [d["name"] for d in truth], "the domains")
    printed = await stage.reads("domains", "ls")
    printed.says("example.com")
