"""Pins, files, and people by their mail address."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jsonschema
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Heard, Json, bolt, manifest, socket_mode

DEPLOYS = "C0DEPLOYS"
GRANTED = [*SCOPES, "pins:read", "pins:write", "files:write", "users:read.email"]


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    granted = manifest(scopes=GRANTED, events=["pin_added", "pin_removed"])
    async with Workspace(granted) as opened:
        yield opened


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_a_person_is_found_by_mail_address(client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="Ana@acme.example")
    assert (found["user"]["id"], found["user"]["profile"]["email"]) == ("U0ANA0001", "ana@acme.example")
    assert await refusal(client.users_lookupByEmail(email="nobody@acme.example")) == "users_not_found"


async def test_who_was_deactivated_or_has_another_address_is_not_found_by_mail(
    workspace: Workspace, client: AsyncWebClient, session: aiohttp.ClientSession
) -> None:
    people = workspace.url + "/sandbox/people/"
    await session.put(people + "U0BOB0002", json={"deactivated": True})
    await session.put(people + "U0ANA0001", json={"email": "ana@elsewhere.example"})
    for gone in ("bob@acme.example", "ana@acme.example"):
        assert await refusal(client.users_lookupByEmail(email=gone)) == "users_not_found"
    found = (await client.users_lookupByEmail(email="ana@elsewhere.example"))["user"]
    assert (found["name"], found["is_admin"]) == ("ana", True)
    assert (await client.users_info(user="U0BOB0002"))["user"]["deleted"] is True


async def test_a_pinned_message_is_listed_the_newest_pin_first(client: AsyncWebClient, ana: Person) -> None:
    first, second = [
        (await client.chat_postMessage(channel=DEPLOYS, text=text))["ts"] for text in ("one", "two")
    ]
    await client.pins_add(channel=DEPLOYS, timestamp=first)
    await client.pins_add(channel=DEPLOYS, timestamp=second)
    items = (await client.pins_list(channel=DEPLOYS))["items"]
    assert [item["message"]["text"] for item in items] == ["two", "one"]
    assert (items[0]["type"], items[0]["channel"], items[0]["created_by"]) == (
        "message",
        DEPLOYS,
        "U0PROMBOT",
    )
    assert items[0]["message"]["permalink"].endswith("/p" + second.replace(".", ""))
    assert items[0]["message"]["pinned_to"] == [DEPLOYS]
    assert [message.text for message in await ana.pinned()] == ["two", "one"]
    assert [message.pinned_by for message in await ana.reads()] == ["U0PROMBOT"] * 2
    await client.pins_remove(channel=DEPLOYS, timestamp=second)
    await client.chat_delete(channel=DEPLOYS, ts=first)
    assert (await client.pins_list(channel=DEPLOYS))["items"] == []


async def test_what_cannot_be_pinned_is_refused(client: AsyncWebClient, ana: Person) -> None:
    message = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
    only_ana = (await client.chat_postEphemeral(channel=DEPLOYS, user=ana.id, text="x"))["message_ts"]
    await client.pins_add(channel=DEPLOYS, timestamp=message)
    refused = {
        "already_pinned": client.pins_add(channel=DEPLOYS, timestamp=message),
        "message_not_found": client.pins_add(channel=DEPLOYS, timestamp=only_ana),
        "no_item_specified": client.pins_add(channel=DEPLOYS),
        "bad_timestamp": client.pins_add(channel=DEPLOYS, timestamp="yesterday"),
        "channel_not_found": client.pins_add(channel="C0SECRET1", timestamp=message),
        "not_in_channel": client.pins_add(channel="C0QUIET01", timestamp=message),
    }
    assert {error: await refusal(call) for error, call in refused.items()} == {e: e for e in refused}
    await client.pins_remove(channel=DEPLOYS, timestamp=message)
    assert await refusal(client.pins_remove(channel=DEPLOYS, timestamp=message)) == "no_pin"


async def test_the_app_hears_of_pins_that_people_set_and_take_away(workspace: Workspace, ana: Person) -> None:
    app, heard = bolt(workspace), Heard()

    async def hear(event: Json) -> None:
        heard.append(event)

    app.event("pin_added")(hear)
    app.event("pin_removed")(hear)
    async with socket_mode(app, workspace):
        message = await ana.posts("important")
        await ana.pins(message)
        await heard.reaches(1)
        await ana.sees_pinned("important")
        await ana.unpins(message)
        await heard.reaches(2)
    assert [event["type"] for event in heard] == ["pin_added", "pin_removed"]
    assert (heard[0]["user"], heard[0]["channel_id"]) == (ana.id, DEPLOYS)
    assert heard[0]["item"]["message"]["ts"] == message.ts


async def test_a_file_is_uploaded_shown_in_the_thread_and_opened(client: AsyncWebClient, ana: Person) -> None:
    parent = (await client.chat_postMessage(channel=DEPLOYS, text="Incident"))["ts"]
    answer = await client.files_upload_v2(
        channel=DEPLOYS,
        thread_ts=parent,
        filename="timeline.md",
        title="Timeline",
        content="14:02 détecté\n",
        initial_comment="All of it",
    )
    assert answer["file"]["title"] == "Timeline"
    (incident,) = await ana.reads()
    message = (await ana.reads(thread=incident))[-1]
    (file,) = message.files
    assert (message.text, file.name, file.title, file.size) == ("All of it", "timeline.md", "Timeline", 16)
    assert await ana.opens(file) == "14:02 détecté\n"
    (_, told) = (await client.conversations_replies(channel=DEPLOYS, ts=parent))["messages"]
    assert told["files"][0]["id"] == answer["file"]["id"]


async def test_several_files_come_in_one_message_and_none_without_a_channel(
    client: AsyncWebClient, ana: Person
) -> None:
    uploads = [{"filename": f"{n}.txt", "content": str(n)} for n in (1, 2)]
    await client.files_upload_v2(file_uploads=uploads, channel=DEPLOYS)
    await client.files_upload_v2(filename="private.txt", content="nobody sees it")
    (message,) = await ana.reads()
    assert [(file.name, await ana.opens(file)) for file in message.files] == [("1.txt", "1"), ("2.txt", "2")]


async def test_an_upload_that_is_not_complete_is_not_shown(
    client: AsyncWebClient, session: aiohttp.ClientSession, ana: Person
) -> None:
    asked = await client.files_getUploadURLExternal(filename="a.txt", length=3)
    share: Json = {"files": [{"id": asked["file_id"]}], "channel_id": DEPLOYS}
    assert await refusal(client.files_completeUploadExternal(**share)) == "file_not_found"
    async with session.post(asked["upload_url"], data=b"1234") as answer:
        assert answer.status == 400
    async with session.post(asked["upload_url"], data=b"123") as answer:
        assert (answer.status, await answer.text()) == (200, "OK - 3")
    assert await refusal(client.files_completeUploadExternal(**share | {"channel_id": "C0QUIET01"})) == (
        "not_in_channel"
    )
    assert await refusal(client.files_completeUploadExternal(**share | {"channel_id": "C0SECRET1"})) == (
        "channel_not_found"
    )
    assert await refusal(client.files_getUploadURLExternal(filename="a", length=0)) == "invalid_arguments"
    assert await ana.reads() == []
    await client.files_completeUploadExternal(**share)
    assert (await ana.reads())[0].files[0].title == "a.txt"


if "CONTRACTS" in os.environ:
    FOLDER = Path(os.environ["CONTRACTS"]) / "data" / "slack" / "responses"

    async def test_the_answers_are_of_the_official_types(client: AsyncWebClient) -> None:
        posted = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
        await client.pins_add(channel=DEPLOYS, timestamp=posted)
        asked = await client.files_getUploadURLExternal(filename="a.txt", length=1)
        uploaded = await client.files_upload_v2(channel=DEPLOYS, filename="a.txt", content="1")
        answers: Json = {
            "PinsList": (await client.pins_list(channel=DEPLOYS)).data,
            "FilesGetUploadURLExternal": asked.data,
            "FilesCompleteUploadExternal": {key: uploaded[key] for key in ("ok", "files")},
            "UsersInfo": (await client.users_lookupByEmail(email="ana@acme.example")).data,
            "ConversationsInfo": (await client.conversations_info(channel=DEPLOYS)).data,
            "ConversationsMembers": (await client.conversations_members(channel=DEPLOYS)).data,
        }
        for name, answer in answers.items():
            schema = json.loads((FOLDER / f"{name}Response.schema.json").read_text(encoding="utf-8"))
            jsonschema.Draft7Validator(schema).validate(answer)
