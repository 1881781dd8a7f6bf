"""The one-click way back: a danger button with Slack's own dialog, and then no card."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.requests import ButtonUnknown
from chatbot.listeners.answering import Asked, Reply, click_later
from chatbot.listeners.bot import Bot
from chatbot.messages import actions, oneclick, waysback
from chatbot.messages.actions import any_number
from chatbot.services.operations.records import as_operation


def register(app: AsyncApp, bot: Bot) -> None:
    click_later(app, bot, any_number(actions.BACK), back)


async def back(bot: Bot, asked: Asked) -> Reply | None:
    """Who may is asked at the click, and so is what it would do: the button carries neither."""
    await bot.directory.admit(asked.user)
    pressed = oneclick.pressed(asked.value)
    if pressed is None:
        raise ButtonUnknown
    channel = await bot.ways_back.place(pressed.project_id, asked.channel)
    row = await bot.ways_back.take(
        pressed,
        actor=asked.actor,
        channel=channel,
        lease=bot.conductor.lease(),
        clicked=f"message {asked.message}" if asked.message else "App Home",
    )
    bot.conductor.take(row)
    if not asked.message:
        await bot.homes.open(asked.user)  # it says what is under way, and where
        return None
    elsewhere = channel if channel != asked.channel else None
    if not asked.is_ephemeral and elsewhere is None:
        return None
    return Reply(waysback.taken(as_operation(row), elsewhere), replace=asked.is_ephemeral)
