"""The websocket: hello, reconnects, acks on another connection, pings, how many at once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import Json, bolt, manifest, socket_mode


async def socket_url(workspace: Workspace) -> str:
    client = AsyncWebClient(base_url=workspace.api_url)
    answer = await client.apps_connections_open(app_token=workspace.app_token)
    return str(answer["url"])


@asynccontextmanager
async def raw(
    workspace: Workspace, session: aiohttp.ClientSession
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A connection without an SDK; hello is read already."""
    async with session.ws_connect(await socket_url(workspace), autoping=False) as socket:
        hello = await socket.receive_json()
        assert hello["type"] == "hello"
        assert hello["connection_info"] == {"app_id": "A0PROMBOT"}
        yield socket


async def told(session: aiohttp.ClientSession, workspace: Workspace, **body: Any) -> Json:
    async with session.post(f"{workspace.url}/sandbox/socket", json=body) as response:
        answer: Json = await response.json()
        return answer


async def test_a_ticket_is_good_for_one_connection(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    url = await socket_url(workspace)
    async with session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(url)
    assert refused.value.status == 403


async def test_hello_counts_the_connections(workspace: Workspace, session: aiohttp.ClientSession) -> None:
    async with raw(workspace, session), session.ws_connect(await socket_url(workspace)) as second:
        assert (await second.receive_json())["num_connections"] == 2


async def test_an_envelope_has_what_the_sdk_needs_and_its_ack_may_carry_a_payload(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    async with raw(workspace, session) as socket:
        typing = asyncio.create_task(ana.types("/promote x"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "done"}})
        await typing
    assert envelope["type"] == "slash_commands"
    assert envelope["accepts_response_payload"] is True
    assert envelope["payload"]["command"] == "/promote"
    await ana.sees("done")


async def test_an_ack_counts_whichever_connection_it_arrives_on(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    async with raw(workspace, session) as one, raw(workspace, session) as two:
        typing = asyncio.create_task(ana.types("/promote x"))
        frames = [asyncio.create_task(socket.receive_json()) for socket in (one, two)]
        (done,), (waiting,) = await asyncio.wait(frames, return_when=asyncio.FIRST_COMPLETED)
        other = two if done is frames[0] else one
        waiting.cancel()
        await other.send_json({"envelope_id": done.result()["envelope_id"], "payload": {}})
        await typing


async def test_an_ack_without_a_payload_and_one_with_an_empty_one_are_the_same(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    async with raw(workspace, session) as socket:
        answers: tuple[Json, ...] = ({}, {"payload": {}})
        for answer in answers:
            typing = asyncio.create_task(ana.types("/promote x"))
            envelope = await socket.receive_json()
            await socket.send_json({"envelope_id": envelope["envelope_id"], **answer})
            await typing
    assert await ana.reads() == []


async def test_an_ack_after_the_deadline_is_recorded_as_late_and_shown_to_nobody(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    async with raw(workspace, session) as socket:
        with pytest.raises(Refused, match="operation_timeout"):
            await ana.types("/promote x")
        late = await socket.receive_json()
        await socket.send_json({"envelope_id": late["envelope_id"], "payload": {"text": "too late"}})
        typing = asyncio.create_task(ana.types("/promote x"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await typing
    acks = [entry for entry in workspace.backend.recorder.payloads if entry["kind"] == "ack"]
    assert [(ack["body"], ack["answer"]) for ack in acks] == [
        ({"text": "too late"}, {"late": True}),
        ({}, {}),
    ]
    assert [m.user for m in await ana.reads()] == ["USLACKBOT"]


async def test_a_click_does_not_accept_a_response_payload(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    await client.chat_postMessage(
        channel="C0DEPLOYS", text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    message = (await ana.reads())[0]
    async with raw(workspace, session) as socket:
        clicking = asyncio.create_task(ana.clicks(message, "Go"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "ignored"}})
        await clicking
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("interactive", False)
    assert len(await ana.reads()) == 1


async def test_frames_that_are_no_acks_are_ignored(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    async with raw(workspace, session) as socket:
        for strange in ("not json", "[]", '{"envelope_id": "unknown"}', '{"payload": "x"}'):
            await socket.send_str(strange)
        typing = asyncio.create_task(ana.types("/promote x"))
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": "no object"})
        await typing
    assert await ana.reads() == []


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_disconnect_makes_the_app_move_and_go_on(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person, reason: str
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack("alive")

    async with socket_mode(app, workspace):
        assert (await told(session, workspace, do="disconnect", reason=reason))["connections"] == 1
        sockets = workspace.backend.sockets
        moved = await workspace.state.until(lambda: sockets.opened == 2 and len(sockets.open) == 1, 5)
        assert moved
        await ana.types("/promote x")
        await ana.sees("alive")


async def test_an_ack_for_an_envelope_of_the_old_connection_arrives_on_the_new_one(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    """What slack_sdk does when the connection is refreshed while a listener runs."""
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await told(session, workspace, do="disconnect")
        sockets = workspace.backend.sockets
        assert await workspace.state.until(lambda: sockets.opened == 2 and len(sockets.open) == 1, 5)
        await ack("from the new one")

    async with socket_mode(app, workspace):
        await ana.types("/promote x")
        await ana.sees("from the new one")


async def test_a_cut_connection_is_noticed_and_replaced(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ack("back again")

    async with socket_mode(app, workspace, ping_interval=1):
        assert (await told(session, workspace, do="abort"))["connections"] == 1
        sockets = workspace.backend.sockets
        assert await workspace.state.until(lambda: not sockets.open, 5)
        with pytest.raises(Refused, match="dispatch_failed"):
            await ana.types("/promote x")
        assert await workspace.state.until(lambda: len(sockets.open) == 1, 10)
        await ana.types("/promote x")
        await ana.sees("back again")


async def test_pings_are_answered_with_their_data_until_pongs_are_muted(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    async with raw(workspace, session) as socket:
        await socket.ping(b"sdk-ping-pong:1.5")
        pong = await socket.receive()
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"sdk-ping-pong:1.5")
        assert (await told(session, workspace, do="mute_pong", muted=True))["muted"] is True
        await socket.ping(b"muted")
        typing = asyncio.create_task(ana.types("/promote x"))
        envelope = await socket.receive_json()  # a pong would come first
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        await typing
        await told(session, workspace, do="mute_pong", muted=False)
        await socket.ping(b"heard")
        assert (await socket.receive()).data == b"heard"


async def test_the_server_pings_too(session: aiohttp.ClientSession) -> None:
    async with Workspace(manifest(), ping_seconds=0.01) as workspace, raw(workspace, session) as socket:
        ping = await socket.receive()
        assert ping.type is aiohttp.WSMsgType.PING
        assert ping.data.startswith(b"Ping from applink-")


async def test_a_silent_server_is_given_up_by_the_sdk(session: aiohttp.ClientSession) -> None:
    async with Workspace(manifest()) as workspace:
        workspace.backend.sockets.pong_muted = True
        async with socket_mode(bolt(workspace), workspace, ping_interval=1):
            assert await workspace.state.until(lambda: workspace.backend.sockets.opened >= 2, 15)


async def test_an_eleventh_connection_is_turned_away(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(10):
            await stack.enter_async_context(raw(workspace, session))
        async with session.ws_connect(await socket_url(workspace)) as eleventh:
            frame = await eleventh.receive_json()
            assert (frame["type"], frame["reason"]) == ("disconnect", "too_many_websockets")
            assert (await eleventh.receive()).type is aiohttp.WSMsgType.CLOSE
        assert len(workspace.backend.sockets.open) == 10


async def test_payloads_go_to_any_of_the_connections(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    heard: set[int] = set()

    def listening(number: int) -> AsyncApp:
        app = bolt(workspace)

        @app.command("/promote")
        async def promote(ack: AsyncAck) -> None:
            heard.add(number)
            await ack()

        return app

    async with AsyncExitStack() as stack:
        for number in range(2):
            await stack.enter_async_context(socket_mode(listening(number), workspace))
        for _ in range(200):
            await ana.types("/promote x")
            if len(heard) == 2:
                break
    assert heard == {0, 1}


async def test_the_last_envelope_can_be_delivered_again(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json) -> None:
        heard.append(body["trigger_id"])
        await ack("once")

    assert (await told(session, workspace, do="redeliver"))["error"] == "nothing_to_redeliver"
    async with socket_mode(app, workspace):
        await ana.types("/promote x")
        assert await told(session, workspace, do="redeliver") == {"ok": True}
    assert len(heard) == 2
    assert heard[0] == heard[1]
    assert [m.words for m in await ana.reads()] == ["once"]


async def test_the_workspace_closes_while_an_app_is_connected_and_a_page_listens(
    session: aiohttp.ClientSession,
) -> None:
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(Workspace(manifest()))
        stream = await stack.enter_async_context(session.get(f"{workspace.url}/sandbox/stream?as=U0ANA0001"))
        poll = asyncio.create_task(
            Person(session, workspace.url, "U0ANA0001", channel="deploys").sees("x", within=60)
        )
        assert json.loads((await stream.content.readline()).removeprefix(b"data: "))["kind"] == "hello"
        socket = await stack.enter_async_context(session.ws_connect(await socket_url(workspace)))
        await socket.receive_json()
        closing = asyncio.create_task(workspace.__aexit__(None, None, None))
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        await closing
        stack.pop_all()
        with pytest.raises(aiohttp.ClientError):
            await poll
        stream.close()
        await socket.close()
