"""What the platform answered can be read back: each shape once, and nothing of what a fault made of it."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chatbot.sandbox.vercel import Platform, Timing
from chatbot.sandbox.vercel.recording import Recorder
from tests.conformance.samples import Sample, recorded, uncovered
from tests.contract.platform.calling import Api

QUICK = Timing(build=0.01, alias=0.01, queue=0.01)


def kept(folder: Path, *bodies: Any) -> list[Any]:
    recorder = Recorder(folder)
    for body in bodies:
        recorder.keep("GET /x", 200, "application/json", body)
    return [sample.body for sample in recorded(folder)]


def test_a_shape_is_kept_once(tmp_path: Path) -> None:
    assert kept(tmp_path, {"id": "a1"}, {"id": "b2"}, {"id": None}) == [{"id": "a1"}, {"id": None}]


def test_words_that_may_be_an_enumeration_are_told_apart(tmp_path: Path) -> None:
    assert kept(tmp_path, {"state": "READY"}, {"state": "ERROR"}, {"state": "READY"}) == [
        {"state": "READY"},
        {"state": "ERROR"},
    ]


def test_of_an_array_the_items_of_a_new_shape_are_kept(tmp_path: Path) -> None:
    first = {"items": [{"n": 1}, {"n": 2}, {"n": None}]}
    second = {"items": [{"n": 3}, {"n": "x y"}]}
    assert kept(tmp_path, first, second, first) == [
        {"items": [{"n": 1}, {"n": None}]},
        {"items": [{"n": "x y"}]},
    ]


def test_an_item_in_other_surroundings_is_another_one(tmp_path: Path) -> None:
    bodies = [{"a": 1, "items": [{"n": 1}]}, {"a": None, "items": [{"n": 1}]}]
    assert kept(tmp_path, *bodies) == bodies


def test_an_empty_array_differs_from_one_with_items(tmp_path: Path) -> None:
    assert kept(tmp_path, [], [{"n": 1}], [{"n": 2}]) == [[], [{"n": 1}]]


def test_secrets_are_not_kept(tmp_path: Path) -> None:
    assert kept(tmp_path, {"secret": "whsec"}) == [{"secret": "…"}]


def test_a_line_that_was_cut_short_is_passed_over(tmp_path: Path) -> None:
    kept(tmp_path, {"id": 1})
    (tmp_path / "killed.jsonl").write_text('{"call": "GET /x", "sta')
    assert [sample.body for sample in recorded(tmp_path)] == [{"id": 1}]


def test_a_route_without_a_recorded_success_is_missing_unless_it_is_listed() -> None:
    samples = [Sample("GET /a", 200, None, None), Sample("GET /b", 404, None, None)]
    routes = ["GET /a", "GET /b", "GET /c"]
    assert uncovered(routes, samples, {}) == [
        "GET /b: no success is recorded",
        "GET /c: no success is recorded",
    ]
    assert uncovered(routes, samples, {"GET /b": "why", "GET /c": "why"}) == []


@pytest.mark.parametrize("route", ["GET /a", "GET /d"])
def test_a_route_is_not_listed_in_vain(route: str) -> None:
    samples = [Sample("GET /a", 200, None, None)]
    assert "listed as never recorded" in "".join(uncovered(["GET /a"], samples, {route: "why"}))


async def test_answers_are_recorded_with_their_route_and_control_is_not(tmp_path: Path) -> None:
    async with Platform(timing=QUICK, record=tmp_path) as platform, aiohttp.ClientSession() as session:
        api = Api(session, platform)
        await api.project()
        await api.promote(await api.staged_id())
        await api.until_job("succeeded")
        await api.get(f"/v3/now/deployments/{await api.current_id()}/events", follow="1")
        await api.call("GET", "/v1/nowhere")
        await api.panel()
    found = {(sample.call, sample.status, sample.media): sample for sample in recorded(tmp_path)}
    assert ("POST /v10/projects/{project}/promote/{deployment}", 201, None) in found
    assert ("GET (no such path)", 404, "application/json") in found
    stream = found["GET /v3/now/deployments/{deployment}/events", 200, "application/x-ndjson"]
    assert {line["type"] for line in stream.body} >= {"command", "stdout"}
    assert not any("/sandbox/" in call for call, _, _ in found)


async def test_answers_that_a_fault_spoiled_are_not_recorded(tmp_path: Path) -> None:
    async with Platform(timing=QUICK, record=tmp_path) as platform, aiohttp.ClientSession() as session:
        api = Api(session, platform)
        faults: list[dict[str, Any]] = [
            {"status": 503},
            {"body": {"surprise": []}},
            {"content_type": "text/plain"},
            {"drip": 0.0},
            {"delay": 0.001},
        ]
        await api.fault(*[{"path": "^/v2/user$", **fault} for fault in faults])
        for _ in faults:
            await api.call("GET", "/v2/user")
    assert [sample.call for sample in recorded(tmp_path)] == ["GET /v2/user"]
    assert isinstance(next(recorded(tmp_path)), Sample)
