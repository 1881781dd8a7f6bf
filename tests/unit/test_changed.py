"""A new confirmation marks what changed since the earlier one, from the old to the new value."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.planning import (
    plan_promotion,
)
from chatbot.domain.plans import (
    Look,
    Part,
    Path,
    Plan,
    what_changed,
)
from chatbot.messages import changed
from tests.unit.making import NOON, current, domain, look, pinned, preview, project, record, request, staged
from tests.unit.strategies import plans

DOMAINS = (domain(), domain("eu.example.com"))
START = look(staged(), domains=DOMAINS, environment=(record("A"), record("B", "env_2")))


def marks(after: Look) -> list[str]:
    return changed.since(plan_promotion(START), plan_promotion(after))[1:]


def test_nothing_is_said_where_nothing_changed() -> None:
    assert changed.since(plan_promotion(START), plan_promotion(START)) == []


def test_current_is_told_from_the_old_to_the_new() -> None:
    moved = current("dpl_moved", commit=replace(current().commit, sha="d" * 40))  # type: ignore[type-var]
    assert marks(replace(START, project=project(current=moved))) == ["• Current: `c0ffee0` → `ddddddd`"]
    assert marks(replace(START, project=project(current=None)))[0] == "• Current: `c0ffee0` → nothing"


def test_domains_are_named() -> None:
    more = replace(START, domains=(*DOMAINS, domain("a.example.com"), domain("b.example.com")))
    assert marks(more) == ["• Domains: added a.example.com, b.example.com"]
    other = replace(START, domains=(domain(), domain("us.example.com")))
    assert marks(other) == ["• Domains: added us.example.com; removed eu.example.com"]


def test_what_a_domain_serves_is_told_from_the_old_to_the_new() -> None:
    other = replace(START, domains=(domain(serves="dpl_x"), domain("eu.example.com", serves=None)))
    assert marks(other) == [
        "• Domains: eu.example.com `dpl_current` → nothing, shop.example.com `dpl_current` → `dpl_x`"
    ]


def test_environment_keys_are_named() -> None:
    records = (record("A", updated_at=NOON), record("C", "env_3"))
    assert marks(replace(START, environment=records)) == ["• Keys: `A`, `B`, `C`"]


def test_auto_assignment_is_told_before_and_after() -> None:
    assert marks(replace(START, project=pinned())) == ["• Auto-assignment: on → off"]


def test_a_move_that_began_names_where_to() -> None:
    busy = replace(START, project=project(last_request=request("dpl_x", "pending", type="rollback")))
    assert marks(busy) == ["• Another move: none → a rollback to `dpl_x`"]


def test_the_path_is_told_from_the_old_to_the_new() -> None:
    assert marks(replace(START, target=preview()))[0] == "• The way: promote → rebuild"


def test_much_that_changed_is_counted() -> None:
    many = tuple(record(f"KEY_{n:03}", f"env_{n}") for n in range(500))
    (line,) = marks(replace(START, environment=many))
    assert line.endswith(" and 497 more")


@given(plans(), plans())
@settings(max_examples=20)
def test_every_part_that_changed_is_named_in_one_sentence(before: Plan, after: Plan) -> None:
    parts = what_changed(before, after)
    said = changed.since(before, after)
    if not parts:
        assert said == []
        return
    assert said[0].startswith("*Nothing was done: ")
    assert said[0].endswith(" changed meanwhile.* This is the new plan:")
    assert all(changed.PARTS[part] in said[0] for part in parts)
    assert said[0].count(" and ") == (len(parts) > 1)
    assert sum(map(len, said)) < 2500


def test_every_part_and_every_path_has_its_own_words() -> None:
    assert set(changed.PARTS) == set(Part)
    assert len(set(changed.PARTS.values())) == len(Part)
    assert set(changed.PATHS) == set(Path)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ((Part.MOVE,), "whether another move is under way"),
        ((Part.PATH, Part.CURRENT), "the way it is done and what is Current"),
        (
            (Part.DEPLOYMENT, Part.SERVING, Part.ENVIRONMENT),
            "the state of the deployment, what the affected domains serve and the environment keys",
        ),
    ],
)
def test_all_that_changed_is_one_list(parts: tuple[Part, ...], sentence: str) -> None:
    assert changed.all_of(parts) == sentence


def test_of_a_one_click_button_no_keys_are_named() -> None:
    promised = replace(plan_promotion(START), environment=EnvironmentChange())
    fresh = plan_promotion(replace(START, project=pinned()))
    assert changed.since(promised, fresh)[1:] == ["• Auto-assignment: on → off"]
