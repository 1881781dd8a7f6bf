"""The guard around every listener: it acknowledges in time, and whatever happens becomes a sentence.

Bolt sends the acknowledgement when a listener returns, and none at all when one raises. So nothing raises out
of here, and what takes time goes on after the listener has returned.
"""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_sdk.models.views import View

from chatbot.domain.access import IdentityUnknown, NotAllowed
from chatbot.domain.references import Reference
from chatbot.domain.requests import ConfirmationExpired, NoDialogHere, NotOpened
from chatbot.domain.waysback import WayBackChanged
from chatbot.errors import PlatformError, Refusal
from chatbot.listeners import requests
from chatbot.listeners.bot import Bot
from chatbot.messages import Message, failures, refusals
from chatbot.services.announcer import SlackTrouble
from storage.errors import StorageError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """Only the person sees it. `replace` puts it in the place of the message that was clicked."""

    message: Message
    replace: bool = False


@dataclass(frozen=True)
class Asked:
    """What one person did: a command with its text, or a click with the button's value. Neither is proof of a right.

    `ticked` are the checkboxes that stand beside what was clicked: action id to values. `message` is the timestamp
    of the message that was clicked, empty for a view; `is_ephemeral`: nobody else sees it. `thread`: it was said
    there, and is answered there.
    """

    what: str
    user: str
    channel: str
    text: str = ""
    value: str = ""
    trigger_id: str = ""
    thread: str = ""
    ticked: Mapping[str, frozenset[str]] = field(default_factory=dict)
    message: str = ""
    is_ephemeral: bool = False
    respond: Callable[..., Awaitable[Any]] | None = field(repr=False, kw_only=True)

    @property
    def actor(self) -> str:
        return f"slack:{self.user}"

    async def answer(self, reply: Reply) -> bool:
        """Through the response URL: it works in channels that the bot is not in. Whether Slack took it."""
        if self.respond is None:
            return False
        payload = reply.message.payload() | ({"thread_ts": self.thread} if self.thread else {})
        answer = await self.respond(**payload, response_type="ephemeral", replace_original=reply.replace)
        return int(answer.status_code) == HTTPStatus.OK


Work = Callable[[Bot, Asked], Awaitable[Reply | None]]


def command(app: AsyncApp, bot: Bot, name: str, work: Work) -> None:
    """Register a slash command: its request is written down, acknowledged, and then worked on."""

    async def listener(args: AsyncArgs) -> None:
        asked = _typed(args, name)
        if asked is None:
            await args.ack()
            return
        try:
            await bot.ledger.note(f"{name.removeprefix('/')}.requested", asked.actor, channel=asked.channel)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person gets a sentence
            await args.ack(**sentence(bot, asked, error).message.payload())
            return
        await args.ack()
        bot.tasks.start(work_and_answer(bot, asked, work), name)

    app.command(name)(listener)


def click_later(app: AsyncApp, bot: Bot, action: re.Pattern[str], work: Work) -> None:
    """Register a button whose work reads from the platform: acknowledged first."""

    async def listener(args: AsyncArgs) -> None:
        asked = _clicked(args)
        await args.ack()
        if asked is not None:
            bot.tasks.start(work_and_answer(bot, asked, work), asked.what)

    app.action(action)(listener)


def click_at_once(app: AsyncApp, bot: Bot, action: re.Pattern[str], work: Work) -> None:
    """Register a button whose work is one transaction: acknowledged when that is written, answered after."""

    async def listener(args: AsyncArgs) -> None:
        asked = _clicked(args)
        reply = await _attempt(bot, asked, work) if asked is not None else None
        await args.ack()
        if asked is not None and reply is not None:
            bot.tasks.start(deliver(bot, asked, reply), f"answer to {asked.what}")

    app.action(action)(listener)


async def open_dialog(bot: Bot, asked: Asked, view: View) -> str:
    """Returns its id. Raises NotOpened; NoDialogHere where nothing was typed or clicked that Slack opens one for."""
    if not asked.trigger_id:
        raise NoDialogHere
    try:
        opened = await bot.slack.views_open(trigger_id=asked.trigger_id, view=view)
    except SlackTrouble as error:
        _log.warning("a dialog was not opened: %s", error)
        raise NotOpened from error
    return str((opened.get("view") or {}).get("id", ""))


def _typed(args: AsyncArgs, name: str) -> Asked | None:
    command = requests.read(requests.Command, args.payload)
    if command is None:
        return None
    return Asked(
        what=name,
        user=command.user_id,
        channel=command.channel_id,
        text=command.text.strip(),
        trigger_id=command.trigger_id,
        respond=args.respond if is_url(command.response_url) else None,
    )


def _clicked(args: AsyncArgs) -> Asked | None:
    click, action = requests.read(requests.Click, args.body), requests.read(requests.Action, args.payload)
    if click is None or action is None:
        return None
    return Asked(
        what=action.action_id.partition(":")[0],
        user=click.user.id,
        channel=click.channel_id or click.user.id,
        value=action.value or "",
        trigger_id=click.trigger_id or "",
        ticked=click.ticked,
        message=click.container.message_ts if click.container else "",
        is_ephemeral=click.container is not None and click.container.is_ephemeral,
        respond=args.respond if is_url(click.response_url) else None,
    )


def is_url(value: object) -> bool:
    """A click in a view, for one, brings none."""
    return isinstance(value, str) and value.startswith(("https://", "http://"))


async def work_and_answer(bot: Bot, asked: Asked, work: Work) -> None:
    reply = await _attempt(bot, asked, work)
    if reply is not None:
        await deliver(bot, asked, reply)


async def deliver(bot: Bot, asked: Asked, reply: Reply) -> None:
    """By the response URL; where Slack does not take that, as a message that only the person sees."""
    try:
        if await asked.answer(reply):
            return
    except SlackTrouble as error:
        _log.warning("a response URL did not answer: %s", type(error).__name__)
    try:
        await bot.announcer.whisper(
            asked.channel or asked.user, asked.user, reply.message, thread=asked.thread
        )
    except SlackTrouble as error:
        _log.error("an answer to %s was not delivered: %s", asked.what, type(error).__name__)


async def _attempt(bot: Bot, asked: Asked, work: Work) -> Reply | None:
    """The work's reply, or the sentence for what went wrong, with its audit entry."""
    try:
        return await work(bot, asked)
    except Exception as error:  # noqa: BLE001 - the one guard: everything becomes a sentence
        reply = sentence(bot, asked, error)
        await note(bot, asked, error)
        return reply


async def note(bot: Bot, asked: Asked, error: Exception) -> None:
    kind = "denied" if isinstance(error, NotAllowed | IdentityUnknown) else "refused"
    action = f"{asked.what.removeprefix('/')}.{kind if isinstance(error, Refusal) else 'failed'}"
    reference = getattr(error, "reference", None)
    named = {"reference": reference.value} if isinstance(reference, Reference) else {}
    try:
        await bot.ledger.note(action, asked.actor, channel=asked.channel, why=type(error).__name__, **named)
    except StorageError as failure:
        _log.error("the audit log cannot be written: %s", failure)


def sentence(bot: Bot, asked: Asked, error: Exception) -> Reply:
    match error:
        case Refusal():
            spent = isinstance(error, ConfirmationExpired)
            outdated = isinstance(error, WayBackChanged) and asked.is_ephemeral
            return Reply(refusals.word(error, bot.clock()), replace=spent or outdated)
        case PlatformError():
            _log.warning("%s: %s", asked.what, error)
            return Reply(failures.word_failure(error))
        case StorageError():
            _log.error("%s: %s", asked.what, error)
            is_click = not asked.what.startswith("/")
            return Reply(failures.word_unwritten() if is_click else failures.word_no_audit())
    reference = secrets.token_hex(4)
    _log.error("%s failed, reference %s", asked.what, reference, exc_info=error)
    return Reply(failures.word_bug(reference))
