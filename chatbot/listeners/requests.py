"""What Slack sends, read at the edge. Its signature says that it comes from Slack, not that it is well formed."""

import logging
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, StringConstraints, ValidationError

_log = logging.getLogger(__name__)


def _clean(text: str) -> str:
    if "\0" in text or (not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)):
        raise ValueError("no text that can be stored")
    return text


_Text = Annotated[str, AfterValidator(_clean)]
_Id = Annotated[_Text, StringConstraints(min_length=1, max_length=100)]


Read = TypeVar("Read", bound=BaseModel)


class Command(BaseModel):
    user_id: _Id
    channel_id: _Id
    text: _Text = ""
    trigger_id: _Text = ""
    response_url: Any = None


class _User(BaseModel):
    id: _Id


class _Place(BaseModel):
    id: _Text = ""
    channel_id: _Text = ""


class Action(BaseModel):
    action_id: _Id
    value: _Text | None = None


class Click(BaseModel):
    user: _User
    channel: _Place | None = None
    container: _Place | None = None
    trigger_id: _Text | None = None
    response_url: Any = None

    @property
    def channel_id(self) -> str:
        """Empty for a click in a view."""
        return (self.channel.id if self.channel else "") or (
            self.container.channel_id if self.container else ""
        )


def read(model: type[Read], payload: Any) -> Read | None:
    """The payload as `model`; None, and a line in the log, where it is not well formed."""
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        _log.warning("a malformed %s was acknowledged and left: %s", model.__name__.lower(), fields)
        return None
