"""chat.*: what is posted where, and each refusal with Slack's own code."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Json, manifest

DEPLOYS = "C0DEPLOYS"


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def put(session: aiohttp.ClientSession, workspace: Workspace, path: str, **body: Any) -> None:
    async with session.put(f"{workspace.url}/sandbox/{path}", json=body) as response:
        assert response.status == 200


def client_of(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)


async def test_a_posted_message_is_seen_by_everybody_in_the_channel(
    client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    answer = await client.chat_postMessage(channel=DEPLOYS, text="Promoted")
    seconds, microseconds = answer["ts"].split(".")
    assert (len(seconds), len(microseconds)) == (10, 6)
    assert answer["message"]["bot_id"] == "B0PROMBOT"
    for person in (ana, bob):
        (message,) = await person.reads()
        assert (message.ts, message.words, message.user) == (answer["ts"], "Promoted", "U0PROMBOT")


async def test_timestamps_are_unique_and_grow(client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"] for _ in range(20)]
    assert stamps == sorted(set(stamps))


async def test_a_channel_is_named_by_its_id_or_its_name(client: AsyncWebClient) -> None:
    for name in (DEPLOYS, "deploys", "#deploys"):
        assert (await client.chat_postMessage(channel=name, text="x"))["channel"] == DEPLOYS


async def test_a_persons_id_opens_the_direct_message(
    client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    answer = await client.chat_postMessage(channel=ana.id, text="just you")
    assert answer["channel"].startswith("D")
    assert [m.words for m in await ana.reads("app")] == ["just you"]
    with pytest.raises(Exception, match="no_such_channel"):
        await bob.reads(answer["channel"])
    await client.chat_update(channel=answer["channel"], ts=answer["ts"], text="still you")
    assert (
        await error_of(client.chat_update(channel=ana.id, ts=answer["ts"], text="x")) == "channel_not_found"
    )


async def test_a_private_channel_without_the_app_does_not_exist_for_it(client: AsyncWebClient) -> None:
    assert await error_of(client.chat_postMessage(channel="C0SECRET1", text="x")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"


async def test_a_public_channel_without_the_app_needs_chat_write_public(
    ana: Person, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0QUIET01", text="from outside")
    await ana.sees("from outside", channel="quiet")
    narrow = [scope for scope in SCOPES if scope != "chat:write.public"]
    async with Workspace(manifest(scopes=narrow)) as workspace:
        call = client_of(workspace).chat_postMessage(channel="C0QUIET01", text="x")
        assert await error_of(call) == "not_in_channel"


async def test_an_archived_channel_takes_no_messages(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    ts = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
    await put(session, workspace, f"channels/{DEPLOYS}", archived=True)
    assert await error_of(client.chat_postMessage(channel=DEPLOYS, text="x")) == "is_archived"
    assert await error_of(client.chat_update(channel=DEPLOYS, ts=ts, text="y")) == "is_inactive"
    ephemeral = client.chat_postEphemeral(channel=DEPLOYS, user="U0ANA0001", text="x")
    assert await error_of(ephemeral) == "is_archived"


async def test_a_message_needs_something_to_say(client: AsyncWebClient) -> None:
    assert await error_of(client.api_call("chat.postMessage", json={"channel": DEPLOYS})) == "no_text"
    assert await error_of(client.api_call("chat.postMessage", json={"text": "x"})) == "invalid_arguments"


async def test_invalid_blocks_are_refused_with_a_pointer_to_each(client: AsyncWebClient) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=DEPLOYS, text="x", blocks=blocks)
    answer = refused.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {answer['errors'][0]}"]
    broken = client.api_call("chat.postMessage", json={"channel": DEPLOYS, "text": "x", "blocks": "[{"})
    assert await error_of(broken) == "invalid_blocks_format"


async def test_blocks_that_are_too_long_together_are_refused(client: AsyncWebClient) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    call = client.chat_postMessage(channel=DEPLOYS, text="x", blocks=[section] * 5)
    assert await error_of(call) == "msg_blocks_too_long"


async def test_long_texts_are_cut_when_posted_and_refused_when_updated(
    client: AsyncWebClient, ana: Person
) -> None:
    answer = await client.chat_postMessage(channel=DEPLOYS, text="x" * 40_001)
    assert answer["warning"] == "message_truncated"
    assert len((await ana.reads())[0].text) == 40_000
    update = client.chat_update(channel=DEPLOYS, ts=answer["ts"], text="x" * 4_001)
    assert await error_of(update) == "msg_too_long"
    call = client.chat_postEphemeral(channel=DEPLOYS, user=ana.id, text="x" * 40_001)
    assert await error_of(call) == "msg_too_long"


async def test_a_repeated_client_msg_id_is_the_same_message(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    first, again = [
        await client.chat_postMessage(channel=DEPLOYS, text="once", client_msg_id="4f1c") for _ in range(2)
    ]
    assert first["ts"] == again["ts"]
    elsewhere = await client.chat_postMessage(channel="C0GENERAL", text="once", client_msg_id="4f1c")
    assert elsewhere["ts"] != first["ts"]
    await put(session, workspace, "switches", ignore_client_msg_id=True)
    twice = await client.chat_postMessage(channel=DEPLOYS, text="once", client_msg_id="4f1c")
    assert twice["ts"] != first["ts"]
    assert len(await ana.reads()) == 2


async def test_replies_stay_in_the_thread_unless_they_are_broadcast(
    client: AsyncWebClient, ana: Person
) -> None:
    parent = await client.chat_postMessage(channel=DEPLOYS, text="Promoting")
    reply = await client.chat_postMessage(channel=DEPLOYS, text="log", thread_ts=parent["ts"])
    await client.chat_postMessage(channel=DEPLOYS, text="nested", thread_ts=reply["ts"])
    await client.chat_postMessage(channel=DEPLOYS, text="Done", thread_ts=parent["ts"], reply_broadcast=True)
    top = await ana.reads()
    assert [m.words for m in top] == ["Promoting", "Done"]
    assert top[0].reply_count == 3
    assert [m.words for m in await ana.reads(thread=top[0])] == ["Promoting", "log", "nested", "Done"]
    found = await client.conversations_replies(channel=DEPLOYS, ts=parent["ts"])
    assert [m["text"] for m in found["messages"]] == ["Promoting", "log", "nested", "Done"]
    assert found["messages"][0]["reply_count"] == 3
    call = client.chat_postMessage(channel=DEPLOYS, text="x", thread_ts="1700000000.000001")
    assert await error_of(call) == "thread_not_found"


async def test_an_update_keeps_what_it_does_not_mention(client: AsyncWebClient, ana: Person) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "block words"}}
    ts = (await client.chat_postMessage(channel=DEPLOYS, text="before", blocks=[section]))["ts"]
    await client.chat_update(channel=DEPLOYS, ts=ts, text="after")
    (message,) = await ana.reads()
    assert (message.text, message.words, message.edited) == ("after", "block words", True)
    await client.chat_update(channel=DEPLOYS, ts=ts, text="after", blocks=[])
    (message,) = await ana.reads()
    assert message.words == "after"


async def test_only_the_apps_own_messages_can_be_changed(client: AsyncWebClient, ana: Person) -> None:
    await ana.types("hello")
    ts = (await ana.sees("hello")).ts
    assert await error_of(client.chat_update(channel=DEPLOYS, ts=ts, text="x")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=DEPLOYS, ts=ts)) == "cant_delete_message"
    gone = (await client.chat_postMessage(channel=DEPLOYS, text="gone"))["ts"]
    await client.chat_delete(channel=DEPLOYS, ts=gone)
    await ana.no_longer_sees("gone")
    assert await error_of(client.chat_delete(channel=DEPLOYS, ts=gone)) == "message_not_found"
    assert await error_of(client.chat_update(channel=DEPLOYS, ts=gone, text="x")) == "message_not_found"


async def test_an_ephemeral_message_is_one_persons_and_in_no_history(
    client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    answer = await client.chat_postEphemeral(channel=DEPLOYS, user=ana.id, text="psst")
    ts = answer["message_ts"]
    assert (await ana.reads())[0].ephemeral
    assert await bob.reads() == []
    assert (await client.conversations_history(channel=DEPLOYS))["messages"] == []
    assert await error_of(client.chat_update(channel=DEPLOYS, ts=ts, text="x")) == "message_not_found"
    assert await error_of(client.chat_delete(channel=DEPLOYS, ts=ts)) == "message_not_found"
    assert await error_of(client.chat_getPermalink(channel=DEPLOYS, message_ts=ts)) == "message_not_found"


async def test_an_ephemeral_message_needs_both_in_the_channel(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    quiet = client.chat_postEphemeral(channel="C0QUIET01", user="U0ANA0001", text="x")
    assert await error_of(quiet) == "not_in_channel"
    secret = client.chat_postEphemeral(channel="C0SECRET1", user="U0ANA0001", text="x")
    assert await error_of(secret) == "channel_not_found"
    await put(session, workspace, "channels/C0SECRET1", bot_member=True)
    cy = client.chat_postEphemeral(channel="C0SECRET1", user="U0CYR0003", text="x")
    assert await error_of(cy) == "user_not_in_channel"
    await client.chat_postEphemeral(channel="C0SECRET1", user="U0ANA0001", text="x")


async def test_permalinks_have_slacks_form(client: AsyncWebClient) -> None:
    parent = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
    reply = (await client.chat_postMessage(channel=DEPLOYS, text="y", thread_ts=parent))["ts"]
    link = (await client.chat_getPermalink(channel=DEPLOYS, message_ts=parent))["permalink"]
    assert link == f"https://acme.slack.com/archives/{DEPLOYS}/p{parent.replace('.', '')}"
    link = (await client.chat_getPermalink(channel=DEPLOYS, message_ts=reply))["permalink"]
    assert link.endswith(f"/p{reply.replace('.', '')}?thread_ts={parent}&cid={DEPLOYS}")


async def test_a_reaction_is_added_once(client: AsyncWebClient) -> None:
    ts = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
    await client.reactions_add(channel=DEPLOYS, timestamp=ts, name="rocket")
    call = client.reactions_add(channel=DEPLOYS, timestamp=ts, name="rocket")
    assert await error_of(call) == "already_reacted"
    (message,) = (await client.conversations_history(channel=DEPLOYS))["messages"]
    assert message["reactions"] == [{"name": "rocket", "users": ["U0PROMBOT"], "count": 1}]


async def test_every_block_gets_an_id(client: AsyncWebClient) -> None:
    button: Json = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    answer = await client.chat_postMessage(
        channel=DEPLOYS, text="x", blocks=[{"type": "divider"}, {"type": "actions", "elements": [button]}]
    )
    divider, actions = answer["message"]["blocks"]
    assert divider["block_id"] != actions["block_id"]
    assert actions["elements"][0]["action_id"]
    assert "action_id" not in button
