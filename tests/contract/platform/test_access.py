import pytest

from chatbot.sandbox.vercel import Platform
from chatbot.sandbox.vercel.records import Token
from tests.contract.platform.calling import Api


async def test_without_a_token_nothing_is_answered(api: Api) -> None:
    api.token = None
    answer = await api.call("GET", "/v2/user")
    assert answer.status == 401
    assert answer.message == "The request is not authorized"
    assert answer.body["error"]["missingToken"] is True


async def test_an_unknown_token_is_forbidden(api: Api) -> None:
    api.token = "tok_wrong"  # noqa: S105 - it opens nothing
    answer = await api.call("GET", "/v9/projects/shop")
    assert answer.status == 403
    assert answer.body["error"]["code"] == "forbidden"
    assert answer.body["error"]["invalidToken"] is True


async def test_a_viewer_reads_and_changes_nothing(api: Api, viewer: Api) -> None:
    project, staged, current = await api.project(), await api.staged_id(), await api.current_id()
    assert await viewer.project() == project
    writes = [
        ("POST", f"/v10/projects/{project['id']}/promote/{staged}", {}),
        ("POST", f"/v9/projects/{project['id']}/rollback/{current}", {}),
        ("POST", "/v13/deployments", {"deploymentId": staged, "name": "shop"}),
        ("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": True}),
        ("DELETE", f"/v13/deployments/{staged}", None),
        ("PATCH", f"/v12/deployments/{staged}/cancel", None),
    ]
    for method, path, body in writes:
        answer = await viewer.call(method, path, body)
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden"), path
    assert await api.project() == project


async def test_a_read_only_token_changes_nothing_even_for_an_owner(api: Api, platform: Platform) -> None:
    platform.store.tokens["tok_reads"] = Token("tok_reads", "usr_ana", read_only=True)
    staged = await api.staged_id()
    api.token = "tok_reads"  # noqa: S105 - it opens the sandbox alone
    assert (await api.promote(staged)).status == 403


@pytest.mark.parametrize("scope", [{"teamId": "team_globex000000000000000000"}, {"slug": "globex"}])
async def test_another_teams_scope_is_forbidden(api: Api, scope: dict[str, str]) -> None:
    api.scope = scope
    answer = await api.call("GET", "/v9/projects")
    assert answer.status == 403
    assert answer.message.startswith('Not authorized: Trying to access resource under scope "globex".')


async def test_a_team_that_is_not_there_is_forbidden(api: Api) -> None:
    api.scope = {"teamId": "team_nope"}
    assert (await api.call("GET", "/v9/projects/shop")).status == 403


async def test_the_slug_scopes_as_the_id_does(api: Api) -> None:
    project = await api.project()
    api.scope = {"slug": "acme"}
    assert await api.project() == project


async def test_without_a_team_the_scope_is_personal(api: Api) -> None:
    project_id, current = (await api.project())["id"], await api.current_id()
    api.scope = {}
    assert [one["name"] for one in (await api.get("/v9/projects"))["projects"]] == ["notes"]
    assert {one["name"] for one in (await api.get("/v6/deployments"))["deployments"]} == {"notes"}
    assert (await api.call("GET", "/v9/projects/shop")).status == 404
    assert (await api.call("GET", f"/v9/projects/{project_id}")).status == 403
    assert (await api.call("GET", f"/v13/deployments/{current}")).status == 403
    assert (await api.call("POST", f"/v10/projects/{project_id}/promote/{current}", {})).status == 403


async def test_what_is_personal_is_on_hobby_and_of_no_team(api: Api) -> None:
    team_scope, api.scope = api.scope, {}
    project = await api.project("notes")
    assert project["accountId"] == "usr_ana"
    production = project["targets"]["production"]
    assert (production["plan"], production["teamId"]) == ("hobby", None)
    current = await api.deployment("notes.example.org")
    assert (current["ownerId"], "team" in current) == ("usr_ana", False)
    assert (await api.roll_back(await api.earlier_id("notes", back=2), "notes")).status == 402
    previous = await api.earlier_id("notes")
    assert (await api.roll_back(previous, "notes")).status == 201
    await api.until_job("succeeded", "notes")
    assert await api.current_id("notes") == previous
    api.scope = team_scope
    assert (await api.call("GET", f"/v9/projects/{project['id']}")).status == 403


async def test_what_is_personal_is_nobody_elses(api: Api, viewer: Api) -> None:
    api.scope, viewer.scope = {}, {}
    project = await api.project("notes")
    assert (await viewer.get("/v9/projects"))["projects"] == []
    assert (await viewer.call("GET", f"/v9/projects/{project['id']}")).status == 403


async def test_a_member_moves_production(api: Api) -> None:
    api.token = "tok_member"  # noqa: S105 - it opens the sandbox alone
    assert (await api.get("/v2/user"))["user"]["username"] == "bob"
    assert (await api.promote(await api.staged_id())).status == 201


async def test_a_developer_builds_previews_and_leaves_production_alone(api: Api) -> None:
    project, staged, preview = await api.project(), await api.staged_id(), await api.preview_id()
    api.token = "tok_developer"  # noqa: S105 - it opens the sandbox alone
    rolling = "/v1/projects/shop/rolling-release"
    refused = [
        ("POST", f"/v10/projects/{project['id']}/promote/{staged}", {}),
        ("POST", f"/v9/projects/{project['id']}/rollback/{staged}", {}),
        ("PATCH", f"/v1/projects/{project['id']}/rollback/{staged}/update-description", {"description": "x"}),
        ("POST", "/v13/deployments", {"deploymentId": preview, "name": "shop", "target": "production"}),
        ("DELETE", f"/v13/deployments/{staged}", None),
        ("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": True}),
        ("DELETE", "/v9/projects/shop", None),
        ("POST", "/v11/projects", {"name": "mine"}),
        ("POST", "/v10/projects/shop/domains", {"name": "x.example.com"}),
        ("DELETE", "/v9/projects/shop/domains/eu.shop.example.com", None),
        ("POST", f"/v2/deployments/{staged}/aliases", {"alias": "x.example.com"}),
        ("PATCH", f"{rolling}/config", {"enabled": False}),
        ("POST", f"{rolling}/start", {"canaryDeploymentId": staged}),
    ]
    for method, path, body in refused:
        answer = await api.call(method, path, body)
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden"), path
    assert await api.project() == project
    rebuilt = await api.post("/v13/deployments", {"deploymentId": preview, "name": "shop"})
    assert rebuilt.status == 200
    assert (await api.call("PATCH", f"/v12/deployments/{rebuilt.body['id']}/cancel")).status == 200
    assert (await api.call("DELETE", f"/v13/deployments/{preview}")).status == 200


async def test_a_token_for_one_project_reaches_no_other(api: Api) -> None:
    docs, docs_current = await api.project("docs"), await api.current_id("docs")
    api.token = "tok_shop"  # noqa: S105 - it opens the sandbox alone
    assert [one["name"] for one in (await api.get("/v9/projects"))["projects"]] == ["shop"]
    assert {one["name"] for one in (await api.get("/v6/deployments"))["deployments"]} == {"shop"}
    aliases = (await api.get("/v4/aliases", limit="100"))["aliases"]
    assert {one["projectId"] for one in aliases} == {(await api.project())["id"]}
    for method, path in [
        ("GET", "/v9/projects/docs"),
        ("GET", f"/v9/projects/{docs['id']}"),
        ("GET", f"/v13/deployments/{docs_current}"),
        ("GET", "/v13/deployments/docs.example.com"),
        ("POST", f"/v10/projects/{docs['id']}/promote/{docs_current}"),
        ("POST", "/v11/projects"),
        ("GET", "/v5/domains"),
    ]:
        answer = await api.call(method, path, {"name": "new"} if method == "POST" else None)
        assert (answer.status, answer.body["error"]["code"]) == (403, "forbidden"), path
    assert (await api.call("GET", "/v6/deployments", projectId="docs")).status == 403
    assert (await api.promote(await api.staged_id())).status == 201


async def test_deployments_of_another_team_are_forbidden(api: Api, platform: Platform) -> None:
    foreign = next(one for one in platform.store.deployments.values() if one.name == "portal")
    for name in (foreign.id, foreign.url, "portal.example.com"):
        answer = await api.call("GET", f"/v13/deployments/{name}")
        assert answer.status == 403
        assert '"globex"' in answer.message
