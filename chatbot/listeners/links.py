"""Links unfurl: beneath the address of a deployment, or of a project in the dashboard, stands what it is.

What leads to another team stays as it is, without a word. So does everything in a channel that is shared with
another organisation.
"""

import asyncio
import logging
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.errors import PlatformError
from chatbot.listeners import requests
from chatbot.listeners.bot import Bot
from chatbot.messages import Message
from chatbot.messages.links import deployment_card, project_card
from chatbot.services.announcer import SlackTrouble
from chatbot.services.links import Links, Seen

MOST = 3
"""Cards beneath one message."""

_COMPOSER = "composer"
_log = logging.getLogger(__name__)


def register(app: AsyncApp, bot: Bot) -> None:
    async def shared(args: AsyncArgs) -> None:
        """Delivered again it does no harm: the cards of a message are replaced."""
        found = requests.read(requests.LinkShared, args.body)
        if found is not None and not found.is_ext_shared_channel:
            bot.tasks.start(_unfurl(bot, found.event), "unfurl")

    app.event("link_shared")(shared)


async def _unfurl(bot: Bot, shared: requests.SharedLinks) -> None:
    urls = list(dict.fromkeys(link.url for link in shared.links))[:MOST]
    seen = await asyncio.gather(*(_look(bot.links, url) for url in urls))
    cards: dict[str, tuple[str, Message]] = {}
    for url, leads_to in zip(urls, seen, strict=True):
        if leads_to is not None:  # two addresses of the same need one card
            cards.setdefault(leads_to.id, (url, _card(bot, leads_to)))
    if not cards:
        return
    unfurls = {url: {"blocks": [b.to_dict() for b in card.blocks]} for url, card in cards.values()}
    try:
        await bot.slack.chat_unfurl(unfurls=unfurls, **_where(shared))
    except SlackTrouble as error:
        _log.warning("a link was not unfurled: %s", type(error).__name__)


async def _look(links: Links, url: str) -> Seen | None:
    try:
        return await links.look(url)
    except PlatformError as error:
        _log.warning("a link was not looked at: %s", error)
        return None


def _card(bot: Bot, seen: Seen) -> Message:
    if seen.deployment is None:
        return project_card(seen.project, seen.domains, bot.clock(), seen.release)
    return deployment_card(seen.deployment, seen.project, seen.domains, bot.clock(), seen.release)


def _where(shared: requests.SharedLinks) -> dict[str, Any]:
    """A draft has no message yet."""
    if shared.source == _COMPOSER and shared.unfurl_id:
        return {"unfurl_id": shared.unfurl_id, "source": shared.source}
    return {"channel": shared.channel, "ts": shared.message_ts}
