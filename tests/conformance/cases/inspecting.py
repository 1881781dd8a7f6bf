"""`vercel inspect`: a deployment by its id, its address, a domain; its log; waiting for its build."""

from tests.conformance.casting import case
from tests.conformance.stage import Stage, same


@case("a deployment by its id")
async def by_id(stage: Stage) -> None:
    current = await stage.api.deployment(await stage.api.current_id())
    printed = await stage.reads("inspect", current["id"])
    printed.says(current["id"], current["url"], "production", "● Ready", "https://shop.example.com", "Builds")


@case("a deployment as JSON, by its address and by a domain")
async def as_json(stage: Stage) -> None:
    current = await stage.api.deployment("shop.example.com")
    same(current["id"], await stage.api.current_id(), "what is live on the domain")
    for name in (current["url"], f"https://{current['url']}/", "shop.example.com"):
        shown = (await stage.reads("inspect", name, "--json")).json()
        seen = [shown[key] for key in ("id", "url", "target", "readyState", "createdAt", "aliases")]
        keys = ("id", "url", "target", "readyState", "createdAt", "alias")
        same(seen, [current[key] for key in keys], "the deployment")
        same([build["deploymentId"] for build in shown["builds"]], [current["id"]], "its builds")


@case("the log of a build")
async def logs(stage: Stage) -> None:
    failed = (await stage.api.deployments("shop", state="ERROR"))[0]["uid"]
    for deployment_id, state in ((await stage.api.staged_id(), "● Ready"), (failed, "● Error")):
        exits = 0 if state == "● Ready" else 1
        printed = await stage.reads("inspect", deployment_id, "--logs", exits=exits)
        lines = await stage.api.get(f"/v3/deployments/{deployment_id}/events")
        printed.says(*[line["text"] for line in lines], state)


@case("waiting for a build")
async def wait(stage: Stage) -> None:
    pushed = await stage.api.push("shop", branch="feat/wait", seconds=1.5)
    printed = await stage.vercel("inspect", pushed, "--wait")
    printed.says(pushed, "● Ready")
    same((await stage.api.deployment(pushed))["readyState"], "READY", "the build's state")
    polls = [r for r in await stage.requests("GET") if r["path"] == f"/v13/deployments/{pushed}"]
    same(len(polls) > 1, True, "whether it asked more than once")


@case("waiting for a build that fails")
async def wait_for_a_failure(stage: Stage) -> None:
    pushed = await stage.api.push("shop", branch="feat/wait", seconds=1.0, fails=True)
    printed = await stage.vercel("inspect", pushed, "--wait", exits=1)
    printed.says("● Error")
    same((await stage.api.deployment(pushed))["readyState"], "ERROR", "the build's state")


@case("a deployment that is not there")
async def missing(stage: Stage) -> None:
    printed = await stage.reads("inspect", "nothing.example.com", exits=1)
    printed.says('Can\'t find the deployment "nothing.example.com" under the context "acme"')
