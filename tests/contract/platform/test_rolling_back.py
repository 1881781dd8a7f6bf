from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api


async def test_a_rollback_moves_production_and_pins_it(api: Api) -> None:
    before, earlier = await api.current_id("docs"), await api.earlier_id("docs")
    answer = await api.roll_back(earlier, "docs", description="search is down")
    assert (answer.status, answer.body) == (201, "")
    await api.until_job("succeeded", "docs")
    project = await api.project("docs")
    assert project["targets"]["production"]["id"] == earlier
    assert project["autoAssignCustomDomains"] is False
    assert project["lastAliasRequest"]["type"] == "rollback"
    assert project["lastAliasRequest"]["fromDeploymentId"] == before
    told = project["rollbackDescription"]
    assert (told["userId"], told["username"], told["description"]) == ("usr_ana", "ana", "search is down")
    assert (await api.panel("docs"))["pinned"] is True


async def test_both_versions_of_the_rollback_path_work(api: Api) -> None:
    project, earlier = await api.project("docs"), await api.earlier_id("docs")
    answer = await api.call("POST", f"/v1/projects/{project['id']}/rollback/{earlier}")
    assert answer.status == 201
    await api.until_current(earlier, "docs")


async def test_the_rollback_target_shows_only_while_it_moves(api: Api) -> None:
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    await api.roll_back(await api.earlier_id("docs"), "docs")
    assert (await api.project("docs"))["lastRollbackTarget"] is not None
    staged = await api.earlier_id("docs", back=2)
    await api.promote(staged, "docs")
    await api.until_current(staged, "docs")
    assert (await api.project("docs"))["lastRollbackTarget"] is None


async def test_rolling_back_to_current_is_refused(api: Api) -> None:
    current = await api.current_id()
    answer = await api.roll_back(current)
    assert answer.status == 422
    assert "already the current production deployment" in answer.message


async def test_only_what_has_served_can_be_rolled_back_to(api: Api) -> None:
    assert (await api.roll_back(await api.staged_id())).status == 422
    assert (await api.roll_back(await api.preview_id())).status == 422
    failed = (await api.deployments(target="production", state="ERROR"))[0]["uid"]
    assert (await api.roll_back(failed)).status == 422


async def test_two_rollbacks_at_once_are_refused(api: Api) -> None:
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    assert (await api.roll_back(await api.earlier_id("docs"), "docs")).status == 201
    again = await api.roll_back(await api.earlier_id("docs", back=2), "docs")
    assert again.status == 409
    assert again.message == "You cannot run parallel roll backs on the same project"


async def test_hobby_goes_back_one_deployment_only(api: Api) -> None:
    await api.call("PUT", "/sandbox/plan", {"plan": "hobby"})
    previous, older = await api.earlier_id("docs"), await api.earlier_id("docs", back=2)
    answer = await api.roll_back(older, "docs")
    assert answer.status == 402
    assert answer.message == "To roll back further than the previous production deployment, upgrade to pro"
    candidates = {d["uid"] for d in await api.deployments("docs", rollbackCandidate="true")}
    assert candidates == {await api.current_id("docs"), previous}
    assert (await api.roll_back(previous, "docs")).status == 201


async def test_a_promote_undoes_a_rollback(api: Api) -> None:
    before, earlier = await api.current_id("docs"), await api.earlier_id("docs")
    await api.roll_back(earlier, "docs", description="oops")
    await api.until_current(earlier, "docs")
    assert (await api.promote(before, "docs")).status == 201
    await api.until_current(before, "docs")
    project = await api.project("docs")
    assert project["autoAssignCustomDomains"] is True
    assert "rollbackDescription" not in project
    assert (await api.panel("docs"))["pinned"] is False


async def test_the_previous_deployment_after_a_rollback_is_the_one_rolled_back_from(
    api: Api, platform: Platform
) -> None:
    before, earlier = await api.current_id("docs"), await api.earlier_id("docs")
    await api.roll_back(earlier, "docs")
    await api.until_current(earlier, "docs")
    project = platform.store.projects[(await api.project("docs"))["id"]]
    assert (project.current_id, project.previous_id) == (earlier, before)


async def test_a_description_is_at_most_250_characters(api: Api) -> None:
    earlier = await api.earlier_id("docs")
    assert (await api.roll_back(earlier, "docs", description="x" * 251)).status == 400
    assert await api.current_id("docs") != earlier
    assert (await api.roll_back(earlier, "docs", description="x" * 250)).status == 201


async def test_a_rollback_stops_the_assignment_of_a_new_build(api: Api) -> None:
    await api.fault({"alias_job": {"project": "docs", "hangs": True}})
    pushed = await api.push("docs")
    await api.until_state(pushed, "READY")
    earlier = await api.earlier_id("docs")
    assert (await api.roll_back(earlier, "docs")).status == 201
    await api.until_current(earlier, "docs")
    assert (await api.deployment(pushed))["readySubstate"] == "STAGED"


async def test_a_rollback_lists_its_domains_in_either_form(api: Api) -> None:
    previous = await api.earlier_id()
    assert (await api.call("GET", "/v1/projects/shop/rollback/aliases")).status == 404
    assert (await api.roll_back(previous)).status == 201
    await api.until_job("succeeded")
    panel = await api.panel()
    domains = {one["name"] for one in panel["domains"] if one["deployment_id"] == previous}
    first = (await api.get("/v1/projects/shop/rollback/aliases"))["aliases"]
    assert {one["alias"] for one in first} == domains
    assert {one["status"] for one in first} == {"completed"}
    nested = (await api.get("/v9/projects/shop/rollback/aliases"))["aliases"]
    assert [one["alias"] for one in nested] == [
        {"alias": one["alias"], "deploymentId": previous} for one in first
    ]
