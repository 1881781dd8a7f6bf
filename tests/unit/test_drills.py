"""Drills: all follows from who pressed what when, and nobody can take one for a real incident."""

from datetime import datetime, timedelta

import pytest

from chatbot.domain.drills import CANDIDATES, DOMAINS, Drill, Phase, drill_of
from chatbot.domain.incidents import Entry, Kind
from chatbot.messages import actions, incidentdrill
from chatbot.messages.message import Message
from tests.unit.making import NOON
from tests.unit.saying import everything_in, payload, words

ANA = "slack:U0ANA0001"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def played(*pressed: tuple[Kind, float], over: float | None = None) -> Drill:
    entries = [Entry(after(at), kind, ANA, to=CANDIDATES[0].label) for kind, at in pressed]
    return drill_of("inc_1", "payments", NOON, ANA, entries, None if over is None else after(over))


SEEN, BACK = (Kind.SEEN, 10), (Kind.REQUESTED, 30)


def test_it_stays_ill_until_somebody_rolls_back_and_recovers_domain_by_domain() -> None:
    drill = played(SEEN, BACK)
    phases = [drill.phase(after(at)) for at in (0, 30, 33.9, 34, 38.9, 39)]
    assert phases == [
        Phase.MOVING,
        Phase.MOVING,
        Phase.MOVING,
        Phase.RECOVERING,
        Phase.RECOVERING,
        Phase.WELL,
    ]
    well = [sum(v.is_well for v in drill.visits(after(at))) for at in (30, 34, 35, 37, 39)]
    assert well == [0, 0, 1, 2, len(DOMAINS)]
    assert played(SEEN).phase(after(3600)) is Phase.ILL


def test_the_next_look_is_when_something_turns() -> None:
    assert played(SEEN).next_turn(after(11)) is None
    assert [played(BACK).next_turn(after(at)) for at in (30, 34, 36, 38)] == [
        after(34),
        after(35),
        after(37),
        after(39),
    ]


def test_its_times_are_from_its_beginning_to_each_first_press() -> None:
    found = played(SEEN, BACK, (Kind.REQUESTED, 32), over=39).times()
    assert [found.after(at) for at in (found.detected, found.rolled_back, found.recovered)] == [
        timedelta(seconds=10),
        timedelta(seconds=34),
        timedelta(seconds=39),
    ]
    assert played(BACK, over=60).times().detected == after(30)


def test_what_had_not_come_when_it_was_ended_did_not_come() -> None:
    found = played(SEEN, BACK, over=35).times()
    assert (found.rolled_back, found.recovered) == (after(34), None)
    assert played(over=5).times().detected is None


SAID = [
    incidentdrill.card(played(), after(1)),
    incidentdrill.card(played(SEEN), after(11)),
    incidentdrill.card(played(SEEN, BACK), after(31)),
    incidentdrill.card(played(SEEN, BACK), after(36)),
    incidentdrill.card(played(SEEN, BACK, over=39), after(40)),
    incidentdrill.over(played(SEEN, BACK, over=39), [played(over=5).times()]),
]


@pytest.mark.parametrize("said", SAID)
def test_each_message_says_drill_first_and_its_buttons_are_no_others(said: Message) -> None:
    assert said.text.startswith("DRILL")
    assert words(said).startswith("DRILL")
    for element in everything_in(payload(said)):
        if element.get("type") == "button":
            assert element["action_id"].partition(":")[0] in {
                actions.DRILL_SEEN,
                actions.DRILL_BACK,
                actions.DRILL_END,
            }
            assert element["text"]["text"].startswith("DRILL")
            assert "DRILL" in element.get("confirm", {}).get("title", {"text": "DRILL"})["text"]
