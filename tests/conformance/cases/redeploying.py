"""`vercel redeploy`: the same commit, built anew."""

from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Printed, Stage, same


async def built(stage: Stage, printed: Printed) -> str:
    """The id of the deployment whose address was printed."""
    address = printed.out.strip().removeprefix("https://")
    return str((await stage.api.deployment(address))["id"])


@case("a Preview")
async def preview(stage: Stage) -> None:
    source = await stage.api.deployment(await stage.api.preview_id())
    printed = await stage.vercel("redeploy", source["id"])
    printed.says("Preview", "Ready")
    again = await stage.api.deployment(await built(stage, printed))
    same([again["readyState"], again["target"], again["meta"]["action"]],
         ["READY", None, "redeploy"], "what was built")  # fmt: skip
    same(again["gitSource"]["sha"], source["gitSource"]["sha"], "its commit")
    writes = await stage.requests("POST")
    same([r["query"].get("forceNew") for r in writes], ["1"], "forceNew of the writes")


@case("the Current one, of a project that assigns by itself")
async def current(stage: Stage) -> None:
    source = await stage.api.current_id("docs")
    printed = await stage.vercel("redeploy", source)
    printed.says("Production", "Ready")
    again = await built(stage, printed)
    await stage.api.until_current(again, "docs")
    await is_serving(stage, again, "docs")


@case("without waiting")
async def without_waiting(stage: Stage) -> None:
    before = await stage.api.current_id()
    printed = await stage.vercel("redeploy", before, "--no-wait")
    printed.says("Deployment is still processing")
    again = await stage.api.until_state(await built(stage, printed), "READY")
    same([again["target"], again["readySubstate"]], ["production", "STAGED"], "what was built")
    await is_serving(stage, before)


@case("a build that fails")
async def failing(stage: Stage) -> None:
    await stage.api.fault({"build": {"project": "shop", "fails": True}})
    printed = await stage.vercel("redeploy", await stage.api.preview_id(), exits=1)
    newest = (await stage.api.deployments("shop"))[0]
    same([newest["state"], newest["meta"]["action"]], ["ERROR", "redeploy"], "what was built")
    printed.says('Command "npm run build" exited with 1')
