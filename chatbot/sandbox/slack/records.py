"""What a workspace holds. Records are mutable; only `State` changes them."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Values = dict[str, dict[str, Json]]
"""Slack's `state.values`: block_id -> action_id -> {"type": …, "selected_option": …}."""


@dataclass
class Member:
    id: str
    name: str
    real_name: str
    is_admin: bool = False
    is_bot: bool = False
    deactivated: bool = False
    address: str | None = None

    @property
    def email(self) -> str:
        return self.address or f"{self.name}@acme.example"


@dataclass
class Group:
    id: str
    handle: str
    name: str
    users: list[str]


@dataclass
class Channel:
    id: str
    name: str
    topic: str = ""
    is_private: bool = False
    is_im: bool = False
    members: list[str] = field(default_factory=list)
    archived: bool = False
    created: int = 0
    previous_names: list[str] = field(default_factory=list)
    pins: dict[str, "Pin"] = field(default_factory=dict)
    """By the ts of the pinned message, in the order they were pinned."""

    def is_open_to(self, person: str) -> bool:
        """Whether this person may read here: public channels can be previewed without joining."""
        return person in self.members or not (self.is_private or self.is_im)

    @property
    def scope_prefix(self) -> str:
        """The family of scopes that governs this kind of conversation."""
        if self.is_im:
            return "im"
        return "groups" if self.is_private else "channels"


@dataclass(frozen=True)
class Pin:
    created: int
    created_by: str


@dataclass
class File:
    """`content` is None until the bytes have come; `shared` says whether anybody can see it."""

    id: str
    name: str
    length: int
    upload_path: str
    title: str = ""
    created: int = 0
    content: bytes | None = None
    shared: bool = False


@dataclass
class Message:
    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    by_app: bool = False
    thread_ts: str | None = None
    broadcast: bool = False
    only_for: str | None = None
    """The one person who sees an ephemeral message; None: everybody in the channel."""
    edited_ts: str | None = None
    client_msg_id: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[File] = field(default_factory=list)
    execution: str | None = None
    """The run of a workflow step that posted it."""
    unfurls: dict[str, Json] = field(default_factory=dict)
    """Cards of links in a person's message, by URL: {"blocks": …}, or a legacy attachment."""
    values: dict[str, Values] = field(default_factory=dict)
    """What each person chose in its menus (person id -> state.values): a choice is its person's own."""

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def is_shown_to(self, person: str) -> bool:
        return self.only_for is None or self.only_for == person

    def blocks_of(self, unfurl: str | None) -> list[Json]:
        """Those of the message, or of the card beneath it."""
        return self.blocks if unfurl is None else self.unfurls[unfurl].get("blocks", [])


@dataclass
class View:
    """A modal on a person's stack, or a person's App Home."""

    id: str
    user: str
    definition: Json
    """What the app sent, with every block_id and action_id filled in."""
    hash: str
    root_id: str
    previous_id: str | None = None
    execution: str | None = None
    values: Values = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.definition["blocks"]
        return blocks

    @property
    def type(self) -> str:
        return str(self.definition["type"])


@dataclass(frozen=True)
class Change:
    """One visible change, as the event stream tells it."""

    kind: str
    """message, deleted, views, home, workflows or workspace."""
    channel: str | None = None
    message: Message | None = None
    person: str | None = None
    """Set where only this person sees the change."""
