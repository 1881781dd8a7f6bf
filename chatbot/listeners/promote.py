"""`/promote X`, and the buttons that name a deployment to promote."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.planning import Plan
from chatbot.domain.references import Kind, Reference, parse_reference
from chatbot.listeners.answering import Asked, Reply, click_later, command
from chatbot.listeners.bot import Bot
from chatbot.messages import actions, confirmation
from chatbot.messages.actions import any_number


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/promote", promote)
    click_later(app, bot, any_number(actions.PROMOTE), promote_clicked)


async def promote(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    plan = await bot.planner.promotion(parse_reference(asked.text))
    return await offer(bot, asked, plan)


async def promote_clicked(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    plan = await bot.planner.promotion(Reference(Kind.ID, asked.value))
    return await offer(bot, asked, plan)


async def offer(bot: Bot, asked: Asked, plan: Plan) -> Reply:
    """Keep the plan, and show it with its buttons."""
    kept = await bot.ledger.offer(plan, actor=asked.actor, channel=asked.channel, valid=bot.valid)
    return Reply(confirmation.card(plan, kept, now=bot.clock(), valid=bot.valid))
