"""Answers that refuse, in the one shape of every error: `{"error": {"code", "message", …}}`.

Codes of 402, 409, 410 and 422 are not documented; clients must go by status and message.
"""

from __future__ import annotations

from typing import Any

CODES = {
    400: "bad_request",
    401: "unauthorized",
    402: "payment_required",
    403: "forbidden",
    404: "not_found",
    405: "method_unknown",
    409: "conflict",
    410: "gone",
    413: "request_entity_too_large",
    422: "unprocessable_entity",
    429: "rate_limited",
    500: "internal_server_error",
    502: "bad_gateway",
    503: "service_unavailable",
    504: "gateway_timeout",
}


class ApiError(Exception):
    """Ends a request with `status` and the official error body; nothing has been changed."""

    def __init__(self, status: int, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return error_body(self.status, str(self), **self.extra)


def error_body(status: int, message: str, **extra: Any) -> dict[str, Any]:
    return {"error": {"code": CODES.get(status, "unknown_error"), "message": message, **extra}}


def not_found(what: str, name: str) -> ApiError:
    return ApiError(404, f"Could not find the {what}: {name}")


def bad_request(message: str) -> ApiError:
    return ApiError(400, f"Invalid request: {message}")


def out_of_scope(scope: str) -> ApiError:
    return ApiError(
        403,
        f'Not authorized: Trying to access resource under scope "{scope}". '
        "You must re-authenticate to this scope or use a token with access to this scope.",
    )
