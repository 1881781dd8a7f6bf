"""Publishes App Home: at once for whoever opens or touches it, and by itself for whoever did so lately."""

import asyncio
import logging
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.domain.access import IdentityUnknown
from chatbot.messages import home as wording
from chatbot.services.announcer import SlackTrouble, asks_to_wait
from chatbot.services.directory import Directory
from chatbot.services.homes.overviews import KEPT_UP_FOR, Overviews, Read
from chatbot.services.homes.refining import Refining
from chatbot.services.operations.ledger import Clock
from storage import homes
from storage.database import Database
from storage.models import Home

EVERY = 0.5
"""Seconds between two ticks."""

_LEASE = timedelta(seconds=15)
_AGAIN_AFTER = timedelta(seconds=3)
_FOR_EACH = timedelta(seconds=1)
"""How long a home is left as it is, for each that is open: all replicas together publish at most one a second by
themselves. Slack takes some hundred a minute.
"""

_AT_ONCE = 5
_FOR_GOOD = frozenset(
    {"not_enabled", "user_not_found", "user_not_visible", "invalid_arguments", "view_too_large"}
)
_log = logging.getLogger(__name__)


class Homes:
    def __init__(
        self,
        slack: AsyncWebClient,
        hasty: AsyncWebClient,
        database: Database,
        directory: Directory,
        refining: Refining,
        clock: Clock,
    ) -> None:
        """`hasty` does not try again where Slack asks to wait: the next tick does."""
        self._slack = slack
        self._hasty = hasty
        self._database = database
        self._directory = directory
        self._refining = refining
        self._clock = clock
        self._overviews = Overviews(database, clock)
        self._turns: dict[str, asyncio.Lock] = {}

    async def open(self, user: str, **changed: Any) -> None:
        """First what the rows tell, then what else there is. `changed`: what is searched for, or the page."""
        may_act, because = await self._may(user)
        columns = {"opened_at": self._clock(), "may_act": may_act, "because": because, **changed}
        read = await self._show(user, columns)
        if read is not None and await self._refining.refine(read):
            await self._show(user, {})

    async def update(self) -> None:
        """What a tick does: whatever was opened lately and shows what is no longer so."""
        now = self._clock()
        opened_since = now - KEPT_UP_FOR
        async with self._database.read() as session:
            if (how_many := await homes.how_many_are_open(session, since=opened_since)) == 0:
                return
            state = await homes.state_of_things(session)
            if await homes.how_many_are_open(session, since=opened_since, but=state) == 0:
                return
        async with self._database.write() as session:
            claimed = await homes.claim_outdated(
                session,
                state,
                now=now,
                opened_since=opened_since,
                shown_before=now - how_many * _FOR_EACH,
                lease=_LEASE,
                limit=_AT_ONCE,
            )
        for home in claimed:
            await self._publish(home, self._hasty, over=home.hash)

    async def _may(self, user: str) -> tuple[bool, str]:
        """What the click asks again. No reason: Slack did not say."""
        try:
            decision = await self._directory.decide(user)
        except IdentityUnknown:
            return False, ""
        return decision.allowed, decision.because

    async def _show(self, user: str, columns: dict[str, Any]) -> Read | None:
        """One after the other: the last one asked for is what stays."""
        async with self._turns.setdefault(user, asyncio.Lock()):
            async with self._database.write() as session:
                home = await homes.take(session, user, now=self._clock(), lease=_LEASE, **columns)
            return await self._publish(home, self._slack)

    async def _publish(self, home: Home, slack: AsyncWebClient, *, over: str | None = None) -> Read | None:
        """`over`: the hash of what it may take the place of; None: of anything. None comes back where Slack did not
        take it: it is due again a little later.
        """
        read = await self._overviews.read(home)
        view = wording.home(read.overview, read.entries)
        try:
            answer = await slack.views_publish(user_id=home.user_id, view=view, hash=over)
        except SlackTrouble as error:
            await self._not_published(home, read.state, error)
            return None
        async with self._database.write() as session:
            await homes.published(
                session, home, state=read.state, hash_=answer["view"].get("hash"), now=self._clock()
            )
        return read

    async def _not_published(self, home: Home, state: str, error: Exception) -> None:
        code = str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
        async with self._database.write() as session:
            if code == "hash_conflict":  # somebody published it who could not write that down
                await homes.published(session, home, state="", hash_=None, now=self._clock())
                return
            _log.warning("an App Home was not published: %s", code)
            if code in _FOR_GOOD:  # until something happens, or the person comes back
                await homes.published(session, home, state=state, hash_=None, now=self._clock())
                return
            wait = max(_AGAIN_AFTER, timedelta(seconds=asks_to_wait(error)))
            await homes.postpone(session, home, self._clock() + wait)
