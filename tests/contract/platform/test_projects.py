"""Projects come and go; what goes with a deployment that is deleted; cron jobs and descriptions that move."""

from typing import Any

import pytest

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api
from tests.contract.platform.rollouts import document, enable


async def test_a_project_is_created_builds_and_serves(api: Api) -> None:
    body = {
        "name": "fresh",
        "framework": "astro",
        "gitRepository": {"type": "github", "repo": "acme/fresh"},
        "environmentVariables": [
            {"key": "A", "value": "1", "type": "plain", "target": ["production", "preview"]}
        ],
        "buildCommand": "make",
    }
    created = await api.post("/v11/projects", body)
    assert created.status == 200, created
    assert (created.body["name"], created.body["framework"]) == ("fresh", "astro")
    assert (created.body["targets"], created.body["latestDeployments"]) == ({}, [])
    assert (await api.project("fresh"))["id"] == created.body["id"]
    assert [one["key"] for one in (await api.get("/v10/projects/fresh/env"))["envs"]] == ["A"]
    pushed = await api.push("fresh")
    panel = await api.until(lambda panel: panel["current"] is not None, "fresh")
    assert panel["current"]["id"] == pushed
    assert (await api.deployment("fresh-acme.vercel.app"))["id"] == pushed


async def test_the_first_production_deployment_is_not_rolled_out(api: Api) -> None:
    await api.post("/v11/projects", {"name": "fresh"})
    await enable(api, "fresh")
    await api.push("fresh")
    await api.until(lambda panel: panel["current"] is not None, "fresh")
    assert await document(api, "fresh") is None


async def test_a_project_without_a_repository_has_no_link(api: Api) -> None:
    created = await api.post("/v11/projects", {"name": "fresh"})
    assert "link" not in created.body
    assert created.body["framework"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": 5}, 400),
        ({"name": "Upper"}, 400),
        ({"name": "a---b"}, 400),
        ({"name": "x" * 101}, 400),
        ({"name": "shop"}, 409),
        ({"name": "x", "surprise": True}, 400),
        ({"name": "x", "gitRepository": {"type": "svn", "repo": "a/b"}}, 400),
        ({"name": "x", "environmentVariables": [{"key": "A"}]}, 400),
        (
            {"name": "x", "environmentVariables": [{"key": "A", "value": "", "type": "plain", "target": []}]},
            400,
        ),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_project_that_is_wrong_is_not_created(api: Api, body: Any, status: int) -> None:
    before = await api.get("/v9/projects")
    assert (await api.post("/v11/projects", body)).status == status
    assert await api.get("/v9/projects") == before


async def test_a_project_goes_with_all_it_had(api: Api, platform: Platform) -> None:
    project, current = await api.project("docs"), await api.current_id("docs")
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    await api.promote(await api.earlier_id("docs"), "docs")
    await api.push("docs", seconds=60)
    answer = await api.call("DELETE", "/v9/projects/docs")
    assert (answer.status, answer.body) == (204, "")
    for path in ("/v9/projects/docs", f"/v9/projects/{project['id']}", f"/v13/deployments/{current}"):
        assert (await api.call("GET", path)).status == 404
    assert (await api.call("GET", "/v13/deployments/docs.example.com")).status == 404
    async with api.session.get(f"{platform.url}/sites/docs.example.com/") as response:
        assert response.status == 404
    assert "docs" not in {one["name"] for one in (await api.get("/sandbox/panel"))["projects"]}
    assert (await api.call("DELETE", "/v9/projects/docs")).status == 404
    assert (await api.post("/v11/projects", {"name": "docs"})).status == 200


async def test_two_projects_never_share_a_hostname(api: Api) -> None:
    assert (await api.call("PATCH", "/v9/projects/shop", {"name": "shop2"})).status == 200
    for name in ("shop", "shop2-git-later"):
        assert (await api.post("/v11/projects", {"name": name})).status == 200
    assert [one["name"] for one in (await api.get("/v9/projects/shop/domains"))["domains"]] == [
        "shop-acme-2.vercel.app"
    ]
    before = (await api.deployment("shop-acme.vercel.app"))["id"]
    pushed = await api.push("shop")
    await api.until_state(pushed, "READY")
    panel = await api.until(lambda panel: panel["current"] is not None, "shop")
    assert [one["deployment_id"] for one in panel["domains"]] == [pushed]
    assert (await api.deployment("shop-acme.vercel.app"))["id"] == before
    other = await api.push("shop2-git-later")
    await api.until(lambda panel: panel["current"] is not None, "shop2-git-later")
    await api.until_state(await api.push("shop2", branch="later"), "READY")
    assert (await api.deployment("shop2-git-later-acme.vercel.app"))["id"] == other


async def test_a_branchs_hostname_is_not_given_to_a_new_project(api: Api) -> None:
    await api.until_state(await api.push(branch="later"), "READY")
    before = (await api.deployment("shop-git-later-acme.vercel.app"))["id"]
    assert (await api.post("/v11/projects", {"name": "shop-git-later"})).status == 200
    pushed = await api.push("shop-git-later")
    await api.until(lambda panel: panel["current"] is not None, "shop-git-later")
    assert (await api.deployment("shop-git-later-acme.vercel.app"))["id"] == before
    assert (await api.deployment("shop-git-later-acme-2.vercel.app"))["id"] == pushed


async def test_settings_without_effect_are_kept_and_shown(api: Api) -> None:
    changed = await api.call(
        "PATCH",
        "/v9/projects/shop",
        {"publicSource": True, "skewProtectionMaxAge": 3600, "framework": None, "directoryListing": True},
    )
    assert changed.status == 200
    shown = await api.project()
    kept = {
        key: shown[key] for key in ("publicSource", "skewProtectionMaxAge", "directoryListing", "framework")
    }
    assert kept == {
        "publicSource": True,
        "skewProtectionMaxAge": 3600,
        "directoryListing": True,
        "framework": None,
    }


async def test_a_deleted_deployment_is_gone_for_promote_and_rollback(api: Api) -> None:
    earlier = await api.earlier_id()
    url = (await api.deployment(earlier))["url"]
    answer = await api.call("DELETE", f"/v13/deployments/{earlier}")
    assert (answer.status, answer.body) == (200, {"uid": earlier, "state": "DELETED"})
    assert (await api.promote(earlier)).status == 410
    assert (await api.roll_back(earlier)).status == 410
    assert (await api.call("GET", f"/v13/deployments/{earlier}")).status == 404
    assert (await api.call("GET", f"/v13/deployments/{url}")).status == 404
    assert earlier not in {one["uid"] for one in await api.deployments()}
    assert (await api.call("DELETE", f"/v13/deployments/{earlier}")).status == 404


async def test_hobby_goes_back_to_what_is_left_after_a_deletion(api: Api) -> None:
    await api.call("PUT", "/sandbox/plan", {"plan": "hobby"})
    previous, older = await api.earlier_id(), await api.earlier_id(back=2)
    await api.call("DELETE", f"/v13/deployments/{previous}")
    assert (await api.roll_back(older)).status == 201


async def test_retention_deletes_what_does_not_serve(api: Api) -> None:
    earlier, current = await api.earlier_id(), await api.current_id()
    assert (await api.call("POST", "/sandbox/expire", {"deployment": earlier})).status == 200
    assert (await api.deployment(earlier))["softDeletedByRetention"] is True
    assert (await api.roll_back(earlier)).status == 410
    assert earlier in {one["uid"] for one in await api.deployments(state="DELETED")}
    assert (await api.call("POST", "/sandbox/expire", {"deployment": current})).status == 409
    assert (await api.call("POST", "/sandbox/expire", {"deployment": "dpl_nope"})).status == 404


async def test_cron_jobs_move_with_production(api: Api) -> None:
    before = (await api.project("api"))["crons"]
    assert [one["path"] for one in before["definitions"]] == ["/jobs/settle-orders", "/jobs/expire-carts"]
    jobs = [{"path": "/jobs/nightly", "schedule": "0 1 * * *"}]
    previous = await api.current_id("api")
    pushed = await api.push("api", crons=jobs)
    assert (await api.deployment(pushed))["crons"] == jobs  # what it defines, Current or not
    await api.until_current(pushed, "api")
    after = (await api.project("api"))["crons"]
    assert (after["deploymentId"], [one["path"] for one in after["definitions"]]) == (
        pushed,
        ["/jobs/nightly"],
    )
    await api.roll_back(previous, "api")
    await api.until_current(previous, "api")
    back = (await api.project("api"))["crons"]
    assert (back["deploymentId"], back["definitions"]) == (previous, before["definitions"])


async def test_a_rollback_is_described_later(api: Api) -> None:
    project, earlier = await api.project("docs"), await api.earlier_id("docs")
    path = f"/v1/projects/{project['id']}/rollback/{earlier}/update-description"
    assert (await api.call("PATCH", path, {"description": "x"})).status == 422
    await api.roll_back(earlier, "docs", description="at first")
    await api.until_job("succeeded", "docs")
    answer = await api.call("PATCH", path, {"description": "in the end"})
    assert (answer.status, answer.body) == (200, "")
    told = (await api.project("docs"))["rollbackDescription"]
    assert (told["description"], told["username"]) == ("in the end", "ana")
    for body in ({}, {"description": "x" * 251}, {"description": 5}, {"description": "x", "more": 1}):
        assert (await api.call("PATCH", path, body)).status == 400
    other = f"/v1/projects/{project['id']}/rollback/{await api.earlier_id('docs', back=2)}/update-description"
    assert (await api.call("PATCH", other, {"description": "x"})).status == 422
    assert (await api.project("docs"))["rollbackDescription"] == told


async def test_a_rollback_that_runs_cannot_be_described(api: Api) -> None:
    project, earlier = await api.project("docs"), await api.earlier_id("docs")
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    await api.roll_back(earlier, "docs")
    path = f"/v1/projects/{project['id']}/rollback/{earlier}/update-description"
    assert (await api.call("PATCH", path, {"description": "x"})).status == 409
