from typing import Any

import pytest

from chatbot.sandbox.vercel.limits import FEW_WINDOWS, RateLimits
from tests.contract.platform.calling import Api

NAMES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


def _rate(headers: dict[str, str]) -> list[int]:
    return [int(headers[name]) for name in NAMES]


async def limit(api: Api, *limits: dict[str, Any]) -> None:
    answer = await api.call("PUT", "/sandbox/limits", {"limits": list(limits)})
    assert answer.status == 200, answer


async def test_every_answer_says_how_many_requests_are_left(api: Api) -> None:
    first = await api.call("GET", "/v2/user")
    second = await api.call("GET", "/v2/user")
    api.token = None
    refused = await api.call("GET", "/v2/user")
    total, left, _ = _rate(first.headers)
    assert total > 10_000
    assert _rate(second.headers)[1] == left - 1
    assert refused.status == 401
    assert _rate(refused.headers)[0] == total
    assert "Retry-After" not in first.headers


async def test_one_request_too_many_is_refused_with_the_documented_body(api: Api) -> None:
    await limit(api, {"path": "^/v6/deployments", "limit": 2, "window": 30, "name": "api-deployments"})
    answers = [await api.call("GET", "/v6/deployments") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [_rate(answer.headers)[:2] for answer in answers] == [[2, 1], [2, 0], [2, 0]]
    last = answers[-1]
    total, remaining, reset = _rate(last.headers)
    error = last.body["error"]
    assert error["code"] == "rate_limited"
    assert error["message"].startswith("The rate limit of 2 exceeded for 'api-deployments'. Try again in ")
    assert set(error["limit"]) == {"remaining", "reset", "resetMs", "total"}
    assert (error["limit"]["total"], error["limit"]["remaining"]) == (total, remaining)
    assert error["limit"]["reset"] == reset
    assert 0 <= 1000 * reset - error["limit"]["resetMs"] < 1000
    assert 0 < int(last.headers["Retry-After"]) <= 30


async def test_a_refused_request_changes_nothing(api: Api) -> None:
    before, staged = await api.project(), await api.staged_id()
    await limit(api, {"method": "POST", "path": "/promote/", "limit": 1, "window": 60})
    assert (await api.promote(before["targets"]["production"]["id"])).status == 409
    assert (await api.promote(staged)).status == 429
    assert await api.project() == before


async def test_after_the_window_it_goes_on(api: Api) -> None:
    await limit(api, {"path": "^/v2/user$", "limit": 1, "window": 0.05})
    assert (await api.call("GET", "/v2/user")).status == 200
    while (answer := await api.call("GET", "/v2/user")).status == 429:
        assert answer.headers["Retry-After"] == "1"
    assert answer.status == 200


async def test_limits_are_per_token_and_per_endpoint(api: Api, viewer: Api) -> None:
    await limit(api, {"method": "GET", "path": "^/v2/user$", "limit": 1}, {"path": "^/v2/", "limit": 2})
    assert (await api.call("GET", "/v2/user")).status == 200
    assert (await api.call("GET", "/v2/user")).status == 429
    assert (await viewer.call("GET", "/v2/user")).status == 200
    assert [(await api.call("GET", "/v2/teams")).status for _ in range(3)] == [200, 200, 429]
    assert (await api.call("GET", "/v9/projects")).status == 200


async def test_limits_can_be_read_and_taken_away(api: Api) -> None:
    written = {"path": "^/v2/user$", "limit": 1, "window": 60.0, "name": "api-requests"}
    await limit(api, {"path": "^/v2/user$", "limit": 1})
    assert (await api.get("/sandbox/limits"))["limits"] == [written]
    await api.get("/v2/user")
    await api.call("DELETE", "/sandbox/limits")
    assert (await api.get("/sandbox/limits"))["limits"] == []
    assert (await api.call("GET", "/v2/user")).status == 200


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"path": "(", "limit": 1}, "regular expression"),
        ({"path": "/x"}, "limit"),
        ({"path": "/x", "limit": 0}, "limit"),
        ({"path": "/x", "limit": 1, "window": 0}, "window"),
        ({"path": "/x", "limit": 1, "colour": "red"}, "colour"),
    ],
)
async def test_a_limit_that_makes_no_sense_is_refused(api: Api, written: Any, complaint: str) -> None:
    answer = await api.call("PUT", "/sandbox/limits", {"limits": [written]})
    assert answer.status == 400
    assert complaint in answer.message


async def test_the_sandbox_and_the_sites_have_no_limits(api: Api) -> None:
    await limit(api, {"path": ".*", "limit": 1})
    for path in ("/sandbox/panel", "/sites/shop.example.com/"):
        for _ in range(3):
            answer = await api.call("GET", path)
            assert answer.status == 200
            assert NAMES[0] not in answer.headers


def test_windows_that_are_over_are_forgotten() -> None:
    now = 0
    limits = RateLimits(lambda: now)
    for minute in range(5):
        now = minute * 60_001
        for number in range(FEW_WINDOWS):
            assert limits.count("GET", "/v2/user", "GET /v2/user", f"{minute} {number}").used == 1
    assert len(limits._windows) <= 2 * FEW_WINDOWS
    assert limits.count("GET", "/v2/user", "GET /v2/user", "4 0").used == 2
