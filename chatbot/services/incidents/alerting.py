"""Vercel's alerts: the first of a group opens an incident, where a channel hears of its project."""

import logging
from datetime import datetime, timedelta

from pydantic import BaseModel, Field, ValidationError

from chatbot.domain.incidents import Named
from chatbot.messages.wording import plain
from chatbot.services.incidents.desk import MAX_WHAT, Desk
from chatbot.services.operations.ledger import Clock
from chatbot.vercel.webhooks import Event
from storage import subscriptions
from storage.database import Database

ALERTS = "alerts.triggered"
_OLDEST = timedelta(days=1)
_log = logging.getLogger(__name__)


class _Alert(BaseModel):
    type: str = ""
    title: str = ""
    started_at: datetime | None = Field(default=None, alias="startedAt")


class _Payload(BaseModel):
    """vercel.com/docs/alerts tells the kinds and that they come in groups; nothing here is needed to be there."""

    slug: str = Field(default="", alias="projectSlug")
    group: str = Field(default="", alias="groupId")
    alerts: list[_Alert] = []


class Alerting:
    """Quick, and the same once where the same event comes twice: the desk knows the group."""

    def __init__(self, desk: Desk, database: Database, clock: Clock) -> None:
        self._desk = desk
        self._database = database
        self._clock = clock

    async def heard(self, event: Event) -> None:
        """Unusual traffic alone is no incident, and says nothing of what is Current."""
        told = _read(event)
        if event.project_id is None or (told.alerts and all(a.type == "usage_anomaly" for a in told.alerts)):
            return
        where = await self._where(event.project_id, plain(told.slug, 100))
        if where is None:
            _log.info("an alert is left: no channel hears of its project")
            return
        channel, name = where
        what = plain("; ".join(a.title for a in told.alerts if a.title), MAX_WHAT)
        await self._desk.open(
            [Named(event.project_id, name)],
            what or "Vercel's alert",
            channel=channel,
            actor="vercel",
            alert=f"alert:{plain(told.group) or event.id}"[:200],
            begun=self._begun(told),
        )

    async def _where(self, project_id: str, slug: str) -> tuple[str, str] | None:
        """The channel that has heard of it longest, by its name rather than as one of all; and what it is called."""
        async with self._database.read() as session:
            found = await subscriptions.of_project(session, project_id)
        if not found:
            return None
        named = [row for row in found if row.project_id == project_id]
        row = min(named or found, key=lambda row: row.created_at)
        return row.channel, named[0].project_name if named else slug or project_id

    def _begun(self, told: _Payload) -> datetime | None:
        """What lies long ago, or ahead, is not believed."""
        now = self._clock()
        started = [a.started_at for a in told.alerts if a.started_at and a.started_at.tzinfo]
        begun = min(started, default=None)
        return begun if begun and now - _OLDEST <= begun <= now else None


def _read(event: Event) -> _Payload:
    try:
        return _Payload.model_validate(event.payload)
    except ValidationError:
        _log.warning("an alert has another form than is known")
        return _Payload()
