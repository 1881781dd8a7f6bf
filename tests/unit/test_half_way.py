"""A move that ended half way: the domains disagree with what is Current, and may still be brought together."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import Domain
from chatbot.domain.planning import (
    AlreadyCurrent,
    AlreadyPromoted,
    NotEligible,
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Caution,
    Path,
)
from tests.unit.making import current, domain, look, project, promoted, staged

BEHIND = domain("eu.example.com", serves="dpl_old")
HALF = (domain(), BEHIND)


def test_what_is_current_may_be_promoted_again_for_the_domains_that_did_not_follow() -> None:
    plan = plan_promotion(look(current(), domains=HALF))
    assert (plan.path, plan.target) == (Path.PROMOTE, current())
    assert plan.cautions == (Caution.DOMAINS_DISAGREE,)


def test_all_domains_may_be_rolled_back_to_what_is_current() -> None:
    plan = plan_rollback(look(current(), domains=HALF), "half of it moved")
    assert (plan.path, plan.target, plan.reason) == (Path.ROLLBACK, current(), "half of it moved")
    assert plan.cautions == (Caution.PINS, Caution.DOMAINS_DISAGREE)


@pytest.mark.parametrize(
    "domains",
    [
        (),
        (domain(),),
        (domain(), domain("eu.example.com", serves=None)),  # serves nothing
        (domain(), replace(BEHIND, verified=False)),  # cannot serve
        (domain(), replace(BEHIND, git_branch="next")),
        (domain(), replace(BEHIND, custom_environment="env_qa")),
        (domain(), replace(BEHIND, redirect="shop.example.com")),
    ],
)
def test_domains_that_cannot_follow_or_serve_nothing_disagree_with_nobody(
    domains: tuple[Domain, ...],
) -> None:
    for plan in (plan_promotion, plan_rollback):
        with pytest.raises(AlreadyCurrent):
            plan(look(current(), domains=domains))
    assert Caution.DOMAINS_DISAGREE not in plan_promotion(look(staged(), domains=domains)).cautions


def test_without_a_current_there_is_nothing_to_disagree_with() -> None:
    nothing = project(current=None)
    assert plan_promotion(look(staged(), project=nothing, domains=HALF)).cautions == ()


def test_what_a_domain_serves_already_may_be_promoted_to_the_end() -> None:
    """It counts as promoted from its first domain on; the old one is still Current."""
    served = promoted("dpl_old")
    assert plan_promotion(look(served, domains=HALF)).path is Path.PROMOTE
    for domains in ((domain(),), (domain(), replace(BEHIND, git_branch="next"))):
        with pytest.raises(AlreadyPromoted):
            plan_promotion(look(served, domains=domains))


def test_a_rollback_half_way_may_go_on_where_the_teams_plan_allows_it() -> None:
    assert plan_rollback(look(promoted("dpl_old"), domains=HALF)).path is Path.ROLLBACK
    with pytest.raises(NotEligible):
        plan_rollback(look(promoted("dpl_old", rollback_candidate=False), domains=HALF))


serving = st.none() | st.sampled_from(["dpl_current", "dpl_old", "dpl_target"])
domain_sets = st.lists(
    st.builds(
        domain, st.sampled_from("abcd").map("{}.example.com".format), serves=serving, verified=st.booleans()
    ),
    unique_by=lambda d: d.name,
).map(tuple)


@given(domain_sets)
def test_current_is_planned_exactly_where_the_card_says_that_the_domains_disagree(
    domains: tuple[Domain, ...],
) -> None:
    disagrees = Caution.DOMAINS_DISAGREE in plan_promotion(look(staged(), domains=domains)).cautions
    assert disagrees == bool({d.serves for d in domains if d.verified} - {None, "dpl_current"})
    for plan in (plan_promotion, plan_rollback):
        if disagrees:
            assert Caution.DOMAINS_DISAGREE in plan(look(current(), domains=domains)).cautions
        else:
            with pytest.raises(AlreadyCurrent):
                plan(look(current(), domains=domains))
