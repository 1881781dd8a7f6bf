"""The hand of a person, for tours and tests: types, clicks and reads through the workspace's JSON API."""

from chatbot.sandbox.onlooking import NotSeen, Onlooker
from chatbot.sandbox.reaching import Refused, answered
from chatbot.sandbox.seen import Control, Json, SeenCard, SeenMessage, SeenView

__all__ = ["NotSeen", "Person", "Refused"]

Touched = SeenMessage | SeenView | SeenCard


class Person(Onlooker):
    """`in_` binds a channel, so that it need not be named each time."""

    def in_(self, channel: str) -> "Person":
        return Person(self._session, self._url.removesuffix("/sandbox/"), self.id, channel=channel)

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

    async def _changes_channel(self, change: Json, channel: str | None) -> None:
        url = f"{self._url}channels/{await self._channel_id(channel)}"
        async with self._session.put(url, json=change | {"as": self.id}) as response:
            answered(await response.json())


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
