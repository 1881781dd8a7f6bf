from typing import Any

import pytest

from tests.contract.platform.calling import Api
from tests.contract.platform.rollouts import (
    approve,
    begun,
    complete,
    document,
    enable,
    start,
)
from tests.contract.platform.test_shapes import differences, fixture


async def test_without_a_configuration_there_is_none(api: Api) -> None:
    assert await document(api) is None
    assert await api.get("/v1/projects/shop/rolling-release/config") == {"rollingRelease": None}
    assert (await api.project())["rollingRelease"] is None


async def test_a_configuration_is_kept_and_shown_in_minutes(api: Api) -> None:
    stages = [
        {"targetPercentage": 5, "duration": 5},
        {"targetPercentage": 25, "duration": 10, "linearShift": True},
        {"targetPercentage": 100},
    ]
    await enable(api, advancement="automatic", stages=stages, canaryResponseHeader=True)
    config = (await api.get("/v1/projects/shop/rolling-release/config"))["rollingRelease"]
    assert config == (await api.project())["rollingRelease"]
    assert config == {
        "target": "production",
        "canaryResponseHeader": True,
        "stages": [
            {"targetPercentage": 5, "requireApproval": False, "duration": 5},
            {"targetPercentage": 25, "requireApproval": False, "duration": 10, "linearShift": True},
            {"targetPercentage": 100, "requireApproval": False},
        ],
    }
    assert await document(api) is None


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
async def test_a_configuration_is_switched_off(api: Api, method: str) -> None:
    await enable(api)
    body = {"enabled": False} if method == "PATCH" else None
    answer = await api.call(method, "/v1/projects/shop/rolling-release/config", body)
    assert (answer.status, answer.body) == (200, {"rollingRelease": None})
    assert (await api.project())["rollingRelease"] is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"enabled": True},
        {"enabled": "yes", "stages": [{"targetPercentage": 10}, {"targetPercentage": 100}]},
        {"stages": []},
        {"stages": [{"targetPercentage": 100}]},
        {"stages": [{"targetPercentage": 10}, {"targetPercentage": 90}]},
        {"stages": [{"targetPercentage": 50}, {"targetPercentage": 50}, {"targetPercentage": 100}]},
        {"stages": [{"targetPercentage": 150}, {"targetPercentage": 100}]},
        {"stages": [{"targetPercentage": -1}, {"targetPercentage": 100}]},
        {"stages": [{"targetPercentage": 10, "duration": 0}, {"targetPercentage": 100}]},
        {"stages": [{"targetPercentage": 10, "surprise": 1}, {"targetPercentage": 100}]},
        {"advancementType": "automatic", "stages": [{"targetPercentage": 10}, {"targetPercentage": 100}]},
        {"advancementType": "sometimes", "stages": [{"targetPercentage": 10}, {"targetPercentage": 100}]},
        {"target": "preview", "stages": [{"targetPercentage": 10}, {"targetPercentage": 100}]},
    ],
    ids=str,
)
async def test_a_configuration_that_is_wrong_is_refused(api: Api, body: Any) -> None:
    answer = await api.call("PATCH", "/v1/projects/shop/rolling-release/config", body)
    assert (answer.status, answer.body["error"]["code"]) == (400, "bad_request")
    assert (await api.project())["rollingRelease"] is None


async def test_hobby_has_no_rolling_releases(api: Api) -> None:
    billing = "/v1/projects/shop/rolling-release/billing"
    assert (await api.get(billing))["reason"] == "unlimited_slots"
    await api.call("PUT", "/sandbox/plan", {"plan": "hobby"})
    assert (await api.get(billing))["availableSlots"] == 0
    assert (await api.get(billing))["reason"] == "plan_not_supported"
    body = {"stages": [{"targetPercentage": 10}, {"targetPercentage": 100}]}
    answer = await api.call("PATCH", "/v1/projects/shop/rolling-release/config", body)
    assert answer.status == 403


async def test_a_promote_starts_one_at_stage_0(api: Api) -> None:
    request = (await api.project())["lastAliasRequest"]
    current, canary = await begun(api)
    found = await document(api)
    assert differences(fixture("rolling_release")["rollingRelease"], found) == []
    assert (found["state"], found["advancementType"]) == ("ACTIVE", "manual-approval")
    assert (found["currentDeployment"]["id"], found["canaryDeployment"]["id"]) == (current, canary)
    assert (found["activeStage"]["index"], found["activeStage"]["targetPercentage"]) == (0, 10)
    assert (found["nextStage"]["index"], found["nextStage"]["targetPercentage"]) == (1, 50)
    assert [stage["isFinalStage"] for stage in found["stages"]] == [False, False, True]
    assert [stage["requireApproval"] for stage in found["stages"]] == [True, True, False]
    assert (await api.deployment(canary))["readySubstate"] == "ROLLING"
    project = await api.project()
    assert project["targets"]["production"]["id"] == current
    assert project["lastAliasRequest"] == request
    assert (await api.deployment("shop.example.com"))["id"] == current
    panel = await api.panel()
    assert next(one["state"] for one in panel["recent"] if one["id"] == canary) == "Canary"


async def test_a_stage_is_approved_and_the_last_moves_production(api: Api) -> None:
    current, canary = await begun(api)
    second = await approve(api, canary, 1)
    assert second.body["rollingRelease"]["activeStage"]["index"] == 1
    assert await api.current_id() == current
    final = await approve(api, canary, 2)
    assert final.body["rollingRelease"]["activeStage"]["isFinalStage"] is True
    assert final.body["rollingRelease"]["nextStage"] is None
    await api.until(lambda panel: panel["rollout"] is None)
    assert await api.current_id() == canary
    found = await document(api)
    assert (found["state"], found["activeStage"]["targetPercentage"]) == ("COMPLETE", 100)
    assert (await api.deployment(canary))["readySubstate"] == "PROMOTED"
    assert (await api.project())["autoAssignCustomDomains"] is True
    assert {one["deployment_id"] for one in (await api.panel())["domains"] if not one["git_branch"]} == {
        canary,
        None,
    }


async def test_an_approval_must_name_the_next_stage_and_the_canary(api: Api) -> None:
    current, canary = await begun(api)
    before = await document(api)
    for following in (0, 2, 3):
        assert (await approve(api, canary, following)).status == 400
    assert (await approve(api, current, 1)).status == 400
    assert (await approve(api, "dpl_nope", 1)).status == 404
    path = "/v1/projects/shop/rolling-release/approve-stage"
    body = {"activeStageIndex": 1, "nextStageIndex": 1, "canaryDeploymentId": canary}
    assert (await api.post(path, body)).status == 400
    assert (await api.post(path, {**body, "nextStageIndex": "1"})).status == 400
    assert (await api.post(path, {"canaryDeploymentId": canary})).status == 400
    assert await document(api) == before
    assert (await api.post(path, {**body, "activeStageIndex": 0})).status == 200


async def test_completing_moves_production_at_once(api: Api) -> None:
    _, canary = await begun(api)
    answer = await complete(api, canary)
    assert answer.body["rollingRelease"]["activeStage"]["isFinalStage"] is True
    await api.until_current(canary)
    assert (await document(api, state="COMPLETE"))["canaryDeployment"]["id"] == canary
    assert await document(api, state="ACTIVE") is None
    assert (await complete(api, canary)).status == 404


async def test_promoting_the_canary_completes(api: Api) -> None:
    _, canary = await begun(api)
    assert (await api.promote(canary)).status == 201
    request = await api.until_job("succeeded")
    assert request["toDeploymentId"] == canary
    assert (await document(api))["state"] == "COMPLETE"


async def test_a_promote_behind_an_active_one_is_queued_and_begins_when_it_is_complete(api: Api) -> None:
    _, canary = await begun(api)
    other = await api.earlier_id(back=2)
    answer = await api.promote(other)
    assert (answer.status, answer.body) == (202, "")
    assert (await document(api))["queuedDeploymentId"] == other
    await complete(api, canary)
    await api.until(lambda panel: panel["rollout"] is not None and panel["rollout"]["canary_id"] == other)
    found = await document(api)
    assert (found["state"], found["queuedDeploymentId"]) == ("ACTIVE", None)
    assert (found["currentDeployment"]["id"], found["canaryDeployment"]["id"]) == (canary, other)


async def test_what_is_queued_is_promoted_at_once_where_rolling_releases_were_switched_off(api: Api) -> None:
    _, canary = await begun(api)
    other = await api.earlier_id(back=2)
    await api.promote(other)
    await api.call("DELETE", "/v1/projects/shop/rolling-release/config")
    assert (await document(api))["state"] == "ACTIVE"
    await complete(api, canary)
    await api.until_current(other)


async def test_a_build_behind_an_active_one_is_queued(api: Api) -> None:
    await enable(api, "docs")
    first = await api.push("docs")
    await api.until(lambda panel: panel["rollout"] is not None, "docs")
    second = await api.push("docs")
    await api.until(lambda panel: panel["rollout"]["queued_id"] == second, "docs")
    assert (await document(api, "docs"))["canaryDeployment"]["id"] == first


async def test_promoting_current_is_refused_during_one_too(api: Api) -> None:
    current, _ = await begun(api)
    assert (await api.promote(current)).status == 409


async def test_stages_advance_by_time(api: Api) -> None:
    stages = [
        {"targetPercentage": 5, "duration": 1},
        {"targetPercentage": 50, "duration": 2},
        {"targetPercentage": 100},
    ]
    await enable(api, "docs", "automatic", stages)
    pushed = await api.push("docs")
    await api.until(lambda panel: panel["rollout"] is not None, "docs")
    seen = [stage["duration"] for stage in (await document(api, "docs"))["stages"]]
    assert seen == [60, 120, None]
    await api.until_current(pushed, "docs")
    found = await document(api, "docs")
    assert (found["state"], found["advancementType"]) == ("COMPLETE", "automatic")


async def test_an_automatic_stage_that_requires_approval_waits(api: Api) -> None:
    stages = [
        {"targetPercentage": 5, "duration": 1},
        {"targetPercentage": 50, "requireApproval": True},
        {"targetPercentage": 100},
    ]
    await enable(api, advancement="automatic", stages=stages)
    canary = await api.staged_id()
    await api.promote(canary)
    await api.until(lambda panel: panel["rollout"]["stage"] == 1)
    assert (await document(api))["stages"][1] == {
        "index": 1,
        "isFinalStage": False,
        "targetPercentage": 50,
        "requireApproval": True,
        "duration": None,
    }
    assert (await approve(api, canary, 2)).status == 200
    await api.until_current(canary)


@pytest.mark.parametrize("side", ["current", "canary"])
async def test_a_rollback_to_either_side_aborts(api: Api, side: str) -> None:
    current, canary = await begun(api)
    await api.promote(await api.earlier_id(back=2))
    answer = await api.roll_back(current if side == "current" else canary, description="too slow")
    assert answer.status == 201
    found = await document(api)
    assert (found["state"], found["queuedDeploymentId"]) == ("ABORTED", None)
    assert (found["activeStage"], found["nextStage"]) == (None, None)
    request = await api.until_job("succeeded")
    assert (request["type"], request["toDeploymentId"]) == ("rollback", current)
    project = await api.project()
    assert project["autoAssignCustomDomains"] is False
    assert project["rollbackDescription"]["description"] == "too slow"
    assert project["targets"]["production"]["id"] == current
    assert (await api.deployment(canary))["readySubstate"] == "STAGED"
    assert (await document(api, state="ABORTED"))["canaryDeployment"]["id"] == canary


async def test_a_rollback_further_back_aborts_too(api: Api) -> None:
    await begun(api)
    earlier = await api.earlier_id()
    assert (await api.roll_back(earlier)).status == 201
    await api.until_current(earlier)
    assert (await document(api))["state"] == "ABORTED"


async def test_an_aborted_canary_that_has_served_before_has_still_served(api: Api) -> None:
    await enable(api)
    current, earlier = await api.current_id(), await api.earlier_id()
    assert (await api.promote(earlier)).status == 201
    assert (await api.roll_back(current)).status == 201
    await api.until_job("succeeded")
    assert (await api.deployment(earlier))["readySubstate"] == "PROMOTED"
    assert (await api.roll_back(earlier)).status == 201


async def test_an_aborted_one_may_be_started_again(api: Api) -> None:
    current, canary = await begun(api)
    await api.roll_back(current)
    await api.until_job("succeeded")
    assert (await start(api, canary)).body["rollingRelease"]["state"] == "ACTIVE"


async def test_a_start_is_idempotent_for_its_canary(api: Api) -> None:
    await enable(api)
    canary = await api.staged_id()
    first = await start(api, canary)
    assert (first.status, first.body["rollingRelease"]["state"]) == (200, "ACTIVE")
    assert (await start(api, canary)).body == first.body
    other = await api.earlier_id(back=2)
    assert (await start(api, other)).status == 409
    assert await document(api) == first.body["rollingRelease"]


async def test_what_cannot_be_started(api: Api) -> None:
    assert (await start(api, await api.staged_id())).status == 400
    await enable(api)
    assert (await start(api, await api.current_id())).status == 409
    assert (await start(api, await api.preview_id())).status == 422
    assert (await start(api, "dpl_nope")).status == 404
    assert (await start(api, await api.current_id("docs"))).status == 404
    assert (await api.post("/v1/projects/shop/rolling-release/start", {})).status == 400
    assert await document(api) is None


async def test_a_change_of_configuration_leaves_what_is_under_way(api: Api) -> None:
    await begun(api)
    before = await document(api)
    await enable(api, stages=[{"targetPercentage": 1}, {"targetPercentage": 100}])
    assert await document(api) == before


async def test_switching_off_may_resolve_what_is_under_way(api: Api) -> None:
    _, canary = await begun(api)
    body = {"enabled": False, "disableRolloutAction": "complete"}
    await api.call("PATCH", "/v1/projects/shop/rolling-release/config", body)
    await api.until_current(canary)


async def test_a_canary_cannot_be_deleted(api: Api) -> None:
    _, canary = await begun(api)
    assert (await api.call("DELETE", f"/v13/deployments/{canary}")).status == 409


async def test_a_domain_that_fails_leaves_the_release_in_its_final_stage(api: Api) -> None:
    current, canary = await begun(api)
    await api.fault({"alias_job": {"project": "shop", "fails_for": ["eu.shop.example.com"]}})
    assert (await api.promote(canary)).status == 201
    await api.until_job("failed")
    found = await document(api)
    assert (found["state"], found["activeStage"]["isFinalStage"]) == ("ACTIVE", True)
    assert await api.current_id() == current
    assert (await complete(api, canary)).status == 200
    await api.until_current(canary)
    assert (await document(api))["state"] == "COMPLETE"
