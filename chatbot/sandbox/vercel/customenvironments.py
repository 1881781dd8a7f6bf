"""Custom environments: preview deployments with a name, domains and variables of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MatcherType = Literal["equals", "startsWith", "endsWith"]


@dataclass(frozen=True, slots=True)
class BranchMatcher:
    type: MatcherType
    pattern: str

    def matches(self, branch: str) -> bool:
        match self.type:
            case "equals":
                return branch == self.pattern
            case "startsWith":
                return branch.startswith(self.pattern)
            case "endsWith":
                return branch.endswith(self.pattern)


@dataclass(slots=True)
class CustomEnvironment:
    id: str
    slug: str
    created_at: int
    updated_at: int
    description: str = ""
    matcher: BranchMatcher | None = None
    """The branches whose pushes it builds."""
