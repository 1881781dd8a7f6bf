"""What people want of one project, one thing after another: all of it by command and click."""

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.messages import actions
from chatbot.sandbox.slack import seed
from tests.chaos.books import Books, Line
from tests.chaos.hands import Card, Hands
from tests.chaos.inbox import Inbox
from tests.chaos.projects import Place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_REQUESTED_WITHIN = 4.0
_USUALLY_TOLD_WITHIN = 12.0
_TOLD_WITHIN = 30.0
_CANCEL_SHOWN_WITHIN = 6.0
_REASONS = ("it broke", "*<!channel>* is red", "checkout fails; see the graphs")


@dataclass
class Quota:
    """How many operations there are to be, of all projects together."""

    operations: int
    books: Books

    @property
    def is_met(self) -> bool:
        return len(self.books.lines) >= self.operations


@dataclass
class Desk:
    place: Place
    channel: str
    hands: Hands
    inbox: Inbox
    books: Books
    quota: Quota
    dice: random.Random

    async def work(self) -> None:
        wishes: dict[Callable[[], Awaitable[object]], int] = {
            self.one: 5,
            self.undone: 3,
            self.half_way: 2,
            self.given_up: 2,
            self.early: 2,
            self.several_at_once: 3,
            self.against_the_dashboard: 2,
            self.past_the_bot: 2,
        }
        while not self.quota.is_met:
            (wish,) = self.dice.choices(list(wishes), list(wishes.values()))
            await wish()

    # -- what people want --

    async def one(self) -> Line | None:
        """A promote, a rollback or a rebuild."""
        card = await self._card(self._somebody())
        return None if card is None else await self._confirmed(card)

    async def undone(self) -> None:
        """The newest operation's *Undo*, or else something to undo."""
        done = [line for line in self._lines() if line.state == "succeeded"]
        line = done[-1] if done else await self.one()
        if line is not None:
            await self._followed_up(line, actions.UNDO)

    async def half_way(self) -> None:
        """A move that some domains do not follow, and then the rest of the way."""
        await self.place.script(alias_job={"fails_for": [self.dice.choice(self.place.domains)]})
        line = await self.one()
        if line is not None and self._state(line) == "partly_moved":
            await self._followed_up(line, actions.RETRY)

    async def given_up(self) -> None:
        """A rebuild that somebody cancels while it builds; where no button comes up, at the dashboard."""
        card = await self._card(self._somebody(), "rebuild")
        if card is None:
            return
        await self.place.script(build={"hangs": True})
        known = set(self.books.lines)
        await self.hands.confirms(card, self.dice)
        line = await self._requested(card, known)
        if line is None:
            return
        shown = await self.inbox.with_button(actions.GIVE_UP, line.id, card.person, _CANCEL_SHOWN_WITHIN)
        if shown is not None:
            await self.hands.clicks(card.person, shown, actions.GIVE_UP, self.dice)
            await asyncio.sleep(1.0)
        await self.place.end_builds()
        await self._told(line)

    async def early(self) -> None:
        """*Promote when ready*: the build is still going on."""
        if self.place.assigns_itself:
            await self.one()
            return
        target = await self.place.begin_build(self.dice.uniform(0.5, 3.0))
        wanted = ("promote", target.id)
        card = await self.hands.card(
            self._somebody(), self.channel, f"/promote {target.id}", wanted, self.dice
        )
        if card is not None:
            await self._confirmed(card)

    async def several_at_once(self) -> None:
        """Two or three people, each with a card, click at the same time."""
        people = self.dice.sample(seed.EVERYONE, self.dice.choice((2, 2, 3)))
        known = set(self.books.lines)
        cards = [card for person in people if (card := await self._card(person)) is not None]
        await asyncio.gather(*(self.hands.confirms(card, self.dice) for card in cards))
        for card in cards:
            line = await self._requested(card, known)
            if line is not None:
                await self._told(line)

    async def against_the_dashboard(self) -> None:
        """Somebody else moves production while the bot does."""

        async def somebody() -> None:
            await asyncio.sleep(self.dice.uniform(0.0, 0.8))
            await self._moved_outside()

        await asyncio.gather(self.one(), somebody())

    async def past_the_bot(self) -> None:
        """Somebody else moves production, perhaps there and back again at once."""
        await self._moved_outside()
        if self.dice.random() < 0.3:
            await self._moved_outside()
        await asyncio.sleep(self.dice.uniform(0.0, 0.5))

    # -- how they get it --

    def _somebody(self) -> str:
        return self.dice.choice(seed.EVERYONE)

    async def _card(self, person: str, path: str | None = None) -> Card | None:
        path = path or self._possible()
        match path:
            case "promote":
                ready = self.place.staged()
                target = ready[0] if ready and self.dice.random() < 0.5 else await self.place.push()
                text = f"/promote {target.id}"
            case "rollback":
                target = self.dice.choice(self.place.promoted()[:4])
                reason = self.dice.choice(_REASONS) if self.dice.random() < 0.3 else ""
                text = f"/rollback {target.id} {reason}".strip()
            case _:
                target = await self.place.push(f"feat/{self.dice.randrange(1000)}")
                text = f"/promote {target.id}"
        return await self.hands.card(person, self.channel, text, (path, target.id), self.dice)

    def _possible(self) -> str:
        """A build of the production branch stays Staged only while auto-assignment is off."""
        paths = ["rebuild"]
        paths += ["rollback"] * 2 if self.place.promoted() else []
        paths += [] if self.place.assigns_itself else ["promote"] * 3
        return self.dice.choice(paths)

    async def _confirmed(self, card: Card) -> Line | None:
        known = set(self.books.lines)
        await self.hands.confirms(card, self.dice)
        line = await self._requested(card, known)
        if line is not None:
            await self._told(line)
        return line

    async def _followed_up(self, line: Line, action: str) -> None:
        person = self._somebody()
        shown = await self.inbox.with_button(action, line.id, person, _REQUESTED_WITHIN)
        if shown is None:
            return
        known = set(self.books.lines)
        await self.hands.clicks(person, shown, action, self.dice)
        new = await self.books.until(
            lambda lines: next(
                (n for n in lines.values() if n.id not in known and self._is_by(n, person)), None
            ),
            _REQUESTED_WITHIN,
        )
        if new is not None:
            await self._told(new)

    async def _requested(self, card: Card, known: set[str]) -> Line | None:
        """The operation that the click began, if it did."""

        def begun(lines: dict[str, Line]) -> Line | None:
            for line in lines.values():
                is_new = line.id not in known and self._is_by(line, card.person)
                if is_new and (line.path, line.target) == (card.path, card.target):
                    return line
            return None

        return await self.books.until(begun, _REQUESTED_WITHIN)

    async def _told(self, line: Line) -> None:
        if await self.books.until(lambda lines: lines[line.id].is_told or None, _USUALLY_TOLD_WITHIN) is None:
            await self.place.end_builds()  # one may hang
            await self.books.until(lambda lines: lines[line.id].is_told or None, _TOLD_WITHIN)
        await self.place.end_job()

    async def _moved_outside(self) -> None:
        promoted = self.place.promoted()
        if not promoted:
            return
        if self.dice.random() < 0.5:
            await self.place.promote_outside(self.dice.choice(promoted[:3]).id)
        else:
            await self.place.roll_back_outside(self.dice.choice(promoted[:3]).id)

    def _is_by(self, line: Line, person: str) -> bool:
        return line.project_id == self.place.id and line.actor == f"slack:{person}"

    def _state(self, line: Line) -> str:
        return self.books.lines[line.id].state

    def _lines(self) -> list[Line]:
        return [line for line in self.books.lines.values() if line.project_id == self.place.id]
