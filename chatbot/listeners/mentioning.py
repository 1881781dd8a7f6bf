"""`/promotebot mention on|off`, `/promotebot merges on|off`: what people wish for what is told of their own changes."""

from chatbot.listeners.answering import Asked, Reply
from chatbot.listeners.bot import Bot
from chatbot.messages import about

_WISHES = {"on": True, "off": False}


async def mention(bot: Bot, asked: Asked) -> Reply:
    """Whether it mentions them."""
    wanted = _WISHES.get(asked.text.strip().lower())
    if wanted is None:
        return Reply(about.mention_usage(on=await bot.people.is_mentioned(asked.user)))
    await bot.people.mention(asked.user, on=wanted, now=bot.clock())
    return Reply(about.mentions(on=wanted))


async def merges(bot: Bot, asked: Asked) -> Reply:
    """Whether they are told directly of merges that do not go live."""
    wanted = _WISHES.get(asked.text.strip().lower())
    if wanted is None:
        return Reply(about.merges_usage(on=await bot.people.hears_of_merges(asked.user)))
    await bot.people.tell_of_merges(asked.user, on=wanted, now=bot.clock())
    return Reply(about.merges(on=wanted))
