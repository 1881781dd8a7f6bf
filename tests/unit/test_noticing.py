"""What is told of two looks at a project."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import AliasRequest, Deployment, Project
from chatbot.domain.news import Change, How, Kind, Step, Who
from chatbot.domain.noticing import (
    SET_BACK_AFTER,
    SURE_AFTER,
    Noticed,
    baseline,
    first_glimpse,
    gone,
    key_of,
    notice,
)
from chatbot.domain.releases import ReleaseState
from chatbot.domain.rounds import Patience
from chatbot.domain.sights import Builds, Doing, Glimpse, Hint, Sight, Snapshot, Told
from chatbot.services.watching.records import snapshot_json
from storage.models import Production
from tests.unit import making
from tests.unit.making import NOON

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def build(deployment_id: str, *, age: timedelta = HOUR, **changes: Any) -> Deployment:
    """A production build that has served, each of a commit of its own."""
    made, sha = NOON - age, deployment_id.encode().hex().ljust(40, "0")
    values = {
        "commit": making.commit(sha),
        "created_at": made,
        "ready_at": made + SECOND,
        "assigned_at": made + SECOND,
    }
    return making.promoted(deployment_id, **{**values, **changes})


A, B, C = build("dpl_a", age=3 * HOUR), build("dpl_b", age=2 * HOUR), build("dpl_c", age=HOUR)


def sight(current: Deployment | None, *builds: Deployment, **changes: Any) -> Sight:
    project = {key: changes.pop(key) for key in list(changes) if key in Project.__dataclass_fields__}
    serves = current.id if current else None
    domains = changes.pop("domains", (making.domain(serves=serves),))
    return Sight(making.project(current=current, **project), domains, builds, **changes)


def seen(current: Deployment | None, *builds: Deployment, **changes: Any) -> Snapshot:
    return baseline(sight(current, *builds, **changes), NOON)


def told(before: Snapshot, now: Sight, *, at: datetime = NOON, number: int = 0, **known: Any) -> Noticed:
    return notice(before, number, now, Told(**known), at)


def moved(changes: Sequence[Change]) -> list[tuple[str | None, str | None, How]]:
    return [
        (c.was.id if c.was else None, c.now.id if c.now else None, c.how)
        for c in changes
        if c.kind is Kind.CURRENT
    ]


def test_the_very_first_sight_is_no_news_and_the_same_again_is_none_either() -> None:
    first = seen(B, B, A, making.staged())
    noticed = told(first, sight(B, B, A, making.staged()))
    assert (noticed.changes, noticed.after, noticed.settled) == ((), first, True)


def test_a_new_build_that_got_the_domains_was_pushed_by_its_author() -> None:
    noticed = told(seen(A, A), sight(B, B, A))
    (change,) = noticed.changes
    assert (change.number, change.how, change.who) == (1, How.PUSHED, Who("ana"))
    assert (change.was, change.now, change.at) == (A, B, B.assigned_at)
    assert change.domains == ("shop.example.com",)


def test_a_promote_outside_is_told_with_whoever_the_webhook_names() -> None:
    asked = making.request("dpl_a", from_id="dpl_b")
    hint = Hint(NOON + SECOND, "promote", "dpl_a", who=Who("dee"))
    noticed = told(seen(B, B, A), sight(A, B, A, last_request=asked), hints=(hint,))
    (change,) = noticed.changes
    assert (change.how, change.who, change.at, change.newer) == (How.PROMOTED, Who("dee"), NOON, B)


def test_a_rollback_outside_has_its_reason_and_pins_production() -> None:
    asked = making.request("dpl_a", type="rollback", from_id="dpl_b")
    now = sight(
        A, B, A, last_request=asked, auto_assign=False, rollback_by="cy", rollback_reason="the cart is empty"
    )
    change, pin = told(seen(B, B, A), now).changes
    assert (change.how, change.who, change.reason) == (How.ROLLED_BACK, Who("cy"), "the cart is empty")
    assert (change.pinned, change.newer) == (True, None)
    assert (pin.kind, pin.pinned, pin.along, pin.number, pin.who) == (Kind.PINNED, True, True, 2, Who("cy"))


def test_a_rollback_and_its_undo_between_two_looks_are_two_changes() -> None:
    undo = making.request("dpl_b", from_id="dpl_a")
    changes = told(seen(B, B, A), sight(B, B, A, last_request=undo)).changes
    assert moved(changes) == [("dpl_b", "dpl_a", How.UNKNOWN), ("dpl_a", "dpl_b", How.PROMOTED)]
    assert [c.passing for c in changes] == [True, False]


def test_flapping_that_only_webhooks_tell_of_is_told_step_by_step() -> None:
    last = making.request("dpl_b", from_id="dpl_a", requested_at=NOON + 3 * SECOND)
    hints = (
        Hint(NOON, "rollback", "dpl_a", "dpl_b"),
        Hint(NOON + SECOND, "promote", "dpl_b"),
        Hint(NOON + 2 * SECOND, "rollback", "dpl_a", "dpl_b"),
    )
    changes = told(seen(B, B, A), sight(B, B, A, last_request=last), hints=hints).changes
    assert [now for _, now, _ in moved(changes)] == ["dpl_a", "dpl_b", "dpl_a", "dpl_b"]


def test_two_builds_that_got_the_domains_between_two_looks_are_two_changes() -> None:
    changes = told(seen(A, A), sight(C, C, B, A)).changes
    assert moved(changes) == [("dpl_a", "dpl_b", How.PUSHED), ("dpl_b", "dpl_c", How.PUSHED)]


def test_a_build_whose_domains_were_taken_over_on_their_way_never_was_current() -> None:
    back = making.request("dpl_a", type="rollback", from_id="dpl_b")
    changes = told(seen(B, B, A), sight(A, C, B, A, last_request=back)).changes
    assert moved(changes) == [("dpl_b", "dpl_a", How.ROLLED_BACK)]
    back = making.request("dpl_a", type="rollback", from_id="dpl_c")
    changes = told(seen(B, B, A), sight(A, C, B, A, last_request=back)).changes
    assert [now for _, now, _ in moved(changes)] == ["dpl_c", "dpl_a"]


def test_a_webhook_about_what_is_known_already_changes_nothing() -> None:
    first = told(seen(A, A), sight(B, B, A))
    late = Hint(B.assigned_at or NOON, "promote", "dpl_b")
    later = Hint(NOON, "promote", "dpl_b")
    assert told(first.after, sight(B, B, A), number=1, hints=(late, later)).changes == ()


def test_a_rollback_that_was_only_accepted_is_not_told() -> None:
    hint = Hint(NOON, "rollback", "dpl_a", "dpl_b")
    assert told(seen(B, B, A), sight(B, B, A), hints=(hint,)).changes == ()
    failed = making.request("dpl_a", "failed", type="rollback", from_id="dpl_b")
    assert told(seen(B, B, A), sight(B, B, A, last_request=failed), hints=(hint,)).changes == ()


def test_nothing_is_told_while_a_move_is_under_way_unless_it_was_abandoned() -> None:
    running = making.request("dpl_a", "in-progress", from_id="dpl_b")
    before, now = seen(B, B, A), sight(A, B, A, last_request=running)
    assert (told(before, now).changes, told(before, now).settled) == ((), False)
    late = told(before, now, at=NOON + timedelta(minutes=4))
    assert late.changes == ()  # nothing explains it yet
    assert moved(told(late.after, now, at=NOON + timedelta(minutes=5)).changes)


def test_a_read_that_lags_behind_is_no_change() -> None:
    newer, older = making.request("dpl_b"), making.request("dpl_a", requested_at=NOON - HOUR)
    before = seen(B, B, A, last_request=newer)
    lagging = sight(A, B, A, last_request=older)
    noticed = told(before, lagging)
    assert (noticed.changes, noticed.settled) == ((), False)
    again = told(noticed.after, lagging, at=NOON + SURE_AFTER)
    assert (again.changes, again.after, again.settled) == ((), noticed.after, False)
    assert told(again.after, sight(B, B, A, last_request=newer), at=NOON + HOUR).after == before


def test_a_move_after_the_clock_of_the_platform_was_set_back_is_told_soon() -> None:
    """By that clock it was before the last one; waiting until it has caught up may take for ever."""
    ahead = making.request("dpl_b", from_id="dpl_a", requested_at=NOON + HOUR)
    hints = (Hint(NOON + HOUR + SECOND / 10, "promote", "dpl_b"),)
    before = told(seen(A, B, A), sight(B, B, A, last_request=ahead), hints=hints).after
    asked = making.request("dpl_a", type="rollback", from_id="dpl_b", requested_at=NOON)
    doing = Doing("op_1", "dpl_a", True, "slack:U0ANA0001", NOON)
    now = sight(A, B, A, last_request=asked, auto_assign=False)
    doubted = told(before, now, number=1, hints=hints, doings=(doing,))
    assert (doubted.changes, doubted.settled) == ((), False)
    believed = told(doubted.after, now, number=1, at=NOON + SET_BACK_AFTER, hints=hints, doings=(doing,))
    assert moved(believed.changes) == [("dpl_b", "dpl_a", How.BOT)]
    assert {change.operation_id for change in believed.changes} == {"op_1"}
    assert believed.settled
    same = told(believed.after, now, number=3, at=NOON + SET_BACK_AFTER, hints=hints)
    assert (same.changes, same.after) == ((), believed.after)


def test_a_clock_of_the_platform_that_was_set_back_alone_is_no_news() -> None:
    """Its answers give the same request with an earlier time."""
    ahead, later = (making.request("dpl_b", from_id="dpl_a", requested_at=at) for at in (NOON + HOUR, NOON))
    before, now = seen(B, B, A, last_request=ahead), sight(B, B, A, last_request=later)
    doubted = told(before, now)
    believed = told(doubted.after, now, at=NOON + SET_BACK_AFTER)
    assert (believed.changes, believed.settled) == ((), True)
    assert believed.after.last_request == later


def test_a_move_by_nobody_after_the_clock_was_set_back_is_told_soon() -> None:
    """The last request explains nothing, and the last move has a time that is still to come."""
    before = replace(seen(B, B, A), last_request=making.request("dpl_b"), moved_at=NOON + HOUR)
    failed = making.request("dpl_c", "failed", requested_at=NOON - HOUR)
    now = sight(A, B, A, last_request=failed)
    doubted = told(before, now)
    believed = told(doubted.after, now, at=NOON + SET_BACK_AFTER)
    assert moved(believed.changes) == [("dpl_b", "dpl_a", How.UNKNOWN)]


def test_a_current_that_nothing_explains_is_believed_when_it_stays() -> None:
    now = sight(A, B, A)
    doubted = told(seen(B, B, A), now)
    assert (doubted.changes, doubted.settled) == ((), False)
    assert told(doubted.after, now, at=NOON + SECOND).changes == ()
    changes = told(doubted.after, now, at=NOON + SURE_AFTER).changes
    assert moved(changes) == [("dpl_b", "dpl_a", How.UNKNOWN)]
    assert told(doubted.after, sight(B, B, A), at=NOON + SURE_AFTER).changes == ()


def test_the_first_production_and_the_last_are_changes() -> None:
    first = told(seen(None), sight(A, A))
    assert moved(first.changes) == [(None, "dpl_a", How.PUSHED)]
    doubted = told(first.after, sight(None, A), number=1)
    changes = told(doubted.after, sight(None, A), number=1, at=NOON + HOUR).changes
    assert moved(changes) == [("dpl_a", None, How.UNKNOWN)]


def test_what_the_bot_did_itself_names_its_operation_and_its_person() -> None:
    asked = making.request("dpl_a", type="rollback", from_id="dpl_b")
    doing = Doing("op_1", "dpl_a", True, "slack:U0ANA0001", NOON - SECOND, reason="broken")
    now = sight(A, B, A, last_request=asked, auto_assign=False)
    change, pin = told(seen(B, B, A), now, doings=(doing,)).changes
    assert (change.how, change.operation_id, change.reason) == (How.BOT, "op_1", "broken")
    assert change.who == Who("U0ANA0001", "U0ANA0001")
    assert pin.operation_id == "op_1"
    for other in (replace(doing, final_id="dpl_c"), replace(doing, only_built=True)):
        assert told(seen(B, B, A), now, doings=(other,)).changes[0].how is How.ROLLED_BACK


def test_a_build_of_an_operation_that_failed_names_it_all_the_same() -> None:
    doing = Doing("op_1", "dpl_c", False, "slack:U0ANA0001", NOON - SECOND, NOON, only_built=True)
    now = sight(B, replace(C, ready_state="ERROR"), B, A)
    (change,) = told(seen(B, B, A), now, doings=(doing,)).changes
    assert (change.kind, change.how, change.operation_id) == (Kind.FAILED, How.BOT, "op_1")


def test_a_domain_that_moves_alone_is_told_and_so_is_its_return() -> None:
    def on(deployment_id: str) -> Sight:
        return sight(
            B,
            B,
            A,
            domains=(making.domain(serves="dpl_b"), making.domain("eu.example.com", serves=deployment_id)),
        )

    before = baseline(on("dpl_b"), NOON)
    doubted = told(before, on("dpl_a"))
    assert (doubted.changes, doubted.settled) == ((), False)
    astray = told(doubted.after, on("dpl_a"), at=NOON + HOUR)
    (change,) = astray.changes
    assert (change.kind, change.domains, change.now) == (Kind.DOMAIN, ("eu.example.com",), A)
    assert told(astray.after, on("dpl_a"), number=1, at=NOON + HOUR).changes == ()
    doubted = told(astray.after, on("dpl_b"), number=1, at=NOON + HOUR)
    (back,) = told(doubted.after, on("dpl_b"), number=1, at=NOON + 2 * HOUR).changes
    assert (back.kind, back.now, back.number) == (Kind.DOMAIN, B, 2)


def test_a_domain_that_serves_what_is_of_others_is_told_with_its_id() -> None:
    before = seen(B, B, A)
    now = sight(B, B, A, domains=(making.domain(serves="dpl_theirs"),), deleted=frozenset({"dpl_theirs"}))
    doubted = told(before, now)
    (change,) = told(doubted.after, now, at=NOON + SURE_AFTER).changes
    assert (change.kind, change.now, change.reason) == (Kind.DOMAIN, None, "dpl_theirs")


def test_a_domain_that_follows_current_late_is_not_told_apart() -> None:
    late = (making.domain(serves="dpl_b"), making.domain("eu.example.com", serves="dpl_a"))
    both = (making.domain(serves="dpl_b"), making.domain("eu.example.com", serves="dpl_b"))
    first = told(seen(A, A), sight(B, B, A, domains=late))
    assert len(first.changes) == 1
    assert told(first.after, sight(B, B, A, domains=both), number=1).changes == ()


def test_a_build_that_failed_is_told_once_and_one_that_was_canceled_is_not() -> None:
    running = build("dpl_new", age=SECOND, ready_state="BUILDING", ready_substate=None)
    failed = replace(running, ready_state="ERROR", error="exit 1")
    first = told(seen(A, A), sight(A, running, A))
    assert first.changes == ()
    second = told(first.after, sight(A, failed, A))
    (change,) = second.changes
    assert (change.kind, change.now, change.reason, change.who) == (Kind.FAILED, failed, "exit 1", Who("ana"))
    assert told(second.after, sight(A, failed, A), number=1).changes == ()
    canceled = replace(running, ready_state="CANCELED")
    assert told(first.after, sight(A, canceled, A)).changes == ()


def test_a_build_is_staged_when_the_domains_are_not_on_their_way_to_it() -> None:
    fresh = making.staged("dpl_new", created_at=NOON - SECOND, ready_at=NOON)
    waiting = told(seen(A, A), sight(A, fresh, A))
    assert (waiting.changes, waiting.settled) == ((), False)
    arrived = replace(fresh, ready_substate="PROMOTED")
    assert [c.kind for c in told(waiting.after, sight(arrived, arrived, A)).changes] == [Kind.CURRENT]
    later = told(waiting.after, sight(A, fresh, A), at=NOON + HOUR)
    assert [c.kind for c in later.changes] == [Kind.STAGED]
    skipped = replace(fresh, auto_assign=False)
    assert [c.kind for c in told(seen(A, A), sight(A, skipped, A)).changes] == [Kind.STAGED]
    off = told(seen(A, A, auto_assign=False), sight(A, fresh, A, auto_assign=False))
    assert [c.kind for c in off.changes] == [Kind.STAGED]


def test_the_stages_of_a_rolling_release_are_told_and_its_end_is_a_change_of_current() -> None:
    canary = making.canary("dpl_c", created_at=NOON - SECOND)
    begun = making.release(base=B, canary=canary)
    before = seen(B, B, A, rolling_release=True)

    def rolling(release: Any, current: Deployment = B, substate: str = "ROLLING", **changes: Any) -> Sight:
        shown = replace(canary, ready_substate=substate)
        return sight(current, shown, B, A, release=release, rolling_release=True, **changes)

    first = told(before, rolling(begun))
    assert [c.step for c in first.changes] == [Step.BEGUN]
    second = told(first.after, rolling(replace(begun, active=1)), number=1)
    assert [c.step for c in second.changes] == [Step.ADVANCED]
    complete = replace(begun, state=ReleaseState.COMPLETE, active=2, updated_at=NOON)
    served = replace(canary, ready_substate="PROMOTED")
    (end,) = told(second.after, rolling(complete, served, "PROMOTED"), number=2).changes
    assert (end.kind, end.how, end.now, end.number) == (Kind.CURRENT, How.RELEASED, served, 3)
    aborted = replace(begun, state=ReleaseState.ABORTED, active=None)
    back = making.request("dpl_b", type="rollback", from_id="dpl_b")
    given_up = told(second.after, rolling(aborted, last_request=back, auto_assign=False), number=2)
    assert [(c.kind, c.step) for c in given_up.changes] == [(Kind.RELEASE, Step.ABORTED), (Kind.PINNED, None)]


def test_production_that_is_no_longer_pinned_is_told() -> None:
    before = baseline(Sight(making.pinned(), (making.domain(),)), NOON)
    now = Sight(replace(making.pinned(), auto_assign=True), (making.domain(),))
    (change,) = told(before, now).changes
    assert (change.kind, change.pinned, change.along) == (Kind.PINNED, False, False)


def test_a_project_that_was_renamed_or_removed_is_told() -> None:
    (change,) = told(seen(A, A), sight(A, A, name="store")).changes
    assert (change.kind, change.was_named, change.project_name) == (Kind.RENAMED, "shop", "store")
    last = gone(seen(A, A), 4, "prj_shop", NOON)
    assert (last.kind, last.number, last.was, last.project_name) == (Kind.GONE, 5, A, "shop")


def test_deployments_that_no_list_has_are_asked_for_first() -> None:
    asked = making.request("dpl_b", from_id="dpl_x")
    before, now = seen(A, A), sight(B, B, A, last_request=asked)
    assert told(before, now).missing == {"dpl_x"}
    knowing = replace(now, known=(build("dpl_x"),))
    assert [n for _, n, _ in moved(told(before, knowing).changes)] == ["dpl_x", "dpl_b"]
    without = replace(now, deleted=frozenset({"dpl_x"}))
    doubted = told(before, without)
    assert (doubted.changes, doubted.settled) == ((), False)
    changes = told(doubted.after, without, at=NOON + SURE_AFTER).changes
    assert moved(changes) == [("dpl_a", "dpl_b", How.PROMOTED)]


def test_what_a_list_does_not_tell_is_no_news_at_the_first_look() -> None:
    release = making.release(base=B)
    project = making.project(current=B, rolling_release=True)
    first = first_glimpse(Glimpse(project), Builds(NOON), NOON)
    assert told(first, sight(B, B, A, making.staged(), release=release, rolling_release=True)).changes == ()
    begun = replace(release, started_at=NOON + SECOND)
    (change,) = told(first, sight(B, B, A, making.canary(), release=begun, rolling_release=True)).changes
    assert change.step is Step.BEGUN


@pytest.mark.parametrize(
    "changed",
    [
        {"current": A},
        {"name": "store"},
        {"auto_assign": False},
        {"last_request": making.request("dpl_b")},
    ],
)
def test_a_glimpse_tells_whether_to_look(changed: dict[str, Any]) -> None:
    kept = seen(B, B)
    project = making.project(current=B)
    assert Glimpse(project, {"shop.example.com": "dpl_b"}).agrees_with(kept)
    assert not Glimpse(replace(project, **changed)).agrees_with(kept)
    assert not Glimpse(project, {"shop.example.com": "dpl_a"}).agrees_with(kept)


_LOOKS = st.lists(st.integers(0, 3), max_size=2)
_STEPS = st.lists(st.tuples(st.sampled_from("ABC"), _LOOKS, st.booleans()), max_size=12)


@dataclass
class _World:
    """What becomes Current, one move a second, as a platform would tell of it."""

    moves: list[tuple[Deployment, AliasRequest | None]] = field(default_factory=lambda: [(A, None)])
    hints: list[Hint] = field(default_factory=list)
    now: datetime = NOON

    def move(self, goal: Deployment, *, told_of: bool) -> None:
        self.now += SECOND
        here = self.moves[-1][0]
        if goal is here:
            return
        goes_back = goal.created_at < here.created_at
        kind = "rollback" if goes_back else "promote"
        asked = making.request(goal.id, type=kind, from_id=here.id, requested_at=self.now)
        self.moves.append((goal, asked))
        if told_of:
            told_by = Hint(self.now + SECOND / 10, "promote", goal.id)
            self.hints.append(Hint(self.now, "rollback", goal.id, here.id) if goes_back else told_by)

    def seen(self, *, moves_ago: int) -> Sight:
        """By a read that lags behind."""
        here, last = self.moves[max(len(self.moves) - 1 - moves_ago, 0)]
        auto_assign = last is None or last.type == "promote"
        return sight(here, C, B, A, last_request=last, auto_assign=auto_assign)


@given(_STEPS)
def test_any_sequence_of_moves_is_told_in_order_once_and_without_gaps(
    steps: list[tuple[str, list[int], bool]],
) -> None:
    """Each step: what becomes Current; the looks after it, with how many moves each lags behind; whether a webhook
    tells of it. Nothing is made up, whatever is missed.
    """
    world, kept = _World(), seen(A, C, B, A)
    recorded: list[Change] = []
    for name, looks, told_of in [*steps, ("C", [0], True)]:
        world.move({"A": A, "B": B, "C": C}[name], told_of=told_of)
        for moves_ago in looks:
            shown, hints = world.seen(moves_ago=moves_ago), tuple(world.hints)
            noticed = told(kept, shown, number=len(recorded), at=world.now, hints=hints)
            recorded += noticed.changes
            kept = noticed.after
            again = told(kept, shown, number=len(recorded), at=world.now, hints=hints)
            assert again.changes == ()
    late = told(kept, world.seen(moves_ago=0), number=len(recorded), at=world.now + SURE_AFTER)
    recorded += late.changes
    assert [c.number for c in recorded] == list(range(1, len(recorded) + 1))
    assert len({key_of(c) for c in recorded}) == len(recorded)
    chain = ["dpl_a", *(now for _, now, _ in moved(recorded))]
    assert [was for was, _, _ in moved(recorded)] == chain[:-1]
    assert chain[-1] == "dpl_c"
    happened = iter(goal.id for goal, _ in world.moves)
    assert all(any(one == goal for goal in happened) for one in chain)


def test_what_is_kept_of_a_project_is_small_and_comes_back_as_it_was() -> None:
    from chatbot.services.watching.records import snapshot_of

    kept = seen(B, B, A, last_request=making.request("dpl_b"), release=making.release())
    text = snapshot_json(kept)
    row = Production(project_id="prj_shop", project_name="shop", seen=text, seen_at=NOON)
    assert snapshot_of(row) == kept
    assert len(text) < 2_000


def test_a_list_that_does_not_tell_the_last_request_makes_no_news_of_it() -> None:
    old = making.request("dpl_b", type="rollback", from_id="dpl_c")
    glimpse = Glimpse(making.project(current=B, auto_assign=False), tells_request=False)
    first = first_glimpse(glimpse, Builds(NOON), NOON)
    now = sight(B, C, B, A, last_request=old, auto_assign=False)
    looked = told(first, now)
    assert (looked.changes, looked.after.pinned) == ((), True)
    unpinned = Glimpse(replace(now.project, last_request=None), tells_request=False)
    assert unpinned.agrees_with(looked.after)


def test_a_list_that_goes_on_to_disagree_is_looked_into_ever_more_seldom() -> None:
    patience = Patience()
    assert [at for at in range(100) if patience.allows("prj_shop", B, at)] == [0, 5, 15, 35, 75]
    assert patience.allows("prj_shop", A, 76)
    patience.agrees("prj_shop")
    assert patience.allows("prj_shop", A, 77)
    patience.only({"prj_docs"})
    assert patience.allows("prj_shop", A, 78)
    at_latest = Patience(10.0)
    assert [at for at in range(50) if at_latest.allows("prj_shop", A, at)] == [0, 5, 15, 25, 35, 45]


def test_a_read_from_before_what_webhooks_have_told_is_not_told_again() -> None:
    hints = (Hint(NOON, "rollback", "dpl_a", "dpl_b"), Hint(NOON + SECOND, "promote", "dpl_b"))
    first = told(seen(B, B, A), sight(B, B, A), hints=hints)  # the read is older than both
    assert [now for _, now, _ in moved(first.changes)] == ["dpl_a", "dpl_b"]
    between = making.request("dpl_a", type="rollback", from_id="dpl_b")
    stale = told(first.after, sight(A, B, A, last_request=between), number=2, hints=hints)
    assert (stale.changes, stale.settled) == ((), False)
    caught_up = making.request("dpl_b", from_id="dpl_a", requested_at=NOON + SECOND / 2)
    now = sight(B, B, A, last_request=caught_up)
    assert told(stale.after, now, number=2, hints=hints).changes == ()
    late = told(stale.after, sight(A, B, A, last_request=between), number=2, at=NOON + SURE_AFTER)
    assert [now for _, now, _ in moved(late.changes)] == ["dpl_a"]
