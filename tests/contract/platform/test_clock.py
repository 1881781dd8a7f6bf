"""A platform whose clock is ahead or behind: all that it says of time is moved, and understood moved."""

import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.contract.platform.calling import Api
from tests.contract.platform.receiving import Receiver, deliveries, subscribe

HOUR = 3600


def _seconds_ahead(milliseconds: float) -> float:
    return milliseconds / 1000 - time.time()


@pytest.mark.parametrize("ahead", [HOUR, -HOUR])
async def test_what_happens_now_is_stamped_with_the_wrong_time(api: Api, ahead: int) -> None:
    await api.fault({"clock": {"ahead": ahead}})
    staged = await api.staged_id()
    await api.promote(staged)
    await api.until_current(staged)
    project, pushed = await api.project(), await api.push("shop")
    moments = [
        project["lastAliasRequest"]["requestedAt"],
        project["targets"]["production"]["aliasAssigned"],
        (await api.deployment(pushed))["createdAt"],
        (await api.deployments())[0]["created"],
    ]
    assert [_seconds_ahead(moment) for moment in moments] == [pytest.approx(ahead, abs=30)] * 4


async def test_the_whole_history_is_moved_and_nothing_else(api: Api) -> None:
    before = [await api.project(), await api.deployments(), await api.get("/v4/aliases", limit="100")]
    await api.fault({"clock": {"ahead": HOUR}})
    after = [await api.project(), await api.deployments(), await api.get("/v4/aliases", limit="100")]
    assert after != before
    assert _moved_back(after) == before
    await api.call("DELETE", "/sandbox/faults")
    assert [await api.project(), await api.deployments()] == before[:2]


def _moved_back(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _moved_back(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved_back(inner) for inner in value]
    if key == "created" and isinstance(value, str):
        moment = datetime.fromisoformat(value) - timedelta(seconds=HOUR)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    is_moment = isinstance(value, int) and not isinstance(value, bool) and value > 10**12
    return value - 1000 * HOUR if is_moment else value


async def test_the_headers_are_moved_as_well(api: Api) -> None:
    await api.fault({"clock": {"ahead": HOUR}})
    await api.call("PUT", "/sandbox/limits", {"limits": [{"path": "/v2/user", "limit": 1}]})
    first, refused = [await api.call("GET", "/v2/user") for _ in range(2)]
    for answer in (first, refused):
        date = parsedate_to_datetime(answer.headers["Date"]).timestamp()
        assert date - time.time() == pytest.approx(HOUR, abs=30)
        assert int(answer.headers["X-RateLimit-Reset"]) - time.time() == pytest.approx(HOUR + 60, abs=30)
    assert _seconds_ahead(refused.body["error"]["limit"]["resetMs"]) == pytest.approx(HOUR + 60, abs=30)
    assert int(refused.headers["Retry-After"]) <= 60, "a span is no moment"


async def test_paging_goes_on_by_the_wrong_clock(api: Api) -> None:
    true = [one["uid"] for one in await api.deployments()]
    await api.fault({"clock": {"ahead": -HOUR}})
    found, query = [], {"limit": "7", "projectId": "shop"}
    while True:
        page = await api.get("/v6/deployments", **query)
        found += [one["uid"] for one in page["deployments"]]
        if page["pagination"]["next"] is None:
            break
        query["until"] = str(page["pagination"]["next"])
    assert found == true


async def test_logs_and_webhooks_tell_the_same_wrong_time(api: Api, receiver: Receiver) -> None:
    await api.fault({"clock": {"ahead": HOUR}})
    await subscribe(api, receiver.url, "deployment.created")
    pushed = await api.push("shop")
    (delivery,) = await deliveries(api, 1)
    assert _seconds_ahead(receiver.events[0]["createdAt"]) == pytest.approx(HOUR, abs=30)
    assert delivery["body"] == receiver.events[0]
    await api.until_state(pushed, "READY")
    as_list = await api.get(f"/v3/deployments/{pushed}/events")
    as_lines = await api.call("GET", f"/v3/now/deployments/{pushed}/events", format="lines")
    assert _seconds_ahead(as_list[0]["created"]) == pytest.approx(HOUR, abs=30)
    assert f'"created": {as_list[0]["created"]}' in as_lines.body


async def test_the_sandbox_itself_keeps_the_true_time(api: Api) -> None:
    await api.fault({"clock": {"ahead": HOUR}})
    answer = await api.call("GET", "/sandbox/faults")
    assert answer.body["faults"] == [{"clock": {"ahead": HOUR}}]
    assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == pytest.approx(time.time(), abs=30)


async def test_the_last_clock_holds(api: Api) -> None:
    await api.fault({"clock": {"ahead": HOUR}}, {"clock": {"ahead": 0}})
    assert _seconds_ahead((await api.get("/v2/user"))["user"]["createdAt"]) < 0
    answer = await api.call("POST", "/sandbox/faults", {"clock": {"ahead": "soon"}})
    assert (answer.status, "ahead" in answer.message) == (400, True)
