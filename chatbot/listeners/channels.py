"""What becomes of a channel: archived, left, deleted, or open again. Nothing goes by its name, so that may change."""

from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.listeners import requests
from chatbot.listeners.bot import Bot
from storage.subscriptions import DELETED

_CLOSED = {
    "channel_archive": "is_archived",
    "group_archive": "is_archived",
    "channel_left": "not_in_channel",
    "group_left": "not_in_channel",
    "channel_deleted": DELETED,
    "group_deleted": DELETED,
}
Listener = Callable[[AsyncArgs], Awaitable[None]]
_OPEN = ("channel_unarchive", "group_unarchive")


def register(app: AsyncApp, bot: Bot) -> None:
    async def joined(args: AsyncArgs) -> None:
        about = requests.read(requests.ChannelEvent, args.body)
        if about is not None and about.event.user == args.context.bot_user_id:
            await bot.channels.reopen(about.event.channel)

    for event, why in _CLOSED.items():
        app.event(event)(_closed(bot, why))
    for event in _OPEN:
        app.event(event)(_opened(bot))
    app.event("member_joined_channel")(joined)


def _closed(bot: Bot, why: str) -> Listener:
    async def closed(args: AsyncArgs) -> None:
        about = requests.read(requests.ChannelEvent, args.body)
        if about is not None:
            await bot.channels.close(about.event.channel, why)

    return closed


def _opened(bot: Bot) -> Listener:
    async def opened(args: AsyncArgs) -> None:
        about = requests.read(requests.ChannelEvent, args.body)
        if about is not None:
            await bot.channels.reopen(about.event.channel)

    return opened
