"""Domains, aliases, variables, custom environments: what is written is read again, and what may not be is refused."""

from typing import Any

import pytest

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api
from tests.contract.platform.test_shapes import differences, fixture


async def test_a_domain_serves_production_at_once_and_moves_with_it(api: Api) -> None:
    added = await api.post("/v10/projects/shop/domains", {"name": "New.Example.com"})
    assert added.status == 200
    assert differences(fixture("domains")["domains"][0], added.body) == []
    assert (added.body["name"], added.body["apexName"]) == ("new.example.com", "example.com")
    assert (await api.deployment("new.example.com"))["id"] == await api.current_id()
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.deployment("new.example.com"))["id"] == staged
    removed = await api.call("DELETE", "/v9/projects/shop/domains/new.example.com")
    assert (removed.status, removed.body) == (200, {})
    assert (await api.call("GET", "/v13/deployments/new.example.com")).status == 404
    assert (await api.call("GET", "/v9/projects/shop/domains/new.example.com")).status == 404


async def test_a_domain_of_a_branch_serves_its_newest_build(api: Api) -> None:
    body = {"name": "gifts.example.com", "gitBranch": "feat/gift-cards"}
    assert (await api.post("/v10/projects/shop/domains", body)).status == 200
    newest = (await api.deployments(branch="feat/gift-cards", state="READY"))[0]["uid"]
    assert (await api.deployment("gifts.example.com"))["id"] == newest
    changed = await api.call("PATCH", "/v9/projects/shop/domains/gifts.example.com", {"gitBranch": None})
    assert changed.body["gitBranch"] is None
    assert (await api.deployment("gifts.example.com"))["id"] == await api.current_id()


async def test_a_domain_may_redirect(api: Api, platform: Platform) -> None:
    body = {"name": "old.example.com", "redirect": "shop.example.com", "redirectStatusCode": 301}
    assert (await api.post("/v10/projects/shop/domains", body)).status == 200
    async with api.session.get(f"{platform.url}/sites/old.example.com/x", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (301, "/sites/shop.example.com/x")
    assert (await api.call("DELETE", "/v9/projects/shop/domains/shop.example.com")).status == 409
    body = {"removeRedirects": True}
    answer = await api.call("DELETE", "/v9/projects/shop/domains/shop.example.com", body)
    assert answer.status == 200
    names = {one["name"] for one in (await api.get("/v9/projects/shop/domains"))["domains"]}
    assert names.isdisjoint({"old.example.com", "www.shop.example.com", "shop.example.com"})


async def test_a_domain_of_another_account_waits_to_be_verified(api: Api) -> None:
    added = await api.post("/v10/projects/shop/domains", {"name": "shop.example.org"})
    assert (added.status, added.body["verified"]) == (200, False)
    assert added.body["verification"][0]["type"] == "TXT"
    assert (await api.call("GET", "/v13/deployments/shop.example.org")).status == 404
    assert (await api.post("/v9/projects/shop/domains/shop.example.org/verify")).status == 400
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.call("GET", "/v13/deployments/shop.example.org")).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": 5}, 400),
        ({"name": "no dots"}, 400),
        ({"name": "nodots"}, 400),
        ({"name": "-x.example.com"}, 400),
        ({"name": "x" * 260 + ".example.com"}, 400),
        ({"name": "shop.example.com"}, 409),
        ({"name": "docs.example.com"}, 409),
        ({"name": "docs-acme.vercel.app"}, 409),
        ({"name": "x.example.com", "gitBranch": "main"}, 400),
        ({"name": "x.example.com", "redirect": "www.shop.example.com"}, 400),
        ({"name": "x.example.com", "redirect": "nowhere.example.com"}, 400),
        ({"name": "x.example.com", "redirectStatusCode": 301}, 400),
        ({"name": "x.example.com", "redirect": "shop.example.com", "redirectStatusCode": 200}, 400),
        ({"name": "x.example.com", "customEnvironmentId": "env_nope"}, 404),
        ({"name": "x.example.com", "surprise": 1}, 400),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_domain_that_is_wrong_is_not_added(api: Api, body: Any, status: int) -> None:
    before = await api.get("/v9/projects/shop/domains")
    assert (await api.post("/v10/projects/shop/domains", body)).status == status
    assert await api.get("/v9/projects/shop/domains") == before


async def test_no_production_domain_is_added_after_a_failed_production_build(api: Api) -> None:
    failed = await api.push("docs", fails=True)
    await api.until_state(failed, "ERROR")
    answer = await api.post("/v10/projects/docs/domains", {"name": "x.example.com"})
    assert answer.status == 400
    assert "latest production deployment" in answer.message


async def test_domains_page_either_way(api: Api) -> None:
    whole = [one["name"] for one in (await api.get("/v9/projects/shop/domains"))["domains"]]
    seen: list[str] = []
    bound: dict[str, str] = {}
    while True:
        body = await api.get("/v9/projects/shop/domains", order="ASC", limit="4", **bound)
        seen += [one["name"] for one in body["domains"]]
        if body["pagination"]["next"] is None:
            break
        bound = {"since": str(body["pagination"]["next"])}
    assert seen == whole[::-1]


async def test_the_domains_of_an_account(api: Api) -> None:
    listed = await api.get("/v5/domains", limit="20")
    assert [one["name"] for one in listed["domains"]] == ["example.com"]
    below = await api.get("/v5/domains/anything.example.com")
    assert below["domain"]["name"] == "example.com"
    assert (await api.call("GET", "/v5/domains/example.org")).status == 403
    assert (await api.call("GET", "/v5/domains/acme.dev")).status == 404
    assert (await api.get("/v1/registrar/domains/acme.dev/availability")) == {"available": False}
    added = await api.post("/v7/domains", {"name": "acme.dev", "zone": True})
    assert added.body["domain"]["name"] == "acme.dev"
    assert (await api.post("/v7/domains", {"name": "acme.dev"})).status == 409
    assert (await api.post("/v7/domains", {"name": "example.org"})).status == 403
    assert (await api.post("/v7/domains", {"name": "??"})).status == 400
    assert (await api.call("DELETE", "/v6/domains/example.com")).status == 409
    assert (await api.call("DELETE", "/v6/domains/acme.dev")).status == 200
    assert [one["name"] for one in (await api.get("/v5/domains"))["domains"]] == ["example.com"]


async def test_a_domain_of_the_official_client_is_removed_from_the_account(api: Api) -> None:
    assert (await api.post("/v5/domains", {"name": "acme.dev"})).status == 200
    removed = await api.call("DELETE", "/v3/domains/acme.dev")
    assert (removed.status, removed.body) == (200, {"uid": "acme.dev"})
    assert (await api.call("GET", "/v5/domains/acme.dev")).status == 404
    assert (await api.call("DELETE", "/v3/domains/example.com")).status == 409


async def test_a_domain_of_the_account_is_verified_already(api: Api) -> None:
    answer = await api.call("POST", "/v9/projects/shop/domains/eu.shop.example.com/verify")
    assert (answer.status, answer.body["verified"]) == (200, True)
    assert answer.body == await api.get("/v9/projects/shop/domains/eu.shop.example.com")


async def test_an_alias_is_set_and_removed(api: Api) -> None:
    preview = await api.preview_id()
    answer = await api.post(f"/now/deployments/{preview}/aliases", {"alias": "try.example.com"})
    assert (answer.status, answer.body["oldDeploymentId"]) == (200, None)
    assert (await api.deployment("try.example.com"))["id"] == preview
    again = await api.post(f"/v2/deployments/{preview}/aliases", {"alias": "try.example.com"})
    assert (again.status, again.body["error"]["uid"]) == (409, answer.body["uid"])
    own = (await api.get(f"/v2/deployments/{preview}/aliases"))["aliases"]
    assert "try.example.com" in {one["alias"] for one in own}
    current = await api.current_id()
    moved = await api.post(f"/v2/deployments/{current}/aliases", {"alias": "try.example.com"})
    assert moved.body["oldDeploymentId"] == preview
    assert (await api.get("/v4/aliases/try.example.com"))["deploymentId"] == current
    assert (await api.call("DELETE", f"/v2/aliases/{answer.body['uid']}")).body == {"status": "SUCCESS"}
    assert (await api.call("GET", "/v13/deployments/try.example.com")).status == 404


async def test_an_alias_goes_with_what_it_redirects_to(api: Api) -> None:
    preview, current = await api.preview_id(), await api.current_id()
    path = "/v2/deployments/{}/aliases"
    first, second = {"alias": "a.example.com"}, {"alias": "b.example.com", "redirect": "a.example.com"}
    assert (await api.post(path.format(preview), first)).status == 200
    assert (await api.post(path.format(current), second)).status == 200
    assert (await api.call("DELETE", f"/v13/deployments/{preview}")).status == 200
    names = {
        one["alias"] for one in (await api.get("/v4/aliases", domain="example.com", limit="100"))["aliases"]
    }
    assert names.isdisjoint({"a.example.com", "b.example.com"})
    assert "shop.example.com" in names


async def test_an_alias_moves_one_production_domain_and_no_other(api: Api) -> None:
    current, staged = await api.current_id(), await api.staged_id()
    answer = await api.post(f"/v2/deployments/{staged}/aliases", {"alias": "eu.shop.example.com"})
    assert answer.body["oldDeploymentId"] == current
    assert (await api.deployment("eu.shop.example.com"))["id"] == staged
    assert await api.current_id() == current
    assert (await api.roll_back(current)).status == 201
    await api.until_job("succeeded")
    assert (await api.deployment("eu.shop.example.com"))["id"] == current


async def test_aliases_that_cannot_be(api: Api) -> None:
    current = await api.current_id()
    failed = (await api.deployments(state="ERROR"))[0]["uid"]
    removed = (await api.deployments(state="DELETED"))[0]["uid"]
    path = "/v2/deployments/{}/aliases"
    cases = [
        (current, {"alias": "??"}, 400),
        (current, {}, 400),
        (current, {"alias": "a.example.com", "surprise": 1}, 400),
        (current, {"alias": "a.nobodys.dev"}, 404),
        (current, {"alias": "a.example.org"}, 403),
        (current, {"alias": "notes-ana.vercel.app"}, 403),
        (current, {"alias": "docs.example.com"}, 409),
        (failed, {"alias": "a.example.com"}, 400),
        (removed, {"alias": "a.example.com"}, 410),
        ("dpl_nope", {"alias": "a.example.com"}, 404),
    ]
    before = await api.get("/v4/aliases", limit="100")
    for deployment, body, status in cases:
        answer = await api.post(path.format(deployment), body)
        assert answer.status == status, (body, answer)
    assert await api.get("/v4/aliases", limit="100") == before


async def test_a_variable_is_created_changed_and_removed(api: Api) -> None:
    body = {"key": "NEW_KEY", "value": "v1", "type": "encrypted", "target": ["production", "preview"]}
    created = await api.post("/v10/projects/shop/env", body)
    assert (created.status, created.body["failed"]) == (201, [])
    record = created.body["created"]
    assert differences(fixture("env")["envs"][0], record) == []
    assert record["value"] != "v1"
    path = f"/v9/projects/shop/env/{record['id']}"
    assert (await api.get(f"/v1/projects/shop/env/{record['id']}"))["value"] == "v1"
    again = await api.post("/v10/projects/shop/env", body)
    assert (again.status, again.body["error"]["code"]) == (403, "ENV_CONFLICT")
    replaced = await api.post("/v10/projects/shop/env", {**body, "value": "v2"}, upsert="true")
    assert replaced.body["created"]["id"] == record["id"]
    changed = await api.call("PATCH", path, {"target": ["production"], "comment": "live only"})
    assert (changed.body["target"], changed.body["comment"]) == (["production"], "live only")
    assert changed.body["updatedAt"] > record["updatedAt"]
    assert changed.body["updatedBy"] == "usr_ana"
    listed = (await api.get("/v10/projects/shop/env", target="preview"))["envs"]
    assert "NEW_KEY" not in {one["key"] for one in listed}
    assert (await api.call("DELETE", path)).body["key"] == "NEW_KEY"
    assert (await api.call("DELETE", path)).status == 404


async def test_a_sensitive_value_is_never_shown(api: Api) -> None:
    body = {"key": "SECRET", "value": "hush", "type": "sensitive", "target": "production"}
    record = (await api.post("/v10/projects/shop/env", body)).body["created"]
    shown = await api.get(f"/v1/projects/shop/env/{record['id']}")
    assert (shown["value"], shown["decrypted"]) == ("", False)
    assert (await api.call("PATCH", f"/v9/projects/shop/env/{record['id']}", {"type": "plain"})).status == 400


async def test_of_a_list_those_that_fail_are_named(api: Api) -> None:
    good = {"key": "GOOD", "value": "1", "type": "plain", "target": ["preview"]}
    taken = {"key": "API_URL", "value": "1", "type": "plain", "target": ["preview"]}
    answer = await api.post("/v10/projects/shop/env", [good, taken])
    assert [one["key"] for one in answer.body["created"]] == ["GOOD"]
    assert [one["error"]["code"] for one in answer.body["failed"]] == ["ENV_CONFLICT"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": "1BAD"}, 400),
        ({"key": "with space"}, 400),
        ({"key": None}, 400),
        ({"value": 5}, 400),
        ({"type": "magic"}, 400),
        ({"target": ["moon"]}, 400),
        ({"target": []}, 400),
        ({"gitBranch": "x"}, 400),
        ({"customEnvironmentIds": ["env_nope"]}, 404),
        ({"surprise": 1}, 400),
    ],
    ids=str,
)
async def test_a_variable_that_is_wrong_is_not_created(api: Api, change: dict[str, Any], status: int) -> None:
    before = await api.get("/v10/projects/shop/env")
    body = {"key": "NEW", "value": "1", "type": "plain", "target": ["production"], **change}
    assert (await api.post("/v10/projects/shop/env", body)).status == status
    assert await api.get("/v10/projects/shop/env") == before


async def test_developers_write_variables_of_previews_alone(api: Api) -> None:
    api.token = "tok_developer"  # noqa: S105 - it opens the sandbox alone
    body = {"key": "MINE", "value": "1", "type": "plain", "target": ["preview"]}
    record = (await api.post("/v10/projects/shop/env", body)).body["created"]
    path = f"/v9/projects/shop/env/{record['id']}"
    assert (await api.call("PATCH", path, {"target": ["production"]})).status == 403
    body = {**body, "key": "OTHER", "target": ["production"]}
    assert (await api.post("/v10/projects/shop/env", body)).status == 403
    assert (await api.call("DELETE", path)).status == 200


ENVIRONMENTS = "/v9/projects/shop/custom-environments"


async def test_a_custom_environment_has_builds_domains_and_variables(api: Api) -> None:
    body = {
        "slug": "qa",
        "branchMatcher": {"type": "startsWith", "pattern": "qa/"},
        "copyEnvVarsFrom": "preview",
    }
    created = await api.post(ENVIRONMENTS, body)
    assert (created.status, created.body["slug"], created.body["type"]) == (201, "qa", "preview")
    environment = created.body["id"]
    assert environment.startswith("env_")
    domain = {"name": "qa.example.com", "customEnvironmentId": environment}
    assert (await api.post("/v10/projects/shop/domains", domain)).status == 200
    pushed = await api.push(branch="qa/basket")
    await api.until_state(pushed, "READY")
    deployment = await api.deployment("qa.example.com")
    assert deployment["id"] == pushed
    assert (deployment["target"], deployment["customEnvironment"]["slug"]) == (None, "qa")
    listed = (await api.get("/projects/shop/custom-environments"))["environments"]
    assert [[one["name"] for one in environment["domains"]] for environment in listed] == [["qa.example.com"]]
    keys = {one["key"] for one in (await api.get("/v10/projects/shop/env", target="qa"))["envs"]}
    assert {"SENTRY_DSN", "MOCK_PAYMENTS"} <= keys
    assert (await api.project())["customEnvironments"][0]["id"] == environment
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    assert (await api.deployment("qa.example.com"))["id"] == pushed
    rebuilt = await api.post(
        "/v13/deployments", {"name": "shop", "deploymentId": staged, "customEnvironmentSlugOrId": "qa"}
    )
    await api.until_state(rebuilt.body["id"], "READY")
    assert (await api.deployment("qa.example.com"))["id"] == rebuilt.body["id"]
    assert (await api.call("DELETE", f"{ENVIRONMENTS}/qa")).status == 200
    assert (await api.call("GET", f"{ENVIRONMENTS}/qa")).status == 404
    assert (await api.call("GET", "/v13/deployments/qa.example.com")).status == 404


async def test_a_custom_environment_is_read_and_changed(api: Api) -> None:
    created = await api.post(ENVIRONMENTS, {"slug": "qa", "description": "first"})
    environment = created.body["id"]
    for name in ("qa", environment):
        assert await api.get(f"{ENVIRONMENTS}/{name}") == created.body
    matcher = {"type": "endsWith", "pattern": "-uat"}
    change = {"slug": "uat", "description": "second", "branchMatcher": matcher}
    changed = await api.call("PATCH", f"{ENVIRONMENTS}/{environment}", change)
    assert (changed.status, changed.body["slug"], changed.body["id"]) == (200, "uat", environment)
    assert (changed.body["description"], changed.body["branchMatcher"]) == ("second", matcher)
    assert changed.body["updatedAt"] > created.body["updatedAt"]
    assert await api.get(f"{ENVIRONMENTS}/uat") == changed.body
    assert (await api.call("GET", f"{ENVIRONMENTS}/qa")).status == 404
    pushed = await api.push(branch="basket-uat")
    assert (await api.deployment(pushed))["customEnvironment"] == {"id": environment, "slug": "uat"}


async def test_plans_limit_custom_environments(api: Api) -> None:
    assert (await api.post(ENVIRONMENTS, {"slug": "qa"})).status == 201
    assert (await api.post(ENVIRONMENTS, {"slug": "two"})).status == 402
    await api.call("PUT", "/sandbox/plan", {"plan": "enterprise"})
    assert (await api.post(ENVIRONMENTS, {"slug": "qa"})).status == 409
    assert (await api.post(ENVIRONMENTS, {"slug": "two"})).status == 201
    await api.call("PUT", "/sandbox/plan", {"plan": "hobby"})
    assert (await api.post(ENVIRONMENTS, {"slug": "three"})).status == 402


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"slug": "production"},
        {"slug": "Upper"},
        {"slug": "qa", "branchMatcher": {"type": "regex", "pattern": "x"}},
        {"slug": "qa", "copyEnvVarsFrom": "moon"},
        {"slug": "qa", "surprise": 1},
    ],
    ids=str,
)
async def test_a_custom_environment_that_is_wrong_is_not_created(api: Api, body: Any) -> None:
    assert (await api.post(ENVIRONMENTS, body)).status == 400
    assert (await api.get(ENVIRONMENTS))["environments"] == []


async def test_a_staging_build_has_its_own_hostname_and_target(api: Api) -> None:
    created = await api.post(
        "/v13/deployments", {"name": "shop", "deploymentId": await api.staged_id(), "target": "staging"}
    )
    assert (created.status, created.body["target"]) == (200, "staging")
    await api.until_state(created.body["id"], "READY")
    assert (await api.deployment("shop.acme.now.sh"))["id"] == created.body["id"]
    assert [one["uid"] for one in await api.deployments(target="staging")] == [created.body["id"]]
    assert (await api.promote(created.body["id"])).status == 422
