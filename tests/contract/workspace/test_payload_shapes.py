"""What the workspace sends has the keys of the samples in Bolt's own scenario tests.

The samples are read where CONTRACTS names their folder; the lists of keys here are what was read from them,
so that the rule is held everywhere.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import jsonschema
import pytest
from slack_bolt.async_app import AsyncAck, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person
from chatbot.sandbox.slack import Workspace
from tests.contract.workspace.apps import SCOPES, Json, bolt, manifest, socket_mode

# Not in an Enterprise Grid organisation: team and command carry no enterprise_id and enterprise_name there.
# authed_users is the older form of `authorizations`.
LEFT_OUT = {"enterprise_id", "enterprise_name", "authed_users"}

VIEW_KEYS = (
    "id team_id type blocks private_metadata callback_id state hash title clear_on_close notify_on_close close "
    "submit previous_view_id root_view_id app_id external_id app_installed_team_id bot_id"
)
KEYS = {
    "slash_commands": (
        "token team_id team_domain channel_id channel_name user_id user_name command text api_app_id "
        "is_enterprise_install response_url trigger_id"
    ),
    "block_actions": (
        "type user api_app_id token container trigger_id team channel response_url actions message state "
        "enterprise is_enterprise_install"
    ),
    "block_suggestion": "type user container api_app_id token action_id block_id value team view",
    "view_submission": "type team user api_app_id token trigger_id view response_urls is_enterprise_install",
    "view_closed": "type team user api_app_id token view is_cleared is_enterprise_install",
    "shortcut": "type token action_ts team user callback_id trigger_id is_enterprise_install",
    "message_action": (
        "type token action_ts team user channel callback_id trigger_id message_ts message response_url"
    ),
    "app_mention": "token team_id api_app_id event type event_id event_time authorizations",
    "function_executed": "token team_id api_app_id event type event_id event_time authorizations",
    "link_shared": "token team_id api_app_id event type event_id event_time authorizations",
}
SAMPLES = {
    "slash_commands": "slash_command.slash_command_body",
    "block_actions": "block_actions.body",
    "block_suggestion": "block_suggestion.body",
    "view_submission": "view_submission.body",
    "view_closed": "view_closed.body",
    "shortcut": "shortcut.global_shortcut_body",
    "message_action": "shortcut.message_shortcut_body",
    "app_mention": "events.app_mention_body",
    "function_executed": "function.function_body",
}


PARAMETER = {"type": "string", "name": "stringToReverse", "is_required": False}
STEP = {
    "callback_id": "step",
    "title": "Step",
    "description": "A step",
    "input_parameters": [PARAMETER],
    "output_parameters": [],
}
GRANTED = manifest(
    events=["app_mention", "function_executed", "link_shared"],
    functions=[STEP],
    scopes=[*SCOPES, "links:read"],
    unfurl_domains=["vercel.app"],
)


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


@pytest.fixture
async def sent(session: aiohttp.ClientSession) -> AsyncIterator[dict[str, Json]]:
    """One payload of each kind, as Bolt received it."""
    async with Workspace(GRANTED) as workspace:
        heard: dict[str, Json] = {}
        seen = asyncio.Event()
        app = bolt(workspace)
        view = {
            "type": "modal",
            "callback_id": "cb",
            "title": text("One"),
            "submit": text("Go"),
            "notify_on_close": True,
            "blocks": [
                {
                    "type": "input",
                    "label": text("Which"),
                    "optional": True,
                    "element": {"type": "external_select", "action_id": "which", "min_query_length": 0},
                }
            ],
        }

        @app.middleware
        async def hear(req: AsyncBoltRequest, next_: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
            body = req.body
            kind = body.get("event", {}).get("type") or body.get("type") or "slash_commands"
            heard[str(kind)] = dict(body)
            seen.set()
            return await next_()

        @app.command("/promote")
        async def promote(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack()

        @app.options("which")
        async def which(ack: AsyncAck) -> None:
            await ack(options=[])

        @app.view("cb")
        async def submitted(ack: AsyncAck) -> None:
            await ack(response_action="update", view=view)

        async def just(ack: AsyncAck) -> None:
            await ack()

        app.action("go")(just)
        app.view_closed("cb")(just)
        for name in ("ask", "look"):
            app.shortcut(name)(just)
        for kind in ("app_mention", "link_shared"):
            app.event(kind)(just)
        app.function("step")(just)
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        ana = Person(session, workspace.url, "U0ANA0001", channel="deploys")
        button = {"type": "button", "action_id": "go", "text": text("Go")}
        async with socket_mode(app, workspace):
            await client.chat_postMessage(
                channel="C0DEPLOYS", text="x", blocks=[{"type": "actions", "elements": [button]}]
            )
            (message,) = await ana.reads()
            await ana.clicks(message, "Go")
            await ana.uses_shortcut("ask")
            await ana.types("what is this?")
            await ana.uses_shortcut("look", await ana.sees("what is this?"))
            await ana.types("hello <@U0PROMBOT>")
            await ana.types("https://shop.vercel.app")
            await ana.runs_workflow("step", stringToReverse="hello")
            await ana.types("/promote")
            modal = await ana.sees_modal("One")
            await ana.searches(modal, "x", menu="Which")
            await ana.submits(modal)
            await ana.closes(modal)
            while set(KEYS) > set(heard):
                seen.clear()
                await asyncio.wait_for(seen.wait(), 5)
        yield heard


async def test_every_payload_has_the_keys_that_slack_sends(sent: dict[str, Json]) -> None:
    assert set(sent) == set(KEYS)
    for kind, keys in KEYS.items():
        assert set(keys.split()) <= set(sent[kind]), kind
    for kind in ("block_suggestion", "view_submission", "view_closed"):
        assert set(VIEW_KEYS.split()) == set(sent[kind]["view"])
        assert sent[kind]["view"]["type"] == "modal"


async def test_a_search_does_not_tell_what_the_other_fields_hold(sent: dict[str, Json]) -> None:
    assert sent["block_suggestion"]["view"]["state"] == {"values": {}}
    assert sent["view_submission"]["view"]["state"]["values"]


async def test_a_command_says_false_with_a_string_and_everything_else_with_a_boolean(
    sent: dict[str, Json],
) -> None:
    assert sent["slash_commands"]["is_enterprise_install"] == "false"
    assert sent["block_actions"]["is_enterprise_install"] is False
    assert sent["view_submission"]["is_enterprise_install"] is False


def _missing(sample: object, found: object, path: str = "") -> list[str]:
    """Paths of objects that the sample has and the payload has not; lists and blocks hold what apps put there."""
    if not isinstance(sample, dict):
        return []
    if not isinstance(found, dict):
        return [path]
    missing = [f"{path}/{key}" for key in sample if key not in found and key not in LEFT_OUT]
    for key in sample:
        if key in found and key not in ("state", "close"):
            missing += _missing(sample[key], found[key], f"{path}/{key}")
    return missing


if "CONTRACTS" in os.environ:  # elsewhere the lists of keys above stand for the samples
    FOLDER = Path(os.environ["CONTRACTS"]) / "data" / "slack" / "inbound-samples"

    async def test_every_payload_covers_its_sample(sent: dict[str, Json]) -> None:
        for kind, name in SAMPLES.items():
            sample = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
            assert _missing(sample, sent[kind]) == [], kind

    @pytest.mark.parametrize(
        ("kind", "name"), [("link_shared", "LinkSharedEvent"), ("function_executed", "FunctionExecutedEvent")]
    )
    async def test_an_event_is_as_the_official_types_have_it(
        sent: dict[str, Json], kind: str, name: str
    ) -> None:
        known = json.loads((FOLDER.parent / "slack.inbound.schema.json").read_text(encoding="utf-8"))
        known["$ref"] = f"#/definitions/{name}"
        jsonschema.Draft7Validator(known).validate(sent[kind]["event"])
