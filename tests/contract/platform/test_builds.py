import asyncio
import json

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api

ORDER = ["QUEUED", "INITIALIZING", "BUILDING", "READY"]


async def test_a_build_is_queued_initializes_builds_and_gets_ready(api: Api) -> None:
    deployment_id = await api.push("docs", branch="fix/typo", seconds=0.1)
    seen: list[str] = []
    while "READY" not in seen:
        state = (await api.deployment(deployment_id))["readyState"]
        if state not in seen:
            seen.append(state)
        await asyncio.sleep(0.002)
    assert seen == [state for state in ORDER if state in seen]
    assert {"BUILDING", "READY"} <= set(seen)


async def test_a_create_answers_200_while_the_build_is_still_queued(api: Api) -> None:
    preview = await api.preview_id()
    answer = await api.post("/v13/deployments", {"deploymentId": preview, "name": "shop"}, forceNew="1")
    assert answer.status == 200
    assert answer.body["readyState"] == "QUEUED"
    assert answer.body["id"] != preview


async def test_a_push_on_another_branch_makes_a_preview(api: Api) -> None:
    deployment_id = await api.push(branch="feat/x", message="Try x", author="bob")
    deployment = await api.until_state(deployment_id, "READY")
    assert deployment["target"] is None
    assert "readySubstate" not in deployment
    assert deployment["meta"]["githubCommitRef"] == "feat/x"
    assert deployment["meta"]["githubCommitMessage"] == "Try x"
    assert deployment["meta"]["githubCommitAuthorName"] == "Bob Meyer"
    assert deployment["creator"]["username"] == "bob"
    assert len(deployment["meta"]["githubCommitSha"]) == 40


async def test_a_push_that_says_nothing_has_a_message_and_a_member_as_author(api: Api) -> None:
    deployment = await api.deployment(await api.push("docs"))
    assert deployment["meta"]["githubCommitMessage"]
    assert deployment["creator"]["username"] in {"bob", "cy", "dee", "emi"}


async def test_a_stranger_pushes_under_their_own_name(api: Api) -> None:
    deployment = await api.deployment(await api.push("docs", author="Zoë Ray"))
    assert deployment["meta"]["githubCommitAuthorName"] == "Zoë Ray"
    assert deployment["creator"]["username"] == "ana"


async def test_a_push_on_the_production_branch_stays_staged_without_auto_assignment(api: Api) -> None:
    before = await api.current_id()
    deployment_id = await api.push()
    deployment = await api.until_state(deployment_id, "READY")
    assert (deployment["target"], deployment["readySubstate"]) == ("production", "STAGED")
    assert deployment["aliasAssigned"] is True
    assert await api.current_id() == before


async def test_a_push_becomes_current_with_auto_assignment_and_records_no_request(api: Api) -> None:
    before = (await api.project("docs"))["lastAliasRequest"]
    deployment_id = await api.push("docs")
    panel = await api.until_current(deployment_id, "docs")
    assert {domain["deployment_id"] for domain in panel["domains"]} == {deployment_id}
    assert (await api.deployment(deployment_id))["readySubstate"] == "PROMOTED"
    project = await api.project("docs")
    assert project["autoAssignCustomDomains"] is True
    assert project["lastAliasRequest"] == before


async def test_a_push_after_a_rollback_stays_staged(api: Api) -> None:
    earlier = await api.earlier_id("docs")
    assert (await api.roll_back(earlier, "docs")).status == 201
    await api.until_current(earlier, "docs")
    deployment_id = await api.push("docs")
    await api.until_state(deployment_id, "READY")
    assert (await api.deployment(deployment_id))["readySubstate"] == "STAGED"
    assert await api.current_id("docs") == earlier


async def test_a_build_that_was_under_way_when_production_was_rolled_back_stays_staged(api: Api) -> None:
    deployment_id = await api.push("docs", seconds=0.3)
    earlier = await api.earlier_id("docs")
    await api.roll_back(earlier, "docs")
    await api.until_current(earlier, "docs")
    await api.until_state(deployment_id, "READY")
    await api.until(lambda panel: panel["recent"][0]["state"] == "Staged", "docs")
    assert await api.current_id("docs") == earlier


async def test_a_rebuild_of_a_preview_is_a_new_production_build_of_the_same_commit(api: Api) -> None:
    preview = await api.deployment(await api.preview_id("docs"))
    body = {
        "deploymentId": preview["id"],
        "name": "docs",
        "target": "production",
        "meta": {"action": "promote"},
    }
    created = (await api.post("/v13/deployments", body)).body
    assert created["target"] == "production"
    assert created["meta"]["action"] == "promote"
    assert created["meta"]["githubCommitSha"] == preview["meta"]["githubCommitSha"]
    await api.until_current(created["id"], "docs")


async def test_a_build_may_refuse_assignment_for_itself_alone(api: Api) -> None:
    before = await api.current_id("docs")
    body = {
        "name": "docs",
        "target": "production",
        "autoAssignCustomDomains": False,
        "gitSource": {"type": "github", "ref": "main"},
    }
    created = (await api.post("/v13/deployments", body)).body
    await api.until_state(created["id"], "READY")
    assert (await api.deployment(created["id"]))["readySubstate"] == "STAGED"
    assert await api.current_id("docs") == before
    assert (await api.project("docs"))["autoAssignCustomDomains"] is True


async def test_a_failing_build_says_why_and_moves_nothing(api: Api) -> None:
    before = await api.current_id("docs")
    deployment_id = await api.push("docs", fails=True)
    deployment = await api.until_state(deployment_id, "ERROR")
    assert deployment["errorMessage"] == 'Command "npm run build" exited with 1'
    assert deployment["errorStep"] == "buildStep"
    assert "readySubstate" not in deployment
    assert await api.current_id("docs") == before


async def test_a_build_fault_fails_the_next_build_only(api: Api) -> None:
    await api.fault({"build": {"project": "docs", "fails": True}})
    await api.until_state(await api.push("docs", branch="a"), "ERROR")
    await api.until_state(await api.push("docs", branch="a"), "READY")


async def test_a_build_that_hangs_can_be_canceled_once(api: Api) -> None:
    await api.fault({"build": {"project": "shop", "hangs": True}})
    deployment_id = await api.push()
    await api.until_state(deployment_id, "BUILDING")
    answer = await api.call("PATCH", f"/v12/deployments/{deployment_id}/cancel")
    assert answer.status == 200
    assert answer.body["readyState"] == "CANCELED"
    assert answer.body["canceledAt"] > 0
    again = await api.call("PATCH", f"/v12/deployments/{deployment_id}/cancel")
    assert again.status == 400
    assert "CANCELED" in again.message


async def test_a_branch_domain_follows_its_branch(api: Api) -> None:
    deployment_id = await api.push(branch="staging")
    await api.until_state(deployment_id, "READY")
    assert (await api.deployment("staging.shop.example.com"))["id"] == deployment_id
    assert (await api.deployment("shop-git-staging-acme.vercel.app"))["id"] == deployment_id


async def test_a_long_branch_name_still_makes_a_hostname(api: Api) -> None:
    branch = "feat/" + "very-long-" * 12 + "ümläut"
    deployment = await api.until_state(await api.push(branch=branch), "READY")
    label = deployment["automaticAliases"][0].removesuffix(".vercel.app")
    assert len(label) <= 63
    assert label.endswith("-acme")
    assert (await api.deployment(f"{label}.vercel.app"))["id"] == deployment["id"]


async def test_the_log_is_told_as_an_array_and_as_lines(api: Api) -> None:
    deployment_id = await api.push("docs", branch="x")
    await api.until_state(deployment_id, "READY")
    events = await api.get(f"/v3/deployments/{deployment_id}/events")
    assert events[-1]["text"] == "Deployment completed"
    backward = await api.get(f"/v3/deployments/{deployment_id}/events", direction="backward", limit="1")
    assert backward == [events[-1]]
    lines = await api.call("GET", f"/v3/now/deployments/{deployment_id}/events", format="lines")
    assert [json.loads(line)["payload"]["text"] for line in lines.body.splitlines()] == [
        event["text"] for event in events
    ]


async def test_a_follower_of_the_log_is_told_until_the_build_ends(api: Api) -> None:
    deployment_id = await api.push("docs", branch="x", seconds=0.1)
    answer = await api.call("GET", f"/v3/now/deployments/{deployment_id}/events", format="lines", follow="1")
    assert (await api.deployment(deployment_id))["readyState"] == "READY"
    assert json.loads(answer.body.splitlines()[-1])["text"] == "Deployment completed"


async def test_the_builds_of_a_deployment_tell_its_state(api: Api) -> None:
    current = await api.current_id()
    builds = (await api.get(f"/v11/deployments/{current}/builds"))["builds"]
    assert [(build["deploymentId"], build["readyState"]) for build in builds] == [(current, "READY")]


async def test_a_preview_can_be_deleted_and_is_gone(api: Api) -> None:
    preview = await api.preview_id()
    answer = await api.call("DELETE", f"/v13/deployments/{preview}")
    assert (answer.status, answer.body) == (200, {"uid": preview, "state": "DELETED"})
    assert (await api.call("GET", f"/v13/deployments/{preview}")).status == 404
    assert preview not in [one["uid"] for one in await api.deployments()]


async def test_a_deleted_deployment_is_no_longer_what_was_before(api: Api, platform: Platform) -> None:
    previous, older = await api.earlier_id("docs"), await api.earlier_id("docs", back=2)
    assert (await api.call("DELETE", f"/v13/deployments/{previous}")).status == 200
    project = platform.store.projects[(await api.project("docs"))["id"]]
    assert project.previous_id == older


async def test_what_serves_production_cannot_be_deleted(api: Api) -> None:
    current = await api.current_id()
    answer = await api.call("DELETE", f"/v13/deployments/{current}")
    assert answer.status == 409
    assert await api.current_id() == current


async def test_what_is_about_to_serve_production_cannot_be_deleted(api: Api) -> None:
    await api.fault({"alias_job": {"project": "shop", "hangs": True}})
    staged = await api.staged_id()
    await api.promote(staged)
    assert (await api.call("DELETE", f"/v13/deployments/{staged}")).status == 409
