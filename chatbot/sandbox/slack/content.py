"""What an app may put into a message or a view: read, validated, refused with Slack's codes."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chatbot.sandbox.slack.blockkit import Problem, problems_of_blocks, problems_of_view
from chatbot.sandbox.slack.elements import with_ids
from chatbot.sandbox.slack.records import Json

MOST_TEXT = 40_000
"""Longer texts are cut in chat.postMessage (docs.slack.dev, "Truncating content")."""
MOST_BLOCK_TEXT = 13_200
"""All texts of the blocks of one message together: measured near this in bolt-js#2509, not documented."""
MOST_VIEW_BYTES = 250_000
MOST_ATTACHMENTS = 100
MOST_METADATA_BYTES = 10_000
"""metadata_too_large: the number is not documented."""


class ContentRefused(Exception):
    """`error` is Slack's code; `messages` are the sentences of response_metadata."""

    def __init__(self, error: str, messages: list[str] | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages or []


def decoded(value: object) -> object:
    """Objects arrive as such in JSON bodies, and as JSON strings in queries and forms. Raises ValueError."""
    return json.loads(value) if isinstance(value, str) else value


def message_content(args: Mapping[str, Any], *, most_text: int | None = None) -> Json:
    """Those of text, blocks, attachments and metadata that are given. Raises ContentRefused."""
    content: Json = {}
    if args.get("text") is not None:
        content["text"] = str(args["text"])
    if args.get("blocks") is not None:
        content["blocks"] = _blocks(args["blocks"])
    if args.get("attachments") is not None:
        content["attachments"] = _list(args["attachments"], "invalid_attachments")
    if args.get("metadata") is not None:
        content["metadata"] = _metadata(args["metadata"])
    if not any(content.get(part) for part in ("text", "blocks", "attachments")):
        raise ContentRefused("no_text")
    if len(content.get("attachments", [])) > MOST_ATTACHMENTS:
        raise ContentRefused("too_many_attachments")
    if most_text is not None and len(content.get("text", "")) > most_text:
        raise ContentRefused("msg_too_long")
    return content


def _metadata(given: object) -> Json:
    """{"event_type": …, "event_payload": {…}} and no more (docs.slack.dev/messaging/message-metadata)."""
    metadata = _object(given, "invalid_metadata_format")
    if not metadata.get("event_type") or not isinstance(metadata.get("event_payload"), dict):
        raise ContentRefused("invalid_metadata_schema")
    if len(json.dumps(metadata)) > MOST_METADATA_BYTES:
        raise ContentRefused("metadata_too_large")
    return metadata


def _blocks(given: object) -> list[Json]:
    blocks = _list(given, "invalid_blocks_format")
    problems = problems_of_blocks(blocks)
    if problems:
        raise ContentRefused("invalid_blocks", sentences(problems, "/blocks"))
    if sum(len(text) for text in _texts(blocks)) > MOST_BLOCK_TEXT:
        raise ContentRefused("msg_blocks_too_long")
    return blocks


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def sentences(problems: list[Problem], root: str) -> list[str]:
    return [problem.sentence(root) for problem in problems]


def _list(given: object, error: str) -> list[Json]:
    try:
        value = decoded(given)
    except ValueError as broken:
        raise ContentRefused(error) from broken
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise ContentRefused(error)
    return value


def _object(given: object, error: str) -> Json:
    try:
        value = decoded(given)
    except ValueError as broken:
        raise ContentRefused(error) from broken
    if not isinstance(value, dict):
        raise ContentRefused(error)
    return value


def view_content(given: object, *types: str) -> Json:
    """A view of one of these types, with its ids filled in. Raises ContentRefused."""
    if given is None:
        raise ContentRefused("invalid_arguments", ["[ERROR] missing required field: view"])
    view = _object(given, "invalid_arguments")
    if len(json.dumps(view)) > MOST_VIEW_BYTES:
        raise ContentRefused("view_too_large")
    problems = problems_of_view(view)
    if view.get("type") not in types and not problems:
        problems = [Problem("/type", f"unsupported type: {view.get('type')}", "enum", list(types))]
    if problems:
        raise ContentRefused("invalid_arguments", sentences(problems, "/view"))
    return view | {"blocks": with_ids(view["blocks"])}
