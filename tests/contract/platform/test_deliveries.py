"""How events get to a webhook: signed, again and again, at least once."""

import itertools
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from tests.contract.platform.calling import Api
from tests.contract.platform.receiving import Receiver, deliveries, signature, subscribe, until_sent

CREATED = "deployment.created"


async def test_the_signature_is_that_of_the_raw_body(api: Api, receiver: Receiver) -> None:
    hook = (await subscribe(api, receiver.url, CREATED)).body
    await api.push("shop", message="Grüße, \u2603")
    (delivery,) = await deliveries(api, 1)
    ((headers, raw),) = receiver.received
    assert headers["x-vercel-signature"] == signature(hook["secret"], raw) == delivery["signature"]
    assert headers["Content-Type"] == "application/json"
    assert delivery["body"] == receiver.events[0]
    assert (delivery["webhook"], delivery["url"]) == (hook["id"], hook["url"])


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_any_2xx_ends_it(api: Api, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    await subscribe(api, receiver.url, CREATED)
    await api.push("shop")
    (delivery,) = await deliveries(api, 1)
    assert delivery["state"] == "delivered"
    assert [attempt["status"] for attempt in delivery["attempts"]] == [status]


async def test_anything_else_is_tried_again_with_the_same_id(api: Api, receiver: Receiver) -> None:
    receiver.answers = [500, 404, 302, 429, 200]
    await subscribe(api, receiver.url, CREATED)
    await api.push("shop")
    (delivery,) = await deliveries(api, 1)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 404, 302, 429, 200]
    assert len({raw for _, raw in receiver.received}) == 1
    assert {event["id"] for event in receiver.events} == {delivery["id"]}


async def test_a_webhook_that_nobody_listens_on_is_tried_again(api: Api, receiver: Receiver) -> None:
    await subscribe(api, "http://127.0.0.1:9/hook", CREATED)
    await api.push("shop")
    delivery = await _attempted(api, 2)
    assert delivery["attempts"][0]["status"] is None
    assert "127.0.0.1" in delivery["attempts"][0]["error"]
    assert delivery["state"] == "waiting"


async def test_a_receiver_that_does_not_answer_in_time_has_not_answered(
    session: aiohttp.ClientSession, receiver: Receiver
) -> None:
    timing = Timing(build=0.02, alias=0.01, queue=0.005, webhook_retry=0.005, webhook_answer=0.05)
    async with Platform(timing=timing) as slow_to_trust:
        api = Api(session, slow_to_trust)
        await api.fault({"path": "^/sites/", "delay": 0.3})
        await subscribe(api, f"{slow_to_trust.url}/sites/shop.example.com/", CREATED)
        await api.push("shop")
        delivery = await _attempted(api, 1)
        assert delivery["attempts"][0]["error"] == "no answer within 0.05 seconds"


async def test_the_pauses_double(api: Api, receiver: Receiver) -> None:
    receiver.answers = [500] * 5
    await subscribe(api, receiver.url, CREATED)
    await api.push("shop")
    (delivery,) = await deliveries(api, 1)
    at = [attempt["at"] for attempt in delivery["attempts"]]
    assert len(at) == 6
    pauses = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert all(pause >= 5 * 2**number - 2 for number, pause in enumerate(pauses)), pauses


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(session: aiohttp.ClientSession, clock: Clock) -> AsyncIterator[Api]:
    timing = Timing(build=0.02, alias=0.01, queue=0.005, webhook_retry=0.005)
    async with Platform(timing=timing, clock=clock) as opened:
        yield Api(session, opened)


async def test_after_a_day_it_is_dropped(timed: Api, receiver: Receiver, clock: Clock) -> None:
    receiver.answers = [500] * 1000
    await subscribe(timed, receiver.url, CREATED)
    await timed.push("shop")
    await _attempted(timed, 2)
    clock.ahead = 24 * 3600 - 60
    assert (await _attempted(timed, 4))["state"] == "waiting", "a minute is left"
    clock.ahead = 24 * 3600 + 1
    (delivery,) = await deliveries(timed, 1)
    assert (delivery["state"], delivery["reason"]) == ("dropped", "24 hours are over")
    assert delivery["next_attempt_at"] is None


async def test_a_deleted_webhook_is_not_tried_again(api: Api, receiver: Receiver) -> None:
    receiver.answers = [500] * 1000
    hook = (await subscribe(api, receiver.url, CREATED)).body["id"]
    await api.push("shop")
    await _attempted(api, 1)
    await api.call("DELETE", f"/v1/webhooks/{hook}")
    (delivery,) = await deliveries(api, 1)
    assert (delivery["state"], delivery["reason"]) == ("dropped", "the webhook has been deleted")


async def test_a_receiver_that_fails_holds_up_nobody_else(api: Api, receiver: Receiver) -> None:
    await subscribe(api, "http://127.0.0.1:9/hook", CREATED)
    await subscribe(api, receiver.url, CREATED)
    pushed = await api.push("shop")
    await deliveries(api, 1)
    assert receiver.of(CREATED)["deployment"]["id"] == pushed
    await api.until_state(pushed, "READY")


async def test_a_fault_drops_a_delivery(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, CREATED, "deployment.ready")
    await api.fault({"webhook": {"event": CREATED, "drop": True}})
    await api.push("shop")
    dropped, delivered = await deliveries(api, 2)
    assert (dropped["state"], dropped["reason"], dropped["attempts"]) == ("dropped", "a fault", [])
    assert delivered["state"] == "delivered"
    assert receiver.types == ["deployment.ready"]


async def test_a_fault_duplicates_a_delivery(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, CREATED)
    await api.fault({"webhook": {"duplicates": 2}})
    await api.push("shop")
    await deliveries(api, 1)
    assert len(receiver.received) == 3
    assert len({event["id"] for event in receiver.events}) == 1


async def test_a_fault_puts_a_delivery_behind_the_next(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, CREATED, "deployment.ready")
    await api.fault({"webhook": {"event": CREATED, "reorder": True}})
    await api.push("shop")
    await deliveries(api, 2)
    assert receiver.types == ["deployment.ready", CREATED]
    at = [event["createdAt"] for event in receiver.events]
    assert at[0] > at[1], "they say when it happened"


async def test_a_fault_delays_a_delivery(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, CREATED)
    await api.fault({"webhook": {"project": "docs", "delay": 60}}, {"webhook": {"delay": 0.05}})
    await api.push("docs")
    await api.push("shop")
    await deliveries(api, 1)
    sent = await _sent(api)
    assert [one["state"] for one in sent] == ["waiting", "delivered"]
    assert sent[1]["attempts"][0]["at"] - sent[1]["created_at"] >= 45


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ({"event": "deployment.exploded", "drop": True}, "no event"),
        ({"project": "nope", "drop": True}, "no project nope"),
        ({"event": CREATED}, "goes wrong"),
        ({"duplicates": -1}, "duplicates"),
    ],
)
async def test_a_fault_of_no_delivery_is_refused(api: Api, written: Any, complaint: str) -> None:
    answer = await api.call("POST", "/sandbox/faults", {"webhook": written})
    assert answer.status == 400
    assert complaint in answer.message


async def test_what_was_sent_can_be_forgotten(api: Api, receiver: Receiver) -> None:
    await subscribe(api, receiver.url, CREATED)
    await api.push("shop")
    await deliveries(api, 1)
    assert (await api.call("DELETE", "/sandbox/deliveries")).body == {"ok": True}
    assert await _sent(api) == []


async def _sent(api: Api) -> list[Any]:
    return list((await api.get("/sandbox/deliveries"))["deliveries"])


async def _attempted(api: Api, times: int) -> Any:
    """Wait until the last delivery has ended so many attempts; answer it."""

    def has_tried(sent: list[Any]) -> bool:
        return bool(sent) and sum(a["took_ms"] is not None for a in sent[-1]["attempts"]) >= times

    return (await until_sent(api, has_tried))[-1]
