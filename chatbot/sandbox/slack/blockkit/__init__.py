"""Block Kit as Slack's server judges it: own table of shapes, rules over the whole, and slack_sdk.models.

The last word is Slack's own `blocks.validate`, which needs a real token.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from chatbot.sandbox.slack.blockkit.composition import SUGGESTIONS
from chatbot.sandbox.slack.blockkit.shapes import BLOCK, MOST_BLOCKS, SURFACES, VIEW
from chatbot.sandbox.slack.blockkit.specs import Many, Problem
from chatbot.sandbox.slack.elements import every_block
from chatbot.sandbox.slack.records import Json

MOST_MARKDOWN = 12_000
MODELS_UNAWARE = frozenset(
    {"data_table", "data_visualization", "container", "carousel", "card", "plan", "alert"}
)
"""Kinds that slack_sdk.models 3.47 does not parse, or parses by older rules: not put to it."""

__all__ = ["Problem", "problems_of_blocks", "problems_of_options", "problems_of_view"]


def problems_of_blocks(blocks: object, surface: str = "message") -> list[Problem]:
    """`surface` is message, modal or home. Pointers start at the list: /0/text."""
    shape = list(Many(BLOCK, MOST_BLOCKS[surface], 0).problems(blocks, ""))
    if shape or not isinstance(blocks, list):
        return shape
    return [*_of_the_whole(blocks, surface), *_of_the_models(blocks)]


def problems_of_view(view: object) -> list[Problem]:
    shape = list(VIEW.problems(view, ""))
    if shape or not isinstance(view, dict):
        return shape
    found = [
        *_of_the_whole(view["blocks"], view["type"], "/blocks"),
        *_of_the_models(view["blocks"], "/blocks"),
    ]
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and view.get("submit") is None:
        # docs.slack.dev/reference/views: submit is required when an input block is in the blocks array.
        found.append(Problem("", "missing required field: submit", "required", "submit"))
    return found or list(_of_the_view_model(view))


def problems_of_options(answer: object) -> list[Problem]:
    """The ack of a block_suggestion."""
    return list(SUGGESTIONS.problems(answer, ""))


def _of_the_whole(blocks: list[Json], surface: str, at: str = "") -> Iterator[Problem]:
    every = list(every_block(blocks))
    for index, block in enumerate(blocks):
        if block["type"] not in SURFACES[surface]:
            message = f"unsupported type: {block['type']}"
            yield Problem(f"{at}/{index}/type", message, "enum", sorted(SURFACES[surface]))
    for block_id in _repeated(block.get("block_id") for block in every):
        yield Problem(at, f"block_id values must be unique: {block_id}", "unique", block_id)
    for index, block in enumerate(blocks):
        held = [*block.get("elements", []), *block.get("actions", [])]
        for action_id in _repeated(e.get("action_id") for e in held if isinstance(e, dict)):
            yield Problem(
                f"{at}/{index}", f"action_id values must be unique: {action_id}", "unique", action_id
            )
    if sum(block["type"] == "table" for block in every) > 1:
        # TightknitAI's validator; Slack's own error is only_one_table_allowed.
        yield Problem(at, "only one table allowed", "max_tables", 1)
    if sum(len(block["text"]) for block in every if block["type"] == "markdown") > MOST_MARKDOWN:
        message = f"markdown blocks must be less than {MOST_MARKDOWN + 1} characters together"
        yield Problem(at, message, "max_length", MOST_MARKDOWN)


def _repeated(ids: Iterable[str | None]) -> list[str]:
    return [each for each, count in Counter(ids).items() if each is not None and count > 1]


def _of_the_models(blocks: list[Json], at: str = "") -> Iterator[Problem]:
    """What the official Python models refuse to serialise."""
    for index, block in enumerate(blocks):
        if block["type"] in MODELS_UNAWARE:
            continue
        try:
            parsed = Block.parse(block)
            if parsed is not None:
                parsed.to_dict()
        except SlackObjectFormationError as error:
            yield Problem(f"{at}/{index}", str(error), "model")


def _of_the_view_model(view: Json) -> Iterator[Problem]:
    try:
        View(**{**view, "blocks": [{"type": "divider"}]}).to_dict()
    except SlackObjectFormationError as error:
        yield Problem("", str(error), "model")
