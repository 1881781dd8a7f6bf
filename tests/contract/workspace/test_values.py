"""What menus and inputs hold: one rule for each kind of element."""

from typing import Any

import pytest

from chatbot.sandbox.slack.values import NoSuchOption, chosen, complaints, current
from tests.contract.workspace.apps import Json


def option(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": value.upper()}, "value": value}


GROUPS = [{"label": {"type": "plain_text", "text": "x"}, "options": [option("a")]}]


@pytest.mark.parametrize(
    ("element", "value", "key", "held"),
    [
        ({"type": "static_select", "options": [option("a")]}, "a", "selected_option", option("a")),
        ({"type": "static_select", "option_groups": GROUPS}, "a", "selected_option", option("a")),
        ({"type": "static_select", "options": [option("a")]}, None, "selected_option", None),
        ({"type": "radio_buttons", "options": [option("a")]}, "a", "selected_option", option("a")),
        ({"type": "overflow", "options": [option("a")]}, "a", "selected_option", option("a")),
        ({"type": "checkboxes", "options": [option("a")]}, ["a"], "selected_options", [option("a")]),
        ({"type": "multi_static_select", "options": [option("a")]}, None, "selected_options", []),
        ({"type": "external_select", "initial_option": option("i")}, "i", "selected_option", option("i")),
        ({"type": "users_select"}, "U1", "selected_user", "U1"),
        ({"type": "channels_select"}, "C1", "selected_channel", "C1"),
        ({"type": "conversations_select"}, "", "selected_conversation", None),
        ({"type": "multi_users_select"}, ["U1", "U2"], "selected_users", ["U1", "U2"]),
        ({"type": "multi_channels_select"}, "C1", "selected_channels", ["C1"]),
        ({"type": "datepicker"}, "2026-01-31", "selected_date", "2026-01-31"),
        ({"type": "timepicker"}, "09:30", "selected_time", "09:30"),
        ({"type": "datetimepicker"}, 1_700_000_000, "selected_date_time", 1_700_000_000),
        ({"type": "plain_text_input"}, "words", "value", "words"),
        ({"type": "number_input"}, "1.5", "value", "1.5"),
    ],
)
def test_a_choice_is_held_where_slack_holds_it(element: Json, value: object, key: str, held: object) -> None:
    assert chosen(element, value, []) == {"type": element["type"], key: held}


def test_rich_text_is_held_as_blocks() -> None:
    held = chosen({"type": "rich_text_input"}, "words", [])["rich_text_value"]
    assert held["type"] == "rich_text"
    assert held["elements"][0]["elements"] == [{"type": "text", "text": "words"}]
    assert chosen({"type": "rich_text_input"}, held, [])["rich_text_value"] == held


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ({"type": "static_select", "options": [option("a")]}, "b"),
        ({"type": "checkboxes", "options": [option("a")]}, ["a", "b"]),
        ({"type": "external_select"}, "never offered"),
        ({"type": "datepicker"}, "31.01.2026"),
        ({"type": "timepicker"}, "noon"),
        ({"type": "datetimepicker"}, "noon"),
    ],
)
def test_a_choice_of_another_kind_is_refused(element: Json, value: object) -> None:
    with pytest.raises(NoSuchOption):
        chosen(element, value, [option("offered")])


def block(element: Json, block_id: str = "b", **more: Any) -> Json:
    return {"type": "input", "block_id": block_id, "element": element | {"action_id": "a"}} | more


@pytest.mark.parametrize(
    ("element", "key", "held"),
    [
        ({"type": "static_select", "initial_option": option("a")}, "selected_option", option("a")),
        ({"type": "checkboxes", "initial_options": [option("a")]}, "selected_options", [option("a")]),
        ({"type": "checkboxes"}, "selected_options", []),
        ({"type": "multi_users_select", "initial_users": ["U1"]}, "selected_users", ["U1"]),
        ({"type": "plain_text_input", "initial_value": "x"}, "value", "x"),
        (
            {"type": "rich_text_input", "initial_value": {"type": "rich_text"}},
            "rich_text_value",
            {"type": "rich_text"},
        ),
        ({"type": "datetimepicker", "initial_date_time": 7}, "selected_date_time", 7),
    ],
)
def test_an_untouched_element_holds_its_initial_value(element: Json, key: str, held: object) -> None:
    assert current([block(element)], {}) == {"b": {"a": {"type": element["type"], key: held}}}


def test_what_was_typed_survives_only_under_the_same_ids_and_kind() -> None:
    kept = {"b": {"a": {"type": "plain_text_input", "value": "typed"}}}
    same = current([block({"type": "plain_text_input"})], kept)
    assert same["b"]["a"]["value"] == "typed"
    other_block = current([block({"type": "plain_text_input"}, "c")], kept)
    assert other_block["c"]["a"]["value"] is None
    other_kind = current([block({"type": "number_input"})], kept)
    assert other_kind["b"]["a"]["value"] is None


@pytest.mark.parametrize(
    ("element", "value", "complaint"),
    [
        ({"type": "plain_text_input"}, None, "Please complete this required field."),
        ({"type": "plain_text_input", "min_length": 3}, "ab", "Please enter at least 3 characters."),
        ({"type": "plain_text_input", "max_length": 3}, "abcd", "Please enter at most 3 characters."),
        ({"type": "email_text_input"}, "ana at acme", "Please enter a valid value."),
        ({"type": "url_text_input"}, "shop.example.com", "Please enter a valid value."),
        ({"type": "number_input"}, "ten", "Please enter a valid value."),
        ({"type": "number_input"}, "10", None),
        ({"type": "email_text_input"}, "ana@acme.example", None),
    ],
)
def test_the_client_complains_before_the_app_hears(
    element: Json, value: object, complaint: str | None
) -> None:
    blocks = [block(element)]
    values = {"b": {"a": {"type": element["type"], "value": value}}}
    assert complaints(blocks, values).get("b") == complaint


def test_an_optional_input_may_stay_empty() -> None:
    blocks = [block({"type": "plain_text_input"}, optional=True)]
    assert complaints(blocks, current(blocks, {})) == {}
