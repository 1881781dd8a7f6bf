"""What of a message names a deployment."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.finding import MOST, Found, references_in
from chatbot.domain.operations import Stage
from chatbot.domain.planning import plan_promotion
from chatbot.domain.references import Kind, Reference
from chatbot.messages import announcement
from tests.unit import making
from tests.unit.making import SHA, commit, current, look, project, staged
from tests.unit.saying import payload

ID = "dpl_8sWY4N2hKq9RtLm3VbXc7ZpD5fGh"
HOST = "shop-3abc-acme.vercel.app"
PAGE = f"https://vercel.com/acme/shop/{ID.removeprefix('dpl_')}"


def found(text: str) -> Found:
    return references_in({"text": text})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"is `{ID}` good?", ID),
        (f"({ID}), then", ID),
        (f"<https://{HOST}/cart?a=1|look>", HOST),
        (f"see {HOST.upper()}.", HOST),
        (f"<{PAGE}>", ID),
        (f"{PAGE}/source?f=src/index.js", ID),
        (f"https://vercel.com/acme/shop/{ID}", ID),
    ],
)
def test_ids_and_the_platforms_own_addresses_are_exact(text: str, value: str) -> None:
    assert [reference.value for reference in found(text).exact] == [value]
    assert not found(text).commits


@pytest.mark.parametrize(
    ("text", "shas"),
    [
        (f"deployed {SHA[:7]} to prod", [SHA[:7]]),
        (f"`{SHA[:7].upper()}` fix", [SHA[:7]]),
        (f"<https://github.com/acme/shop/commit/{SHA}|{SHA[:7]}>", [SHA, SHA[:7]]),
        ("`1234567` may be one", ["1234567"]),
        ("1" * 40, ["1" * 40]),
        ("call 1234567 on 20260131, you defaced it", []),
        ("op 3f2a1bc0-d4e5-4f60-8718-293a4b5c6d7e", []),
        (f"x{SHA[:7]} {SHA[:7]}x {SHA[:7]}_1 {SHA}0 abc123.{SHA[:7]}", []),
        (f"https://cdn.example.com/{SHA[:12]}/a.js", []),
    ],
)
def test_a_commit_is_what_reads_like_one_and_nothing_else(text: str, shas: list[str]) -> None:
    assert list(found(text).commits) == [Reference(Kind.SHA, sha) for sha in shas]


def test_other_addresses_come_apart_and_the_dashboard_is_none() -> None:
    of = found("https://shop.example.com/x and https://vercel.com/acme/shop/settings")
    assert [reference.value for reference in of.hosts] == ["shop.example.com"]
    assert not of.exact


def test_blocks_fields_and_link_buttons_are_read_and_what_buttons_carry_is_not() -> None:
    other = "dpl_other"
    message: dict[str, Any] = {
        "text": "Deployment ready",
        "bot_id": SHA[:9],
        "client_msg_id": SHA[:8],
        "attachments": [
            {
                "fallback": "",
                "title_link": f"https://{HOST}",
                "fields": [{"title": "Commit", "value": SHA[:7], "short": True}],
                "blocks": [
                    {
                        "type": "actions",
                        "block_id": SHA[:7] + "a",
                        "elements": [
                            {
                                "type": "button",
                                "url": PAGE,
                                "text": {"type": "plain_text", "text": "Inspect"},
                            },
                            {
                                "type": "button",
                                "value": other,
                                "confirm": {"text": {"type": "plain_text", "text": other}},
                            },
                        ],
                    }
                ],
            }
        ],
    }
    of = references_in(message)
    assert {reference.value for reference in of.exact} == {HOST, ID}
    assert [reference.value for reference in of.commits] == [SHA[:7]]


def test_our_own_announcement_names_what_is_current_and_what_was() -> None:
    was = current(commit=commit("0a1b2c3" + SHA[7:]))
    plan = plan_promotion(look(staged(ID), project=project(current=was)))
    told = references_in(payload(announcement.announcement(making.operation(plan, Stage.SUCCEEDED))))
    assert told.exact == (Reference(Kind.ID, ID),)
    assert [commit.value for commit in told.commits] == [SHA[:7], "0a1b2c3"]


def test_the_card_of_a_link_is_not_read_and_a_message_that_was_passed_on_is() -> None:
    card = {"is_app_unfurl": True, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": ID}}]}
    preview = {"from_url": f"https://{HOST}", "title": SHA[:7]}
    passed_on = {"is_msg_unfurl": True, "from_url": "https://acme.slack.com/archives/C0/p1", "text": HOST}
    of = references_in({"text": "", "attachments": [card, preview, passed_on]})
    assert of.exact == (Reference(Kind.HOST, HOST),)
    assert not of.commits


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["text", "blocks", "value", "url"]), inner)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["text", "blocks", "attachments"]), JSON))
def test_any_message_is_read(message: dict[str, Any]) -> None:
    of = references_in(message)
    assert all(len(references) <= MOST for references in (of.exact, of.commits, of.hosts))
