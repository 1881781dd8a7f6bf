"""What nobody else answers: buttons of an older version."""

import re

from slack_bolt.async_app import AsyncApp

from chatbot.listeners.answering import Asked, Reply, click_at_once
from chatbot.listeners.bot import Bot
from chatbot.messages import failures


def register(app: AsyncApp, bot: Bot) -> None:
    click_at_once(app, bot, re.compile(".*", re.DOTALL), old_button)


async def old_button(_bot: Bot, _asked: Asked) -> Reply:
    return Reply(failures.word_old_button())
