from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api

PRODUCTION = {
    "shop.example.com",
    "checkout.shop.example.com",
    "eu.shop.example.com",
    "shop-acme.vercel.app",
}


async def state_of(api: Api) -> Any:
    """What a refused request must leave as it was."""
    project = await api.project()
    aliases = await api.get("/v4/aliases", projectId="shop", limit="100")
    return project, aliases


async def test_an_accepted_promote_is_201_with_no_body_and_no_content_type(api: Api) -> None:
    answer = await api.promote(await api.staged_id())
    assert (answer.status, answer.body) == (201, "")
    assert "Content-Type" not in answer.headers
    assert answer.headers["Content-Length"] == "0"


async def test_a_promote_runs_from_pending_to_succeeded(session: aiohttp.ClientSession) -> None:
    async with Platform(timing=Timing(queue=0.3, alias=0.001)) as platform:
        api = Api(session, platform)
        before, staged = await api.current_id(), await api.staged_id()
        await api.promote(staged)
        request = (await api.project())["lastAliasRequest"]
        assert request["jobStatus"] == "pending"
        assert (request["fromDeploymentId"], request["toDeploymentId"]) == (before, staged)
        assert request["type"] == "promote"
        done = await api.until_job("succeeded")
        assert done["requestedAt"] == request["requestedAt"]
        assert await api.current_id() == staged


async def test_the_domains_move_one_by_one_and_current_changes_last(api: Api) -> None:
    before, staged = await api.current_id(), await api.staged_id()
    moved: list[int] = []

    def watch(panel: Any) -> bool:
        serving = [d["deployment_id"] for d in panel["domains"] if d["name"] in PRODUCTION]
        moved.append(serving.count(staged))
        if panel["current"]["id"] == staged:
            return True
        assert panel["current"]["id"] == before
        return False

    await api.promote(staged)
    await api.until(watch)
    assert moved == sorted(moved)
    assert moved[-1] == 4
    assert {1, 2, 3} & set(moved), moved


async def test_only_domains_that_serve_production_directly_move(api: Api) -> None:
    branch_domain = (await api.deployment("staging.shop.example.com"))["id"]
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.deployment("staging.shop.example.com"))["id"] == branch_domain
    for domain in PRODUCTION:
        assert (await api.deployment(domain))["id"] == staged


async def test_a_promote_switches_auto_assignment_on(api: Api) -> None:
    assert (await api.project())["autoAssignCustomDomains"] is False
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    project = await api.project()
    assert project["autoAssignCustomDomains"] is True
    assert "rollbackDescription" not in project


async def test_auto_assignment_can_be_switched_off_again(api: Api) -> None:
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    answer = await api.call("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": False})
    assert answer.status == 200
    assert answer.body["autoAssignCustomDomains"] is False
    assert answer.body["autoAssignCustomDomainsUpdatedBy"] == "usr_ana"


async def test_the_promoted_deployment_has_served_and_can_be_rolled_back_to(api: Api) -> None:
    staged = await api.staged_id()
    assert staged not in [d["uid"] for d in await api.deployments(rollbackCandidate="true")]
    await api.promote(staged)
    await api.until_current(staged)
    listed = next(d for d in await api.deployments() if d["uid"] == staged)
    assert listed["readySubstate"] == "PROMOTED"
    assert listed["isRollbackCandidate"] is True


async def test_cron_jobs_move_with_production(api: Api) -> None:
    earlier = await api.earlier_id("api")
    assert len((await api.project("api"))["crons"]["definitions"]) == 2
    await api.roll_back(earlier, "api")
    await api.until_current(earlier, "api")
    assert (await api.project("api"))["crons"]["deploymentId"] == earlier


async def test_promoting_current_is_a_conflict(api: Api) -> None:
    current, before = await api.current_id(), await state_of(api)
    answer = await api.promote(current)
    assert answer.status == 409
    assert answer.message == (
        f"The provided deploymentId ({current}) is already the current production deployment."
    )
    assert await state_of(api) == before


async def test_a_preview_cannot_be_promoted_as_it_is(api: Api) -> None:
    before = await state_of(api)
    answer = await api.promote(await api.preview_id())
    assert answer.status == 422
    assert "production" in answer.message
    assert await state_of(api) == before


async def test_a_build_that_failed_or_goes_on_cannot_be_promoted(api: Api) -> None:
    failed = (await api.deployments(target="production", state="ERROR"))[0]["uid"]
    assert (await api.promote(failed)).status == 422
    building = await api.push(seconds=5)
    assert (await api.promote(building)).status == 422


async def test_what_served_before_may_be_promoted_again(api: Api) -> None:
    earlier = await api.earlier_id()
    assert (await api.promote(earlier)).status == 201
    await api.until_current(earlier)


async def test_a_deployment_deleted_by_retention_is_gone(api: Api) -> None:
    removed = (await api.deployments(state="DELETED"))[0]
    assert removed["softDeletedByRetention"] is True
    answer = await api.promote(removed["uid"])
    assert answer.status == 410
    assert (await api.roll_back(removed["uid"])).status == 410


async def test_unknown_names_in_a_promote_are_not_found(api: Api) -> None:
    staged, project = await api.staged_id(), await api.project()
    assert (await api.post(f"/v10/projects/prj_nope/promote/{staged}")).status == 404
    assert (await api.post(f"/v10/projects/{project['id']}/promote/dpl_nope")).status == 404


async def test_a_promote_needs_the_project_by_id(api: Api) -> None:
    answer = await api.post(f"/v10/projects/shop/promote/{await api.staged_id()}")
    assert answer.status == 404


async def test_a_deployment_of_another_project_cannot_be_promoted_here(api: Api) -> None:
    answer = await api.promote(await api.earlier_id("docs"))
    assert answer.status == 404


async def test_a_newer_promote_takes_over_from_one_that_hangs(api: Api) -> None:
    await api.fault({"alias_job": {"project": "shop", "hangs": True}})
    earlier, staged = await api.earlier_id(), await api.staged_id()
    await api.promote(earlier)
    await api.until_job("in-progress")
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.project())["lastAliasRequest"]["toDeploymentId"] == staged


@pytest.mark.parametrize(("version", "is_nested"), [("v1", False), ("v9", True)])
async def test_the_aliases_of_a_promote_are_listed(api: Api, version: str, is_nested: bool) -> None:
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    body = await api.get(f"/{version}/projects/shop/promote/aliases")
    names = {entry["alias"]["alias"] if is_nested else entry["alias"] for entry in body["aliases"]}
    assert names == PRODUCTION
    assert {entry["status"] for entry in body["aliases"]} == {"completed"}
    if is_nested:
        assert {entry["alias"]["deploymentId"] for entry in body["aliases"]} == {staged}
    assert (await api.get(f"/{version}/projects/shop/promote/aliases", failedOnly="true"))["aliases"] == []


async def test_the_aliases_of_a_promote_are_paged(api: Api) -> None:
    first = await api.get("/v1/projects/shop/promote/aliases", limit="3")
    until = str(first["pagination"]["next"])
    rest = await api.get("/v1/projects/shop/promote/aliases", limit="3", until=until)
    assert rest["pagination"]["next"] is None
    assert {entry["alias"] for entry in first["aliases"] + rest["aliases"]} == PRODUCTION


async def test_there_are_no_aliases_of_what_was_never_asked(api: Api) -> None:
    assert (await api.call("GET", "/v9/projects/docs/promote/aliases")).status == 404
    assert (await api.call("GET", "/v9/projects/shop/rollback/aliases")).status == 404


async def test_a_body_is_optional_in_a_promote(api: Api, platform: Platform) -> None:
    project, staged = await api.project(), await api.staged_id()
    async with api.session.post(
        f"{platform.url}/v10/projects/{project['id']}/promote/{staged}",
        params=api.scope,
        headers={"Authorization": f"Bearer {platform.token}"},
    ) as response:
        assert response.status == 201
