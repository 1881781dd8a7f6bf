"""*Keep 4 h more* at production that is pinned: nobody is reminded of it for that long, and all see who wants that."""

from slack_bolt.async_app import AsyncApp

from chatbot.listeners.answering import Asked, click_at_once
from chatbot.listeners.bot import Bot
from chatbot.messages import actions
from chatbot.messages.actions import any_number


def register(app: AsyncApp, bot: Bot) -> None:
    click_at_once(app, bot, any_number(actions.KEEP_PINNED), keep)


async def keep(bot: Bot, asked: Asked) -> None:
    """The message itself says that it is kept."""
    await bot.directory.admit(asked.user)
    await bot.reminding.keep(asked.value, actor=asked.actor, channel=asked.channel)
