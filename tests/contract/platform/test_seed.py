from datetime import UTC, datetime

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api

HOUR = 3_600_000


async def test_three_projects_have_a_believable_history(api: Api) -> None:
    projects = (await api.get("/v10/projects"))["projects"]
    assert {one["name"] for one in projects} == {"shop", "docs", "api"}
    authors = set()
    for project in projects:
        listed = await api.deployments(project["name"])
        assert 15 <= len(listed) <= 40
        assert {"READY", "ERROR"} <= {one["state"] for one in listed}
        assert all(len(one["meta"]["githubCommitSha"]) == 40 for one in listed)
        assert len({one["meta"]["githubCommitMessage"] for one in listed}) == len(listed)
        authors |= {one["creator"]["username"] for one in listed}
    assert len(authors) == 5


async def test_the_history_ends_shortly_before_now(api: Api) -> None:
    now = datetime.now(UTC).timestamp() * 1000
    for name in ("shop", "docs", "api"):
        listed = await api.deployments(name)
        assert now - 3 * HOUR < listed[0]["created"] < now
        for one in listed:
            if one["state"] == "READY":
                assert one["created"] < one["buildingAt"] < one["ready"] < now


async def test_shop_has_two_newer_builds_staged_and_auto_assignment_off(api: Api) -> None:
    project = await api.project()
    assert project["autoAssignCustomDomains"] is False
    assert (await api.panel())["pinned"] is False
    staged = [one for one in await api.deployments() if one.get("readySubstate") == "STAGED"]
    assert len(staged) == 2
    current = await api.deployment(await api.current_id())
    assert all(one["created"] > current["createdAt"] for one in staged)


async def test_the_last_request_of_shop_is_the_promote_that_made_it_current(api: Api) -> None:
    request = (await api.project())["lastAliasRequest"]
    assert (request["type"], request["jobStatus"]) == ("promote", "succeeded")
    assert request["toDeploymentId"] == await api.current_id()
    assert request["fromDeploymentId"] == await api.earlier_id()


async def test_there_is_a_failed_production_build(api: Api) -> None:
    assert await api.deployments("shop", target="production", state="ERROR")


async def test_domains_are_made_up_and_counted(api: Api) -> None:
    counts = {}
    for name in ("shop", "docs", "api"):
        domains = (await api.get(f"/v9/projects/{name}/domains"))["domains"]
        counts[name] = len(domains)
        assert all(one["name"].endswith((".example.com", ".vercel.app")) for one in domains)
    assert counts == {"shop": 6, "docs": 2, "api": 6}


async def test_the_environments_differ_in_every_way_they_can(api: Api) -> None:
    envs = (await api.get("/v10/projects/shop/env"))["envs"]
    production = {one["key"]: one for one in envs if "production" in one["target"]}
    preview = {one["key"]: one for one in envs if "preview" in one["target"] and "gitBranch" not in one}
    shared = {key for key in production.keys() & preview.keys() if production[key] == preview[key]}
    assert "SENTRY_DSN" in shared
    assert (production.keys() & preview.keys()) - shared == {"DATABASE_URL", "STRIPE_SECRET_KEY", "API_URL"}
    assert "ANALYTICS_WRITE_KEY" in production.keys() - preview.keys()
    assert "MOCK_PAYMENTS" in preview.keys() - production.keys()
    assert {one["key"] for one in envs if one.get("gitBranch")} == {"DATABASE_URL", "GIFT_CARDS_SANDBOX_KEY"}


async def test_a_production_variable_changed_after_the_staged_builds(api: Api) -> None:
    envs = (await api.get("/v10/projects/shop/env", target="production"))["envs"]
    staged = await api.deployment(await api.staged_id())
    changed = {one["key"] for one in envs if one["updatedAt"] > staged["createdAt"]}
    assert changed == {"STRIPE_SECRET_KEY"}


async def test_the_same_seed_makes_the_same_world() -> None:
    async with Platform(seed=3) as one, Platform(seed=3) as same, Platform(seed=4) as other:
        assert list(one.store.deployments) == list(same.store.deployments)
        assert list(one.store.deployments) != list(other.store.deployments)
