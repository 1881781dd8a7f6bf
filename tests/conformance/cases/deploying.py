"""`vercel deploy` of files, and the promote of what it left Staged."""

from typing import Any

from tests.conformance.cases.promoting import is_current
from tests.conformance.casting import case
from tests.conformance.stage import Printed, Stage, holds, same


async def deployed(stage: Stage, *options: str, project: str = "shop", **other: Any) -> Printed:
    """Of a directory with a small file, one in a folder, and one that is too large to be sent inline."""
    (stage.work / "public").mkdir(exist_ok=True)
    (stage.work / "index.html").write_text("<h1>Hello</h1>\n", encoding="utf-8")
    (stage.work / "public" / "style.css").write_text("h1 { color: teal }\n", encoding="utf-8")
    variables = await stage.linked(project)
    return await stage.vercel("deploy", *options, "--yes", variables=variables, **other)


async def named(stage: Stage, printed: Printed) -> Any:
    address = printed.out.split()[-1].removeprefix("https://")
    return await stage.api.deployment(address)


@case("for production, staged; then promoted")
async def staged_then_promoted(stage: Stage) -> None:
    before = await stage.api.current_id()
    printed = await deployed(stage, "--prod", "--skip-domain")
    built = await named(stage, printed)
    keys = ("readyState", "target", "readySubstate", "source", "autoAssignCustomDomains")
    same([built[key] for key in keys], ["READY", "production", "STAGED", "cli", False], "what was built")
    same(await stage.api.current_id(), before, "what is Current")
    printed = await stage.vercel("promote", built["id"], "--yes")
    printed.says("Success! shop was promoted to")
    await is_current(stage, built["id"])


@case("for production, of a project that assigns by itself")
async def assigned(stage: Stage) -> None:
    printed = await deployed(stage, "--prod", project="docs")
    built = await named(stage, printed)
    await stage.api.until_current(built["id"], "docs")
    holds((await stage.api.project("docs"))["autoAssignCustomDomains"], "auto-assignment is on still")


@case("for preview")
async def preview(stage: Stage) -> None:
    before = await stage.api.current_id()
    built = await named(stage, await deployed(stage))
    same([built["readyState"], built["target"], built["source"]], ["READY", None, "cli"], "what was built")
    same(await stage.api.current_id(), before, "what is Current")


@case("--skip-domain without --prod is refused by the CLI")
async def skip_domain_alone(stage: Stage) -> None:
    await deployed(stage, "--skip-domain", exits=1)
    same(await stage.requests("POST"), [], "the writes")


@case("a build that fails")
async def failing(stage: Stage) -> None:
    await stage.api.fault({"build": {"project": "shop", "fails": True}})
    await deployed(stage, "--prod", "--skip-domain", exits=1)
    newest = (await stage.api.deployments("shop"))[0]
    same([newest["state"], newest["source"]], ["ERROR", "cli"], "what was built")
