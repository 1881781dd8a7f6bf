"""Answers have every field that the worked bodies of the official schema have, with values of the same type.

The worked bodies (tests/contract/vercel-fixtures) pass the official OpenAPI file and the official SDK.
"""

import json
from pathlib import Path
from typing import Any

from tests.contract.platform.calling import Api

FIXTURES = Path(__file__).parent.parent / "vercel-fixtures"


def fixture(name: str) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())


def differences(expected: Any, actual: Any, at: str = "") -> list[str]:
    """What `actual` lacks; a null on either side stands for any type, an empty list for any list."""
    if expected is None or actual is None:
        return []
    if type(expected) is not type(actual):
        return [f"{at}: {actual!r} is not a {type(expected).__name__}"]
    if isinstance(expected, dict):
        missing = [f"{at}.{key} is missing" for key in expected if key not in actual]
        inner = [differences(expected[key], actual[key], f"{at}.{key}") for key in expected if key in actual]
        return missing + [line for lines in inner for line in lines]
    if isinstance(expected, list) and expected and actual:
        return differences(expected[0], actual[0], f"{at}[0]")
    return []


async def test_a_lacking_answer_would_be_noticed() -> None:
    expected = {"a": {"b": [{"c": 1}]}, "d": True}
    assert differences(expected, {"a": {"b": [{}]}, "d": 1}) == [
        ".a.b[0].c is missing",
        ".d: 1 is not a bool",
    ]


async def test_the_user_is_complete(api: Api) -> None:
    assert differences(fixture("user"), await api.get("/v2/user")) == []


async def test_teams_are_complete(api: Api) -> None:
    assert differences(fixture("team"), await api.get("/v2/teams/acme")) == []
    assert differences(fixture("teams"), await api.get("/v2/teams")) == []


async def test_projects_are_complete(api: Api) -> None:
    expected = fixture("project")
    # There the newest deployment is a staged one, here a preview: it has no substate, and an alias.
    del expected["latestDeployments"][0]["readySubstate"]
    expected["latestDeployments"][0]["aliasAssigned"] = 1
    assert differences(expected, await api.project()) == []
    listed = await api.get("/v10/projects")
    assert differences(fixture("projects")["pagination"], listed["pagination"]) == []
    assert all(
        differences(expected, project) == [] for project in listed["projects"] if project["lastAliasRequest"]
    )


async def test_listed_deployments_are_complete(api: Api) -> None:
    listed = await api.deployments()
    for expected in fixture("deployments")["deployments"]:
        expected["aliasAssigned"] = 1  # every READY build here has its generated aliases
        substate = expected.get("readySubstate")
        alike = [one for one in listed if one["state"] == "READY" and one.get("readySubstate") == substate]
        assert alike
        assert [line for one in alike for line in differences(expected, one)] == []


async def test_single_deployments_are_complete(api: Api) -> None:
    assert differences(fixture("deployment_current"), await api.deployment(await api.current_id())) == []
    assert differences(fixture("deployment_staged"), await api.deployment(await api.staged_id())) == []
    assert differences(fixture("deployment_preview"), await api.deployment(await api.preview_id())) == []


async def test_a_canceled_deployment_is_complete_but_was_never_ready(api: Api) -> None:
    canceled = await api.deployment((await api.deployments(state="CANCELED"))[0]["uid"])
    assert differences(fixture("deployment_canceled"), canceled) == [".ready is missing"]


async def test_domains_variables_and_aliases_are_complete(api: Api) -> None:
    assert differences(fixture("domains"), await api.get("/v9/projects/shop/domains")) == []
    assert differences(fixture("env"), await api.get("/v10/projects/shop/env")) == []
    promote = await api.get("/v1/projects/shop/promote/aliases")
    assert differences(fixture("promote_aliases"), promote) == []
    own = await api.get(f"/v2/deployments/{await api.current_id()}/aliases")
    assert differences(fixture("deployment_aliases"), own) == []
