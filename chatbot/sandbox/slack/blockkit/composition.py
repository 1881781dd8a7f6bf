"""Composition objects: texts, confirms, options (docs.slack.dev/reference/block-kit/composition-objects)."""

from chatbot.sandbox.slack.blockkit.specs import Flag, Many, Obj, Str, Typed


def text(most: int, *kinds: str, least: int = 1) -> Typed:
    plain = Obj({"text": Str(most, least)}, {"emoji": Flag()})
    mrkdwn = Obj({"text": Str(most, least)}, {"verbatim": Flag()})
    return Typed({kind: plain if kind == "plain_text" else mrkdwn for kind in kinds})


def plain(most: int) -> Typed:
    return text(most, "plain_text")


def either_text(most: int) -> Typed:
    return text(most, "plain_text", "mrkdwn")


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
