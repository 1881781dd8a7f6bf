"""How two commits compare, for histories of every form; checked against the definition in git's manual."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.sandbox.vercel.git.changes import changes_between
from chatbot.sandbox.vercel.git.comparing import NoCommonAncestor, compare
from chatbot.sandbox.vercel.git.history import GitCommit, Repository

PATHS = ("a", "b/c", "b/d", "e.sql")
TREES = st.dictionaries(st.sampled_from(PATHS), st.sampled_from(("", "one\n", "one\ntwo\n", "three\n")))
MIRRORED = {"ahead": "behind", "behind": "ahead", "diverged": "diverged", "identical": "identical"}


@dataclass(frozen=True)
class Pair:
    repository: Repository
    base: GitCommit
    head: GitCommit


def commit(sha: str, parents: tuple[str, ...], tree: dict[str, str]) -> GitCommit:
    return GitCommit(sha, parents, sha, "Ana Duarte", "ana", 0, tree)


@st.composite
def pairs(draw: Any) -> Pair:
    """Any history with one root: branches, merges, merges of merges."""
    repository = Repository()
    repository.add(commit("0", (), draw(TREES)), "main")
    for number in range(1, draw(st.integers(1, 14))):
        parents = draw(st.lists(st.sampled_from(sorted(repository.commits)), min_size=1, max_size=3))
        repository.add(commit(str(number), tuple(dict.fromkeys(parents)), draw(TREES)), "main")
    chosen = st.sampled_from(list(repository.commits.values()))
    return Pair(repository, draw(chosen), draw(chosen))


def reachable(repository: Repository, sha: str) -> set[str]:
    """By definition: itself, and what its parents reach."""
    parents = repository.commits[sha].parents
    return {sha}.union(*(reachable(repository, parent) for parent in parents))


@given(pairs())
def test_ahead_and_behind_count_what_only_one_of_them_reaches(pair: Pair) -> None:
    of_base, of_head = (reachable(pair.repository, one.sha) for one in (pair.base, pair.head))
    result = compare(pair.repository, pair.base, pair.head)
    assert {one.sha for one in result.commits} == of_head - of_base
    assert result.ahead_by == len(of_head - of_base)
    assert result.behind_by == len(of_base - of_head)
    assert (result.status == "identical") == (pair.base is pair.head)
    assert (result.status == "ahead") == (pair.base.sha in of_head and pair.base is not pair.head)
    assert (result.status == "behind") == (pair.head.sha in of_base and pair.base is not pair.head)


@given(pairs())
def test_turned_round_ahead_and_behind_change_places(pair: Pair) -> None:
    there = compare(pair.repository, pair.base, pair.head)
    back = compare(pair.repository, pair.head, pair.base)
    assert back.status == MIRRORED[there.status]
    assert (back.ahead_by, back.behind_by) == (there.behind_by, there.ahead_by)
    assert back.merge_base is there.merge_base


@given(pairs())
def test_the_merge_base_is_a_best_common_ancestor(pair: Pair) -> None:
    shared = reachable(pair.repository, pair.base.sha) & reachable(pair.repository, pair.head.sha)
    best = compare(pair.repository, pair.base, pair.head).merge_base.sha
    assert best in shared
    assert not [sha for sha in shared if sha != best and best in reachable(pair.repository, sha)]


@given(pairs())
def test_no_commit_is_listed_before_its_parents(pair: Pair) -> None:
    listed = [one.sha for one in compare(pair.repository, pair.base, pair.head).commits]
    for place, sha in enumerate(listed):
        parents = pair.repository.commits[sha].parents
        assert all(listed.index(parent) < place for parent in parents if parent in listed)


@given(pairs())
def test_the_files_lead_from_the_merge_base_to_head(pair: Pair) -> None:
    result = compare(pair.repository, pair.base, pair.head)
    if result.status in ("behind", "identical"):
        assert result.files() == []
    old, new = result.merge_base.tree, pair.head.tree
    touched = {change.filename for change in result.files()} | {c.previous for c in result.files()} - {None}
    assert touched == {path for path in {*old, *new} if old.get(path) != new.get(path)}


@given(TREES, TREES)
def test_changes_turned_round_add_what_they_removed(old: dict[str, str], new: dict[str, str]) -> None:
    there, back = changes_between(old, new), changes_between(new, old)
    assert sum(change.additions for change in there) == sum(change.deletions for change in back)
    grown = sum(len(text.splitlines()) for text in new.values()) - sum(
        len(text.splitlines()) for text in old.values()
    )
    assert sum(change.additions - change.deletions for change in there) == grown
    for change in there:
        match change.status:
            case "added":
                assert change.filename not in old
            case "removed":
                assert change.filename not in new
            case "renamed":
                assert old[change.previous or ""] == new[change.filename]
            case "modified":
                assert old[change.filename] != new[change.filename]


def test_histories_that_share_nothing_cannot_be_compared() -> None:
    repository = Repository()
    one = repository.add(commit("1", (), {}), "main")
    other = repository.add(commit("2", (), {}), "gh-pages")
    with pytest.raises(NoCommonAncestor):
        compare(repository, one, other)


def test_an_abbreviation_that_fits_two_commits_means_neither() -> None:
    repository = Repository()
    for sha in ("abcd1" + "0" * 35, "abcd2" + "0" * 35):
        repository.add(commit(sha, (), {}), "main")
    assert repository.resolve("abcd") is None
    assert repository.resolve("abc") is None
    assert repository.resolve("abcd1") is repository.commits["abcd1" + "0" * 35]
