"""What a person sees in the workspace, waited for."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from chatbot.sandbox import seen
from chatbot.sandbox.reaching import Reach
from chatbot.sandbox.seen import SeenCard, SeenFile, SeenMessage, SeenRun, SeenView

POLL_SECONDS = 5.0
T = TypeVar("T")


class NotSeen(AssertionError):
    """What was waited for did not appear (or did not go); the message lists what was there."""


class Onlooker(Reach):
    async def reads(
        self, channel: str | None = None, *, thread: SeenMessage | None = None
    ) -> list[SeenMessage]:
        return (await self._read(await self._channel_id(channel), thread))[1]

    async def sees(
        self,
        text: str,
        *,
        channel: str | None = None,
        within: float = 10,
        thread: SeenMessage | None = None,
        after: SeenMessage | None = None,
    ) -> SeenMessage:
        """The newest message that shows this text, waited for. `after`: only messages younger than that one.
        Raises NotSeen.
        """
        channel_id = await self._channel_id(channel)

        def shows(messages: list[SeenMessage]) -> SeenMessage | None:
            young = [m for m in messages if after is None or m.ts > after.ts]
            return next((m for m in reversed(young) if text in m.words or text in m.text), None)

        async def look(since: int | None, wait: float) -> tuple[int, list[SeenMessage]]:
            return await self._read(channel_id, thread, since, wait)

        return await _waited(look, shows, within, lambda m: self._nothing(f"no message shows {text!r}", m))

    async def sees_card(
        self, text: str, *, channel: str | None = None, within: float = 10, thread: SeenMessage | None = None
    ) -> SeenCard:
        """The card of a link that shows this text, beneath whichever message. Raises NotSeen."""
        channel_id = await self._channel_id(channel)

        def shows(messages: list[SeenMessage]) -> SeenCard | None:
            cards = [card for message in reversed(messages) for card in message.cards]
            return next((card for card in cards if text in card.words), None)

        async def look(since: int | None, wait: float) -> tuple[int, list[SeenMessage]]:
            return await self._read(channel_id, thread, since, wait)

        return await _waited(look, shows, within, lambda m: self._nothing(f"no card shows {text!r}", m))

    async def sees_pinned(self, text: str, *, channel: str | None = None, within: float = 10) -> SeenMessage:
        """The pinned message of the channel that shows this text. Raises NotSeen."""
        channel_id = await self._channel_id(channel)

        def shows(messages: list[SeenMessage]) -> SeenMessage | None:
            return next((m for m in messages if text in m.words or text in m.text), None)

        async def look(since: int | None, wait: float) -> tuple[int, list[SeenMessage]]:
            told = await self._look("pins", {"channel": channel_id}, since, wait)
            return told["revision"], [seen.message(shape) for shape in told["messages"]]

        return await _waited(look, shows, within, lambda m: self._nothing(f"no pin shows {text!r}", m))

    async def sees_workflow_end(self, run: str, *, within: float = 10) -> SeenRun:
        """How it ended, waited for. Raises NotSeen."""

        def ended(runs: list[SeenRun]) -> SeenRun | None:
            return next((each for each in runs if each.id == run and each.state != "running"), None)

        async def look(since: int | None, wait: float) -> tuple[int, list[SeenRun]]:
            told = await self._look("workflows", {}, since, wait)
            return told["revision"], [seen.run(shape) for shape in told["runs"]]

        return await _waited(look, ended, within, lambda runs: NotSeen(f"{self.id}: still running: {runs}"))

    async def pinned(self, channel: str | None = None) -> list[SeenMessage]:
        """The pinned messages, the newest pin first."""
        told = await self._look("pins", {"channel": await self._channel_id(channel)}, None, 0)
        return [seen.message(shape) for shape in told["messages"]]

    async def opens(self, file: SeenFile) -> str:
        """The text of a file."""
        url = self._url.removesuffix("sandbox/") + file.address
        async with self._session.get(url) as response:
            response.raise_for_status()
            return await response.text()

    async def no_longer_sees(self, text: str, *, channel: str | None = None, within: float = 10) -> None:
        """Waits until no message shows this text. Raises NotSeen."""
        channel_id = await self._channel_id(channel)

        def gone(messages: list[SeenMessage]) -> bool | None:
            return None if any(text in m.words or text in m.text for m in messages) else True

        async def look(since: int | None, wait: float) -> tuple[int, list[SeenMessage]]:
            return await self._read(channel_id, None, since, wait)

        await _waited(look, gone, within, lambda m: self._nothing(f"{text!r} is still there", m))

    async def sees_modal(self, text: str, *, within: float = 5) -> SeenView:
        """The modal on top, once its title or content shows this text. Raises NotSeen."""

        def shows(views: list[SeenView]) -> SeenView | None:
            return views[-1] if views and text in views[-1].words else None

        def missing(views: list[SeenView]) -> NotSeen:
            there = "\n---\n".join(view.words for view in views) or "(no modal is open)"
            return NotSeen(f"{self.id}: no modal shows {text!r}. Open, the top one last:\n{there}")

        return await _waited(self._views, shows, within, missing)

    async def modals(self) -> list[SeenView]:
        """Those that are open, the top one last."""
        return (await self._views(None, 0))[1]

    async def sees_home(self, text: str, *, within: float = 5) -> SeenView:
        """App Home, once it shows this text. Raises NotSeen."""

        async def look(since: int | None, wait: float) -> tuple[int, SeenView | None]:
            told = await self._look("home", {}, since, wait)
            return told["revision"], None if told["view"] is None else seen.view(told["view"])

        def missing(view: SeenView | None) -> NotSeen:
            there = view.words if view is not None else "(nothing was published)"
            return NotSeen(f"{self.id}: App Home does not show {text!r}. It shows:\n{there}")

        return await _waited(
            look, lambda v: v if v is not None and text in v.words else None, within, missing
        )

    def _nothing(self, what: str, messages: list[SeenMessage]) -> NotSeen:
        there = "\n---\n".join(
            f"[{'only ' + self.id if m.ephemeral else m.user}] {m.words}{' ' + str(m.buttons) if m.buttons else ''}"
            for m in messages
        )
        return NotSeen(f"{self.id}: {what}. What is there, oldest first:\n{there or '(nothing)'}")


async def _waited(
    look: Callable[[int | None, float], Any],
    pick: Callable[[Any], T | None],
    within: float,
    missing: Callable[[Any], NotSeen],
) -> T:
    """Looks, and looks again at every change, until there is something to pick."""
    until = time.monotonic() + within
    revision, there = await look(None, 0)
    while (picked := pick(there)) is None:
        left = until - time.monotonic()
        if left <= 0:
            raise missing(there)
        revision, there = await look(revision, min(left, POLL_SECONDS))
    return picked
