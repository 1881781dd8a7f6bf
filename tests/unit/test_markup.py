"""What Slack makes of a typed text, taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.markup import after_mention, typed, unescape
from chatbot.messages.wording import escape

BOT = "U0PROMOTE"


@pytest.mark.parametrize(
    ("marked_up", "as_typed"),
    [
        ("promote <http://shop.example.com|shop.example.com>", "promote shop.example.com"),
        (
            "promote <https://shop.example.com/|https://shop.example.com/>",
            "promote https://shop.example.com/",
        ),
        ("promote <https://shop.example.com>", "promote https://shop.example.com"),
        ("promote <https://evil.example.com|shop.example.com>", "promote https://evil.example.com"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("rollback shop 1 &lt; 2 &amp; 3 &gt; 2", "rollback shop 1 < 2 & 3 > 2"),
        ("subscribe <#C0DEPLOYS|deploys>", "subscribe #deploys"),
        ("audit <@U0ANA0001>", "audit <@U0ANA0001>"),
        ("", ""),
    ],
)
def test_links_and_escapes_are_taken_back(marked_up: str, as_typed: str) -> None:
    assert typed(marked_up) == as_typed


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"<@{BOT}> current shop", "current shop"),
        (f"hey <@{BOT}|promotebot>  current shop ", "current shop"),
        (f"<@{BOT}>", ""),
        (f"<@{BOT}> help <@{BOT}>", f"help <@{BOT}>"),
        ("<@U0OTHER01> current shop", None),
    ],
)
def test_what_follows_the_mention_counts(text: str, rest: str | None) -> None:
    assert after_mention(text, BOT) == rest


@given(st.text())
def test_unescaping_is_the_way_back(text: str) -> None:
    assert unescape(escape(text)) == text
