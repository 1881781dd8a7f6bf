"""The corners: answers that are no answers, content of other kinds, views and channels that refuse."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Json, bolt, manifest, socket_mode

DEPLOYS = "C0DEPLOYS"


@pytest.fixture
async def answering(workspace: Workspace) -> AsyncIterator[Callable[[web.Response], None]]:
    """An app that is no Bolt: it answers what it is told to."""
    answers: list[web.Response] = []

    async def answer(request: web.Request) -> web.Response:
        return answers.pop()

    application = web.Application()
    application.router.add_post("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    workspace.deliver_to = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield answers.append
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (200, "{", "application/json"),
        (200, "[]", "application/json"),
        (500, "", "text/plain"),
        (302, "", "text/plain"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_a_failed_dispatch(
    answering: Callable[[web.Response], None], ana: Person, status: int, body: str, content_type: str
) -> None:
    answering(web.Response(status=status, text=body, content_type=content_type))
    with pytest.raises(Refused, match="dispatch_failed"):
        await ana.types("/promote x")


async def test_a_text_and_a_json_answer_are_both_shown(
    answering: Callable[[web.Response], None], ana: Person
) -> None:
    answering(web.Response(text="plain"))
    await ana.types("/promote x")
    answering(web.json_response({"text": "json", "response_type": "in_channel"}))
    await ana.types("/promote x")
    assert [(m.words, m.ephemeral) for m in await ana.reads()] == [("plain", True), ("json", False)]


async def test_an_app_that_takes_too_long_over_http_times_out(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)

    @app.command("/promote")
    async def promote(ack: AsyncAck) -> None:
        await ana.sees("operation_timeout")
        await ack("too late")

    runner = web.AppRunner(app.web_app(), shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    workspace.deliver_to = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    with pytest.raises(Refused, match="operation_timeout"):
        await ana.types("/promote x")
    await runner.cleanup()
    assert [m.user for m in await ana.reads()] == ["USLACKBOT"]


async def error_of(call: Any) -> Json:
    with pytest.raises(SlackApiError) as raised:
        await call
    answer: Json = raised.value.response.data
    return answer


async def test_attachments_and_metadata_are_taken_and_checked(client: AsyncWebClient) -> None:
    metadata = {"event_type": "promoted", "event_payload": {"id": "dpl_x"}}
    posted = await client.chat_postMessage(
        channel=DEPLOYS, text="x", attachments=[{"text": "old style", "fallback": "x"}], metadata=metadata
    )
    assert posted["message"]["attachments"][0]["text"] == "old style"
    assert posted["message"]["metadata"] == metadata
    for name, value, error in (
        ("attachments", "[{", "invalid_attachments"),
        ("metadata", "{", "invalid_metadata_format"),
        ("metadata", "[]", "invalid_metadata_format"),
        ("attachments", [{"fallback": "x"}] * 101, "too_many_attachments"),
    ):
        body = {"channel": DEPLOYS, "text": "x", name: value}
        assert (await error_of(client.api_call("chat.postMessage", json=body)))["error"] == error


async def test_views_need_a_trigger_a_view_and_the_right_kind(client: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": []}
    for method, args, pointed in (
        ("views.open", {"view": home}, "missing required field: trigger_id"),
        ("views.update", {"view": home}, "missing required field: view_id"),
        ("views.publish", {"user_id": "U0ANA0001"}, "missing required field: view"),
        ("views.publish", {"user_id": "U0NOBODY", "view": home}, "invalid `user_id`"),
        (
            "views.publish",
            {"user_id": "U0ANA0001", "view": {"type": "modal"}},
            "missing required field: title",
        ),
    ):
        answer = await error_of(client.api_call(method, json=args))
        assert answer["error"] == "invalid_arguments"
        assert pointed in answer["response_metadata"]["messages"][0]


async def test_a_view_of_the_other_kind_or_too_large_is_refused(client: AsyncWebClient) -> None:
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}
    answer = await error_of(client.views_publish(user_id="U0ANA0001", view=modal))
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] unsupported type: modal [json-pointer:/view/type]"
    ]
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2990}}
    large = {"type": "home", "blocks": [section] * 90}
    assert (await error_of(client.views_publish(user_id="U0ANA0001", view=large)))[
        "error"
    ] == "view_too_large"


async def test_a_push_from_a_message_has_no_stack_to_go_on(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app, errors = bolt(workspace), []
    modal = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": []}

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        errors.append((await error_of(client.views_push(trigger_id=body["trigger_id"], view=modal)))["error"])

    async with socket_mode(app, workspace):
        await ana.types("/promote")
    assert errors == ["not_found"]


async def test_a_modal_that_clears_on_close_takes_the_stack_with_it(
    workspace: Workspace, ana: Person
) -> None:
    app, closed = bolt(workspace), []
    push = {"type": "button", "action_id": "push", "text": {"type": "plain_text", "text": "Push"}}

    def modal(title: str) -> Json:
        return {
            "type": "modal",
            "callback_id": "cb",
            "title": {"type": "plain_text", "text": title},
            "notify_on_close": True,
            "clear_on_close": title == "Second",
            "blocks": [{"type": "actions", "elements": [push]}],
        }

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal("First"))
        await ack()

    @app.action("push")
    async def pushed(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_push(trigger_id=body["trigger_id"], view=modal("Second"))
        await ack()

    @app.view_closed("cb")
    async def gone(ack: AsyncAck, body: Json) -> None:
        closed.append((body["view"]["title"]["text"], body["is_cleared"]))
        await ack()

    async with socket_mode(app, workspace):
        await ana.types("/promote")
        first = await ana.sees_modal("First")
        with pytest.raises(Refused, match="no_submit_button"):
            await ana.submits(first)
        await ana.clicks(first, "Push")
        await ana.closes(await ana.sees_modal("Second"))
    assert closed == [("Second", True), ("First", True)]
    assert await ana.modals() == []


async def test_a_modal_answer_that_is_none_is_the_apps_mistake(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)
    broken: list[Json] = [
        {"response_action": "dance"},
        {"response_action": "update", "view": {"type": "modal"}},
    ]
    answers = iter(broken)
    modal = {
        "type": "modal",
        "callback_id": "cb",
        "title": {"type": "plain_text", "text": "One"},
        "submit": {"type": "plain_text", "text": "Go"},
        "blocks": [],
    }

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal)
        await ack()

    @app.view("cb")
    async def submitted(ack: AsyncAck) -> None:
        await ack(next(answers))

    async with socket_mode(app, workspace):
        await ana.types("/promote")
        view = await ana.sees_modal("One")
        with pytest.raises(Refused, match="unknown response_action: dance"):
            await ana.submits(view)
        with pytest.raises(Refused, match="missing required field: title"):
            await ana.submits(view)
        for values, error in (
            ({"nowhere": {"x": "1"}}, "no_such_element"),
            ({"Nothing": "1"}, "no_such_element"),
        ):
            with pytest.raises(Refused, match=error):
                await ana.submits(view, values)


async def test_channels_that_cannot_be_joined(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    direct = (await client.conversations_open(users="U0ANA0001"))["channel"]["id"]
    error = (await error_of(client.conversations_join(channel=direct)))["error"]
    assert error == "method_not_supported_for_channel_type"
    assert (await client.conversations_info(channel=direct))["channel"]["user"] == "U0ANA0001"
    assert (await client.conversations_open(channel=direct))["already_open"] is True
    several = client.conversations_open(users="U0ANA0001,U0BOB0002")
    assert (await error_of(several))["error"] == "method_not_supported_for_channel_type"
    async with session.put(
        f"{workspace.url}/sandbox/channels/C0QUIET01", json={"archived": True}
    ) as response:
        assert response.status == 200
    assert (await error_of(client.conversations_join(channel="C0QUIET01")))["error"] == "is_archived"
    listed = await client.conversations_list(exclude_archived=True)
    assert "quiet" not in [channel["name"] for channel in listed["channels"]]
    assert (await error_of(client.conversations_history(channel="C0QUIET01")))["error"] == "not_in_channel"


async def test_addresses_are_shown_with_their_scope_only() -> None:
    async with Workspace(manifest(scopes=[*SCOPES, "users:read.email"])) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        assert (await client.users_info(user="U0ANA0001"))["user"]["profile"]["email"] == "ana@acme.example"
        assert "email" not in (await client.users_info(user="U0PROMBOT"))["user"]["profile"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 429, "retry_after": 7}, (429, "ratelimited")),
        ({"error": "expired_url"}, (404, "expired_url")),
    ],
)
async def test_a_response_url_fails_as_asked(
    workspace: Workspace, session: aiohttp.ClientSession, ana: Person, fault: Json, expected: tuple[int, str]
) -> None:
    app, answers = bolt(workspace), []

    @app.command("/promote")
    async def promote(ack: AsyncAck, respond: AsyncRespond) -> None:
        answer = await respond("x")
        answers.append((answer.status_code, answer.body))
        await ack()

    async with session.post(f"{workspace.url}/sandbox/faults", json={"method": "response_url"} | fault):
        pass
    async with socket_mode(app, workspace):
        await ana.types("/promote")
    assert answers == [expected]
    assert await ana.reads() == []


async def test_interactivity_has_to_be_on_in_the_manifest(session: aiohttp.ClientSession) -> None:
    off = manifest()
    off["settings"]["interactivity"]["is_enabled"] = False
    async with Workspace(off) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        blocks = [{"type": "actions", "elements": [button]}]
        await client.chat_postMessage(channel=DEPLOYS, text="x", blocks=blocks)
        ana = Person(session, workspace.url, "U0ANA0001", channel="deploys")
        with pytest.raises(Refused, match="interactivity_is_off"):
            await ana.clicks((await ana.reads())[0], "Go")


async def test_a_command_in_the_manifest_of_the_bot_itself_is_known(session: aiohttp.ClientSession) -> None:
    """The fixture's manifest is made for tests: this one is what is installed."""
    import yaml

    from tests.conftest import MANIFEST

    async with Workspace(yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))) as workspace:
        async with session.get(f"{workspace.url}/sandbox/workspace") as response:
            commands = [command["command"] for command in (await response.json())["commands"]]
        assert "/promote" in commands
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        assert "chat:write" in (await client.auth_test()).headers["x-oauth-scopes"]
