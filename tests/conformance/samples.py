"""What the platform answered, as `chatbot/sandbox/vercel/recording.py` left it: one JSON object a line."""

import json
from collections.abc import Iterable, Iterator, Mapping
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


def uncovered(routes: Iterable[str], samples: Iterable[Sample], listed: Mapping[str, str]) -> list[str]:
    """A line for each route that never answered a success and is not listed, and for each listed in vain."""
    succeeded = {sample.call for sample in samples if sample.status < 400}
    missing = {route: None for route in routes if route not in succeeded}
    return [
        *(f"{route}: no success is recorded" for route in missing if route not in listed),
        *(
            f"{route}: listed as never recorded, but it is or is no route"
            for route in listed
            if route not in missing
        ),
    ]
