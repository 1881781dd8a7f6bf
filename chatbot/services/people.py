"""Who somebody is in Slack: by a mail address, and by what name. Kept in memory for an hour, and nowhere else."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.domain.news import Change
from chatbot.services.announcer import SlackTrouble
from storage import audit, mentions
from storage.database import Database
from storage.models import Mention, Quiet

_KEPT = 3600.0
_AT_MOST = 10_000
_A_MOMENT = 1.0  # seconds: a change is told in many channels at once
_PATIENCE = 2.0  # seconds: nobody waits longer for a name
_UNKNOWN = frozenset({"users_not_found", "user_not_found", "user_not_visible"})
_log = logging.getLogger(__name__)


class People:
    """`slack` tries nothing again: what it does not say now, is asked anew the next time."""

    def __init__(self, slack: AsyncWebClient, database: Database) -> None:
        self._slack = slack
        self._database = database
        self._known: dict[tuple[str, str], tuple[float, str | None]] = {}
        self._mentioned: tuple[str, float, bool] = ("", 0.0, False)

    async def slack_user(self, mail: str) -> str | None:
        """The id of whoever has this address here; None: nobody, or Slack does not say."""
        address = mail.strip().lower()
        if "@" not in address:
            return None
        return await self._ask("mail", address, lambda: self._slack.users_lookupByEmail(email=address), _id)

    async def name(self, user_id: str) -> str | None:
        """As people see it; None where Slack does not say."""
        return await self._ask("name", user_id, lambda: self._slack.users_info(user=user_id), _name)

    async def named(self, change: Change) -> Change:
        """With the name of whoever did it, where all that is known is who that is in Slack."""
        who = change.who
        if who is None or who.slack_user is None or who.name != who.slack_user:
            return change
        return replace(change, who=replace(who, name=await self.name(who.slack_user) or "somebody"))

    async def called(self, actor: str | None) -> str | None:
        """An actor of the audit log as people are named: mentioned only where they asked for it."""
        kind, _, user = (actor or "").partition(":")
        if kind != "slack" or await self.is_mentioned(user):
            return actor
        return f"called:{await self.name(user) or 'somebody'}"

    async def is_mentioned(self, user_id: str) -> bool:
        """Whether this person has asked to be."""
        who, until, wish = self._mentioned
        if who == user_id and time.monotonic() < until:
            return wish
        async with self._database.read() as session:
            wish = await mentions.is_on(session, Mention, user_id)
        self._mentioned = user_id, time.monotonic() + _A_MOMENT, wish
        return wish

    async def hears_of_merges(self, user_id: str) -> bool:
        """Whether this person is told of merges of theirs that do not go live: all are who did not refuse."""
        async with self._database.read() as session:
            return not await mentions.is_on(session, Quiet, user_id)

    async def mention(self, user_id: str, *, on: bool, now: datetime) -> None:
        """From now on, or no more; with its entry in the audit log."""
        await self._wish(Mention, user_id, now, on=on, action=f"mention.{_switched(on)}")
        self._mentioned = "", 0.0, False

    async def tell_of_merges(self, user_id: str, *, on: bool, now: datetime) -> None:
        """The same for what people hear directly."""
        await self._wish(Quiet, user_id, now, on=not on, action=f"merges.{_switched(on)}")

    async def _wish(self, wish: mentions.Wish, user_id: str, now: datetime, *, on: bool, action: str) -> None:
        async with self._database.write() as session:
            if on:
                await mentions.switch_on(session, wish, user_id, now)
            else:
                await mentions.switch_off(session, wish, user_id)
            await audit.append(session, at=now, action=action, actor=f"slack:{user_id}")

    async def _ask(
        self,
        what: str,
        about: str,
        call: Callable[[], Awaitable[Any]],
        read: Callable[[dict[str, Any]], str | None],
    ) -> str | None:
        now, key = time.monotonic(), (what, about)
        until, known = self._known.get(key, (0.0, None))
        if now < until:
            return known
        try:
            async with asyncio.timeout(_PATIENCE):
                found = read((await call())["user"])
        except SlackApiError as error:
            code = str(error.response.get("error"))
            if code not in _UNKNOWN:
                _log.warning("Slack did not say who somebody is: %s", code)
                return None
            found = None
        except SlackTrouble as error:
            _log.warning("Slack did not say who somebody is: %s", type(error).__name__)
            return None
        if len(self._known) >= _AT_MOST:
            self._known.clear()
        self._known[key] = (now + _KEPT, found)
        return found


def _switched(on: bool) -> str:  # noqa: FBT001 - it is what the name says
    return "on" if on else "off"


def _id(user: dict[str, Any]) -> str | None:
    if user.get("deleted") or user.get("is_bot"):
        return None
    return str(user["id"])


def _name(user: dict[str, Any]) -> str | None:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return next((str(name) for name in names if name), None)
