"""What Vercel's webhooks say: signed, read into one small value, and never taken as proof of anything.

vercel.com/docs/webhooks/webhooks-api: `x-vercel-signature` is the hex HMAC-SHA1 of the raw body.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from chatbot.errors import PromotebotError
from chatbot.vercel.wire.values import Milliseconds

SIGNATURE = "x-vercel-signature"
LONGEST = 256 * 1024
"""Bytes. The platform sends a few thousand."""


_FAMILIES = ("deployment.", "project.", "alerts.")


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


_Id = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]
"""What any database takes, and what does no harm in a log."""


class _Named(BaseModel):
    id: _Id


class _Release(BaseModel):
    project_id: _Id | None = Field(default=None, alias="projectId")


class _Payload(BaseModel):
    project: _Named | None = None
    project_id: _Id | None = Field(default=None, alias="projectId")
    deployment: _Named | None = None
    user: _Named | None = None
    target: _Id | None = None
    from_id: _Id | None = Field(default=None, alias="fromDeploymentId")
    to_id: _Id | None = Field(default=None, alias="toDeploymentId")
    release: _Release | None = Field(default=None, alias="rollingRelease")

    @property
    def about(self) -> str | None:
        """The project's id, wherever this event has it."""
        if self.project is not None:
            return self.project.id
        return self.project_id or (self.release.project_id if self.release else None)


class _Envelope(BaseModel):
    id: _Id
    type: _Id
    created_at: Milliseconds = Field(alias="createdAt")
    payload: dict[str, Any] = {}


def is_signed(raw: bytes, signature: str | None, secret: str) -> bool:
    """The signature may be any header of anybody's: aiohttp reads bytes that are no text as lone surrogates."""
    expected = hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()
    return hmac.compare_digest(expected.encode(), (signature or "").encode(errors="replace"))


def read(raw: bytes) -> Event:
    """Raises Unreadable."""
    try:
        envelope = _Envelope.model_validate_json(raw)
        is_known = envelope.type.startswith(_FAMILIES)  # others may name a project in any way they like
        told = _Payload.model_validate(envelope.payload if is_known else {})
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
