"""Buttons and menus: what the app hears, and what it does not."""

from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import Json, bolt, socket_mode

Connected = Callable[..., Any]


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def option(words: str, value: str) -> Json:
    return {"text": text(words), "value": value}


CONFIRM = {
    "title": text("Sure?"),
    "text": text("3 domains"),
    "confirm": text("Promote"),
    "deny": text("Cancel"),
}
BLOCKS: list[Json] = [
    {
        "type": "section",
        "block_id": "head",
        "text": {"type": "mrkdwn", "text": "Promote shop"},
        "accessory": {"type": "button", "action_id": "details", "text": text("Details"), "value": "d"},
    },
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            {
                "type": "button",
                "action_id": "go",
                "text": text("Promote"),
                "value": "dpl_x",
                "style": "primary",
            },
            {"type": "button", "action_id": "risky", "text": text("Roll back"), "confirm": CONFIRM},
            {
                "type": "static_select",
                "action_id": "env",
                "placeholder": text("Environment"),
                "options": [option("Production", "prod"), option("Preview", "pre")],
            },
        ],
    },
    {
        "type": "actions",
        "block_id": "more",
        "elements": [
            {"type": "overflow", "action_id": "menu", "options": [option("Mute", "mute")]},
            {"type": "checkboxes", "action_id": "boxes", "options": [option("One", "1"), option("Two", "2")]},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-01-01"},
        ],
    },
]


async def posted(client: AsyncWebClient, **more: Any) -> str:
    answer = await client.chat_postMessage(channel="C0DEPLOYS", text="Promote shop", blocks=BLOCKS, **more)
    return str(answer["ts"])


async def test_a_click_tells_the_app_who_what_and_where(
    workspace: Workspace, connected: Connected, client: AsyncWebClient, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.action("go")
    async def go(ack: AsyncAck, body: Json) -> None:
        heard.append(body)
        await ack()

    async with connected(app, workspace):
        ts = await posted(client)
        message = await ana.sees("Promote shop")
        assert message.buttons == ["Details", "Promote", "Roll back"]
        await ana.clicks(message, "Promote")
    (body,) = heard
    (action,) = body["actions"]
    assert body["user"]["id"] == "U0ANA0001"
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0DEPLOYS",
        "is_ephemeral": False,
    }
    assert body["message"]["ts"] == ts
    assert action["action_id"] == "go"
    assert action["block_id"] == "acts"
    assert action["value"] == "dpl_x"
    assert action["text"]["text"] == "Promote"
    assert body["response_url"].startswith(f"{workspace.url}/actions/")


async def test_a_button_with_a_confirm_dialog_needs_a_yes(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.action("risky")
    async def risky(ack: AsyncAck, body: Json) -> None:
        heard.append(body)
        await ack()

    async with socket_mode(app, workspace):
        await posted(client)
        message = await ana.sees("Promote shop")
        with pytest.raises(Refused, match="confirmation_required") as refused:
            await ana.clicks(message, "Roll back")
        assert refused.value.told["confirm"] == CONFIRM
        assert heard == []
        await ana.clicks(message, "Roll back", confirmed=True)
        assert len(heard) == 1


async def test_an_accessory_is_clicked_like_any_other_button(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.action("details")
    async def details(ack: AsyncAck, action: Json) -> None:
        heard.append(action["block_id"])
        await ack()

    async with socket_mode(app, workspace):
        await posted(client)
        await ana.clicks(await ana.sees("Promote shop"), "Details")
    assert heard == ["head"]


async def test_what_is_no_longer_in_the_message_cannot_be_clicked(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    ts = await posted(client)
    message = await ana.sees("Promote shop")
    await client.chat_update(channel="C0DEPLOYS", ts=ts, text="done", blocks=[])
    with pytest.raises(Refused, match="no_such_element"):
        await ana.clicks(message, "Promote")
    await client.chat_delete(channel="C0DEPLOYS", ts=ts)
    with pytest.raises(Refused, match="no_such_message"):
        await ana.clicks(message, "Promote")


async def test_one_action_id_in_two_blocks_needs_the_block_id(
    workspace: Workspace, client: AsyncWebClient, session: Any, ana: Person
) -> None:
    app, heard = bolt(workspace), []

    @app.action("same")
    async def same(ack: AsyncAck, action: Json) -> None:
        heard.append(action["block_id"])
        await ack()

    button = {"type": "button", "action_id": "same", "text": text("Same")}
    blocks = [{"type": "actions", "block_id": b, "elements": [button]} for b in ("one", "two")]
    async with socket_mode(app, workspace):
        answer = await client.chat_postMessage(channel="C0DEPLOYS", text="twice", blocks=blocks)
        body = {"as": ana.id, "channel": "C0DEPLOYS", "ts": answer["ts"], "action_id": "same"}
        async with session.post(f"{workspace.url}/sandbox/click", json=body) as response:
            assert response.status == 400
            assert await response.json() == {"ok": False, "error": "ambiguous_element"}
        async with session.post(
            f"{workspace.url}/sandbox/click", json=body | {"block_id": "two"}
        ) as response:
            assert await response.json() == {"ok": True}
    assert heard == ["two"]


async def test_choices_are_remembered_per_person_and_sent_with_the_next_click(
    workspace: Workspace, connected: Connected, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    app, heard = bolt(workspace), []

    async def hear(ack: AsyncAck, body: Json) -> None:
        heard.append((body["user"]["name"], body["actions"][0], body["state"]["values"]))
        await ack()

    for action_id in ("env", "boxes", "day", "menu", "go"):
        app.action(action_id)(hear)

    async with connected(app, workspace):
        await posted(client)
        message = await ana.sees("Promote shop")
        await ana.chooses(message, "Environment", value="Production")
        await ana.chooses(message, action_id="boxes", value=["One", "2"])
        await ana.chooses(message, action_id="day", value="2026-02-03")
        await ana.chooses(message, action_id="menu", value="Mute")
        await ana.clicks(message, "Promote")
        await bob.clicks(message, "Promote")
    assert [action["type"] for _, action, _ in heard[:5]] == [
        "static_select",
        "checkboxes",
        "datepicker",
        "overflow",
        "button",
    ]
    assert heard[0][1]["selected_option"]["value"] == "prod"
    assert heard[3][1]["selected_option"]["value"] == "mute"
    ana_values, bob_values = heard[4][2], heard[5][2]
    assert ana_values["acts"] == {
        "env": {"type": "static_select", "selected_option": option("Production", "prod")}
    }
    assert [o["value"] for o in ana_values["more"]["boxes"]["selected_options"]] == ["1", "2"]
    assert ana_values["more"]["day"]["selected_date"] == "2026-02-03"
    assert "menu" not in ana_values["more"]
    assert bob_values["acts"]["env"]["selected_option"] is None
    assert bob_values["more"]["day"]["selected_date"] == "2026-01-01"


async def test_a_choice_that_the_menu_does_not_have_is_refused(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    await posted(client)
    message = await ana.sees("Promote shop")
    with pytest.raises(Refused, match="no_such_option"):
        await ana.chooses(message, "Environment", value="staging")
    with pytest.raises(Refused, match="no_such_option"):
        await ana.chooses(message, action_id="day", value="tomorrow")


async def test_a_missed_ack_of_a_click_is_told_to_whoever_clicked(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    await posted(client)
    message = await ana.sees("Promote shop")
    with pytest.raises(Refused, match="dispatch_failed"):
        await ana.clicks(message, "Promote")
    async with socket_mode(bolt(workspace), workspace):
        with pytest.raises(Refused, match="operation_timeout"):
            await ana.clicks(message, "Promote")


async def test_a_menu_that_searches_asks_the_app_and_takes_what_it_offered(
    workspace: Workspace, connected: Connected, client: AsyncWebClient, ana: Person
) -> None:
    app, typed, chosen = bolt(workspace), [], []

    @app.options("which")
    async def which(ack: AsyncAck, body: Json) -> None:
        typed.append(body["value"])
        await ack(options=[option(f"{body['value']} one", "1"), option(f"{body['value']} two", "2")])

    @app.action("which")
    async def picked(ack: AsyncAck, action: Json) -> None:
        chosen.append(action["selected_option"]["value"])
        await ack()

    menu = {"type": "external_select", "action_id": "which", "placeholder": text("Deployment")}
    blocks = [{"type": "actions", "elements": [menu]}]
    async with connected(app, workspace):
        await client.chat_postMessage(channel="C0DEPLOYS", text="which", blocks=blocks)
        message = await ana.sees("Deployment")
        assert await ana.searches(message, "ab", menu="Deployment") == []
        assert typed == []  # below min_query_length, which is 3 where it is not given
        found = await ana.searches(message, "shop", menu="Deployment")
        assert [each["text"]["text"] for each in found] == ["shop one", "shop two"]
        await ana.chooses(message, "Deployment", value="shop two", typed="shop")
        with pytest.raises(Refused, match="no_such_option"):
            await ana.chooses(message, "Deployment", value="3", typed="shop")
    assert chosen == ["2"]


async def test_a_menu_of_many_keeps_what_was_chosen_from_an_earlier_search(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app, chosen = bolt(workspace), []

    @app.options("which")
    async def which(ack: AsyncAck, body: Json) -> None:
        await ack(options=[option(body["value"], body["value"])])

    @app.action("which")
    async def picked(ack: AsyncAck, action: Json) -> None:
        chosen.append([each["value"] for each in action["selected_options"]])
        await ack()

    menu = {"type": "multi_external_select", "action_id": "which", "placeholder": text("Projects")}
    async with socket_mode(app, workspace):
        blocks = [{"type": "section", "text": text("Which?"), "accessory": menu}]
        await client.chat_postMessage(channel="C0DEPLOYS", text="which", blocks=blocks)
        message = await ana.sees("Which?")
        await ana.chooses(message, "Projects", value=["shop"], typed="shop")
        await ana.chooses(message, "Projects", value=["shop", "docs"], typed="docs")
    assert chosen == [["shop"], ["shop", "docs"]]


async def test_grouped_suggestions_and_too_many_of_them(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app = bolt(workspace)

    @app.options("which")
    async def which(ack: AsyncAck, body: Json) -> None:
        if body["value"] == "groups":
            await ack(option_groups=[{"label": text("Shop"), "options": [option("a", "1")]}])
        else:
            await ack(options=[option(str(number), str(number)) for number in range(101)])

    menu = {"type": "external_select", "action_id": "which", "placeholder": text("Deployment")}
    async with socket_mode(app, workspace):
        await client.chat_postMessage(
            channel="C0DEPLOYS", text="which", blocks=[{"type": "actions", "elements": [menu]}]
        )
        message = await ana.sees("Deployment")
        assert len(await ana.searches(message, "groups")) == 1
        with pytest.raises(Refused, match="invalid_options"):
            await ana.searches(message, "many")


async def test_an_ephemeral_message_is_replaced_and_deleted_through_its_own_response_url(
    workspace: Workspace, connected: Connected, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    app, bodies = bolt(workspace), []

    @app.action("go")
    async def go(ack: AsyncAck, respond: AsyncRespond, body: Json) -> None:
        bodies.append(body)
        await ack()
        await respond("Promoting", replace_original=True)

    @app.action("details")
    async def details(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond(delete_original=True)

    async with connected(app, workspace):
        for _ in range(2):
            await client.chat_postEphemeral(
                channel="C0DEPLOYS", user=ana.id, text="Promote shop", blocks=BLOCKS
            )
        first, second = await ana.reads()
        await ana.clicks(first, "Promote")
        await ana.clicks(second, "Details")
    (left,) = await ana.reads()
    assert (left.ts, left.words, left.ephemeral, left.edited) == (first.ts, "Promoting", True, True)
    assert await bob.reads() == []
    assert bodies[0]["container"]["is_ephemeral"]
    assert "message" not in bodies[0]


async def test_only_its_person_can_touch_an_ephemeral_message(
    workspace: Workspace, client: AsyncWebClient, ana: Person, bob: Person
) -> None:
    await client.chat_postEphemeral(channel="C0DEPLOYS", user=ana.id, text="Promote shop", blocks=BLOCKS)
    message = await ana.sees("Promote shop")
    with pytest.raises(Refused, match="no_such_message"):
        await bob.clicks(message, "Promote")
