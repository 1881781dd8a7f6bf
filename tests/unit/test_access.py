import pytest

from chatbot.domain.access import Decision, Person, decide, groups_to_ask

ANA, BOB, ONCALL, OPS = "U0ANA0001", "U0BOB0002", "S0ONCALL1", "S0OPS0001"


@pytest.mark.parametrize(
    ("person", "allowed", "decision"),
    [
        (Person(ANA, is_admin=True), (), Decision(True, "admin")),
        (Person(ANA), (), Decision(False, "not admin")),
        (Person(ANA, groups=frozenset({ONCALL})), (), Decision(False, "not admin")),
        (Person(ANA), (ANA,), Decision(True, "listed")),
        (Person(ANA, is_admin=True), (ANA,), Decision(True, "listed")),
        (Person(ANA, is_admin=True), (BOB,), Decision(False, "not listed")),
        (Person(ANA, groups=frozenset({ONCALL})), (ONCALL,), Decision(True, "group")),
        (Person(ANA, groups=frozenset({OPS})), (ONCALL, OPS), Decision(True, "group")),
        (Person(ANA, groups=frozenset({OPS})), (ONCALL,), Decision(False, "not listed")),
        (Person(ANA, groups=frozenset({ONCALL})), (ANA, ONCALL), Decision(True, "listed")),
        (Person(ANA), (ONCALL,), Decision(False, "not listed")),
        (Person(ONCALL), (BOB,), Decision(False, "not listed")),
        (Person(""), (BOB,), Decision(False, "not listed")),
        (Person(ANA, name=BOB), (BOB,), Decision(False, "not listed")),
        (Person(ANA.lower()), (ANA,), Decision(False, "not listed")),
    ],
)
def test_who_may_and_why(person: Person, allowed: tuple[str, ...], decision: Decision) -> None:
    assert decide(person, frozenset(allowed)) == decision


def test_only_groups_are_asked_about() -> None:
    assert groups_to_ask(frozenset({ANA, "W0BOB0002", ONCALL, OPS})) == {ONCALL, OPS}
    assert groups_to_ask(frozenset({ANA})) == frozenset()
    assert groups_to_ask(frozenset()) == frozenset()
