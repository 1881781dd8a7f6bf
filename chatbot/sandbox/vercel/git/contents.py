"""Made-up file contents: nobody reads them, but they differ as real ones do."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    Line = Callable[[random.Random], str]

_NOUNS = ("cart", "order", "price", "total", "customer", "address", "stock", "search", "session", "page")
_VERBS = ("load", "format", "check", "apply", "round", "merge", "render", "store", "count", "share")


def draft(path: str, chance: random.Random) -> str:
    """The first version of a file."""
    line = _line_of(path)
    return "".join(f"{line(chance)}\n" for _ in range(chance.randrange(6, 28)))


def revise(path: str, text: str, chance: random.Random) -> str:
    """A later version: some lines replaced, some added, now and then some gone. Never the same text."""
    line, lines = _line_of(path), text.splitlines()
    for place in sorted(chance.sample(range(len(lines)), min(len(lines), chance.randrange(1, 5)))):
        lines[place] = line(chance)
    place = chance.randrange(len(lines) + 1)
    lines[place:place] = [line(chance) for _ in range(chance.randrange(1, 9))]
    if len(lines) > 20 and chance.random() < 0.3:
        del lines[3 : 3 + chance.randrange(1, 6)]
    revised = "".join(f"{one}\n" for one in lines)
    return revised if revised != text else revised + line(chance) + "\n"


def _line_of(path: str) -> Line:
    match PurePosixPath(path).suffix:
        case ".sql" | ".prisma":
            return _statement
        case ".json":
            return _entry
        case ".md" | ".mdx":
            return _sentence
        case _:
            return _function


def _statement(chance: random.Random) -> str:
    table, column = chance.choice(_NOUNS), chance.choice(_NOUNS)
    return f"ALTER TABLE {table}s ADD COLUMN {column}_{chance.randrange(1000)} integer NOT NULL DEFAULT 0;"


def _entry(chance: random.Random) -> str:
    version = f"{chance.randrange(20)}.{chance.randrange(40)}.{chance.randrange(10)}"
    return f'  "@acme/{chance.choice(_NOUNS)}-{chance.choice(_VERBS)}": "{version}",'


def _sentence(chance: random.Random) -> str:
    return f"To {chance.choice(_VERBS)} a {chance.choice(_NOUNS)}, see section {chance.randrange(1000)}."


def _function(chance: random.Random) -> str:
    verb, noun = chance.choice(_VERBS), chance.choice(_NOUNS)
    return f"export const {verb}{noun.title()} = (value) => {verb}(value, {chance.randrange(10_000)});"
