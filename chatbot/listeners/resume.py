"""*Resume*: the promote that ends the pinning of production by a rollback."""

import asyncio

from slack_bolt.async_app import AsyncApp

from chatbot.domain.candidates import resume_with
from chatbot.domain.references import Kind, Reference
from chatbot.domain.requests import NothingToResumeWith, NotPinned
from chatbot.domain.undoing import was_off_before
from chatbot.listeners.answering import Asked, Reply, click_later
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.messages import actions
from chatbot.messages.actions import any_number


def register(app: AsyncApp, bot: Bot) -> None:
    click_later(app, bot, any_number(actions.RESUME), resume_clicked)


async def resume_clicked(bot: Bot, asked: Asked) -> Reply:
    """The button may be days old: what to resume with is what is newest now."""
    await bot.directory.admit(asked.user)
    project = await bot.planner.project(asked.value)
    if not project.pinned:
        raise NotPinned(project)
    builds, changes = await asyncio.gather(bot.planner.builds(project.id), bot.history.changes(project.id))
    found = resume_with(project, builds)
    if found is None:
        raise NothingToResumeWith(project)
    plan = await bot.planner.promotion(Reference(Kind.ID, found.id))
    return await offer(bot, asked, plan.keeping_off(was_off_before(changes, project)))
