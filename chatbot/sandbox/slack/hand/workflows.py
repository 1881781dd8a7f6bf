"""A person runs a workflow whose one step is a function of the app."""

from chatbot.sandbox.slack.delivery import EVENTS, NotDelivered
from chatbot.sandbox.slack.hand.asking import Ask, CannotDo
from chatbot.sandbox.slack.hand.reading import wait
from chatbot.sandbox.slack.identifiers import secret
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.workflows import FAILED, Execution, Step, complaints

USER = "slack#/types/user_id"
CHANNEL = "slack#/types/channel_id"
INTERACTIVITY = "slack#/types/interactivity"


async def run(ask: Ask) -> Json:
    """Waits until the app has taken the event. The step may end much later: `runs` tells."""
    backend, person, channel = ask.backend, ask.person, ask.channel_to_write
    step = backend.app.steps.get(ask.text("callback_id"))
    if step is None:
        raise CannotDo("no_such_workflow", 404)
    if "function_executed" not in backend.app.events:
        raise CannotDo("not_subscribed")
    inputs = _inputs(ask, step)
    wrong = complaints(step.inputs, inputs)
    if wrong:
        raise CannotDo("invalid", 422, messages=wrong)
    execution = backend.executions.start(step, person.id, channel.id, inputs)
    event: Json = {
        "type": "function_executed",
        "function": step.as_event(backend.app.app_id),
        "inputs": inputs,
        "function_execution_id": execution.id,
        "workflow_execution_id": execution.workflow_id,
        "event_ts": backend.state.ids.ts(),
        "bot_access_token": execution.token,
    }
    backend.state.workflows_changed(person.id)
    try:
        await backend.delivery.send(EVENTS, backend.payloads.event(event))
    except NotDelivered as failure:
        # bolt-js#2288: the token of a step that was not acked in time is revoked
        execution.state, execution.error = FAILED, f"The app did not take the step ({failure.error})."
        backend.step_ended(execution)
        raise CannotDo(failure.error, run=execution.id) from failure
    return {"run": execution.id}


def _inputs(ask: Ask, step: Step) -> Json:
    """As given; what a workflow knows by itself is filled in: who runs it, where, and how to open a dialog."""
    given = ask.given.get("inputs") or {}
    if not isinstance(given, dict):
        raise CannotDo("invalid_argument", 400, argument="inputs")
    person = ask.person
    known = {USER: person.id, CHANNEL: ask.channel.id}
    filled: Json = {}
    for parameter in step.inputs:
        if parameter["type"] == INTERACTIVITY:
            interactor = {"id": person.id, "secret": secret()}
            pointer = ask.backend.triggers.new(person.id)
            filled[parameter["name"]] = {"interactivity_pointer": pointer, "interactor": interactor}
        elif parameter["is_required"] and parameter["type"] in known:
            filled[parameter["name"]] = known[parameter["type"]]
    return filled | given


async def runs(ask: Ask) -> Json:
    """Those of this person, the newest last."""
    person = ask.person
    revision = await wait(ask)
    mine = [each for each in ask.backend.executions.by_id.values() if each.person == person.id]
    return {"revision": revision, "runs": [_described(each) for each in mine]}


def _described(execution: Execution) -> Json:
    shape: Json = {
        "id": execution.id,
        "callback_id": execution.step.callback_id,
        "title": execution.step.title,
        "channel": execution.channel,
        "state": execution.state,
        "inputs": execution.inputs,
        "outputs": execution.outputs,
    }
    return shape | ({"error": execution.error} if execution.error is not None else {})
