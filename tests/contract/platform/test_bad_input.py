"""Whatever is sent: the official error body, the right status, nothing changed, and never a 500."""

import io
from typing import Any

import pytest

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api

NAMES = ["nope", "dpl_nope", "%00", "..%2F..%2Fetc", "x" * 10_000, "🙈", "<!channel>", "a%20b", "-1", "%ff"]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name[:12])
async def test_strange_names_are_not_found(api: Api, name: str) -> None:
    for path in (f"/v13/deployments/{name}", f"/v9/projects/{name}", f"/v2/teams/{name}"):
        answer = await api.call("GET", path)
        assert answer.status == 404, path
        assert answer.message
        assert answer.body["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v99/nothing", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
        ("GET", "/sandbox/nothing", 404, "not_found"),
        ("POST", "/v9/projects", 405, "method_unknown"),
        ("DELETE", "/v2/user", 405, "method_unknown"),
        ("PUT", "/sandbox/panel", 405, "method_unknown"),
    ],
)
async def test_unknown_paths_and_methods(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = await api.call(method, path)
    assert (answer.status, answer.body["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "ten"},
        {"limit": "-1"},
        {"since": "yesterday"},
        {"until": "9" * 40},
        {"until": "١٢"},
        {"state": "HAPPY"},
        {"target": "moon"},
        {"rollbackCandidate": "perhaps"},
    ],
    ids=str,
)
async def test_a_query_that_means_nothing_is_refused(api: Api, query: dict[str, str]) -> None:
    answer = await api.call("GET", "/v6/deployments", **query)
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")
    assert next(iter(query)) in answer.message


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"autoAssignCustomDomains": "yes"},
        {"autoAssignCustomDomains": 1},
        {"unknownKey": 1},
        {"name": ""},
        {"name": "Upper Case"},
        {"name": "docs", "buildCommand": "x" * 257},
        {"nodeVersion": "3.x"},
    ],
    ids=lambda body: str(body)[:40],
)
async def test_a_project_change_that_is_wrong_changes_nothing(api: Api, body: Any) -> None:
    before = await api.project()
    answer = await api.call("PATCH", "/v9/projects/shop", body)
    assert answer.status == 400
    assert await api.project() == before


async def test_a_project_name_that_is_taken_is_a_conflict(api: Api) -> None:
    before = await api.project()
    answer = await api.call("PATCH", "/v9/projects/shop", {"name": "docs"})
    assert answer.status == 409
    assert await api.project() == before


async def test_a_project_is_found_by_its_new_name(api: Api) -> None:
    renamed = await api.call("PATCH", "/v9/projects/shop", {"name": "store", "buildCommand": "make"})
    assert (renamed.body["name"], renamed.body["buildCommand"]) == ("store", "make")
    assert (await api.project("store"))["id"] == renamed.body["id"]
    assert (await api.call("GET", "/v9/projects/shop")).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": "shop"}, 400),
        ({"name": "shop", "deploymentId": 5}, 400),
        ({"name": "shop", "deploymentId": "dpl_nope"}, 404),
        ({"name": "nope", "gitSource": {"type": "github", "ref": "main"}}, 404),
        ({"name": "shop", "gitSource": {"type": "svn", "ref": "main"}}, 400),
        ({"name": "shop", "gitSource": {"type": "github", "ref": "main", "sha": "short"}}, 400),
        ({"name": "shop", "deploymentId": "dpl_nope", "target": "preview"}, 400),
        ({"name": "shop", "deploymentId": "dpl_nope", "meta": {"n": 1}}, 400),
        ({"name": "shop", "deploymentId": "dpl_nope", "surprise": True}, 400),
    ],
    ids=str,
)
async def test_a_create_that_is_wrong_creates_nothing(api: Api, body: Any, status: int) -> None:
    before = await api.deployments()
    answer = await api.call("POST", "/v13/deployments", body)
    assert answer.status == status
    assert answer.message
    assert await api.deployments() == before


async def test_what_retention_deleted_cannot_be_rebuilt(api: Api) -> None:
    removed = (await api.deployments(state="DELETED"))[0]["uid"]
    assert (await api.post("/v13/deployments", {"name": "shop", "deploymentId": removed})).status == 404


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b"[" * 100_000, b'"text"', b"5"], ids=lambda raw: str(raw[:8])
)
async def test_a_body_that_is_no_json_object_is_refused(api: Api, platform: Platform, raw: bytes) -> None:
    before, staged = await api.project(), await api.staged_id()
    async with api.session.post(
        f"{platform.url}/v10/projects/{before['id']}/promote/{staged}",
        params=api.scope,
        data=raw,
        headers={"Authorization": f"Bearer {platform.token}"},
    ) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "bad_request"
    assert await api.project() == before


async def test_an_over_large_body_is_refused(api: Api, platform: Platform) -> None:
    async with api.session.patch(
        f"{platform.url}/v9/projects/shop",
        params=api.scope,
        data=io.BytesIO(b"x" * 3_000_000),
        headers={"Authorization": f"Bearer {platform.token}"},
    ) as response:
        assert response.status == 413
        assert (await response.json())["error"]["code"] == "request_entity_too_large"


async def test_a_bad_query_elsewhere_is_refused_too(api: Api) -> None:
    for path, query in [
        ("/v10/projects/shop/env", {"target": "moon"}),
        ("/v9/projects/shop/domains", {"order": "sideways"}),
        ("/v9/projects/shop/domains", {"production": "perhaps"}),
        (f"/v3/deployments/{await api.current_id()}/events", {"direction": "up"}),
        ("/sandbox/panel", {"since": "x", "wait": "1"}),
        ("/sandbox/panel", {"since": "1", "wait": "nan"}),
    ]:
        assert (await api.call("GET", path, **query)).status == 400, (path, query)


@pytest.mark.parametrize(
    "body", [None, {}, {"project": 5}, {"project": "shop", "branch": ""}, {"project": "shop", "seconds": -1}]
)
async def test_a_push_that_is_wrong_builds_nothing(api: Api, body: Any) -> None:
    before = await api.deployments()
    assert (await api.call("POST", "/sandbox/push", body)).status == 400
    assert await api.deployments() == before
