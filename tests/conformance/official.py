"""The official OpenAPI file, read so that its generated schemas can be used for strict validation.

It is OpenAPI 3.0: `nullable` becomes a type of its own, and null a member of the enumeration. Its generated
unions overlap, so `oneOf` is read as `anyOf`; a body has to fit one of the alternatives entirely, and an object
of which nothing is said is none beside one with properties.
"""

import json
import os
import re
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from jsonschema import Draft202012Validator

from tests.conformance.exceptions import NEWER_NULLS, NEWER_VALUES

VARIABLE = "CONTRACTS"
COMPLETE = frozenset({"GET /v13/deployments/{}"})
"""Where the file's second alternative is what strangers are shown; ours are asked with a member's token."""
_NAMES = ("vercel-openapi.json", "data/vercel-openapi.json")
_MAPS = frozenset({"properties", "patternProperties", "schemas"})
"""Keywords whose keys are names, not keywords."""
_UNIONS = frozenset({"oneOf", "anyOf"})
_SILENT = frozenset({"description", "example", "examples", "deprecated", "nullable"})


class Official:
    """Its operations by method and path, with the names of path parameters left out."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._validators: dict[tuple[str, str, str], Draft202012Validator] = {}

    @classmethod
    def of_environment(cls) -> Self | None:
        """From the folder that $CONTRACTS names; None where it is not set. Raises FileNotFoundError."""
        folder = os.environ.get(VARIABLE)
        return cls.of_folder(Path(folder)) if folder else None

    @classmethod
    def of_folder(cls, folder: Path) -> Self:
        found = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
        if found is None:
            raise FileNotFoundError(f"{folder} has no {_NAMES[0]}")
        return cls(json.loads(found.read_text(encoding="utf-8")))

    @cached_property
    def operations(self) -> dict[str, dict[str, Any]]:
        return {
            f"{method.upper()} {nameless(path)}": operation["responses"]
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict) and "responses" in operation
        }

    def declares(self, call: str, status: int) -> bool:
        return str(status) in self.operations.get(call, {})

    def media(self, call: str, status: int) -> list[str]:
        """The media types of a declared answer; none where it has no body."""
        return list(self.operations[call][str(status)].get("content", {}))

    def validator(self, call: str, status: int, media: str) -> Draft202012Validator:
        key = (call, str(status), media)
        if key not in self._validators:
            schema = plain(self.operations[call][str(status)]["content"][media]["schema"])
            if call in COMPLETE:
                schema = schema["anyOf"][0]
            self._validators[key] = Draft202012Validator({**schema, **self._components})
        return self._validators[key]

    @cached_property
    def _components(self) -> dict[str, Any]:
        schemas = self._document["components"]["schemas"]
        return {"components": {"schemas": {name: plain(schema) for name, schema in schemas.items()}}}


def nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def plain(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    read: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _MAPS and isinstance(value, dict):
            read[keyword] = {name: _newer_null(name, plain(one)) for name, one in value.items()}
        elif keyword == "enum":
            read[keyword] = [*value, *_newer(value)]
        elif keyword in _UNIONS:
            read["anyOf"] = [plain(one) for one in _telling(value)]
        elif keyword not in _SILENT:
            read[keyword] = plain(value)
    if schema.get("nullable") is True and not read:  # how the file says that it is always null
        return {"type": "null"}
    return {"anyOf": [{"type": "null"}, read]} if schema.get("nullable") is True else read


def _telling(alternatives: list[Any]) -> list[Any]:
    """Without the bare objects, which any body would fit, if another one says what a body has."""
    if not any("properties" in one or "$ref" in one for one in alternatives):
        return alternatives
    return [one for one in alternatives if one.keys() - _SILENT != {"type"} or one["type"] != "object"]


def _newer_null(name: str, schema: Any) -> Any:
    return {"anyOf": [{"type": "null"}, schema]} if name in NEWER_NULLS else schema


def _newer(enumeration: list[Any]) -> list[str]:
    return [value for newer in NEWER_VALUES if newer.beside in enumeration for value in newer.values]
