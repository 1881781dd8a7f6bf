"""One request to the JSON API: what it asks for, and the refusal when it cannot be had."""

import json
from dataclasses import dataclass
from math import isfinite

from aiohttp import web

from chatbot.sandbox.slack.backend import Backend
from chatbot.sandbox.slack.payloads import Source
from chatbot.sandbox.slack.records import Channel, Json, Member


class CannotDo(Exception):
    """Answered {"ok": false, "error": …} with a 4xx status; `extra` joins it."""

    def __init__(self, error: str, status: int = 409, **extra: object) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.extra = extra


@dataclass(frozen=True)
class Ask:
    """`given` is the JSON body, or the query of a GET."""

    backend: Backend
    given: Json
    id: str = ""
    """The last part of the path, where it names something."""

    def text(self, name: str) -> str:
        value = self.given.get(name)
        if not isinstance(value, str) or not value:
            raise CannotDo("missing_argument", 400, argument=name)
        return value

    def optional(self, name: str) -> str | None:
        value = self.given.get(name)
        return None if value is None else str(value)

    def number(self, name: str, otherwise: float) -> float:
        try:
            number = float(self.given.get(name, otherwise))
        except (OverflowError, TypeError, ValueError) as error:
            raise CannotDo("invalid_argument", 400, argument=name) from error
        if not isfinite(number):
            raise CannotDo("invalid_argument", 400, argument=name)
        return number

    def flag(self, name: str) -> bool:
        return self.given.get(name) is True

    @property
    def person(self) -> Member:
        """The person whose hand this is. Bots have none."""
        person = self.backend.state.person(self.text("as"))
        if person is None or person.is_bot:
            raise CannotDo("no_such_person", 404)
        return person

    @property
    def channel(self) -> Channel:
        """A conversation that the person may read."""
        channel = self.backend.state.channel(self.text("channel"))
        if channel is None or not channel.is_open_to(self.person.id):
            raise CannotDo("no_such_channel", 404)
        return channel

    @property
    def channel_to_write(self) -> Channel:
        channel = self.channel
        if channel.archived:
            raise CannotDo("is_archived")
        if self.person.id not in channel.members:
            raise CannotDo("not_in_channel")
        return channel

    @property
    def source(self) -> Source:
        """The view or the message that is touched, as the person sees it now."""
        state, person = self.backend.state, self.person
        view_id = self.optional("view_id")
        if view_id is not None:
            view = state.view(view_id)
            if view is None or view.user != person.id:
                raise CannotDo("no_such_view", 404)
            return Source(view=view)
        channel = self.channel
        message = state.message(channel.id, self.text("ts"), person=person.id)
        if message is None:
            raise CannotDo("no_such_message", 404)
        unfurl = self.optional("unfurl")
        if unfurl is not None and unfurl not in message.unfurls:
            raise CannotDo("no_such_unfurl", 404)
        return Source(channel=channel, message=message, unfurl=unfurl)

    def absolute(self, path: str) -> str:
        return self.backend.address() + path


async def asked(backend: Backend, request: web.Request) -> Ask:
    """Raises CannotDo."""
    identity = request.match_info.get("id", "")
    if request.method == "GET":
        return Ask(backend, dict(request.query), identity)
    text = await request.text()
    try:
        given = json.loads(text) if text else {}
    except ValueError as error:
        raise CannotDo("invalid_json", 400) from error
    if not isinstance(given, dict):
        raise CannotDo("invalid_json", 400)
    return Ask(backend, given, identity)
