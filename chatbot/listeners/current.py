"""`/current [project]`: what the production domains serve now."""

import asyncio

from slack_bolt.async_app import AsyncApp

from chatbot.domain.candidates import resume_with
from chatbot.domain.deployments import Deployment, Project
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
    domains, resume, release = await asyncio.gather(
        bot.vercel.domains(project.id), _resume(bot, project), bot.planner.releases.under_way(project)
    )
    return Reply(listings.current_of_one(project, domains, bot.clock(), resume, release))


async def _resume(bot: Bot, project: Project) -> Deployment | None:
    return resume_with(project, await bot.planner.builds(project.id)) if project.pinned else None
