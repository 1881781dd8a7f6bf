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
    message_ts: _Text = ""
    is_ephemeral: bool = False


class _Option(BaseModel):
    value: _Text


class Action(BaseModel):
    """A button brings `value`, a menu the option that was chosen."""

    action_id: _Id
    value: _Text | None = None
    selected_option: _Option | None = None


class View(BaseModel):
    id: _Id
    private_metadata: _Text = ""


class _Held(BaseModel):
    """What a field holds: one option of a menu, several, the ticked ones of checkboxes, or a text."""

    selected_option: _Option | None = None
    selected_options: list[_Option] | None = None
    value: _Text | None = None


class _State(BaseModel):
    values: dict[_Text, dict[_Text, _Held]] = {}


class Click(BaseModel):
    user: _User
    view: View | None = None
    state: _State | None = None
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

    @property
    def ticked(self) -> dict[str, frozenset[str]]:
        """Action id of checkboxes to the values that are ticked, wherever in the message they stand."""
        fields = [field for block in (self.state or _State()).values.values() for field in block.items()]
        return {
            action: frozenset(option.value for option in held.selected_options)
            for action, held in fields
            if held.selected_options is not None
        }


_WRITTEN = frozenset({None, "file_share", "thread_broadcast"})
"""Subtypes of what a person has just written; the others tell of changes, or are of apps."""


class _Message(BaseModel):
    """As a mention or a direct message brings it. `team` is that of who wrote it."""

    user: _Text = ""
    channel: _Id
    channel_type: _Text = ""
    ts: _Id
    thread_ts: _Text = ""
    text: _Text = ""
    team: _Text = ""
    user_team: _Text = ""
    bot_id: _Text | None = None
    subtype: _Text | None = None
    edited: Any = None


class HomeOpened(BaseModel):
    """Somebody looks at App Home, or at the messages beside it. Slack does not tell when they go."""

    user: _Id
    tab: _Text = ""


class Said(BaseModel):
    """An event: somebody wrote something. `event_id` is the same when Slack sends it again."""

    event_id: _Id
    team_id: _Text = ""
    is_ext_shared_channel: bool = False
    event: _Message

    @property
    def is_by_one_of_us(self) -> bool:
        """Not by an app, nor by somebody of another workspace; and not when it is edited, or deleted."""
        said = self.event
        author = said.user_team or said.team
        ours = not author or not self.team_id or author == self.team_id
        is_written = said.subtype in _WRITTEN and not said.bot_id and not said.edited
        return bool(said.user) and ours and is_written


class OnMessage(BaseModel):
    """A shortcut that was used on a message."""

    user: _User
    channel: _Place
    message: dict[str, Any]
    trigger_id: _Text = ""
    response_url: Any = None

    @property
    def thread(self) -> str:
        """That the message is a reply in; empty otherwise, and where the reply stands in the channel as well. Slack
        shows an answer for one person in no other.
        """
        thread, message = self.message.get("thread_ts"), self.message
        is_reply = thread != message.get("ts") and message.get("subtype") != "thread_broadcast"
        return thread if isinstance(thread, str) and is_reply else ""


class _Link(BaseModel):
    url: _Text


class SharedLinks(BaseModel):
    """`source`: a message, or "composer" where one is being written."""

    channel: _Id
    message_ts: _Text = ""
    unfurl_id: _Text = ""
    source: _Text = ""
    links: list[_Link]


class LinkShared(BaseModel):
    is_ext_shared_channel: bool = False
    event: SharedLinks


class StepInputs(BaseModel):
    deployment: _Text
    reason: _Text | None = None
    requester: _Id
    channel_id: _Text | None = None


class _Executed(BaseModel):
    function_execution_id: _Id
    inputs: StepInputs


class StepExecuted(BaseModel):
    event: _Executed


class Search(BaseModel):
    """What was typed into a menu that the bot fills. Slack does not tell what other fields hold."""

    user: _User
    block_id: _Text = ""
    value: _Text = ""


class _AboutChannel(BaseModel):
    channel: _Id
    user: _Text = ""


class ChannelEvent(BaseModel):
    """Something became of a channel, or `user` joined it."""

    event: _AboutChannel


class _Submitted(View):
    state: _State = _State()


class Submission(BaseModel):
    user: _User
    view: _Submitted

    @property
    def chosen(self) -> dict[str, str]:
        """Block id to the value of the option that was chosen there, empty where there is none."""
        return {
            block: next((held.selected_option.value for held in fields.values() if held.selected_option), "")
            for block, fields in self.view.state.values.items()
        }

    @property
    def picked(self) -> dict[str, list[str]]:
        """Block id to the values of all options that were chosen there."""
        return {
            block: [option.value for held in fields.values() for option in held.selected_options or ()]
            for block, fields in self.view.state.values.items()
        }

    @property
    def typed(self) -> dict[str, str]:
        """Block id to the text that was typed there."""
        return {
            block: next((held.value for held in fields.values() if held.value is not None), "")
            for block, fields in self.view.state.values.items()
        }


def read(model: type[Read], payload: Any) -> Read | None:
    """The payload as `model`; None, and a line in the log, where it is not well formed."""
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, item["loc"])) for item in error.errors(include_input=False))
        _log.warning("a malformed %s was acknowledged and left: %s", model.__name__.lower(), fields)
        return None
