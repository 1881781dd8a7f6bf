"""Readers see the old state of a project and its deployments for a while; what is done is done at once."""

import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api

LATE = 60.0


class Clock:
    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(session: aiohttp.ClientSession, clock: Clock) -> AsyncIterator[Api]:
    async with Platform(timing=Timing(build=0.02, alias=0.01, queue=0.005), clock=clock) as opened:
        yield Api(session, opened)


async def _late(api: Api, **also: Any) -> None:
    await api.fault({"late_visibility": {"project": "shop", "seconds": LATE, **also}})


async def test_a_promotion_shows_late_in_every_read(timed: Api, clock: Clock) -> None:
    staged = await timed.staged_id()
    before = [
        await timed.project(),
        await timed.get("/v9/projects"),
        await timed.deployments(),
        await timed.deployment(staged),
        await timed.deployment("shop.example.com"),
    ]
    await _late(timed)
    assert (await timed.promote(staged)).status == 201
    await timed.until_current(staged)
    assert [
        await timed.project(),
        await timed.get("/v9/projects"),
        await timed.deployments(),
        await timed.deployment(staged),
        await timed.deployment("shop.example.com"),
    ] == before
    site = await timed.call("GET", "/sites/shop.example.com/")
    assert site.headers["X-Served-By"] == staged, "visitors see at once what has moved"
    clock.ahead += LATE + 1
    project = await timed.project()
    assert project["targets"]["production"]["id"] == staged
    assert project["lastAliasRequest"]["jobStatus"] == "succeeded"
    assert (await timed.deployment("shop.example.com"))["id"] == staged
    assert (await timed.deployment(staged))["readySubstate"] == "PROMOTED"


async def test_changes_show_in_the_order_in_which_they_were_made(timed: Api, clock: Clock) -> None:
    await _late(timed)
    await timed.call("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": True})
    clock.ahead += LATE / 2
    await timed.call("PATCH", "/v9/projects/shop", {"nodeVersion": "24.x"})
    assert _settings(await timed.project()) == (False, "22.x")
    clock.ahead += LATE / 2 + 1
    assert _settings(await timed.project()) == (True, "22.x")
    clock.ahead += LATE / 2
    assert _settings(await timed.project()) == (True, "24.x")


def _settings(project: Any) -> tuple[bool, str]:
    return project["autoAssignCustomDomains"], project["nodeVersion"]


async def test_a_new_deployment_is_not_there_yet(timed: Api, clock: Clock) -> None:
    await _late(timed)
    pushed = await timed.push("shop")
    await timed.until(lambda panel: panel["recent"][0]["state"] == "Staged")
    assert (await timed.call("GET", f"/v13/deployments/{pushed}")).status == 404
    assert pushed not in [one["uid"] for one in await timed.deployments()]
    clock.ahead += LATE + 1
    assert (await timed.deployment(pushed))["readyState"] == "READY"


async def test_a_deleted_deployment_is_still_there(timed: Api, clock: Clock) -> None:
    staged = await timed.staged_id()
    await _late(timed)
    assert (await timed.call("DELETE", f"/v13/deployments/{staged}")).status == 200
    assert (await timed.deployment(staged))["id"] == staged
    assert (await timed.call("DELETE", f"/v13/deployments/{staged}")).status == 404, "a write knows"
    clock.ahead += LATE + 1
    assert (await timed.call("GET", f"/v13/deployments/{staged}")).status == 404


@pytest.mark.parametrize("kind", ["project", "deployment"])
async def test_one_kind_of_read_may_lag_behind_the_other(timed: Api, kind: str) -> None:
    staged, current = await timed.staged_id(), await timed.current_id()
    await _late(timed, reads=[kind])
    await timed.promote(staged)
    await timed.until_current(staged)
    old_project = await timed.current_id() == current
    old_deployment = (await timed.deployment("shop.example.com"))["id"] == current
    assert (old_project, old_deployment) == (kind == "project", kind == "deployment")


async def test_a_new_name_shows_late_as_well(timed: Api, clock: Clock) -> None:
    await _late(timed)
    assert (await timed.call("PATCH", "/v9/projects/shop", {"name": "store"})).status == 200
    assert (await timed.project("shop"))["name"] == "shop"
    assert (await timed.call("GET", "/v9/projects/store")).status == 404
    clock.ahead += LATE + 1
    assert (await timed.project("store"))["name"] == "store"
    assert (await timed.call("GET", "/v9/projects/shop")).status == 404
    await timed.call("PATCH", "/v9/projects/store", {"nodeVersion": "24.x"})
    assert (await timed.project("store"))["nodeVersion"] == "22.x"


async def test_a_project_stays_late_under_its_new_name(timed: Api, clock: Clock) -> None:
    await _late(timed)
    assert (await timed.call("PATCH", "/v9/projects/shop", {"name": "store"})).status == 200
    clock.ahead += LATE + 1
    await timed.fault({"late_visibility": {"project": "docs", "seconds": LATE}})
    await timed.call("PATCH", "/v9/projects/store", {"nodeVersion": "24.x"})
    assert (await timed.project("store"))["nodeVersion"] == "22.x"
    assert (await timed.post("/v11/projects", {"name": "shop"})).status == 200
    assert (await timed.project("shop"))["name"] == "shop", "another project"


async def test_what_nobody_will_see_is_forgotten_though_nobody_reads(timed: Api, clock: Clock) -> None:
    await _late(timed)
    project_id = (await timed.project())["id"]
    for _ in range(10):
        clock.ahead += LATE + 1
        assert (await timed.call("PATCH", "/v9/projects/shop", {"nodeVersion": "24.x"})).status == 200
    assert len(timed.platform._replica._moments[project_id]) == 2


async def test_other_projects_are_up_to_date(timed: Api) -> None:
    await _late(timed)
    await timed.call("PATCH", "/v9/projects/docs", {"nodeVersion": "24.x"})
    assert (await timed.project("docs"))["nodeVersion"] == "24.x"
    listed = {one["name"]: one for one in (await timed.get("/v9/projects"))["projects"]}
    assert listed["docs"]["nodeVersion"] == "24.x"


async def test_without_the_fault_all_is_there_at_once(timed: Api) -> None:
    staged = await timed.staged_id()
    await _late(timed)
    await timed.promote(staged)
    await timed.until_current(staged)
    assert await timed.current_id() != staged
    assert (await timed.get("/sandbox/faults"))["faults"] == [
        {"late_visibility": {"project": "shop", "seconds": LATE}}
    ]
    await timed.call("DELETE", "/sandbox/faults")
    assert await timed.current_id() == staged


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"project": "nope", "seconds": 1}, "no project nope"),
        ({"project": "shop"}, "seconds"),
        ({"project": "shop", "seconds": 0}, "seconds"),
        ({"project": "shop", "seconds": 1, "reads": ["tea"]}, "reads"),
    ],
)
async def test_lateness_that_makes_no_sense_is_refused(api: Api, written: Any, complaint: str) -> None:
    answer = await api.call("POST", "/sandbox/faults", {"late_visibility": written})
    assert answer.status == 400
    assert complaint in answer.message
