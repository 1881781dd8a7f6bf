"""People who do not give up at once: where Slack shows an error, they type again and click again."""

import asyncio
import random
import re
from collections import defaultdict
from dataclasses import dataclass

import aiohttp

from chatbot.messages import actions
from chatbot.sandbox.person import Person, Refused
from chatbot.sandbox.seen import SeenMessage
from chatbot.sandbox.slack import Workspace
from tests.chaos.inbox import Inbox, button_with
from tests.chaos.record import Click, Record

_TRIES = 5
_CARD_WITHIN = 4.0
_LOST = frozenset({"operation_timeout", "dispatch_failed"})
"""What Slack shows where no acknowledgement came: the bot may have heard it all the same."""


_VERBS = {"promote": "Promote", "rebuild": "Rebuild and promote", "rollback": "Roll back"}
_LATER = " when ready"
_NAMES = re.compile(r"`[^`]*`|\S*\d\S*")


@dataclass(frozen=True)
class Card:
    """A confirmation that a person has before them, and the plan that it names."""

    person: str
    shown: SeenMessage
    path: str
    target: str


class Hands:
    def __init__(
        self, session: aiohttp.ClientSession, workspace: Workspace, inbox: Inbox, record: Record
    ) -> None:
        self._session = session
        self._workspace = workspace
        self._inbox = inbox
        self._record = record
        self._turns: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def card(
        self, person: str, channel: str, text: str, wanted: tuple[str, str], dice: random.Random
    ) -> Card | None:
        """The card that a command brings, if it does after a few tries. `wanted`: its path and target."""
        for _ in range(_TRIES):
            async with self._turns[person, channel]:
                shown = await self._typed(person, channel, text, *wanted)
            if shown is not None:
                return Card(person, shown, *wanted)
            await asyncio.sleep(dice.uniform(0.2, 1.0))
        return None

    async def _typed(
        self, person: str, channel: str, text: str, path: str, target: str
    ) -> SeenMessage | None:
        after = self._inbox.now()
        try:
            await self._person(person).types(text, channel=channel)
        except Refused as refusal:
            self._record.refusals[f"Slack: {refusal.error}"] += 1
            return None
        async with asyncio.timeout(3 * _CARD_WITHIN):
            while shown := await self._inbox.next_for(person, channel, after, _CARD_WITHIN):
                button = button_with(shown, actions.CONFIRM)
                if button is None:
                    self._record.refusals[_gist(shown.text)] += 1
                    return None
                if target in str(shown.blocks) and button.label.removesuffix(_LATER) == _VERBS[path]:
                    return shown
                after = shown.ts  # the card of something else that they wanted
        self._record.refusals["nothing at all"] += 1
        return None

    async def confirms(self, card: Card, dice: random.Random) -> None:
        await self._clicks(card.person, card.shown, actions.CONFIRM, dice, card.path, card.target)

    async def clicks(self, person: str, shown: SeenMessage, action: str, dice: random.Random) -> None:
        """A button of an operation's message."""
        await self._clicks(person, shown, action, dice)

    async def _clicks(
        self, person: str, shown: SeenMessage, action: str, dice: random.Random, *promised: str
    ) -> None:
        """Until Slack shows no error; sometimes twice, and sometimes Slack delivers it twice."""
        button = button_with(shown, action)
        if button is None:
            return
        self._record.clicks.append(
            Click(person, action, str(button.element["value"]), button.label, *promised)
        )
        twice = dice.random()
        for _ in range(_TRIES):
            clicks = [self._clicks_once(person, shown, button.action_id)]
            if twice < 0.15:
                clicks.append(self._clicks_once(person, shown, button.action_id))
            elif twice < 0.3:
                clicks.append(self._redelivered())
            if not any(await asyncio.gather(*clicks)):
                return
            await asyncio.sleep(dice.uniform(0.2, 1.0))

    async def _clicks_once(self, person: str, shown: SeenMessage, action_id: str) -> bool:
        """Whether it is worth another try."""
        try:
            await self._person(person).clicks(shown, action_id=action_id, confirmed=True)
        except Refused as refusal:
            self._record.refusals[f"Slack: {refusal.error}"] += 1
            return refusal.error in _LOST
        return False

    async def _redelivered(self) -> bool:
        await asyncio.sleep(0.01)
        self._record.done["Slack: an envelope delivered twice"] += 1
        async with self._session.post(f"{self._workspace.url}/sandbox/socket", json={"do": "redeliver"}):
            return False

    def _person(self, user_id: str) -> Person:
        return Person(self._session, self._workspace.url, user_id)


def _gist(text: str) -> str:
    """The sentence without what it names."""
    return _NAMES.sub("…", text).partition(". ")[0][:70]
