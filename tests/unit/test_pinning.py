"""Production that stays pinned: when people are reminded, of what, and in which words."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chatbot.domain.news import Change, How, Kind, Who
from chatbot.domain.pinning import Pinning, Unpinned, author_to_tell, is_due, next_reminder, not_live
from chatbot.messages.heldback import held_back
from chatbot.messages.pinned import reminder, unpinned
from tests.unit.making import NOON, current, pinned, preview, promoted, staged
from tests.unit.saying import buttons, words
from tests.unit.test_news import change

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PIN = Pinning("prj_shop", "shop", NOON - 3 * HOUR, "slack:U0ANA0001", "the cart is empty", current())


@pytest.mark.parametrize(
    ("now", "kept_until", "then"),
    [
        (NOON, None, NOON + 3 * HOUR),
        (NOON + 3 * HOUR - MINUTE, None, NOON + 3 * HOUR),
        (NOON + 3 * HOUR, None, NOON + 27 * HOUR),
        (NOON + 5 * HOUR, None, NOON + 27 * HOUR),
        (NOON + 27 * HOUR + MINUTE, None, NOON + 51 * HOUR),
        (NOON + 4 * HOUR, NOON + 8 * HOUR, NOON + 8 * HOUR),
        (NOON + 8 * HOUR, NOON + 8 * HOUR, NOON + 27 * HOUR),
    ],
)
def test_after_three_hours_then_daily_and_not_while_it_is_kept(
    now: datetime, kept_until: datetime | None, then: datetime
) -> None:
    assert next_reminder(NOON, kept_until, now) == then
    assert is_due(NOON, now) is (now >= NOON + 3 * HOUR)


def test_not_live_are_the_staged_builds_that_are_newer_than_current_newest_first() -> None:
    one, two = (staged(f"dpl_{n}", created_at=NOON - n * MINUTE) for n in (2, 1))
    older = staged("dpl_old", created_at=NOON - timedelta(days=2))
    served = promoted("dpl_served", created_at=NOON - HOUR)
    gone = staged("dpl_gone", deleted=True)
    seen = [one, older, served, preview(), two, gone, current()]
    assert not_live(pinned(), seen) == (two, one)
    assert not_live(pinned(current=None), [one]) == (one,)


def test_it_says_since_when_by_whom_why_and_what_does_not_go_live() -> None:
    waiting = tuple(staged(f"dpl_{n}") for n in range(12))
    said = reminder(Pinning(**{**vars(PIN), "waiting": waiting}), NOON)
    shown = words(said)
    assert said.text == "Production of shop is pinned, for 3 h, 12 builds not live."
    assert "Rolled back by <@U0ANA0001>, <!date^" in shown
    assert "Reason: the cart is empty" in shown
    assert "*Not live: 12 builds*\n• `3f2a1bc` fix the cart (ana, main), 1 h old" in shown
    assert "and 2 more" in shown
    assert list(buttons(said)) == ["Resume…", "Keep 4 h more"]
    assert "Kept" not in shown


def test_where_nothing_waits_and_nobody_is_known_it_says_so() -> None:
    shown = words(reminder(Pinning("prj_shop", "shop", NOON - HOUR), NOON))
    assert "Rolled back, <!date^" in shown
    assert "No newer production build waits to go live." in shown


def test_who_keeps_it_is_said_as_long_as_they_do() -> None:
    kept = Pinning(**{**vars(PIN), "kept_by": "slack:U0BOB0002", "kept_until": NOON + HOUR})
    assert "*Kept so on purpose* by <@U0BOB0002>, until <!date^" in words(reminder(kept, NOON))
    assert "Kept" not in words(reminder(kept, NOON + HOUR))


def test_its_end_names_what_is_current_and_leaves_nothing_to_press() -> None:
    said = unpinned(Unpinned("prj_shop", "shop", NOON - 5 * HOUR, NOON, staged(), "slack:U0BOB0002"))
    assert said.text == "Production of shop is not pinned any more, after 5 h."
    assert "Current: `3f2a1bc` fix the cart (ana, main) `dpl_target`. Moved by <@U0BOB0002>." in words(said)
    assert not buttons(said)
    gone = unpinned(Unpinned("prj_shop", "shop", NOON - 5 * HOUR, NOON, gone=True))
    assert gone.text.startswith("shop is gone")


HELD_BACK = change(Kind.STAGED, How.PUSHED, pinned=True, who=Who("bob", "U0BOB0002"))


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (HELD_BACK, "U0BOB0002"),
        (replace(HELD_BACK, pinned=False), None),
        (replace(HELD_BACK, how=How.BOT), None),
        (replace(HELD_BACK, kind=Kind.FAILED), None),
        (replace(HELD_BACK, who=Who("bob")), None),
        (replace(HELD_BACK, who=None), None),
    ],
)
def test_told_is_whose_own_push_stays_staged_because_of_a_rollback(made: Change, told: str | None) -> None:
    assert author_to_tell(made) == told


def test_an_author_reads_who_pinned_it_why_and_where_it_is_resumed() -> None:
    said = held_back(HELD_BACK, Pinning(**{**vars(PIN), "by": "called:Ana", "channel": "C0DEPLOYS"}))
    shown = words(said)
    assert (
        said.text
        == "Your merge did not go live: shop 3f2a1bc fix the cart (ana, main). Production is pinned."
    )
    assert (
        "`dpl_target` is built, ready and Staged: it serves nobody. Production is pinned: rolled back by Ana"
        in shown
    )
    assert "Reason: the cart is empty" in shown
    assert "Whoever may promote resumes it, here or in <#C0DEPLOYS>, where it was rolled back." in shown
    assert list(buttons(said)) == ["Resume…"]


def test_an_author_reads_of_a_rollback_that_nothing_is_known_of_and_that_it_is_over() -> None:
    assert "Production is pinned by a rollback." in words(held_back(HELD_BACK, None))
    over = held_back(HELD_BACK, PIN, since="Nothing to resume from here any more.")
    assert not buttons(over)
    assert words(over).endswith("Nothing to resume from here any more.")
