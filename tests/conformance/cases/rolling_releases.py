"""`vercel rolling-release`, and what promote and rollback do while one is under way."""

import json
from typing import Any

from tests.conformance.cases.rolling_back import is_rolled_back
from tests.conformance.casting import case
from tests.conformance.production import is_serving
from tests.conformance.stage import Printed, Stage, same

MANUAL = ("--enable", "--advancement-type=manual-approval", "--stage=10", "--stage=50")


async def command(stage: Stage, *arguments: str, project: str = "shop", **options: Any) -> Printed:
    """Version 60 still calls `inspect` `fetch`."""
    first = "fetch" if arguments[0] == "inspect" and stage.cli.major == 60 else arguments[0]
    given = (first, *arguments[1:], "--project", project)
    return await stage.vercel("rolling-release", *given, **options)


async def inspected(stage: Stage) -> Any:
    """What `inspect` prints, which must be what the API answers."""
    printed = await command(stage, "inspect")
    rollout = (await stage.api.get("/v1/projects/shop/rolling-release"))["rollingRelease"]
    begin = printed.text.find("> ")
    same(_decoded(printed.text[begin + 2 :]), rollout, "the rolling release")
    return rollout


def _decoded(text: str) -> Any:
    return json.JSONDecoder().raw_decode(text.lstrip())[0]


async def begun(stage: Stage) -> str:
    """The canary of a rolling release at its first stage."""
    await command(stage, "configure", *MANUAL)
    canary = await stage.api.staged_id()
    printed = await command(stage, "start", "--dpl", canary)
    printed.says(f"Requested rolling release start for {canary}")
    return canary


@case("configured, changed and disabled")
async def configured(stage: Stage) -> None:
    same(await inspected(stage), None, "the rolling release")
    printed = await command(stage, "configure", *MANUAL)
    printed.says("Successfully configured rolling releases.")
    config = (await stage.api.project())["rollingRelease"]
    same([s["targetPercentage"] for s in config["stages"]], [10, 50, 100], "the stages")
    printed = await command(stage, "configure", "--enable", "--advancement-type=automatic", "--stage=20,5m")
    printed.says("Successfully configured rolling releases.")
    config = (await stage.api.get("/v1/projects/shop/rolling-release/config"))["rollingRelease"]
    same([(s["targetPercentage"], s.get("duration")) for s in config["stages"]],
         [(20, 5), (100, None)], "the stages, with minutes")  # fmt: skip
    printed = await command(stage, "configure", "--disable")
    printed.says("Successfully disabled rolling releases.")
    same((await stage.api.project())["rollingRelease"], None, "the configuration")


@case("started, approved stage by stage, and so completed")
async def approved(stage: Stage) -> None:
    before = await stage.api.current_id()
    canary = await begun(stage)
    rollout = await inspected(stage)
    same([rollout["state"], rollout["activeStage"]["targetPercentage"], rollout["canaryDeployment"]["id"]],
         ["ACTIVE", 10, canary], "the rolling release")  # fmt: skip
    same((await stage.api.deployment(canary))["readySubstate"], "ROLLING", "the canary's substate")
    same(await stage.api.current_id(), before, "what is Current")
    printed = await command(stage, "approve", "--dpl", canary, "--currentStageIndex=0")
    printed.says(f"Requested rolling release approval from stage 0 to 1 for {canary}")
    same((await inspected(stage))["activeStage"]["index"], 1, "the active stage")
    printed = await command(stage, "approve", "--dpl", canary, "--currentStageIndex=1")
    printed.says(f"Requested rolling release approval from stage 1 to 2 for {canary}")
    await stage.api.until_current(canary)
    same((await inspected(stage))["state"], "COMPLETE", "the rolling release")
    await is_serving(stage, canary)


@case("completed at once")
async def completed(stage: Stage) -> None:
    canary = await begun(stage)
    printed = await command(stage, "complete", "--dpl", canary)
    printed.says(f"Requested rolling release completion for {canary}")
    await stage.api.until_current(canary)
    same((await inspected(stage))["state"], "COMPLETE", "the rolling release")
    await is_serving(stage, canary)


async def is_aborted(stage: Stage, canary: str, before: str) -> None:
    await stage.api.until_job("succeeded")
    rollout = await inspected(stage)
    same([rollout["state"], rollout["canaryDeployment"]["id"]], ["ABORTED", canary], "the rolling release")
    await is_rolled_back(stage, before)
    same((await stage.api.deployment(canary))["readySubstate"], "STAGED", "the canary's substate")


@case("aborted, by the id of the base")
async def aborted(stage: Stage) -> None:
    before = await stage.api.current_id()
    canary = await begun(stage)
    printed = await command(stage, "abort", "--dpl", before)
    printed.says(f"Requested rolling release abort and rollback to {before}")
    await is_aborted(stage, canary, before)


@case("aborted, by the id of the canary")
async def aborted_by_canary(stage: Stage) -> None:
    before = await stage.api.current_id()
    canary = await begun(stage)
    printed = await command(stage, "abort", "--dpl", canary)
    printed.says(f"Requested rolling release abort and rollback to {canary}")  # it repeats what it was given
    await is_aborted(stage, canary, before)


@case("approving a stage that is not the active one is refused")
async def wrong_stage(stage: Stage) -> None:
    canary = await begun(stage)
    before = await stage.api.get("/v1/projects/shop/rolling-release")
    printed = await command(stage, "approve", "--dpl", canary, "--currentStageIndex=1", exits=1)
    printed.says("(400)")
    same(await stage.api.get("/v1/projects/shop/rolling-release"), before, "the rolling release")


@case("starting one where none is configured is refused")
async def not_configured(stage: Stage) -> None:
    printed = await command(stage, "start", "--dpl", await stage.api.staged_id(), exits=1)
    printed.says("(400)")
    same(await inspected(stage), None, "the rolling release")


@case("a promote begins one where they are configured")
async def begun_by_promote(stage: Stage) -> None:
    before, staged = await stage.api.current_id(), await stage.api.staged_id()
    await command(stage, "configure", *MANUAL)
    printed = await stage.vercel("promote", staged, "--yes")
    printed.says("Rolling Release serving traffic at initial percentage 10")
    same(await stage.api.current_id(), before, "what is Current")
    rollout = await inspected(stage)
    same([rollout["state"], rollout["canaryDeployment"]["id"]], ["ACTIVE", staged], "the rolling release")


@case("a promote while one is active waits for it")
async def queued(stage: Stage) -> None:
    canary = await begun(stage)
    waiting = await stage.api.staged_id()
    printed = await stage.vercel("promote", waiting, "--yes")
    printed.says("Promotion has been queued and will begin when the active rolling release completes")
    writes = [r for r in await stage.requests("POST") if "/promote/" in r["path"]]
    same([r["status"] for r in writes], [202], "the answer to the promote")
    rollout = await inspected(stage)
    same([rollout["queuedDeploymentId"], rollout["canaryDeployment"]["id"]], [waiting, canary], "what waits")
    await command(stage, "complete", "--dpl", canary)
    await stage.api.until_current(canary)
    await stage.api.until(lambda panel: any(
        d["id"] == waiting and d["state"] in ("Canary", "Current") for d in panel["recent"]))  # fmt: skip


@case("a promote of the canary itself completes it")
async def completed_by_promote(stage: Stage) -> None:
    canary = await begun(stage)
    await stage.vercel("promote", canary, "--yes", "--timeout", "0")
    await stage.api.until_current(canary)
    same((await inspected(stage))["state"], "COMPLETE", "the rolling release")
    await is_serving(stage, canary)


@case("a rollback while one is active aborts it")
async def aborted_by_rollback(stage: Stage) -> None:
    earlier = await stage.api.earlier_id()
    await begun(stage)
    printed = await stage.vercel("rollback", earlier)
    printed.says("rolled back")
    await is_rolled_back(stage, earlier)
    same((await inspected(stage))["state"], "ABORTED", "the rolling release")
