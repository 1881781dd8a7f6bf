"""The picker behind `/promote` without X: its two searches, the choice of a project, and its submission."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.models.blocks import Option

from chatbot.domain.access import IdentityUnknown, NotAllowed
from chatbot.domain.choosing import choices
from chatbot.domain.planning import (
    AlreadyPromoted,
)
from chatbot.domain.plans import (
    Plan,
)
from chatbot.domain.references import MAX_LENGTH, Kind, Reference
from chatbot.domain.requests import UnknownDeployment
from chatbot.errors import PlatformUnreachable
from chatbot.listeners import requests
from chatbot.listeners.answering import Asked, deliver, note, open_dialog, sentence
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.messages import actions, picker
from chatbot.services.announcer import SlackTrouble

PATIENCE = 2.2
"""Seconds for whoever is asked while Slack waits: it gives up after three."""

_FULL_SHA = re.compile(r"[0-9a-f]{40}", re.IGNORECASE)
_PROJECT_ID = re.compile(r"[A-Za-z0-9_]{1,64}")
_DEPLOYMENT_ID = re.compile(r"dpl_[A-Za-z0-9]{1,64}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,30}")
_log = logging.getLogger(__name__)

Find = Callable[[Bot, requests.Search], Awaitable[list[Option]]]


def register(app: AsyncApp, bot: Bot) -> None:
    async def project_chosen(args: AsyncArgs) -> None:
        click, action = requests.read(requests.Click, args.body), requests.read(requests.Action, args.payload)
        await args.ack()
        if click is not None and click.view is not None and action is not None:
            chosen = action.selected_option.value if action.selected_option else ""
            bot.tasks.start(_ask_for_deployment(bot, click.view, chosen), "picker.project")

    async def submitted(args: AsyncArgs) -> None:
        submission = requests.read(requests.Submission, args.body)
        await args.ack(**({} if submission is None else await _submitted(bot, submission)))

    search(app, bot, actions.PICK_PROJECT, _projects)
    search(app, bot, actions.PICK_DEPLOYMENT, _deployments)
    search(app, bot, actions.INCIDENT_PROJECTS, _projects)
    app.action(actions.any_number(actions.PICK_PROJECT))(project_chosen)
    app.view(actions.PICKER)(submitted)


async def pick(bot: Bot, asked: Asked) -> None:
    """At once: the platform is asked when somebody searches."""
    await open_dialog(bot, asked, picker.dialog(asked.channel))


def search(app: AsyncApp, bot: Bot, action_id: str, find: Find, *, for_all: bool = False) -> None:
    """A menu that is filled as somebody types: for whoever may act, or `for_all`."""

    async def listener(args: AsyncArgs) -> None:
        typed = requests.read(requests.Search, args.body)
        await args.ack(
            options=[] if typed is None else await _found(bot, typed, action_id, find, for_all=for_all)
        )

    app.options(action_id)(listener)


async def _found(bot: Bot, typed: requests.Search, what: str, find: Find, *, for_all: bool) -> list[Option]:
    """What is found in time; otherwise one option that says why there is none."""
    asked = Asked(what, typed.user.id, channel="", respond=None)
    try:
        async with asyncio.timeout(PATIENCE):
            if not for_all:
                await bot.directory.admit(asked.user)
            return await find(bot, typed)
    except Exception as error:  # noqa: BLE001 - as in answering.py
        if isinstance(error, NotAllowed | IdentityUnknown):
            await note(bot, asked, error)
        return picker.instead_of_options(sentence(bot, asked, late(error)).message)


async def _projects(bot: Bot, typed: requests.Search) -> list[Option]:
    return picker.projects(await bot.vercel.projects_named(typed.value.strip()))


async def _deployments(bot: Bot, typed: requests.Search) -> list[Option]:
    project_id, text = picker.project_of(typed.block_id), typed.value.strip()
    if not _PROJECT_ID.fullmatch(project_id):
        return []
    ready = {"projectId": project_id, "state": "READY"}
    project, newest = await asyncio.gather(bot.vercel.project(project_id), bot.vercel.deployments(ready))
    found = [choice for choice in choices(project, newest) if choice.answers(text)]
    if not found and 0 < len(text) <= MAX_LENGTH:  # perhaps older than the newest hundred
        by = {"sha": text.lower()} if _FULL_SHA.fullmatch(text) else {"branch": text}
        found = choices(project, await bot.vercel.deployments({**ready, **by}))
    return picker.deployments(found, bot.clock())


async def _ask_for_deployment(bot: Bot, view: requests.View, project_id: str) -> None:
    """Nothing is read and nothing is told, so nobody is asked who this is."""
    asking = picker.dialog(view.private_metadata, project_id if _PROJECT_ID.fullmatch(project_id) else "")
    try:
        await bot.slack.views_update(view_id=view.id, view=asking)
    except SlackTrouble as error:
        _log.warning("the picker did not ask for a deployment: %s", type(error).__name__)


async def _submitted(bot: Bot, submission: requests.Submission) -> dict[str, Any]:
    """How the dialog goes on, as the acknowledgement has it; nothing closes it."""
    chosen, place = submission.chosen, submission.view.private_metadata
    project_id = chosen.get(picker.PROJECT, "")
    if not _PROJECT_ID.fullmatch(project_id):
        return complain(picker.PROJECT, "Choose a project.")
    block = picker.deployment_block(project_id)
    if block not in chosen:  # faster than the answer to the project's choice
        return {"response_action": "update", "view": picker.dialog(place, project_id).to_dict()}
    if not _DEPLOYMENT_ID.fullmatch(chosen[block]):
        return complain(block, "Choose a deployment.")
    # Where it was typed says where to answer, never what may be done: that is asked again.
    user = submission.user.id
    asked = Asked("picker", user, place if _CHANNEL.fullmatch(place) else user, respond=None)
    try:
        async with asyncio.timeout(PATIENCE):
            await bot.directory.admit(user)
            plan = await _plan(bot, project_id, chosen[block])
        card = await offer(bot, asked, plan)
    except Exception as error:  # noqa: BLE001 - as in answering.py
        await note(bot, asked, error)
        return complain(block, picker.complaint(sentence(bot, asked, late(error)).message))
    bot.tasks.start(deliver(bot, asked, card), "answer to the picker")
    return {}


async def _plan(bot: Bot, project_id: str, deployment_id: str) -> Plan:
    reference = Reference(Kind.ID, deployment_id)
    try:
        plan = await bot.planner.promotion(reference)
    except AlreadyPromoted:
        plan = await bot.planner.rollback(reference)  # as its option said
    except UnknownDeployment:
        raise UnknownDeployment(reference) from None  # there is no room for the nearest ones
    if plan.project.id != project_id:
        raise UnknownDeployment(reference)
    return plan


def complain(block: str, text: str) -> dict[str, Any]:
    """The acknowledgement that keeps a dialog open."""
    return {"response_action": "errors", "errors": {block: text}}


def late(error: Exception) -> Exception:
    """Who did not answer while Slack waited was the platform."""
    return (
        PlatformUnreachable("no answer in time", may_have_applied=False)
        if isinstance(error, TimeoutError)
        else error
    )
