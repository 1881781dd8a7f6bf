"""`/promotebot subscribe | unsubscribe | subscriptions`, the dialog, and what becomes of channels.

Whoever may write in a channel may say what it hears: that changes nothing in production. The channel is told.
"""

import asyncio
import re
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.models.blocks import Option

from chatbot.domain.subscribing import ALL, ClosedToBot, Heard, Hears, NothingHeard, parse_wish
from chatbot.listeners import requests
from chatbot.listeners.answering import (
    Asked,
    Reply,
    click_later,
    note,
    open_dialog,
    sentence,
    work_and_answer,
)
from chatbot.listeners.bot import Bot
from chatbot.listeners.picking import PATIENCE, complain, late, search
from chatbot.messages import Message, actions, picker
from chatbot.messages import subscriptions as words
from chatbot.messages.actions import any_number
from chatbot.services.announcer import SlackTrouble, is_closed

_PROJECT_ID = re.compile(r"[A-Za-z0-9_]{1,64}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,30}")
_EVERYTHING = (ALL, ALL)
_USUAL = frozenset({Hears.CURRENT})


def register(app: AsyncApp, bot: Bot) -> None:
    async def submitted(args: AsyncArgs) -> None:
        submission = requests.read(requests.Submission, args.body)
        await args.ack(**({} if submission is None else await _submitted(bot, submission)))

    click_later(app, bot, any_number(actions.SUBSCRIPTIONS), page_turned)
    click_later(app, bot, any_number(actions.SUBSCRIBE_MORE), more_clicked)
    search(app, bot, actions.SUBSCRIBE_PROJECTS, _projects, for_all=True)
    app.view(actions.SUBSCRIBE)(submitted)


async def subscribe(bot: Bot, asked: Asked) -> Reply | None:
    wish = parse_wish(asked.text)
    if not wish.names:
        await _ask(bot, asked, wish.kinds)
        return None
    projects = await asyncio.gather(*(_found(bot, name) for name in wish.names))
    now = await bot.channels.subscribe(asked.channel, projects, wish.kinds or _USUAL, asked.actor)
    return await _tell(bot, asked, words.changed(asked.actor, "subscribed", _names(projects), now), now)


async def unsubscribe(bot: Bot, asked: Asked) -> Reply | None:
    wish = parse_wish(asked.text)
    if not wish.names:
        return Reply(words.usage())
    heard, _ = await bot.channels.heard(asked.channel)
    projects = [_heard_as(name, heard) for name in wish.names]
    kinds = wish.kinds or frozenset(Hears)
    ids = {id_ for id_, _ in projects}
    if not any(each.kinds & kinds for each in heard if each.project_id in ids):
        return Reply(words.not_heard(_names(projects), kinds))
    now = await bot.channels.unsubscribe(asked.channel, projects, kinds, asked.actor)
    told = words.changed(asked.actor, "unsubscribed", _names(projects), now, wish.kinds)
    return await _tell(bot, asked, told, now)


async def subscriptions(bot: Bot, asked: Asked) -> Reply:
    heard, closed = await bot.channels.heard(asked.channel)
    return Reply(words.listing(heard, 0, closed=closed))


async def page_turned(bot: Bot, asked: Asked) -> Reply:
    heard, closed = await bot.channels.heard(asked.channel)
    page = int(asked.value) if re.fullmatch(r"\d{1,4}", asked.value) else 0
    return Reply(words.listing(heard, page, closed=closed), replace=True)


async def more_clicked(bot: Bot, asked: Asked) -> None:
    await _ask(bot, asked)


async def _ask(bot: Bot, asked: Asked, kinds: frozenset[Hears] = frozenset()) -> None:
    heard, _ = await bot.channels.heard(asked.channel)
    await open_dialog(bot, asked, words.dialog(asked.channel, heard, kinds or _USUAL))


async def _projects(bot: Bot, typed: requests.Search) -> list[Option]:
    text = typed.value.strip()
    return words.options(await bot.vercel.projects_named("" if text == ALL else text), text)


async def _submitted(bot: Bot, submission: requests.Submission) -> dict[str, Any]:
    """How the dialog goes on, as the acknowledgement has it; nothing closes it."""
    user, channel = submission.user.id, submission.view.private_metadata
    chosen = submission.picked.get(words.PROJECTS, [])
    kinds = frozenset(kind for kind in Hears if kind in submission.picked.get(words.KINDS, []))
    if not chosen or not all(each == ALL or _PROJECT_ID.fullmatch(each) for each in chosen):
        return complain(words.PROJECTS, "Choose projects from the list.")
    if not kinds:
        return complain(words.KINDS, "Choose at least one.")
    asked = Asked(
        "promotebot.subscribe", user, channel if _CHANNEL.fullmatch(channel) else user, respond=None
    )
    try:
        async with asyncio.timeout(PATIENCE):
            projects = await asyncio.gather(*(_found(bot, each) for each in chosen))
        heard = await bot.channels.subscribe(asked.channel, projects, kinds, asked.actor)
    except Exception as error:  # noqa: BLE001 - as in answering.py
        await note(bot, asked, error)
        return complain(words.PROJECTS, picker.complaint(sentence(bot, asked, late(error)).message))
    message = words.changed(asked.actor, "subscribed", _names(projects), heard)

    async def tell(bot: Bot, asked: Asked) -> Reply | None:
        return await _tell(bot, asked, message, heard)

    bot.tasks.start(work_and_answer(bot, asked, tell), asked.what)
    return {}


async def _found(bot: Bot, name: str) -> tuple[str, str]:
    """Its id and name. Raises UnknownProject."""
    if name == ALL:
        return _EVERYTHING
    project = await bot.planner.project(name)
    return project.id, project.name


def _heard_as(name: str, heard: list[Heard]) -> tuple[str, str]:
    """What is heard by that name or id; it need not be there any more. Raises NothingHeard."""
    for each in heard:
        if name in {each.project_id, each.project_name}:
            return each.project_id, each.project_name
    raise NothingHeard(name, through_all=any(each.is_all for each in heard))


async def _tell(bot: Bot, asked: Asked, message: Message, heard: list[Heard]) -> Reply | None:
    """Everybody in the channel sees what it hears from now on. That shows as well whether the bot can post."""
    try:
        await bot.announcer.post(asked.channel, message, key=str(uuid4()))
    except SlackTrouble as error:
        if not is_closed(error):
            return Reply(words.not_told(message))
        if asked.channel.startswith("D"):
            everything = [(each.project_id, each.project_name) for each in heard]
            await bot.channels.unsubscribe(asked.channel, everything, frozenset(Hears), asked.actor)
            raise ClosedToBot from error
        await bot.channels.close(asked.channel, "not_in_channel", said=True)
        return Reply(words.waits_for_invitation(heard))
    await bot.channels.reopen(asked.channel)
    return None


def _names(projects: list[tuple[str, str]]) -> list[str]:
    return [name for _, name in projects]
