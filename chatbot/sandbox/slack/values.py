"""The values that menus and inputs hold: what is chosen, what they start with, what is missing."""

import re
from collections.abc import Iterator

from chatbot.sandbox.slack.elements import Touchable, touchables
from chatbot.sandbox.slack.records import Json, Values

STATE_KEYS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
}
"""Where each stateful element keeps its value (docs.slack.dev, block_actions payload). Buttons and
overflow menus hold none."""

SHAPES = {
    "selected_date": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "selected_time": re.compile(r"\d{2}:\d{2}"),
    "email_text_input": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url_text_input": re.compile(r"https?://\S+"),
    "number_input": re.compile(r"-?\d+(\.\d+)?"),
}


class NoSuchOption(LookupError):
    """The value is not among the options of the element, or not of its kind."""


def options_of(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def is_external(element: Json) -> bool:
    return element["type"] in ("external_select", "multi_external_select")


def chosen(element: Json, value: object, offered: list[Json]) -> Json:
    """What the element holds once `value` is chosen, in the shape of state.values.

    `value` is an option's value, a list of them, an id, a date, a text; None takes the choice back.
    `offered` are the options that the app suggested, for external menus. Raises NoSuchOption.
    """
    kind = element["type"]
    key = "selected_option" if kind == "overflow" else STATE_KEYS[kind]
    if key == "selected_options":
        return {"type": kind, key: [_option(element, each, offered) for each in _listed(value)]}
    if key == "selected_option":
        return {"type": kind, key: None if value is None else _option(element, value, offered)}
    if key in ("selected_users", "selected_conversations", "selected_channels"):
        return {"type": kind, key: [str(each) for each in _listed(value)]}
    if value is None or value == "":
        return {"type": kind, key: None}
    if key == "selected_date_time":
        return {"type": kind, key: _whole(value)}
    if key == "rich_text_value":
        return {"type": kind, key: value if isinstance(value, dict) else _rich(str(value))}
    if key in SHAPES and not SHAPES[key].fullmatch(str(value)):
        raise NoSuchOption(str(value))
    return {"type": kind, key: str(value)}


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError as error:
        raise NoSuchOption(str(value)) from error


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def _option(element: Json, value: object, offered: list[Json]) -> Json:
    among = offered if is_external(element) else options_of(element)
    for option in [*among, *_initial_options(element)]:
        if option.get("value") == value:
            return option
    raise NoSuchOption(str(value))


def _initial_options(element: Json) -> list[Json]:
    single = element.get("initial_option")
    return [*element.get("initial_options", []), *([single] if single else [])]


def starting(element: Json) -> Json:
    """What the element holds before anybody touched it."""
    kind = element["type"]
    key = STATE_KEYS[kind]
    initial = element.get("initial_" + key.removeprefix("selected_").removeprefix("rich_text_"))
    if initial is None and key.endswith("s"):
        initial = []
    return {"type": kind, key: initial}


def stateful(blocks: list[Json]) -> Iterator[Touchable]:
    return (touchable for touchable in touchables(blocks) if touchable.element["type"] in STATE_KEYS)


def current(blocks: list[Json], kept: Values) -> Values:
    """state.values of these blocks: what is kept where block_id, action_id and type are the same, and
    the initial value elsewhere.
    """
    values: Values = {}
    for touchable in stateful(blocks):
        held = kept.get(touchable.block_id, {}).get(touchable.action_id)
        if held is None or held["type"] != touchable.element["type"]:
            held = starting(touchable.element)
        values.setdefault(touchable.block_id, {})[touchable.action_id] = held
    return values


def complaints(blocks: list[Json], values: Values) -> dict[str, str]:
    """What Slack's own client refuses before the app hears of a submission: block_id -> sentence."""
    found: dict[str, str] = {}
    for touchable in stateful(blocks):
        if touchable.is_input:
            held = values[touchable.block_id][touchable.action_id]
            complaint = _complaint(touchable, held[STATE_KEYS[held["type"]]])
            if complaint is not None:
                found[touchable.block_id] = complaint
    return found


def _complaint(touchable: Touchable, value: object) -> str | None:
    element = touchable.element
    if value in (None, "", []):
        return None if touchable.block.get("optional") else "Please complete this required field."
    shape = SHAPES.get(element["type"])
    if shape is not None and not shape.fullmatch(str(value)):
        return "Please enter a valid value."
    if element["type"] == "plain_text_input":
        if len(str(value)) < element.get("min_length", 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(str(value)) > element.get("max_length", 3000):
            return f"Please enter at most {element.get('max_length', 3000)} characters."
    return None
