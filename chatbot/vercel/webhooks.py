"""What Vercel's webhooks say: signed, read into one small value, and never taken as proof of anything.

vercel.com/docs/webhooks/webhooks-api: `x-vercel-signature` is the hex HMAC-SHA1 of the raw body.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import AliasChoices, BaseModel, Field, ValidationError

from chatbot.errors import PromotebotError
from chatbot.vercel.wire.values import Milliseconds

SIGNATURE = "x-vercel-signature"
LONGEST = 256 * 1024
"""Bytes. The platform sends a few thousand."""


class Unreadable(PromotebotError):
    """Signed, and no event."""


@dataclass(frozen=True)
class Event:
    """`type` may be any: there are some hundred, and new ones. `target` is that of a deployment."""

    id: str
    type: str
    at: datetime
    project_id: str | None = None
    deployment_id: str | None = None
    from_id: str | None = None
    to_id: str | None = None
    user_id: str | None = None
    target: str | None = None
    payload: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class _Id(BaseModel):
    id: str = Field(min_length=1, max_length=200)


class _Release(BaseModel):
    project_id: str | None = Field(default=None, alias="projectId", max_length=200)


class _Payload(BaseModel):
    project: _Id | None = None
    project_id: str | None = Field(
        default=None, max_length=200, validation_alias=AliasChoices("projectId", "project_id")
    )
    deployment: _Id | None = None
    user: _Id | None = None
    target: str | None = Field(default=None, max_length=100)
    from_id: str | None = Field(default=None, alias="fromDeploymentId", max_length=200)
    to_id: str | None = Field(default=None, alias="toDeploymentId", max_length=200)
    release: _Release | None = Field(default=None, alias="rollingRelease")

    @property
    def about(self) -> str | None:
        """The project's id, wherever this event has it."""
        if self.project is not None:
            return self.project.id
        return self.project_id or (self.release.project_id if self.release else None)


class _Envelope(BaseModel):
    id: str = Field(min_length=1, max_length=200)
    type: str = Field(min_length=1, max_length=200)
    created_at: Milliseconds = Field(alias="createdAt")
    payload: dict[str, Any] = {}


def is_signed(raw: bytes, signature: str | None, secret: str) -> bool:
    expected = hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()
    return hmac.compare_digest(expected.encode(), (signature or "").encode())


def read(raw: bytes) -> Event:
    """Raises Unreadable."""
    try:
        envelope = _Envelope.model_validate_json(raw)
        told = _Payload.model_validate(envelope.payload)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False)[:3])
        raise Unreadable(fields or "not JSON") from None
    return Event(
        id=envelope.id,
        type=envelope.type,
        at=envelope.created_at,
        project_id=told.about,
        deployment_id=told.deployment.id if told.deployment else None,
        from_id=told.from_id,
        to_id=told.to_id,
        user_id=told.user.id if told.user else None,
        target=told.target,
        payload=envelope.payload,
    )
