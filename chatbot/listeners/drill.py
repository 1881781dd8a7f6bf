"""`/incident drill [team]` and the buttons of its card: they act on the simulation, and on nothing else."""

from slack_bolt.async_app import AsyncApp

from chatbot.domain.incidents import Kind
from chatbot.domain.requests import NoIncident
from chatbot.listeners.answering import Asked, click_at_once
from chatbot.listeners.bot import Bot
from chatbot.messages import actions
from chatbot.messages.actions import any_number
from chatbot.messages.wording import plain

_MAX_TEAM = 100


def register(app: AsyncApp, bot: Bot) -> None:
    click_at_once(app, bot, any_number(actions.DRILL_SEEN), seen)
    click_at_once(app, bot, any_number(actions.DRILL_BACK), back)
    click_at_once(app, bot, any_number(actions.DRILL_END), end)


async def drill(bot: Bot, asked: Asked, team: str) -> None:
    """Those who may act in a real one play it, so that it shows what would happen."""
    await bot.directory.admit(asked.user)
    channel = asked.channel or asked.user
    await bot.incidents.drilling.begin(plain(team, _MAX_TEAM), channel=channel, actor=asked.actor)
    bot.incidents.tender.wake()


async def seen(bot: Bot, asked: Asked) -> None:
    await _press(bot, asked, Kind.SEEN)


async def back(bot: Bot, asked: Asked) -> None:
    await _press(bot, asked, Kind.REQUESTED)


async def end(bot: Bot, asked: Asked) -> None:
    await bot.directory.admit(asked.user)
    done = await bot.incidents.desk.resolve(asked.value, actor=asked.actor, channel=asked.channel, drill=True)
    if done is None:
        raise NoIncident
    bot.incidents.tender.wake()


async def _press(bot: Bot, asked: Asked, kind: Kind) -> None:
    await bot.directory.admit(asked.user)
    drill_id, _, to = asked.value.partition(" ")
    await bot.incidents.drilling.press(drill_id, kind, actor=asked.actor, to=to or None)
    bot.incidents.tender.wake()
