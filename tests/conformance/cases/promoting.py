"""`vercel promote` of what can be promoted as it is."""

from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Stage, holds, same


async def is_current(stage: Stage, deployment_id: str) -> None:
    """Production, every production domain and auto-assignment are as after a promote."""
    project = await stage.api.project()
    same(project["autoAssignCustomDomains"], True, "auto-assignment")
    request = project["lastAliasRequest"]
    same([request[key] for key in ("type", "jobStatus", "toDeploymentId")],
         ["promote", "succeeded", deployment_id], "the last alias request")  # fmt: skip
    await is_serving(stage, deployment_id)


async def nothing_was_asked(stage: Stage) -> None:
    same([r["path"] for r in await stage.requests("POST")], [], "the writes")


@case("a Staged build, by its id")
async def by_id(stage: Stage) -> None:
    staged = await stage.api.staged_id()
    url = (await stage.api.deployment(staged))["url"]
    printed = await stage.vercel("promote", staged, "--yes")
    printed.says(f"Success! shop was promoted to {url} ({staged})")
    await is_current(stage, staged)
    same([r["status"] for r in await stage.requests("POST")], [201], "the writes' answers")


@case("a Staged build, by its address")
async def by_address(stage: Stage) -> None:
    staged = await stage.api.deployment(await stage.api.staged_id())
    printed = await stage.vercel("promote", f"https://{staged['url']}")
    printed.says("Success! shop was promoted to")
    await is_current(stage, staged["id"])


@case("a Staged build, by a domain that points at it")
async def by_domain(stage: Stage) -> None:
    staged = await stage.api.staged_id()
    same(
        (await stage.api.deployment("shop-git-main-acme.vercel.app"))["id"], staged, "what the domain serves"
    )
    printed = await stage.vercel("promote", "shop-git-main-acme.vercel.app", "--yes")
    printed.says("Success! shop was promoted to")
    await is_current(stage, staged)


@case("a Staged build, without waiting")
async def without_waiting(stage: Stage) -> None:
    staged = await stage.api.staged_id()
    printed = await stage.vercel("promote", staged, "--yes", "--timeout", "0")
    printed.says("Successfully requested promote of shop to", "To check promote status")
    await stage.api.until_job("succeeded")
    await is_current(stage, staged)
    printed = await stage.reads("promote", "status", "shop")
    printed.says("Success! shop was promoted to", staged)


@case("what was Current before")
async def an_earlier_one(stage: Stage) -> None:
    earlier = await stage.api.earlier_id(back=2)
    printed = await stage.vercel("promote", earlier, "--yes")
    printed.says("Success! shop was promoted to")
    await is_current(stage, earlier)


@case("the Current one is refused")
async def current(stage: Stage) -> None:
    current = await stage.api.current_id()
    expected = f"The provided deploymentId ({current}) is already the current production deployment. (409)"
    for name in (current, "shop.example.com"):
        printed = await stage.reads("promote", name, "--yes", exits=1)
        printed.says(expected)
    await is_serving(stage, current)


@case("no promotion is under way")
async def status_of_none(stage: Stage) -> None:
    printed = await stage.reads("promote", "status", "shop")
    printed.says("No deployment promotion in progress")


@case("a promotion that is under way")
async def status_while_it_goes_on(stage: Stage) -> None:
    await stage.api.fault({"alias_job": {"project": "shop", "hangs": True}})
    staged = await stage.api.staged_id()
    await stage.api.promote(staged)
    printed = await stage.vercel("promote", "status", "shop", "--timeout", "2s", exits=1)
    printed.says("The promotion exceeded its deadline")
    polls = [r for r in await stage.requests("GET") if r["query"].get("rollbackInfo") == "true"]
    holds(len(polls) > 3, "it asked again and again")
    same((await stage.api.project())["lastAliasRequest"]["jobStatus"], "in-progress", "the job")


@case("an alias job that fails for one domain, with the list of aliases")
async def failed_job(stage: Stage) -> None:
    before, staged = await stage.api.current_id(), await stage.api.staged_id()
    await stage.api.fault({"alias_job": {"project": "shop", "fails_for": ["eu.shop.example.com"]}})
    printed = await stage.vercel("promote", staged, "--yes", exits=1)
    printed.says("Failed to remap all aliases to the requested deployment", staged, "failed")
    printed.says(f"eu.shop.example.com ({staged})")
    printed.never_says("checkout.shop.example.com")
    same((await stage.api.project())["lastAliasRequest"]["jobStatus"], "failed", "the job")
    same(await stage.api.current_id(), before, "what is Current")
    printed = await stage.reads("promote", "status", "shop", exits=1)
    printed.says("Failed to remap all aliases", f"eu.shop.example.com ({staged})")


@case("an alias job that is skipped")
async def skipped_job(stage: Stage) -> None:
    before, staged = await stage.api.current_id(), await stage.api.staged_id()
    await stage.api.fault({"alias_job": {"project": "shop", "skipped": True}})
    printed = await stage.vercel("promote", staged, "--yes")
    printed.says("Promote deployment was skipped")
    same((await stage.api.project())["lastAliasRequest"]["jobStatus"], "skipped", "the job")
    await is_serving(stage, before)


@case("a deployment deleted by retention is refused")
async def deleted(stage: Stage) -> None:
    gone = (await stage.api.deployments("shop", state="DELETED"))[0]["uid"]
    printed = await stage.reads("promote", gone, "--yes", exits=1)
    printed.says("(410)")
