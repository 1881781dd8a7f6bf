"""The Web API as a whole: tokens, scopes, encodings, limits; people, groups and conversations."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.slack.webapi import METHODS
from tests.contract.workspace.apps import Json, manifest

DEPLOYS = "C0DEPLOYS"


async def refusal(call: Any) -> Json:
    with pytest.raises(SlackApiError) as raised:
        await call
    answer: Json = raised.value.response.data
    return answer


async def test_the_token_is_checked_before_anything_is_done(workspace: Workspace) -> None:
    def client(token: str | None) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=workspace.api_url)

    assert (await refusal(client(None).auth_test()))["error"] == "not_authed"
    assert (await refusal(client("xoxb-wrong").auth_test()))["error"] == "invalid_auth"
    assert (await refusal(client(workspace.app_token).auth_test()))["error"] == "not_allowed_token_type"
    opening = client(None).apps_connections_open(app_token=workspace.bot_token)
    assert (await refusal(opening))["error"] == "not_allowed_token_type"
    opening = client(None).apps_connections_open(app_token="xapp-wrong")  # noqa: S106 - wrong on purpose
    assert (await refusal(opening))["error"] == "invalid_auth"


async def test_auth_test_tells_who_the_app_is_and_which_scopes_it_has(
    workspace: Workspace, client: AsyncWebClient
) -> None:
    answer = await client.auth_test()
    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0ACME001", "U0PROMBOT", "B0PROMBOT")
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_an_unknown_method_says_so(client: AsyncWebClient) -> None:
    assert (await refusal(client.api_call("chat.sing")))["error"] == "unknown_method"


@pytest.mark.parametrize(
    ("method", "args", "needed"),
    [
        ("chat.postMessage", {"channel": DEPLOYS, "text": "x"}, "chat:write"),
        ("chat.update", {"channel": DEPLOYS, "ts": "1", "text": "x"}, "chat:write"),
        ("users.info", {"user": "U0ANA0001"}, "users:read"),
        ("usergroups.users.list", {"usergroup": "S0ONCALL1"}, "usergroups:read"),
        ("conversations.join", {"channel": "C0QUIET01"}, "channels:join"),
        ("conversations.info", {"channel": DEPLOYS}, "channels:read"),
        ("conversations.list", {"types": "public_channel,im"}, "im:read"),
        ("conversations.replies", {"channel": DEPLOYS, "ts": "1"}, "channels:history"),
        ("reactions.add", {"channel": DEPLOYS, "timestamp": "1", "name": "x"}, "reactions:write"),
        ("users.lookupByEmail", {"email": "ana@acme.example"}, "users:read.email"),
        ("pins.add", {"channel": DEPLOYS, "timestamp": "1"}, "pins:write"),
        ("pins.list", {"channel": DEPLOYS}, "pins:read"),
        ("files.getUploadURLExternal", {"filename": "a", "length": 1}, "files:write"),
        ("chat.unfurl", {"channel": DEPLOYS, "ts": "1", "unfurls": "{}"}, "links:write"),
    ],
)
async def test_a_scope_that_the_manifest_lacks_is_named(method: str, args: Json, needed: str) -> None:
    provided = [scope for scope in ("commands", "channels:read") if scope != needed]
    async with Workspace(manifest(scopes=provided)) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        answer = await refusal(client.api_call(method, params=args))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == needed
    assert answer["provided"] == ",".join(provided)


@pytest.mark.parametrize(
    "encoding", ["json", "form", "query of a GET", "query of a POST", "token in the form"]
)
async def test_arguments_are_read_in_every_encoding(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person, encoding: str
) -> None:
    url = workspace.api_url + "chat.postMessage"
    blocks = '[{"type":"divider"}]'
    args = {"channel": DEPLOYS, "text": encoding, "blocks": blocks}
    headers = {"Authorization": f"Bearer {workspace.bot_token}"}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    match encoding:
        case "json":
            request = session.post(url, json=args | {"blocks": [{"type": "divider"}]}, headers=headers)
        case "form":
            request = session.post(url, data=args, headers=headers)
        case "query of a GET":
            request = session.get(url, params=args, headers=headers)
        case "query of a POST":
            request = session.post(url, params=args, headers=headers | form)
        case _:
            request = session.post(url, data=args | {"token": workspace.bot_token})
    async with request as response:
        assert (await response.json())["ok"] is True
    (message,) = await ana.reads()
    assert message.text == encoding
    assert message.blocks[0]["type"] == "divider"


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_a_broken_body_is_refused(
    workspace: Workspace, session: aiohttp.ClientSession, body: str, error: str
) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {workspace.bot_token}"}
    async with session.post(workspace.api_url + "chat.postMessage", data=body, headers=headers) as response:
        assert (await response.json())["error"] == error


async def test_people_are_described_as_slack_does(client: AsyncWebClient) -> None:
    ana = (await client.users_info(user="U0ANA0001"))["user"]
    assert (ana["name"], ana["real_name"], ana["is_admin"], ana["is_bot"]) == (
        "ana",
        "Ana Duarte",
        True,
        False,
    )
    assert "email" not in ana["profile"]  # users:read.email is not granted
    assert (await refusal(client.users_info(user="U0NOBODY")))["error"] == "user_not_found"
    everybody = (await client.users_list())["members"]
    assert {"U0ANA0001", "U0BOB0002", "U0CYR0003", "U0DEE0004", "U0PROMBOT"} <= {
        each["id"] for each in everybody
    }


async def test_an_admin_may_stop_being_one(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    async with session.put(f"{workspace.url}/sandbox/people/U0ANA0001", json={"is_admin": False}) as response:
        assert response.status == 200
    assert (await client.users_info(user="U0ANA0001"))["user"]["is_admin"] is False


async def test_groups_and_who_is_in_them(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    assert (group["id"], group["handle"], group["users"]) == ("S0ONCALL1", "oncall", ["U0DEE0004"])
    assert "users" not in (await client.usergroups_list())["usergroups"][0]
    body = {"users": ["U0ANA0001", "U0DEE0004"]}
    async with session.put(f"{workspace.url}/sandbox/groups/S0ONCALL1", json=body) as response:
        assert response.status == 200
    assert (await client.usergroups_users_list(usergroup="S0ONCALL1"))["users"] == body["users"]
    assert (await refusal(client.usergroups_users_list(usergroup="S0NONE")))["error"] == "no_such_subteam"


async def test_conversations_are_listed_in_pages(client: AsyncWebClient) -> None:
    seen, cursor = [], ""
    while True:
        page = await client.conversations_list(limit=2, cursor=cursor)
        seen += [channel["name"] for channel in page["channels"]]
        assert len(page["channels"]) <= 2
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert seen == ["deploys", "incidents", "general", "quiet"]
    assert (await refusal(client.conversations_list(cursor="made up")))["error"] == "invalid_cursor"
    assert (await refusal(client.conversations_list(limit=1000)))["error"] == "invalid_limit"
    strange = client.api_call("conversations.list", json={"limit": {"of": 1}})
    assert (await refusal(strange))["error"] == "invalid_limit"
    assert (await refusal(client.conversations_list(types="clubs")))["error"] == "invalid_types"


async def test_a_private_channel_is_listed_only_once_the_app_is_in_it(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    assert (await client.conversations_list(types="private_channel"))["channels"] == []
    assert (await refusal(client.conversations_info(channel="C0SECRET1")))["error"] == "channel_not_found"
    async with session.put(
        f"{workspace.url}/sandbox/channels/C0SECRET1", json={"bot_member": True}
    ) as response:
        assert response.status == 200
    (channel,) = (await client.conversations_list(types="private_channel"))["channels"]
    assert (channel["id"], channel["is_private"], channel["is_member"]) == ("C0SECRET1", True, True)
    members = (await client.conversations_members(channel="C0SECRET1"))["members"]
    assert members == ["U0ANA0001", "U0BOB0002", "U0PROMBOT"]


async def test_joining_a_public_channel(client: AsyncWebClient) -> None:
    assert (await client.conversations_info(channel="C0QUIET01"))["channel"]["is_member"] is False
    assert (await client.conversations_join(channel="C0QUIET01"))["channel"]["is_member"] is True
    assert (await client.conversations_join(channel="C0QUIET01"))["warning"] == "already_in_channel"
    assert (await client.conversations_info(channel="C0QUIET01", include_num_members=True))["channel"][
        "num_members"
    ] == 5


async def test_opening_a_direct_message(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U0ANA0001")
    again = await client.conversations_open(users=["U0ANA0001"], return_im=True)
    assert first["channel"]["id"] == again["channel"]["id"]
    assert again["already_open"] is True
    assert again["channel"]["user"] == "U0ANA0001"
    assert (await refusal(client.conversations_open(users="U0NOBODY")))["error"] == "user_not_found"
    assert (await refusal(client.conversations_open(users="")))["error"] == "users_list_not_supplied"


async def test_an_unknown_thread_is_not_found(client: AsyncWebClient) -> None:
    answer = await refusal(client.conversations_replies(channel=DEPLOYS, ts="1700000000.000001"))
    assert answer["error"] == "thread_not_found"


async def test_the_rate_of_a_channel_can_be_limited(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    async with session.put(
        f"{workspace.url}/sandbox/switches", json={"one_message_per_second": True}
    ) as response:
        assert response.status == 200
    await client.chat_postMessage(channel=DEPLOYS, text="one")
    await client.chat_postMessage(channel="C0GENERAL", text="elsewhere")
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=DEPLOYS, text="two")
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "1"
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    await client.chat_postMessage(channel=DEPLOYS, text="three")
    assert [m.words for m in await ana.reads()] == ["one", "three"]


def test_the_methods_that_the_contract_names_are_there() -> None:
    assert {
        "apps.connections.open",
        "auth.test",
        "blocks.validate",
        "chat.delete",
        "chat.getPermalink",
        "chat.postEphemeral",
        "chat.postMessage",
        "chat.update",
        "conversations.info",
        "conversations.join",
        "conversations.list",
        "conversations.members",
        "conversations.open",
        "conversations.replies",
        "usergroups.list",
        "usergroups.users.list",
        "users.info",
        "users.list",
        "views.open",
        "views.publish",
        "views.push",
        "views.update",
    } <= set(METHODS)
