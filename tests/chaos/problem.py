"""Something that was wrong in a run."""

from typing import NamedTuple


class Problem(NamedTuple):
    kind: str
    text: str
