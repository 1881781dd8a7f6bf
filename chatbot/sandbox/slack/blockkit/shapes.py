"""Every block and element that an app may send, with its keys and limits.

Sources, agreeing unless a line says otherwise: @slack/types 3.2.0 (keys, enums; its comments for lengths),
slack_sdk.models 3.47 (lengths), docs.slack.dev/reference/block-kit, slackblocks 3.0 `_limits.py`, and
TightknitAI's JSON Schema (one table, surfaces).
"""

from chatbot.sandbox.slack.blockkit.specs import Flag, Int, Many, Obj, Opaque, Spec, Str, Typed

# -- composition objects: docs.slack.dev/reference/block-kit/composition-objects --------------------


def _text(most: int, *kinds: str, least: int = 1) -> Typed:
    plain = Obj({"text": Str(most, least)}, {"emoji": Flag()})
    mrkdwn = Obj({"text": Str(most, least)}, {"verbatim": Flag()})
    return Typed({kind: plain if kind == "plain_text" else mrkdwn for kind in kinds})


def plain(most: int) -> Typed:
    return _text(most, "plain_text")


def either_text(most: int) -> Typed:
    return _text(most, "plain_text", "mrkdwn")


STYLE = Str(10, among=("primary", "danger"))
URL = Str(3000, 1)
ACTION_ID = Str(255, 1)
CONFIRM = Obj(
    {"title": plain(100), "text": either_text(300), "confirm": plain(30), "deny": plain(30)}, {"style": STYLE}
)
# An option's value: 150 in slack_sdk, slackblocks and TightknitAI; the comment in @slack/types says 75.
OPTION = Obj({"text": either_text(75), "value": Str(150)}, {"description": either_text(75)})
OVERFLOW_OPTION = Obj({"text": plain(75), "value": Str(150)}, {"description": plain(75), "url": URL})
OPTION_GROUP = Obj({"label": plain(75), "options": Many(OPTION, 100)})
SUGGESTIONS = Obj(
    {},
    {"options": Many(OPTION, 100, 0), "option_groups": Many(OPTION_GROUP, 100, 0)},
    either=(("options", "option_groups"),),
    not_both=(("options", "option_groups"),),
)
DISPATCH = Obj(
    {}, {"trigger_actions_on": Many(Str(30, among=("on_enter_pressed", "on_character_entered")), 2)}
)
FILTER = Obj(
    {},
    {
        "include": Many(Str(10, among=("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    },
)
SLACK_FILE = Obj({}, {"id": Str(255), "url": URL}, either=(("id", "url"),))

# -- elements: docs.slack.dev/reference/block-kit/block-elements ------------------------------------

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
    "rich_text_input": Obj({}, {**_TYPED_IN, "initial_value": Opaque()}),
    "file_input": Obj({}, {**_TOUCH, "filetypes": Many(Str(20), 100), "max_files": Int(1, 10)}),
}
OVERFLOW = Obj({"options": Many(OVERFLOW_OPTION, 5)}, {**_TOUCH, "confirm": CONFIRM})
WORKFLOW_BUTTON = Obj(
    {"text": plain(75), "workflow": Opaque()}, {**_TOUCH, "style": STYLE, "accessibility_label": Str(75)}
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

# -- blocks: docs.slack.dev/reference/block-kit/blocks ----------------------------------------------

_RICH = Typed(
    {
        "rich_text_section": Obj({"elements": Many(Opaque(), 3000, 0)}),
        "rich_text_list": Obj(
            {"elements": Many(Opaque(), 3000, 0), "style": Str(10, among=("bullet", "ordered"))},
            {"indent": Int(0, 8), "border": Int(0, 1), "offset": Int(0, 100_000)},
        ),
        "rich_text_preformatted": Obj(
            {"elements": Many(Opaque(), 3000, 0)}, {"border": Int(0, 1), "language": Str(100)}
        ),
        "rich_text_quote": Obj({"elements": Many(Opaque(), 3000, 0)}, {"border": Int(0, 1)}),
    }
)
_BLOCK_ID: dict[str, Spec] = {"block_id": Str(255, 1)}
RICH_TEXT = Obj({"elements": Many(_RICH, 1000, 0)}, _BLOCK_ID)
_CELL = Typed({"raw_text": Obj({"text": Str(3000)}), "rich_text": RICH_TEXT, "raw_number": Opaque()})
_SOURCE = Obj({"type": Str(10), "url": URL, "text": Str(3000)})

_PLAIN_BLOCKS: dict[str, Spec] = {
    "actions": Obj({"elements": Many(IN_ACTIONS, 25)}, _BLOCK_ID),
    "alert": Obj(
        {"text": either_text(200)},
        {**_BLOCK_ID, "level": Str(10, among=("default", "info", "warning", "error", "success"))},
    ),
    "context": Obj(
        {"elements": Many(Typed({**either_text(3000).kinds, "image": IMAGE_ELEMENT}), 10)}, _BLOCK_ID
    ),
    "context_actions": Obj(
        {"elements": Many(Typed({"feedback_buttons": Opaque(), "icon_button": Opaque()}), 5)}, _BLOCK_ID
    ),
    "divider": Obj({}, _BLOCK_ID),
    "file": Obj({"external_id": Str(255), "source": Str(20, among=("remote",))}, _BLOCK_ID),
    "header": Obj({"text": plain(150)}, {**_BLOCK_ID, "level": Int(1, 6)}),
    "image": Obj(
        {"alt_text": Str(2000, 1)},
        {**_BLOCK_ID, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        either=(("image_url", "slack_file"),),
        not_both=(("image_url", "slack_file"),),
    ),
    "input": Obj(
        {"label": plain(2000), "element": IN_INPUT},
        {**_BLOCK_ID, "hint": plain(2000), "optional": Flag(), "dispatch_action": Flag()},
    ),
    "markdown": Obj({"text": Str(12_000, 1)}, _BLOCK_ID),
    "rich_text": RICH_TEXT,
    "section": Obj(
        {},
        {
            **_BLOCK_ID,
            "text": either_text(3000),
            "fields": Many(either_text(2000), 10),
            "accessory": AS_ACCESSORY,
            "expand": Flag(),
        },
        either=(("text", "fields"),),
    ),
    "table": Obj(
        {"rows": Many(Many(_CELL, 20), 100)}, {**_BLOCK_ID, "column_settings": Many(Opaque(), 20, 0)}
    ),
    # 101 rows with the header per the docs page; slackblocks and slack-morphism say 201.
    "data_table": Obj(
        {"caption": Str(2000, 1), "rows": Many(Many(_CELL, 20), 101, 2)},
        {**_BLOCK_ID, "page_size": Int(1, 100), "row_header_column_index": Int(0, 19)},
    ),
    "data_visualization": Obj({}, {**_BLOCK_ID, "title": Str(50), "chart": Opaque()}),
    "plan": Obj({"title": Str(3000, 1)}, {**_BLOCK_ID, "tasks": Many(Opaque(), 50, 0)}),
    "task_card": Obj(
        {"task_id": Str(255, 1), "title": Str(3000, 1)},
        {
            **_BLOCK_ID,
            "status": Str(20, among=("pending", "in_progress", "complete", "error")),
            "details": RICH_TEXT,
            "output": RICH_TEXT,
            "sources": Many(_SOURCE, 100, 0),
        },
    ),
    "video": Obj(
        {"alt_text": Str(2000, 1), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
        {
            **_BLOCK_ID,
            "author_name": Str(49),
            "description": plain(2000),
            "provider_icon_url": URL,
            "provider_name": Str(255),
            "title_url": URL,
        },
    ),
}
CARD = Obj(
    {},
    {
        **_BLOCK_ID,
        "title": either_text(150),
        "subtitle": either_text(150),
        "subtext": either_text(200),
        "body": either_text(200),
        "icon": IMAGE_ELEMENT,
        "slack_icon": Opaque(),
        "hero_image": IMAGE_ELEMENT,
        "actions": Many(Typed({"button": BUTTON}), 3),
    },
    either=(("hero_image", "title", "actions", "body"),),
)
CONTAINER = Obj(
    {"child_blocks": Many(Typed(_PLAIN_BLOCKS), 10)},
    {
        **_BLOCK_ID,
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": either_text(150),
        "icon": Opaque(),
        "width": Str(10, among=("narrow", "standard", "wide", "full")),
        "is_collapsible": Flag(),
        "is_collapsed": Flag(),
        "default_collapsed": Flag(),
    },
    either=(("title", "rich_text_title"),),
)
BLOCK = Typed(
    {
        **_PLAIN_BLOCKS,
        "card": CARD,
        "carousel": Obj({"elements": Many(Typed({"card": CARD}), 10)}, _BLOCK_ID),
        "container": CONTAINER,
    }
)

# -- surfaces ---------------------------------------------------------------------------------------

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
_SAFE = frozenset(
    {"actions", "context", "divider", "header", "image", "input", "rich_text", "section", "video"}
)
SURFACES = {
    # alert: modals only (node-slack-sdk#2567); file: apps cannot send one (docs, file block).
    "message": frozenset(BLOCK.kinds) - {"alert", "file"},
    # card in modals: slackblocks allows it, TightknitAI reports it refused live. Refused here.
    "modal": _SAFE | {"alert"},
    # data_table, table and data_visualization on Home: slackblocks allows them, TightknitAI does not.
    "home": _SAFE | {"card", "carousel", "container"},
}
_VIEW: dict[str, Spec] = {
    "private_metadata": Str(3000),
    "callback_id": Str(255),
    "external_id": Str(255),
    "clear_on_close": Flag(),
    "notify_on_close": Flag(),
}
_MANY_BLOCKS = Many(BLOCK, 100, 0)
MODAL = Obj(
    {"title": plain(24), "blocks": _MANY_BLOCKS},
    {**_VIEW, "submit": plain(24), "close": plain(24), "submit_disabled": Flag()},
)
# clear_on_close and notify_on_close mean nothing on Home, yet slack_sdk.models sends them: let through.
HOME = Obj({"blocks": _MANY_BLOCKS}, _VIEW)
VIEW = Typed({"modal": MODAL, "home": HOME})
