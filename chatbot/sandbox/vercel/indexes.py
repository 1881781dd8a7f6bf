"""Deployments in order of creation, in a list for each way they are asked for."""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chatbot.sandbox.vercel.records import Deployment, Project

DELETED = "DELETED"
"""The state that retention leaves in lists."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value of a deployment's meta, as `meta-key=value` asks for it."""

    key: str
    value: str
    projects: Sequence[Project] = ()
    """Those that give it to their deployments."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Deployments of an account, or of some of its projects. None asks for anything; the bounds are exclusive."""

    account_id: str
    projects: Sequence[Project] | None = None
    branch: str | None = None
    sha: str | None = None
    states: frozenset[str] | None = None
    marks: tuple[Mark, ...] = ()
    since: int | None = None
    until: int | None = None


class DeploymentIndex:
    """Each list is oldest first. Those of states hold what has ended; what has not is looked at each time."""

    def __init__(self) -> None:
        self._accounts: defaultdict[str, list[Deployment]] = defaultdict(list)
        self._branches: defaultdict[tuple[str, str], list[Deployment]] = defaultdict(list)
        self._states: defaultdict[tuple[str, str], list[Deployment]] = defaultdict(list)
        self._shas: dict[str, list[Deployment]] = {}
        self._marked: dict[tuple[str, str, str], list[Deployment]] = {}
        """By account, key and value: what was added to the commit's meta, and of it message and author."""
        self._unfinished: dict[str, Deployment] = {}

    def add(self, deployment: Deployment) -> None:
        for deployments in self._lists_of(deployment):
            _put(deployments, deployment)

    def add_all(self, added: Iterable[Deployment]) -> None:
        """Many at once, in any order: quicker than one by one."""
        touched: dict[int, list[Deployment]] = {}
        for deployment in added:
            for deployments in self._lists_of(deployment):
                deployments.append(deployment)
                touched[id(deployments)] = deployments
        for deployments in touched.values():
            deployments.sort(key=created)

    def _lists_of(self, deployment: Deployment) -> Iterator[list[Deployment]]:
        account_id = deployment.account_id
        yield self._accounts[account_id]
        yield self._branches[account_id, deployment.commit.branch]
        yield self._shas.setdefault(deployment.commit.sha, [])
        for key, value in _marks(deployment):
            yield self._marked.setdefault((account_id, key, value), [])
        if deployment.is_unfinished:
            self._unfinished[deployment.id] = deployment
        else:
            yield self._states[account_id, deployment.state]

    def remove(self, deployment: Deployment) -> None:
        account_id = deployment.account_id
        self._settle()
        _take(self._accounts[account_id], deployment)
        _take(self._branches[account_id, deployment.commit.branch], deployment)
        _take(self._shas[deployment.commit.sha], deployment)
        for key, value in _marks(deployment):
            _take(self._marked[account_id, key, value], deployment)
        self._unfinished.pop(deployment.id, None)
        _take(self._states[account_id, deployment.state], deployment)

    def newest_first(self, wanted: Wanted) -> Iterator[Deployment]:
        """All of the account and the span that are wanted, and perhaps some of another branch, state or sha."""
        shortest = min(self._ways(wanted), key=lambda lists: sum(map(len, lists)))
        spans = [_within(deployments, wanted) for deployments in shortest]
        return spans[0] if len(spans) == 1 else heapq.merge(*spans, key=created, reverse=True)

    def _ways(self, wanted: Wanted) -> Iterator[list[list[Deployment]]]:
        """Each has all that is wanted in it, once."""
        account_id = wanted.account_id
        if wanted.projects is not None:
            yield [project.deployments for project in wanted.projects]
            return
        yield [self._accounts.get(account_id, [])]
        if wanted.branch is not None:
            yield [self._branches.get((account_id, wanted.branch), [])]
        if wanted.sha is not None:
            yield [[one for one in self._shas.get(wanted.sha, ()) if one.account_id == account_id]]
        if wanted.states is not None:
            yield self._in_states(account_id, wanted.states)
        for mark in wanted.marks:
            if (mark.key, mark.value) not in _OF_MOST:
                yield self._with(account_id, mark)

    def _with(self, account_id: str, mark: Mark) -> list[list[Deployment]]:
        added = self._marked.get((account_id, mark.key, mark.value), [])
        if mark.key == "githubCommitRef":
            others = [one for one in added if one.commit.branch != mark.value]
            return [self._branches.get((account_id, mark.value), []), others]
        if mark.key == "githubCommitSha":
            others = [one for one in added if one.commit.sha != mark.value]
            own = [one for one in self._shas.get(mark.value, ()) if one.account_id == account_id]
            return [own, others]
        giving = {project.id for project in mark.projects}
        others = [one for one in added if one.project_id not in giving] if giving else added
        return [*(project.deployments for project in mark.projects), others]

    def _in_states(self, account_id: str, states: frozenset[str]) -> list[list[Deployment]]:
        """Retention deletes without telling, too: that takes a look at everything."""
        every = self._accounts.get(account_id, [])
        if states == {DELETED}:
            return [[one for one in every if one.deleted_by_retention_at is not None]]
        if DELETED in states:
            return [every]
        self._settle()
        unfinished = [one for one in self._unfinished.values() if one.account_id == account_id]
        ended = (self._states.get((account_id, state), []) for state in states)
        return [*ended, sorted(unfinished, key=created)]

    def _settle(self) -> None:
        """Builds end without telling: those that have are put where they belong now."""
        for deployment in [one for one in self._unfinished.values() if not one.is_unfinished]:
            del self._unfinished[deployment.id]
            _put(self._states[deployment.account_id, deployment.state], deployment)


_OF_MOST = frozenset({("githubOrg", "acme"), ("githubDeployment", "1")})
"""What almost everything has: a look at everything finds it soon."""


def _marks(deployment: Deployment) -> list[tuple[str, str]]:
    commit = deployment.commit
    marks = {
        "githubCommitMessage": commit.message,
        "githubCommitAuthorName": commit.author_name,
        "githubCommitAuthorLogin": commit.author_login,
        **deployment.meta,
    }
    return list(marks.items())


def created(deployment: Deployment) -> int:
    return deployment.created_at


def _put(deployments: list[Deployment], deployment: Deployment) -> None:
    if not deployments or deployments[-1].created_at <= deployment.created_at:
        deployments.append(deployment)
    else:
        insort(deployments, deployment, key=created)


def _take(deployments: list[Deployment], deployment: Deployment) -> None:
    """Nothing happens where it is not in."""
    first = bisect_left(deployments, deployment.created_at, key=created)
    last = bisect_right(deployments, deployment.created_at, key=created)
    for place in range(first, last):
        if deployments[place] is deployment:
            del deployments[place]
            return


def _within(deployments: list[Deployment], wanted: Wanted) -> Iterator[Deployment]:
    """Newest first, those between the bounds."""
    first, last = 0, len(deployments)
    if wanted.since is not None:
        first = bisect_right(deployments, wanted.since, key=created)
    if wanted.until is not None:
        last = bisect_left(deployments, wanted.until, key=created)
    for place in range(last - 1, first - 1, -1):
        yield deployments[place]
