"""`/promotebot VERB …`: the bot about itself, and what a channel hears. One line a verb, in `VERBS`."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from slack_bolt.async_app import AsyncApp

from chatbot.listeners.answering import Asked, Reply, Work, command
from chatbot.listeners.bot import Bot
from chatbot.listeners.mentioning import mention, merges
from chatbot.listeners.subscriptions import subscribe, subscriptions, unsubscribe
from chatbot.messages import about
from chatbot.services.entries import shown
from storage import audit

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|([UW][A-Z0-9]{7,})")
_AGO = re.compile(r"(\d{1,5})(min|h|d)")
_UNITS = {"min": "minutes", "h": "hours", "d": "days"}
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.IGNORECASE)


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/promotebot", promotebot)


async def promotebot(bot: Bot, asked: Asked) -> Reply | None:
    verb, *rest = asked.text.split(maxsplit=1) or ["help"]
    work = VERBS.get(verb.lower())
    if work is None:
        return Reply(about.unknown(verb))
    return await work(bot, replace(asked, text=" ".join(rest)))


async def _help(_bot: Bot, _asked: Asked) -> Reply:
    return Reply(about.help_text())


async def _whoami(bot: Bot, asked: Asked) -> Reply:
    return Reply(about.whoami(asked.user, await bot.directory.decide(asked.user)))


async def _audit(bot: Bot, asked: Asked) -> Reply:
    project: str | None = None
    actor: str | None = None
    since: datetime | None = None
    for word in asked.text.split():
        if found := _MENTION.fullmatch(word):
            actor = f"slack:{found[1] or found[2]}"
        elif moment := _moment(word, bot.clock()):
            since = moment
        elif project is None and _NAME.fullmatch(word):
            project = word
        else:
            return Reply(about.audit_usage(word))
    async with bot.database.read() as session:
        entries = await audit.newest(session, project=project, actor=actor, since=since, limit=20)
    return Reply(about.audit([shown(entry) for entry in entries]))


def _moment(word: str, now: datetime) -> datetime | None:
    try:
        if ago := _AGO.fullmatch(word):
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(word)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return max(_OLDEST, moment)


VERBS: dict[str, Work] = {
    "help": _help,
    "whoami": _whoami,
    "audit": _audit,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "subscriptions": subscriptions,
    "mention": mention,
    "merges": merges,
}
"""The first word, and what does it: it finds the words after it in `asked.text`. Help: messages/about.py."""
