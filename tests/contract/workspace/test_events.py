"""Events: told only to an app that asked for them, and again if they were not taken."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Heard, Json, bolt, manifest, signed_http, socket_mode

Connected = Callable[..., Any]
EVENTS = ["app_mention", "message.channels", "message.im", "app_home_opened"]


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(manifest(events=EVENTS), ack_seconds=0.2, event_retry_seconds=(0, 0, 0)) as opened:
        yield opened


def hearing(app: AsyncApp) -> Heard:
    heard = Heard()

    async def hear(event: Json) -> None:
        heard.append(event)

    for kind in ("app_mention", "message", "app_home_opened"):
        app.event(kind)(hear)
    return heard


async def test_a_message_and_a_mention_reach_the_app(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app = bolt(workspace)
    heard = hearing(app)
    async with connected(app, workspace):
        await ana.types("hello @promotebot, see #general")
        await heard.reaches(2)
    by_type = {event["type"]: event for event in heard}
    message, mention = by_type["message"], by_type["app_mention"]
    assert message["text"] == mention["text"] == "hello <@U0PROMBOT>, see <#C0GENERAL|general>"
    assert (message["user"], message["channel"], message["channel_type"]) == (ana.id, "C0DEPLOYS", "channel")
    assert message["event_ts"] == message["ts"]
    assert message["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "hello "},
        {"type": "user", "user_id": "U0PROMBOT"},
        {"type": "text", "text": ", see "},
        {"type": "channel", "channel_id": "C0GENERAL"},
    ]


async def test_the_app_hears_nothing_of_channels_that_it_is_not_in(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)
    heard = hearing(app)
    async with socket_mode(app, workspace):
        await ana.types("hello @promotebot", channel="quiet")
        await ana.types("only this one", channel="deploys")
        await heard.reaches(1)
    assert [event["text"] for event in heard] == ["only this one"]


async def test_a_direct_message_is_an_event_of_its_own_kind(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app = bolt(workspace)
    heard = hearing(app)
    await client.conversations_open(users=ana.id)
    async with socket_mode(app, workspace):
        await ana.types("hi", channel="app")
        await heard.reaches(1)
    assert heard[0]["channel_type"] == "im"


async def test_an_event_that_the_manifest_does_not_ask_for_is_not_sent(
    session: aiohttp.ClientSession,
) -> None:
    async with Workspace(manifest(events=["app_mention"])) as workspace:
        app = bolt(workspace)
        heard = hearing(app)
        ana = Person(session, workspace.url, "U0ANA0001", channel="deploys")
        async with socket_mode(app, workspace):
            await ana.types("plain")
            await ana.types("hello @promotebot")
            await heard.reaches(1)
    assert [event["type"] for event in heard] == ["app_mention"]


async def test_opening_home_tells_the_app_with_the_view_that_is_there(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app = bolt(workspace)
    heard = hearing(app)
    async with socket_mode(app, workspace):
        await ana.opens_home()
        await heard.reaches(1)
        await client.views_publish(user_id=ana.id, view={"type": "home", "blocks": [{"type": "divider"}]})
        await ana.opens_home()
        await heard.reaches(2)
    assert (heard[0]["tab"], heard[0]["user"], "view" in heard[0]) == ("home", ana.id, False)
    assert heard[1]["view"]["type"] == "home"


async def test_an_event_that_is_not_taken_is_sent_three_more_times_with_its_id(
    workspace: Workspace, ana: Person
) -> None:
    app, tries = bolt(workspace), Heard()

    @app.middleware
    async def refuse(req: AsyncBoltRequest) -> None:
        """Calls nothing further: Bolt answers 404."""
        (number,), (reason,) = (req.headers.get(f"x-slack-retry-{name}", [""]) for name in ("num", "reason"))
        tries.append((req.body["event_id"], number, reason))

    async with signed_http(app, workspace):
        await ana.types("plain")
        await tries.reaches(4)
    assert len({event_id for event_id, _, _ in tries}) == 1
    assert [number for _, number, _ in tries] == ["", "1", "2", "3"]
    assert {reason for _, _, reason in tries[1:]} == {"http_error"}


async def test_over_socket_mode_the_envelope_counts_the_tries(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    client = AsyncWebClient(base_url=workspace.api_url)
    url = (await client.apps_connections_open(app_token=workspace.app_token))["url"]
    async with session.ws_connect(str(url)) as socket:
        await socket.receive_json()
        await ana.types("plain")
        first, second = await socket.receive_json(), await socket.receive_json()
        await socket.send_json({"envelope_id": second["envelope_id"]})
    assert (first["retry_attempt"], second["retry_attempt"]) == (0, 1)
    assert first["payload"]["event_id"] == second["payload"]["event_id"]
    assert (first["type"], first["accepts_response_payload"]) == ("events_api", False)


async def test_a_change_is_told_of_and_bolt_drops_what_the_app_did_to_its_own_messages(
    session: aiohttp.ClientSession, connected: Connected
) -> None:
    granted = manifest(
        events=["message.channels"], scopes=[*SCOPES, "links:write"], unfurl_domains=["vercel.app"]
    )
    async with Workspace(granted) as workspace:
        app, ana = bolt(workspace), Person(session, workspace.url, "U0ANA0001", channel="deploys")
        heard, client = hearing(app), app.client
        async with connected(app, workspace):
            mine = (await client.chat_postMessage(channel="C0DEPLOYS", text="one"))["ts"]
            await client.chat_update(channel="C0DEPLOYS", ts=mine, text="two")
            await client.chat_delete(channel="C0DEPLOYS", ts=mine)
            message = await ana.posts("https://x.vercel.app")
            await heard.reaches(1)
            cards = {"https://x.vercel.app": {"text": "Staged"}}
            await client.chat_unfurl(channel="C0DEPLOYS", ts=message.ts, unfurls=cards)
            await heard.reaches(2)
    written, changed = heard
    assert (written["ts"], "subtype" in written) == (message.ts, False)
    assert (changed["subtype"], changed["hidden"], changed["channel_type"]) == (
        "message_changed",
        True,
        "channel",
    )
    assert "attachments" not in changed["previous_message"]
    assert changed["message"]["attachments"][0]["text"] == "Staged"
