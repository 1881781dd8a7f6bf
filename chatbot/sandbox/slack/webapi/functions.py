"""functions.completeSuccess and completeError: how a step of a workflow ends."""

from chatbot.sandbox.slack.content import decoded
from chatbot.sandbox.slack.records import Json
from chatbot.sandbox.slack.webapi.calling import Call, Refused, invalid_arguments
from chatbot.sandbox.slack.workflows import COMPLETED, FAILED, RUNNING, Execution, complaints


async def complete_success(call: Call) -> Json:
    execution = _execution(call)
    try:
        outputs = decoded(call.args.get("outputs"))
    except ValueError as error:
        raise invalid_arguments("[ERROR] must be valid JSON [json-pointer:/outputs]") from error
    if not isinstance(outputs, dict):
        raise invalid_arguments("[ERROR] missing required field: outputs")
    wrong = complaints(execution.step.outputs, outputs)
    if wrong:
        raise Refused("parameter_validation_failed", response_metadata={"messages": wrong})
    execution.state, execution.outputs = COMPLETED, outputs
    call.backend.step_ended(execution)
    return {}


async def complete_error(call: Call) -> Json:
    execution = _execution(call)
    execution.error = call.text("error")
    execution.state = FAILED
    call.backend.step_ended(execution)
    return {}


def _execution(call: Call) -> Execution:
    execution = call.backend.executions.by_id.get(call.text("function_execution_id"))
    if execution is None or (call.execution is not None and call.execution is not execution):
        raise Refused("function_execution_not_found")
    if execution.state != RUNNING:
        raise Refused("execution_not_in_running_state")
    return execution
