"""`/promotebot mention on|off`: whether what is told of somebody's own changes mentions them."""

from chatbot.listeners.answering import Asked, Reply
from chatbot.listeners.bot import Bot
from chatbot.messages import about


async def mention(bot: Bot, asked: Asked) -> Reply:
    wanted = {"on": True, "off": False}.get(asked.text.strip().lower())
    if wanted is None:
        return Reply(about.mention_usage(on=await bot.people.is_mentioned(asked.user)))
    await bot.people.mention(asked.user, on=wanted, now=bot.clock())
    return Reply(about.mentions(on=wanted))
