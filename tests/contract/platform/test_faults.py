import asyncio
import json
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api

LOST = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)
PROMOTE = {"method": "POST", "path": "/promote/"}


async def test_a_status_fault_is_not_applied_and_happens_once(api: Api) -> None:
    before, staged = await api.project(), await api.staged_id()
    await api.fault({**PROMOTE, "status": 503, "retry_after": 2})
    answer = await api.promote(staged)
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.body["error"]["code"] == "service_unavailable"
    assert await api.project() == before
    assert (await api.promote(staged)).status == 201


async def test_a_status_fault_may_be_applied(api: Api) -> None:
    staged = await api.staged_id()
    await api.fault({**PROMOTE, "status": 500, "applied": True})
    assert (await api.promote(staged)).status == 500
    await api.until_current(staged)


async def test_a_rate_limit_has_its_headers_and_body(api: Api) -> None:
    await api.fault({"path": "^/v2/user$", "status": 429, "retry_after": 7})
    answer = await api.call("GET", "/v2/user")
    assert answer.headers["Retry-After"] == "7"
    assert answer.headers["X-RateLimit-Remaining"] == "0"
    assert int(answer.headers["X-RateLimit-Reset"]) * 1000 <= answer.body["error"]["limit"]["resetMs"]
    assert answer.body["error"]["code"] == "rate_limited"


async def test_an_answer_from_elsewhere_knows_no_rate_limit(api: Api) -> None:
    await api.fault({"path": "/v2/user", "status": 429}, {"path": "/v2/user", "status": 502})
    for status in (429, 502):
        answer = await api.call("GET", "/v2/user")
        assert answer.status == status
        assert not {"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Reset"} & set(answer.headers)


async def test_a_fault_may_happen_every_time_until_it_is_cleared(api: Api) -> None:
    await api.fault({"path": "/v2/user", "status": 500, "times": -1})
    assert [(await api.call("GET", "/v2/user")).status for _ in range(3)] == [500, 500, 500]
    assert len((await api.get("/sandbox/faults"))["faults"]) == 1
    await api.call("DELETE", "/sandbox/faults")
    assert (await api.call("GET", "/v2/user")).status == 200


async def test_faults_that_are_used_up_are_not_listed(api: Api) -> None:
    fault = {"path": "/v2/user", "method": "GET", "status": 500, "times": 2}
    await api.fault(fault, {"alias_job": {"project": "shop", "skipped": True}})
    await api.call("GET", "/v2/user")
    listed = (await api.get("/sandbox/faults"))["faults"]
    assert listed == [{**fault, "times": 1}, {"alias_job": {"project": "shop", "skipped": True}}]
    await api.call("GET", "/v2/user")
    assert [one for one in (await api.get("/sandbox/faults"))["faults"] if "path" in one] == []


async def test_a_fault_meets_only_its_method_and_path(api: Api) -> None:
    await api.fault({"method": "POST", "path": "^/v9/projects", "status": 500})
    assert (await api.call("GET", "/v9/projects/shop")).status == 200
    assert (await api.call("POST", "/v13/deployments", {})).status == 400


@pytest.mark.parametrize(("cut", "is_applied"), [("before", False), ("after", True)])
async def test_a_cut_connection_answers_nothing(api: Api, cut: str, is_applied: bool) -> None:
    before, staged, project = await api.current_id(), await api.staged_id(), await api.project()
    await api.fault({**PROMOTE, "cut": cut})
    with pytest.raises(LOST):
        await api.post(f"/v10/projects/{project['id']}/promote/{staged}")
    if is_applied:
        await api.until_current(staged)
    else:
        assert (await api.project())["lastAliasRequest"] == project["lastAliasRequest"]
        assert await api.current_id() == before
    noted = (await api.get("/sandbox/requests"))["requests"]
    assert [entry["status"] for entry in noted if entry["method"] == "POST"] == [None]


async def test_half_a_body_is_announced_whole(api: Api) -> None:
    await api.fault({"path": "^/v9/projects/shop$", "half": True})
    with pytest.raises(aiohttp.ClientPayloadError):
        await api.project()
    assert (await api.project())["name"] == "shop"


async def test_a_body_may_drip_byte_by_byte(api: Api, platform: Platform) -> None:
    expected = await api.get("/v2/user")
    await api.fault({"path": "^/v2/user$", "drip": 0.0001})
    url, headers = platform.url + "/v2/user", {"Authorization": f"Bearer {api.token}"}
    async with api.session.get(url, headers=headers) as response:
        chunks = [chunk async for chunk in response.content.iter_any()]
        assert int(response.headers["Content-Length"]) == sum(map(len, chunks))
    assert len(chunks) > 20
    assert json.loads(b"".join(chunks)) == expected


async def test_an_answer_may_come_twice(platform: Platform) -> None:
    async with aiohttp.ClientSession() as session:
        api = Api(session, platform)
        await api.fault({"path": "^/v2/user$", "twice": 0.0})
        reader, writer = await asyncio.open_connection("127.0.0.1", int(platform.url.rpartition(":")[2]))
        writer.write(
            f"GET /v2/user HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.token}\r\n\r\n".encode()
        )
        answers = []
        for _ in range(2):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = int(head.lower().split("content-length: ")[1].split("\r")[0])
            answers.append((head, await reader.readexactly(length)))
        writer.close()
        assert answers[0] == answers[1]
        assert json.loads(answers[0][1]) == await api.get("/v2/user")


async def test_a_client_that_gives_up_on_a_drip_harms_nobody(api: Api, platform: Platform) -> None:
    await api.fault({"path": "^/v2/user$", "drip": 1})
    with pytest.raises(TimeoutError):
        async with api.session.get(
            platform.url + "/v2/user",
            headers={"Authorization": f"Bearer {api.token}"},
            timeout=aiohttp.ClientTimeout(total=0.05),
        ) as response:
            await response.read()
    assert (await api.call("GET", "/v2/user")).status == 200


async def test_an_answer_without_a_body_cannot_be_halved_only_cut(api: Api) -> None:
    staged, project = await api.staged_id(), await api.project()
    await api.fault({**PROMOTE, "half": True})
    with pytest.raises(LOST):
        await api.post(f"/v10/projects/{project['id']}/promote/{staged}")
    await api.until_current(staged)


@pytest.mark.parametrize("status", [200, 502])
async def test_a_body_may_be_no_json_at_all(api: Api, status: int) -> None:
    await api.fault({"path": "/v9/projects", "body": "<html>Bad gateway</html>", "status": status})
    answer = await api.call("GET", "/v9/projects/shop")
    assert (answer.status, answer.body) == (status, "<html>Bad gateway</html>")
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_a_body_may_be_json_of_another_shape(api: Api) -> None:
    await api.fault({"path": "/v9/projects", "body": {"surprise": []}})
    assert await api.get("/v9/projects/shop") == {"surprise": []}


async def test_the_true_body_may_be_mislabelled(api: Api) -> None:
    await api.fault({"path": "/v9/projects", "content_type": "text/plain"})
    answer = await api.call("GET", "/v9/projects/shop")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.body.startswith('{"id": "prj_')


async def test_a_delayed_request_is_answered_as_usual_in_the_end(api: Api, platform: Platform) -> None:
    await api.fault({"path": "/v2/user", "delay": 0.3})
    with pytest.raises(TimeoutError):
        async with api.session.get(
            platform.url + "/v2/user",
            headers={"Authorization": "Bearer tok_local"},
            timeout=aiohttp.ClientTimeout(total=0.05),
        ):
            pass
    await api.fault({"path": "/v2/user", "delay": 0.01})
    assert (await api.call("GET", "/v2/user")).status == 200


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("nonsense", "object"),
        ({"path": "(", "status": 500}, "regular expression"),
        ({"path": "/x"}, "goes wrong"),
        ({"path": "/x", "status": "500"}, "status"),
        ({"path": "/x", "status": 99}, "status"),
        ({"path": "/x", "status": 500, "times": 0}, "0 times"),
        ({"path": "/x", "status": 500, "sometimes": 1}, "sometimes"),
        ({"alias_job": {"project": "nope", "skipped": True}}, "no project nope"),
        ({"alias_job": {"project": "shop", "fails_for": ["www.shop.example.com"]}}, "it moves checkout"),
        ({"alias_job": []}, "valid"),
        ({"path": "/x", "half": True, "drip": 1}, "either halved"),
        ({"build": {"project": "shop", "explodes": True}}, "explodes"),
    ],
)
async def test_a_fault_that_could_not_happen_is_refused(api: Api, written: Any, complaint: str) -> None:
    answer = await api.call("POST", "/sandbox/faults", [{"path": "/fine", "status": 500}, written])
    assert answer.status == 400
    assert complaint in answer.message
    assert (await api.get("/sandbox/faults"))["faults"] == []


async def test_requests_are_noted_with_what_they_said(api: Api) -> None:
    staged = await api.staged_id()
    await api.call("DELETE", "/sandbox/requests")
    await api.call("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": True})
    api.token = None
    await api.call("GET", f"/v13/deployments/{staged}", withGitRepoInfo="true")
    patched, read = (await api.get("/sandbox/requests"))["requests"]
    assert (patched["method"], patched["path"], patched["status"]) == ("PATCH", "/v9/projects/shop", 200)
    assert patched["body"] == {"autoAssignCustomDomains": True}
    assert (read["method"], read["status"], read["body"]) == ("GET", 401, None)
    assert read["query"] == {**api.scope, "withGitRepoInfo": "true"}
    assert patched["at"] <= patched["answered_at"] <= read["at"] <= read["answered_at"]


async def test_the_sandbox_itself_is_neither_noted_nor_harmed(api: Api) -> None:
    await api.fault({"path": ".*", "status": 500, "times": -1})
    assert (await api.call("GET", "/sandbox/panel")).status == 200
    assert (await api.get("/sandbox/requests"))["requests"] == []


async def test_a_single_site_may_go_wrong(api: Api) -> None:
    await api.fault({"path": "^/sites/eu.shop", "status": 502, "times": -1})
    assert (await api.call("GET", "/sites/eu.shop.example.com/")).status == 502
    assert (await api.call("GET", "/sites/shop.example.com/")).status == 200
    assert (await api.get("/sandbox/requests"))["requests"] == []
