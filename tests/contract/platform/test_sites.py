import asyncio

import pytest

from chatbot.sandbox.vercel import Platform
from tests.contract.platform.calling import Api


@pytest.fixture(autouse=True)
def nobody(api: Api) -> None:
    """Visitors have no token."""
    api.scope = {}


async def test_a_production_domain_says_which_deployment_serves_it(api: Api) -> None:
    panel = await api.panel()
    answer = await api.call("GET", "/sites/shop.example.com/")
    assert answer.status == 200
    assert answer.headers["X-Served-By"] == panel["current"]["id"]
    assert answer.headers["Content-Type"].startswith("text/html")
    for said in (panel["current"]["id"], panel["current"]["sha"], panel["current"]["message"]):
        assert said in answer.body


async def test_every_path_below_a_domain_is_served(api: Api) -> None:
    for path in ("/sites/shop.example.com", "/sites/SHOP.example.com/a/b?c=d"):
        assert (await api.call("GET", path)).status == 200


async def test_a_redirecting_domain_sends_visitors_on(api: Api) -> None:
    answer = await api.call("GET", "/sites/www.shop.example.com/cart")
    assert answer.status == 308
    assert answer.headers["Location"] == "/sites/shop.example.com/cart"


async def test_an_unknown_domain_is_not_found(api: Api) -> None:
    assert (await api.call("GET", "/sites/nope.example.com/")).status == 404
    assert (await api.call("GET", "/d/nope.vercel.app/")).status == 404


async def test_a_broken_deployment_answers_500_wherever_it_serves_until_healed(api: Api) -> None:
    url = (await api.panel())["current"]["url"]
    await api.call("POST", "/sandbox/break", {"project": "shop"})
    for path in ("/sites/shop.example.com/", "/sites/eu.shop.example.com/", f"/d/{url}/"):
        assert (await api.call("GET", path)).status == 500
    assert (await api.call("GET", "/sites/docs.example.com/")).status == 200
    assert {domain["healthy"] for domain in (await api.panel())["domains"]} == {True, False}
    await api.call("POST", "/sandbox/heal", {"project": "shop"})
    assert (await api.call("GET", "/sites/shop.example.com/")).status == 200


async def test_a_deployment_is_visited_by_its_own_url(api: Api, platform: Platform) -> None:
    preview = next(one for one in (await api.panel())["recent"] if one["state"] == "Preview")
    url = platform.store.deployments[preview["id"]].url
    assert (await api.call("GET", f"/d/{url}/")).headers["X-Served-By"] == preview["id"]


async def test_a_build_that_is_not_ready_serves_nothing(api: Api) -> None:
    answer = await api.call("POST", "/sandbox/push", {"project": "shop", "seconds": 5})
    assert (await api.call("GET", f"/d/{answer.body['deployment']['url']}/")).status == 404


async def test_commit_messages_are_escaped(api: Api) -> None:
    said = {"project": "docs", "message": "<script>alert(1)</script> & more"}
    pushed = (await api.call("POST", "/sandbox/push", said)).body["deployment"]["id"]
    await api.until_current(pushed, "docs")
    body = (await api.call("GET", "/sites/docs.example.com/")).body
    assert "<script>" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in body


async def test_the_inspector_url_leads_to_the_build_log(api: Api) -> None:
    api.scope = {"teamId": api.platform.team_id}
    failed = (await api.deployments(state="ERROR"))[0]
    async with api.session.get(failed["inspectorUrl"]) as response:
        assert response.status == 200
        assert "exited with 1" in await response.text()


async def test_many_visitors_are_served_while_production_moves(api: Api) -> None:
    pushed = await api.push("docs")
    statuses = await asyncio.gather(*(api.call("GET", "/sites/docs.example.com/") for _ in range(50)))
    assert {answer.status for answer in statuses} == {200}
    await api.until_current(pushed, "docs")
