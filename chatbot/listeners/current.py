"""`/current [project]`: what the production domains serve now."""

from slack_bolt.async_app import AsyncApp

from chatbot.listeners.answering import Asked, Reply, command
from chatbot.listeners.bot import Bot
from chatbot.messages import listings


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/current", current)


async def current(bot: Bot, asked: Asked) -> Reply:
    if not asked.text:
        return Reply(listings.current_of_all(await bot.vercel.projects(), bot.clock()))
    project = await bot.planner.project(asked.text)
    domains = await bot.vercel.domains(project.id)
    return Reply(listings.current_of_one(project, domains, bot.clock()))
