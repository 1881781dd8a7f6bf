"""The official file, where $CONTRACTS names it; else a small one in its style, so that the judge is tested."""

from typing import Any

import pytest

from tests.conformance.official import Official

_USER = {
    "type": "object",
    "required": ["id", "name", "role"],
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string", "nullable": True},
        "role": {"type": "string", "enum": ["OWNER", "MEMBER"], "nullable": True},
        "description": {"type": "string", "description": "a property of that name"},
    },
}
_PUBLIC = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
_PAGE = {
    "type": "object",
    "required": ["users"],
    "properties": {"users": {"type": "array", "items": {"$ref": "#/components/schemas/User"}}},
}

_ALIASES = {
    "type": "object",
    "required": ["aliases"],
    "properties": {"aliases": {"type": "array", "items": {"type": "object"}}},
}
_NO_CONFIG = {
    "type": "object",
    "required": ["rollingRelease"],
    "properties": {"rollingRelease": {"nullable": True}},
}


def _answers(status: str, schema: dict[str, Any] | None) -> dict[str, Any]:
    content = {} if schema is None else {"content": {"application/json": {"schema": schema}}}
    return {"responses": {status: {"description": "", **content}, "400": {"description": ""}}}


@pytest.fixture
def official() -> Official:
    """In the manner of the real file: OpenAPI 3.0, nullable, overlapping unions, bodies without a schema."""
    return Official(
        {
            "openapi": "3.0.3",
            "paths": {
                "/v2/user": {"get": _answers("200", {"oneOf": [_USER, {"type": "array", "items": _USER}]})},
                "/v1/users": {"get": _answers("200", _PAGE)},
                "/v13/deployments/{idOrUrl}": {"get": _answers("200", {"oneOf": [_USER, _PUBLIC]})},
                "/v10/projects/{projectId}/promote/{deploymentId}": {"post": _answers("201", None)},
                "/v1/projects/{projectId}/promote/aliases": {
                    "get": _answers("200", {"oneOf": [{"type": "object"}, _ALIASES]})
                },
                "/v1/projects/{idOrName}/rolling-release/config": {"delete": _answers("200", _NO_CONFIG)},
            },
            "components": {"schemas": {"User": _USER}},
        }
    )
