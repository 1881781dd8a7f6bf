"""`vercel promote` of a preview: the API builds it anew for production."""

from tests.conformance.cases.promoting import is_current, nothing_was_asked
from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Stage, holds, same


@case("a Preview without --yes: the question has nobody to answer it")
async def unasked(stage: Stage) -> None:
    exits = 0 if stage.cli.major == 60 else 1  # version 60 prints the error, too, but does not exit with it
    printed = await stage.reads("promote", await stage.api.preview_id(), exits=exits)
    printed.says("This deployment is not a production deployment", "Error: User force closed the prompt")
    await nothing_was_asked(stage)


@case("a Preview of a project that stages, with --yes, then what was built")
async def staged_by_default(stage: Stage) -> None:
    before, preview = await stage.api.current_id(), await stage.api.preview_id()
    source = await stage.api.deployment(preview)
    printed = await stage.vercel("promote", preview, "--yes")
    printed.says("Successfully created new deployment of shop at")
    newest = (await stage.api.deployments("shop"))[0]["uid"]
    holds(newest != preview, "a new deployment was created")
    built = await stage.api.until_state(newest, "READY")
    same([built["target"], built["readySubstate"], built["meta"]["action"]],
         ["production", "STAGED", "promote"], "what was built")  # fmt: skip
    same(built["gitSource"]["sha"], source["gitSource"]["sha"], "its commit")
    await is_serving(stage, before)
    await stage.vercel("promote", newest, "--yes")
    await is_current(stage, newest)


@case("a Preview of a project that assigns by itself, with --yes")
async def assigned_by_itself(stage: Stage) -> None:
    preview = await stage.api.preview_id("docs")
    printed = await stage.vercel("promote", preview, "--yes")
    printed.says("Successfully created new deployment of docs at")
    newest = (await stage.api.deployments("docs"))[0]["uid"]
    await stage.api.until_current(newest, "docs")
    await is_serving(stage, newest, "docs")
