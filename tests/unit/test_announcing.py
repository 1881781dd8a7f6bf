"""The announcement: what is Current now, once it is proven."""

from dataclasses import replace

import pytest

from chatbot.domain.operations import DomainProof, Operation, Stage
from chatbot.domain.planning import (
    plan_promotion,
)
from chatbot.domain.plans import (
    MAX_REASON,
)
from chatbot.messages.announcement import announcement
from chatbot.messages.operation import progress
from tests.unit.happening import BUILD, FIRST, HALF, MOVED, REBUILD, ROLLBACK, at
from tests.unit.making import NOON, commit, current, domain, look, staged
from tests.unit.saying import words


def test_it_says_what_is_what_was_who_and_where() -> None:
    shown = words(announcement(replace(at(Stage.SUCCEEDED, proofs=MOVED), reason="new cart")))
    assert shown.splitlines()[:4] == [
        "*Current of shop is now `3f2a1bc` fix the cart (ana, main)* `dpl_target`",
        "It was `c0ffee0` fix the cart (ana, main). Promoted from Slack by <@U0ANA0001>.",
        "Proven on 2 domains: shop.example.com, eu.example.com",
        "Reason: new cart",
    ]
    back = words(announcement(at(Stage.SUCCEEDED, ROLLBACK, proofs=MOVED)))
    assert "Rolled back from Slack" in back
    assert "Rebuilt and promoted from Slack" in words(announcement(at(Stage.SUCCEEDED, REBUILD, build=BUILD)))


def test_a_rebuild_is_announced_with_what_was_built() -> None:
    shown = words(announcement(at(Stage.SUCCEEDED, REBUILD, build=BUILD, proofs=MOVED)))
    assert "*Current of shop is now `3f2a1bc` fix the cart (ana, main)* `dpl_new`" in shown
    assert "dpl_target" not in shown


def test_what_it_was_is_what_was_current_before_the_last_ask() -> None:
    pushed = current("dpl_pushed", commit=commit("badcafe" + "0" * 33, author="bob"))
    shown = words(announcement(at(Stage.SUCCEEDED, proofs=MOVED, before=pushed)))
    assert "It was `badcafe` fix the cart (bob, main). Promoted" in shown
    assert "Roll back to badcafe" in shown
    assert "c0ffee0" not in shown


def test_a_first_deployment_took_the_place_of_nothing() -> None:
    assert "It was nothing. Promoted from Slack" in words(announcement(at(Stage.SUCCEEDED, FIRST)))


def test_a_project_without_domains_is_said_to_have_none() -> None:
    said = announcement(at(Stage.SUCCEEDED, plan_promotion(look(staged(), domains=()))))
    assert "It has no production domain." in words(said)
    assert "Proven" not in words(said)
    assert said.text == "Current of shop is now 3f2a1bc, on 0 domains."


def test_a_project_whose_domains_serve_nothing_is_not_said_to_have_none() -> None:
    """One that is not verified cannot move, and success does not wait for it."""
    unverified = domain(verified=False)
    plan = plan_promotion(look(staged(), domains=(unverified,)))
    proof = DomainProof(unverified.name, None, moved=False)
    said = announcement(at(Stage.SUCCEEDED, plan, proofs=(proof,)))
    assert "no production domain" not in words(said)
    assert said.text.endswith("on 0 domains.")


def test_it_counts_and_names_only_what_has_moved() -> None:
    said = announcement(at(Stage.SUCCEEDED, proofs=HALF))
    assert "Proven on 1 domain: shop.example.com\n" in words(said) + "\n"
    assert said.text == "Current of shop is now 3f2a1bc, on 1 domain."
    assert announcement(at(Stage.SUCCEEDED, proofs=MOVED)).text.endswith("on 2 domains.")


def test_a_lock_screen_tells_of_sites_that_are_not_well_and_of_domains_that_did_not_move() -> None:
    ill = (MOVED[0], replace(MOVED[1], status=500, is_well=False))
    sick = at(Stage.SUCCEEDED, proofs=ill)
    assert announcement(sick).text == "Current of shop is now 3f2a1bc, on 2 domains, 1 of them not well."
    assert progress(sick, NOON).text == "shop: 3f2a1bc is Current on 2 domains, 1 of them not well."
    half = at(Stage.PARTLY_MOVED, proofs=HALF)
    assert progress(half, NOON).text == "shop: only partly moved to 3f2a1bc, 1 of 2 domains."


def test_it_counts_the_domains_that_it_does_not_name() -> None:
    many = tuple(
        DomainProof(f"d{n:02}.example", "dpl_target", moved=True, status=200, is_well=True) for n in range(12)
    )
    shown = words(announcement(at(Stage.SUCCEEDED, proofs=many)))
    assert "Proven on 12 domains: d00.example, " in shown
    assert "d09.example and 2 more" in shown


@pytest.mark.parametrize(
    "ill",
    [
        DomainProof("ill.example", "dpl_target", moved=True, status=500),
        DomainProof("ill.example", "dpl_target", moved=True, status=404),
        DomainProof("ill.example", "dpl_target", moved=True, fault="timeout"),
        DomainProof("ill.example", "dpl_target", moved=True, status=204),
    ],
)
def test_a_domain_that_moved_and_is_not_well_is_named(ill: DomainProof) -> None:
    shown = words(announcement(at(Stage.SUCCEEDED, proofs=(*MOVED, ill)))).splitlines()
    assert "Proven on 3 domains: shop.example.com, eu.example.com, ill.example" in shown
    assert "*Not well:* ill.example. The operation message says how." in shown


def test_the_domains_that_are_not_well_are_counted_from_the_eleventh_on() -> None:
    many = tuple(DomainProof(f"d{n:02}.example", "dpl_target", moved=True, status=500) for n in range(12))
    shown = words(announcement(at(Stage.SUCCEEDED, proofs=many))).splitlines()
    not_well = next(line for line in shown if line.startswith("*Not well:*"))
    assert not_well.endswith("d09.example and 2 more. The operation message says how.")


def test_where_all_is_well_nothing_else_is_said() -> None:
    """What stayed where it was is no ill domain: it has not moved."""
    for proofs in ((), MOVED, HALF):
        assert "Not well" not in words(announcement(at(Stage.SUCCEEDED, proofs=proofs)))


@pytest.mark.parametrize(
    ("made", "pinned"),
    [
        (at(Stage.SUCCEEDED, ROLLBACK), True),
        (at(Stage.SUCCEEDED, ROLLBACK, auto_assign=False), True),
        (at(Stage.SUCCEEDED, ROLLBACK, auto_assign=True), False),
        (at(Stage.SUCCEEDED), False),
        (at(Stage.SUCCEEDED, auto_assign=False), False),  # switched off, and not by a rollback
    ],
)
def test_production_is_pinned_as_it_was_read_back(made: Operation, pinned: bool) -> None:
    assert ("Production is pinned" in words(announcement(made))) is pinned


def test_a_reason_as_long_as_the_platform_takes_is_shown_to_its_end() -> None:
    longest = "x" * (MAX_REASON - 4) + " end"
    made = replace(at(Stage.SUCCEEDED, ROLLBACK, proofs=MOVED), reason=longest)
    for said in (announcement(made), progress(made, NOON)):
        assert f"Reason: {longest}\n" in words(said)
