"""Which events there are, what they say, and when."""

from typing import Any

import pytest

from tests.contract.platform.calling import Api
from tests.contract.platform.receiving import Receiver, deliveries, subscribe

COMMON = {"team", "user", "deployment", "links", "project", "plan", "regions"}
BUILD = [
    "deployment.created",
    "deployment.ready",
    "deployment.succeeded",
    "deployment.error",
    "deployment.canceled",
    "deployment.promoted",
    "deployment.rollback",
    "deployment.cleanup",
]


async def test_a_build_is_created_ready_succeeded_and_promoted(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, *BUILD)
    pushed = await api.push("docs", author="bob", message="Search")
    await deliveries(api, 4)
    assert sorted(receiver.types) == [
        "deployment.created",
        "deployment.promoted",
        "deployment.ready",
        "deployment.succeeded",
    ]
    full, project = await api.deployment(pushed), await api.project("docs")
    for event in receiver.events:
        payload = event["payload"]
        assert set(event) == {"id", "type", "createdAt", "region", "payload"}
        assert event["region"] == "iad1"
        assert payload["team"] == {"id": api.platform.team_id}
        assert payload["user"] == {"id": "usr_bob"}
        assert payload["deployment"] == {key: full[key] for key in ("id", "meta", "url", "name")}
        assert payload["links"]["deployment"] == full["inspectorUrl"]
        assert payload["project"] == {"id": project["id"]}
        assert (payload["plan"], payload["regions"]) == ("pro", ["iad1"])
    assert set(receiver.of("deployment.promoted")) == COMMON
    assert set(receiver.of("deployment.ready")) == {*COMMON, "target"}
    assert set(receiver.of("deployment.created")) == {*COMMON, "target", "alias"}
    assert receiver.of("deployment.succeeded")["target"] == "production"
    assert set(receiver.of("deployment.created")["alias"]) == {
        "docs.example.com",
        "docs-acme.vercel.app",
        "docs-git-main-acme.vercel.app",
    }


async def test_a_staged_build_is_not_promoted(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, *BUILD)
    await api.push("shop")
    await deliveries(api, 3)
    staged = receiver.of("deployment.created")
    assert staged["alias"] == ["shop-git-main-acme.vercel.app"]
    assert "deployment.promoted" not in receiver.types


async def test_a_failed_and_a_canceled_build_say_so(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "deployment.error", "deployment.canceled")
    failed = await api.push("shop", branch="broken", fails=True)
    await deliveries(api, 1)
    assert receiver.of("deployment.error")["deployment"]["id"] == failed
    assert receiver.of("deployment.error")["target"] is None
    slow = await api.push("shop", seconds=60, author="bob")
    await api.call("PATCH", f"/v12/deployments/{slow}/cancel")
    await deliveries(api, 2)
    canceled = receiver.of("deployment.canceled")
    assert canceled["deployment"]["id"] == slow
    assert canceled["user"] == {"id": "usr_ana"}, "she canceled bob's build"


async def test_a_promote_is_told_once_production_has_moved(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "deployment.promoted", "deployment.rollback")
    staged = await api.staged_id()
    await api.fault({"alias_job": {"project": "shop", "fails_for": "all"}})
    await api.promote(staged)
    await api.until_job("failed")
    assert (await api.get("/sandbox/deliveries"))["deliveries"] == []
    await api.promote(staged)
    await deliveries(api, 1)
    assert receiver.of("deployment.promoted")["deployment"]["id"] == staged
    assert receiver.of("deployment.promoted")["user"] == {"id": "usr_ana"}
    assert await api.current_id() == staged


async def test_a_rollback_is_told_when_it_is_accepted(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "deployment.promoted", "deployment.rollback")
    current, earlier = await api.current_id(), await api.earlier_id()
    await api.fault({"alias_job": {"project": "shop", "hangs": True}})
    assert (await api.roll_back(earlier)).status == 201
    await deliveries(api, 1)
    assert await api.current_id() == current, "traffic has not moved"
    (event,) = receiver.events
    assert event["region"] is None
    assert event["payload"] == {
        "team": {"id": api.platform.team_id},
        "user": {"id": "usr_ana"},
        "project": {"id": (await api.project())["id"]},
        "fromDeploymentId": current,
        "toDeploymentId": earlier,
    }


async def test_a_rollback_is_no_promotion_and_a_refused_one_is_nothing(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "deployment.promoted", "deployment.rollback")
    current, earlier = await api.current_id(), await api.earlier_id()
    assert (await api.roll_back(current)).status == 422
    await api.roll_back(earlier)
    await api.until_current(earlier)
    await deliveries(api, 1)
    assert receiver.types == ["deployment.rollback"]


async def test_what_is_deleted_is_cleaned_up(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "deployment.cleanup")
    staged = await api.staged_id()
    full = await api.deployment(staged)
    await api.call("DELETE", f"/v13/deployments/{staged}")
    await deliveries(api, 1)
    payload = receiver.of("deployment.cleanup")
    assert payload["deployment"] == {
        **{key: full[key] for key in ("id", "meta", "url", "name", "alias", "target", "regions")}
    }
    assert set(payload) == {"team", "user", "deployment", "project"}


async def test_a_renamed_project_says_what_it_was_called(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "project.renamed")
    await api.call("PATCH", "/v9/projects/docs", {"name": "docs"})
    await api.call("PATCH", "/v9/projects/docs", {"name": "handbook"})
    await deliveries(api, 1)
    payload = receiver.of("project.renamed")
    assert payload["project"] == {"id": (await api.project("handbook"))["id"], "name": "handbook"}
    assert payload["previousName"] == "docs"


async def test_a_project_is_created_and_removed(api: Api, receiver: Receiver) -> None:
    kinds = ("project.created", "project.removed", "deployment.cleanup", "project.env-variable.created")
    await subscribe(api, receiver.url, *kinds)
    variable = {"key": "A", "value": "b", "type": "plain", "target": ["production"]}
    order = {"name": "blog", "environmentVariables": [variable]}
    created = (await api.post("/v11/projects", order)).body
    await deliveries(api, 2)
    assert receiver.of("project.created") == {
        "team": {"id": api.platform.team_id},
        "user": {"id": "usr_ana"},
        "project": {"id": created["id"], "name": "blog"},
    }
    (env,) = (await api.get("/v9/projects/blog/env"))["envs"]
    assert receiver.of("project.env-variable.created")["envVarId"] == env["id"]
    pushed = await api.push("blog")
    await api.until_state(pushed, "READY")
    await api.call("DELETE", "/v9/projects/blog")
    await deliveries(api, 4)
    assert receiver.of("project.removed")["project"] == {"id": created["id"], "name": "blog"}
    assert receiver.of("deployment.cleanup")["deployment"]["id"] == pushed


async def test_domains_come_change_and_go(api: Api, receiver: Receiver) -> None:
    kinds = ["created", "updated", "deleted"]
    await subscribe(api, receiver.url, *(f"project.domain.{kind}" for kind in kinds))
    project, path = await api.project(), "/v9/projects/shop/domains"
    assert (await api.post("/v10/projects/shop/domains", {"name": "next.example.com"})).status == 200
    change = {"redirect": "shop.example.com", "redirectStatusCode": 308}
    assert (await api.call("PATCH", f"{path}/next.example.com", change)).status == 200
    assert (await api.call("DELETE", f"{path}/next.example.com", {})).status == 200
    await deliveries(api, 3)
    for kind in ("created", "deleted"):
        payload = receiver.of(f"project.domain.{kind}")
        assert set(payload) == {"team", "user", "project", "domain"}
        assert payload["project"] == {"id": project["id"]}
        assert payload["domain"] == {"name": "next.example.com"}
    updated = receiver.of("project.domain.updated")
    assert set(updated) == {"team", "user", "project", "previous", "next"}
    same = {"domain": "next.example.com", "gitBranch": None}
    assert updated["previous"] == {**same, "redirect": None, "redirectStatusCode": None}
    assert updated["next"] == {**same, **change}


async def test_variables_are_named_by_their_id_and_never_shown(api: Api, receiver: Receiver) -> None:
    kinds = ["created", "updated", "deleted"]
    await subscribe(api, receiver.url, *(f"project.env-variable.{kind}" for kind in kinds))
    project, path = await api.project(), "/v10/projects/shop/env"
    variable = {"key": "PASSWORD", "value": "hunter2", "type": "encrypted", "target": ["preview"]}
    created = (await api.post(path, variable)).body["created"]["id"]
    assert (await api.call("PATCH", f"{path}/{created}", {"value": "hunter3"})).status == 200
    assert (await api.call("DELETE", f"{path}/{created}")).status == 200
    await deliveries(api, 3)
    for kind in kinds:
        payload = receiver.of(f"project.env-variable.{kind}")
        assert set(payload) == {"team", "user", "projectId", "envVarId"}
        assert (payload["projectId"], payload["envVarId"]) == (project["id"], created)
    assert not any(b"hunter" in raw for _, raw in receiver.received)


@pytest.mark.parametrize("conclusion", ["succeeded", "failed"])
async def test_checks_decide_before_a_build_has_succeeded(
    api: Api, receiver: Receiver, conclusion: str
) -> None:
    await subscribe(
        api,
        receiver.url,
        "deployment.ready",
        "deployment.checks.succeeded",
        "deployment.checks.failed",
        "deployment.succeeded",
    )
    pushed = await api.push("shop", seconds=0.2)
    path = f"/v1/deployments/{pushed}/checks"
    check = (await api.post(path, {"name": "smoke", "blocking": True})).body["id"]
    await deliveries(api, 1)
    assert receiver.types == ["deployment.ready"]
    done = {"status": "completed", "conclusion": conclusion}
    assert (await api.call("PATCH", f"{path}/{check}", done)).status == 200
    expected = {"deployment.ready", f"deployment.checks.{conclusion}"}
    if conclusion == "succeeded":
        expected.add("deployment.succeeded")
    await deliveries(api, len(expected))
    assert set(receiver.types) == expected
    assert receiver.of(f"deployment.checks.{conclusion}")["deployment"]["id"] == pushed


async def test_only_the_projects_and_events_asked_for_are_told(api: Api, receiver: Receiver) -> None:
    docs = await api.project("docs")
    await subscribe(api, receiver.url, "deployment.created", projectIds=[docs["id"]])
    await api.push("shop")
    pushed = await api.push("docs")
    await api.until_state(pushed, "READY")
    sent = await deliveries(api, 1)
    assert [one["body"]["payload"]["deployment"]["id"] for one in sent] == [pushed]


async def test_a_webhook_hears_nothing_from_before_it_was(api: Api, receiver: Receiver) -> None:
    pushed = await api.push("shop")
    await api.until_state(pushed, "READY")
    await subscribe(api, receiver.url, *BUILD)
    later = await api.push("shop", branch="next")
    await deliveries(api, 3)
    assert {event["payload"]["deployment"]["id"] for event in receiver.events} == {later}


async def test_a_rolling_release_tells_each_of_its_steps(api: Api, receiver: Receiver) -> None:
    kinds = ["started", "approved", "completed", "aborted"]
    await subscribe(api, receiver.url, *(f"project.rolling-release.{kind}" for kind in kinds))
    project, staged = await api.project(), await api.staged_id()
    current = await api.current_id()
    base = f"/v1/projects/{project['id']}/rolling-release"
    stages = [{"targetPercentage": 10}, {"targetPercentage": 50}, {"targetPercentage": 100}]
    config = {"enabled": True, "advancementType": "manual-approval", "stages": stages}
    assert (await api.call("PATCH", f"{base}/config", config)).status == 200
    await api.promote(staged)
    approval = {"nextStageIndex": 1, "canaryDeploymentId": staged}
    assert (await api.post(f"{base}/approve-stage", approval)).status == 200
    assert (await api.post(f"{base}/complete", {"canaryDeploymentId": staged})).status == 200
    await api.until_current(staged)
    await deliveries(api, 3)
    told = [receiver.of(f"project.rolling-release.{kind}") for kind in kinds[:3]]
    for payload in told:
        assert payload["project"] == {"id": project["id"], "name": "shop"}
        assert payload["user"] == {"id": "usr_ana"}
        assert payload["rollingRelease"]["deploymentIds"] == [current, staged]
        assert payload["rollingRelease"]["ownerId"] == api.platform.team_id
    assert [_step(payload["rollingRelease"]) for payload in told] == [
        ("ACTIVE", 0, 10),
        ("ACTIVE", 1, 50),
        ("COMPLETE", 2, 100),
    ]
    assert told[0]["prevRollingRelease"] is None
    assert _step(told[1]["prevRollingRelease"]) == ("ACTIVE", 0, 10)
    assert told[2]["prevRollingRelease"]["state"] == "ACTIVE"
    other = await api.staged_id()
    await api.promote(other)
    assert (await api.roll_back(other)).status == 201
    await deliveries(api, 5)
    aborted = receiver.of("project.rolling-release.aborted")["rollingRelease"]
    assert (aborted["state"], aborted["default"]["targetDeploymentId"]) == ("ABORTED", other)


def _step(release: Any) -> tuple[str, int, float]:
    return release["state"], release["activeStageIndex"], release["default"]["targetPercentage"]


async def test_an_alert_is_told_to_those_who_listen(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "alerts.triggered")
    await subscribe(api, receiver.url, "deployment.promoted")
    project = await api.project("shop")
    await api.call("POST", "/sandbox/alert", {"project": "shop", "minutes": 5})
    asked = {"project": "shop", "type": "usage_anomaly", "title": "Much traffic"}
    await api.call("POST", "/sandbox/alert", asked)
    await deliveries(api, 2)
    first, second = (event["payload"] for event in receiver.events)
    assert receiver.types == ["alerts.triggered"] * 2
    assert (first["projectId"], first["team"]) == (project["id"], {"id": api.platform.team_id})
    (alert,) = first["alerts"]
    assert (alert["type"], alert["title"]) == ("error_anomaly", "Errors of shop are unusually high")
    assert alert["startedAt"].endswith("Z")
    assert (second["alerts"][0]["type"], second["alerts"][0]["title"]) == ("usage_anomaly", "Much traffic")
    answer = await api.call("POST", "/sandbox/alert", {"project": "nobody"})
    assert answer.status == 404
