"""The JSON API itself: what it tells, how it refuses, the event stream, the page's files, the platform."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace, files
from tests.contract.workspace.apps import Json, manifest


async def get(session: aiohttp.ClientSession, workspace: Workspace, path: str) -> tuple[int, Json]:
    async with session.get(f"{workspace.url}/sandbox/{path}") as response:
        return response.status, await response.json()


async def test_the_workspace_describes_itself(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    _, told = await get(session, workspace, "workspace")
    assert told["team"] == {"id": "T0ACME001", "name": "Acme", "domain": "acme"}
    assert told["app"] == {"id": "A0PROMBOT", "name": "promotebot", "bot_user_id": "U0PROMBOT"}
    people = {person["name"]: person for person in told["people"]}
    assert people["ana"] == {
        "id": "U0ANA0001",
        "name": "ana",
        "real_name": "Ana Duarte",
        "is_admin": True,
        "is_bot": False,
    }
    assert people["promotebot"]["is_bot"]
    assert [channel["name"] for channel in told["channels"]] == [
        "deploys",
        "incidents",
        "general",
        "secret",
        "quiet",
    ]
    assert told["groups"] == [{"id": "S0ONCALL1", "handle": "oncall", "users": ["U0DEE0004"]}]
    assert [command["command"] for command in told["commands"]] == ["/promote", "/other"]
    assert told["platform"] is None
    assert told["connections"] == 0
    assert told["delivery"] == {"url": None}


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("messages?channel=C0DEPLOYS", 400, "missing_argument"),
        ("messages?as=U0NOBODY&channel=C0DEPLOYS", 404, "no_such_person"),
        ("messages?as=U0PROMBOT&channel=C0DEPLOYS", 404, "no_such_person"),
        ("messages?as=U0CYR0003&channel=C0SECRET1", 404, "no_such_channel"),
        ("messages?as=U0ANA0001&channel=C0DEPLOYS&since=x&wait=1", 400, "invalid_argument"),
        ("messages?as=U0ANA0001&channel=C0DEPLOYS&since=inf&wait=1", 400, "invalid_argument"),
        ("platform/panel", 404, "no_platform"),
    ],
)
async def test_a_refusal_names_its_reason(
    workspace: Workspace, session: aiohttp.ClientSession, path: str, status: int, error: str
) -> None:
    answer = await get(session, workspace, path)
    assert answer[0] == status
    assert (answer[1]["ok"], answer[1]["error"]) == (False, error)


@pytest.mark.parametrize(
    ("method", "path", "body", "error"),
    [
        ("POST", "command", "{", "invalid_json"),
        ("POST", "command", "[]", "invalid_json"),
        ("POST", "command", '{"as":"U0ANA0001","channel":"C0DEPLOYS","text":"hello"}', "not_a_command"),
        ("POST", "click", '{"as":"U0ANA0001","view_id":"V1","action_id":"x"}', "no_such_view"),
        ("POST", "submit", '{"as":"U0ANA0001","view_id":"V1"}', "no_such_view"),
        ("POST", "shortcut", '{"as":"U0ANA0001","callback_id":"x"}', "no_such_shortcut"),
        ("POST", "socket", '{"do":"explode"}', "invalid_argument"),
        ("POST", "socket", '{"do":"disconnect","reason":"boredom"}', "invalid_argument"),
        ("PUT", "people/U0NOBODY", '{"is_admin":true}', "no_such_person"),
        ("PUT", "groups/S0NONE", '{"users":[]}', "no_such_group"),
        ("PUT", "groups/S0ONCALL1", '{"users":["U0NOBODY"]}', "invalid_argument"),
        ("PUT", "channels/C0NOWHERE", "{}", "no_such_channel"),
        ("PUT", "switches", '{"unknown":true}', "invalid_argument"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    workspace: Workspace, session: aiohttp.ClientSession, method: str, path: str, body: str, error: str
) -> None:
    async with session.request(method, f"{workspace.url}/sandbox/{path}", data=body) as response:
        assert 400 <= response.status < 500
        assert (await response.json())["error"] == error


async def test_a_long_poll_answers_at_the_next_change(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    path = "messages?as=U0ANA0001&channel=C0DEPLOYS"
    _, before = await get(session, workspace, path)
    waiting = asyncio.create_task(get(session, workspace, f"{path}&since={before['revision']}&wait=30"))
    await client.chat_postMessage(channel="C0DEPLOYS", text="now")
    _, told = await waiting
    assert told["revision"] > before["revision"]
    assert [message["text"] for message in told["messages"]] == ["now"]
    _, unchanged = await get(session, workspace, f"{path}&since={told['revision']}&wait=0.01")
    assert unchanged["revision"] == told["revision"]


async def events(stream: aiohttp.ClientResponse) -> AsyncIterator[Json]:
    async for line in stream.content:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


async def test_the_stream_tells_one_person_what_that_person_sees(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    async with session.get(f"{workspace.url}/sandbox/stream", params={"as": bob.id}) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        told = events(stream)
        assert (await anext(told))["kind"] == "hello"
        await client.chat_postEphemeral(channel="C0DEPLOYS", user=ana.id, text="not for bob")
        ts = (await client.chat_postMessage(channel="C0DEPLOYS", text="for all"))["ts"]
        posted = await anext(told)
        assert (posted["kind"], posted["channel"], posted["message"]["text"]) == (
            "message",
            "C0DEPLOYS",
            "for all",
        )
        await client.chat_postMessage(channel="C0DEPLOYS", text="log", thread_ts=ts)
        reply, parent = await anext(told), await anext(told)
        assert reply["message"]["thread_ts"] == ts
        assert (parent["message"]["ts"], parent["message"]["reply_count"]) == (ts, 1)
        await client.chat_update(channel="C0DEPLOYS", ts=ts, text="changed")
        assert (await anext(told))["message"]["edited"] is True
        await client.chat_delete(channel="C0DEPLOYS", ts=ts)
        assert await anext(told) == {"kind": "deleted", "channel": "C0DEPLOYS", "ts": ts}
        await client.views_publish(user_id=bob.id, view={"type": "home", "blocks": []})
        home = await anext(told)
        assert (home["kind"], home["view"]["type"]) == ("home", "home")
        async with session.put(f"{workspace.url}/sandbox/people/{bob.id}", json={"is_admin": True}):
            assert await anext(told) == {"kind": "workspace"}


async def test_everything_that_the_app_sends_is_recorded(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel="C0DEPLOYS", text="recorded"))["ts"]
    _, told = await get(session, workspace, "payloads")
    (entry,) = told["payloads"]
    assert (entry["kind"], entry["method"], entry["body"]["text"]) == ("api", "chat.postMessage", "recorded")
    assert entry["answer"]["ts"] == ts
    async with session.delete(f"{workspace.url}/sandbox/payloads"):
        pass
    assert (await get(session, workspace, "payloads"))[1]["payloads"] == []


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "page"
    (folder / "parts").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Acme</title>", encoding="utf-8")
    (folder / "parts" / "main.js").write_text("export {}", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("no", encoding="utf-8")
    monkeypatch.setattr(files, "PAGE", folder)
    return folder


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/index.html", "text/html"), ("/parts/main.js", "text/javascript")],
)
async def test_the_page_is_served_uncached_with_its_types(
    workspace: Workspace, session: aiohttp.ClientSession, page: Path, path: str, kind: str
) -> None:
    async with session.get(workspace.url + path) as response:
        assert response.status == 200
        assert response.content_type == kind
        assert response.charset == "utf-8"
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/nothing.js", "/%2e%2e/secret.txt", "/parts"])
async def test_nothing_outside_the_page_is_served(
    workspace: Workspace, session: aiohttp.ClientSession, page: Path, path: str
) -> None:
    async with session.get(workspace.url + path) as response:
        assert response.status == 404


async def test_the_platform_is_reached_through_the_workspace(session: aiohttp.ClientSession) -> None:
    async def panel(request: web.Request) -> web.Response:
        body: Any = await request.json() if request.can_read_body else None
        return web.json_response({"query": dict(request.query), "body": body}, status=202)

    async def site(request: web.Request) -> web.Response:
        if request.path.endswith("/old/"):
            raise web.HTTPPermanentRedirect("/sites/shop.example.com/")
        return web.Response(text="served", headers={"x-served-by": "dpl_1"})

    application = web.Application()
    application.router.add_route("*", "/sandbox/panel", panel)
    application.router.add_get("/sites/{rest:.*}", site)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with Workspace(manifest(), platform_url=platform_url) as workspace:
        assert (await get(session, workspace, "workspace"))[1]["platform"] == {"url": platform_url}
        assert await get(session, workspace, "platform/panel?since=3") == (
            202,
            {"query": {"since": "3"}, "body": None},
        )
        async with session.post(
            f"{workspace.url}/sandbox/platform/panel", json={"branch": "main"}
        ) as response:
            assert (await response.json())["body"] == {"branch": "main"}
        async with session.get(
            f"{workspace.url}/sandbox/platform-site/sites/old/", allow_redirects=False
        ) as response:
            assert response.status == 308
            assert response.headers["Location"] == "/sandbox/platform-site/sites/shop.example.com/"
        async with session.get(f"{workspace.url}/sandbox/platform-site/sites/old/") as response:
            assert (response.status, await response.text()) == (200, "served")
            assert response.headers["x-served-by"] == "dpl_1"
        await runner.cleanup()
        assert (await get(session, workspace, "platform/panel"))[1]["error"] == "platform_unreachable"
