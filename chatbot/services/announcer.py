"""Outgoing messages: the operation message that is posted once and then updated, and the announcement."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.messages import Message
from storage.errors import LeaseLost, StorageError

_SOON = 0.05
_BETWEEN_UPDATES = 2.0
_UPDATE_TAKES = 1.25
"""Seconds. Slack takes some fifty updates a minute from an app in a workspace, of all live messages together."""

_CLOSED_TO_US = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "user_not_in_channel",
        "is_archived",
        "no_permission",
        "team_access_not_granted",
    }
)
_GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
"""The last one: the channel is archived."""

_PASSES = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable"})
_log = logging.getLogger(__name__)

SlackTrouble = (SlackApiError, aiohttp.ClientError, OSError, TimeoutError)
"""What a call to Slack raises when it was not done: an error answer, no connection, no answer in time."""


@dataclass(frozen=True)
class Posted:
    """`text` is what Slack says it shows; empty where that was not asked."""

    channel: str
    ts: str
    text: str = ""


class Announcer:
    """`slack` tries again where Slack did not take a call, or asked to wait; `hasty` does not."""

    def __init__(self, slack: AsyncWebClient, hasty: AsyncWebClient) -> None:
        self._slack = slack
        self._hasty = hasty
        self._live = 0
        self.steady = 0
        """Messages that are updated now and then, for hours: those of open incidents."""

    @property
    def between_updates(self) -> float:
        """Seconds from one update of a message to its next one, so that all of them together are not too many."""
        return max(_BETWEEN_UPDATES, _UPDATE_TAKES * (self._live + self.steady))

    @contextmanager
    def one_live(self) -> Iterator[None]:
        """As long as a message is being kept up to date."""
        self._live += 1
        try:
            yield
        finally:
            self._live -= 1

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        key: str,
        instead: str | None = None,
        thread: str | None = None,
        broadcast: bool = True,
        hasty: bool = False,
    ) -> Posted:
        """Post once: `key` (a UUID) lets Slack recognise a repetition. `instead` is who gets it where
        the channel is closed to the bot. A reply in a thread shows in the channel too, if `broadcast`.

        Raises:
            One of SlackTrouble.
        """
        slack = self._hasty if hasty else self._slack
        where: dict[str, Any] = {"thread_ts": thread, "reply_broadcast": broadcast} if thread else {}
        try:
            answer = await slack.chat_postMessage(
                channel=channel, client_msg_id=key, **where, **message.payload()
            )
        except SlackApiError as error:
            if thread and _code(error) == "thread_not_found":
                return await self.post(channel, message, key=key, instead=instead, hasty=hasty)
            if not is_closed(error) or instead is None or channel == instead:
                raise
            _log.warning(
                "a channel is closed to the bot (%s); the message goes to the person", error.response["error"]
            )
            key = str(uuid5(NAMESPACE_URL, f"{key}/direct"))
            answer = await slack.chat_postMessage(channel=instead, client_msg_id=key, **message.payload())
        shown = answer.get("message") or {}
        return Posted(answer["channel"], answer["ts"], str(shown.get("text", "")))

    async def update(self, posted: Posted, message: Message, *, hasty: bool = False) -> bool:
        """Whether it could be: somebody may have deleted it, or closed the channel. Raises one of SlackTrouble."""
        slack = self._hasty if hasty else self._slack
        try:
            await slack.chat_update(channel=posted.channel, ts=posted.ts, **message.payload())
        except SlackApiError as error:
            if _code(error) not in _GONE and not is_closed(error):
                raise
            _log.warning("a message can no longer be updated: %s", _code(error))
            return False
        return True

    async def pin(self, posted: Posted) -> str:
        """The error code where it could not be; empty where it is pinned. Raises one of SlackTrouble otherwise."""
        return await self._tolerated(
            self._slack.pins_add(channel=posted.channel, timestamp=posted.ts), fine="already_pinned"
        )

    async def unpin(self, posted: Posted) -> str:
        """As `pin`."""
        return await self._tolerated(
            self._slack.pins_remove(channel=posted.channel, timestamp=posted.ts), fine="no_pin"
        )

    async def upload(self, thread: Posted, text: str, *, name: str, title: str) -> str:
        """A file for a message's thread. The error code where that could not be; empty where it is there."""
        try:
            return await self._tolerated(
                self._slack.files_upload_v2(
                    channel=thread.channel, thread_ts=thread.ts, content=text, filename=name, title=title
                )
            )
        except SlackRequestError as error:
            _log.warning("a file was not taken: %s", error)
            return "upload_failed"

    async def _tolerated(self, call: Awaitable[object], *, fine: str | None = None) -> str:
        """Of what is said and no more where Slack refuses it."""
        try:
            await call
        except SlackApiError as error:
            if _code(error) == fine:
                return ""
            if _code(error) == "ratelimited":
                raise
            _log.warning("Slack refused what is not needed: %s", _code(error))
            return _code(error)
        return ""

    async def whisper(self, channel: str, user: str, message: Message, *, thread: str = "") -> None:
        """Only this person sees it: in the channel or a thread of it, else directly. Raises one of SlackTrouble.

        Slack shows it in a thread only where that has replies already.
        """
        if channel == user:
            await self._slack.chat_postMessage(channel=user, **message.payload())
            return
        try:
            where: dict[str, Any] = {"thread_ts": thread} if thread else {}
            await self._slack.chat_postEphemeral(channel=channel, user=user, **where, **message.payload())
        except SlackApiError as error:
            if not is_closed(error):
                raise
            await self._slack.chat_postMessage(channel=user, **message.payload())


class LiveMessage:
    """One message that follows an operation. The newest wording wins; Slack never holds the operation up.

    `key` and `instead` as in `Announcer.post`; `posted` is the message if it is known already; `on_posted` is
    called as soon as it is. `is_first`: nobody can have posted it before. `check` raises LeaseLost where it may be
    somebody else's to show before `within` seconds are over; what takes longer is let go: it would take back
    what the other one has told meanwhile.
    """

    def __init__(
        self,
        announcer: Announcer,
        channel: str,
        *,
        key: str,
        instead: str | None,
        posted: Posted | None,
        is_first: bool,
        check: Callable[[], Awaitable[None]],
        within: float,
        on_posted: Callable[[Posted], Awaitable[None]],
    ) -> None:
        self._announcer = announcer
        self._channel = channel
        self._key = key
        self._instead = instead
        self._posted = posted
        self._is_first = is_first
        self._check = check
        self._within = within
        self._on_posted = on_posted
        self._wanted: Message | None = None
        self._shown: Message | None = None
        self._sending: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def posted(self) -> Posted | None:
        return self._posted

    def show(self, message: Message) -> None:
        """Soon, unless a newer wording comes first. What is asked of the platform at this moment goes before."""
        self._wanted = message
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._keep_up(), name="operation message")

    async def settle(self, message: Message) -> None:
        """Now, as the last wording. Raises one of SlackTrouble."""
        await self.close()
        if not await self._send(message):
            # The outcome has to be told all the same: as a message of its own, or to the person.
            self._key = str(uuid5(NAMESPACE_URL, f"{self._key}/outcome"))
            self._posted = None
            await self._send(message)

    async def close(self) -> None:
        """Let go of whatever was to be shown."""
        self._wanted = None
        async with self._turn:  # a call to Slack that is under way ends first: cut off, it might post twice
            if self._sending is not None:
                self._sending.cancel()
                await asyncio.gather(self._sending, return_exceptions=True)

    async def _keep_up(self) -> None:
        with self._announcer.one_live():
            await asyncio.sleep(_SOON)
            while (message := self._wanted) is not None and message != self._shown:
                pause = self._announcer.between_updates
                try:
                    async with self._turn:
                        await self._check()
                        async with asyncio.timeout(self._within):
                            await self._send(message, hasty=True)
                except LeaseLost:
                    return
                except (*SlackTrouble, StorageError) as error:
                    _log.warning("an operation's message was not shown: %s", type(error).__name__)
                    pause = max(pause, asks_to_wait(error))
                await asyncio.sleep(pause)

    async def _send(self, message: Message, *, hasty: bool = False) -> bool:
        if self._posted is None:
            is_first, self._is_first = self._is_first, False
            self._posted = await self._announcer.post(
                self._channel, message, key=self._key, instead=self._instead, hasty=hasty
            )
            if is_first or self._posted.text == message.text:
                self._shown = message  # else it is of an earlier attempt, with the wording of then
            await self._on_posted(self._posted)
        if message != self._shown and not await self._announcer.update(self._posted, message, hasty=hasty):
            return False
        self._shown = message
        return True


def asks_to_wait(error: Exception) -> float:
    """Seconds: what Slack says with a 429."""
    asked = error.response.headers.get("Retry-After", "") if isinstance(error, SlackApiError) else ""
    return float(asked) if str(asked).isdecimal() else 0.0


def _code(error: SlackApiError) -> str:
    return str(error.response.get("error"))


def may_pass(error: Exception) -> bool:
    """Whether Slack may take the same later: it was away or too busy. Any other answer stays what it is."""
    if not isinstance(error, SlackApiError):
        return True
    return _code(error) in _PASSES or int(error.response.status_code) >= HTTPStatus.TOO_MANY_REQUESTS


def is_closed(error: Exception) -> bool:
    """The channel is there no more, or takes nothing from the bot."""
    if not isinstance(error, SlackApiError):
        return False
    return _code(error) in _CLOSED_TO_US or _code(error).startswith("restricted_action")
