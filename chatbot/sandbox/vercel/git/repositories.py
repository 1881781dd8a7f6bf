"""The repository of each project. A project's deployments are the traces of its history: it is told from
them when it is first asked for, and grows by what is pushed and built from then on.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.git.comparing import compare
from chatbot.sandbox.vercel.git.edits import edited, first_tree, touched_by
from chatbot.sandbox.vercel.git.history import GitCommit, Repository
from chatbot.sandbox.vercel.records import Commit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chatbot.sandbox.vercel.git.history import Tree
    from chatbot.sandbox.vercel.records import Deployment, Project
    from chatbot.sandbox.vercel.store import Store

MERGED = {
    "Document webhooks and their signatures (#88)": "docs/webhooks",
    "A page for each error code (#93)": "docs/errors",
    "Upgrade to Astro 6 (#97)": "chore/astro-6",
    "Explain rate limits (#101)": "docs/rate-limits",
}
"""Commits with two parents, and the branch that each merged. Everybody else squashes."""

_ON_A_BRANCH = ("Address review", "Fix lint", "Name things better", "Add tests", "Update snapshots")
_ON_MAIN = ("Fix a typo in the README", "Update CODEOWNERS", "Tidy the issue templates")
SECOND = 1000
MINUTE = 60 * SECOND


class Repositories:
    """`private` ones are there for the token only."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[str, Repository] = {}
        self.private = False

    def of(self, project: Project) -> Repository:
        """Up to date: every commit that was ever deployed from a push is in it."""
        repository = self._known.get(project.id)
        if repository is None:
            repository = self._known[project.id] = _told(project, self._deployments(project))
            return repository
        for deployment in self._deployments(project):
            if deployment.commit.sha not in repository.commits:
                _add(repository, deployment.commit, deployment.created_at, None)
        return repository

    def push(self, project: Project, commit: Commit, at: int, paths: list[str] | None) -> GitCommit:
        """A commit arrives on its branch, from `main` where the branch is new. `paths` None: by its message."""
        return _add(self.of(project), commit, at, paths)

    def _deployments(self, project: Project) -> Iterator[Deployment]:
        """Those of pushes, by creation. The commit that uploaded files come from need not have been pushed."""
        former = self._store.former_deployments(project)
        merged = sorted([*former, *project.deployments], key=lambda one: one.created_at)
        return (one for one in merged if one.files is None and one.commit.sha)


def _told(project: Project, deployments: Iterable[Deployment]) -> Repository:
    repository = Repository(project.production_branch)
    chance = random.Random(project.id)
    repository.add(
        GitCommit(
            sha=_derived(project.id, "root"),
            parents=(),
            message="Initial commit",
            author_name="Ana Duarte",
            author_login="ana",
            at=project.created_at,
            tree=first_tree(project.framework, chance),
        ),
        repository.default_branch,
    )
    for deployment in deployments:
        commit = deployment.commit
        if commit.sha not in repository.commits:
            pushed = deployment.created_at - chance.randrange(2_000, 15_000)
            _add_undeployed(repository, commit, pushed, chance)
            _add(repository, commit, pushed, None)
    return repository


def _add_undeployed(repository: Repository, commit: Commit, at: int, chance: random.Random) -> None:
    """Now and then several commits are pushed together; only the last one is built."""
    on_main = commit.branch == repository.default_branch
    if chance.random() < (0.85 if on_main else 0.6):
        return
    count = 1 if on_main else chance.randrange(1, 4)
    for number in range(count):
        earlier = Commit(
            sha=_derived(commit.sha, str(number)),
            message=chance.choice(_ON_MAIN if on_main else _ON_A_BRANCH),
            branch=commit.branch,
            author_name=commit.author_name,
            author_login=commit.author_login,
        )
        _add(repository, earlier, at - (count - number) * 4 * MINUTE, None)


def _add(repository: Repository, commit: Commit, at: int, paths: list[str] | None) -> GitCommit:
    chance = random.Random(commit.sha)
    trunk = repository.commits[repository.branches[repository.default_branch]]
    parent = repository.head(commit.branch) or trunk
    at = max(at, parent.at + SECOND)
    merged = repository.head(MERGED.get(commit.message.partition("\n")[0], ""))
    tree = parent.tree if merged is None else _merged(repository, parent, merged)
    edits = touched_by(commit.message, tree, chance) if paths is None else paths
    return repository.add(
        GitCommit(
            sha=commit.sha,
            parents=(parent.sha,) if merged is None else (parent.sha, merged.sha),
            message=commit.message,
            author_name=commit.author_name,
            author_login=commit.author_login,
            at=at,
            tree=edited(tree, edits, at, chance),
        ),
        commit.branch,
    )


def _merged(repository: Repository, ours: GitCommit, theirs: GitCommit) -> Tree:
    """Ours, with what they changed since the two parted."""
    parted = compare(repository, ours, theirs).merge_base.tree
    return {**ours.tree, **{path: text for path, text in theirs.tree.items() if parted.get(path) != text}}


def _derived(*words: str) -> str:
    return hashlib.sha1("/".join(words).encode(), usedforsecurity=False).hexdigest()
