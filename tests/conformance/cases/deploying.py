"""`vercel deploy` of files, and the promote of what it left Staged."""

from typing import Any

from tests.conformance.cases.promoting import is_current
from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Printed, Stage, holds, same

PAGE, STYLE = "<h1>Hello</h1>\n", "h1 { color: teal }\n"


async def deployed(
    stage: Stage, *options: str, project: str = "shop", styled: bool = True, **other: Any
) -> Printed:
    """Of a directory. With a style sheet the CLI uploads the files first; without, it sends the page inline."""
    (stage.work / "index.html").write_text(PAGE, encoding="utf-8")
    if styled:
        (stage.work / "css").mkdir(exist_ok=True)
        (stage.work / "css" / "style.css").write_text(STYLE, encoding="utf-8")
    variables = await stage.linked(project)
    return await stage.vercel("deploy", *options, "--yes", variables=variables, **other)


async def served(stage: Stage, address: str, path: str) -> str:
    """What a visitor of the deployment's own address gets."""
    answer = await stage.api.call("GET", f"/d/{address}/{path}")
    same(answer.status, 200, f"the status of {path}")
    return str(answer.body)


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
    await is_serving(stage, before)
    writes = [(r["path"], r["status"]) for r in await stage.requests("POST")]
    same(sorted(writes), [("/v13/deployments", 200), ("/v13/deployments", 400), *[("/v2/files", 200)] * 2],
         "the writes: the first create is told which files are missing")  # fmt: skip
    same(await served(stage, built["url"], "css/style.css"), STYLE, "what is served")
    printed = await stage.vercel("promote", built["id"], "--yes")
    printed.says("Success! shop was promoted to")
    await is_current(stage, built["id"])


@case("for production, of a project that assigns by itself")
async def assigned(stage: Stage) -> None:
    printed = await deployed(stage, "--prod", project="docs")
    built = await named(stage, printed)
    await stage.api.until_current(built["id"], "docs")
    await is_serving(stage, built["id"], "docs")
    holds((await stage.api.project("docs"))["autoAssignCustomDomains"], "auto-assignment is on still")


@case("for preview")
async def preview(stage: Stage) -> None:
    before = await stage.api.current_id()
    built = await named(stage, await deployed(stage, styled=False))
    same([built["readyState"], built["target"], built["source"]], ["READY", None, "cli"], "what was built")
    await is_serving(stage, before)
    same([r["path"] for r in await stage.requests("POST")], ["/v13/deployments"], "the writes")
    same(await served(stage, built["url"], "index.html"), PAGE, "what is served")


@case("--skip-domain without --prod is refused by the CLI")
async def skip_domain_alone(stage: Stage) -> None:
    printed = await deployed(stage, "--skip-domain", exits=1)
    printed.says("`--skip-domain` option can only be used with production deployments")
    same(await stage.requests("POST"), [], "the writes")


@case("a build that fails")
async def failing(stage: Stage) -> None:
    before = await stage.api.current_id()
    await stage.api.fault({"build": {"project": "shop", "fails": True}})
    printed = await deployed(stage, "--prod", "--skip-domain", exits=1)
    printed.says('Error: Command "npm run build" exited with 1')
    newest = (await stage.api.deployments("shop"))[0]
    same([newest["state"], newest["source"]], ["ERROR", "cli"], "what was built")
    printed.says(f"https://{newest['url']}")
    await is_serving(stage, before)
