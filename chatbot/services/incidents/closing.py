"""The end of an incident, told: the card, the timeline with its file, and the pin taken off."""

import asyncio
import logging
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from chatbot.domain.scenes import Scene
from chatbot.messages import incident, incidenttimeline
from chatbot.services.announcer import Announcer, Posted
from chatbot.services.incidents.desk import Desk
from chatbot.services.incidents.records import Kept, kept_json, kept_of
from chatbot.services.operations.ledger import Clock
from chatbot.services.people import People
from storage import incidents
from storage.database import Database
from storage.models import Incident as Row

_log = logging.getLogger(__name__)


class Closing:
    def __init__(
        self, database: Database, desk: Desk, announcer: Announcer, people: People, clock: Clock
    ) -> None:
        self._database = database
        self._desk = desk
        self._announcer = announcer
        self._people = people
        self._clock = clock

    async def close(self, row: Row) -> None:
        """Each step once more after a crash in the midst of it; only the file may then be there twice.

        Raises:
            LeaseLost, one of SlackTrouble.
        """
        about, entries, _ = await self._desk.whole(row)
        kept = kept_of(row)
        if row.ts is not None:
            posted = Posted(row.channel, row.ts)
            await self._announcer.update(posted, incident.card(Scene(about, entries=tuple(entries))))
            if kept.file is None:
                people = await self._named({entry.actor for entry in entries})
                text = incidenttimeline.text_file(about, incidenttimeline.name_of(about), entries, people)
                kept = replace(kept, file=await self._upload(posted, row, text))
                row = await self._keep(row, kept)
            key = str(uuid5(NAMESPACE_URL, f"{row.id}/timeline"))
            told = incidenttimeline.timeline(about, entries, kept.file or None)
            await self._announcer.post(row.channel, told, key=key, thread=row.ts)
            await self._announcer.unpin(posted)
        async with self._database.write() as session:
            free = {"lease_owner": None, "lease_until": None}
            await incidents.change(session, row.id, row.fence, told_at=self._clock(), **free)

    async def _named(self, actors: set[str]) -> dict[str, str]:
        """A file mentions nobody."""
        users = [actor for actor in actors if actor.startswith("slack:")]
        names = await asyncio.gather(*(self._people.name(user.removeprefix("slack:")) for user in users))
        return {user: name for user, name in zip(users, names, strict=True) if name}

    async def _upload(self, posted: Posted, row: Row, text: str) -> str:
        name = f"incident-{row.opened_at:%Y-%m-%d-%H%M}.txt"
        return await self._announcer.upload(posted, text, name=name, title="Timeline of the incident")

    async def _keep(self, row: Row, kept: Kept) -> Row:
        async with self._database.write() as session:
            return await incidents.change(session, row.id, row.fence, detail=kept_json(kept))
