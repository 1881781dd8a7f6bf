"""`/current [project | *]`: what the production domains serve now; of this channel's projects where none is named."""

import asyncio

from slack_bolt.async_app import AsyncApp

from chatbot.domain.candidates import resume_with
from chatbot.domain.deployments import Project
from chatbot.domain.subscribing import ALL
from chatbot.listeners.answering import Asked, Reply, command
from chatbot.listeners.bot import Bot
from chatbot.listeners.here import projects_here
from chatbot.messages import listings


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/current", current)


async def current(bot: Bot, asked: Asked) -> Reply:
    if asked.text == ALL:
        return await _all(bot, await bot.vercel.projects())
    if asked.text:
        return await _one(bot, await bot.planner.project(asked.text))
    here = await projects_here(bot, asked.channel)
    if len(here) == 1:
        return await _one(bot, here[0])
    return await _all(bot, here or await bot.vercel.projects(), of_channel=bool(here))


async def _all(bot: Bot, found: list[Project], *, of_channel: bool = False) -> Reply:
    projects = sorted(found, key=lambda project: project.name)
    shown = projects[: listings.SHOWN_PROJECTS]
    under_way = await asyncio.gather(*map(bot.planner.releases.under_way, shown))
    releases = {project.id: release for project, release in zip(shown, under_way, strict=True) if release}
    told = await bot.ways_back.told(project for project in shown if project.id not in releases)
    return Reply(listings.current_of_all(projects, bot.clock(), releases, told, of_channel=of_channel))


async def _one(bot: Bot, project: Project) -> Reply:
    domains, ways, release = await asyncio.gather(
        bot.vercel.domains(project.id), bot.ways_back.all(project), bot.planner.releases.under_way(project)
    )
    back = bot.ways_back.best_of(project, ways, domains, release)
    resume = resume_with(project, ways.builds)
    return Reply(listings.current_of_one(project, domains, bot.clock(), resume, release, back))
