"""Scripted trouble: what a test or a person asks the Web API to do wrong, so many times."""

from dataclasses import dataclass

from chatbot.sandbox.slack.records import Json

RESPONSE_URL = "response_url"
"""The method name under which posts to response URLs can be made to fail."""


@dataclass
class Fault:
    method: str
    error: str | None = None
    status: int | None = None
    retry_after: int = 1
    delay: float = 0.0
    times: int = 1
    drop: str | None = None
    """before: the connection is cut and nothing happened; after: it happened, then the cut."""

    def as_json(self) -> Json:
        return {key: value for key, value in vars(self).items() if value is not None}


class Faults:
    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def take(self, method: str) -> Fault | None:
        """The oldest fault of this method, with one of its times used up."""
        fault = next((fault for fault in self.waiting if fault.method == method), None)
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
        return fault
