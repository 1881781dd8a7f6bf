"""Who somebody is, asked of Slack afresh each time: a right that was taken away is gone at the next click."""

import asyncio
import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from chatbot.domain.access import Decision, IdentityUnknown, NotAllowed, Person, decide, groups_to_ask
from chatbot.services.announcer import SlackTrouble

_PATIENCE = 2.0  # seconds; Slack waits three for the answer to a click
_log = logging.getLogger(__name__)


class Directory:
    def __init__(self, slack: AsyncWebClient, allowed: frozenset[str]) -> None:
        self._slack = slack
        self._allowed = allowed

    async def decide(self, user_id: str) -> Decision:
        """Whether this person may change production now, and why.

        Raises:
            IdentityUnknown: Slack did not say; nothing is allowed then.
        """
        if user_id in self._allowed:
            return decide(Person(user_id), self._allowed)
        try:
            async with asyncio.timeout(_PATIENCE):
                person = await (self._in_groups(user_id) if self._allowed else self._in_workspace(user_id))
        except SlackTrouble as error:
            _log.warning("Slack did not say who somebody is: %s", _reason(error))
            raise IdentityUnknown from error
        return decide(person, self._allowed)

    async def admit(self, user_id: str) -> None:
        """Raises NotAllowed or IdentityUnknown for everybody who may not change production now."""
        decision = await self.decide(user_id)
        if not decision.allowed:
            raise NotAllowed(user_id, decision.because)

    async def _in_workspace(self, user_id: str) -> Person:
        user = (await self._slack.users_info(user=user_id))["user"]
        # A stranger of a shared channel may be an admin, of another workspace.
        active = not any(user.get(sign) for sign in ("deleted", "is_bot", "is_stranger"))
        return Person(user_id, is_admin=active and bool(user.get("is_admin") or user.get("is_owner")))

    async def _in_groups(self, user_id: str) -> Person:
        groups = sorted(groups_to_ask(self._allowed))
        answers = await asyncio.gather(*(self._slack.usergroups_users_list(usergroup=g) for g in groups))
        member = (g for g, answer in zip(groups, answers, strict=True) if user_id in answer["users"])
        return Person(user_id, groups=frozenset(member))


def _reason(error: Exception) -> str:
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
