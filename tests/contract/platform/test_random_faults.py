"""Faults from one number: what went wrong once can be made to go wrong again."""

from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api
from tests.contract.platform.receiving import Receiver, deliveries, subscribe

LOST = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)
PATHS = ("/v2/user", "/v9/projects/shop", "/v9/projects/docs", "/v6/deployments")
KINDS = ["status", "rate_limit", "cut_before", "cut_after", "half", "content_type"]


async def _luck(api: Api, rounds: int = 12) -> list[str]:
    """What became of each of a sequence of requests."""
    met = []
    for number in range(rounds * len(PATHS)):
        try:
            answer = await api.call("GET", PATHS[number % len(PATHS)])
        except LOST:
            met.append("lost")
        else:
            met.append(f"{answer.status} {answer.headers['Content-Type']}")
    return met


async def _luck_with(session: aiohttp.ClientSession, seed: int, rate: float = 0.3) -> list[str]:
    async with Platform(timing=Timing(build=0.02)) as platform:
        api = Api(session, platform)
        await api.fault({"random": {"seed": seed, "rate": rate, "kinds": KINDS}})
        return await _luck(api)


async def test_the_same_seed_has_the_same_faults(session: aiohttp.ClientSession) -> None:
    first, again, other = [await _luck_with(session, seed) for seed in (7, 7, 8)]
    assert first == again
    assert first != other
    assert len(set(first)) >= 4, "of several kinds"
    assert 5 <= sum(one != "200 application/json; charset=utf-8" for one in first) <= 25


async def test_requests_that_cross_do_not_change_each_others_luck(session: aiohttp.ClientSession) -> None:
    async def luck_of_user(*others: str) -> list[int]:
        async with Platform() as platform:
            api = Api(session, platform)
            await api.fault({"random": {"seed": 3, "rate": 0.5, "kinds": ["status"]}})
            met = []
            for _ in range(20):
                for path in others:
                    await api.call("GET", path)
                met.append((await api.call("GET", "/v2/user")).status)
            return met

    assert await luck_of_user() == await luck_of_user("/v2/teams", "/v9/projects")


async def test_the_seed_can_be_read(api: Api) -> None:
    written = {"seed": 7, "rate": 0.1, "kinds": ["status"]}
    await api.fault({"random": written})
    assert (await api.get("/sandbox/faults"))["faults"] == [{"random": written}]


async def test_a_seed_that_was_left_out_is_chosen_and_told(api: Api, session: aiohttp.ClientSession) -> None:
    await api.fault({"random": {"rate": 0.3, "kinds": KINDS}})
    (listed,) = (await api.get("/sandbox/faults"))["faults"]
    assert await _luck(api) == await _luck_with(session, listed["random"]["seed"])


async def test_never_and_always(api: Api) -> None:
    await api.fault({"random": {"seed": 1, "rate": 0}})
    assert {(await api.call("GET", "/v2/user")).status for _ in range(10)} == {200}
    await api.fault({"random": {"seed": 1, "rate": 1, "kinds": ["status"]}})
    assert {(await api.call("GET", "/v2/user")).status for _ in range(10)} <= {500, 502, 503, 504}
    await api.call("DELETE", "/sandbox/faults")
    assert (await api.call("GET", "/v2/user")).status == 200


async def test_only_what_matches_is_at_risk(api: Api) -> None:
    await api.fault({"random": {"seed": 1, "rate": 1, "kinds": ["status"], "path": "^/v9/", "method": "GET"}})
    assert (await api.call("GET", "/v9/projects")).status >= 500
    assert (await api.call("GET", "/v2/user")).status == 200
    assert (await api.call("PATCH", "/v9/projects/shop", {})).status == 200


async def test_the_journal_says_what_went_wrong(api: Api) -> None:
    await api.fault({"path": "/v2/user", "status": 503, "retry_after": 1})
    await api.call("GET", "/v2/user")
    await api.call("GET", "/v2/user")
    first, second = (await api.get("/sandbox/requests"))["requests"]
    assert first["fault"] == {"status": 503, "retry_after": 1}
    assert "fault" not in second


async def test_jobs_builds_and_deliveries_go_wrong_too(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, "deployment.error")
    await api.fault({"random": {"seed": 0, "rate": 1, "kinds": ["build", "alias_job", "webhook"]}})
    failed = await api.push("shop", branch="next")
    await api.until_state(failed, "ERROR")
    (lost,) = await deliveries(api, 1)
    assert (lost["state"], receiver.received) == ("dropped", [])
    before = await api.current_id()
    assert (await api.promote(await api.staged_id())).status == 201
    await api.until_job("failed")
    assert await api.current_id() == before


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"seed": 1}, "rate"),
        ({"rate": 2}, "rate"),
        ({"rate": 0.1, "kinds": ["earthquake"]}, "kinds"),
        ({"rate": 0.1, "kinds": []}, "kinds"),
        ({"rate": 0.1, "path": "("}, "regular expression"),
        ({"rate": 0.1, "seed": "seven"}, "seed"),
    ],
)
async def test_chance_that_makes_no_sense_is_refused(api: Api, written: Any, complaint: str) -> None:
    answer = await api.call("POST", "/sandbox/faults", {"random": written})
    assert answer.status == 400
    assert complaint in answer.message
