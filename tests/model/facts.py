"""What is compared with each other: promises, requests, transitions."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_SWITCH = re.compile(r"/v\d+/projects/([^/]+)")
_CANCEL = re.compile(r"/v\d+/deployments/([^/]+)/cancel")
_MOVE = re.compile(r"/v\d+/projects/([^/]+)/(promote|rollback)/([^/]+)")
META_KEY = "promotebotOperation"


class Step(NamedTuple):
    """One transition of an operation; `before` is None for its beginning."""

    operation_id: str
    before: str | None
    after: str
    at: float


@dataclass(frozen=True)
class Promise:
    """What a card or a dialog said to the person who clicked. What it did not say is None.

    `targets` has one id, or all that go by the label that was shown. `serves` holds what each domain was said to
    serve: the label of a deployment, its id, or None for nothing. `move`: whether another one is under way.
    `keep_off`: auto-assignment is to be off again after the promote.
    """

    targets: frozenset[str]
    path: str | None = None
    current: str | None = None
    domains: frozenset[str] | None = None
    serves: dict[str, str | None] | None = None
    auto_assign: bool | None = None
    move: bool | None = None
    keep_off: bool = False
    environment: tuple[Any, ...] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Click:
    """By a person who might do so then, on something that had not expired for sure."""

    person: str
    promise: Promise


class Read(NamedTuple):
    """The bot asked the platform for something; `fault` is what met it, if anything did."""

    at: float
    path: str
    fault: Any


@dataclass(frozen=True)
class Post:
    """A request by the bot that changes something. `of` is the operation that it names itself, if it does."""

    kind: str
    project: str | None
    target: str
    of: str | None
    at: float
    number: int
    entry: dict[str, Any]

    @classmethod
    def of_entry(cls, entry: dict[str, Any], at: float, number: int) -> "Post":
        path = entry["path"]
        if moved := _MOVE.fullmatch(path):
            project, kind, target = moved.groups()
            return cls(kind, project, target, None, at, number, entry)
        if switched := _SWITCH.fullmatch(path):
            assert entry["body"] == {"autoAssignCustomDomains": False}, entry
            return cls("keep off", switched[1], "", None, at, number, entry)
        if cancelled := _CANCEL.fullmatch(path):
            return cls("cancel", None, cancelled[1], None, at, number, entry)
        assert path == "/v13/deployments", entry
        body = entry["body"] or {}
        meta = body.get("meta", {})
        return cls("rebuild", None, body.get("deploymentId", "?"), meta.get(META_KEY), at, number, entry)

    @property
    def was_put_off(self) -> bool:
        """The one answer that says for sure that nothing was taken."""
        return bool(self.entry["status"] == 429)
