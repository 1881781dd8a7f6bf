"""What a person sees, read from the JSON API: messages and views, with the words and controls in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

SHOWN = (
    "text",
    "title",
    "subtitle",
    "subtext",
    "body",
    "label",
    "hint",
    "placeholder",
    "caption",
    "description",
)
"""Keys that hold visible text, a text object or a string."""


@dataclass(frozen=True)
class Control:
    block_id: str
    action_id: str
    kind: str
    label: str
    """What names it on screen: its text, its placeholder, or the label of its input."""
    element: Json

    @property
    def is_button(self) -> bool:
        return self.kind == "button"


@dataclass(frozen=True)
class SeenCard:
    """The card of a link, beneath the message that holds the link."""

    channel: str
    ts: str
    url: str
    blocks: list[Json]
    whole: Json

    @property
    def controls(self) -> list[Control]:
        return list(controls(self.blocks))

    @property
    def buttons(self) -> list[str]:
        return [control.label for control in self.controls if control.is_button]

    @property
    def words(self) -> str:
        return "\n".join(words(self.whole))

    @property
    def where(self) -> Json:
        return {"channel": self.channel, "ts": self.ts, "unfurl": self.url}


@dataclass(frozen=True)
class SeenFile:
    name: str
    title: str
    size: int
    address: str
    """Relative to the workspace."""


@dataclass(frozen=True)
class SeenMessage:
    ts: str
    channel: str
    user: str
    text: str
    ephemeral: bool
    edited: bool
    blocks: list[Json]
    thread_ts: str | None = None
    reply_count: int = 0
    cards: tuple[SeenCard, ...] = ()
    files: tuple[SeenFile, ...] = ()
    pinned_by: str | None = None

    @property
    def controls(self) -> list[Control]:
        return list(controls(self.blocks))

    @property
    def buttons(self) -> list[str]:
        return [control.label for control in self.controls if control.is_button]

    @property
    def words(self) -> str:
        """All visible text: that of the blocks (or the text where there are none), of the cards of its links,
        and the titles of its files.
        """
        own = words(self.blocks) if self.blocks else [self.text]
        return "\n".join([*own, *(card.words for card in self.cards), *(file.title for file in self.files)])

    @property
    def where(self) -> Json:
        return {"channel": self.channel, "ts": self.ts}


@dataclass(frozen=True)
class SeenView:
    id: str
    type: str
    title: str
    callback_id: str
    blocks: list[Json]
    values: Json
    whole: Json

    @property
    def controls(self) -> list[Control]:
        return list(controls(self.blocks))

    @property
    def buttons(self) -> list[str]:
        return [control.label for control in self.controls if control.is_button]

    @property
    def words(self) -> str:
        return "\n".join([self.title, *words(self.blocks)] if self.title else words(self.blocks))

    @property
    def where(self) -> Json:
        return {"view_id": self.id}


@dataclass(frozen=True)
class SeenRun:
    """A workflow that the person started."""

    id: str
    callback_id: str
    state: str
    """running, completed or failed."""
    inputs: Json
    outputs: Json
    error: str | None


def run(shape: Json) -> SeenRun:
    return SeenRun(
        shape["id"],
        shape["callback_id"],
        shape["state"],
        shape["inputs"],
        shape["outputs"],
        shape.get("error"),
    )


def message(shape: Json) -> SeenMessage:
    return SeenMessage(
        ts=shape["ts"],
        channel=shape["channel"],
        user=shape["user"],
        text=shape["text"],
        ephemeral=shape["ephemeral"],
        edited=shape["edited"],
        blocks=shape["blocks"],
        thread_ts=shape.get("thread_ts"),
        reply_count=shape.get("reply_count", 0),
        cards=tuple(
            SeenCard(shape["channel"], shape["ts"], card["url"], card.get("blocks", []), card)
            for card in shape.get("unfurls", [])
        ),
        files=tuple(
            SeenFile(file["name"], file["title"], file["size"], file["url"])
            for file in shape.get("files", [])
        ),
        pinned_by=shape.get("pinned_by"),
    )


def view(shape: Json) -> SeenView:
    return SeenView(
        id=shape["id"],
        type=shape["type"],
        title=(shape["title"] or {}).get("text", ""),
        callback_id=shape["callback_id"],
        blocks=shape["blocks"],
        values=shape["state"]["values"],
        whole=shape,
    )


def controls(blocks: list[Json]) -> Iterator[Control]:
    """Everything with an action_id, in reading order."""
    for block in blocks:
        held = [
            *block.get("elements", []),
            *block.get("actions", []),
            block.get("accessory"),
            block.get("element"),
        ]
        for element in held:
            if isinstance(element, dict) and "action_id" in element:
                yield _control(block, element)
        yield from controls(block.get("child_blocks", []))


def _control(block: Json, element: Json) -> Control:
    named = element.get("text") or block.get("label") or element.get("placeholder") or {}
    return Control(block["block_id"], element["action_id"], element["type"], named.get("text", ""), element)


def words(value: object) -> list[str]:
    """Every visible text inside, in order."""
    if isinstance(value, list):
        return [text for each in value for text in words(each)]
    if not isinstance(value, dict):
        return []
    if value.get("type") == "link" and "text" not in value:
        return [str(value.get("url", ""))]
    found: list[str] = []
    for key, inner in value.items():
        if key in SHOWN and isinstance(inner, str):
            found.append(inner)
        elif key not in ("confirm", "value"):
            found += words(inner)
    return found
