"""Reminds people of production that stays pinned: one message in each channel, kept up to date until it is over.

What is due is a row. Whoever shows a pin has a lease on it; what happens meanwhile makes it due again.
"""

import asyncio
import logging
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError

from chatbot.domain.deployments import Project
from chatbot.domain.pinning import (
    FIRST,
    KEPT,
    NoLongerPinned,
    Pinning,
    Unpinned,
    is_due,
    next_reminder,
    not_live,
)
from chatbot.domain.requests import ButtonUnknown
from chatbot.errors import NotFound, PlatformError
from chatbot.messages import pinned
from chatbot.services.announcer import Announcer, SlackTrouble
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock
from chatbot.services.people import People
from chatbot.services.reminders import Reminders
from chatbot.services.tasks import Tasks
from chatbot.vercel import VercelClient
from storage import audit, pins
from storage.database import Database
from storage.models import Pin, Production

_LEASE = timedelta(minutes=2)
_AGAIN_AFTER = timedelta(minutes=1)
_SOON = timedelta(seconds=2)
_AT_ONCE = 10
_CLOCKS_DIFFER = timedelta(minutes=15)
_log = logging.getLogger(__name__)


class Reminding:
    """`owner` names this process among its replicas."""

    def __init__(
        self,
        database: Database,
        vercel: VercelClient,
        history: History,
        announcer: Announcer,
        people: People,
        tasks: Tasks,
        clock: Clock,
        *,
        owner: str,
    ) -> None:
        self._database = database
        self._vercel = vercel
        self._history = history
        self._reminders = Reminders(database, announcer)
        self._people = people
        self._tasks = tasks
        self._clock = clock
        self._owner = owner
        self._not_before: dict[str, datetime] = {}  # what could not be read is not read again at once

    def wake(self) -> None:
        """Something is due: do not wait for the next tick."""
        self._tasks.start(self.tick(), "reminding of pins")

    async def tick(self) -> None:
        async with self._database.read() as session:
            unsettled = await pins.unsettled(session)
            due = await pins.is_due(session, self._clock()) or bool(await pins.outdated_ones(session))
        for row in unsettled:
            due |= await self._settle(row)
        if due:
            now = self._clock()
            async with self._database.write() as session:
                await pins.look_soon(session, now)
                mine = await pins.claim_due(session, owner=self._owner, now=now, lease=_LEASE, limit=_AT_ONCE)
            await asyncio.gather(*(self._show(pin) for pin in mine))

    async def keep(self, project_id: str, *, actor: str, channel: str) -> None:
        """Nobody is reminded for some hours, and everybody sees who wants that. Raises NoLongerPinned."""
        now = self._clock()
        async with self._database.write() as session:
            pin = await pins.keep(session, project_id, by=actor, until=now + KEPT, now=now)
            if pin is None:
                over = await pins.get(session, project_id)
                raise NoLongerPinned(over.project_name) if over else ButtonUnknown
            await audit.append(
                session,
                at=now,
                action="pin.kept",
                actor=actor,
                project=pin.project_name,
                channel=channel,
                detail={"until": (now + KEPT).isoformat()},
            )
        self.wake()

    async def _settle(self, row: Production) -> bool:
        """Let a pin begin or end, as production was last seen. Whether something is due by that."""
        if not row.pinned or row.gone_at is not None:
            return await self._end(row.project_id)
        now = self._clock()
        if self._not_before.get(row.project_id, now) > now:
            return False
        if await self._begin(row):
            self._not_before.pop(row.project_id, None)
            return True
        self._not_before[row.project_id] = now + _AGAIN_AFTER
        return False

    async def _begin(self, row: Production) -> bool:
        """Since when, by whom and why it is pinned, as the platform and the bot's own operations tell."""
        try:
            project = await self._vercel.project(row.project_id)
        except PlatformError as error:
            _log.warning("who pinned a project cannot be read: %s", error)
            return False
        last = project.last_request
        if not project.pinned or project.current is None or last is None:
            return False  # it was until now: the next look at it says so as well
        ours = await self._history.rolled_back(
            project.id, project.current.id, since=last.requested_at - _CLOCKS_DIFFER
        )
        outside = f"vercel:{project.rollback_by}" if project.rollback_by else None
        pin = Pin(
            project_id=project.id,
            project_name=project.name,
            since=last.requested_at,
            by=ours.actor if ours else outside,
            why=project.rollback_reason or (ours.reason if ours else None),
            channel=ours.channel if ours else None,
            look_at=last.requested_at + FIRST,
        )
        async with self._database.write() as session:
            return await pins.begin(session, pin)

    async def _end(self, project_id: str) -> bool:
        async with self._database.write() as session:
            return await pins.end(session, project_id, self._clock())

    async def _show(self, pin: Pin) -> None:
        look_at: datetime | None = self._clock() + _AGAIN_AFTER
        try:
            async with asyncio.timeout(_LEASE.total_seconds() * 2 / 3):
                look_at = await self._shown(pin)
        except (PlatformError, *SlackTrouble) as error:
            _log.warning("a pin was not shown, again in a minute: %s", _why(error))
        async with self._database.write() as session:
            await pins.let_go(session, pin, look_at)

    async def _shown(self, pin: Pin) -> datetime | None:
        """When it is due again. Raises PlatformError, or one of SlackTrouble."""
        now = self._clock()
        try:
            project: Project | None = await self._vercel.project(pin.project_id)
        except NotFound:
            project = None
        if project is not None and project.move_under_way is not None and not project.pinned:
            return now + _SOON  # what it comes to is told once it is through
        if pin.over_at is not None:
            over = pinned.unpinned(await self._unpinned(pin, project))
            await self._reminders.show(pin, over, now, anew=False)
            return None
        if project is None or not project.pinned:
            await self._end(pin.project_id)
            return pin.look_at  # which that has changed
        builds = await self._vercel.deployments(
            {"projectId": project.id, "state": "READY", "target": "production"}
        )
        state = Pinning(
            project_id=project.id,
            project_name=project.name,
            since=pin.since,
            by=await self._people.called(pin.by),
            why=pin.why,
            current=project.current,
            waiting=not_live(project, builds),
            kept_by=await self._people.called(pin.kept_by),
            kept_until=pin.quiet_until,
        )
        anew = is_due(pin.since, now)
        stands = await self._reminders.show(pin, pinned.reminder(state, now), now, anew=anew)
        following = next_reminder(pin.since, pin.quiet_until, now)
        return following if stands else min(following, now + FIRST)  # somebody may want to hear of it by then

    async def _unpinned(self, pin: Pin, project: Project | None) -> Unpinned:
        current = project.current if project else None
        by = None
        if current is not None and not await self._history.rolled_back(
            pin.project_id, current.id, since=pin.since - _CLOCKS_DIFFER
        ):
            by = await self._history.mover(pin.project_id, current.id, since=pin.since)
        return Unpinned(
            project_id=pin.project_id,
            project_name=pin.project_name,
            since=pin.since,
            over_at=pin.over_at or self._clock(),
            current=current,
            by=await self._people.called(by),
            gone=project is None,
        )


def _why(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
