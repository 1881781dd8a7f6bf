"""Ana, Dee and Bob: what they get to see, what they click, and who of them may."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chatbot.messages import actions
from chatbot.messages.confirmation import KEEP_OFF
from chatbot.sandbox.person import Refused
from chatbot.sandbox.seen import SeenMessage
from tests.model.facts import Click, Promise
from tests.model.oracle import Oracle
from tests.model.reading import control, digest, follow_up_of, promise_of
from tests.model.stage import Stage

ANA, BOB, DEE = "U0ANA0001", "U0BOB0002", "U0DEE0004"
"""A workspace admin, a member, and one who is now the one, now the other."""

_ROOM = "deploys"
_READS_TAKE = 3.0
"""Seconds, at most, from a plan's first read to its confirmation."""
_CHANGEABLE = ("Staged", "Preview", "Promoted")
_FOR_ALL = (actions.UNDO, actions.RETRY, actions.GIVE_UP, actions.PROMOTE, actions.RESUME)
"""The buttons of messages that everybody sees."""


@dataclass
class Card:
    person: str
    message: SeenMessage
    promise: Promise
    shown_at: datetime


class People:
    """They tell the oracle what they click, where they may. `number` chooses among what there is."""

    def __init__(self, stage: Stage, oracle: Oracle) -> None:
        self.cards: list[Card] = []
        self._stage, self._world, self._oracle = stage, stage.world, oracle
        self._known: set[str] = set()
        self._may = {ANA}

    async def ask(self, who: str, project_id: str, state: str, number: int) -> Card | None:
        """Type a command, about one of the newest deployments in this state, or in one that can be changed."""
        recent = await self._stage.recent(project_id)
        found = [d for d in recent if d["state"] == state]
        found = found or [d for d in recent if d["state"] in _CHANGEABLE]
        if not found or self._stage.process is None:
            return None
        target = found[number % min(len(found), 3)]
        command = "/rollback" if target["state"] == "Promoted" else "/promote"
        await self._type(who, f"{command} {target['id']}")
        await self.collect()
        shown = [c for c in self.cards if c.person == who and target["id"] in c.promise.targets]
        return shown[-1] if shown else None

    async def _type(self, who: str, text: str) -> None:
        """Until there is an answer that only this person sees, whatever it says."""
        person = self._world.person(who)
        before = {m.ts for m in await person.reads(_ROOM)}
        await person.types(text, channel=_ROOM)

        async def unanswered() -> bool:
            return all(m.ts in before or not m.ephemeral for m in await person.reads(_ROOM))

        assert await is_over(unanswered, 20), f"{who} got no answer to {text}"

    async def collect(self) -> None:
        """Every card that somebody has got, also those that come by themselves when a plan no longer holds."""
        for who in (ANA, DEE, BOB):
            for message in await self._world.person(who).reads(_ROOM):
                button = control(message, actions.CONFIRM)
                confirmation_id = button.element["value"] if button else None
                if confirmation_id is not None and confirmation_id not in self._known:
                    self._known.add(confirmation_id)
                    promise = self._promised(message, confirmation_id)
                    self.cards.append(Card(who, message, promise, self._world.clock()))

    def _promised(self, message: SeenMessage, confirmation_id: str) -> Promise:
        """With the environment as it was when the card was made, unless it changed just then."""
        promise, truth = promise_of(message), self._stage.truth
        made_at = self._stage.offered_at(confirmation_id)
        moments = truth.during(truth.projects[next(iter(promise.targets))], made_at - _READS_TAKE, made_at)
        seen = {moment.environment for moment in moments}
        return replace(promise, environment=seen.pop()) if len(seen) == 1 else promise

    async def confirm(self, card: Card, times: int = 1) -> None:
        button = control(card.message, actions.CONFIRM)
        assert button is not None
        expired = self._world.clock() >= card.shown_at + self._stage.valid
        if card.person in self._may and not expired:
            self._oracle.confirmations[digest(button.element["value"])] = Click(card.person, card.promise)
        await self._click(card.person, card.message, button.label, times)

    async def tick(self, card: Card, *, keep_off: bool) -> None:
        """And confirm: the box is read with that click."""
        if control(card.message, actions.KEEP_OFF) is not None:
            value = [KEEP_OFF] if keep_off else []
            person = self._world.person(card.person)
            if await _is_done(person.chooses(card.message, value=value, action_id=actions.KEEP_OFF)):
                card.promise = replace(card.promise, keep_off=keep_off)
        await self.confirm(card)

    async def turn_away(self, card: Card, button: str) -> None:
        await self._click(card.person, card.message, button)

    async def click_for_all(self, who: str, number: int, which: int) -> None:
        """On one of the newest messages that have such a button; after its dialog, if it has one."""
        messages = [m for m in await self._world.ana.reads(_ROOM) if not m.ephemeral]
        messages = [m for m in messages if any(control(m, action) for action in _FOR_ALL)]
        if not messages:
            return
        message = messages[-1 - number % min(len(messages), 3)]
        there = [action for action in _FOR_ALL if control(message, action)]
        action = there[which % len(there)]
        button = control(message, action)
        assert button is not None
        if who in self._may:
            self._oracle_hears(who, message, action, str(button.element["value"]))
        await self._click(who, message, button.label)

    def _oracle_hears(self, who: str, message: SeenMessage, action: str, operation_id: str) -> None:
        if action == actions.GIVE_UP:
            self._oracle.may_give_up.add(f"{operation_id} slack:{who}")
        elif action in {actions.UNDO, actions.RETRY}:
            promise = follow_up_of(message, action, self._stage.truth.labelled)
            self._oracle.follow_ups.setdefault(operation_id, []).append(Click(who, promise))

    async def change_rights(self, *, may: bool) -> None:
        """Dee's."""
        await self._world.steer(f"people/{DEE}", is_admin=may)
        self._may = {ANA, DEE} if may else {ANA}

    async def redeliver(self) -> None:
        """Slack brings the last payload once more, as after an ack that got lost."""
        url = f"{self._world.workspace.url}/sandbox/socket"
        async with self._world.session.post(url, json={"do": "redeliver"}) as answer:
            assert answer.status == 200

    async def _click(self, who: str, message: SeenMessage, button: str, times: int = 1) -> None:
        person = self._world.person(who)
        clicks = [_is_done(person.clicks(message, button, confirmed=True)) for _ in range(times)]
        await asyncio.gather(*clicks)


async def _is_done(act: Awaitable[Any]) -> bool:
    """False where Slack shows that it was not: the app did not answer, or the message is another one by now."""
    try:
        await act
    except Refused:
        return False
    return True


async def is_over(still: Callable[[], Awaitable[bool]], within: float) -> bool:
    """Whether it was over in time."""
    try:
        async with asyncio.timeout(within):
            while await still():  # noqa: ASYNC110 - neither the database nor a channel calls back
                await asyncio.sleep(0.02)
    except TimeoutError:
        return False
    return True
