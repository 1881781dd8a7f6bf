"""People, time, crashes, other people and a faulty platform, in any order: what must hold holds after each step.

`HYPOTHESIS_PROFILE=thorough` tries much more, and other things each time; `MODEL_EXAMPLES` says how many.
"""

import asyncio
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.model.oracle import Oracle
from tests.model.others import CHANGES, FAULTS, Others
from tests.model.people import ANA, BOB, DEE, People, is_over
from tests.model.stage import Stage, empty_database

PROJECTS = st.sampled_from(["shop", "shop", "docs"])
NUMBERS = st.integers(0, 30)
PEOPLE = st.sampled_from([ANA, ANA, DEE, BOB])
STATES = st.sampled_from(["Staged", "Preview", "Promoted", "Current", "Building"])
CHOSEN = st.sampled_from(["Staged", "Staged", "Preview", "Promoted", "Building"])
FAULT = st.sampled_from(sorted(FAULTS))
CHANGE = st.sampled_from(sorted(CHANGES))
PAUSE = st.sampled_from([0.0, 0.02, 0.1, 0.3])
TIMES = st.sampled_from([31, 61, 181, 601, 3601])


class PromotingInAnyOrder(RuleBasedStateMachine):
    empty: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.stage = Stage(self.empty, Path(self.folder.name) / "promotebot.db")
        self.do = self.stage.do
        self.oracle = Oracle(self.stage)
        self.people = People(self.stage, self.oracle)
        self.others = Others(self.stage)
        self.failed = False
        platform = self.stage.world.platform
        self.ids = {p.name: p.id for p in platform.store.projects_of(platform.team_id)}
        self.do(self.stage.start_bot())

    # people

    @initialize(project=PROJECTS, state=CHOSEN, number=NUMBERS)
    def begins(self, project: str, state: str, number: int) -> None:
        self.do(self._ask_and_confirm(project, state, number))

    @rule(who=PEOPLE, project=PROJECTS, state=STATES, number=NUMBERS)
    def asks(self, who: str, project: str, state: str, number: int) -> None:
        self.do(self.people.ask(who, self.ids[project], state, number))

    @rule(project=PROJECTS, state=CHOSEN, number=NUMBERS)
    def asks_and_confirms(self, project: str, state: str, number: int) -> None:
        self.do(self._ask_and_confirm(project, state, number))

    @rule(fault=FAULT, project=PROJECTS, state=CHOSEN, number=NUMBERS)
    def meets_trouble(self, fault: str, project: str, state: str, number: int) -> None:
        self.do(self.others.spoil(fault, self.ids[project], number))
        self.do(self._ask_and_confirm(project, state, number))

    @rule(what=CHANGE, project=PROJECTS, state=CHOSEN, number=NUMBERS)
    def is_overtaken(self, what: str, project: str, state: str, number: int) -> None:
        """Somebody else acts between the card and the click."""
        card = self.do(self.people.ask(ANA, self.ids[project], state, number))
        self.do(self.others.do(what, self.ids[project], number))
        if card:
            self.do(self.people.confirm(card))

    @rule(what=CHANGE, project=PROJECTS, state=CHOSEN, number=NUMBERS, after=PAUSE)
    def is_crossed(self, what: str, project: str, state: str, number: int, after: float) -> None:
        """Somebody else acts soon after the click."""
        self.do(self._ask_and_confirm(project, state, number))
        self.do(asyncio.sleep(after))
        self.do(self.others.do(what, self.ids[project], number))

    @rule(who=st.sampled_from([ANA, DEE]), project=PROJECTS, state=CHOSEN, number=NUMBERS, later=TIMES)
    def hesitates(self, who: str, project: str, state: str, number: int, later: int) -> None:
        """Then it may be too late, or the person may have lost the right."""
        card = self.do(self.people.ask(who, self.ids[project], state, number))
        self.stage.pass_time(later)
        self.do(self.people.change_rights(may=bool(number % 2)))
        if card:
            self.do(self.people.confirm(card))

    @rule(project=PROJECTS, state=CHOSEN, number=NUMBERS, after=PAUSE, later=st.sampled_from([0, 31, 601]))
    def meets_a_crash(self, project: str, state: str, number: int, after: float, later: int) -> None:
        self.do(self._ask_and_confirm(project, state, number))
        if self.stage.process:
            self.do(asyncio.sleep(after))
            self.do(self.stage.crash_bot())
            self.stage.pass_time(later)
            self.do(self.stage.start_bot())

    @precondition(lambda self: self.people.cards)
    @rule(number=NUMBERS, times=st.sampled_from([1, 1, 1, 3]), again=st.booleans())
    def confirms(self, number: int, times: int, again: bool) -> None:
        cards = self.people.cards
        self.do(self.people.confirm(cards[-1 - number % min(len(cards), 3)], times))
        if again:
            self.do(self.people.redeliver())

    @precondition(lambda self: self.people.cards)
    @rule(number=NUMBERS, keep_off=st.booleans())
    def ticks_the_box(self, number: int, keep_off: bool) -> None:
        cards = self.people.cards
        self.do(self.people.tick(cards[-1 - number % min(len(cards), 2)], keep_off=keep_off))

    @precondition(lambda self: self.people.cards)
    @rule(number=NUMBERS, button=st.sampled_from(["Cancel", "Choose another"]))
    def turns_away(self, number: int, button: str) -> None:
        cards = self.people.cards
        self.do(self.people.turn_away(cards[number % len(cards)], button))

    @rule(who=PEOPLE, number=NUMBERS, which=NUMBERS)
    def clicks_for_all(self, who: str, number: int, which: int) -> None:
        self.do(self.people.click_for_all(who, number, which))

    # everything else

    @rule(what=CHANGE, project=PROJECTS, number=NUMBERS)
    def somebody_else(self, what: str, project: str, number: int) -> None:
        self.do(self.others.do(what, self.ids[project], number))

    @rule(fault=FAULT, project=PROJECTS, number=NUMBERS)
    def the_platform_is_to_fail(self, fault: str, project: str, number: int) -> None:
        self.do(self.others.spoil(fault, self.ids[project], number))

    @rule(seconds=st.sampled_from([0.1, 0.5]))
    def all_goes_well(self, seconds: float) -> None:
        self.do(self.stage.world.tell_platform_clear("faults"))
        self.do(asyncio.sleep(seconds))

    @rule(seconds=TIMES)
    def time_passes(self, seconds: int) -> None:
        self.stage.pass_time(seconds)

    @rule(seconds=st.sampled_from([-90, -20, 45, 400]))
    def the_bots_clock_jumps(self, seconds: int) -> None:
        self.stage.world.clock.move(seconds=seconds)

    @rule(crashes=st.booleans())
    def the_bot_stops_or_starts(self, crashes: bool) -> None:
        """Until the next time, nobody answers; or what was left behind is taken up again."""
        if self.stage.process is None:
            self.do(self.stage.start_bot())
        else:
            self.do(self.stage.crash_bot() if crashes else self.stage.stop_bot())

    async def _ask_and_confirm(self, project: str, state: str, number: int) -> None:
        if card := await self.people.ask(ANA, self.ids[project], state, number):
            await self.people.confirm(card)

    # what must hold

    @invariant()
    def it_holds(self) -> None:
        self.failed = True
        self.do(self.people.collect())
        self.oracle.check()
        self.failed = False

    def teardown(self) -> None:
        try:
            if not self.failed:
                self._settle()
                self.oracle.all_has_ended()
        finally:
            self.stage.close()
            self.folder.cleanup()

    def _settle(self) -> None:
        """In the end the bot runs, the platform is well, and everybody has waited long enough."""
        self.do(self.stage.world.tell_platform_clear("faults"))
        if self.stage.process is None:
            self.do(self.stage.start_bot())
        for seconds in (0, 61, 181, 601, 3601, 3601):
            self.stage.pass_time(seconds)
            if self.do(is_over(self.stage.goes_on, 4)):
                break
        self.do(self.people.collect())


QUICK = settings(
    max_examples=6,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),  # what depends on time shrinks badly; what failed is told in full
    suppress_health_check=list(HealthCheck),
)
THOROUGH = settings(
    QUICK,
    max_examples=int(os.environ.get("MODEL_EXAMPLES", "200")),
    stateful_step_count=25,
    derandomize=False,
)


@pytest.mark.timeout(0)  # waits in it end by themselves; a thorough run takes long
def test_whatever_happens(tmp_path: Path) -> None:
    PromotingInAnyOrder.empty = empty_database(tmp_path)
    thorough = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
    run_state_machine_as_test(PromotingInAnyOrder, settings=THOROUGH if thorough else QUICK)
