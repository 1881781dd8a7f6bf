"""The client that tours and tests see the workspace with."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import NotSeen, Person, Refused


async def test_what_is_not_seen_is_answered_with_what_is(client: AsyncWebClient, ana: Person) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Promote shop"}, "accessory": button}
    await client.chat_postMessage(channel="C0DEPLOYS", text="fallback", blocks=[section])
    await client.chat_postEphemeral(channel="C0DEPLOYS", user=ana.id, text="psst")
    with pytest.raises(NotSeen) as missing:
        await ana.sees("Rolled back", within=0)
    told = str(missing.value)
    assert "no message shows 'Rolled back'" in told
    assert "[U0PROMBOT] Promote shop" in told
    assert "['Go']" in told
    assert "[only U0ANA0001] psst" in told


async def test_sees_waits_for_what_comes_later(client: AsyncWebClient, ana: Person) -> None:
    waiting = asyncio.create_task(ana.sees("Promoted", within=30))
    ts = (await client.chat_postMessage(channel="C0DEPLOYS", text="Promoting"))["ts"]
    await client.chat_update(channel="C0DEPLOYS", ts=ts, text="Promoted")
    assert (await waiting).ts == ts


async def test_sees_takes_the_newest_and_can_be_told_after_which(client: AsyncWebClient, ana: Person) -> None:
    for number in range(2):
        await client.chat_postMessage(channel="C0DEPLOYS", text=f"Promoted {number}")
    newest = await ana.sees("Promoted")
    assert newest.words == "Promoted 1"
    with pytest.raises(NotSeen):
        await ana.sees("Promoted", after=newest, within=0)


async def test_no_longer_sees_waits_and_tells_what_stayed(client: AsyncWebClient, ana: Person) -> None:
    ts = (await client.chat_postMessage(channel="C0DEPLOYS", text="Promoting"))["ts"]
    with pytest.raises(NotSeen, match="still there"):
        await ana.no_longer_sees("Promoting", within=0)
    waiting = asyncio.create_task(ana.no_longer_sees("Promoting", within=30))
    await client.chat_delete(channel="C0DEPLOYS", ts=ts)
    await waiting


async def test_a_button_that_is_not_there_is_refused_with_those_that_are(
    client: AsyncWebClient, ana: Person
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    twins = [{"type": "actions", "elements": [button]}, {"type": "actions", "elements": [button]}]
    await client.chat_postMessage(channel="C0DEPLOYS", text="x", blocks=twins)
    (message,) = await ana.reads()
    with pytest.raises(Refused, match=r"no_such_element .*'Go' \(go\)"):
        await ana.clicks(message, "Stop")
    with pytest.raises(Refused, match="ambiguous_element"):
        await ana.clicks(message, "Go")


async def test_a_bound_channel_need_not_be_named(client: AsyncWebClient, ana: Person) -> None:
    await client.chat_postMessage(channel="C0GENERAL", text="hello")
    room = ana.in_("general")
    assert (await room.sees("hello")).channel == "C0GENERAL"
    assert await ana.reads("deploys") == []
    with pytest.raises(Refused, match="no_such_channel"):
        await ana.reads("nowhere")


async def test_a_modal_that_is_not_seen_is_answered_with_those_that_are_open(ana: Person) -> None:
    with pytest.raises(NotSeen, match="no modal is open"):
        await ana.sees_modal("Affected domains", within=0)


async def test_a_person_answers_in_a_thread(client: AsyncWebClient, ana: Person, bob: Person) -> None:
    await client.chat_postMessage(channel="C0DEPLOYS", text="Promoting")
    parent = await ana.sees("Promoting")
    await bob.types("why?", thread=parent)
    reply = await ana.sees("why?", thread=parent)
    assert (reply.thread_ts, reply.user) == (parent.ts, bob.id)
    assert [m.words for m in await ana.reads()] == ["Promoting"]
