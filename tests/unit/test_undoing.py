"""A one-click button promises the core of the plan that the rules will make of it when it is clicked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from chatbot.domain.deployments import Domain, Project
from chatbot.domain.environment import EnvironmentChange
from chatbot.domain.operations import Build, Findings, Operation, Stage
from chatbot.domain.planning import (
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.requests import NothingToUndo, Overtaken
from chatbot.domain.undoing import retry_of, undo_of, undo_of_last, was_off_before
from tests.unit.making import (
    NOON,
    current,
    domain,
    look,
    operation,
    pinned,
    preview,
    project,
    promoted,
    request,
    staged,
)
from tests.unit.strategies import operations

NAMES = ("eu.example.com", "shop.example.com")
DOMAINS = tuple(map(domain, NAMES))
BEFORES = [project(), project(auto_assign=False), pinned()]
NEW = Build("dpl_new", "shop-new-acme.vercel.app", "READY", NOON)
WAS = promoted("dpl_current", created_at=current().created_at)
NOTHING_SERVED = project(current=None)


def ended(stage: Stage, plan: Plan, **found: Any) -> Operation:
    return operation(plan, stage, findings=Findings(**found))


def done(plan: Plan, **found: Any) -> Operation:
    return ended(Stage.SUCCEEDED, plan, **found)


def half(plan: Plan, **found: Any) -> Operation:
    return ended(Stage.PARTLY_MOVED, plan, **found)


def split(ours: str) -> tuple[Domain, ...]:
    """One domain has moved, the other has stayed."""
    return domain(NAMES[0], serves=ours), domain(NAMES[1])


def promote_of(before: Project) -> Plan:
    return plan_promotion(look(staged(), project=before, domains=DOMAINS))


def rebuild_of(before: Project) -> Plan:
    return plan_promotion(look(preview(), project=before, domains=DOMAINS))


def rollback_of(before: Project) -> Plan:
    return plan_rollback(look(promoted(), project=before, domains=DOMAINS))


def keeps(promised: Plan | None, fresh: Plan) -> None:
    assert promised is not None
    assert promised.core_fingerprint() == fresh.core_fingerprint()
    assert (promised.path, promised.target.id) == (fresh.path, fresh.target.id)
    chosen = fresh.keeping_off(promised.keep_off)
    assert promised.auto_assign_after == chosen.auto_assign_after
    assert [d.name for d in promised.domains] == [d.name for d in fresh.domains]


@pytest.mark.parametrize("before", BEFORES)
class TestUndoOfWhatSucceeded:
    @pytest.mark.parametrize(("plan_of", "serving"), [(promote_of, "dpl_target"), (rebuild_of, "dpl_new")])
    def test_a_promote_and_a_rebuild_by_a_rollback_to_what_served(
        self, before: Project, plan_of: Any, serving: str
    ) -> None:
        after = project(current=current(serving, created_at=NOON), last_request=request(serving))
        plan = plan_of(before).chosen(keep_off=False)
        fresh = plan_rollback(look(WAS, project=after, domains=DOMAINS))
        keeps(undo_of(done(plan, build=NEW)), fresh)
        keeps(undo_of(done(plan, build=NEW, seen=serving, auto_assign=True)), fresh)
        kept = plan_rollback(look(WAS, project=replace(after, auto_assign=False), domains=DOMAINS))
        if not before.auto_assign:
            keeps(undo_of(done(plan_of(before).chosen(keep_off=True), build=NEW)), kept)

    def test_a_rollback_to_something_older_by_a_promote_unless_production_was_pinned_before(
        self, before: Project
    ) -> None:
        after = pinned(current=promoted(), last_request=request("dpl_target", type="rollback"))
        seen = look(WAS, project=after, domains=DOMAINS)
        keeps(
            undo_of(done(rollback_of(before))), plan_rollback(seen) if before.pinned else plan_promotion(seen)
        )

    def test_and_auto_assignment_is_then_as_it_was_before(self, before: Project) -> None:
        undo = undo_of(done(rollback_of(before)))
        assert undo is not None
        assert undo.auto_assign_after is before.auto_assign
        assert undo.keep_off is (not before.auto_assign and not before.pinned)

    def test_a_rollback_to_something_newer_by_a_rollback(self, before: Project) -> None:
        newer = promoted(created_at=NOON)
        undo = undo_of(done(plan_rollback(look(newer, project=before, domains=DOMAINS))))
        after = pinned(current=newer, last_request=request("dpl_target", type="rollback"))
        keeps(undo, plan_rollback(look(WAS, project=after, domains=DOMAINS)))

    def test_auto_assignment_is_as_it_was_read_back(self, before: Project) -> None:
        """Somebody may have switched it since."""
        after = project(current=staged(), auto_assign=False, last_request=request("dpl_target"))
        undo = undo_of(done(promote_of(before), auto_assign=False))
        keeps(undo, plan_rollback(look(WAS, project=after, domains=DOMAINS)))


class TestUndoOfWhatMovedHalfWay:
    """All domains go back, whichever of the two the platform calls Current."""

    @pytest.mark.parametrize("before", BEFORES)
    @pytest.mark.parametrize(("plan_of", "ours"), [(promote_of, "dpl_target"), (rebuild_of, "dpl_new")])
    def test_of_a_promotion_while_the_old_one_is_still_current(
        self, before: Project, plan_of: Any, ours: str
    ) -> None:
        undo = undo_of(half(plan_of(before), build=NEW, seen="dpl_current"))
        after = replace(before, last_request=request(ours, "failed"))
        keeps(undo, plan_rollback(look(current(), project=after, domains=split(ours))))

    @pytest.mark.parametrize(("plan_of", "ours"), [(promote_of, "dpl_target"), (rebuild_of, "dpl_new")])
    def test_of_a_promotion_that_is_current(self, plan_of: Any, ours: str) -> None:
        undo = undo_of(half(plan_of(project()), build=NEW, seen=ours))
        after = project(current=current(ours, created_at=NOON), last_request=request(ours))
        keeps(undo, plan_rollback(look(WAS, project=after, domains=split(ours))))

    @pytest.mark.parametrize("before", BEFORES)
    def test_of_a_rollback_while_the_old_one_is_still_current(self, before: Project) -> None:
        undo = undo_of(half(rollback_of(before), seen="dpl_current"))
        after = replace(before, last_request=request("dpl_target", "failed", type="rollback"))
        seen = look(current(), project=after, domains=split("dpl_target"))
        keeps(undo, plan_rollback(seen) if before.pinned else plan_promotion(seen))

    def test_of_a_rollback_that_is_current(self) -> None:
        undo = undo_of(half(rollback_of(project()), seen="dpl_target"))
        after = pinned(current=promoted(), last_request=request("dpl_target", type="rollback"))
        keeps(undo, plan_promotion(look(WAS, project=after, domains=split("dpl_target"))))


class TestRetry:
    """The same move, for the domains that did not follow. A rebuild is not built again."""

    @pytest.mark.parametrize(("plan_of", "ours"), [(promote_of, "dpl_target"), (rebuild_of, "dpl_new")])
    def test_of_a_promotion_that_is_current(self, plan_of: Any, ours: str) -> None:
        now = current(ours, created_at=NOON)
        fresh = plan_promotion(look(now, project=project(current=now), domains=split(ours)))
        keeps(retry_of(half(plan_of(project()), build=NEW, seen=ours)), fresh)

    @pytest.mark.parametrize("before", BEFORES)
    @pytest.mark.parametrize("substate", ["STAGED", "PROMOTED"])
    @pytest.mark.parametrize(("plan_of", "ours"), [(promote_of, "dpl_target"), (rebuild_of, "dpl_new")])
    def test_of_a_promotion_while_the_old_one_is_still_current(
        self, before: Project, substate: str, plan_of: Any, ours: str
    ) -> None:
        made = staged(ours, ready_substate=substate)
        after = replace(before, last_request=request(ours, "failed"))
        fresh = plan_promotion(look(made, project=after, domains=split(ours)))
        keeps(retry_of(half(plan_of(before), build=NEW, seen="dpl_current")), fresh)

    def test_of_a_rollback_that_is_current(self) -> None:
        after = pinned(current=promoted(), last_request=request("dpl_target", type="rollback"))
        fresh = plan_rollback(look(promoted(), project=after, domains=split("dpl_target")))
        keeps(retry_of(half(rollback_of(project()), seen="dpl_target")), fresh)

    @pytest.mark.parametrize("before", BEFORES)
    def test_of_a_rollback_while_the_old_one_is_still_current(self, before: Project) -> None:
        after = replace(before, last_request=request("dpl_target", "failed", type="rollback"))
        fresh = plan_rollback(look(promoted(), project=after, domains=split("dpl_target")))
        keeps(retry_of(half(rollback_of(before), seen="dpl_current")), fresh)


@pytest.mark.parametrize("made", [done(promote_of(project())), half(promote_of(project()))])
@pytest.mark.parametrize(
    "changed",
    [
        {"project": project(current=current("dpl_else"))},
        {"project": project(current=staged(), auto_assign=False)},
        {"project": project(current=staged(), last_request=request("dpl_else", "in-progress"))},
        {"domains": (domain("other.example.com"),)},
    ],
)
def test_a_production_that_moved_on_was_not_promised(made: Operation, changed: dict[str, Any]) -> None:
    there = {"project": project(current=staged()), "domains": DOMAINS, **changed}
    undo = undo_of(made)
    assert undo is not None
    assert undo.core_fingerprint() != plan_rollback(look(WAS, **there)).core_fingerprint()


def test_the_way_back_is_to_what_was_current_just_before_the_last_ask() -> None:
    """A build takes minutes: production may have moved on since the confirmation."""
    pushed = current("dpl_pushed")
    undo = undo_of(done(rebuild_of(project()), build=NEW, before=pushed, seen="dpl_new"))
    assert undo is not None
    assert undo.target == pushed


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.SUCCEEDED, Stage.PARTLY_MOVED}))
@pytest.mark.parametrize("plan_of", [promote_of, rebuild_of, rollback_of])
def test_where_nothing_has_moved_there_is_nothing_to_undo(stage: Stage, plan_of: Any) -> None:
    assert undo_of(ended(stage, plan_of(project()), build=NEW)) is None


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.PARTLY_MOVED}))
@pytest.mark.parametrize("plan_of", [promote_of, rebuild_of, rollback_of])
def test_only_what_moved_half_way_is_tried_again(stage: Stage, plan_of: Any) -> None:
    assert retry_of(ended(stage, plan_of(project()), build=NEW)) is None


def test_where_nothing_served_there_is_no_way_back_but_a_way_on() -> None:
    assert undo_of(half(promote_of(NOTHING_SERVED))) is None
    assert retry_of(half(promote_of(NOTHING_SERVED))) is not None


def test_a_build_that_nobody_knows_is_neither_undone_nor_tried_again() -> None:
    assert undo_of(half(rebuild_of(project()))) is None
    assert retry_of(half(rebuild_of(project()))) is None


def test_a_move_that_was_under_way_at_the_confirmation_is_over() -> None:
    taken_over = project(last_request=request("dpl_else", "in-progress"))
    made = half(promote_of(taken_over), seen="dpl_target")
    after = project(current=staged(), last_request=request("dpl_target"))
    there = {"project": after, "domains": split("dpl_target")}
    keeps(undo_of(made), plan_rollback(look(WAS, **there)))
    keeps(retry_of(made), plan_promotion(look(staged(), **there)))


@given(operations() | operations(Stage.PARTLY_MOVED))
def test_what_the_buttons_promise(made: Operation) -> None:
    undo, retry = undo_of(made), retry_of(made)
    moved = made.stage in {Stage.SUCCEEDED, Stage.PARTLY_MOVED} and made.final_id is not None
    release = made.plan.release
    back_to = made.was
    if made.plan.path is Path.ABORT and made.was:
        back_to = release.canary if release else None
    assert (undo is not None) is (moved and back_to is not None)
    assert (retry is not None) is (moved and made.stage is Stage.PARTLY_MOVED)
    if undo:
        assert undo.target == back_to
    if retry:
        assert retry.target.id == made.final_id
        assert retry.path.goes_back is made.plan.path.goes_back
    for promise in filter(None, (undo, retry)):
        assert promise.path is not Path.REBUILD
        assert promise.domains == made.plan.domains
        assert promise.project.move_under_way is None
        assert promise.environment == EnvironmentChange()
        assert promise.auto_assign_after is (not promise.path.goes_back and not promise.keep_off)
        assert made.findings.auto_assign in {None, promise.auto_assign_before}
        assert promise.current in {made.was, made.made}


class TestTheLast:
    """`/rollback undo`."""

    MADE = project(current=current("dpl_target"))

    def made(self, number: int, stage: Stage = Stage.SUCCEEDED, **found: Any) -> Operation:
        plan = plan_promotion(look(staged("dpl_target")))
        return operation(plan, stage, finished_at=NOON + timedelta(hours=number), findings=Findings(**found))

    def test_the_last_that_moved_production_is_undone(self) -> None:
        before = operation(plan_rollback(look(promoted())), Stage.SUCCEEDED, finished_at=NOON)
        failed = self.made(3, Stage.FAILED)
        back = undo_of_last([failed, self.made(2), before], self.MADE)
        assert (back.path, back.target.id) == (Path.ROLLBACK, "dpl_current")

    def test_without_a_change_there_is_nothing_to_undo(self) -> None:
        for changes in ([], [self.made(1, Stage.UNKNOWN)]):
            with pytest.raises(NothingToUndo):
                undo_of_last(changes, self.MADE)

    def test_a_first_deployment_has_no_way_back(self) -> None:
        first = operation(
            plan_promotion(look(staged("dpl_target"), project=NOTHING_SERVED)),
            Stage.SUCCEEDED,
            finished_at=NOON,
        )
        with pytest.raises(NothingToUndo):
            undo_of_last([first], self.MADE)

    @pytest.mark.parametrize("auto_assign", [True, False])
    def test_auto_assignment_that_was_off_before_a_rollback_is_remembered(self, auto_assign: bool) -> None:
        plan = plan_rollback(look(promoted(), project=project(auto_assign=auto_assign)))
        back = operation(plan, Stage.SUCCEEDED, finished_at=NOON)
        pinned_to_it = pinned(current=promoted())
        assert was_off_before([back], pinned_to_it) is not auto_assign
        assert not was_off_before([back], pinned(current=current("dpl_other")))
        assert not was_off_before([], pinned_to_it)

    @pytest.mark.parametrize("auto_assign", [True, False])
    def test_of_two_rollbacks_in_a_row_the_first_one_tells(self, auto_assign: bool) -> None:
        older, oldest = promoted("dpl_older"), promoted("dpl_oldest")
        first = plan_rollback(look(older, project=project(auto_assign=auto_assign)))
        second = plan_rollback(look(oldest, project=pinned(current=older)))
        changes = [operation(p, Stage.SUCCEEDED, finished_at=NOON) for p in (second, first)]
        assert was_off_before(changes, pinned(current=oldest)) is not auto_assign
        assert not was_off_before(changes[:1], pinned(current=oldest))  # somebody else's was the first

    @pytest.mark.parametrize("now", [current("dpl_other"), None])
    def test_once_somebody_has_moved_production_it_is_too_late(self, now: Any) -> None:
        with pytest.raises(Overtaken) as refused:
            undo_of_last([self.made(1)], project(current=now))
        assert refused.value.made.id == "dpl_target"

    def test_half_a_move_is_undone_from_where_production_is(self) -> None:
        half_way = self.made(1, Stage.PARTLY_MOVED, seen="dpl_target")
        assert undo_of_last([half_way], self.MADE).target.id == "dpl_current"
