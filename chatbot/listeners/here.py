"""The projects of a channel: those that it hears of by name. What is not named is meant to be one of them."""

import asyncio

from chatbot.domain.deployments import Project
from chatbot.errors import NotFound
from chatbot.listeners.bot import Bot

_ONE_BY_ONE = 10


async def projects_here(bot: Bot, channel: str) -> list[Project]:
    """By name; empty where a channel hears of none by name, or only of deleted ones."""
    ids = await bot.channels.projects(channel)
    if len(ids) > _ONE_BY_ONE:
        found = [project for project in await bot.vercel.projects() if project.id in set(ids)]
    else:
        found = [p for p in await asyncio.gather(*(_project(bot, each) for each in ids)) if p is not None]
    return sorted(found, key=lambda project: project.name)


async def _project(bot: Bot, project_id: str) -> Project | None:
    try:
        return await bot.vercel.project(project_id)
    except NotFound:
        return None
