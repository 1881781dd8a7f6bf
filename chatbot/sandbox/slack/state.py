"""Everything the workspace remembers, and one revision counter that wakes whoever waits for a change."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.elements import with_ids
from chatbot.sandbox.slack.identifiers import Identifiers, prefixed
from chatbot.sandbox.slack.records import Change, Channel, File, Group, Json, Member, Message, View


class State:
    def __init__(self, bot_name: str, clock: Callable[[], float]) -> None:
        self.ids = Identifiers(clock)
        self.people = {person.id: person for person in seed.people(bot_name)}
        self.groups: dict[str, Group] = {group.id: group for group in seed.groups()}
        self.channels: dict[str, Channel] = {c.id: c for c in seed.channels(int(clock()))}
        self.stacks: dict[str, list[View]] = {}
        """Open modals of each person, the top one last."""
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.revision = 0
        self.closing = False
        self._messages: dict[str, dict[str, Message]] = {channel: {} for channel in self.channels}
        self._threads: dict[tuple[str, str], dict[str, Message]] = {}
        self._changed = asyncio.Event()
        self._watchers: list[Callable[[Change], None]] = []

    # -- waiting ------------------------------------------------------------------------------

    def changed(self, change: Change) -> None:
        for watcher in list(self._watchers):
            watcher(change)
        self.wake()

    def wake(self) -> None:
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """Ends every wait at once: long polls answer, streams end."""
        self.closing = True
        self.wake()

    async def past(self, revision: int, within: float) -> None:
        """Returns once the revision is greater, or after that many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.revision <= revision and not self.closing:
                    await self._changed.wait()

    async def until(self, holds: Callable[[], bool], within: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not holds() and not self.closing:
                    await self._changed.wait()
        return holds()

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Calls it with every change from now on; the answer ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    # -- people and channels ------------------------------------------------------------------

    def person(self, person_id: str) -> Member | None:
        return self.people.get(person_id)

    def channel(self, channel_id: str) -> Channel | None:
        return self.channels.get(channel_id)

    def channel_named(self, name: str) -> Channel | None:
        named = name.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == named and not c.is_im), None)

    def direct_message(self, person: str, bot_user: str) -> Channel:
        """The conversation of this person and the app; opened on first use."""
        channel_id = "D0" + person.removeprefix("U0")
        if channel_id not in self.channels:
            self.channels[channel_id] = Channel(
                channel_id, f"dm-{self.people[person].name}", is_im=True, members=[person, bot_user]
            )
            self._messages[channel_id] = {}
            self.workspace_changed()
        return self.channels[channel_id]

    def forget(self, channel: Channel) -> None:
        """A deleted channel goes with its messages."""
        del self.channels[channel.id], self._messages[channel.id]
        self.workspace_changed()

    def workspace_changed(self) -> None:
        """People, groups, channels or the app's connections."""
        self.changed(Change("workspace"))

    # -- messages -----------------------------------------------------------------------------

    def messages(self, channel: str, *, person: str | None = None) -> list[Message]:
        """Oldest first. With a person: what that person sees; without: the history, no ephemeral ones."""
        found = self._messages[channel].values()
        if person is None:
            return [message for message in found if message.only_for is None]
        return [message for message in found if message.is_shown_to(person)]

    def message(self, channel: str, ts: str, *, person: str | None = None) -> Message | None:
        """The message as that person (None: the history) knows it."""
        message = self._messages.get(channel, {}).get(ts)
        if message is None or (message.only_for is not None and message.only_for != person):
            return None
        return message

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """What everybody sees of a thread, without its parent."""
        return list(self._threads.get((channel, thread_ts), {}).values())

    def post(self, message: Message) -> Message:
        message.blocks = with_ids(message.blocks)
        self._messages[message.channel][message.ts] = message
        self._tell(message)
        if message.is_reply and message.only_for is None:
            self._thread_of(message)[message.ts] = message
            self._tell_parent(message)
        return message

    def revise(self, message: Message, content: Json) -> None:
        """Sets those of text, blocks, attachments and metadata that are given."""
        for name, value in content.items():
            setattr(message, name, with_ids(value) if name == "blocks" else value)
        message.edited_ts = self.ids.ts()
        self._tell(message)

    def remove(self, message: Message) -> None:
        del self._messages[message.channel][message.ts]
        self.channels[message.channel].pins.pop(message.ts, None)
        self.changed(Change("deleted", message.channel, message, message.only_for))
        if message.is_reply and message.only_for is None:
            del self._thread_of(message)[message.ts]
            self._tell_parent(message)

    def _thread_of(self, reply: Message) -> dict[str, Message]:
        return self._threads.setdefault((reply.channel, reply.thread_ts or ""), {})

    def touched(self, message: Message) -> None:
        """Something beside its content changed, such as a reaction."""
        self._tell(message)

    def _tell(self, message: Message) -> None:
        self.changed(Change("message", message.channel, message, message.only_for))

    def _tell_parent(self, reply: Message) -> None:
        parent = self.message(reply.channel, reply.thread_ts or "")
        if parent is not None:
            self._tell(parent)

    # -- views --------------------------------------------------------------------------------

    def new_view(self, person: str, definition: Json) -> View:
        view_id = prefixed("V")
        return View(view_id, person, definition, self.ids.view_hash(), view_id)

    def stack(self, person: str) -> list[View]:
        return self.stacks.setdefault(person, [])

    def view(self, view_id: str) -> View | None:
        """Any modal that is open, or a home, of anybody."""
        everything = [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())
        return next((view for view in everything if view.id == view_id), None)

    def views_changed(self, person: str) -> None:
        self.changed(Change("views", person=person))

    def workflows_changed(self, person: str) -> None:
        self.changed(Change("workflows", person=person))

    def home_changed(self, person: str) -> None:
        self.changed(Change("home", person=person))
