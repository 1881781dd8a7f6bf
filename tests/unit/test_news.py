"""What channels are told of production, whoever moved it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chatbot.domain.course import course
from chatbot.domain.news import Change, How, Kind, Step, Who
from chatbot.domain.releases import ReleaseState
from chatbot.domain.repositories import Repository
from chatbot.messages.news import has_buttons, moved_on, news
from tests.unit.making import NOON, SHA, canary, commit, current, promoted, release, staged
from tests.unit.saying import buttons, words

SHOP = Repository.of("github", "acme/shop")
BOB = Who("bob")
ANA = Who("Ana", "U0ANA0001")


def change(kind: Kind = Kind.CURRENT, how: How = How.PROMOTED, **values: Any) -> Change:
    known: dict[str, Any] = {
        "id": "change",
        "project_id": "prj_shop",
        "project_name": "shop",
        "number": 7,
        "at": NOON,
        "noticed_at": NOON,
        "who": BOB,
        "was": current(),
        "now": staged(),
        "domains": ("shop.example.com", "eu.example.com"),
        "repository": SHOP,
        "back": current(),
        "bound": "0" * 64,
    }
    return Change(kind=kind, how=how, **{**known, **values})


def said(made: Change, **more: Any) -> list[str]:
    return words(news(made, **more)).splitlines()


def test_it_says_what_is_what_was_who_how_and_where() -> None:
    shown = news(change())
    assert said(change())[:3] == [
        "*Current of shop is now `3f2a1bc` fix the cart (ana, main)* `dpl_target`",
        "It was `c0ffee0` fix the cart (ana, main). Promoted outside of Slack by bob.",
        "2 domains: shop.example.com, eu.example.com",
    ]
    assert list(buttons(shown)) == ["Roll back to c0ffee0", "Compare"]


def test_a_commit_with_asterisks_does_not_end_what_is_bold() -> None:
    first = said(change(now=staged(commit=replace(commit(), message="fix the *cart*"))))[0]
    assert first.startswith("*Current of shop is now `3f2a1bc` fix the \N{ASTERISK OPERATOR}cart")
    assert first.count("*") == 2


def test_the_text_stands_alone() -> None:
    text = news(change()).text
    assert (
        text == "Current of shop is now 3f2a1bc fix the cart (ana, main). Promoted outside of Slack by bob."
    )


@pytest.mark.parametrize(
    ("how", "more", "sentence"),
    [
        (How.BOT, {"who": ANA}, "Promoted from Slack by Ana."),
        (How.BOT, {"who": ANA, "pinned": True}, "Rolled back from Slack by Ana."),
        (How.PUSHED, {}, "Pushed to main by bob."),
        (How.PUSHED, {"who": None}, "Pushed to main."),
        (How.PUSHED, {"who": None, "now": staged(commit=None)}, "Pushed."),
        (How.ROLLED_BACK, {"who": None}, "Rolled back outside of Slack."),
        (How.RELEASED, {"who": None}, "Its rolling release is complete."),
        (How.UNKNOWN, {"who": None}, "Moved outside of Slack; Vercel does not say how."),
    ],
)
def test_each_way_has_its_sentence(how: How, more: dict[str, Any], sentence: str) -> None:
    assert said(change(how=how, **more))[1].endswith(f"(ana, main). {sentence}")


def test_only_who_asked_for_it_is_mentioned() -> None:
    made = change(how=How.BOT, who=ANA)
    assert "<@U0ANA0001>" not in words(news(made))
    assert "by <@U0ANA0001>." in words(news(made, mentioned=True))
    nobody = change(who=Who("<!channel>"))
    assert "&lt;!channel&gt;" in words(news(nobody, mentioned=True))


def test_the_first_ten_domains_are_named_and_the_rest_counted() -> None:
    many = tuple(f"d{n:02}.example" for n in range(12))
    line = next(line for line in said(change(domains=many)) if line.startswith("12 domains"))
    assert line.endswith("d09.example and 2 more")
    assert "It has no production domain." in said(change(domains=()))


def test_a_first_production_and_one_that_is_gone() -> None:
    first = said(change(was=None, back=None, bound=None))
    assert "There was no production before, or it is deleted." in first[1]
    none = said(change(now=None, back=None, bound=None))
    assert none[0] == "*shop has no production any more*"
    assert none[1].startswith("It was `c0ffee0`")
    assert not has_buttons(news(change(now=None, back=None, bound=None)))


def test_what_happened_while_the_bot_was_away_says_so() -> None:
    assert any("while I was not running, <!date^" in line for line in said(change(while_away=True)))
    assert any("for a moment only" in line for line in said(change(passing=True)))


def test_pinned_production_and_the_reason_are_told() -> None:
    shown = said(change(how=How.ROLLED_BACK, pinned=True, reason="checkout is <down>"))
    assert "Reason: checkout is &lt;down&gt;" in shown
    assert "Production is pinned: new production builds stay Staged until somebody promotes." in shown


def test_out_of_order_offers_the_newer_one() -> None:
    made = change(newer=current())
    assert any(line.startswith("*Out of order:* what was Current, `c0ffee0`") for line in said(made))
    offered = buttons(news(made))["Back to the newer one…"]
    assert (offered["action_id"], offered["value"]) == (
        "deployment.roll_back",
        "dpl_current",
    )  # it has served
    fresh = buttons(news(change(newer=staged("dpl_newer"))))["Promote the newer one…"]
    assert (fresh["action_id"], fresh["value"]) == ("deployment.promote", "dpl_newer")


def test_the_comparison_is_of_what_was_to_what_is_and_of_a_rollback_the_other_way() -> None:
    was, now = (f"{start}{SHA[7:]}" for start in ("c0ffee0", "3f2a1bc"))
    there = buttons(news(change()))["Compare"]["url"]
    assert there == f"https://github.com/acme/shop/compare/{was}...{now}"
    back = buttons(news(change(how=How.ROLLED_BACK)))["Compare"]["url"]
    assert back.endswith(f"{now}...{was}")
    for unknown in ({"repository": None}, {"was": None}, {"now": staged(commit=None)}, {"now": current()}):
        assert "Compare" not in buttons(news(change(**unknown)))


def test_the_way_back_is_bound_to_what_it_shows() -> None:
    button = buttons(news(change()))["Roll back to c0ffee0"]
    assert button["value"] == f"prj_shop dpl_current dpl_target {'0' * 64}"
    assert button["style"] == "danger"


def test_an_older_message_has_no_button_and_says_why() -> None:
    since = change(now=promoted("dpl_later", commit=commit("badcafe" + "0" * 33)), who=ANA)
    older = news(change(), since=since)
    assert not has_buttons(older)
    assert words(older).splitlines()[-1] == (
        "No way back from here any more: production has moved on to `badcafe` fix the cart (ana, main), "
        "promoted outside of Slack by Ana."
    )
    assert "has no production now" in moved_on(replace(since, now=None))
    assert "is gone from Vercel" in moved_on(replace(since, kind=Kind.GONE))
    assert "rolling release" in moved_on(replace(since, kind=Kind.RELEASE))


def test_an_older_message_says_what_its_button_was_for() -> None:
    since = change(now=promoted("dpl_later"), who=ANA)
    waits = change(Kind.STAGED, How.PUSHED)
    ends = [
        (waits, "Nothing to promote from here any more: production has moved on"),
        (change(Kind.PINNED, pinned=True), "Nothing to resume from here any more: production has moved on"),
        (change(Kind.RELEASE, step=Step.BEGUN), "No longer so: production has moved on"),
    ]
    for made, end in ends:
        assert said(made, since=since)[-1].startswith(end)
    itself = said(waits, since=replace(since, now=waits.now))[-1]
    assert itself == "It has become Current since: promoted outside of Slack by Ana."


def test_what_a_rollback_left_is_behind_a_confirmation() -> None:
    older = replace(staged(), created_at=current().created_at - timedelta(hours=1))
    rolled = change(how=How.ROLLED_BACK, pinned=True, now=older, back=None, bound=None)
    assert list(buttons(news(rolled))) == ["Resume…", "Compare"]
    assert "Resume…" not in buttons(news(replace(rolled, pinned=False)))


def _moves(*steps: tuple[str, str, How, float]) -> list[Change]:
    """`from`, `to`, how, and how many minutes before noon."""
    return [
        change(how=how, was=current(was), now=staged(now), at=NOON - timedelta(minutes=ago), number=number)
        for number, (was, now, how, ago) in enumerate(steps, 1)
    ]


def test_a_rollback_and_its_undo() -> None:
    rolled, undone = _moves(("b", "a", How.ROLLED_BACK, 15), ("a", "b", How.PROMOTED, 0))
    assert "That undoes the rollback made 15 min before." in said(undone, course=course(undone, [rolled]))
    pushed, back = _moves(("a", "b", How.PUSHED, 15), ("b", "a", How.ROLLED_BACK, 0))
    assert "That takes back the change made 15 min before." in said(back, course=course(back, [pushed]))
    there, again = _moves(("a", "b", How.PROMOTED, 15), ("b", "a", How.PROMOTED, 0))
    assert "It was Current until 15 min before, and is again." in said(again, course=course(again, [there]))


def test_flapping_is_called_that_from_the_third_change_on() -> None:
    moves = _moves(("a", "b", How.PROMOTED, 6), ("b", "a", How.PROMOTED, 4), ("a", "b", How.PROMOTED, 2))
    third = course(moves[2], moves[:2])
    assert (third.flaps, third.within) == (3, timedelta(minutes=4))
    assert any("3 changes within 4 min" in line for line in said(moves[2], course=third))
    assert course(moves[1], moves[:1]).flaps == 0
    forward = _moves(("a", "b", How.PUSHED, 6), ("b", "c", How.PUSHED, 4), ("c", "d", How.PUSHED, 2))
    assert course(forward[2], forward[:2]).flaps == 0  # three merges in a row are none
    slow = _moves(("a", "b", How.PROMOTED, 60), ("b", "a", How.PROMOTED, 40), ("a", "b", How.PROMOTED, 2))
    assert course(slow[2], slow[:2]).flaps == 0


def test_a_domain_that_moved_alone() -> None:
    eu = ("eu.example.com",)
    moved = said(change(Kind.DOMAIN, How.UNKNOWN, domains=eu, now=promoted("dpl_old")))
    assert moved[0] == "*eu.example.com of shop now serves `3f2a1bc` fix the cart (ana, main)* `dpl_old`"
    assert "the other domains stayed. Current is still `c0ffee0`" in moved[1]
    again = said(change(Kind.DOMAIN, How.UNKNOWN, domains=("a.example", "b.example"), now=current()))
    assert again[0] == "*a.example, b.example of shop serve Current again* `dpl_current`"
    nothing = said(change(Kind.DOMAIN, How.UNKNOWN, domains=eu, now=None))
    assert nothing[0] == "*eu.example.com of shop serves nothing any more*"


def test_the_stages_of_a_rolling_release() -> None:
    step = {"was": current(), "now": canary(), "who": None, "back": None}
    begun = change(Kind.RELEASE, How.UNKNOWN, step=Step.BEGUN, release=release(), **step)
    assert said(begun)[:2] == [
        "*A rolling release of shop has begun: 5 % of the visitors get `3f2a1bc` fix the cart (ana, main)*",
        "Current stays `c0ffee0` fix the cart (ana, main). Stage 1 of 3. Begun outside of Slack.",
    ]
    on = said(replace(begun, step=Step.ADVANCED, release=release(active=1), how=How.BOT, who=ANA))
    assert on[0].startswith("*The rolling release of shop has gone on: 25 % of the visitors get")
    assert on[1].endswith("Stage 2 of 3. Advanced from Slack by Ana.")
    over = said(replace(begun, step=Step.ABORTED, release=release(state=ReleaseState.ABORTED, active=None)))
    assert over[0] == "*The rolling release of shop was aborted*"
    assert "All visitors get `c0ffee0` fix the cart (ana, main) again. Aborted outside of Slack." in over[1]


def test_what_is_staged_pinned_gone_or_renamed() -> None:
    ready = news(change(Kind.STAGED, How.PUSHED, reason=None))
    first, then, by, *_ = words(ready).splitlines()
    assert first == "*A production build of shop is Staged: `3f2a1bc` fix the cart (ana, main)* `dpl_target`"
    assert then.startswith("It is ready, and serves nobody until somebody promotes it. Current is")
    assert by == "Pushed by bob."
    assert buttons(ready)["Promote 3f2a1bc…"]["value"] == "dpl_target"
    pinned = news(change(Kind.PINNED, How.ROLLED_BACK, pinned=True, reason="slow"))
    assert "A rollback by bob switched auto-assignment off." in words(pinned)
    assert buttons(pinned)["Resume…"]["value"] == "prj_shop"
    free = words(news(change(Kind.PINNED, pinned=False)))
    assert free.startswith("*Production of shop is no longer pinned*")
    assert words(news(change(Kind.GONE, now=None))).startswith("*shop is gone from Vercel*")
    assert words(news(change(Kind.RENAMED, was_named="store"))).startswith("*store is now called shop*")


def test_a_build_that_failed_changes_nothing() -> None:
    made = change(Kind.FAILED, How.PUSHED, reason="Command <build> exited with 1")
    assert said(made)[:5] == [
        "*A production build of shop failed: `3f2a1bc` fix the cart (ana, main)*",
        "`dpl_target`",
        "Command &lt;build&gt; exited with 1",
        "Production is as it was: `c0ffee0` fix the cart (ana, main).",
        "Pushed by bob.",
    ]


def test_a_build_that_failed_may_be_built_again_until_its_successor_is_live() -> None:
    made = change(Kind.FAILED, How.PUSHED, pinned=True, auto_assign=False)
    again = buttons(news(made))["Redeploy"]
    assert again["confirm"]["text"]["text"].endswith("It stays Staged: production is pinned.")
    assert again["value"] == "dpl_target staged"
    live = replace(made, was=current(created_at=NOON))
    assert "Redeploy" not in buttons(news(live))
    older = news(made, since=change())
    assert not buttons(older)
    assert "Nothing to redeploy from here any more: production has moved on to" in words(older)


def test_the_end_of_its_log_is_shown_and_nothing_in_it_ends_the_block() -> None:
    made = change(Kind.FAILED, How.PUSHED)
    shown = words(news(made, log_end=[f"line {n}" for n in range(20)] + ["``` <!here>"]))
    assert "*The end of its log*\n```\nline 13\n" in shown
    assert "line 12" not in shown
    assert "''' &lt;!here&gt;\n```" in shown
    assert "*The end of its log*" in words(news(made, log_end=["one"], since=change()))
    assert "log*" not in words(news(made))


def test_a_build_that_failed_while_nobody_watched_is_told_so() -> None:
    shown = words(news(change(Kind.FAILED, How.PUSHED, while_away=True)))
    assert "It happened while I was not running, <!date^" in shown
