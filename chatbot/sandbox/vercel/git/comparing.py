"""How one commit stands to another: `base...head`, as GitHub and `git log base..head` count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from chatbot.sandbox.vercel.git.changes import FileChange, changes_between

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.git.history import GitCommit, Repository

Status = Literal["identical", "ahead", "behind", "diverged"]


class NoCommonAncestor(Exception):
    """The two histories share nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    base: GitCommit
    head: GitCommit
    merge_base: GitCommit
    commits: list[GitCommit]
    """What head has and base has not, oldest first."""
    behind_by: int
    """How many commits base has and head has not."""

    @property
    def ahead_by(self) -> int:
        return len(self.commits)

    @property
    def status(self) -> Status:
        if self.base.sha == self.head.sha:
            return "identical"
        if self.behind_by == 0:
            return "ahead"
        return "diverged" if self.commits else "behind"

    def files(self) -> list[FileChange]:
        """What changed in head since the two parted."""
        return changes_between(self.merge_base.tree, self.head.tree)


def compare(repository: Repository, base: GitCommit, head: GitCommit) -> Comparison:
    """Raises NoCommonAncestor."""
    of_base, of_head = repository.ancestors(base.sha), repository.ancestors(head.sha)
    shared = repository.in_order(of_base & of_head)
    if not shared:
        raise NoCommonAncestor
    return Comparison(
        base=base,
        head=head,
        # The last shared one has no shared descendant: it is a best common ancestor.
        merge_base=shared[-1],
        commits=repository.in_order(of_head - of_base),
        behind_by=len(of_base - of_head),
    )
