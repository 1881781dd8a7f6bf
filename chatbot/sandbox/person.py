"""The hand of a person, for tours and tests: types, clicks and reads through the workspace's JSON API."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import aiohttp

from chatbot.sandbox import seen
from chatbot.sandbox.seen import Control, Json, SeenCard, SeenFile, SeenMessage, SeenRun, SeenView

POLL_SECONDS = 5.0
T = TypeVar("T")
Touched = SeenMessage | SeenView | SeenCard


class Refused(Exception):
    """The workspace did not do it; `error` is its code, `told` the whole answer."""

    def __init__(self, error: str, told: Json) -> None:
        details = {key: value for key, value in told.items() if key not in ("ok", "error")}
        super().__init__(f"{error} {details}" if details else error)
        self.error = error
        self.told = told

    @property
    def errors(self) -> dict[str, str]:
        """Of a modal: block_id -> sentence."""
        return dict(self.told.get("errors", {}))


class NotSeen(AssertionError):
    """What was waited for did not appear (or did not go); the message lists what was there."""


class Person:
    """`in_` binds a channel, so that it need not be named each time."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        workspace_url: str,
        person_id: str,
        *,
        channel: str | None = None,
    ) -> None:
        self.id = person_id
        self._session = session
        self._url = workspace_url.rstrip("/") + "/sandbox/"
        self._channel = channel
        self._channel_ids: dict[str, str] = {}

    def in_(self, channel: str) -> "Person":
        return Person(self._session, self._url.removesuffix("/sandbox/"), self.id, channel=channel)

    # -- doing --------------------------------------------------------------------------------

    async def types(
        self, text: str, *, channel: str | None = None, thread: SeenMessage | None = None
    ) -> None:
        """A slash command, or a message. Waits for the ack of a command. Raises Refused."""
        body = {"channel": await self._channel_id(channel), "text": text}
        if text.startswith("/"):
            await self._does("command", body)
        else:
            await self._does("message", body | ({"thread_ts": thread.ts} if thread else {}))

    async def posts(
        self, text: str, *, channel: str | None = None, thread: SeenMessage | None = None
    ) -> SeenMessage:
        """A message, as it then stands in the channel (or in the thread)."""
        body = {"channel": await self._channel_id(channel), "text": text}
        told = await self._does("message", body | ({"thread_ts": thread.ts} if thread else {}))
        there = await self.reads(channel, thread=thread)
        return next(message for message in there if message.ts == told["ts"])

    async def clicks(
        self,
        source: Touched,
        button: str | None = None,
        *,
        action_id: str | None = None,
        confirmed: bool = False,
    ) -> None:
        """The button with exactly this text, or this action_id. Raises Refused."""
        control = _pick([c for c in source.controls if c.is_button], button, action_id, source)
        await self._does("click", _touched(source, control) | {"confirmed": confirmed})

    async def chooses(
        self,
        source: Touched,
        menu: str | None = None,
        *,
        value: object,
        action_id: str | None = None,
        typed: str | None = None,
        confirmed: bool = False,
    ) -> None:
        """`menu` is its label or placeholder; `value` an option's visible text or value, a list of them, an
        id, a date, a text. In a menu that searches, `typed` (or else `value`) is typed first.
        """
        control = _pick([c for c in source.controls if not c.is_button], menu, action_id, source)
        options = _options(control.element)
        if control.kind in ("external_select", "multi_external_select"):
            options = await self.searches(source, typed or str(value), action_id=control.action_id)
        body = _touched(source, control) | {"value": _by_text(options, value), "confirmed": confirmed}
        await self._does("choose", body)

    async def searches(
        self,
        source: Touched,
        typed: str,
        *,
        menu: str | None = None,
        action_id: str | None = None,
    ) -> list[Json]:
        """The options that the app suggests for this text."""
        control = _pick([c for c in source.controls if not c.is_button], menu, action_id, source)
        told = await self._does("options", _touched(source, control) | {"typed": typed})
        grouped = [option for group in told.get("option_groups", []) for option in group["options"]]
        return [*told.get("options", []), *grouped]

    async def submits(self, view: SeenView, values: Json | None = None) -> None:
        """Values by the label of the input, or {block_id: {action_id: value}}. Raises Refused, with the
        sentences of the modal in `errors`.
        """
        filled: Json = {}
        for key, value in (values or {}).items():
            if isinstance(value, dict):
                filled[key] = value
            else:
                control = _pick([c for c in view.controls if not c.is_button], key, None, view)
                filled.setdefault(control.block_id, {})[control.action_id] = _by_text(
                    _options(control.element), value
                )
        await self._does("submit", {"view_id": view.id, "values": filled})

    async def closes(self, view: SeenView, *, everything: bool = False) -> None:
        await self._does("close", {"view_id": view.id, "all": everything})

    async def opens_home(self, *, tab: str = "home") -> None:
        await self._does("home", {"tab": tab})

    async def uses_shortcut(self, callback_id: str, message: SeenMessage | None = None) -> None:
        await self._does("shortcut", {"callback_id": callback_id} | (message.where if message else {}))

    async def runs_workflow(self, callback_id: str, *, channel: str | None = None, **inputs: object) -> str:
        """Starts a workflow whose one step is this function of the app; its id. Inputs for the person and the
        channel need not be given. Raises Refused.
        """
        body = {"channel": await self._channel_id(channel), "callback_id": callback_id, "inputs": inputs}
        return str((await self._does("workflow", body))["run"])

    async def archives(self, channel: str | None = None) -> None:
        await self._changes_channel({"archived": True}, channel)

    async def unarchives(self, channel: str | None = None) -> None:
        await self._changes_channel({"archived": False}, channel)

    async def renames(self, name: str, *, channel: str | None = None) -> None:
        await self._changes_channel({"name": name}, channel)

    async def deletes_channel(self, channel: str | None = None) -> None:
        await self._changes_channel({"deleted": True}, channel)

    async def invites_app(self, channel: str | None = None) -> None:
        await self._changes_channel({"bot_member": True}, channel)

    async def removes_app(self, channel: str | None = None) -> None:
        await self._changes_channel({"bot_member": False}, channel)

    async def pins(self, message: SeenMessage) -> None:
        await self._does("pin", message.where)

    async def unpins(self, message: SeenMessage) -> None:
        await self._does("pin", message.where | {"pinned": False})

    # -- seeing -------------------------------------------------------------------------------

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

    # -- the wire -----------------------------------------------------------------------------

    async def _does(self, what: str, body: Json) -> Json:
        async with self._session.post(self._url + what, json=body | {"as": self.id}) as response:
            return _told(await response.json())

    async def _changes_channel(self, change: Json, channel: str | None) -> None:
        url = f"{self._url}channels/{await self._channel_id(channel)}"
        async with self._session.put(url, json=change | {"as": self.id}) as response:
            _told(await response.json())

    async def _look(self, what: str, query: Json, since: int | None, wait: float) -> Json:
        asked = query | {"as": self.id}
        if since is not None:
            asked |= {"since": str(since), "wait": f"{wait:.3f}"}
        async with self._session.get(self._url + what, params=asked) as response:
            return _told(await response.json())

    async def _read(
        self, channel_id: str, thread: SeenMessage | None, since: int | None = None, wait: float = 0
    ) -> tuple[int, list[SeenMessage]]:
        query = {"channel": channel_id} | ({"thread_ts": thread.ts} if thread else {})
        told = await self._look("messages", query, since, wait)
        return told["revision"], [seen.message(shape) for shape in told["messages"]]

    async def _views(self, since: int | None, wait: float) -> tuple[int, list[SeenView]]:
        told = await self._look("views", {}, since, wait)
        return told["revision"], [seen.view(shape) for shape in told["views"]]

    async def _channel_id(self, channel: str | None) -> str:
        """By name or id; `app` is the direct message with the app, once it is open."""
        named = channel or self._channel
        if named is None:
            raise ValueError("which channel? name it, or bind one with in_()")
        if named not in self._channel_ids:
            told = await self._look("workspace", {}, None, 0)
            for each in told["channels"]:
                self._channel_ids |= {each["name"]: each["id"], each["id"]: each["id"]}
                if each["is_im"] and self.id in each["members"]:
                    self._channel_ids["app"] = each["id"]
        if named not in self._channel_ids:
            raise Refused("no_such_channel", {"channel": named})
        return self._channel_ids[named]

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


def _told(answer: Json) -> Json:
    if answer.get("ok") is False:
        raise Refused(str(answer["error"]), answer)
    return answer


def _touched(source: Touched, control: Control) -> Json:
    return source.where | {"block_id": control.block_id, "action_id": control.action_id}


def _pick(among: list[Control], label: str | None, action_id: str | None, source: Touched) -> Control:
    found = [c for c in among if (label is None or c.label == label) and action_id in (None, c.action_id)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{c.label!r} ({c.action_id})" for c in among) or "none"
    wanted = repr(label) if label is not None else action_id
    error = "ambiguous_element" if found else "no_such_element"
    raise Refused(error, {"wanted": wanted, "there": there, "shown": source.words})


def _options(element: Json) -> list[Json]:
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def _by_text(options: list[Json], value: object) -> object:
    """The value of the option with this visible text; otherwise the value as it is."""
    if isinstance(value, list):
        return [_by_text(options, each) for each in value]
    return next((option["value"] for option in options if option["text"]["text"] == value), value)
