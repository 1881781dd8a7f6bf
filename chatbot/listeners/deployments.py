"""`/deployments [project]`: the newest ones, with the state of each and what can be done with it."""

import asyncio

from slack_bolt.async_app import AsyncApp

from chatbot.listeners.answering import Asked, Reply, command
from chatbot.listeners.bot import Bot
from chatbot.messages import listings


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/deployments", deployments)


async def deployments(bot: Bot, asked: Asked) -> Reply:
    if asked.text:
        project = await bot.planner.project(asked.text)
        projects = [project]
        found = await bot.vercel.deployments({"projectId": project.id}, limit=20)
    else:
        projects, found = await asyncio.gather(bot.vercel.projects(), bot.vercel.deployments(limit=20))
    current = {p.id: p.current.id if p.current else None for p in projects}
    return Reply(listings.newest(found, current, bot.clock()))
