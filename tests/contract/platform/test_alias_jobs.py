"""Alias jobs that do not simply succeed."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api


async def serving(api: Api, domain: str) -> str:
    return str((await api.deployment(domain))["id"])


async def half_moved(api: Api) -> tuple[str, str]:
    """Promote while one domain fails; answer the deployments before and wanted."""
    before, staged = await api.current_id(), await api.staged_id()
    await api.fault({"alias_job": {"project": "shop", "fails_for": ["eu.shop.example.com"]}})
    assert (await api.promote(staged)).status == 201
    await api.until_job("failed")
    return before, staged


async def test_a_domain_that_fails_leaves_production_half_moved(api: Api) -> None:
    before, staged = await half_moved(api)
    assert await serving(api, "shop.example.com") == staged
    assert await serving(api, "eu.shop.example.com") == before
    project = await api.project()
    assert project["targets"]["production"]["id"] == before
    assert project["autoAssignCustomDomains"] is False
    assert "eu.shop.example.com" in (await api.deployment(staged))["aliasError"]["message"]


async def test_the_failed_domains_are_listed(api: Api) -> None:
    _, staged = await half_moved(api)
    v1 = await api.get("/v1/projects/shop/promote/aliases", failedOnly="true")
    assert [(one["alias"], one["status"]) for one in v1["aliases"]] == [("eu.shop.example.com", "failed")]
    v9 = await api.get("/v9/projects/shop/promote/aliases", failedOnly="true", limit="20")
    assert [one["alias"] for one in v9["aliases"]] == [
        {"alias": "eu.shop.example.com", "deploymentId": staged}
    ]


async def test_promoting_again_moves_what_is_missing(api: Api) -> None:
    _, staged = await half_moved(api)
    assert (await api.promote(staged)).status == 201
    await api.until_current(staged)
    assert await serving(api, "eu.shop.example.com") == staged
    assert (await api.deployment(staged))["aliasError"] is None


async def test_half_a_move_can_be_rolled_back_to_what_is_still_current(api: Api) -> None:
    before, _ = await half_moved(api)
    assert (await api.roll_back(before)).status == 201
    await api.until_job("succeeded")
    assert await serving(api, "shop.example.com") == before


async def test_a_job_may_fail_for_all_domains(api: Api) -> None:
    before, staged = await api.current_id(), await api.staged_id()
    await api.fault({"alias_job": {"project": "shop", "fails_for": "all"}})
    await api.promote(staged)
    await api.until_job("failed")
    assert await serving(api, "shop.example.com") == before
    assert (await api.deployment(staged))["readySubstate"] == "STAGED"


async def test_a_skipped_job_moves_nothing(api: Api) -> None:
    before = await api.current_id()
    await api.fault({"alias_job": {"project": "shop", "skipped": True}})
    await api.promote(await api.staged_id())
    await api.until_job("skipped")
    assert await api.current_id() == before
    assert (await api.project())["autoAssignCustomDomains"] is False


async def test_a_job_that_hangs_stays_in_progress(api: Api) -> None:
    before = await api.current_id()
    await api.fault({"alias_job": {"project": "shop", "hangs": True}})
    await api.promote(await api.staged_id())
    await api.until_job("in-progress")
    assert await serving(api, "shop.example.com") == before


async def test_a_request_may_become_visible_late(api: Api) -> None:
    old = (await api.project())["lastAliasRequest"]
    staged = await api.staged_id()
    await api.fault({"alias_job": {"project": "shop", "late_visibility": 60}})
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.project())["lastAliasRequest"] == old


async def test_a_request_may_leave_no_record_and_still_move_production(api: Api) -> None:
    staged = await api.staged_id()
    await api.fault({"alias_job": {"project": "shop", "absent": True}})
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.project())["lastAliasRequest"] is None


async def test_the_next_job_is_unharmed(api: Api) -> None:
    staged = await api.staged_id()
    await api.fault({"alias_job": {"project": "shop", "skipped": True}})
    await api.promote(staged)
    await api.until_job("skipped")
    await api.promote(staged)
    await api.until_current(staged)


async def test_an_assignment_waits_for_the_job_that_runs(api: Api) -> None:
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    promoted = await api.earlier_id("docs")
    await api.promote(promoted, "docs")
    await api.until_job("in-progress", "docs")
    pushed = await api.push("docs")
    await api.until_state(pushed, "READY")
    assert await api.current_id("docs") not in (pushed, promoted)
    other = await api.earlier_id("docs", back=2)
    await api.promote(other, "docs")
    panel: Any = await api.until_current(pushed, "docs")
    assert {domain["deployment_id"] for domain in panel["domains"]} == {pushed}
    project = await api.project("docs")
    assert project["lastAliasRequest"]["toDeploymentId"] == other
    assert project["lastAliasRequest"]["jobStatus"] == "succeeded"


@pytest.fixture
async def unhurried(session: aiohttp.ClientSession) -> AsyncIterator[Api]:
    """Between the domains of a job there is time to do something."""
    async with Platform(timing=Timing(build=0.02, alias=0.1, queue=0.1)) as opened:
        yield Api(session, opened)


async def test_a_job_leaves_alone_what_left_production_meanwhile(unhurried: Api) -> None:
    api = unhurried
    staged = await api.staged_id()
    assert (await api.promote(staged)).status == 201
    path = "/v9/projects/shop/domains"
    gone = await api.call("DELETE", f"{path}/eu.shop.example.com", {"removeRedirects": True})
    assert gone.status == 200
    added = await api.post("/v10/projects/docs/domains", {"name": "eu.shop.example.com"})
    assert added.status == 200
    changed = {"redirect": "shop.example.com"}
    assert (await api.call("PATCH", f"{path}/checkout.shop.example.com", changed)).status == 200
    await api.until_job("succeeded")
    assert await serving(api, "shop.example.com") == staged
    assert await serving(api, "eu.shop.example.com") == await api.current_id("docs")
    redirect = await api.get("/v4/aliases/checkout.shop.example.com")
    assert (redirect["deploymentId"], redirect["redirect"]) == (None, "shop.example.com")
    moves = (await api.get("/v1/projects/shop/promote/aliases"))["aliases"]
    assert {one["status"] for one in moves} == {"completed"}


async def test_a_build_that_retention_deletes_while_it_waits_does_not_become_current(api: Api) -> None:
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    await api.promote(await api.earlier_id("docs"), "docs")
    await api.until_job("in-progress", "docs")
    pushed = await api.push("docs")
    await api.until_state(pushed, "READY")
    assert (await api.call("POST", "/sandbox/expire", {"deployment": pushed})).status == 200
    other = await api.earlier_id("docs", back=2)
    await api.promote(other, "docs")
    await api.until_job("succeeded", "docs")
    newer = await api.push("docs")  # its own assignment begins after all that waited
    panel = await api.until(lambda panel: panel["current"]["id"] in (newer, pushed), "docs")
    assert panel["current"]["id"] == newer


async def test_retention_leaves_alone_what_production_is_moving_to(unhurried: Api) -> None:
    pushed = await unhurried.push("docs")
    await unhurried.until(lambda panel: panel["recent"][0]["state"] == "Staged", "docs")
    assert (await unhurried.call("POST", "/sandbox/expire", {"deployment": pushed})).status == 409
    await unhurried.until_current(pushed, "docs")
