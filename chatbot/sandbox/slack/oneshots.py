"""Things an app may use only so often and only so long: trigger ids, response URLs, Socket Mode tickets."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from chatbot.sandbox.slack.identifiers import secret, short

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60.0
RESPONSE_URL_USES = 5


class Spent(Exception):
    """The one-shot cannot be used; `error` is Slack's code for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Trigger:
    person: str
    expires: float
    view_id: str | None
    """The view that was clicked, if the interaction came from one."""
    used: bool = False


class Triggers:
    """One exchange each, within 3 seconds (slack.dev, opening modals)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, Trigger] = {}

    def new(self, person: str, view_id: str | None = None) -> str:
        trigger_id = f"{random.randrange(10**9)}.{random.randrange(10**9)}.{short(20).lower()}"
        self._known[trigger_id] = Trigger(person, self._clock() + TRIGGER_SECONDS, view_id)
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """Raises Spent. The caller sets `used` once the exchange went through."""
        trigger = self._known.get(trigger_id)
        if trigger is None:
            raise Spent("invalid_trigger_id")
        if trigger.used:
            raise Spent("exchanged_trigger_id")
        if self._clock() > trigger.expires:
            raise Spent("expired_trigger_id")
        return trigger


@dataclass
class ResponseUrl:
    person: str
    channel: str
    expires: float
    source_ts: str | None = None
    """The message that was clicked: what replace_original and delete_original mean."""
    unfurl: str | None = None
    """The link whose card was clicked: then they mean that card."""
    uses: int = 0


class ResponseUrls:
    """Five uses within 30 minutes (docs.slack.dev, handling interaction)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: dict[str, ResponseUrl] = {}

    def new(
        self,
        kind: str,
        team: str,
        person: str,
        channel: str,
        source_ts: str | None = None,
        unfurl: str | None = None,
    ) -> str:
        """A path below the workspace's root. `kind` is commands, actions or app, as in Slack's own."""
        path = f"/{kind}/{team}/{random.randrange(10**12)}/{secret()}"
        expires = self._clock() + RESPONSE_URL_SECONDS
        self._known[path] = ResponseUrl(person, channel, expires, source_ts, unfurl)
        return path

    def check(self, path: str) -> ResponseUrl:
        """Raises Spent. The caller counts the use once it went through."""
        known = self._known.get(path)
        if known is None:
            raise Spent("invalid_url")
        if known.uses >= RESPONSE_URL_USES:
            raise Spent("used_url")
        if self._clock() > known.expires:
            raise Spent("expired_url")
        return known
