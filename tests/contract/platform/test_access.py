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


async def test_without_a_team_the_scope_is_personal_and_empty(api: Api) -> None:
    project_id, current = (await api.project())["id"], await api.current_id()
    api.scope = {}
    assert (await api.get("/v9/projects"))["projects"] == []
    assert (await api.get("/v6/deployments"))["deployments"] == []
    assert (await api.call("GET", "/v9/projects/shop")).status == 404
    assert (await api.call("GET", f"/v9/projects/{project_id}")).status == 403
    assert (await api.call("GET", f"/v13/deployments/{current}")).status == 403
    assert (await api.call("POST", f"/v10/projects/{project_id}/promote/{current}", {})).status == 403


async def test_deployments_of_another_team_are_forbidden(api: Api, platform: Platform) -> None:
    foreign = next(one for one in platform.store.deployments.values() if one.name == "portal")
    for name in (foreign.id, foreign.url, "portal.example.com"):
        answer = await api.call("GET", f"/v13/deployments/{name}")
        assert answer.status == 403
        assert '"globex"' in answer.message
