"""What channels hear, and whether they are open to the bot: each change with its entry in the audit log.

A channel that is closed keeps its subscriptions and hears nothing. Whoever subscribed is told once, directly. It
is open again when Slack says so; an event that was missed is made up for by asking.
"""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel.ext.asyncio.session import AsyncSession

from chatbot.domain.subscribing import ALL, Heard, Hears
from chatbot.messages import subscriptions as words
from chatbot.services.announcer import Announcer, SlackTrouble, may_pass
from chatbot.services.operations.ledger import Clock
from storage import audit, subscriptions
from storage.database import Database
from storage.models import Subscription

_AT_ONCE = 50
_log = logging.getLogger(__name__)


async def close(session: AsyncSession, channel: str, why: str, now: datetime, *, said: bool = False) -> None:
    """Slack takes nothing for the channel: it is paused. `said`: whoever subscribed knows; otherwise they are
    told soon. In the caller's transaction; the second time nothing happens.
    """
    if await subscriptions.close(session, channel, why=why, now=now, said=said):
        await audit.append(
            session, at=now, action="channel.closed", actor="bot", channel=channel, detail={"why": why}
        )


class Channels:
    def __init__(self, database: Database, announcer: Announcer, slack: AsyncWebClient, clock: Clock) -> None:
        self._database = database
        self._announcer = announcer
        self._slack = slack
        self._clock = clock

    async def subscribe(
        self, channel: str, projects: Collection[tuple[str, str]], kinds: frozenset[Hears], by: str
    ) -> list[Heard]:
        """`projects` are ids with names. Returns all that the channel hears then."""
        now = self._clock()
        async with self._database.write() as session:
            for project_id, name in projects:
                await subscriptions.add(session, channel, project_id, name, kinds, by=by, now=now)
            heard = _heard(await subscriptions.of_channel(session, channel))
            await _note(session, "channel.subscribed", channel, projects, kinds, by=by, now=now)
        return heard

    async def unsubscribe(
        self, channel: str, projects: Collection[tuple[str, str]], kinds: frozenset[Hears], by: str
    ) -> list[Heard]:
        """Returns all that the channel hears then."""
        now = self._clock()
        async with self._database.write() as session:
            for project_id, _ in projects:
                await subscriptions.take(session, channel, project_id, kinds)
            heard = _heard(await subscriptions.of_channel(session, channel))
            await _note(session, "channel.unsubscribed", channel, projects, kinds, by=by, now=now)
        return heard

    async def heard(self, channel: str) -> tuple[list[Heard], bool]:
        """All that the channel hears, with the other channels that do; and whether it is closed to the bot."""
        async with self._database.read() as session:
            found = await subscriptions.of_channel(session, channel)
            also = await subscriptions.elsewhere(
                session, [row.project_id for row in found if row.project_id != ALL], channel
            )
        return _heard(found, also), any(row.closed_at for row in found)

    async def projects(self, channel: str) -> list[str]:
        """The ids of those that it hears of by name, by name."""
        return [each.project_id for each in (await self.heard(channel))[0] if not each.is_all]

    async def close(self, channel: str, why: str, *, said: bool = False) -> None:
        async with self._database.write() as session:
            await close(session, channel, why, self._clock(), said=said)

    async def reopen(self, channel: str) -> None:
        """Where it was closed it goes on; otherwise nothing is written."""
        async with self._database.read() as session:
            is_closed = channel in await subscriptions.closed(session)
        if not is_closed:
            return
        async with self._database.write() as session:
            if await subscriptions.reopen(session, channel):
                await audit.append(
                    session, at=self._clock(), action="channel.reopened", actor="bot", channel=channel
                )

    async def tell_closed(self) -> None:
        """A tick: whoever subscribed a channel that is closed learns it, from one replica."""
        async with self._database.read() as session:
            unsaid = await subscriptions.closed(session, unsaid=True)
        for channel in unsaid[:_AT_ONCE]:
            now = self._clock()
            async with self._database.write() as session:
                mine = await subscriptions.say(session, channel, now)
            for by in sorted({row.created_by for row in mine}):
                await self._tell(channel, by, [row for row in mine if row.created_by == by], now)
            async with self._database.write() as session:
                await subscriptions.drop_deleted(session, channel)

    async def look_again(self) -> None:
        """A slow tick: whether a closed channel is open by now. An event may have been missed."""
        async with self._database.read() as session:
            closed = await subscriptions.closed(session)
        for channel in closed[:_AT_ONCE]:
            if await self._may_post(channel):
                await self.reopen(channel)

    async def _tell(self, channel: str, by: str, rows: list[Subscription], said_at: datetime) -> None:
        kind, _, user = by.partition(":")
        if kind != "slack":
            return
        closed_at, why = rows[0].closed_at, rows[0].why or ""
        key = str(uuid5(NAMESPACE_URL, f"closed/{channel}/{user}/{closed_at}"))
        try:
            await self._announcer.post(user, words.closed(channel, why, _heard(rows)), key=key)
        except SlackTrouble as error:
            _log.warning("somebody was not told that a channel is closed: %s", type(error).__name__)
            if may_pass(error):
                async with self._database.write() as session:
                    await subscriptions.unsay(session, channel, by, said_at)

    async def _may_post(self, channel: str) -> bool:
        """As a member: whoever took the bot out of a public channel does not want it to write there."""
        try:
            found = (await self._slack.conversations_info(channel=channel))["channel"]
        except SlackTrouble as error:
            _log.debug("a closed channel is not seen: %s", type(error).__name__)
            return False
        return bool(found.get("is_member")) and not found.get("is_archived")


async def _note(
    session: AsyncSession,
    action: str,
    channel: str,
    projects: Iterable[tuple[str, str]],
    kinds: Iterable[Hears],
    *,
    by: str,
    now: datetime,
) -> None:
    detail = {"kinds": sorted(kinds)}
    for _, name in projects:
        await audit.append(
            session, at=now, action=action, actor=by, project=name, channel=channel, detail=detail
        )


def _heard(rows: Iterable[Subscription], also: dict[str, list[str]] | None = None) -> list[Heard]:
    return [
        Heard(
            row.project_id,
            row.project_name,
            frozenset(kind for kind in Hears if getattr(row, kind)),
            tuple((also or {}).get(row.project_id, ())),
        )
        for row in rows
    ]
