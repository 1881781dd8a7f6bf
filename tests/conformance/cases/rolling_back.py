"""`vercel rollback`: Instant Rollback, what it refuses, and how far a plan lets one go."""

from tests.conformance.cases.promoting import is_current
from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Stage, same


async def is_rolled_back(stage: Stage, deployment_id: str, name: str = "shop") -> None:
    """Production, every production domain and auto-assignment are as after an Instant Rollback."""
    project = await stage.api.project(name)
    same(project["autoAssignCustomDomains"], False, "auto-assignment")
    request = project["lastAliasRequest"]
    same([request[key] for key in ("type", "jobStatus", "toDeploymentId")],
         ["rollback", "succeeded", deployment_id], "the last alias request")  # fmt: skip
    await is_serving(stage, deployment_id, name)


async def cron_paths(stage: Stage, name: str) -> list[str]:
    return [job["path"] for job in (await stage.api.project(name))["crons"]["definitions"]]


@case("the previous one, by its id, and the status after it")
async def previous(stage: Stage) -> None:
    earlier = await stage.api.earlier_id()
    url = (await stage.api.deployment(earlier))["url"]
    printed = await stage.vercel("rollback", earlier)
    printed.says(f"Success! shop was rolled back to {url} ({earlier})")
    await is_rolled_back(stage, earlier)
    printed = await stage.reads("rollback", "status", "shop")
    printed.says("Success! shop was rolled back to", earlier)


@case("the previous one, by its address")
async def by_address(stage: Stage) -> None:
    earlier = await stage.api.deployment(await stage.api.earlier_id())
    printed = await stage.vercel("rollback", f"https://{earlier['url']}")
    printed.says("Success! shop was rolled back to")
    await is_rolled_back(stage, earlier["id"])


@case("further back on Pro, without waiting, and undone by a promote")
async def further_back(stage: Stage) -> None:
    current, older = await stage.api.current_id(), await stage.api.earlier_id(back=3)
    printed = await stage.vercel("rollback", older, "--timeout", "0")
    printed.says("Successfully requested rollback of shop to", older)
    await stage.api.until_job("succeeded")
    await is_rolled_back(stage, older)
    await stage.vercel("promote", current, "--yes")
    await is_current(stage, current)


@case("the cron jobs go back with it, and forth with a promote")
async def cron_jobs(stage: Stage) -> None:
    current, older = await stage.api.current_id("api"), await stage.api.earlier_id("api", back=3)
    paths = await cron_paths(stage, "api")
    same(len(paths), 2, "how many cron jobs there are")
    printed = await stage.vercel("rollback", older)
    printed.says("Success! api was rolled back to", older)
    await is_rolled_back(stage, older, "api")
    same(await cron_paths(stage, "api"), paths[:1], "the cron jobs of what was rolled back to")
    printed = await stage.vercel("promote", current, "--yes")
    printed.says("Success! api was promoted to", current)
    await is_serving(stage, current, "api")
    same(await cron_paths(stage, "api"), paths, "the cron jobs of what was promoted")


@case("further back on Hobby is refused, the previous one is not")
async def hobby(stage: Stage) -> None:
    await stage.api.call("PUT", "/sandbox/plan", {"plan": "hobby"})
    current, older = await stage.api.current_id(), await stage.api.earlier_id(back=3)
    printed = await stage.reads("rollback", older, exits=1)
    printed.says("To roll back further than the previous production deployment, upgrade to pro (402)")
    await is_serving(stage, current)
    earlier = await stage.api.earlier_id()
    await stage.vercel("rollback", earlier)
    await is_rolled_back(stage, earlier)


@case("the Current one is refused")
async def current(stage: Stage) -> None:
    current = await stage.api.current_id()
    printed = await stage.reads("rollback", current, exits=1)
    printed.says(f"({current}) is already the current production deployment. (422)")
    await is_serving(stage, current)


@case("what never served production is refused")
async def not_eligible(stage: Stage) -> None:
    before = await stage.api.current_id()
    for never in (await stage.api.preview_id(), await stage.api.staged_id()):
        printed = await stage.reads("rollback", never, exits=1)
        printed.says("(422)")
    await is_serving(stage, before)


@case("two at once are refused")
async def parallel(stage: Stage) -> None:
    await stage.api.fault({"alias_job": {"project": "shop", "hangs": True}})
    earlier = await stage.api.earlier_id()
    await stage.vercel("rollback", earlier, "--timeout", "0")
    await stage.api.until_job("in-progress")
    printed = await stage.reads("rollback", await stage.api.earlier_id(back=2), exits=1)
    printed.says("(409)")
    same((await stage.api.project())["lastAliasRequest"]["toDeploymentId"], earlier, "the job under way")


@case("no rollback is under way")
async def status_of_none(stage: Stage) -> None:
    printed = await stage.reads("rollback", "status", "shop")
    printed.says("No deployment rollback in progress")


@case("an alias job that fails, with the list of aliases")
async def failed_job(stage: Stage) -> None:
    before, earlier = await stage.api.current_id(), await stage.api.earlier_id()
    domains = ["eu.shop.example.com", "checkout.shop.example.com"]
    await stage.api.fault({"alias_job": {"project": "shop", "fails_for": domains}})
    printed = await stage.vercel("rollback", earlier, exits=1)
    printed.says("Failed to remap all aliases to the requested deployment", earlier)
    printed.says(*[f"{domain} ({earlier})" for domain in domains])
    same(await stage.api.current_id(), before, "what is Current")


@case("an alias job that is skipped")
async def skipped_job(stage: Stage) -> None:
    before, earlier = await stage.api.current_id(), await stage.api.earlier_id()
    await stage.api.fault({"alias_job": {"project": "shop", "skipped": True}})
    printed = await stage.vercel("rollback", earlier)
    printed.says("skipped")
    await is_serving(stage, before)
