"""`/current [project]`: what the production domains serve now."""

import asyncio

from slack_bolt.async_app import AsyncApp

from chatbot.domain.candidates import resume_with
from chatbot.listeners.answering import Asked, Reply, command
from chatbot.listeners.bot import Bot
from chatbot.messages import listings


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/current", current)


async def current(bot: Bot, asked: Asked) -> Reply:
    if not asked.text:
        projects = sorted(await bot.vercel.projects(), key=lambda project: project.name)
        shown = projects[: listings.SHOWN_PROJECTS]
        found = await asyncio.gather(*map(bot.planner.releases.under_way, shown))
        releases = {project.id: release for project, release in zip(shown, found, strict=True) if release}
        return Reply(listings.current_of_all(projects, bot.clock(), releases))
    project = await bot.planner.project(asked.text)
    domains, ways, release = await asyncio.gather(
        bot.vercel.domains(project.id), bot.ways_back.all(project), bot.planner.releases.under_way(project)
    )
    back = bot.ways_back.best_of(project, ways, domains, release)
    resume = resume_with(project, ways.builds)
    return Reply(listings.current_of_one(project, domains, bot.clock(), resume, release, back))
