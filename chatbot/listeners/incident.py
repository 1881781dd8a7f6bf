"""`/incident [projects] [what is wrong]`, `/incident resolve | list | drill`, the dialog, and the card's buttons."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.domain.deployments import Project
from chatbot.domain.incidents import MAX_PROJECTS
from chatbot.domain.requests import ButtonUnknown, NoIncident
from chatbot.errors import NotFound
from chatbot.listeners import requests
from chatbot.listeners.answering import (
    Asked,
    Reply,
    click_at_once,
    click_later,
    command,
    note,
    open_dialog,
    sentence,
)
from chatbot.listeners.bot import Bot
from chatbot.listeners.drill import drill
from chatbot.listeners.picking import PATIENCE, complain, late
from chatbot.messages import actions, incidentdialog, incidentlist, incidentoffer, picker
from chatbot.messages.actions import any_number
from chatbot.messages.wording import plain
from chatbot.services.incidents.desk import MAX_WHAT
from storage import subscriptions

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,30}")


def register(app: AsyncApp, bot: Bot) -> None:
    async def submitted(args: AsyncArgs) -> None:
        submission = requests.read(requests.Submission, args.body)
        await args.ack(**({} if submission is None else await _submitted(bot, submission)))

    command(app, bot, "/incident", incident)
    click_later(app, bot, any_number(actions.OPEN_INCIDENT), open_clicked)
    click_at_once(app, bot, any_number(actions.RESOLVE_INCIDENT), resolve_clicked)
    app.view(actions.INCIDENT)(submitted)


async def incident(bot: Bot, asked: Asked) -> Reply | None:
    verb, _, rest = asked.text.partition(" ")
    match verb.lower():
        case "list":
            return await _list(bot)
        case "resolve":
            return await _resolve(bot, asked)
        case "drill":
            await drill(bot, asked, rest)
            return None
    await bot.directory.admit(asked.user)
    projects, what = await _named(bot, asked.text)
    projects = projects or await _of_channel(bot, asked.channel)
    if not projects:
        await open_dialog(bot, asked, incidentdialog.dialog(asked.channel, what))
        return None
    await _open(bot, asked, projects, what)
    return None


async def open_clicked(bot: Bot, asked: Asked) -> None:
    """What the bot has offered after an operation whose sites fell ill."""
    await bot.directory.admit(asked.user)
    operation = await bot.history.operation(asked.value)
    if operation is None:
        raise ButtonUnknown
    project = await bot.planner.project(operation.plan.project.id)
    await _open(bot, asked, [project], incidentoffer.what(operation))


async def resolve_clicked(bot: Bot, asked: Asked) -> None:
    await bot.directory.admit(asked.user)
    await _end(bot, asked, asked.value)


async def _open(bot: Bot, asked: Asked, projects: list[Project], what: str) -> None:
    channel = asked.channel or asked.user
    await bot.incidents.desk.open(projects, plain(what, MAX_WHAT), channel=channel, actor=asked.actor)
    bot.incidents.tender.wake()


async def _end(bot: Bot, asked: Asked, incident_id: str) -> None:
    done = await bot.incidents.desk.resolve(incident_id, actor=asked.actor, channel=asked.channel)
    if done is None:
        raise NoIncident
    bot.incidents.tender.wake()


async def _resolve(bot: Bot, asked: Asked) -> Reply | None:
    """The one of this channel; of several, one is asked for."""
    await bot.directory.admit(asked.user)
    found = await bot.incidents.desk.open_in(asked.channel)
    real = [row for row in found if not row.is_drill] or found
    if not real:
        raise NoIncident
    if len(real) == 1:
        await _end(bot, asked, real[0].id)
        return None
    return Reply(incidentlist.which([(await bot.incidents.desk.whole(row))[0] for row in real]))


async def _list(bot: Bot) -> Reply:
    open_ones, resolved = await bot.incidents.desk.listed()
    drills = await bot.incidents.drilling.done()
    return Reply(incidentlist.listing(open_ones, resolved, drills, bot.clock()))


async def _named(bot: Bot, text: str) -> tuple[list[Project], str]:
    """The words at the beginning that name projects, by commas or spaces, and the rest."""
    found: list[Project] = []
    words = text.replace(",", " , ").split()
    while words and len(found) <= MAX_PROJECTS:
        if words[0] != ",":
            project = await _project(bot, words[0])
            if project is None:
                break
            found.append(project)
        words.pop(0)
    return found, " ".join(words).replace(" , ", ", ")


async def _project(bot: Bot, word: str) -> Project | None:
    if not _NAME.fullmatch(word):
        return None
    try:
        return await bot.vercel.project(word)
    except NotFound:
        return None


async def _of_channel(bot: Bot, channel: str) -> list[Project]:
    """Those that it has subscribed to by name; all projects are too many."""
    async with bot.database.read() as session:
        heard = await subscriptions.of_channel(session, channel)
    ids = [row.project_id for row in heard if row.project_id != subscriptions.ALL]
    if len(ids) > MAX_PROJECTS:
        return []
    found = await asyncio.gather(*(_project(bot, each) for each in ids))
    return [project for project in found if project is not None]


async def _submitted(bot: Bot, submission: requests.Submission) -> dict[str, Any]:
    place, user = submission.view.private_metadata, submission.user.id
    ids = submission.picked.get(incidentdialog.PROJECTS, [])
    if not ids or not all(map(_NAME.fullmatch, ids)):
        return complain(incidentdialog.PROJECTS, "Choose at least one project.")
    # Where it was typed says where the card goes, never what may be done: that is asked again.
    asked = Asked("incident", user, place if _CHANNEL.fullmatch(place) else user, respond=None)
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.directory.admit(user)
            found = await asyncio.gather(*map(bot.vercel.project, dict.fromkeys(ids)))
            await _open(bot, asked, list(found), submission.typed.get(incidentdialog.WHAT, ""))
    except Exception as error:  # noqa: BLE001 - as in answering.py
        await note(bot, asked, error)
        return complain(incidentdialog.PROJECTS, picker.complaint(sentence(bot, asked, late(error)).message))
    return {}
