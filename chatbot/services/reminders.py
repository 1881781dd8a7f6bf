"""The messages about a pin: one in each channel. What one channel does not take holds up no other."""

import logging
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from slack_sdk.errors import SlackApiError

from chatbot.messages import Message
from chatbot.services.announcer import Announcer, Posted, SlackTrouble, is_closed
from chatbot.services.channels import close
from storage import pins
from storage.database import Database
from storage.models import Pin, Reminder

_log = logging.getLogger(__name__)


class Reminders:
    def __init__(self, database: Database, announcer: Announcer) -> None:
        self._database = database
        self._announcer = announcer

    async def show(self, pin: Pin, message: Message, now: datetime, *, anew: bool) -> set[str]:
        """The channels where it stands now. `anew`: also where it does not stand yet, or somebody has deleted it.

        Raises one of SlackTrouble, once all channels had their turn.
        """
        async with self._database.read() as session:
            shown = {reminder.channel: reminder for reminder in await pins.shown(session, pin.project_id)}
            wanted = await pins.channels(session, pin.project_id) if anew else set()
        if anew and pin.channel is not None:
            wanted.add(pin.channel)
        stands: set[str] = set()
        trouble: Exception | None = None
        for channel in sorted(wanted | shown.keys()):
            try:
                ts = await self._put(pin, message, channel, shown.get(channel), anew=channel in wanted)
            except SlackTrouble as error:
                if is_closed(error):
                    await self._close(channel, error, now)
                else:
                    trouble = error
                continue
            async with self._database.write() as session:
                if ts is not None:
                    await pins.remember(session, pin.project_id, channel, ts=ts, now=now)
                    stands.add(channel)
                else:
                    await pins.forget(session, pin.project_id, channel)
        if trouble is not None:
            raise trouble
        return stands

    async def _put(
        self, pin: Pin, message: Message, channel: str, known: Reminder | None, *, anew: bool
    ) -> str | None:
        """Where it stands; None: nowhere any more.

        The same post again, after a crash or a lost answer, has the same key: Slack answers with the first one then,
        which may read otherwise.
        """
        if known is not None and await self._announcer.update(Posted(channel, known.ts), message, hasty=True):
            return known.ts
        if not anew:
            return None
        instead_of = known.ts if known is not None else ""
        about = f"promotebot:pin:{pin.project_id}:{pin.since.isoformat()}:{channel}:{instead_of}"
        key = str(uuid5(NAMESPACE_URL, about))
        posted = await self._announcer.post(channel, message, key=key, hasty=True)
        if posted.text != message.text:
            await self._announcer.update(posted, message, hasty=True)
        return posted.ts

    async def _close(self, channel: str, error: Exception, now: datetime) -> None:
        why = str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
        _log.info("a channel hears nothing of a pin: %s", why)
        async with self._database.write() as session:
            await close(session, channel, why, now)
