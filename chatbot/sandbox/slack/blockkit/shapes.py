"""Every block and view that an app may send, with its keys and limits, and which surface takes which block.

Sources, agreeing unless a line says otherwise: @slack/types 3.2.0 (keys, enums; its comments for lengths),
slack_sdk.models 3.47 (lengths), docs.slack.dev/reference/block-kit, slackblocks 3.0 `_limits.py`, and
TightknitAI's JSON Schema (one table, surfaces).
"""

from chatbot.sandbox.slack.blockkit.composition import SLACK_FILE, URL, either_text, plain
from chatbot.sandbox.slack.blockkit.controls import AS_ACCESSORY, BUTTON, IMAGE_ELEMENT, IN_ACTIONS, IN_INPUT
from chatbot.sandbox.slack.blockkit.specs import Flag, Int, Many, Obj, Opaque, Spec, Str, Typed

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
        {
            "task_id": Str(255, 1),
            "title": Str(3000, 1),
            "status": Str(20, among=("pending", "in_progress", "complete", "error")),
        },
        {
            **_BLOCK_ID,
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
        "body": either_text(200),
        "icon": IMAGE_ELEMENT,
        "hero_image": IMAGE_ELEMENT,
        "actions": Many(Typed({"button": BUTTON}), 3),
    },
    either=(("hero_image", "title", "actions", "body"),),
)
IN_CONTAINERS = (
    *("actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table"),
    "video",
)
CONTAINER = Obj(
    {"child_blocks": Many(Typed({kind: _PLAIN_BLOCKS[kind] for kind in IN_CONTAINERS}), 10)},
    {
        **_BLOCK_ID,
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": either_text(150),
        "icon": Opaque(),
        "width": Str(10, among=("narrow", "standard", "wide", "full")),
        "is_collapsible": Flag(),
        "has_header_divider": Flag(),
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
    {**_VIEW, "submit": plain(24), "close": plain(24)},
)
# clear_on_close and notify_on_close mean nothing on Home, yet slack_sdk.models sends them: let through.
HOME = Obj({"blocks": _MANY_BLOCKS}, _VIEW)
VIEW = Typed({"modal": MODAL, "home": HOME})
