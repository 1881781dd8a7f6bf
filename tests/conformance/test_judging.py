"""The judge notices what is wrong: each test takes a good answer and spoils it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.judging import Judge
from tests.conformance.official import VARIABLE, Official, plain
from tests.conformance.samples import Sample

FIXTURES = Path(__file__).parent.parent / "contract" / "vercel-fixtures"
JSON = "application/json"
USER = {"id": "usr_1", "name": "Ana", "role": "OWNER"}
ERROR = {"error": {"code": "bad_request", "message": "no"}}


def verdict(
    official: Official | None, call: str, body: Any, status: int = 200, media: str | None = JSON
) -> str:
    return "\n".join(Judge(official).violations([Sample(call, status, media, body)]))


def test_a_complete_answer_is_none(official: Official) -> None:
    assert verdict(official, "GET /v2/user", USER) == ""
    assert verdict(official, "GET /v2/user", {**USER, "description": "d", "unheard": 1}) == ""


@pytest.mark.parametrize("key", USER)
def test_a_required_field_that_is_missing_is_a_violation(official: Official, key: str) -> None:
    spoiled = {name: value for name, value in USER.items() if name != key}
    assert f"'{key}' is a required property" in verdict(official, "GET /v2/user", spoiled)
    assert f"'{key}' is a required property" in verdict(official, "GET /v1/users", {"users": [USER, spoiled]})


def test_a_value_of_another_type_is_a_violation(official: Official) -> None:
    assert ".id: 1 is not of type 'string'" in verdict(official, "GET /v2/user", {**USER, "id": 1})
    assert ".description" in verdict(official, "GET /v2/user", {**USER, "description": 1})


def test_a_value_outside_an_enumeration_is_a_violation_and_null_only_where_it_is_nullable(
    official: Official,
) -> None:
    assert "'VIEWER' is not one of" in verdict(official, "GET /v2/user", {**USER, "role": "VIEWER"})
    assert verdict(official, "GET /v2/user", {**USER, "role": None, "name": None}) == ""
    assert ".id" in verdict(official, "GET /v2/user", {**USER, "id": None})


def test_newer_values_are_known_by_the_enumeration_that_they_extend() -> None:
    assert "deployment.rollback" in plain({"enum": ["deployment.promoted"]})["enum"]
    assert plain({"enum": ["READY"]})["enum"] == ["READY"]


def test_a_member_is_owed_the_complete_form(official: Official) -> None:
    call = "GET /v13/deployments/{deployment}"
    assert verdict(official, call, USER) == ""
    assert "required property" in verdict(official, call, {"id": "dpl_1"})


def test_a_body_where_none_is_declared_is_a_violation_and_so_is_its_absence(official: Official) -> None:
    promote = "POST /v10/projects/{project}/promote/{deployment}"
    assert verdict(official, promote, None, 201, None) == ""
    assert "[]" in verdict(official, promote, {}, 201)
    assert "None where" in verdict(official, "GET /v2/user", None, 200, None)
    assert "text/plain where" in verdict(official, "GET /v2/user", "ana", 200, "text/plain")


def test_an_undeclared_status_is_a_violation_unless_it_is_listed(official: Official) -> None:
    assert "not declared" in verdict(official, "GET /v2/user", USER, 203)
    assert "neither declared nor listed" in verdict(official, "GET /v2/user", ERROR, 418)
    assert "neither declared nor listed" in verdict(official, "GET /v2/user", ERROR, 422)
    promote = "POST /v10/projects/{project}/promote/{deployment}"
    judge = Judge(official)
    assert judge.violations([Sample(promote, 422, JSON, ERROR)]) == []
    assert [one.call for one in judge.allowances] == ["POST /v10/projects/{}/promote/{}"]


@pytest.mark.parametrize("status", [500, 502, 503])
def test_that_the_platform_breaks_is_a_violation_whatever_is_declared(
    official: Official, status: int
) -> None:
    official.operations["GET /v2/user"][str(status)] = {"description": ""}
    for source in (official, None):
        assert "the platform broke" in verdict(source, "GET /v2/user", ERROR, status)


def test_a_bare_object_is_no_way_out_of_a_union(official: Official) -> None:
    call = "GET /v1/projects/{project}/promote/aliases"
    assert verdict(official, call, {"aliases": []}) == ""
    assert ".aliases: 5 is not of type 'array'" in verdict(official, call, {"aliases": 5})
    assert "'aliases' is a required property" in verdict(official, call, {})
    bare = {"oneOf": [{"type": "object"}, {"type": "string"}]}
    assert plain(bare) == {"anyOf": bare["oneOf"]}


def test_what_is_only_nullable_is_null(official: Official) -> None:
    call = "DELETE /v1/projects/{project}/rolling-release/config"
    assert verdict(official, call, {"rollingRelease": None}) == ""
    assert ".rollingRelease" in verdict(official, call, {"rollingRelease": {"stages": "x"}})


@pytest.mark.parametrize("body", [{}, {"error": {"code": "x"}}, {"error": "x"}, {"message": "x"}, None])
def test_every_refusal_has_the_documented_error_body(official: Official, body: Any) -> None:
    assert verdict(official, "GET /v2/user", ERROR, 400) == ""
    assert verdict(official, "GET /v2/user", body, 400) != ""
    assert verdict(None, "GET /v2/user", body, 400) != ""


def test_an_endpoint_of_which_nothing_is_known_is_a_violation(official: Official) -> None:
    assert "no schema says" in verdict(official, "GET /v1/surprise", {})


def test_newer_endpoints_follow_the_shapes_of_the_official_clients() -> None:
    call = "DELETE /v13/deployments/{deployment}"
    assert verdict(None, call, {"uid": "dpl_1", "state": "DELETED"}) == ""
    assert "'uid' is a required property" in verdict(None, call, {"state": "DELETED"})
    assert "'GONE' is not one of" in verdict(None, call, {"uid": "dpl_1", "state": "GONE"})
    rollback = "POST /v9/projects/{project}/rollback/{deployment}"
    assert verdict(None, rollback, None, 201, None) == ""
    assert "not that of CLI rollback" in verdict(None, rollback, None, 200, None)
    assert "not as in CLI rollback" in verdict(None, rollback, {}, 201)


def test_without_the_official_file_the_rest_counts_as_unchecked() -> None:
    judge = Judge(None)
    assert judge.violations([Sample("GET /v2/user", 200, JSON, {})]) == []
    assert judge.unchecked == 1


REQUIRED: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "user": ("GET /v2/user", ("user", "id")),
    "team": ("GET /v2/teams/{}", ("slug",)),
    "project": ("GET /v9/projects/{}", ("targets", "production", "plan")),
    "projects": ("GET /v10/projects", ("projects", 0, "accountId")),
    "deployments": ("GET /v6/deployments", ("deployments", 0, "uid")),
    "deployment_current": ("GET /v13/deployments/{}", ("readyState",)),
    "deployment_canceled": ("PATCH /v12/deployments/{}/cancel", ("ownerId",)),
    "domains": ("GET /v9/projects/{}/domains", ("domains", 0, "verified")),
    "env": ("GET /v10/projects/{}/env", ("envs", 0, "key")),
    "rolling_release": ("GET /v1/projects/{}/rolling-release", ("rollingRelease", "queuedDeploymentId")),
}
"""Of each worked body: the operation, and the way to a field that the official file requires."""


@pytest.mark.skipif(VARIABLE not in os.environ, reason=f"${VARIABLE} names no folder with the official file")
@pytest.mark.parametrize("name", REQUIRED)
def test_without_a_field_that_the_official_file_requires_a_good_body_is_a_violation(name: str) -> None:
    official, (call, (*way, key)) = Official.of_environment(), REQUIRED[name]
    body = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    assert verdict(official, call, body) == ""
    holder = body
    for step in way:
        holder = holder[step]
    del holder[key]
    assert f"'{key}' is a required property" in verdict(official, call, body)


_ROLLOUT_CONFIG = "/v1/projects/{}/rolling-release/config"
_STAGES = [{"targetPercentage": 10, "requireApproval": True}, {"targetPercentage": 100}]
UNIONS: dict[str, tuple[str, Any, Any]] = {
    "aliases": (
        "GET /v1/projects/{}/promote/aliases",
        {"aliases": [], "pagination": {"count": 0, "next": None, "prev": None}},
        {"aliases": 5},
    ),
    "config": (
        f"PATCH {_ROLLOUT_CONFIG}",
        {"rollingRelease": {"target": "production", "stages": _STAGES}},
        {"rollingRelease": {"stages": "x"}},
    ),
    "no config": (
        f"DELETE {_ROLLOUT_CONFIG}",
        {"rollingRelease": None},
        {"rollingRelease": {"stages": "x"}},
    ),
}
"""Where the official file offers a free alternative: the operation, a good body and a wrong one."""


@pytest.mark.skipif(VARIABLE not in os.environ, reason=f"${VARIABLE} names no folder with the official file")
@pytest.mark.parametrize("name", UNIONS)
def test_a_free_alternative_of_the_official_file_does_not_let_a_wrong_body_pass(name: str) -> None:
    official, (call, good, wrong) = Official.of_environment(), UNIONS[name]
    assert verdict(official, call, good) == ""
    assert verdict(official, call, wrong) != ""
