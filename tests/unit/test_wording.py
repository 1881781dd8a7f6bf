import re
import unicodedata
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import Deployment
from chatbot.domain.markup import unescape
from chatbot.messages.wording import (
    bullets,
    code,
    count,
    deployment_line,
    deployment_text,
    escape,
    foreign,
    lasted,
    mention,
    moment,
    named,
    old,
    plain,
    span,
)
from tests.unit.making import NOON, commit, deployment
from tests.unit.strategies import deployments, hostile


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.9, "0 s"),
        (42, "42 s"),
        (59, "59 s"),
        (60, "1 min"),
        (119, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86_400, "24 h"),
        (172_799, "47 h"),
        (172_800, "2 d"),
        (86_400 * 400, "400 d"),
    ],
)
def test_a_span_is_one_number_and_one_unit(seconds: float, words: str) -> None:
    assert span(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (63, "1 min 3 s"),
        (3599, "59 min 59 s"),
        (3630, "1 h"),
        (86_399, "23 h 59 min"),
        (172_800, "2 d"),
    ],
)
def test_what_is_compared_afterwards_is_told_finer(seconds: float, words: str) -> None:
    assert lasted(timedelta(seconds=seconds)) == words


UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


@given(st.integers(0, 10**9))
def test_a_span_is_cut_and_never_rounded_up(seconds: int) -> None:
    number, unit = span(timedelta(seconds=seconds)).split()
    assert int(number) * UNITS[unit] <= seconds < (int(number) + 1) * UNITS[unit]


def test_a_moment_is_read_in_the_readers_own_time_zone() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    assert (
        moment(NOON)
        == moment(elsewhere)
        == "<!date^1795435200^{date_short_pretty} at {time}|2026-11-23 12:00 UTC>"
    )


def test_an_age_is_a_span_from_the_creation() -> None:
    assert old(deployment(created_at=NOON - timedelta(hours=3)), NOON) == "3 h old"
    assert old(deployment(created_at=NOON + timedelta(seconds=3)), NOON) == "0 s old"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("fix the cart", "fix the cart"),
        ("  fix\tthe\r\n\r\ncart \u2028", "fix the cart"),
        ("fix\u202e the\u200b cart\x00", "fix the cart"),
        ("\ufeff", ""),
        ("<!channel> & `x`", "<!channel> & `x`"),
        ("корзина 🛒 カート", "корзина 🛒 カート"),
        ("\ud800x", "x"),
    ],
)
def test_plain_text_is_one_visible_line(text: str, line: str) -> None:
    assert plain(text) == line


@given(st.text() | hostile(), st.integers(1, 300))
def test_plain_text_keeps_to_its_limit_and_holds_nothing_invisible(text: str, limit: int) -> None:
    line = plain(text, limit)
    assert len(line) <= limit
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for c in line)
    assert plain(line, limit) == line or len(line) == limit
    if len(line) == limit and len(plain(text, 10**6)) > limit:
        assert line.endswith("…")


@given(st.text() | hostile())
def test_foreign_text_can_neither_mention_nor_link(text: str) -> None:
    safe = foreign(text)
    assert not set(safe) & {"<", ">"}
    assert not re.search(r"&(?!amp;|lt;|gt;)", safe)
    assert len(safe) <= 400
    shown, line = unescape(safe), plain(text)
    assert shown == line or (len(escape(line)) > 400 and line.startswith(shown.removesuffix("…")))


def test_escaping_is_what_slack_asks_for() -> None:
    assert escape("a & b < c > d") == "a &amp; b &lt; c &gt; d"
    assert escape("&lt;") == "&amp;lt;"


@given(st.text() | hostile())
def test_code_is_never_empty_and_cannot_be_left(text: str) -> None:
    made = code(text)
    assert made.startswith("`")
    assert made.endswith("`")
    assert len(made) > 2
    assert "`" not in made[1:-1]
    assert not set(made) & {"<", ">", "\n"}


@pytest.mark.parametrize(
    ("actor", "words"),
    [
        ("slack:U0ANA0001", "<@U0ANA0001>"),
        ("cli:ana", "ana"),
        ("cli:<!channel>", "&lt;!channel&gt;"),
        ("bot", "bot"),
        ("cli:", "cli"),
    ],
)
def test_only_people_of_slack_are_mentioned(actor: str, words: str) -> None:
    assert mention(actor) == words


def test_a_deployment_is_told_by_commit_subject_author_and_branch() -> None:
    assert deployment_line(deployment()) == "`3f2a1bc` fix the cart (ana, main)"
    assert deployment_line(deployment(commit=commit(author=""))) == "`3f2a1bc` fix the cart (main)"
    assert deployment_line(deployment(commit=commit(author="", branch=""))) == "`3f2a1bc` fix the cart"
    bare = deployment("dpl_000000012345678", commit=None, url="shop-1-acme.vercel.app")
    assert deployment_line(bare) == "`12345678` shop-1-acme.vercel.app"
    assert deployment_text(bare) == "12345678 shop-1-acme.vercel.app"
    assert deployment_text(deployment()) == "3f2a1bc fix the cart"


@given(deployments)
def test_a_deployment_is_one_short_line(made: Deployment) -> None:
    assert "\n" not in deployment_line(made)
    assert len(deployment_text(made)) <= 60


def test_a_list_counts_what_it_leaves_out() -> None:
    assert bullets(["a", "b"], 2) == ["• a", "• b"]
    assert bullets(["a", "b", "c"], 2) == ["• a", "• b", "and 1 more"]
    assert bullets([], 2) == []
    assert named(["a", "b"], 2) == "a, b"
    assert named(["a", "b", "c"], 2) == "a, b and 1 more"
    assert named([], 2) == ""


@given(st.integers(0, 60), st.integers(1, 40))
def test_nothing_is_lost_in_a_list(size: int, limit: int) -> None:
    lines = bullets((str(n) for n in range(size)), limit)
    line = named((str(n) for n in range(size)), limit)
    more = re.search(r"and (\d+) more\Z", line)
    rest = int(more[1]) if more else 0
    assert sum(line.startswith("• ") for line in lines) + rest == size
    assert len(re.findall(r"\d+(?=,| and|\Z)", line)) + rest == size
    assert lines[-1:] == ([f"and {rest} more"] if more else lines[-1:])


def test_a_count_has_its_plural() -> None:
    assert [count(n, "domain") for n in (0, 1, 2)] == ["0 domains", "1 domain", "2 domains"]
