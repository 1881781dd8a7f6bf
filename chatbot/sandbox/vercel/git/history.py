"""A repository: commits, each with the tree it leaves behind, and the branches that point at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Tree = Mapping[str, str]
"""Text by path. Commits share the texts that they leave alone."""

SHORTEST_SHA = 4
"""Of an abbreviation, as git has it."""
_ABBREVIATION = re.compile(rf"[0-9a-f]{{{SHORTEST_SHA},40}}")


@dataclass(frozen=True, slots=True, eq=False)
class GitCommit:
    sha: str
    parents: tuple[str, ...]
    message: str
    author_name: str
    author_login: str
    at: int
    """Epoch milliseconds."""
    tree: Tree


@dataclass(slots=True, eq=False)
class Repository:
    default_branch: str = "main"
    commits: dict[str, GitCommit] = field(default_factory=dict)
    """Parents before children, otherwise as they arrived."""
    branches: dict[str, str] = field(default_factory=dict)
    """Sha by name."""
    _places: dict[str, int] = field(default_factory=dict)

    def add(self, commit: GitCommit, branch: str) -> GitCommit:
        """The branch moves to the commit. Raises KeyError for a parent that is not there."""
        for parent in commit.parents:
            self.commits[parent]
        self._places[commit.sha] = len(self.commits)
        self.commits[commit.sha] = commit
        self.branches[branch] = commit.sha
        return commit

    def head(self, branch: str) -> GitCommit | None:
        sha = self.branches.get(branch)
        return self.commits[sha] if sha is not None else None

    def resolve(self, ref: str) -> GitCommit | None:
        """A sha, a branch (`heads/x`, `refs/heads/x`), HEAD, or the beginning of exactly one sha."""
        if ref in self.commits:
            return self.commits[ref]
        name = self.default_branch if ref == "HEAD" else ref.removeprefix("refs/").removeprefix("heads/")
        found = self.head(ref) or self.head(name)
        if found is not None or not _ABBREVIATION.fullmatch(ref):
            return found
        meant = [commit for sha, commit in self.commits.items() if sha.startswith(ref)]
        return meant[0] if len(meant) == 1 else None

    def ancestors(self, sha: str) -> set[str]:
        """Everything that can be reached from a commit, itself included."""
        found, waiting = {sha}, [sha]
        while waiting:
            new = [parent for parent in self.commits[waiting.pop()].parents if parent not in found]
            found.update(new)
            waiting.extend(new)
        return found

    def in_order(self, shas: set[str]) -> list[GitCommit]:
        """Oldest first, no child before its parents."""
        return [self.commits[sha] for sha in sorted(shas, key=self._places.__getitem__)]
