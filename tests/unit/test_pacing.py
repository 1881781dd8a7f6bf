from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.pacing import Usual, until_next_look, until_next_look_at_build

SECONDS = st.floats(-4000, 4000)  # clocks jump
TAKEN = st.lists(st.floats(-10, 600).map(lambda seconds: timedelta(seconds=seconds)), max_size=10)
HISTORIES = TAKEN.map(Usual.of)


def looks(usual: Usual | None) -> Iterator[float]:
    """Of which each is answered at once."""
    at = 0.0
    while True:
        at += until_next_look(at, usual)
        yield at


def seen(took: float, usual: Usual | None) -> tuple[float, int]:
    """How late the end of a move is seen, and by which look."""
    for count, at in enumerate(looks(usual), start=1):
        if at >= took:
            return at - took, count
    raise AssertionError


def steady(seconds: float) -> Usual | None:
    """After moves that took a tenth more or less than this."""
    return Usual.of(timedelta(seconds=seconds * share) for share in (0.9, 0.95, 1.0, 1.05, 1.1))


@given(SECONDS, HISTORIES)
def test_the_next_look_is_never_at_once_and_never_far_away(waited: float, usual: Usual | None) -> None:
    pause = until_next_look(waited, usual)
    assert 0.03 <= pause <= 1.5
    if usual is None or waited >= usual.shortest:
        assert pause <= 1.0


@given(st.floats(0, 600), HISTORIES)
def test_nothing_is_seen_much_later_than_it_happens(took: float, usual: Usual | None) -> None:
    late, _ = seen(took, usual)
    if usual is None:
        assert late <= max(0.2, took / 3) + 1e-9
    elif took > usual.longest:  # slower than usual
        assert late <= max((took - usual.longest) / 3, usual.longest / 5, 0.05) + 1e-9
    assert late <= 1.5 + 1e-9


@given(st.floats(0, 600), HISTORIES)
def test_the_looks_are_bounded(took: float, usual: Usual | None) -> None:
    """One a second, but for some about the usual end."""
    _, count = seen(took, usual)
    assert count <= took + 25


@given(st.floats(0.3, 30), st.floats(0.9, 1.1))
def test_a_usual_move_is_seen_soon_and_with_few_looks(usually: float, share: float) -> None:
    late, count = seen(usually * share, steady(usually))
    assert late <= max(0.031, usually / 20)
    assert count <= usually + 8


@pytest.mark.parametrize(("answer", "share"), [(0.006, 1 / 4), (0.1, 2 / 5)])
def test_what_the_bot_learns_of_its_own_looks_makes_them_few_and_close(answer: float, share: float) -> None:
    """Beside the official CLI, which looks at once and then every 250 ms; by one less, which the bot's re-reading
    of its domains takes. Each look is answered after some seconds.
    """
    ours, theirs = [], []
    for usually in (0.45, 0.8, 1.25):
        chance, taken = Random(1), [timedelta(seconds=usually)]
        for _ in range(100):
            took = usually * chance.uniform(0.9, 1.1)
            ours.append(_watched(took, answer, partial(until_next_look, usual=Usual.of(taken[-10:]))))
            theirs.append(_watched(took, answer, _every_250_ms))
            taken.append(timedelta(seconds=took + ours[-1][0] - answer))
    late, looks = (mean(column) for column in zip(*ours, strict=True))
    later, more = (mean(column) for column in zip(*theirs, strict=True))
    assert late - answer <= (later - answer) * share
    assert looks <= more - 1


def _every_250_ms(waited: float) -> float:
    return 0.25 if waited else 0.0


def _watched(took: float, answer: float, pause: Callable[[float], float]) -> tuple[float, int]:
    """How late the end of a move is known, and after how many looks."""
    at, count = 0.0, 0
    while True:
        at += pause(at)
        count += 1
        is_over = at >= took
        at += answer
        if is_over:
            return at - took, count


def test_what_is_usual_leaves_out_what_was_strange() -> None:
    assert Usual.of([]) is None
    assert Usual.of([timedelta(seconds=2)]) == Usual(2, 2)
    took = [timedelta(seconds=seconds) for seconds in (1.0, 60.0, 1.2, 0.1, 0.9)]
    assert Usual.of(took) == Usual(0.9, 1.2)


@given(TAKEN.filter(bool))
def test_what_is_usual_was_seen(took: list[timedelta]) -> None:
    usual = Usual.of(took)
    assert usual is not None
    seen = {max(each, timedelta()) for each in took}
    assert {timedelta(seconds=usual.shortest), timedelta(seconds=usual.longest)} <= seen
    assert usual.shortest <= usual.longest


@pytest.mark.parametrize("took", [0.4, 5.0, 12.0, 60.0, 900.0])
def test_a_build_is_seen_to_be_over_soon_for_its_length(took: float) -> None:
    at = 0.0
    while at < took:
        assert 0.5 <= until_next_look_at_build(at) <= 3.0
        at += until_next_look_at_build(at)
    assert at - took <= max(0.5, took / 20)
