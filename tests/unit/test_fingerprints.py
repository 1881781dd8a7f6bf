from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import AliasRequest, Domain, EnvironmentKey
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Look,
    Part,
    Path,
    Plan,
    what_changed,
)
from tests.unit.making import NOON, current, domain, look, preview, project, promoted, record, request, staged

START = look(
    staged(),
    domains=(domain(), domain("eu.example.com")),
    environment=(record(), record("DEBUG", "env_2", "preview")),
)


def domains_of(look: Look, *changed: Domain) -> Look:
    return replace(look, domains=(*changed, *look.domains[len(changed) :]))


def records_of(look: Look, first: EnvironmentKey) -> Look:
    return replace(look, environment=(first, *look.environment[1:]))


def asked_for(look: Look, last: AliasRequest) -> Look:
    return replace(look, project=replace(look.project, last_request=last))


DIFFERENCES: dict[str, tuple[Callable[[Look], Look], Part]] = {
    "another target": (lambda o: replace(o, target=staged("dpl_else")), Part.DEPLOYMENT),
    "another Current": (
        lambda o: replace(o, project=project(current=current("dpl_moved"))),
        Part.CURRENT,
    ),
    "no Current": (lambda o: replace(o, project=project(current=None)), Part.CURRENT),
    "a renamed domain": (lambda o: domains_of(o, domain("pay.example.com")), Part.DOMAINS),
    "one domain less": (lambda o: replace(o, domains=o.domains[1:]), Part.DOMAINS),
    "one domain more": (
        lambda o: replace(o, domains=(*o.domains, domain("us.example.com"))),
        Part.DOMAINS,
    ),
    "a domain that is now a redirect": (
        lambda o: domains_of(o, domain(redirect="eu.example.com")),
        Part.DOMAINS,
    ),
    "a domain that serves something else": (
        lambda o: domains_of(o, domain(serves="dpl_other")),
        Part.SERVING,
    ),
    "a domain that serves nothing": (lambda o: domains_of(o, domain(serves=None)), Part.SERVING),
    "a promote under way": (lambda o: asked_for(o, request("dpl_else", "pending")), Part.MOVE),
    "a promote under way to another": (
        lambda o: asked_for(o, request("dpl_third", "in-progress")),
        Part.MOVE,
    ),
    "a rollback under way": (
        lambda o: asked_for(o, request("dpl_else", "pending", type="rollback")),
        Part.MOVE,
    ),
    "auto-assignment off": (lambda o: replace(o, project=project(auto_assign=False)), Part.AUTO_ASSIGN),
    "a changed record": (lambda o: records_of(o, record(updated_at=NOON)), Part.ENVIRONMENT),
    "a replaced record": (lambda o: records_of(o, record("API_URL", "env_9")), Part.ENVIRONMENT),
    "a renamed key": (lambda o: records_of(o, record("API_HOST")), Part.ENVIRONMENT),
    "a record with other targets": (
        lambda o: records_of(o, record("API_URL", "env_1", "production", "preview")),
        Part.ENVIRONMENT,
    ),
    "a record for a branch": (lambda o: records_of(o, record(git_branch="next")), Part.ENVIRONMENT),
    "one record less": (lambda o: replace(o, environment=o.environment[1:]), Part.ENVIRONMENT),
}
IN_CORE = {Part.DEPLOYMENT, Part.CURRENT, Part.MOVE, Part.AUTO_ASSIGN}


def plan(look: Look) -> Plan:
    return plan_promotion(look)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_any_difference_changes_the_fingerprint_and_is_named(name: str) -> None:
    change, part = DIFFERENCES[name]
    before, after = plan(START), plan(change(START))
    assert before.fingerprint() != after.fingerprint()
    assert what_changed(before, after) == (part,)


def test_all_differences_are_different_from_each_other() -> None:
    prints = {name: plan(change(START)).fingerprint() for name, (change, _) in DIFFERENCES.items()}
    same = [(a, b) for a, b in combinations(prints, 2) if prints[a] == prints[b]]
    assert same == [("one domain less", "a domain that is now a redirect")]  # the same domains move


def test_the_path_changes_the_fingerprint() -> None:
    was, now = plan(START), plan(replace(START, target=preview()))
    assert (was.path, now.path) == (Path.PROMOTE, Path.REBUILD)
    assert was.fingerprint() != now.fingerprint()
    assert was.core_fingerprint() != now.core_fingerprint()
    assert what_changed(was, now) == (Part.PATH,)


@pytest.mark.parametrize("name", [n for n, (_, part) in DIFFERENCES.items() if part in IN_CORE])
def test_the_core_holds_target_current_moves_and_auto_assignment(name: str) -> None:
    assert plan(START).core_fingerprint() != plan(DIFFERENCES[name][0](START)).core_fingerprint()


@pytest.mark.parametrize("name", ["a renamed domain", "one domain less", "one domain more"])
def test_the_core_holds_the_names_of_the_domains(name: str) -> None:
    assert plan(START).core_fingerprint() != plan(DIFFERENCES[name][0](START)).core_fingerprint()


@pytest.mark.parametrize(
    "name",
    ["a domain that serves something else", "a domain that serves nothing"]
    + [n for n, (_, part) in DIFFERENCES.items() if part == Part.ENVIRONMENT],
)
def test_the_core_leaves_out_what_domains_serve_and_the_environment(name: str) -> None:
    assert plan(START).core_fingerprint() == plan(DIFFERENCES[name][0](START)).core_fingerprint()


def test_a_plan_and_its_core_never_have_the_same_fingerprint() -> None:
    bare = plan(look(staged(), domains=(), environment=()))
    assert bare.fingerprint() != bare.core_fingerprint()


def test_looking_twice_at_the_same_gives_the_same_fingerprint() -> None:
    turned = replace(
        START, domains=START.domains[::-1], environment=START.environment[::-1], recent=(promoted(),)
    )
    assert plan(START).fingerprint() == plan(turned).fingerprint()
    assert what_changed(plan(START), plan(turned)) == ()


def test_the_reason_and_what_does_not_move_change_nothing() -> None:
    of = look(promoted())
    redirect = domain("www.example.com", redirect="shop.example.com")
    assert (
        plan_rollback(of, "checkout 500s").fingerprint()
        == plan_rollback(of).fingerprint()
        == plan_rollback(replace(of, domains=(*of.domains, redirect))).fingerprint()
    )


@pytest.mark.parametrize("job", ["succeeded", "failed", "skipped"])
def test_a_move_that_is_through_changes_nothing(job: str) -> None:
    after = plan(asked_for(START, request("dpl_else", job)))
    assert plan(START).fingerprint() == after.fingerprint()
    assert plan(START).core_fingerprint() == after.core_fingerprint()
    assert what_changed(plan(START), after) == ()


def test_how_far_somebodys_move_is_changes_nothing() -> None:
    some = [plan(asked_for(START, request("dpl_else", job))) for job in ("pending", "in-progress")]
    assert len({p.fingerprint() for p in some}) == len({p.core_fingerprint() for p in some}) == 1
    assert what_changed(*some) == ()


def test_another_current_or_other_domains_go_without_saying_what_they_serve() -> None:
    serves_else = domain(serves="dpl_moved")
    moved = replace(domains_of(START, serves_else), project=project(current=current("dpl_moved")))
    assert what_changed(plan(START), plan(moved)) == (Part.CURRENT,)
    fewer = replace(START, domains=(serves_else,))
    assert what_changed(plan(START), plan(fewer)) == (Part.DOMAINS,)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_of_a_one_click_button_only_what_it_promised_is_named(name: str) -> None:
    """Its plan has no environment, and what the domains serve is not asked about."""
    change, part = DIFFERENCES[name]
    promised, after = replace(plan(START), environment=EnvironmentChange()), plan(change(START))
    assert what_changed(promised, after) == (() if part in {Part.SERVING, Part.ENVIRONMENT} else (part,))
    assert (promised.core_fingerprint() == after.core_fingerprint()) == (what_changed(promised, after) == ())


@given(
    st.lists(st.sampled_from(sorted(DIFFERENCES)), max_size=4),
    st.lists(st.sampled_from(sorted(DIFFERENCES)), max_size=4),
    st.booleans(),
)
def test_fingerprints_differ_exactly_when_something_is_named_as_changed(
    some: list[str], others: list[str], rebuilt: bool
) -> None:
    def changed(names: list[str]) -> Plan:
        seen = START
        for name in names:
            seen = DIFFERENCES[name][0](seen)
        return plan(seen)

    before, after = changed(some), changed(others)
    if rebuilt:
        after = replace(after, path=Path.REBUILD)
    assert (before.fingerprint() == after.fingerprint()) == (what_changed(before, after) == ())


def test_what_changed_comes_in_one_order() -> None:
    after = plan(
        look(
            preview("dpl_else"),
            project=project(current=None, auto_assign=False, last_request=request("dpl_x", "pending")),
            domains=(),
            environment=(record(updated_at=NOON + timedelta(1)),),
        )
    )
    assert what_changed(plan(START), after) == (
        Part.PATH,
        Part.DEPLOYMENT,
        Part.CURRENT,
        Part.MOVE,
        Part.DOMAINS,
        Part.AUTO_ASSIGN,
        Part.ENVIRONMENT,
    )
