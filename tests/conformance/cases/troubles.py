"""What the CLI makes of refusals: a wrong token, too few rights, another team, a rate limit."""

from tests.conformance.cases.promoting import is_current, nothing_was_asked
from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Stage, same


@case("a token that is not known")
async def unknown_token(stage: Stage) -> None:
    unknown = "tok_unknown"
    printed = await stage.reads("whoami", token=unknown, scope=None, exits=1)
    printed.says("is not valid")
    before, staged = await stage.api.current_id(), await stage.api.staged_id()
    printed = await stage.reads("promote", staged, "--yes", token=unknown, exits=1)
    printed.says("You do not have access to the specified account")  # it asks for the team first
    await nothing_was_asked(stage)
    await is_serving(stage, before)


@case("a viewer may look, not promote")
async def viewer(stage: Stage) -> None:
    staged, before = await stage.api.staged_id(), await stage.api.current_id()
    await stage.reads("inspect", staged, token=stage.platform.viewer_token)
    printed = await stage.reads("promote", staged, "--yes", token=stage.platform.viewer_token, exits=1)
    printed.says("(403)")
    await is_serving(stage, before)


@case("a team that the token has no access to")
async def other_team(stage: Stage) -> None:
    before, staged = await stage.api.current_id(), await stage.api.staged_id()
    printed = await stage.reads("promote", staged, "--yes", scope="globex", exits=1)
    printed.says("The specified scope does not exist")
    await nothing_was_asked(stage)
    await is_serving(stage, before)


@case("a rate limit is waited for")
async def rate_limited(stage: Stage) -> None:
    staged = await stage.api.staged_id()
    await stage.api.fault({"method": "POST", "path": "/promote/", "status": 429, "retry_after": 1})
    printed = await stage.vercel("promote", staged, "--yes")
    printed.says("Success! shop was promoted to")
    await is_current(stage, staged)
    writes = [r for r in await stage.requests("POST") if "/promote/" in r["path"]]
    same([r["status"] for r in writes], [429, 201], "the answers to the promote")


@case("an alias request that is never recorded")
async def absent(stage: Stage) -> None:
    staged = await stage.api.staged_id()
    await stage.api.fault({"alias_job": {"project": "shop", "absent": True}})
    printed = await stage.vercel("promote", staged, "--yes")
    printed.says("No deployment promotion in progress")
    await stage.api.until_current(staged)
    await is_serving(stage, staged)
