"""`vercel ls` and its filters, compared with what the API lists."""

from typing import Any

from tests.conformance.casting import case
from tests.conformance.stage import Printed, Stage, holds, same


def addresses(printed: Printed) -> list[str]:
    """Without a terminal the addresses are printed alone on stdout."""
    return [line.removeprefix("https://") for line in printed.out.split()]


async def truth(stage: Stage, **query: str) -> list[str]:
    return [str(d["url"]) for d in await stage.api.deployments("shop", limit="20", **query)]


@case("deployments of a project")
async def plain(stage: Stage) -> None:
    printed = await stage.reads("ls", "shop")
    same(addresses(printed), await truth(stage), "the deployments")
    printed.says("Deployments for acme/shop", "Username", "● Ready", "Preview", "Production")


@case("deployments of every project")
async def everywhere(stage: Stage) -> None:
    printed = await stage.reads("ls", "--all", "--yes")
    found = await stage.api.get("/v6/deployments", limit="20")
    same(addresses(printed), [d["url"] for d in found["deployments"]], "the deployments")


@case("production deployments")
async def production(stage: Stage) -> None:
    printed = await stage.reads("ls", "shop", "--prod")
    same(addresses(printed), await truth(stage, target="production"), "the deployments")
    printed.says("Production deployments for acme/shop")


@case("deployments in a state")
async def in_a_state(stage: Stage) -> None:
    for state in ("READY", "ERROR", "CANCELED", "ERROR,CANCELED"):
        printed = await stage.reads("ls", "shop", "--status", state)
        expected = await truth(stage, state=state)
        holds(expected, f"there are deployments that are {state}")
        same(addresses(printed), expected, f"those that are {state}")


@case("deployments as JSON")
async def as_json(stage: Stage) -> None:
    shown = (await stage.reads("ls", "shop", "--json")).json()
    page = await stage.api.get("/v6/deployments", projectId="shop", limit="20")
    same(shown["pagination"], page["pagination"], "the pagination")
    same([_seen(d) for d in shown["deployments"]], [_seen(d) for d in page["deployments"]], "the deployments")


def _seen(deployment: dict[str, Any]) -> tuple[Any, ...]:
    keys = ("url", "name", "state", "target", "createdAt", "meta")
    return tuple(deployment[key] for key in keys)


@case("deployments of a branch")
async def of_a_branch(stage: Stage) -> None:
    printed = await stage.reads("ls", "shop", "--meta", "githubCommitRef=feat/gift-cards")
    found = addresses(printed)
    same(found, await truth(stage, meta__githubCommitRef="feat/gift-cards"), "the deployments")
    holds(found and len(found) < 20, "the filter leaves some, not all")


@case("deployments page by page")
async def paging(stage: Stage) -> None:
    first = await stage.reads("ls", "shop", "--json")
    following = first.json()["pagination"]["next"]
    second = await stage.reads("ls", "shop", "--next", str(following))
    pages = [d["url"] for d in first.json()["deployments"]] + addresses(second)
    everything = [d["url"] for d in await stage.api.deployments("shop")]
    same(pages, everything, "both pages together")
