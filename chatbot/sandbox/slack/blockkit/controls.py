"""Block elements: buttons, menus, pickers, inputs (docs.slack.dev/reference/block-kit/block-elements)."""

from chatbot.sandbox.slack.blockkit.composition import (
    ACTION_ID,
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SLACK_FILE,
    STYLE,
    URL,
    plain,
)
from chatbot.sandbox.slack.blockkit.specs import Flag, Int, Many, Obj, Opaque, Spec, Str, Typed

_TOUCH = {"action_id": ACTION_ID}
_MENU: dict[str, Spec] = {
    **_TOUCH,
    "placeholder": plain(150),
    "confirm": CONFIRM,
    "focus_on_load": Flag(),
}
_MULTI: dict[str, Spec] = {**_MENU, "max_selected_items": Int(1, 100)}
_TYPED_IN: dict[str, Spec] = {
    **_TOUCH,
    "placeholder": plain(150),
    "focus_on_load": Flag(),
    "dispatch_action_config": DISPATCH,
}
_OPTIONS: dict[str, Spec] = {"options": Many(OPTION, 100), "option_groups": Many(OPTION_GROUP, 100)}
_ONE_LIST = (("options", "option_groups"),)
_ID = Str(255, 1)

BUTTON = Obj(
    {"text": plain(75)},
    {
        **_TOUCH,
        "value": Str(2000),
        "url": URL,
        "style": STYLE,
        "confirm": CONFIRM,
        "accessibility_label": Str(75),
    },
)
IMAGE_ELEMENT = Obj(
    {"alt_text": Str(2000, 1)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    either=(("image_url", "slack_file"),),
    not_both=(("image_url", "slack_file"),),
)
SELECTS: dict[str, Spec] = {
    "static_select": Obj(
        {}, {**_MENU, **_OPTIONS, "initial_option": OPTION}, either=_ONE_LIST, not_both=_ONE_LIST
    ),
    "external_select": Obj({}, {**_MENU, "initial_option": OPTION, "min_query_length": Int(0, 3000)}),
    "users_select": Obj({}, {**_MENU, "initial_user": _ID}),
    "conversations_select": Obj(
        {},
        {
            **_MENU,
            "initial_conversation": _ID,
            "default_to_current_conversation": Flag(),
            "response_url_enabled": Flag(),
            "filter": FILTER,
        },
    ),
    "channels_select": Obj({}, {**_MENU, "initial_channel": _ID, "response_url_enabled": Flag()}),
    "multi_static_select": Obj(
        {}, {**_MULTI, **_OPTIONS, "initial_options": Many(OPTION, 100)}, either=_ONE_LIST, not_both=_ONE_LIST
    ),
    "multi_external_select": Obj(
        {}, {**_MULTI, "initial_options": Many(OPTION, 100), "min_query_length": Int(0, 3000)}
    ),
    "multi_users_select": Obj({}, {**_MULTI, "initial_users": Many(_ID, 100, 0)}),
    "multi_conversations_select": Obj(
        {},
        {
            **_MULTI,
            "initial_conversations": Many(_ID, 100, 0),
            "default_to_current_conversation": Flag(),
            "filter": FILTER,
        },
    ),
    "multi_channels_select": Obj({}, {**_MULTI, "initial_channels": Many(_ID, 100, 0)}),
}
_CHOICES: dict[str, Spec] = {**_TOUCH, "confirm": CONFIRM, "focus_on_load": Flag()}
CHOICES: dict[str, Spec] = {
    "radio_buttons": Obj({"options": Many(OPTION, 10)}, {**_CHOICES, "initial_option": OPTION}),
    "checkboxes": Obj({"options": Many(OPTION, 10)}, {**_CHOICES, "initial_options": Many(OPTION, 10)}),
}
PICKERS: dict[str, Spec] = {
    "datepicker": Obj({}, {**_MENU, "initial_date": Str(10)}),
    "timepicker": Obj({}, {**_MENU, "initial_time": Str(5), "timezone": Str(100)}),
    "datetimepicker": Obj({}, {**_CHOICES, "initial_date_time": Int(0, 9_999_999_999)}),
}
INPUTS: dict[str, Spec] = {
    "plain_text_input": Obj(
        {},
        {
            **_TYPED_IN,
            "initial_value": Str(3000),
            "multiline": Flag(),
            "min_length": Int(0, 3000),
            "max_length": Int(1, 3000),
        },
    ),
    "number_input": Obj(
        {"is_decimal_allowed": Flag()},
        {**_TYPED_IN, "initial_value": Str(100), "min_value": Str(100), "max_value": Str(100)},
    ),
    "email_text_input": Obj({}, {**_TYPED_IN, "initial_value": Str(3000)}),
    "url_text_input": Obj({}, {**_TYPED_IN, "initial_value": Str(3000)}),
    "rich_text_input": Obj(
        {},
        {**_TYPED_IN, "initial_value": Opaque(), "min_lines": Int(1, 100), "max_lines": Int(1, 100)},
    ),
    "file_input": Obj({}, {**_TOUCH, "filetypes": Many(Str(20), 100), "max_files": Int(1, 10)}),
}
OVERFLOW = Obj({"options": Many(OVERFLOW_OPTION, 5)}, {**_TOUCH, "confirm": CONFIRM})
WORKFLOW_BUTTON = Obj(
    {"text": plain(75), "workflow": Opaque()},
    {**_TOUCH, "style": STYLE, "confirm": CONFIRM, "accessibility_label": Str(75)},
)

IN_ACTIONS = Typed(
    {
        "button": BUTTON,
        "overflow": OVERFLOW,
        "workflow_button": WORKFLOW_BUTTON,
        **SELECTS,
        **CHOICES,
        **PICKERS,
        "rich_text_input": INPUTS["rich_text_input"],
    }
)
AS_ACCESSORY = Typed(
    {
        "button": BUTTON,
        "image": IMAGE_ELEMENT,
        "overflow": OVERFLOW,
        "workflow_button": WORKFLOW_BUTTON,
        **SELECTS,
        **CHOICES,
        **PICKERS,
    }
)
IN_INPUT = Typed({**SELECTS, **CHOICES, **PICKERS, **INPUTS})
