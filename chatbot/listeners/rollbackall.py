"""*Roll back all* on an incident's card: one dialog with every domain, then an operation for each project."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.domain.requests import NoIncident
from chatbot.domain.waysback import Pressed, WayBack
from chatbot.listeners import requests
from chatbot.listeners.answering import Asked, click_later, deliver, note, open_dialog, sentence
from chatbot.listeners.bot import Bot
from chatbot.listeners.picking import PATIENCE, late
from chatbot.messages import actions, incidentall
from chatbot.messages.actions import any_number
from chatbot.messages.incidentall import Result
from chatbot.services.announcer import Posted
from storage.models import Incident, IncidentProject

_DIGITS = 16


def register(app: AsyncApp, bot: Bot) -> None:
    async def submitted(args: AsyncArgs) -> None:
        submission = requests.read(requests.Submission, args.body)
        await args.ack(**({} if submission is None else await _submitted(bot, submission)))

    click_later(app, bot, any_number(actions.ROLL_BACK_ALL), clicked)
    app.view(actions.ALL_BACK)(submitted)


async def clicked(bot: Bot, asked: Asked) -> None:
    """Opened at once, and filled when every project has been read."""
    view_id = await open_dialog(bot, asked, incidentall.looking())
    try:
        await bot.directory.admit(asked.user)
        row, projects = await _of(bot, asked.value)
        ways = await bot.incidents.sight.first_ways(projects)
    except Exception as error:  # noqa: BLE001 - as in answering.py
        await note(bot, asked, error)
        view = incidentall.refused(sentence(bot, asked, error).message)
    else:
        shown = [(named.project_name, *way) for named, way in zip(projects, ways, strict=True)]
        view = incidentall.question(shown, json.dumps([row.id, [_digest(way) for _, way in ways]]))
    await bot.slack.views_update(view_id=view_id, view=view)


async def _submitted(bot: Bot, submission: requests.Submission) -> dict[str, Any]:
    """Who may is asked before it is acknowledged; the rest goes on after."""
    user = submission.user.id
    asked = Asked("incident.all_back", user, user, respond=None)
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.directory.admit(user)
            incident_id, shown = _carried(submission.view.private_metadata)
            row, projects = await _of(bot, incident_id)
    except Exception as error:  # noqa: BLE001 - as in answering.py
        await note(bot, asked, error)
        why = incidentall.refused(sentence(bot, asked, late(error)).message)
        return {"response_action": "update", "view": why.to_dict()}
    bot.tasks.start(_all_back(bot, asked, row, projects, shown), "roll back all")
    return {}


async def _all_back(
    bot: Bot, asked: Asked, row: Incident, projects: Sequence[IncidentProject], shown: Sequence[str]
) -> None:
    """One after the other, in the order that they were named in; what fails for one is said, and the next comes."""
    try:
        ways = await bot.incidents.sight.first_ways(projects)
    except Exception as error:  # noqa: BLE001 - as in answering.py: nothing was requested, and that is said
        await note(bot, asked, error)
        await deliver(bot, replace(asked, channel=row.channel), sentence(bot, asked, error))
        return
    found = [
        await _one_back(bot, asked, row, named.project_name, way, was)
        if project is not None
        else Result(named.project_name, why_not=incidentall.unreadable())
        for named, (project, way), was in zip(projects, ways, shown, strict=True)
        if was
    ]
    if row.ts is not None:
        card = Posted(row.channel, row.ts)
        told = incidentall.results(asked.actor, found)
        await bot.announcer.post(card.channel, told, key=str(uuid4()), thread=card.ts, broadcast=False)


async def _one_back(
    bot: Bot, asked: Asked, row: Incident, name: str, way: WayBack | None, was: str
) -> Result:
    """`was` is the digest of what the dialog said of it."""
    if way is None or _digest(way) != was:
        return Result(name, why_not=incidentall.another_by_now())
    try:
        made = await bot.ways_back.take(
            Pressed(way.project_id, way.target.id, way.from_id, way.bound),
            actor=asked.actor,
            channel=row.channel,
            lease=bot.conductor.lease(),
            clicked=f"incident {row.id}",
        )
    except Exception as error:  # noqa: BLE001 - the others go on; it is said
        await note(bot, asked, error)
        return Result(name, why_not=sentence(bot, asked, error).message)
    bot.conductor.take(made)
    return Result(name, way)


async def _of(bot: Bot, incident_id: str) -> tuple[Incident, list[IncidentProject]]:
    """Raises NoIncident where it is not open."""
    row = await bot.incidents.desk.get(incident_id)
    if row is None or row.resolved_at is not None or row.is_drill:
        raise NoIncident
    return row, (await bot.incidents.desk.whole(row))[2]


def _digest(way: WayBack | None) -> str:
    """So short that those of twenty projects fit into a dialog's metadata."""
    if way is None:
        return ""
    return sha256(f"{way.target.id} {way.from_id} {way.bound}".encode()).hexdigest()[:_DIGITS]


def _carried(metadata: str) -> tuple[str, list[str]]:
    """Raises NoIncident for what is none of ours."""
    try:
        incident_id, shown = json.loads(metadata)
        return str(incident_id), [str(each) for each in shown]
    except (ValueError, TypeError):
        raise NoIncident from None
