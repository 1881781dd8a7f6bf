"""What somebody asks a channel to hear, and how that is told."""

import pytest

from chatbot.domain.subscribing import Heard, Hears, NoProjectName, TooManyProjects, parse_wish
from chatbot.messages import subscriptions
from storage.subscriptions import ALL, KINDS
from tests.unit.making import project
from tests.unit.saying import buttons, words

SHOP = Heard("prj_shop", "shop", frozenset({Hears.FAILED, Hears.CURRENT}), also=("C0A", "D0B", "C0C"))
DOCS = Heard("prj_docs", "docs", frozenset({Hears.PINNED}))
EVERY = Heard("*", "*", frozenset({Hears.CURRENT}))


def test_the_database_and_the_domain_know_the_same_kinds() -> None:
    assert tuple(Hears) == KINDS
    assert EVERY.project_id == ALL


@pytest.mark.parametrize(
    ("text", "names", "kinds"),
    [
        ("", (), set()),
        ("shop", ("shop",), set()),
        ("  shop,docs  Failed pinned shop", ("shop", "docs"), {Hears.FAILED, Hears.PINNED}),
        ("* current", ("*",), {Hears.CURRENT}),
        ("prj_0123abc staged", ("prj_0123abc",), {Hears.STAGED}),
    ],
)
def test_projects_and_kinds_may_come_in_any_order(
    text: str, names: tuple[str, ...], kinds: set[Hears]
) -> None:
    wish = parse_wish(text)
    assert (wish.names, wish.kinds) == (names, frozenset(kinds))


@pytest.mark.parametrize("text", ["<!channel>", "shop <@U0ANA0001>", "a" * 101, "**", "shop/../docs"])
def test_what_can_be_no_project_is_refused(text: str) -> None:
    with pytest.raises(NoProjectName):
        parse_wish(text)


def test_one_request_names_twenty_projects_at_most() -> None:
    assert len(parse_wish(" ".join(f"p{n}" for n in range(20))).names) == 20
    with pytest.raises(TooManyProjects):
        parse_wish(" ".join(f"p{n}" for n in range(21)))


def test_the_channel_is_told_exactly_what_it_hears() -> None:
    told = subscriptions.changed("slack:U0ANA0001", "subscribed", ["shop"], [DOCS, SHOP, EVERY])
    assert words(told).splitlines() == [
        "<@U0ANA0001> subscribed this channel to shop.",
        "It hears now:",
        "• *every project*: current",
        "• *shop*: current, failed",
        "• *docs*: pinned",
    ]
    assert told.text == (
        "<@U0ANA0001> subscribed this channel to shop. "
        "This channel hears of docs (pinned), shop (current, failed) and every project (current)."
    ).replace(" and every", ", every")
    told = subscriptions.changed("slack:U0ANA0001", "unsubscribed", ["*"], [])
    assert words(told).splitlines() == [
        "<@U0ANA0001> unsubscribed this channel from every project.",
        "It hears of no project now.",
    ]


def test_the_list_says_where_else_a_project_is_announced() -> None:
    shown = words(subscriptions.listing([SHOP, DOCS], 0, closed=False))
    assert "*shop*: current, failed · also in <#C0A>, <#C0C>, 1 direct message\n*docs*: pinned" in shown
    assert "Paused" not in shown
    assert "Paused" in words(subscriptions.listing([SHOP], 0, closed=True))


def test_a_long_list_has_pages() -> None:
    many = [Heard(f"prj_{n}", f"p{n:03}", frozenset({Hears.CURRENT})) for n in range(70)]
    first, second, last = (subscriptions.listing(many, page, closed=False) for page in (0, 1, 7))
    assert list(buttons(first)) == ["Subscribe to more…", "More"]
    assert list(buttons(second)) == ["Subscribe to more…", "Back", "More"]
    assert [buttons(second)[name]["value"] for name in ("Back", "More")] == ["0", "2"]
    assert list(buttons(last)) == ["Subscribe to more…", "Back"]
    assert "*p069*" in words(last)
    assert "Page 3 of 3" in words(last)


def test_whoever_subscribed_learns_why_a_channel_hears_nothing_more() -> None:
    assert words(subscriptions.closed("C0A", "is_archived", [SHOP])) == (
        "The channel <#C0A> is archived. Announcements of shop no longer reach it. "
        "When it is unarchived, it goes on by itself."
    )
    assert "Invite me there" in words(subscriptions.closed("C0A", "channel_not_found", [SHOP]))
    assert "was deleted" in words(subscriptions.closed("C0A", "deleted", [SHOP, DOCS]))


def test_all_projects_at_once_are_offered_first() -> None:
    found = [project(name="shop"), project(id="prj_docs", name="docs")]
    assert [o.value for o in subscriptions.options(found, "")] == ["*", "prj_docs", "prj_shop"]
    assert [o.value for o in subscriptions.options(found, "o")] == ["prj_docs", "prj_shop"]
