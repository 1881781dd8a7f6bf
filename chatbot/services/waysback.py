"""The way back from what is Current, for buttons; and what the click on such a button comes to."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chatbot.domain.candidates import is_newer, rollback_candidates
from chatbot.domain.deployments import Deployment, Domain, Project
from chatbot.domain.news import Kind
from chatbot.domain.planning import AlreadyCurrent
from chatbot.domain.plans import Part, Path, Plan
from chatbot.domain.releases import RollingRelease
from chatbot.domain.requests import ButtonUnknown, Deleted, Stale
from chatbot.domain.serving import Served, before_current, history, moved_by
from chatbot.domain.waysback import (
    Pressed,
    WayBack,
    WayBackChanged,
    core_only,
    part_that_changed,
    way_back,
    way_told,
)
from chatbot.services.operations.history import History
from chatbot.services.operations.ledger import Clock
from chatbot.services.operations.records import Lease
from chatbot.services.operations.requesting import Requesting
from chatbot.services.planner import Planner
from chatbot.services.telling.records import as_change
from storage import homes, subscriptions
from storage.database import Database
from storage.models import Operation as Row

_IN_PUBLIC = ("C", "G")
"""How the ids of channels begin; those of people and of direct messages do otherwise."""

_CLOCKS_DIFFER = timedelta(minutes=15)
"""The platform's time of a move and the bot's own are no further apart."""


@dataclass(frozen=True)
class Ways:
    """Where an instant rollback can go: `found` in the order of `rollback_candidates`, out of `builds`."""

    found: list[Deployment]
    builds: list[Deployment]
    times: list[Served]


class WaysBack:
    """Raises Refusal or PlatformError. Only `take` changes anything, and that in the database alone."""

    def __init__(
        self, planner: Planner, history: History, requesting: Requesting, database: Database, clock: Clock
    ) -> None:
        self._planner = planner
        self._history = history
        self._requesting = requesting
        self._database = database
        self._clock = clock

    async def all(self, project: Project) -> Ways:
        eligible, newest, changes = await asyncio.gather(
            self._planner.eligible(project.id),
            self._planner.builds(project.id),
            self._history.changes(project.id),
        )
        builds = list({d.id: d for d in (*newest, *eligible)}.values())
        times = history(project, builds, filter(None, map(moved_by, changes)))
        return Ways(rollback_candidates(project, builds, before_current(project, times)), builds, times)

    @staticmethod
    def best_of(
        project: Project, ways: Ways, domains: Iterable[Domain], release: RollingRelease | None = None
    ) -> WayBack | None:
        """To what served just before, else to the newest that is older than Current."""
        target = next((d for d in ways.found if not is_newer(d, project)), None)
        return way_back(project, target, domains, release) if target else None

    async def told(self, projects: Iterable[Project]) -> dict[str, WayBack]:
        """Of those whose change of Current is known: what its announcement offers, by project id. Nothing is asked of
        the platform.
        """
        current = {p.id: p.current.id for p in projects if p.current is not None}
        async with self._database.read() as session:
            changes = await homes.last_changes(session, current, (Kind.CURRENT,))
        ways = {id_: way_told(as_change(row), current[id_]) for id_, row in changes.items()}
        return {id_: way for id_, way in ways.items() if way is not None}

    async def take(self, pressed: Pressed, *, actor: str, channel: str, lease: Lease, clicked: str) -> Row:
        """Plan it afresh, and request it where it is what its button said. Whoever may is asked before.

        Raises:
            WayBackChanged: it is not; nothing was done.
            AlreadyUnderWay, ProjectBusy, NotEligible, ReleaseUnderWay.
        """

        async def attempt() -> Row:
            looked_at = self._clock()
            try:
                plan = await self._plan(pressed)
            except WayBackChanged:  # perhaps by somebody who has clicked the same
                await self._requesting.refuse_twice(pressed.project_id, Path.ROLLBACK, pressed.target_id)
                raise
            return await self._requesting.at_once(
                plan, looked_at=looked_at, actor=actor, channel=channel, lease=lease, clicked=clicked
            )

        try:
            return await attempt()
        except Stale:  # one that was asked for in the same moment was faster: look at what it did
            return await attempt()

    async def place(self, project_id: str, channel: str) -> str:
        """Where the operation's message goes: where it was clicked; from App Home or a direct message to a channel
        that hears of the project, if there is one.
        """
        if channel.startswith(_IN_PUBLIC):
            return channel
        async with self._database.read() as session:
            return await subscriptions.channel_for(session, project_id) or channel

    async def mover(self, project: Project, deployment_id: str, at: datetime | None) -> str | None:
        """Who made a deployment Current at that time, or is about to: this bot knows its own people, the platform
        who rolled back, and what was noticed names others.
        """
        since = (at or self._clock()) - _CLOCKS_DIFFER
        actor = await self._history.mover(project.id, deployment_id, since=since)
        last = project.last_request
        rolled_back = last is not None and last.to_id == deployment_id and last.type == "rollback"
        if actor is None and rolled_back and project.rollback_by:
            return f"vercel:{project.rollback_by}"
        return actor or await self._noticed_mover(project.id, deployment_id)

    async def _noticed_mover(self, project_id: str, deployment_id: str) -> str | None:
        async with self._database.read() as session:
            row = (await homes.last_changes(session, [project_id], (Kind.CURRENT,))).get(project_id)
        who = as_change(row).who if row is not None and row.to_id == deployment_id else None
        if who is None:
            return None
        return f"slack:{who.slack_user}" if who.slack_user else f"vercel:{who.name}"

    async def _plan(self, pressed: Pressed) -> Plan:
        """As it is now, if that is what the button said. Raises WayBackChanged."""
        try:
            plan = await self._planner.back(pressed.project_id, pressed.target_id)
        except AlreadyCurrent as now:
            raise await self._changed(now.project, Part.CURRENT, now.target) from None
        except Deleted:
            project = await self._planner.project(pressed.project_id)
            raise await self._changed(project, Part.GONE, None) from None
        if plan.target.project_id != plan.project.id:
            raise ButtonUnknown
        part = part_that_changed(pressed, plan)
        if part is None:
            return core_only(plan)
        held_up = plan.release is not None or plan.project.move_under_way is not None
        again = None if held_up else WayBack.of(plan)
        raise await self._changed(plan.project, part, plan.target, again, plan.release)

    async def _changed(
        self,
        project: Project,
        part: Part,
        target: Deployment | None,
        again: WayBack | None = None,
        release: RollingRelease | None = None,
    ) -> WayBackChanged:
        move, current = project.move_under_way, project.current
        if part is Part.MOVE and move is not None:
            by = await self.mover(project, move.to_id, move.requested_at)
        else:
            by = await self.mover(project, current.id, project.current_since) if current else None
        return WayBackChanged(project, part, target, by, again, release)
