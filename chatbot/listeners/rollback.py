"""`/rollback [project or deployment] [reason]`, its candidates, and the buttons that name one."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.planning import MAX_REASON, AlreadyCurrent
from chatbot.domain.references import Kind, Reference, parse_reference
from chatbot.domain.requests import UnknownDeployment, UnknownProject
from chatbot.listeners.answering import Asked, Reply, click_later, command
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.messages import actions, listings
from chatbot.messages.actions import any_number
from chatbot.messages.wording import plain


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/rollback", rollback)
    click_later(app, bot, any_number(actions.CANDIDATES), candidates_clicked)
    click_later(app, bot, any_number(actions.ROLL_BACK), rollback_clicked)


async def rollback(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    what, _, reason = asked.text.partition(" ")
    reason = plain(reason, MAX_REASON)
    if not what:
        projects = await bot.vercel.projects()
        if len(projects) != 1:
            return Reply(listings.which_project(projects))
        what = projects[0].name
    reference = parse_reference(what)
    if reference.kind is not Kind.ID:  # a project may be named like a branch, a commit or a domain
        try:
            return await _candidates(bot, reference.as_branch, reason)
        except UnknownProject:
            if reference.kind is Kind.BRANCH:
                raise
    try:
        return await offer(bot, asked, await bot.planner.rollback(reference, reason or None))
    except AlreadyCurrent as current:
        # A domain names what it serves: what people mean is to get away from that.
        return await _candidates(bot, current.project.id, reason)
    except UnknownDeployment:
        raise UnknownDeployment(reference) from None  # the nearest ones are for promoting


async def candidates_clicked(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    return await _candidates(bot, asked.value, "")


async def rollback_clicked(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    deployment_id, _, reason = asked.value.partition(" ")
    plan = await bot.planner.rollback(Reference(Kind.ID, deployment_id), plain(reason, MAX_REASON) or None)
    return await offer(bot, asked, plan)


async def _candidates(bot: Bot, project_name: str, reason: str) -> Reply:
    project, found = await bot.planner.candidates(project_name)
    return Reply(listings.candidates(project, found, bot.clock(), reason or None))
