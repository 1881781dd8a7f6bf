import pytest

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api


async def test_a_deployment_is_found_by_id_hostname_and_domain(api: Api) -> None:
    current = await api.deployment(await api.current_id())
    for name in (current["url"], current["url"].upper(), "shop.example.com", "shop-acme.vercel.app"):
        assert (await api.deployment(name))["id"] == current["id"]


async def test_a_domain_that_redirects_serves_nothing_itself(api: Api) -> None:
    assert (await api.call("GET", "/v13/deployments/www.shop.example.com")).status == 404


async def test_a_list_names_things_its_own_way(api: Api) -> None:
    listed = (await api.deployments())[0]
    full = await api.deployment(listed["uid"])
    assert listed["created"] == full["createdAt"]
    assert listed["state"] == full["readyState"] == full["status"]


async def test_deployments_are_listed_newest_first_over_all_projects(api: Api) -> None:
    body = await api.get("/v7/deployments", limit="100")
    created = [one["created"] for one in body["deployments"]]
    assert created == sorted(created, reverse=True)
    assert {one["name"] for one in body["deployments"]} == {"shop", "docs", "api"}


async def test_pages_follow_one_another_without_loss_or_repetition(api: Api) -> None:
    whole = [one["uid"] for one in await api.deployments()]
    paged: list[str] = []
    query: dict[str, str] = {}
    while True:
        body = await api.get("/v6/deployments", projectId="shop", limit="7", **query)
        paged += [one["uid"] for one in body["deployments"]]
        assert body["pagination"]["count"] == len(body["deployments"])
        if body["pagination"]["next"] is None:
            break
        query = {"until": str(body["pagination"]["next"])}
    assert paged == whole
    assert len(whole) > 14


@pytest.mark.parametrize(("after", "before"), [("since", "until"), ("from", "to")])
async def test_a_span_of_time_excludes_its_ends(api: Api, after: str, before: str) -> None:
    listed = await api.deployments()
    upper, lower = str(listed[2]["created"]), str(listed[6]["created"])
    found = await api.deployments("shop", **{after: lower, before: upper})
    assert [one["uid"] for one in found] == [one["uid"] for one in listed[3:6]]


async def test_deployments_are_filtered_by_target(api: Api) -> None:
    assert {one["target"] for one in await api.deployments(target="production")} == {"production"}
    assert {one["target"] for one in await api.deployments(target="preview")} == {None}


async def test_deployments_are_filtered_by_several_states(api: Api) -> None:
    found = await api.deployments(state="ERROR,CANCELED")
    assert {one["state"] for one in found} == {"ERROR", "CANCELED"}


async def test_deployments_deleted_by_retention_are_listed_only_when_asked_for(api: Api) -> None:
    removed = await api.deployments(state="DELETED")
    assert len(removed) == 1
    assert removed[0]["uid"] not in [one["uid"] for one in await api.deployments()]
    assert (await api.deployment(removed[0]["uid"]))["softDeletedByRetention"] is True


async def test_deployments_are_filtered_by_branch_sha_and_meta(api: Api) -> None:
    on_branch = await api.deployments(branch="feat/gift-cards")
    assert {one["meta"]["githubCommitRef"] for one in on_branch} == {"feat/gift-cards"}
    sha = on_branch[0]["meta"]["githubCommitSha"]
    assert [one["uid"] for one in await api.deployments(sha=sha)] == [on_branch[0]["uid"]]
    by_meta = await api.deployments(meta__githubCommitRef="feat/gift-cards")
    assert by_meta == on_branch


async def test_deployments_are_filtered_by_creator(api: Api) -> None:
    found = await api.deployments(users="usr_bob,usr_emi")
    assert {one["creator"]["username"] for one in found} == {"bob", "emi"}


async def test_rollback_candidates_are_what_has_served(api: Api) -> None:
    candidates = await api.deployments(rollbackCandidate="true")
    assert {one["readySubstate"] for one in candidates} == {"PROMOTED"}
    others = await api.deployments(rollbackCandidate="false")
    assert len(candidates) + len(others) == len(await api.deployments())


async def test_deployments_of_several_projects_are_listed_together(api: Api) -> None:
    ids = [(await api.project(name))["id"] for name in ("shop", "docs")]
    body = await api.get("/v6/deployments", projectIds=",".join(ids), limit="100")
    assert {one["name"] for one in body["deployments"]} == {"shop", "docs"}
    mixed = await api.call("GET", "/v6/deployments", projectIds=ids[0], projectId=ids[1])
    assert mixed.status == 400


async def test_an_app_that_is_not_there_finds_nothing(api: Api) -> None:
    assert (await api.get("/v6/deployments", app="nope"))["deployments"] == []
    found = (await api.get("/v6/deployments", app="docs"))["deployments"]
    assert {one["name"] for one in found} == {"docs"}
    assert (await api.call("GET", "/v6/deployments", projectId="nope")).status == 404


async def test_projects_are_paged_and_searched(api: Api) -> None:
    first = await api.get("/v10/projects", limit="2")
    start = str(first["pagination"]["next"])
    rest = await api.get("/v10/projects", limit="2", **{"from": start})
    assert {one["name"] for one in first["projects"] + rest["projects"]} == {"shop", "docs", "api"}
    assert rest == await api.get("/v9/projects", limit="2", until=start)
    assert [one["name"] for one in (await api.get("/v10/projects", search="OC"))["projects"]] == ["docs"]


async def test_a_project_is_the_same_by_id_and_by_name(api: Api) -> None:
    project = await api.project("shop")
    assert await api.get(f"/v9/projects/{project['id']}") == project
    assert project["link"]["productionBranch"] == "main"
    assert (await api.call("GET", "/v9/projects/nope")).status == 404


async def test_a_projects_production_domains_show_what_they_serve(api: Api) -> None:
    project = await api.project()
    shown = {one["domain"]: one for one in project["alias"]}
    assert shown["shop.example.com"]["deployment"]["id"] == project["targets"]["production"]["id"]
    assert shown["www.shop.example.com"]["redirect"] == "shop.example.com"
    assert "staging.shop.example.com" not in shown


async def domain_names(api: Api, **query: str) -> set[str]:
    body = await api.get("/v9/projects/shop/domains", **query)
    return {one["name"] for one in body["domains"]}


async def test_domains_are_filtered(api: Api) -> None:
    everything = await domain_names(api)
    assert len(everything) == 6
    assert await domain_names(api, order="DESC", production="false", redirects="true") == everything
    assert everything - await domain_names(api, production="true") == {"staging.shop.example.com"}
    assert everything - await domain_names(api, redirects="false") == {"www.shop.example.com"}
    assert await domain_names(api, gitBranch="staging") == {"staging.shop.example.com"}
    assert await domain_names(api, redirect="shop.example.com") == {"www.shop.example.com"}
    assert await domain_names(api, verified="false") == set()


async def test_domains_are_paged(api: Api) -> None:
    first = await api.get("/v9/projects/shop/domains", limit="4")
    rest = await api.get("/v9/projects/shop/domains", limit="4", until=str(first["pagination"]["next"]))
    assert len({one["name"] for one in first["domains"] + rest["domains"]}) == 6
    assert rest["pagination"]["next"] is None


async def test_variables_are_listed_for_a_target_and_a_branch(api: Api) -> None:
    envs = (await api.get("/v10/projects/shop/env", target="production", source="test"))["envs"]
    assert all("production" in one["target"] for one in envs)
    assert "MOCK_PAYMENTS" not in {one["key"] for one in envs}
    preview = (await api.get("/v10/projects/shop/env", target="preview", gitBranch="feat/gift-cards"))["envs"]
    assert "GIFT_CARDS_SANDBOX_KEY" in {one["key"] for one in preview}
    elsewhere = (await api.get("/v10/projects/shop/env", target="preview", gitBranch="main"))["envs"]
    assert "GIFT_CARDS_SANDBOX_KEY" not in {one["key"] for one in elsewhere}


async def test_secret_values_are_never_readable(api: Api, platform: Platform) -> None:
    shop = next(one for one in platform.store.projects.values() if one.name == "shop")
    secret = {record.id: record.value for record in shop.env if record.type != "plain"}
    envs = (await api.get("/v10/projects/shop/env", decrypt="true"))["envs"]
    shown = {one["id"]: one["value"] for one in envs}
    assert all(secret[record] not in shown[record] for record in secret)


async def test_there_are_no_custom_environments(api: Api) -> None:
    assert await api.get("/projects/shop/custom-environments") == {"environments": []}


async def test_aliases_name_their_deployment(api: Api) -> None:
    current = await api.deployment(await api.current_id())
    aliases = (await api.get("/v4/aliases", projectId="shop", limit="100"))["aliases"]
    apex = next(one for one in aliases if one["alias"] == "shop.example.com")
    assert apex["deploymentId"] == current["id"]
    assert apex["deployment"] == {"id": current["id"], "url": current["url"]}
    redirect = next(one for one in aliases if one["alias"] == "www.shop.example.com")
    assert (redirect["redirect"], redirect["deploymentId"]) == ("shop.example.com", None)
    assert (await api.get("/v3/now/aliases", projectId="shop", limit="100"))["aliases"] == aliases


async def test_aliases_are_found_by_domain_and_paged(api: Api) -> None:
    found = await api.get("/v4/aliases", domain="shop.example.com", limit="3")
    rest = await api.get("/v4/aliases", domain="shop.example.com", until=str(found["pagination"]["next"]))
    names = {one["alias"] for one in found["aliases"] + rest["aliases"]}
    assert len(names) == 5
    assert all(name.endswith("shop.example.com") for name in names)


async def test_a_deployment_lists_its_own_aliases(api: Api) -> None:
    current = await api.current_id()
    body = await api.get(f"/v2/deployments/{current}/aliases")
    names = {one["alias"] for one in body["aliases"]}
    assert names >= {"shop.example.com", "eu.shop.example.com"}
    shown = (await api.deployment(current))["alias"]
    assert set(shown) == names
    assert shown[0] == "shop.example.com"


async def test_the_user_works_in_the_team_unasked(api: Api, platform: Platform) -> None:
    user = (await api.get("/v2/user"))["user"]
    assert (user["version"], user["defaultTeamId"]) == ("northstar", platform.team_id)


@pytest.mark.parametrize("path", ["/v2/teams/{}", "/teams/{}"])
async def test_a_team_is_found_by_id_and_by_slug(api: Api, platform: Platform, path: str) -> None:
    by_slug = await api.get(path.format("acme"))
    assert by_slug == await api.get(path.format(platform.team_id))
    assert (by_slug["slug"], by_slug["billing"]["plan"]) == ("acme", "pro")
    assert (await api.call("GET", path.format("nope"))).status == 404


async def test_only_ones_own_teams_are_listed(api: Api) -> None:
    assert [team["slug"] for team in (await api.get("/v2/teams"))["teams"]] == ["acme"]
    assert await api.get("/v1/teams") == await api.get("/v2/teams")
    assert (await api.call("GET", "/teams/globex")).status == 403
