"""What the platform answered, as `chatbot/sandbox/vercel/recording.py` left it: one JSON object a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sample:
    call: str
    """The method and the route, its parameters in braces: `GET /v9/projects/{project}`."""
    status: int
    media: str | None
    body: Any


def recorded(folder: Path) -> Iterator[Sample]:
    """Every sample below `folder`. A last line without an end belongs to a process that was killed."""
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield Sample(**json.loads(line))
