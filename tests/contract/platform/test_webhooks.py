from typing import Any

import pytest

from chatbot.sandbox.vercel.webhooks.catalogue import EVENTS, RETIRED
from tests.contract.platform.calling import Api
from tests.contract.platform.receiving import subscribe
from tests.contract.platform.test_shapes import differences, fixture

URL = "http://127.0.0.1:9/hook"
PROMOTED = "deployment.promoted"


async def test_the_secret_is_shown_once(api: Api) -> None:
    created = (await subscribe(api, URL, PROMOTED, "deployment.rollback")).body
    assert len(created.pop("secret")) >= 20
    assert await api.get(f"/v1/webhooks/{created['id']}") == created
    (listed,) = await api.get("/v1/webhooks")
    assert listed == {**created, "projectsMetadata": None}
    assert created["ownerId"] == api.platform.team_id
    assert created["createdAt"] == created["updatedAt"]


async def test_webhooks_are_complete(api: Api) -> None:
    project = await api.project()
    created = await subscribe(api, URL, PROMOTED, projectIds=[project["id"]])
    assert differences(fixture("webhook_created"), created.body) == []
    listed = await api.get("/v1/webhooks")
    assert differences(fixture("webhooks"), listed) == []
    assert listed[0]["projectsMetadata"] == [
        {"id": project["id"], "name": "shop", "framework": project["framework"]}
    ]


async def test_a_webhook_can_be_deleted(api: Api) -> None:
    first = (await subscribe(api, URL, PROMOTED)).body["id"]
    second = (await subscribe(api, URL, PROMOTED)).body["id"]
    answer = await api.call("DELETE", f"/v1/webhooks/{first}")
    assert (answer.status, answer.body) == (204, "")
    assert [hook["id"] for hook in await api.get("/v1/webhooks")] == [second]
    for method in ("GET", "DELETE"):
        assert (await api.call(method, f"/v1/webhooks/{first}")).status == 404


async def test_webhooks_are_listed_by_project(api: Api) -> None:
    shop, docs = await api.project("shop"), await api.project("docs")
    of_shop = (await subscribe(api, URL, PROMOTED, projectIds=[shop["id"]])).body["id"]
    await subscribe(api, URL, PROMOTED, projectIds=[docs["id"]])
    await subscribe(api, URL, PROMOTED)
    assert [hook["id"] for hook in await api.get("/v1/webhooks", projectId=shop["id"])] == [of_shop]


async def test_a_team_has_at_most_twenty(api: Api) -> None:
    for _ in range(20):
        await subscribe(api, URL, PROMOTED)
    answer = await api.post("/v1/webhooks", {"url": URL, "events": [PROMOTED]})
    assert answer.status == 400
    assert "at most 20" in answer.message
    hooks = await api.get("/v1/webhooks")
    assert len(hooks) == 20
    await api.call("DELETE", f"/v1/webhooks/{hooks[0]['id']}")
    await subscribe(api, URL, PROMOTED)


async def test_every_event_of_the_official_client_can_be_asked_for(api: Api) -> None:
    created = await subscribe(api, URL, *sorted(EVENTS))
    assert set(created.body["events"]) == EVENTS
    assert len(EVENTS) + len(RETIRED) == 112


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"events": ["deployment.exploded"]}, "no event deployment.exploded"),
        ({"events": ["deployment-ready"]}, "retired event"),
        ({"events": []}, "events"),
        ({"events": "deployment.created"}, "events"),
        ({"events": None}, "events"),
        ({"url": "ftp://127.0.0.1/x"}, "url"),
        ({"url": "http://"}, "not an address"),
        ({"url": "http://[::1"}, "not an address"),
        ({"url": "http://127.0.0.1:99999/"}, "not an address"),
        ({"url": "https://bot.example.com/hook"}, "loopback"),
        ({"url": "http://127.0.0.1@bot.example.com/"}, "loopback"),
        ({"url": "http://10.0.0.1/"}, "loopback"),
        ({"url": "http://localhost.example.com/"}, "loopback"),
        ({"url": f"http://127.0.0.1/{'x' * 3000}"}, "url"),
        ({"projectIds": []}, "projectIds"),
        ({"projectIds": [7]}, "projectIds"),
        ({"secret": "mine"}, "additional property"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused(api: Api, change: Any, complaint: str) -> None:
    answer = await api.post("/v1/webhooks", {"url": URL, "events": [PROMOTED], **change})
    assert answer.status == 400
    assert complaint in answer.message
    assert await api.get("/v1/webhooks") == []


@pytest.mark.parametrize("url", ["http://localhost:9/x", "https://127.0.0.1/x", "http://[::1]:9/x"])
async def test_every_way_to_this_machine_will_do(api: Api, url: str) -> None:
    assert (await subscribe(api, url, PROMOTED)).body["url"] == url


async def test_an_unknown_project_is_refused(api: Api) -> None:
    for name in ("prj_nope", "shop"):  # its name is not its id
        answer = await api.post("/v1/webhooks", {"url": URL, "events": [PROMOTED], "projectIds": [name]})
        assert answer.status == 404
    assert (await api.call("GET", "/v1/webhooks", projectId="prj_nope")).status == 404


async def test_webhooks_are_for_paying_teams_and_for_who_may_write(api: Api, viewer: Api) -> None:
    order = {"url": URL, "events": [PROMOTED]}
    hook = (await subscribe(api, URL, PROMOTED)).body["id"]
    assert (await viewer.post("/v1/webhooks", order)).status == 403
    assert (await viewer.call("DELETE", f"/v1/webhooks/{hook}")).status == 403
    assert [one["id"] for one in await viewer.get("/v1/webhooks")] == [hook]
    await api.call("PUT", "/sandbox/plan", {"plan": "hobby"})
    assert (await api.post("/v1/webhooks", order)).status == 403
    api.scope = {}
    assert (await api.post("/v1/webhooks", order)).status == 403
    assert await api.get("/v1/webhooks") == []
    assert (await api.call("GET", f"/v1/webhooks/{hook}")).status == 404
