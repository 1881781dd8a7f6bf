"""Checks hold the domains of a build back until they are completed."""

from typing import Any

from tests.contract.platform.calling import Api


async def registered(api: Api, *, blocking: bool = True) -> tuple[str, str]:
    """A production build of docs that takes its time, and a check on it."""
    pushed = await api.push("docs", seconds=0.3)
    body = {"name": "smoke", "blocking": blocking}
    answer = await api.post(f"/v1/deployments/{pushed}/checks", body)
    assert (answer.status, answer.body["status"]) == (200, "registered")
    return pushed, f"/v1/deployments/{pushed}/checks/{answer.body['id']}"


async def patch(api: Api, path: str, **change: Any) -> int:
    return (await api.call("PATCH", path, change)).status


async def test_a_blocking_check_holds_the_domains_back(api: Api) -> None:
    before = await api.current_id("docs")
    pushed, check = await registered(api)
    await api.until_state(pushed, "READY")
    waiting = await api.deployment(pushed)
    assert (waiting["checksState"], waiting["readySubstate"]) == ("registered", "STAGED")
    assert waiting["checks"]["deployment-alias"]["state"] == "pending"
    assert await patch(api, check, status="running") == 200
    assert (await api.deployment(pushed))["checksState"] == "running"
    assert await api.current_id("docs") == before
    assert await patch(api, check, status="completed", conclusion="succeeded") == 200
    await api.until_current(pushed, "docs")
    done = await api.deployment(pushed)
    assert (done["checksState"], done["checksConclusion"]) == ("completed", "succeeded")
    assert done["checks"]["deployment-alias"]["state"] == "succeeded"


async def test_a_blocking_check_that_fails_keeps_the_build_staged(api: Api) -> None:
    before = await api.current_id("docs")
    pushed, check = await registered(api)
    await api.until_state(pushed, "READY")
    assert await patch(api, check, status="completed", conclusion="failed") == 200
    revision = 0
    while (await api.deployment(pushed))["aliasError"] is None:
        revision = (await api.get("/sandbox/panel", since=str(revision), wait="1"))["revision"]
    failed = await api.deployment(pushed)
    assert (failed["checksConclusion"], failed["readySubstate"]) == ("failed", "STAGED")
    assert failed["checks"]["deployment-alias"]["state"] == "failed"
    assert await api.current_id("docs") == before


async def test_a_check_that_does_not_block_holds_nothing_back(api: Api) -> None:
    pushed, _ = await registered(api, blocking=False)
    await api.until_current(pushed, "docs")
    assert (await api.deployment(pushed))["checksState"] == "registered"


async def test_checks_are_listed_and_read(api: Api) -> None:
    pushed, check = await registered(api)
    listed = (await api.get(f"/v1/deployments/{pushed}/checks"))["checks"]
    assert [await api.get(check)] == listed
    assert (await api.call("GET", f"/v1/deployments/{pushed}/checks/check_nope")).status == 404


async def test_checks_that_are_wrong_are_refused(api: Api) -> None:
    ready = await api.current_id("docs")
    body = {"name": "smoke", "blocking": True}
    assert (await api.post(f"/v1/deployments/{ready}/checks", body)).status == 400
    pushed, check = await registered(api)
    for wrong in ({}, {"name": "x"}, {"name": "", "blocking": True}, {**body, "detailsUrl": "javascript:x"}):
        assert (await api.post(f"/v1/deployments/{pushed}/checks", wrong)).status == 400
    assert await patch(api, check, status="completed") == 400
    assert await patch(api, check, conclusion="failed") == 400
    assert await patch(api, check, status="completed", conclusion="skipped") == 200
    assert await patch(api, check, status="running") == 400
