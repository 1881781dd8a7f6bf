"""App Home: opened, searched, turned over, refreshed. Its buttons about a project are those of messages."""

import re

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.domain.homes import MAX_SEARCH
from chatbot.domain.requests import ButtonUnknown
from chatbot.listeners import requests
from chatbot.listeners.answering import Asked, click_later, open_dialog
from chatbot.listeners.bot import Bot
from chatbot.messages import actions, picker
from chatbot.messages.actions import any_number
from chatbot.messages.wording import plain

_PROJECT = re.compile(r"[A-Za-z0-9_-]{1,100}")
_NUMBER = re.compile(r"[0-9]{1,4}")


def register(app: AsyncApp, bot: Bot) -> None:
    async def opened(args: AsyncArgs) -> None:
        event = requests.read(requests.HomeOpened, args.event)
        if event is not None and event.tab == "home":
            bot.tasks.start(bot.homes.open(event.user), "App Home")

    app.event("app_home_opened")(opened)
    click_later(app, bot, any_number(actions.HOME_SEARCH), search)
    click_later(app, bot, any_number(actions.HOME_ALL), show_all)
    click_later(app, bot, any_number(actions.HOME_PAGE), turn)
    click_later(app, bot, any_number(actions.HOME_REFRESH), refresh)
    click_later(app, bot, any_number(actions.HOME_PROMOTE), promote)


async def search(bot: Bot, asked: Asked) -> None:
    await bot.homes.open(asked.user, search=plain(asked.value, MAX_SEARCH), page=0)


async def show_all(bot: Bot, asked: Asked) -> None:
    await bot.homes.open(asked.user, search="", page=0)


async def turn(bot: Bot, asked: Asked) -> None:
    if _NUMBER.fullmatch(asked.value) is None:
        raise ButtonUnknown
    await bot.homes.open(asked.user, page=int(asked.value))


async def refresh(bot: Bot, asked: Asked) -> None:
    await bot.homes.open(asked.user)


async def promote(bot: Bot, asked: Asked) -> None:
    """The dialog behind `/promote`, with the project chosen. Its card comes as a direct message."""
    await bot.directory.admit(asked.user)
    project_id, _, name = asked.value.partition(" ")
    if _PROJECT.fullmatch(project_id) is None:
        raise ButtonUnknown
    await open_dialog(bot, asked, picker.dialog(asked.user, project_id, name or project_id))
