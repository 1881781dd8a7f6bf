"""`vercel env ls`: it prints what the server returns, so the server must honour the target."""

from tests.conformance.casting import case
from tests.conformance.stage import Stage, holds, same


@case("the variables of each target")
async def of_each_target(stage: Stage) -> None:
    for target in ("production", "preview", "development"):
        printed = await stage.reads("env", "ls", target, "--project", "shop")
        truth = (await stage.api.get("/v10/projects/shop/env", target=target))["envs"]
        rows = [line.split()[0] for line in printed.out.splitlines() if line.split()][1:]
        same(rows, [record["key"] for record in truth], f"the variables of {target}")
        holds(all(target in record["target"] for record in truth), f"all of them are for {target}")


@case("variables as JSON never show what is sensitive")
async def sensitive(stage: Stage) -> None:
    printed = await stage.reads("env", "ls", "production", "--project", "shop", "--json")
    shown = printed.json()["envs"]
    hidden = [record for record in shown if record["type"] == "sensitive"]
    holds(hidden, "there are sensitive ones")
    same([record.get("value", "") for record in hidden], ["" for _ in hidden], "their values")


@case("the variables of a branch")
async def of_a_branch(stage: Stage) -> None:
    printed = await stage.reads("env", "ls", "preview", "feat/gift-cards", "--project", "shop")
    truth = (await stage.api.get("/v10/projects/shop/env", target="preview", gitBranch="feat/gift-cards"))[
        "envs"
    ]
    printed.says(*[record["key"] for record in truth], "GIFT_CARDS_SANDBOX_KEY")
