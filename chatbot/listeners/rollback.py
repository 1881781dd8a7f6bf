"""`/rollback [project or deployment] [reason]` and `/rollback undo [project] [reason]`: the candidates, the way back
from the last change, and the buttons that name them.
"""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from chatbot.domain.candidates import resume_with
from chatbot.domain.planning import (
    AlreadyCurrent,
)
from chatbot.domain.plans import (
    MAX_REASON,
    Path,
)
from chatbot.domain.references import Kind, Reference, parse_reference
from chatbot.domain.requests import NothingToRollBackTo, UnknownDeployment, UnknownProject
from chatbot.domain.serving import last_served
from chatbot.domain.undoing import undo_of_last
from chatbot.listeners.answering import Asked, Reply, click_later, command
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.listeners.here import projects_here
from chatbot.messages import actions, listings
from chatbot.messages.actions import any_number
from chatbot.messages.wording import plain

UNDO = "undo"
"""A verb here. A project of that name is reached by its id, by a domain, or by a deployment of it."""


def register(app: AsyncApp, bot: Bot) -> None:
    command(app, bot, "/rollback", rollback)
    click_later(app, bot, any_number(actions.CANDIDATES), candidates_clicked)
    click_later(app, bot, any_number(actions.ROLL_BACK), rollback_clicked)
    click_later(app, bot, any_number(actions.UNDO_LAST), undo_clicked)


async def rollback(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    what, _, rest = asked.text.partition(" ")
    undoes = what.lower() == UNDO
    if undoes:
        what, _, rest = rest.strip().partition(" ")
    reason = plain(rest, MAX_REASON)
    if not what:
        here = await projects_here(bot, asked.channel)
        projects = here or await bot.vercel.projects()
        if len(projects) != 1:
            return Reply(listings.which_project(projects, undo=undoes, of_channel=bool(here)))
        what = projects[0].id
        return await (_undo(bot, asked, what, reason) if undoes else _candidates(bot, what, reason))
    if undoes:
        return await _undo(bot, asked, what, reason)
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


async def undo_clicked(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    return await _undo(bot, asked, asked.value, "")


async def _undo(bot: Bot, asked: Asked, project_name: str, reason: str) -> Reply:
    """The inverse of the bot's last change, planned on production as it is now."""
    project = await bot.planner.project(project_name)
    inverse = undo_of_last(await bot.history.changes(project.id), project)
    target = Reference(Kind.ID, inverse.target.id)
    if inverse.path is Path.ABORT and inverse.release and inverse.release.canary_id:
        return await offer(
            bot,
            asked,
            await bot.planner.step(Path.ABORT, project.id, inverse.release.canary_id, reason or None),
        )
    if inverse.path is Path.ROLLBACK:
        return await offer(bot, asked, await bot.planner.rollback(target, reason or None))
    plan = (await bot.planner.promotion(target)).keeping_off(inverse.keep_off)
    return await offer(bot, asked, replace(plan, reason=reason or None))


async def _candidates(bot: Bot, project_name: str, reason: str) -> Reply:
    project = await bot.planner.project(project_name)
    ways = await bot.ways_back.all(project)
    found = ways.found
    if not found:
        raise NothingToRollBackTo(project)
    served = last_served(ways.times, project.current.id if project.current else None)
    resume = resume_with(project, ways.builds)
    return Reply(
        listings.candidates(project, found, served, bot.clock(), reason=reason or None, resume=resume)
    )
