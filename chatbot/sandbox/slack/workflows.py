"""Workflows of one step: the app's functions, as its manifest declares them, and each time that one was run."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from chatbot.sandbox.slack.identifiers import prefixed, secret
from chatbot.sandbox.slack.records import Json

TOKEN_SECONDS = 15 * 60.0
RUNNING, COMPLETED, FAILED = "running", "completed", "failed"

KINDS: dict[str, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "array": list,
    "slack#/types/user_context": dict,
    "slack#/types/interactivity": dict,
    "slack#/types/blocks": list,
    "slack#/types/rich_text": dict,
    "slack#/types/timestamp": int,
}
"""Every other type of the manifest is a string."""


@dataclass(frozen=True)
class Step:
    callback_id: str
    title: str
    description: str
    inputs: tuple[Json, ...]
    """name, type, title, description and is_required of each parameter."""
    outputs: tuple[Json, ...]

    @property
    def id(self) -> str:
        return "Fn0" + hashlib.sha256(self.callback_id.encode()).hexdigest()[:8].upper()

    def as_event(self, app_id: str) -> Json:
        """How function_executed describes it (@slack/types, FunctionExecutedEvent)."""
        return {
            "id": self.id,
            "callback_id": self.callback_id,
            "title": self.title,
            "description": self.description,
            "type": "app",
            "input_parameters": list(self.inputs),
            "output_parameters": list(self.outputs),
            "app_id": app_id,
            "date_created": 0,
            "date_updated": 0,
            "date_deleted": 0,
        }


@dataclass
class Execution:
    step: Step
    person: str
    channel: str
    inputs: Json
    expires: float
    """Of the token, in epoch seconds."""
    id: str = field(default_factory=lambda: prefixed("Fx"))
    workflow_id: str = field(default_factory=lambda: prefixed("Wx"))
    token: str = field(default_factory=lambda: f"xwfp-{secret()}")
    state: str = RUNNING
    outputs: Json = field(default_factory=dict)
    error: str | None = None

    @property
    def data(self) -> Json:
        """What an interaction inside the step says of it."""
        function = {"callback_id": self.step.callback_id}
        return {"execution_id": self.id, "function": function, "inputs": self.inputs}


class Executions:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.by_id: dict[str, Execution] = {}

    def start(self, step: Step, person: str, channel: str, inputs: Json) -> Execution:
        execution = Execution(step, person, channel, inputs, self._clock() + TOKEN_SECONDS)
        self.by_id[execution.id] = execution
        return execution

    def of_token(self, token: str) -> Execution | None:
        return next((each for each in self.by_id.values() if each.token == token), None)

    def is_expired(self, execution: Execution) -> bool:
        return self._clock() > execution.expires

    def running(self, execution_id: str | None) -> Execution | None:
        execution = self.by_id.get(execution_id or "")
        return execution if execution is not None and execution.state == RUNNING else None


def declared(given: list[Json] | dict[str, Json] | None) -> dict[str, Step]:
    """`functions` of a manifest: a list under features, or a map by callback_id; parameters likewise."""
    steps = [
        Step(
            entry["callback_id"],
            entry["title"],
            entry.get("description", ""),
            _parameters(entry.get("input_parameters")),
            _parameters(entry.get("output_parameters")),
        )
        for entry in _named("callback_id", given)
    ]
    return {step.callback_id: step for step in steps}


def _parameters(given: list[Json] | dict[str, Json] | None) -> tuple[Json, ...]:
    return tuple(
        {
            "type": entry["type"],
            "name": entry["name"],
            "description": entry.get("description", ""),
            "title": entry.get("title", entry["name"]),
            "is_required": bool(entry.get("is_required", False)),
        }
        for entry in _named("name", given)
    )


def _named(key: str, given: list[Json] | dict[str, Json] | None) -> list[Json]:
    if isinstance(given, list):
        return given
    return [{key: name} | entry for name, entry in (given or {}).items()]


def complaints(parameters: tuple[Json, ...], values: Json) -> list[str]:
    """What is missing, unknown, or not of its type."""
    known = {parameter["name"]: parameter for parameter in parameters}
    found = [f"unknown parameter: {name}" for name in values if name not in known]
    for name, parameter in known.items():
        value = values.get(name)
        if value is None:
            if parameter["is_required"]:
                found.append(f"missing required parameter: {name}")
        elif not _fits(parameter["type"], value):
            found.append(f"{name} is not of type {parameter['type']}")
    return found


def _fits(kind: str, value: object) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS.get(kind, str))
