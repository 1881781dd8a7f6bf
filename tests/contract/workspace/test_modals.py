"""Modals and App Home: opened by a trigger, submitted, answered, closed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import NotSeen, Person, Refused
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import Json, bolt, manifest, socket_mode
from tests.contract.workspace.clocks import Clock

Connected = Callable[..., Any]


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


REASON: Json = {
    "type": "input",
    "block_id": "reason",
    "label": text("Reason"),
    "element": {"type": "plain_text_input", "action_id": "why", "max_length": 20},
}


def modal(title: str, *blocks: Json, **more: Any) -> Json:
    view = {
        "type": "modal",
        "callback_id": "cb",
        "title": text(title),
        "submit": text("Go"),
        "close": text("Cancel"),
    }
    return view | {"blocks": list(blocks) or [REASON]} | more


def opening(app: AsyncApp, view: Json) -> list[Json]:
    """Makes /promote open this view; the answers of views.open are kept."""
    answers: list[Json] = []

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        answers.append((await client.views_open(trigger_id=body["trigger_id"], view=view)).data)  # type: ignore[arg-type]
        await ack()

    return answers


def refused(error: SlackApiError) -> str:
    return str(error.response["error"])


async def test_what_is_typed_into_a_modal_reaches_the_app_and_an_empty_ack_closes_it(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app, heard = bolt(workspace), []
    answers = opening(app, modal("Roll back", private_metadata="kept"))

    @app.view("cb")
    async def submitted(ack: AsyncAck, body: Json) -> None:
        heard.append(body)
        await ack()

    async with connected(app, workspace):
        await ana.types("/promote x")
        view = await ana.sees_modal("Roll back")
        await ana.submits(view, {"Reason": "it broke"})
    assert await ana.modals() == []
    (body,) = heard
    assert body["view"]["state"]["values"] == {
        "reason": {"why": {"type": "plain_text_input", "value": "it broke"}}
    }
    assert body["view"]["type"] == "modal"
    assert body["view"]["private_metadata"] == "kept"
    assert body["view"]["id"] == answers[0]["view"]["id"] == view.id
    assert body["response_urls"] == []


async def test_an_input_left_empty_is_the_clients_complaint_and_the_app_hears_nothing(
    workspace: Workspace, ana: Person
) -> None:
    app, heard = bolt(workspace), []
    opening(app, modal("Roll back"))

    @app.view("cb")
    async def submitted(ack: AsyncAck, body: Json) -> None:
        heard.append(body)
        await ack()

    async with socket_mode(app, workspace):
        await ana.types("/promote x")
        view = await ana.sees_modal("Roll back")
        with pytest.raises(Refused, match="invalid") as empty:
            await ana.submits(view)
        with pytest.raises(Refused, match="invalid") as long:
            await ana.submits(view, {"Reason": "x" * 21})
    assert empty.value.errors == {"reason": "Please complete this required field."}
    assert long.value.errors == {"reason": "Please enter at most 20 characters."}
    assert heard == []
    assert [each.id for each in await ana.modals()] == [view.id]


async def test_errors_in_the_ack_keep_the_modal_open_with_what_was_typed(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app = bolt(workspace)
    opening(app, modal("Roll back"))

    @app.view("cb")
    async def submitted(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"reason": "say more"})

    async with connected(app, workspace):
        await ana.types("/promote x")
        view = await ana.sees_modal("Roll back")
        with pytest.raises(Refused, match="invalid") as told:
            await ana.submits(view, {"reason": {"why": "no"}})
    assert told.value.errors == {"reason": "say more"}
    (still,) = await ana.modals()
    assert still.values["reason"]["why"]["value"] == "no"


async def test_errors_that_name_no_input_are_the_apps_mistake(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)
    opening(app, modal("Roll back"))

    @app.view("cb")
    async def submitted(ack: AsyncAck) -> None:
        await ack(response_action="errors", errors={"elsewhere": "say more"})

    async with socket_mode(app, workspace):
        await ana.types("/promote x")
        with pytest.raises(Refused, match=r"dispatch_failed.*elsewhere"):
            await ana.submits(await ana.sees_modal("Roll back"), {"Reason": "x"})


async def test_an_ack_may_update_push_and_clear(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app, acks = bolt(workspace), iter([("update", "Second"), ("push", "Third"), ("clear", "")])
    answers = opening(app, modal("First"))

    @app.view("cb")
    async def submitted(ack: AsyncAck) -> None:
        action, title = next(acks)
        if title:
            await ack(response_action=action, view=modal(title))
        else:
            await ack(response_action=action)

    async with connected(app, workspace):
        await ana.types("/promote x")
        await ana.submits(await ana.sees_modal("First"), {"Reason": "typed"})
        second = await ana.sees_modal("Second")
        assert second.id == answers[0]["view"]["id"]
        assert second.whole["hash"] != answers[0]["view"]["hash"]
        assert second.values["reason"]["why"]["value"] == "typed"
        await ana.submits(second)
        third = await ana.sees_modal("Third")
        assert third.whole["previous_view_id"] == third.whole["root_view_id"] == second.id
        with pytest.raises(Refused, match="no_such_view"):
            await ana.submits(second)
        await ana.submits(third, {"Reason": "x"})
    assert await ana.modals() == []


async def test_a_submission_without_an_ack_keeps_the_modal(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)
    opening(app, modal("Roll back"))
    async with socket_mode(app, workspace):
        await ana.types("/promote x")
        view = await ana.sees_modal("Roll back")
        with pytest.raises(Refused, match="operation_timeout"):
            await ana.submits(view, {"Reason": "x"})
    assert [each.id for each in await ana.modals()] == [view.id]


async def test_the_app_hears_of_a_closed_modal_only_if_it_asked_to(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app, heard = bolt(workspace), []
    view = modal("Quiet")
    opening(app, view)

    @app.view_closed("cb")
    async def closed(ack: AsyncAck, body: Json) -> None:
        heard.append((body["view"]["title"]["text"], body["is_cleared"]))
        await ack()

    async with connected(app, workspace):
        await ana.types("/promote x")
        await ana.closes(await ana.sees_modal("Quiet"))
        view |= modal("Loud", notify_on_close=True)
        await ana.types("/promote x")
        await ana.closes(await ana.sees_modal("Loud"))
        await ana.types("/promote x")
        await ana.closes(await ana.sees_modal("Loud"), everything=True)
    assert heard == [("Loud", False), ("Loud", True)]
    assert await ana.modals() == []


async def test_a_button_in_a_modal_pushes_up_to_three_and_no_fourth(
    workspace: Workspace, ana: Person
) -> None:
    app, errors = bolt(workspace), []
    button = {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "deeper", "text": text("Deeper")}],
    }
    opening(app, modal("One", button))

    @app.action("deeper")
    async def deeper(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        assert body["container"] == {"type": "view", "view_id": body["view"]["id"]}
        assert "response_url" not in body
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=modal("Another", button))
        except SlackApiError as error:
            errors.append(refused(error))

    async with socket_mode(app, workspace):
        await ana.types("/promote x")
        for _ in range(3):
            await ana.clicks((await ana.modals())[-1], "Deeper")
    assert len(await ana.modals()) == 3
    assert errors == ["push_limit_reached"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def clocked(clock: Clock) -> AsyncIterator[Workspace]:
    async with Workspace(manifest(), ack_seconds=0.5, clock=clock) as opened:
        yield opened


async def trigger(workspace: Workspace, session: aiohttp.ClientSession) -> str:
    """One fresh trigger id, as a command carries it."""
    app, found = bolt(workspace), []

    @app.command("/promote")
    async def promote(ack: AsyncAck, body: Json) -> None:
        found.append(body["trigger_id"])
        await ack()

    async with socket_mode(app, workspace):
        await Person(session, workspace.url, "U0ANA0001", channel="deploys").types("/promote")
    return str(found[0])


async def test_a_trigger_id_opens_one_view_within_three_seconds(
    clocked: Workspace, clock: Clock, session: aiohttp.ClientSession
) -> None:
    client = AsyncWebClient(token=clocked.bot_token, base_url=clocked.api_url)

    async def opens(trigger_id: str) -> str:
        try:
            await client.views_open(trigger_id=trigger_id, view=modal("x"))
        except SlackApiError as error:
            return refused(error)
        return "ok"

    first = await trigger(clocked, session)
    assert await opens(first) == "ok"
    assert await opens(first) == "exchanged_trigger_id"
    second = await trigger(clocked, session)
    clock.now += 3.1
    assert await opens(second) == "expired_trigger_id"
    third = await trigger(clocked, session)
    clock.now += 2.9
    assert await opens(third) == "ok"
    assert await opens("1.2.abc") == "invalid_trigger_id"


async def test_a_refused_view_does_not_use_up_its_trigger(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    trigger_id = await trigger(workspace, session)
    with pytest.raises(SlackApiError) as error:
        await client.views_open(trigger_id=trigger_id, view=modal("x" * 25))
    assert refused(error.value) == "invalid_arguments"
    assert error.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    await client.views_open(trigger_id=trigger_id, view=modal("x"))


async def open_one(client: AsyncWebClient, trigger_id: str, **more: Any) -> Json:
    answer = await client.views_open(trigger_id=trigger_id, view=modal("One", **more))
    view: Json = answer["view"]
    return view


async def test_an_update_with_an_old_hash_is_a_conflict(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    view = await open_one(client, await trigger(workspace, session))
    answer = await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Two"))
    assert answer["view"]["title"]["text"] == "Two"
    with pytest.raises(SlackApiError) as error:
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Three"))
    assert refused(error.value) == "hash_conflict"


async def test_a_view_is_found_by_its_external_id_which_is_unique(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient
) -> None:
    view = await open_one(client, await trigger(workspace, session), external_id="mine")
    answer = await client.views_update(external_id="mine", view=modal("Two", external_id="mine"))
    assert answer["view"]["id"] == view["id"]
    with pytest.raises(SlackApiError) as error:
        await open_one(client, await trigger(workspace, session), external_id="mine")
    assert refused(error.value) == "duplicate_external_id"
    with pytest.raises(SlackApiError) as error:
        await client.views_update(external_id="other", view=modal("x"))
    assert refused(error.value) == "not_found"


async def test_a_closed_view_cannot_be_updated(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    view = await open_one(client, await trigger(workspace, session))
    await ana.closes(await ana.sees_modal("One"))
    with pytest.raises(SlackApiError) as error:
        await client.views_update(view_id=view["id"], view=modal("x"))
    assert refused(error.value) == "not_found"


async def test_home_is_published_for_one_person_and_its_buttons_work(
    workspace: Workspace, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.action("refresh")
    async def refresh(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        heard.append(body["view"]["type"])
        await ack()
        await client.views_publish(user_id=body["user"]["id"], view=home("Refreshed"))

    def home(words: str) -> Json:
        button = {"type": "button", "action_id": "refresh", "text": text("Refresh")}
        section = {"type": "section", "text": text(words), "accessory": button}
        return {"type": "home", "blocks": [section]}

    published = await client.views_publish(user_id=ana.id, view=home("Welcome"))
    with pytest.raises(SlackApiError) as error:
        await client.views_publish(user_id=ana.id, view=home("x"), hash="1.old")
    assert refused(error.value) == "hash_conflict"
    async with socket_mode(app, workspace):
        view = await ana.sees_home("Welcome")
        assert view.id == published["view"]["id"]
        await ana.clicks(view, "Refresh")
        await ana.sees_home("Refreshed")
    assert heard == ["home"]
    with pytest.raises(NotSeen, match="nothing was published"):
        await bob.sees_home("Welcome", within=0)


async def test_home_has_to_be_switched_on_in_the_manifest(session: aiohttp.ClientSession) -> None:
    async with Workspace(manifest(home=False)) as workspace:
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        with pytest.raises(SlackApiError) as error:
            await client.views_publish(user_id="U0ANA0001", view={"type": "home", "blocks": []})
        assert refused(error.value) == "not_enabled"
        with pytest.raises(Refused, match="home_is_off"):
            await Person(session, workspace.url, "U0ANA0001").opens_home()


async def test_sees_modal_waits_for_what_is_opened_later(
    workspace: Workspace, session: aiohttp.ClientSession, client: AsyncWebClient, ana: Person
) -> None:
    trigger_id = await trigger(workspace, session)
    waiting = asyncio.create_task(ana.sees_modal("One", within=10))
    await open_one(client, trigger_id)
    assert (await waiting).title == "One"


async def test_menus_and_dispatching_inputs_in_a_modal(workspace: Workspace, ana: Person) -> None:
    app, heard, submitted = bolt(workspace), [], []
    choice = {
        "type": "input",
        "block_id": "env",
        "label": text("Environment"),
        "dispatch_action": True,
        "element": {
            "type": "static_select",
            "action_id": "pick",
            "options": [{"text": text("Production"), "value": "prod"}],
        },
    }
    where = {
        "type": "input",
        "block_id": "where",
        "label": text("Channel"),
        "element": {"type": "conversations_select", "action_id": "ch", "response_url_enabled": True},
    }
    opening(app, modal("Roll back", choice, where))

    @app.action("pick")
    async def pick(ack: AsyncAck, body: Json) -> None:
        heard.append(body["view"]["state"]["values"]["env"]["pick"]["selected_option"]["value"])
        await ack()

    @app.view("cb")
    async def done(ack: AsyncAck, body: Json) -> None:
        submitted.append(body)
        await ack()

    async with socket_mode(app, workspace):
        await ana.types("/promote")
        view = await ana.sees_modal("Roll back")
        await ana.chooses(view, "Environment", value="Production")
        await ana.chooses(view, "Channel", value="C0GENERAL")
        await ana.submits(view)
    assert heard == ["prod"]
    (url,) = submitted[0]["response_urls"]
    assert (url["block_id"], url["action_id"], url["channel_id"]) == ("where", "ch", "C0GENERAL")
    assert url["response_url"].startswith(f"{workspace.url}/app/")
