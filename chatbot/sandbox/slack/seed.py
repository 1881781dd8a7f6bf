"""The people, groups and channels that a new workspace starts with."""

from chatbot.sandbox.slack.records import Channel, Group, Member

TEAM_ID = "T0ACME001"
TEAM_NAME = "Acme"
TEAM_DOMAIN = "acme"

ANA = "U0ANA0001"
BOB = "U0BOB0002"
CY = "U0CYR0003"
DEE = "U0DEE0004"
EVERYONE = (ANA, BOB, CY, DEE)

SLACKBOT = "USLACKBOT"
BOT_USER = "U0PROMBOT"
BOT_ID = "B0PROMBOT"
APP_ID = "A0PROMBOT"


def people(bot_name: str) -> list[Member]:
    return [
        Member(ANA, "ana", "Ana Duarte", is_admin=True),
        Member(BOB, "bob", "Bob Meyer"),
        Member(CY, "cy", "Cyrus Okafor"),
        Member(DEE, "dee", "Dee Lindqvist"),
        Member(BOT_USER, bot_name, bot_name, is_bot=True),
        Member(SLACKBOT, "slackbot", "Slackbot", is_bot=True),
    ]


def groups() -> list[Group]:
    return [Group("S0ONCALL1", "oncall", "On call", [DEE])]


def channels(created: int) -> list[Channel]:
    with_bot = [*EVERYONE, BOT_USER]
    return [
        Channel("C0DEPLOYS", "deploys", "What goes live, and when", members=[*with_bot], created=created),
        Channel("C0INCIDNT", "incidents", "Something is broken", members=[*with_bot], created=created),
        Channel("C0GENERAL", "general", "Company-wide", members=[*with_bot], created=created),
        Channel("C0SECRET1", "secret", "", is_private=True, members=[ANA, BOB], created=created),
        Channel("C0QUIET01", "quiet", "", members=[*EVERYONE], created=created),
    ]
