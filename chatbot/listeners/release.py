"""The buttons of a rolling release: advance, complete, abort, and what waits behind it. Each shows its confirmation."""

import re

from slack_bolt.async_app import AsyncApp

from chatbot.domain.planning import (
    ReleaseUnderWay,
)
from chatbot.domain.plans import (
    Path,
)
from chatbot.domain.references import Kind, Reference
from chatbot.domain.requests import ButtonUnknown
from chatbot.listeners.answering import Asked, Reply, Work, click_later
from chatbot.listeners.bot import Bot
from chatbot.listeners.confirmation import offer
from chatbot.messages import actions, refusals, release
from chatbot.messages.actions import any_number

_VALUE = re.compile(r"([A-Za-z0-9_-]{1,100}) ([A-Za-z0-9_-]{1,100}) ([0-9]{1,3})")


def register(app: AsyncApp, bot: Bot) -> None:
    click_later(app, bot, any_number(actions.ADVANCE), _step(Path.ADVANCE))
    click_later(app, bot, any_number(actions.COMPLETE), _step(Path.COMPLETE))
    click_later(app, bot, any_number(actions.ABORT), _step(Path.ABORT))
    click_later(app, bot, any_number(actions.QUEUE), queue)
    click_later(app, bot, any_number(actions.SHOW_RELEASE), show)


def _step(path: Path) -> Work:
    async def step(bot: Bot, asked: Asked) -> Reply:
        """The button names the release as its message told it: one that has gone on is shown first, unless
        it is to be aborted in any case.
        """
        await bot.directory.admit(asked.user)
        named = _VALUE.fullmatch(asked.value)
        if named is None:
            raise ButtonUnknown
        project_id, canary_id, active = named.groups()
        plan = await bot.planner.step(path, project_id, canary_id)
        under_way = plan.release
        if path is not Path.ABORT and under_way is not None and under_way.active != int(active):
            gone_on = ReleaseUnderWay(plan.project, plan.target, under_way)
            return Reply(release.changed(gone_on, bot.clock()))
        return await offer(bot, asked, plan)

    return step


async def queue(bot: Bot, asked: Asked) -> Reply:
    """A deployment that is to wait until the rolling release is complete."""
    await bot.directory.admit(asked.user)
    plan = await bot.planner.promotion(Reference(Kind.ID, asked.value), may_wait=True)
    return await offer(bot, asked, plan)


async def show(bot: Bot, asked: Asked) -> Reply:
    await bot.directory.admit(asked.user)
    if re.fullmatch(r"[A-Za-z0-9_-]{1,100}", asked.value) is None:
        raise ButtonUnknown
    return Reply(refusals.word(await bot.planner.releases.standing(asked.value), bot.clock()))
