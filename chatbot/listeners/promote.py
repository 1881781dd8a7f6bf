"""`/promote X`, and the buttons that name a deployment to promote."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.references import Kind, NothingNamed, Reference, parse_reference
from chatbot.listeners.answering import Asked, Reply, click_later, command
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.listeners.picking import pick
from chatbot.messages import actions
from chatbot.messages.actions import any_number


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/promote", promote)
    click_later(app, bot, any_number(actions.PROMOTE), promote_clicked)


async def promote(bot: Bot, asked: Asked) -> Reply | None:
    await bot.directory.admit(asked.user)
    try:
        reference = parse_reference(asked.text)
    except NothingNamed:
        if not asked.trigger_id:
            raise  # a mention opens no dialog
        await pick(bot, asked)
        return None
    return await offer(bot, asked, await bot.planner.promotion(reference))


async def promote_clicked(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    plan = await bot.planner.promotion(Reference(Kind.ID, asked.value))
    return await offer(bot, asked, plan)
