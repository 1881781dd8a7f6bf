"""A change as a channel reads it, or somebody directly: with names and mentions as people want them, with what came
before it, and with the end of the log of a build that failed.
"""

from collections.abc import Iterable

from chatbot.domain.course import course
from chatbot.domain.news import Change, Kind
from chatbot.domain.pinning import Pinning
from chatbot.messages import Message
from chatbot.messages.heldback import held_back
from chatbot.messages.news import moved_on, news
from chatbot.services.buildlogs import BuildLogs
from chatbot.services.people import People
from chatbot.services.telling.records import as_change
from storage import pins
from storage.database import Database
from storage.models import Announcement
from storage.models import Change as Row


class Wording:
    def __init__(self, database: Database, people: People, build_logs: BuildLogs) -> None:
        self._database = database
        self._people = people
        self._build_logs = build_logs

    async def of(
        self, announcement: Announcement, row: Row, before: Iterable[Row], since: Row | None
    ) -> Message:
        """`before` are the project's earlier changes, oldest first; `since` is what has moved production since."""
        change = await self._people.named(as_change(row))
        later = await self._people.named(as_change(since)) if since else None
        if change.kind is Kind.STAGED and _is_person(announcement.channel):
            return await self._held_back(change, later)
        user = change.who.slack_user if change.who else None
        return news(
            change,
            mentioned=user is not None and await self._people.is_mentioned(user),
            course=course(change, [as_change(earlier) for earlier in before]),
            since=later,
            log_end=await self._build_logs.of(change),
        )

    async def _held_back(self, change: Change, since: Change | None) -> Message:
        """To the author of a build that stays Staged because of a rollback."""
        async with self._database.read() as session:
            pin = await pins.get(session, change.project_id)
        known = None
        if pin is not None and pin.since <= change.noticed_at:
            by = await self._people.called(pin.by)
            known = Pinning(pin.project_id, pin.project_name, pin.since, by, pin.why, channel=pin.channel)
        why = moved_on(since, "Nothing to resume from here any more") if since else None
        return held_back(change, known, since=why)


def _is_person(channel: str) -> bool:
    """Ids of people begin so."""
    return channel.startswith(("U", "W"))
