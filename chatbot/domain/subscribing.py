"""What a channel may hear of a project, and how somebody asks for it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from chatbot.errors import Refusal

ALL = "*"
MOST_PROJECTS = 20
"""How many one request may name."""

_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


class Hears(StrEnum):
    """In the order in which they are told."""

    CURRENT = "current"
    FAILED = "failed"
    STAGED = "staged"
    PINNED = "pinned"


@dataclass(frozen=True)
class Heard:
    """What a channel hears of one project, or of all: `project_id` is `*` then. `also`: other channels that do."""

    project_id: str
    project_name: str
    kinds: frozenset[Hears]
    also: tuple[str, ...] = ()

    @property
    def is_all(self) -> bool:
        return self.project_id == ALL


@dataclass(frozen=True)
class Wish:
    """`names` are projects by name or id, or `*`. No kinds: none was named."""

    names: tuple[str, ...]
    kinds: frozenset[Hears]


@dataclass(eq=False)
class NoProjectName(Refusal):
    """Among the words is one that can be neither a project nor a kind."""

    word: str


@dataclass(eq=False)
class TooManyProjects(Refusal):
    named: int


@dataclass(eq=False)
class NothingHeard(Refusal):
    """This channel does not hear of it by name. `through_all`: but through `*`."""

    name: str
    through_all: bool = False


class ClosedToBot(Refusal):
    """It cannot post in this conversation, and nobody can invite it: other people's direct messages."""


def parse_wish(text: str) -> Wish:
    """Raises NoProjectName or TooManyProjects. A project that is named like a kind goes by its id."""
    words = list(dict.fromkeys(re.split(r"[\s,]+", text.strip()) if text.strip() else []))
    kinds = frozenset(Hears(word.lower()) for word in words if word.lower() in set(Hears))
    names = tuple(word for word in words if word.lower() not in set(Hears))
    for name in names:
        if name != ALL and not _NAME.fullmatch(name):
            raise NoProjectName(name[:100])
    if len(names) > MOST_PROJECTS:
        raise TooManyProjects(len(names))
    return Wish(names, kinds)
