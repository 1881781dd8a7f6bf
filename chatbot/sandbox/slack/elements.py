"""Finding what a person can touch in a list of blocks."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass

from chatbot.sandbox.slack.identifiers import short
from chatbot.sandbox.slack.records import Json


class NoSuchElement(LookupError):
    pass


class AmbiguousElement(LookupError):
    """Several elements carry this action_id: the block_id has to say which."""


@dataclass(frozen=True)
class Touchable:
    block: Json
    element: Json

    @property
    def block_id(self) -> str:
        return str(self.block["block_id"])

    @property
    def action_id(self) -> str:
        return str(self.element["action_id"])

    @property
    def is_input(self) -> bool:
        return bool(self.block["type"] == "input")


def _held(block: Json) -> list[Json]:
    """The elements of one block, in the order that a person reads them."""
    match block.get("type"):
        case "actions" | "context_actions":
            return list(block["elements"])
        case "section" if isinstance(block.get("accessory"), dict):
            return [block["accessory"]]
        case "input":
            return [block["element"]]
        case "card":
            return list(block.get("actions", []))
    return []


def every_block(blocks: list[Json]) -> Iterator[Json]:
    """Blocks in reading order, with those inside containers and carousels."""
    for block in blocks:
        yield block
        yield from every_block(block.get("child_blocks", []))
        if block.get("type") == "carousel":
            yield from every_block(block.get("elements", []))


def touchables(blocks: list[Json]) -> Iterator[Touchable]:
    for block in every_block(blocks):
        for element in _held(block):
            if element.get("type") != "image":
                yield Touchable(block, element)


def find(blocks: list[Json], action_id: str, block_id: str | None = None) -> Touchable:
    """Raises NoSuchElement or AmbiguousElement."""
    found = [
        touchable
        for touchable in touchables(blocks)
        if touchable.action_id == action_id and block_id in (None, touchable.block_id)
    ]
    if not found:
        raise NoSuchElement(action_id)
    if len(found) > 1:
        raise AmbiguousElement(action_id)
    return found[0]


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block_id and action_id that the app left out is filled in, as Slack does."""
    completed = copy.deepcopy(blocks)
    for block in every_block(completed):
        block.setdefault("block_id", short(5))
        for element in _held(block):
            if element.get("type") != "image":
                element.setdefault("action_id", short(5))
    return completed
