"""The end of a failed build's log: short, readable, without what looks like a secret, and unable to do anything."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.buildlog import LINES, end_of
from chatbot.domain.operations import Stage
from chatbot.messages.buildlog import log_end, whole_log_end
from chatbot.messages.message import Message
from chatbot.messages.operation import progress
from chatbot.sandbox.slack.blockkit import problems_of_blocks
from chatbot.vercel.wire import EventsPage
from tests.unit.happening import BUILD, REBUILD, at
from tests.unit.making import NOON
from tests.unit.saying import payload, words
from tests.unit.strategies import hostile

PEM = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxN5vGJcN4Z0i0W7P"


def shown(*lines: str, stage: Stage = Stage.FAILED) -> str:
    made = at(stage, REBUILD, build=BUILD, log_end=end_of(lines))
    return words(progress(made, NOON))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Type error: no 'total'", "Type error: no 'total'"),
        ("\x1b[31m\x1b[1merror\x1b[0m\x1b[39m TS2339", "error TS2339"),
        ("\x1b[2K\x1b[1G\x1b[?25hdone", "done"),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x07 here", "link here"),
        ("\x1b]0;a title", ""),
        ("\x9b31mred", "red"),
        ("10 %\r55 %\r100 %", "100 %"),
        ("windows\r", "windows"),
        ("  src/cart.ts:7\t^", "  src/cart.ts:7  ^"),
        ("bell\x07 null\x00 right\u202e zero\u200b", "bell null right zero"),
        ("a b" * 60, "a b" * 53 + "…"),
    ],
)
def test_a_line_is_what_a_person_would_have_read(written: str, read: str) -> None:
    assert end_of([written]) == ((read,) if read else ())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("cloning https://ana:hunter2@github.com/acme/shop", "cloning https://•••@github.com/acme/shop"),
        ("DATABASE_URL=postgres://u:p4ss@db/shop", "DATABASE_URL=postgres://•••@db/shop"),
        ("STRIPE_SECRET_KEY=abc123 npm run build", "STRIPE_SECRET_KEY=••• npm run build"),
        ('"API_TOKEN": "abc123",', '"API_TOKEN": •••'),
        ("> Authorization: Bearer abc.def", "> Authorization: Bearer •••"),
        ("using sk_live_4eC39HqLyjWDarjtT1", "using •••"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "•••"),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "got •••"),
        (PEM, "•••"),
    ],
)
def test_what_looks_like_a_secret_is_masked(written: str, read: str) -> None:
    assert end_of([written]) == (read,)


@pytest.mark.parametrize(
    "line",
    [
        "SyntaxError: Unexpected token: }",
        "Cloning github.com/acme/shop (Branch: main, Commit: 3f2a1bc)",
        "/vercel/path0/node_modules/.pnpm/next@15.0.3_react@19/node_modules/next/dist/build/index.js:1",
        "3f2a1bc0d4e5f60718293a4b5c6d7e8f90a1b2c3",
        'Command "npm run build" exited with 1',
    ],
)
def test_what_does_not_stays(line: str) -> None:
    assert end_of([line]) == (line,)


def test_the_last_lines_are_kept_and_empty_ones_are_not() -> None:
    texts = [f"line {n}\n\n  \n" for n in range(40)]
    assert end_of(texts) == tuple(f"line {n}" for n in range(40 - LINES, 40))
    assert end_of([]) == end_of(["", "\n"]) == ()


@given(st.lists(hostile() | st.text(), max_size=30))
def test_whatever_a_build_prints_is_a_few_visible_lines(texts: list[str]) -> None:
    lines = end_of(texts)
    assert len(lines) <= LINES
    assert all(0 < len(line) <= 160 for line in lines)
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} for line in lines for c in line)


def test_a_short_one_is_in_the_message() -> None:
    assert "*The end of its log*\n```\none\ntwo &lt;!channel&gt;\n```" in shown("one", "two <!channel>")
    assert whole_log_end(at(Stage.FAILED, REBUILD, build=BUILD, log_end=("one",) * 5)) is None


def test_a_long_one_is_in_the_thread_and_its_last_lines_in_the_message() -> None:
    lines = tuple(f"line {n}" for n in range(15))
    made = at(Stage.FAILED, REBUILD, build=BUILD, log_end=lines)
    assert "more are in the thread.\n```\nline 12\nline 13\nline 14\n```" in words(progress(made, NOON))
    whole = whole_log_end(made)
    assert whole is not None
    assert "```\n" + "\n".join(lines) + "\n```" in words(whole)


def test_only_a_failure_has_one() -> None:
    assert "log*" not in shown()
    assert "log*" not in shown("one", stage=Stage.CANCELLED)


@given(
    st.lists(st.just("`" * 200) | st.just("&<>" * 60) | st.just("```\n<!channel>") | hostile(), max_size=20)
)
def test_nothing_gets_out_of_the_block_and_slack_takes_it(texts: list[str]) -> None:
    made = at(Stage.FAILED, REBUILD, build=BUILD, log_end=end_of(texts))
    blocks = log_end(made)
    for said in (Message("x", tuple(blocks)) if blocks else None, whole_log_end(made)):
        if said is not None:
            assert problems_of_blocks(payload(said)["blocks"]) == []
            text = payload(said)["blocks"][0]["text"]["text"]
            before, inside, after = text.split("```")
            assert "`" not in before + inside
            assert after == ""
            assert not set(inside) & {"<", ">"}
            assert not text.endswith("…")


def event(number: int, **changes: object) -> dict[str, object]:
    return {"type": "stdout", "created": number, "id": str(number), "text": f"line {number}", **changes}


def test_the_events_of_a_build_are_read_oldest_first_in_both_shapes() -> None:
    page = EventsPage.model_validate(
        [
            event(4, type="stderr"),
            event(3, text=None, payload={"text": "line 3", "deploymentId": "dpl_x"}),
            None,
            event(2, type="deployment-state"),
            event(1, text=None),
            event(0, type="command"),
        ]
    )
    assert page.to_domain() == ["line 0", "line 3", "line 4"]
    assert EventsPage.model_validate(None).to_domain() == []


def test_events_of_the_same_moment_keep_their_order() -> None:
    page = EventsPage.model_validate([event(7, text="second"), event(7, text="first")])
    assert page.to_domain() == ["first", "second"]
