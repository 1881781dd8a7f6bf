import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.repositories import GitHost, Repository

A, B = "a" * 40, "b" * 40


def repository(host: str, name: str = "acme/shop", site: str = "") -> Repository:
    found = Repository.of(host, name, site)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("of", "url"),
    [
        (repository("github"), f"https://github.com/acme/shop/compare/{A}...{B}"),
        (
            repository("github", site="https://git.acme.example"),
            f"https://git.acme.example/acme/shop/compare/{A}...{B}",
        ),
        (
            repository("gitlab", "acme/web/shop"),
            f"https://gitlab.com/acme/web/shop/-/compare/{A}...{B}",
        ),
        (repository("bitbucket"), f"https://bitbucket.org/acme/shop/branches/compare/{B}%0D{A}"),
    ],
)
def test_each_host_has_its_own_page_for_two_commits(of: Repository, url: str) -> None:
    assert of.compare_url(A, B) == url


@pytest.mark.parametrize(
    "name",
    ["", "shop", "acme/", "/shop", "acme//shop", "../user", "acme/..", "a/b?x", "a/b c", "ä/b", "a/b\n"],
)
def test_what_is_no_name_of_a_repository(name: str) -> None:
    assert Repository.of("github", name) is None


@pytest.mark.parametrize("site", ["http://", "https://a/b", "javascript:alert(1)", "https://a@b"])
def test_what_is_no_site(site: str) -> None:
    assert Repository.of("github", "acme/shop", site) is None


def test_an_unknown_host_has_no_repositories() -> None:
    assert Repository.of("sourcehut", "acme/shop") is None


def test_hosts_do_not_mind_capitals() -> None:
    assert repository("github", "Acme/Shop").is_same(repository("github"))
    assert not repository("gitlab").is_same(repository("github"))


@given(st.sampled_from(GitHost), st.text(max_size=12), st.text(max_size=12), st.text(max_size=8))
def test_nothing_foreign_leaves_its_place_in_a_link(host: GitHost, owner: str, name: str, ref: str) -> None:
    found = Repository.of(host, f"{owner}/{name}")
    if found is not None:
        assert re.fullmatch(r"https://[a-z]+\.(com|org)/[\w./%~-]+", found.compare_url(ref, A), re.ASCII)
        assert "/../" not in found.compare_url(ref, A)
