"""What happens to channels, and what the app hears of it; metadata; limits by tier."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Heard, Json, bolt, manifest, socket_mode
from tests.contract.workspace.clocks import Clock

DEPLOYS, QUIET, SECRET = "C0DEPLOYS", "C0QUIET01", "C0SECRET1"
EVENTS = [
    *("channel_archive", "channel_unarchive", "channel_rename", "channel_left", "channel_deleted"),
    *("group_archive", "group_rename", "group_left", "group_deleted"),
    *("member_joined_channel", "member_left_channel", "app_home_opened"),
]


@pytest.fixture
async def clock() -> Clock:
    return Clock()


@pytest.fixture
async def workspace(clock: Clock) -> AsyncIterator[Workspace]:
    async with Workspace(manifest(events=EVENTS), clock=clock) as opened:
        yield opened


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


def hearing(workspace: Workspace) -> tuple[Any, Heard]:
    app, heard = bolt(workspace), Heard()

    async def hear(event: Json) -> None:
        heard.append({key: value for key, value in event.items() if key != "event_ts"})

    for kind in EVENTS:
        app.event(kind)(hear)
    return app, heard


async def test_the_app_hears_what_becomes_of_a_public_channel(
    workspace: Workspace, client: AsyncWebClient, ana: Person, clock: Clock
) -> None:
    app, heard = hearing(workspace)
    async with socket_mode(app, workspace):
        for number, act in enumerate(
            (
                ana.archives(),
                ana.unarchives(),
                ana.renames("releases"),
                ana.removes_app(),
                ana.deletes_channel("quiet"),
            ),
            start=1,
        ):
            await act
            await heard.reaches(number if number < 4 else number + 1)
    removed = sorted(heard[3:5], key=lambda event: str(event["type"]))
    assert heard[:3] == [
        {"type": "channel_archive", "channel": DEPLOYS, "user": ana.id},
        {"type": "channel_unarchive", "channel": DEPLOYS, "user": ana.id},
        {
            "type": "channel_rename",
            "channel": {
                "id": DEPLOYS,
                "name": "releases",
                "name_normalized": "releases",
                "created": int(clock.now),
            },
        },
    ]
    assert removed == [
        {"type": "channel_left", "channel": DEPLOYS, "actor_id": ana.id},
        {
            "type": "member_left_channel",
            "user": "U0PROMBOT",
            "channel": DEPLOYS,
            "channel_type": "C",
            "team": "T0ACME001",
        },
    ]
    assert heard[5] == {"type": "channel_deleted", "channel": QUIET, "actor_id": ana.id}
    info = (await client.conversations_info(channel=DEPLOYS))["channel"]
    assert (info["name"], info["previous_names"], info["is_member"]) == ("releases", ["deploys"], False)
    assert await error_of(client.conversations_info(channel=QUIET)) == "channel_not_found"


async def test_a_private_channel_is_told_of_once_the_app_is_in_it(workspace: Workspace, ana: Person) -> None:
    app, heard = hearing(workspace)
    async with socket_mode(app, workspace):
        await ana.renames("hidden", channel="secret")
        await ana.invites_app("hidden")
        await heard.reaches(1)
        await ana.renames("known", channel="hidden")
        await heard.reaches(2)
        await ana.removes_app("hidden")
        await heard.reaches(4)
    joined, renamed, *left = heard
    assert joined == {
        "type": "member_joined_channel",
        "user": "U0PROMBOT",
        "channel": SECRET,
        "channel_type": "G",
        "team": "T0ACME001",
        "inviter": ana.id,
    }
    assert (renamed["type"], renamed["channel"]["name"]) == ("group_rename", "known")
    assert {event["type"] for event in left} == {"member_left_channel", "group_left"}


async def test_joining_by_itself_is_told_without_an_inviter(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    app, heard = hearing(workspace)
    async with socket_mode(app, workspace):
        await client.conversations_join(channel=QUIET)
        await heard.reaches(1)
    assert (heard[0]["type"], "inviter" in heard[0]) == ("member_joined_channel", False)


async def test_nothing_is_posted_to_what_is_archived_or_gone(client: AsyncWebClient, ana: Person) -> None:
    message = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
    await ana.archives()
    assert await error_of(client.chat_postMessage(channel=DEPLOYS, text="x")) == "is_archived"
    assert await error_of(client.chat_update(channel=DEPLOYS, ts=message, text="y")) == "is_inactive"
    await ana.deletes_channel()
    assert await error_of(client.chat_postMessage(channel=DEPLOYS, text="x")) == "channel_not_found"
    with pytest.raises(Refused, match="no_such_channel"):
        await ana.reads()


async def test_a_name_is_a_name_and_taken_once(ana: Person) -> None:
    for name, error in (("general", "name_taken"), ("Not a name", "invalid_argument")):
        with pytest.raises(Refused, match=error):
            await ana.renames(name)


async def test_metadata_comes_back_to_who_asks_for_it(client: AsyncWebClient) -> None:
    metadata = {"event_type": "change", "event_payload": {"number": 7}}
    posted = await client.chat_postMessage(channel=DEPLOYS, text="x", metadata=metadata)
    assert posted["message"]["metadata"] == metadata
    (plain,) = (await client.conversations_history(channel=DEPLOYS))["messages"]
    (whole,) = (await client.conversations_history(channel=DEPLOYS, include_all_metadata=True))["messages"]
    assert ("metadata" in plain, whole["metadata"]) == (False, metadata)
    wrong = client.chat_postMessage(channel=DEPLOYS, text="x", metadata={"event_payload": {}})
    assert await error_of(wrong) == "invalid_metadata_schema"


async def test_history_is_read_between_two_times(client: AsyncWebClient) -> None:
    ts = [(await client.chat_postMessage(channel=DEPLOYS, text=str(n)))["ts"] for n in range(4)]

    async def texts(**between: Any) -> list[str]:
        found = await client.conversations_history(channel=DEPLOYS, **between)
        return [message["text"] for message in found["messages"]]

    assert await texts(oldest=ts[1]) == ["3", "2"]
    assert await texts(oldest=ts[1], latest=ts[2], inclusive=True) == ["2", "1"]
    assert await texts(latest=ts[1], inclusive=True, limit=1) == ["1"]


async def test_home_and_messages_are_two_tabs(workspace: Workspace, ana: Person) -> None:
    app, heard = hearing(workspace)
    async with socket_mode(app, workspace):
        await ana.opens_home()
        await heard.reaches(1)
        await ana.opens_home(tab="messages")
        await heard.reaches(2)
    assert [event["tab"] for event in heard] == ["home", "messages"]


async def test_with_the_switch_a_tier_lets_pass_what_it_promises(
    workspace: Workspace, client: AsyncWebClient, clock: Clock
) -> None:
    workspace.backend.switches.tiers = True
    ts = (await client.chat_postMessage(channel=DEPLOYS, text="x"))["ts"]
    for n in range(50):
        await client.chat_update(channel=DEPLOYS, ts=ts, text=str(n))
        clock.now += 0.125
    with pytest.raises(SlackApiError) as raised:
        await client.chat_update(channel=DEPLOYS, ts=ts, text="one too many")
    assert (raised.value.response.status_code, raised.value.response.headers["Retry-After"]) == (429, "54")
    clock.now += 54
    await client.chat_update(channel=DEPLOYS, ts=ts, text="again")


async def test_an_event_whose_scope_is_missing_is_not_sent(ana: Person, workspace: Workspace) -> None:
    granted = manifest(events=EVENTS, scopes=[scope for scope in SCOPES if scope != "channels:read"])
    async with Workspace(granted) as other:
        assert other.backend.events.tell("channel_archive", {"event_ts": "1.1"}) is False
        assert other.backend.events.tell("app_home_opened", {"type": "x", "event_ts": "1.1"}) is True
