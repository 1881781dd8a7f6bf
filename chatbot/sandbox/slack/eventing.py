"""The Events API: an event goes to the app if its manifest asks for it, and is retried as Slack retries."""

import asyncio
from collections.abc import Sequence

from chatbot.sandbox.slack.delivery import EVENTS, Delivery, NotDelivered
from chatbot.sandbox.slack.installation import Installation
from chatbot.sandbox.slack.payloads import Payloads
from chatbot.sandbox.slack.records import Channel, Json

RETRY_SECONDS = (0.0, 60.0, 300.0)
"""Up to three retries: at once, after about a minute, after about five."""

MESSAGE_EVENTS = {"im": "message.im", "groups": "message.groups", "channels": "message.channels"}


SCOPES = {
    "app_mention": ("app_mentions:read",),
    "link_shared": ("links:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
}
PREFIXES = {"channel_": ("channels:read",), "group_": ("groups:read",)}
"""Any one of these scopes is needed for an event; app_home_opened and function_executed need none."""


def scopes_of(name: str) -> tuple[str, ...]:
    by_prefix = next((scopes for prefix, scopes in PREFIXES.items() if name.startswith(prefix)), ())
    return SCOPES.get(name, by_prefix)


class Events:
    def __init__(
        self,
        app: Installation,
        payloads: Payloads,
        delivery: Delivery,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        self._app = app
        self._payloads = payloads
        self._delivery = delivery
        self._retry_seconds = retry_seconds
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, name: str, event: Json) -> bool:
        """`name` is the manifest's (message.channels for a message event). False: the manifest does
        not ask for it, or lacks its scope.
        The delivery goes on by itself: whoever caused the event does not wait for the app.
        """
        scopes = scopes_of(name)
        if name not in self._app.events or (scopes and not set(scopes) & set(self._app.scopes)):
            return False
        task = asyncio.create_task(self._deliver(self._payloads.event(event)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return True

    def message_event(self, channel: Channel) -> str:
        return MESSAGE_EVENTS[channel.scope_prefix]

    async def _deliver(self, payload: Json) -> None:
        """The same event_id on every try: it is what an app knows a repetition by."""
        reason = ""
        for attempt, wait in enumerate((0.0, *self._retry_seconds)):
            await asyncio.sleep(wait)
            try:
                await self._delivery.send(EVENTS, payload, attempt=attempt, reason=reason)
            except NotDelivered as error:
                reason = error.retry_reason
            else:
                return

    async def close(self) -> None:
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
