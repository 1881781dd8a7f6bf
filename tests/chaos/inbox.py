"""What the bot shows, as it comes: cards and sentences to one person, messages to everybody."""

import asyncio
from collections.abc import Callable, Iterator

from chatbot.sandbox import seen
from chatbot.sandbox.seen import Control, SeenMessage
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.slack.hand.reading import described
from chatbot.sandbox.slack.records import Change, Message

CHANNELS = ("C0DEPLOYS", "C0INCIDNT", "C0GENERAL")
"""Where people work."""


class Inbox:
    def __init__(self, workspace: Workspace) -> None:
        self._backend = workspace.backend
        self._waiting: list[tuple[Callable[[Message], bool], asyncio.Future[Message]]] = []
        workspace.state.watch(self._look)

    def now(self) -> str:
        """A timestamp that everything later is after."""
        return self._backend.state.ids.ts()

    async def next_for(self, person: str, channel: str, after: str, within: float) -> SeenMessage | None:
        """The bot's first message to this person alone in a channel since then."""

        def is_it(message: Message) -> bool:
            return (
                message.only_for == person
                and message.by_app
                and message.channel == channel
                and message.ts > after
            )

        sought = self._backend.state.messages(channel, person=person)
        return await self._first(is_it, iter(sought), person, within)

    async def with_button(self, action: str, value: str, person: str, within: float) -> SeenMessage | None:
        """The message for everybody that has this button, as soon as there is one."""

        def is_it(message: Message) -> bool:
            return message.only_for is None and message.by_app and _has(message, action, value)

        sought = (m for channel in CHANNELS for m in self._backend.state.messages(channel))
        return await self._first(is_it, sought, person, within)

    async def _first(
        self, is_it: Callable[[Message], bool], there: Iterator[Message], person: str, within: float
    ) -> SeenMessage | None:
        message = next(filter(is_it, there), None) or await self._coming(is_it, within)
        return None if message is None else seen.message(described(self._backend, message, person))

    async def _coming(self, is_it: Callable[[Message], bool], within: float) -> Message | None:
        coming: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        waiting = (is_it, coming)
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(within):
                return await coming
        except TimeoutError:
            return None
        finally:
            self._waiting.remove(waiting)

    def _look(self, change: Change) -> None:
        message = change.message
        if message is None or change.kind != "message":
            return
        for is_it, future in self._waiting:
            if not future.done() and is_it(message):
                future.set_result(message)


def button_with(message: SeenMessage, action: str) -> Control | None:
    """The button of that action, with or without a number."""
    return next((c for c in message.controls if _is(c, action)), None)


def _has(message: Message, action: str, value: str) -> bool:
    return any(_is(c, action) and c.element.get("value") == value for c in seen.controls(message.blocks))


def _is(control: Control, action: str) -> bool:
    return control.action_id.partition(":")[0] == action
