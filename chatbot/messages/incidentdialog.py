"""The dialog behind `/incident` where no project is named, and none is of this channel."""

from slack_sdk.models.blocks import (
    ExternalDataMultiSelectElement,
    InputBlock,
    PlainTextInputElement,
    PlainTextObject,
)
from slack_sdk.models.views import View

from chatbot.domain.incidents import MAX_PROJECTS
from chatbot.messages import actions
from chatbot.messages.message import context
from chatbot.messages.wording import plain

PROJECTS, WHAT = "projects", "what"
MOST_WORDS = 500


def dialog(channel: str, what: str = "") -> View:
    """`channel` is where the card goes."""
    projects = ExternalDataMultiSelectElement(
        action_id=actions.INCIDENT_PROJECTS,
        placeholder=PlainTextObject(text="Type a part of a name", emoji=False),
        min_query_length=0,
        max_selected_items=MAX_PROJECTS,
    )
    words = PlainTextInputElement(
        action_id=actions.INCIDENT_WHAT,
        initial_value=plain(what, MOST_WORDS) or None,
        max_length=MOST_WORDS,
    )
    return View(
        type="modal",
        callback_id=actions.INCIDENT,
        title="Open an incident",
        submit="Open",
        close="Cancel",
        private_metadata=channel,
        blocks=[
            InputBlock(block_id=PROJECTS, label="Projects", element=projects),
            InputBlock(block_id=WHAT, label="What is wrong", element=words, optional=True),
            context("A card in the channel shows how they are, and the ways back. Nothing moves by itself."),
        ],
    )
