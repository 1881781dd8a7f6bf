"""Scripted trouble: what goes wrong, with which request, alias job or build, and how often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from chatbot.sandbox.vercel.validation import first_complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

EVERY_TIME = -1
Seconds = Annotated[float, Field(ge=0, le=3600)]


class InvalidFault(ValueError):
    """A fault that could never happen as written; the message says why."""


class _Scripted(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    times: Annotated[int, Field(ge=EVERY_TIME)] = 1

    @field_validator("times")
    @classmethod
    def _happens(cls, times: int) -> int:
        if times == 0:
            raise ValueError("a fault that happens 0 times is none")
        return times


class RequestFault(_Scripted):
    """What happens to a matching request. Without `status`, `body` or `cut` it is answered as usual,
    perhaps later (`delay`: before it is carried out, `hold`: after that), half (`half`) or mislabelled
    (`content_type`).
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
    applied: bool = False

    @field_validator("path")
    @classmethod
    def _is_pattern(cls, path: str) -> str:
        try:
            re.compile(path)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from error
        return path

    @model_validator(mode="after")
    def _does_something(self) -> RequestFault:
        if not self.model_fields_set & {"status", "body", "content_type", "delay", "hold", "cut", "half"}:
            raise ValueError("says nothing that goes wrong")
        return self

    @property
    def replaces_the_answer(self) -> bool:
        return self.status is not None or "body" in self.model_fields_set

    @property
    def lets_it_happen(self) -> bool:
        """Whether the request is carried out, whatever the client gets to see of it."""
        if self.cut is not None:
            return self.cut == "after"
        return self.applied or not self.replaces_the_answer

    def matches(self, method: str, path: str) -> bool:
        return self.method in (None, method) and re.search(self.path, path) is not None


class AliasJobFault(_Scripted):
    project: str
    fails_for: list[str] | Literal["all"] = []
    skipped: bool = False
    hangs: bool = False
    late_visibility: Seconds = 0.0
    absent: bool = False

    def fails(self, domain: str) -> bool:
        return self.fails_for == "all" or domain in self.fails_for


class BuildFault(_Scripted):
    project: str
    fails: bool = False
    hangs: bool = False


Fault = RequestFault | AliasJobFault | BuildFault
F = TypeVar("F", RequestFault, AliasJobFault, BuildFault)
_KINDS: dict[str, type[AliasJobFault | BuildFault]] = {"alias_job": AliasJobFault, "build": BuildFault}


class Faults:
    """The script. `take_…` uses a fault up by one."""

    def __init__(self) -> None:
        self.requests: list[RequestFault] = []
        self.alias_jobs: list[AliasJobFault] = []
        self.builds: list[BuildFault] = []

    def add(self, written: list[Any], projects: Mapping[str, frozenset[str]]) -> None:
        """Add faults as JSON has them; `projects` maps each name to the domains that a job moves.

        Raises InvalidFault, and then none is added.
        """
        for fault in [_read(one, projects) for one in written]:
            match fault:
                case RequestFault():
                    self.requests.append(fault)
                case AliasJobFault():
                    self.alias_jobs.append(fault)
                case BuildFault():
                    self.builds.append(fault)

    def clear(self) -> None:
        self.requests.clear()
        self.alias_jobs.clear()
        self.builds.clear()

    def listed(self) -> list[dict[str, Any]]:
        """Those that have not been used up, as they were written."""
        return [
            *(fault.model_dump(exclude_unset=True) for fault in self.requests),
            *({"alias_job": fault.model_dump(exclude_unset=True)} for fault in self.alias_jobs),
            *({"build": fault.model_dump(exclude_unset=True)} for fault in self.builds),
        ]

    def take_request(self, method: str, path: str) -> RequestFault | None:
        return _take(self.requests, lambda fault: fault.matches(method, path))

    def take_alias_job(self, project: str) -> AliasJobFault | None:
        return _take(self.alias_jobs, lambda fault: fault.project == project)

    def take_build(self, project: str) -> BuildFault | None:
        return _take(self.builds, lambda fault: fault.project == project)


def _take(script: list[F], is_meant: Callable[[F], bool]) -> F | None:
    fault = next(filter(is_meant, script), None)
    if fault is not None and fault.times != EVERY_TIME:
        fault.times -= 1
        if fault.times == 0:
            script.remove(fault)
    return fault


def _read(written: Any, projects: Mapping[str, frozenset[str]]) -> Fault:
    if not isinstance(written, dict):
        raise InvalidFault("a fault is an object")
    kind = next((name for name in _KINDS if name in written), None)
    try:
        if kind is None:
            return RequestFault.model_validate(written)
        inner = written[kind]
        outer = {key: value for key, value in written.items() if key != kind}
        fault = _KINDS[kind].model_validate({**inner, **outer} if isinstance(inner, dict) else inner)
    except ValidationError as error:
        raise InvalidFault(first_complaint(error)) from error
    _check_names(fault, projects)
    return fault


def _check_names(fault: AliasJobFault | BuildFault, projects: Mapping[str, frozenset[str]]) -> None:
    if fault.project not in projects:
        raise InvalidFault(f"there is no project {fault.project}")
    if isinstance(fault, AliasJobFault) and fault.fails_for != "all":
        strange = sorted(set(fault.fails_for) - projects[fault.project])
        if strange:
            moved = ", ".join(sorted(projects[fault.project]))
            raise InvalidFault(
                f"no alias job of {fault.project} moves {', '.join(strange)}; it moves {moved}"
            )
