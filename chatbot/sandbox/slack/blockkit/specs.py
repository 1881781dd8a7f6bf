"""A small language for saying what a Block Kit value may be, and how a value breaks it.

Sentences and pointers are worded as Slack words them: "no more than 25 items allowed
[json-pointer:/blocks/1/elements]" (quoted in adobe/spacecat-api-service#176, metabase#74943).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Problem:
    pointer: str
    message: str
    constraint: str
    expected: object = None

    def sentence(self, root: str) -> str:
        return f"{self.message} [json-pointer:{root}{self.pointer}]"

    def as_json(self) -> dict[str, Any]:
        """As blocks.validate tells it."""
        return {
            "code": "failed_constraint",
            "message": self.message,
            "pointer": self.pointer,
            "constraint": {"type": self.constraint, "expected": self.expected},
        }


class Spec(Protocol):
    def problems(self, value: object, pointer: str) -> Iterator[Problem]: ...


@dataclass(frozen=True)
class Str:
    most: int
    least: int = 0
    among: tuple[str, ...] = ()

    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield Problem(pointer, "must be a string", "type", "string")
        elif self.among and value not in self.among:
            yield Problem(pointer, f"must be one of: {', '.join(self.among)}", "enum", list(self.among))
        elif len(value) > self.most:
            yield Problem(pointer, f"must be less than {self.most + 1} characters", "max_length", self.most)
        elif len(value) < self.least:
            yield Problem(pointer, f"must be more than {self.least - 1} characters", "min_length", self.least)


@dataclass(frozen=True)
class Int:
    least: int
    most: int

    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(pointer, "must be an integer", "type", "integer")
        elif not self.least <= value <= self.most:
            expected = [self.least, self.most]
            yield Problem(pointer, f"must be from {self.least} to {self.most}", "range", expected)


@dataclass(frozen=True)
class Flag:
    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield Problem(pointer, "must be a boolean", "type", "boolean")


@dataclass(frozen=True)
class Opaque:
    """An object or a list that is not looked into."""

    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict | list):
            yield Problem(pointer, "must be an object", "type", "object")


@dataclass(frozen=True)
class Many:
    item: Spec
    most: int
    least: int = 1

    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield Problem(pointer, "must be an array", "type", "array")
            return
        if len(value) > self.most:
            yield Problem(pointer, f"no more than {self.most} items allowed", "max_items", self.most)
        if len(value) < self.least:
            yield Problem(pointer, f"no fewer than {self.least} items allowed", "min_items", self.least)
        for index, item in enumerate(value):
            yield from self.item.problems(item, f"{pointer}/{index}")


@dataclass(frozen=True)
class Obj:
    """An object with these keys and no others. `either`: at least one of each of these groups is there;
    `not_both`: at most one of each.
    """

    required: Mapping[str, Spec] = field(default_factory=dict)
    optional: Mapping[str, Spec] = field(default_factory=dict)
    either: tuple[tuple[str, ...], ...] = ()
    not_both: tuple[tuple[str, ...], ...] = ()

    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must be an object", "type", "object")
            return
        yield from self._keys(value, pointer)
        for key, spec in {**self.required, **self.optional}.items():
            if value.get(key) is not None:
                yield from spec.problems(value[key], f"{pointer}/{key}")

    def _keys(self, value: dict[str, Any], pointer: str) -> Iterator[Problem]:
        for key in self.required:
            if value.get(key) is None:
                yield Problem(pointer, f"missing required field: {key}", "required", key)
        for group in self.either:
            if all(value.get(key) is None for key in group):
                yield Problem(pointer, f"must define either {' or '.join(group)}", "required", list(group))
        for group in self.not_both:
            if sum(value.get(key) is not None for key in group) > 1:
                yield Problem(
                    pointer, f"must define only one of {', '.join(group)}", "exclusive", list(group)
                )
        for key in value:
            if key != "type" and key not in self.required and key not in self.optional:
                yield Problem(
                    f"{pointer}/{key}", f"additional property not allowed: {key}", "additional", key
                )


@dataclass(frozen=True)
class Typed:
    """One of several objects, told apart by their `type`; an Obj or a callable that makes it (recursion)."""

    kinds: Mapping[str, Spec]

    def problems(self, value: object, pointer: str) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield Problem(pointer, "must be an object", "type", "object")
            return
        kind = value.get("type")
        if not isinstance(kind, str):
            yield Problem(pointer, "missing required field: type", "required", "type")
        elif kind not in self.kinds:
            yield Problem(f"{pointer}/type", f"unsupported type: {kind}", "enum", sorted(self.kinds))
        else:
            yield from self.kinds[kind].problems(value, pointer)
