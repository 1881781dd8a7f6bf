"""The script: what was written, and how much of it is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from chatbot.sandbox.vercel.faults.chance import Chance
from chatbot.sandbox.vercel.faults.kinds import (
    EVERY_TIME,
    AliasJobFault,
    BuildFault,
    ClockFault,
    InvalidFault,
    LateVisibility,
    RandomFaults,
    RequestFault,
    WebhookFault,
)
from chatbot.sandbox.vercel.skew import Skew
from chatbot.sandbox.vercel.validation import first_complaint

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chatbot.sandbox.vercel.faults.kinds import Written

F = TypeVar("F", RequestFault, AliasJobFault, BuildFault, WebhookFault)
_KINDS: dict[str, type[Written]] = {
    "alias_job": AliasJobFault,
    "build": BuildFault,
    "webhook": WebhookFault,
    "late_visibility": LateVisibility,
    "clock": ClockFault,
    "random": RandomFaults,
}


@dataclass(frozen=True, slots=True)
class Target:
    """A project that a fault may name."""

    id: str
    domains: frozenset[str]
    """Those that a job moves."""


class Faults:
    """`take_…` uses a fault up by one; what is scripted comes before what is random."""

    def __init__(self) -> None:
        self.requests: list[RequestFault] = []
        self.alias_jobs: list[AliasJobFault] = []
        self.builds: list[BuildFault] = []
        self.webhooks: list[WebhookFault] = []
        self.late_visibility: dict[str, LateVisibility] = {}
        """By the project's id: its name may change."""
        self.skew = Skew()
        self._clock: ClockFault | None = None
        self._chance: Chance | None = None

    def add(self, written: list[Any], projects: Mapping[str, Target]) -> None:
        """Add faults as JSON has them; `projects` are those that there are, by name.

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
                case WebhookFault():
                    self.webhooks.append(fault)
                case LateVisibility():
                    self.late_visibility[projects[fault.project].id] = fault
                case ClockFault():
                    self._clock = fault
                    self.skew.ahead_ms = int(1000 * fault.ahead)
                case RandomFaults():
                    self._chance = Chance(fault)

    def clear(self) -> None:
        for script in (self.requests, self.alias_jobs, self.builds, self.webhooks):
            script.clear()
        self.late_visibility.clear()
        self._clock, self.skew.ahead_ms = None, 0
        self._chance = None

    def listed(self) -> list[dict[str, Any]]:
        """Those that have not been used up, as they were written; random ones with their seed."""
        named: list[tuple[str, Written]] = [
            *(("alias_job", fault) for fault in self.alias_jobs),
            *(("build", fault) for fault in self.builds),
            *(("webhook", fault) for fault in self.webhooks),
            *(("late_visibility", fault) for fault in self.late_visibility.values()),
            *([("clock", self._clock)] if self._clock is not None else []),
            *([("random", self._chance.written)] if self._chance is not None else []),
        ]
        return [
            *(fault.model_dump(exclude_unset=True) for fault in self.requests),
            *({name: fault.model_dump(exclude_unset=True)} for name, fault in named),
        ]

    def take_request(self, method: str, path: str) -> RequestFault | None:
        chance = self._chance.request(method, path) if self._chance is not None else None
        return _take(self.requests, lambda fault: fault.matches(method, path)) or chance

    def take_alias_job(self, project: str) -> AliasJobFault | None:
        chance = self._chance.alias_job(project) if self._chance is not None else None
        return _take(self.alias_jobs, lambda fault: fault.project == project) or chance

    def take_build(self, project: str) -> BuildFault | None:
        chance = self._chance.build(project) if self._chance is not None else None
        return _take(self.builds, lambda fault: fault.project == project) or chance

    def take_webhook(self, event: str, project: str) -> WebhookFault | None:
        chance = self._chance.webhook(event, project) if self._chance is not None else None
        return _take(self.webhooks, lambda fault: fault.matches(event, project)) or chance


def _take(script: list[F], is_meant: Callable[[F], bool]) -> F | None:
    fault = next(filter(is_meant, script), None)
    if fault is not None and fault.times != EVERY_TIME:
        fault.times -= 1
        if fault.times == 0:
            script.remove(fault)
    return fault


def _read(written: Any, projects: Mapping[str, Target]) -> Written:
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


def _check_names(fault: Written, projects: Mapping[str, Target]) -> None:
    project = getattr(fault, "project", None)
    if project is not None and project not in projects:
        raise InvalidFault(f"there is no project {project}")
    if isinstance(fault, AliasJobFault) and fault.fails_for != "all":
        strange = sorted(set(fault.fails_for) - projects[fault.project].domains)
        if strange:
            moved = ", ".join(sorted(projects[fault.project].domains))
            raise InvalidFault(
                f"no alias job of {fault.project} moves {', '.join(strange)}; it moves {moved}"
            )
