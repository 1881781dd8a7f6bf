"""response_url: how often, how long, and what replaces what."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import Json, bolt, manifest, socket_mode
from tests.contract.workspace.clocks import Clock

BUTTONS: list[Json] = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
    }
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def workspace(clock: Clock) -> AsyncIterator[Workspace]:
    async with Workspace(manifest(), ack_seconds=0.5, clock=clock) as opened:
        yield opened


async def interact(workspace: Workspace, ana: Person, *, click: bool = False) -> AsyncWebhookClient:
    """The response_url of a fresh command, or of a click on the newest message with a button."""
    app, found = bolt(workspace), []

    async def hear(ack: AsyncAck, body: Json) -> None:
        found.append(body["response_url"])
        await ack()

    app.command("/promote")(hear)
    app.action("go")(hear)
    async with socket_mode(app, workspace):
        if click:
            await ana.clicks(await ana.sees("Choose"), "Go")
        else:
            await ana.types("/promote")
    return AsyncWebhookClient(found[0])


async def test_a_response_url_is_good_for_five_uses(workspace: Workspace, ana: Person) -> None:
    url = await interact(workspace, ana)
    answers = [await url.send(text=f"answer {number}") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[0].body == "ok"
    assert answers[5].body == "used_url"
    assert [m.words for m in await ana.reads()] == [f"answer {number}" for number in range(5)]


async def test_a_response_url_is_good_for_thirty_minutes(
    workspace: Workspace, clock: Clock, ana: Person
) -> None:
    url = await interact(workspace, ana)
    clock.now += 30 * 60 - 1
    assert (await url.send(text="still")).status_code == 200
    clock.now += 2
    late = await url.send(text="late")
    assert (late.status_code, late.body) == (404, "expired_url")


async def test_an_answer_is_ephemeral_unless_it_says_in_channel(
    workspace: Workspace, ana: Person, bob: Person
) -> None:
    url = await interact(workspace, ana)
    await url.send(text="for ana")
    await url.send(text="for all", response_type="in_channel")
    assert [m.words for m in await ana.reads()] == ["for ana", "for all"]
    assert [m.words for m in await bob.reads()] == ["for all"]


async def test_replacing_and_deleting_a_public_message_is_seen_by_everybody(
    workspace: Workspace, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    await client.chat_postMessage(channel="C0DEPLOYS", text="Choose", blocks=[*BUTTONS, section("Choose")])
    url = await interact(workspace, ana, click=True)
    await url.send(text="Chosen", replace_original=True)
    (message,) = await bob.reads()
    assert (message.words, message.buttons, message.edited, message.ephemeral) == ("Chosen", [], True, False)
    await url.send(delete_original=True)
    assert await bob.reads() == []
    gone = await url.send(text="again", replace_original=True)
    assert (gone.status_code, gone.body) == (404, "message_not_found")


def section(words: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


async def test_an_ephemeral_message_stays_ephemeral_when_replaced(
    workspace: Workspace, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    await client.chat_postEphemeral(
        channel="C0DEPLOYS", user=ana.id, text="Choose", blocks=[*BUTTONS, section("Choose")]
    )
    url = await interact(workspace, ana, click=True)
    await url.send(text="Chosen", replace_original=True, response_type="in_channel")
    (message,) = await ana.reads()
    assert (message.words, message.ephemeral) == ("Chosen", True)
    assert await bob.reads() == []


async def test_a_refused_answer_says_why_and_is_not_counted(workspace: Workspace, ana: Person) -> None:
    url = await interact(workspace, ana)
    for _ in range(5):
        refused = await url.send(text="x", blocks=[{"type": "banner"}])
        assert (refused.status_code, refused.body) == (400, "invalid_blocks")
    nothing = await url.send(text="")
    assert (nothing.status_code, nothing.body) == (400, "no_text")
    assert (await url.send(text="fine")).status_code == 200


async def test_an_unknown_response_url_is_not_found(
    workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    async with session.post(f"{workspace.url}/commands/T0ACME001/1/guess", json={"text": "x"}) as response:
        assert response.status == 404


async def test_what_was_answered_is_recorded_without_the_secret_path(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person
) -> None:
    url = await interact(workspace, ana)
    await url.send(text="recorded")
    async with session.get(f"{workspace.url}/sandbox/payloads") as response:
        told: Any = await response.text()
    assert '"kind": "response_url"' in told
    assert "recorded" in told
    assert url.url.rsplit("/", 1)[1] not in told
    assert workspace.bot_token not in told
    assert "ticket=" not in told
