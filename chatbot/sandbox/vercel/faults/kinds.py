"""The kinds of trouble, as they are written in JSON."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from chatbot.sandbox.vercel.webhooks.catalogue import EVENTS

EVERY_TIME = -1
Seconds = Annotated[float, Field(ge=0, le=3600)]
RequestKind = Literal[
    "status", "rate_limit", "delay", "hold", "cut_before", "cut_after", "half", "content_type", "drip"
]
BackgroundKind = Literal["alias_job", "build", "webhook"]
REQUEST_KINDS: tuple[RequestKind, ...] = get_args(RequestKind)
BACKGROUND_KINDS: tuple[BackgroundKind, ...] = get_args(BackgroundKind)


class InvalidFault(ValueError):
    """A fault that could never happen as written; the message says why."""


def pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


class Written(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Scripted(Written):
    times: Annotated[int, Field(ge=EVERY_TIME)] = 1

    @field_validator("times")
    @classmethod
    def _happens(cls, times: int) -> int:
        if times == 0:
            raise ValueError("a fault that happens 0 times is none")
        return times


class RequestFault(Scripted):
    """What happens to a matching request. Without `status`, `body` or `cut` it is answered as usual,
    perhaps later (`delay`: before it is carried out, `hold`: after that), half (`half`), byte by byte
    (`drip`: seconds between two bytes), mislabelled (`content_type`), or once more so many seconds later on the same
    connection (`twice`).
    """

    path: str
    method: str | None = None
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    retry_after: Seconds | None = None
    body: Any = None
    content_type: str | None = None
    delay: Seconds = 0.0
    hold: Seconds = 0.0
    cut: Literal["before", "after"] | None = None
    half: bool = False
    drip: Seconds | None = None
    twice: Seconds | None = None
    applied: bool = False

    _is_pattern = field_validator("path")(pattern)

    @model_validator(mode="after")
    def _does_something(self) -> RequestFault:
        does = {"status", "body", "content_type", "delay", "hold", "cut", "half", "drip", "twice"}
        if not self.model_fields_set & does:
            raise ValueError("says nothing that goes wrong")
        if sum((self.half, self.drip is not None, self.twice is not None)) > 1:
            raise ValueError("a body is either halved or drips or comes twice")
        return self

    @property
    def replaces_the_answer(self) -> bool:
        return self.status is not None or "body" in self.model_fields_set

    @property
    def spoils_the_answer(self) -> bool:
        """Whether the client gets something else than what the platform answered, or less."""
        whole = self.cut is None and self.content_type is None and self.twice is None and not self.half
        return self.replaces_the_answer or not whole

    @property
    def lets_it_happen(self) -> bool:
        """Whether the request is carried out, whatever the client gets to see of it."""
        if self.cut is not None:
            return self.cut == "after"
        return self.applied or not self.replaces_the_answer

    def matches(self, method: str, path: str) -> bool:
        return self.method in (None, method) and re.search(self.path, path) is not None


class AliasJobFault(Scripted):
    project: str
    fails_for: list[str] | Literal["all"] = []
    skipped: bool = False
    hangs: bool = False
    late_visibility: Seconds = 0.0
    absent: bool = False

    def fails(self, domain: str) -> bool:
        return self.fails_for == "all" or domain in self.fails_for


class BuildFault(Scripted):
    project: str
    fails: bool = False
    hangs: bool = False


class WebhookFault(Scripted):
    """What happens to a delivery; without `event` or `project`, to any."""

    event: str | None = None
    project: str | None = None
    drop: bool = False
    delay: Seconds = 0.0
    duplicates: Annotated[int, Field(ge=0, le=20)] = 0
    """How many times more it is sent, with the same id."""
    reorder: bool = False
    """It is sent after the next delivery to the same webhook."""

    @model_validator(mode="after")
    def _does_something(self) -> WebhookFault:
        if self.event is not None and self.event not in EVENTS:
            raise ValueError(f"there is no event {self.event}")
        if not (self.drop or self.delay or self.duplicates or self.reorder):
            raise ValueError("says nothing that goes wrong")
        return self

    def matches(self, event: str, project: str) -> bool:
        return self.event in (None, event) and self.project in (None, project)


class LateVisibility(Written):
    """Reads show the state of the project and its deployments as it was so many seconds ago."""

    project: str
    seconds: Annotated[float, Field(gt=0, le=3600)]
    reads: list[Literal["project", "deployment"]] = ["project", "deployment"]


class ClockFault(Written):
    ahead: Annotated[float, Field(ge=-(10**8), le=10**8)]
    """Seconds; negative when it is behind."""


class RandomFaults(Written):
    """Each request, job, build and delivery goes wrong with the probability `rate`."""

    seed: int | None = None
    rate: Annotated[float, Field(ge=0, le=1)]
    kinds: Annotated[list[RequestKind | BackgroundKind], Field(min_length=1)] = list(REQUEST_KINDS)
    path: str = ""
    method: str | None = None

    _is_pattern = field_validator("path")(pattern)

    def matches(self, method: str, path: str) -> bool:
        return self.method in (None, method) and re.search(self.path, path) is not None
