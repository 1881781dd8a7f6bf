"""`@promotebot current shop`, in a channel or directly: the commands in words, by the same functions.

What the channel may know is answered in the thread of the mention. Cards, refusals and the help that follows an
unknown word are for whoever asked.
"""

import logging
from http import HTTPStatus
from uuid import NAMESPACE_URL, uuid5

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from chatbot.domain.markup import after_mention, typed
from chatbot.listeners import requests
from chatbot.listeners.answering import Asked, Reply, Work, work_and_answer
from chatbot.listeners.bot import Bot
from chatbot.listeners.current import current
from chatbot.listeners.deployments import deployments
from chatbot.listeners.incident import incident
from chatbot.listeners.promote import promote
from chatbot.listeners.promotebot import promotebot
from chatbot.listeners.rollback import rollback
from chatbot.services.announcer import SlackTrouble
from storage.errors import StorageError

_WORDS: dict[str, Work] = {
    "promote": promote,
    "rollback": rollback,
    "current": current,
    "deployments": deployments,
    "incident": incident,
}
_FOR_ALL = frozenset({"current", "deployments", "help"})
_DIRECT = "D"
"""Ids of direct messages begin so; they are heard as such."""

_log = logging.getLogger(__name__)


def register(app: AsyncApp, bot: Bot) -> None:
    async def mentioned(args: AsyncArgs) -> BoltResponse | None:
        said = requests.read(requests.Said, args.body)
        if said is None or not said.is_by_one_of_us or said.event.channel.startswith(_DIRECT):
            return None
        text = after_mention(said.event.text, args.context.bot_user_id or "")
        return await _hear(bot, said, text or "")

    async def written(args: AsyncArgs) -> BoltResponse | None:
        said = requests.read(requests.Said, args.body)
        if said is None or not said.is_by_one_of_us or said.event.channel_type != "im":
            return None
        text = after_mention(said.event.text, args.context.bot_user_id or "")
        return await _hear(bot, said, typed(said.event.text) if text is None else text)

    app.event("app_mention")(mentioned)
    app.event("message")(written)


async def _hear(bot: Bot, said: requests.Said, text: str) -> BoltResponse | None:
    """Written down once, then worked on. Where it cannot be written down, Slack shall send it again."""
    first, _, rest = text.partition(" ")
    verb, event = first.lower().removeprefix("/"), said.event
    work = _WORDS.get(verb)
    what = f"/{verb}" if work else "/promotebot"
    asked = Asked(
        what=what,
        user=event.user,
        channel=event.channel,
        text=rest.strip() if work else text.removeprefix("/promotebot").strip(),
        thread=event.thread_ts,
        respond=None,
    )
    try:
        is_new = await bot.ledger.note_once(
            said.event_id,
            f"{what[1:]}.requested",
            asked.actor,
            channel=asked.channel,
            mention=True,
        )
    except StorageError as error:
        _log.error("a mention was not written down: %s", error)
        return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    if is_new:
        for_all = verb in _FOR_ALL and not said.is_ext_shared_channel
        work = work or promotebot
        bot.tasks.start(work_and_answer(bot, asked, _openly(said, work) if for_all else work), "mention")
    return None


def _openly(said: requests.Said, work: Work) -> Work:
    """The same work, its reply posted for everybody: in the thread of the mention, directly without one."""

    async def posted(bot: Bot, asked: Asked) -> Reply | None:
        reply = await work(bot, asked)
        if reply is None:
            return None
        thread = asked.thread or (None if said.event.channel_type == "im" else said.event.ts)
        key = str(uuid5(NAMESPACE_URL, f"mention/{said.event_id}"))
        try:
            await bot.announcer.post(
                asked.channel, reply.message, key=key, instead=asked.user, thread=thread, broadcast=False
            )
        except SlackTrouble as error:
            _log.error("an answer to a mention was not delivered: %s", type(error).__name__)
        return None

    return posted
