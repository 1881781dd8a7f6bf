"""Steps of workflows: a person runs one, the app hears of it, acts with the step's own token, and ends it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.complete.async_complete import AsyncComplete
from slack_bolt.context.fail.async_fail import AsyncFail
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.slack import Workspace, seed
from tests.contract.workspace.apps import Heard, Json, bolt, manifest, signed_http, socket_mode
from tests.contract.workspace.clocks import Clock

Connected = Callable[..., Any]
FUNCTION: Json = {
    "callback_id": "promote_step",
    "title": "Promote a deployment",
    "description": "Promotes it",
    "input_parameters": [
        {"type": "string", "name": "deployment", "title": "Deployment", "is_required": True},
        {"type": "slack#/types/user_id", "name": "who", "title": "Who", "is_required": True},
        {"type": "slack#/types/channel_id", "name": "where", "title": "Where", "is_required": False},
    ],
    "output_parameters": [
        {"type": "string", "name": "outcome", "title": "Outcome", "is_required": True},
        {"type": "integer", "name": "domains", "title": "Domains", "is_required": False},
    ],
}
GRANTED = manifest(functions=[FUNCTION], events=["function_executed"])


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with Workspace(GRANTED) as opened:
        yield opened


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call
    return str(raised.value.response["error"])


async def test_a_step_is_run_and_completed_with_its_outputs(
    workspace: Workspace, connected: Connected, ana: Person
) -> None:
    app, heard = bolt(workspace), Heard()

    @app.function("promote_step")
    async def promote(event: Json, inputs: Json, complete: AsyncComplete, client: AsyncWebClient) -> None:
        heard.append(event)
        assert str(client.token).startswith("xwfp-")
        await client.chat_postMessage(channel="C0DEPLOYS", text=f"promoting {inputs['deployment']}")
        await complete({"outcome": "succeeded", "domains": 4})

    async with connected(app, workspace):
        run = await ana.runs_workflow("promote_step", deployment="dpl_x")
        ended = await ana.sees_workflow_end(run)
    assert (ended.state, ended.outputs) == ("completed", {"outcome": "succeeded", "domains": 4})
    await ana.sees("promoting dpl_x")
    await ana.sees("Workflow *Promote a deployment* is done.\noutcome: succeeded")
    (event,) = heard
    assert event["inputs"] == {"deployment": "dpl_x", "who": ana.id}
    assert (event["function_execution_id"], event["function"]["callback_id"]) == (run, "promote_step")
    assert event["function"]["input_parameters"][0]["is_required"] is True
    assert event["workflow_execution_id"].startswith("Wx")


async def test_a_step_can_fail_with_a_sentence(workspace: Workspace, ana: Person) -> None:
    app = bolt(workspace)

    @app.function("promote_step")
    async def promote(fail: AsyncFail) -> None:
        await fail("production is frozen")

    async with socket_mode(app, workspace):
        ended = await ana.sees_workflow_end(await ana.runs_workflow("promote_step", deployment="dpl_x"))
    assert (ended.state, ended.error) == ("failed", "production is frozen")
    await ana.sees("Workflow *Promote a deployment* failed: production is frozen")


async def test_outputs_are_those_of_the_manifest_and_a_step_ends_once(
    workspace: Workspace, client: AsyncWebClient, ana: Person
) -> None:
    app, heard = bolt(workspace), Heard()

    @app.function("promote_step")
    async def promote(event: Json) -> None:
        heard.append(event)

    async with socket_mode(app, workspace):
        run = await ana.runs_workflow("promote_step", deployment="dpl_x")
    in_step = AsyncWebClient(token=heard[0]["bot_access_token"], base_url=workspace.api_url)
    for outputs in ({}, {"outcome": 1}, {"outcome": "x", "mood": "good"}):
        call = in_step.functions_completeSuccess(function_execution_id=run, outputs=outputs)
        assert await error_of(call) == "parameter_validation_failed"
    unknown = client.functions_completeError(function_execution_id="Fx0", error="x")
    assert await error_of(unknown) == "function_execution_not_found"
    await client.functions_completeSuccess(function_execution_id=run, outputs={"outcome": "x"})
    again = client.functions_completeError(function_execution_id=run, error="x")
    assert await error_of(again) == "execution_not_in_running_state"
    assert await error_of(in_step.chat_postMessage(channel="C0DEPLOYS", text="x")) == "token_revoked"


async def test_what_is_clicked_and_submitted_in_a_step_says_which_step(
    workspace: Workspace, ana: Person, bob: Person
) -> None:
    app, heard = bolt(workspace), Heard()
    text = {"type": "plain_text", "text": "Approve"}
    button = {"type": "actions", "elements": [{"type": "button", "action_id": "ok", "text": text}]}

    @app.function("promote_step", auto_acknowledge=True)
    async def promote(client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel="C0DEPLOYS", text="approve?", blocks=[button])

    @app.action("ok")
    async def approved(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        heard.append(body)
        view = {"type": "modal", "callback_id": "why", "title": text, "submit": text, "blocks": []}
        pointer = body["interactivity"]["interactivity_pointer"]
        await client.views_open(interactivity_pointer=pointer, view=view)

    @app.view("why")
    async def why(ack: AsyncAck, body: Json, complete: AsyncComplete) -> None:
        await ack()
        heard.append(body)
        await complete({"outcome": "approved"})

    async with socket_mode(app, workspace):
        run = await ana.runs_workflow("promote_step", deployment="dpl_x")
        await bob.clicks(await bob.sees("Approve"), "Approve")
        await bob.submits(await bob.sees_modal("Approve"))
        assert (await ana.sees_workflow_end(run)).outputs == {"outcome": "approved"}
    for body in heard:
        assert body["function_data"] == {
            "execution_id": run,
            "function": {"callback_id": "promote_step"},
            "inputs": {"deployment": "dpl_x", "who": ana.id},
        }
        assert body["interactivity"]["interactor"]["id"] == bob.id
        assert body["bot_access_token"].startswith("xwfp-")


async def test_a_step_that_the_app_does_not_take_fails(workspace: Workspace, ana: Person) -> None:
    with pytest.raises(Refused, match="dispatch_failed") as refused:
        await ana.runs_workflow("promote_step", deployment="dpl_x")
    ended = await ana.sees_workflow_end(refused.value.told["run"])
    assert ended.state == "failed"
    await ana.sees("did not take the step (dispatch_failed)")


async def test_a_workflow_is_run_with_the_inputs_it_asks_for(workspace: Workspace, ana: Person) -> None:
    with pytest.raises(Refused, match="missing required parameter: deployment"):
        await ana.runs_workflow("promote_step")
    with pytest.raises(Refused, match="unknown parameter: mood"):
        await ana.runs_workflow("promote_step", deployment="x", mood="good")
    with pytest.raises(Refused, match="deployment is not of type string"):
        await ana.runs_workflow("promote_step", deployment=7)
    with pytest.raises(Refused, match="no_such_workflow"):
        await ana.runs_workflow("other")


async def test_the_token_of_a_step_does_not_live_for_ever(session: aiohttp.ClientSession) -> None:
    clock = Clock()
    async with Workspace(GRANTED, clock=clock) as workspace:
        app, heard = bolt(workspace), Heard()
        ana = Person(session, workspace.url, seed.ANA, channel="deploys")

        @app.function("promote_step")
        async def promote(event: Json) -> None:
            heard.append(event)

        async with signed_http(app, workspace):
            run = await ana.runs_workflow("promote_step", deployment="dpl_x")
        in_step = AsyncWebClient(token=heard[0]["bot_access_token"], base_url=workspace.api_url)
        clock.now += 15 * 60 + 1
        assert await error_of(in_step.chat_postMessage(channel="C0DEPLOYS", text="x")) == "token_expired"
        client = AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)
        await client.functions_completeSuccess(function_execution_id=run, outputs={"outcome": "late"})
        assert (await ana.sees_workflow_end(run)).state == "completed"
