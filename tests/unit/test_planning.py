from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.deployments import Deployment
from chatbot.domain.planning import (
    AlreadyCurrent,
    AlreadyPromoted,
    BuildFailed,
    NotEligible,
    PlanRefused,
    ReleaseUnderWay,
    StillBuilding,
    plan_promotion,
    plan_rollback,
)
from chatbot.domain.plans import (
    Caution,
    Path,
    Plan,
)
from tests.unit.making import (
    NOON,
    current,
    deployment,
    domain,
    look,
    pinned,
    preview,
    project,
    promoted,
    request,
    staged,
)

BUILDING = deployment(ready_state="BUILDING", ready_substate=None)
FAILED = deployment(ready_state="ERROR", ready_substate=None)
CANARY = deployment(ready_substate="ROLLING")


@pytest.mark.parametrize(
    ("target", "path"),
    [(staged(), Path.PROMOTE), (preview(), Path.REBUILD), (preview(target="qa"), Path.REBUILD)],
)
def test_a_promotion_moves_a_staged_build_and_rebuilds_a_preview(target: Deployment, path: Path) -> None:
    plan = plan_promotion(look(target))
    assert plan.path is path
    assert plan.target == target
    assert plan.current == current()


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        (current(), AlreadyCurrent),
        (promoted(), AlreadyPromoted),
        (CANARY, ReleaseUnderWay),
        (BUILDING, StillBuilding),
        (FAILED, BuildFailed),
        (replace(FAILED, ready_state="CANCELED"), BuildFailed),
    ],
)
def test_whatever_else_is_not_promoted(target: Deployment, refusal: type[PlanRefused]) -> None:
    with pytest.raises(refusal) as refused:
        plan_promotion(look(target))
    assert refused.value.target == target
    assert refused.value.project == project()


def test_a_rollback_goes_to_what_has_served_before() -> None:
    plan = plan_rollback(look(promoted()), reason="checkout 500s")
    assert plan.path is Path.ROLLBACK
    assert plan.reason == "checkout 500s"


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        (current(), AlreadyCurrent),
        (CANARY, ReleaseUnderWay),
        (BUILDING, StillBuilding),
        (FAILED, BuildFailed),
    ],
)
def test_a_rollback_needs_a_deployment_that_could_serve(
    target: Deployment, refusal: type[PlanRefused]
) -> None:
    with pytest.raises(refusal):
        plan_rollback(look(target))


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (preview(), "preview"),
        (staged(), "staged"),
        (promoted(rollback_candidate=False), "withdrawn"),
        (promoted(rollback_candidate=False, plan="pro"), "withdrawn"),
        (promoted(rollback_candidate=False, plan="hobby"), "hobby"),
    ],
)
def test_a_rollback_says_why_a_deployment_is_not_eligible(target: Deployment, why: str) -> None:
    with pytest.raises(NotEligible) as refused:
        plan_rollback(look(target))
    assert refused.value.why == why


class TestPinned:
    NEWER = promoted(created_at=NOON - timedelta(hours=1))

    def test_something_newer_that_was_promoted_before_may_be_promoted_again(self) -> None:
        plan = plan_promotion(look(self.NEWER, project=pinned()))
        assert plan.path is Path.PROMOTE
        assert Caution.UNPINS in plan.cautions

    def test_something_older_may_not(self) -> None:
        with pytest.raises(AlreadyPromoted):
            plan_promotion(look(promoted(), project=pinned()))

    def test_something_of_the_same_age_may_not(self) -> None:
        with pytest.raises(AlreadyPromoted):
            plan_promotion(look(promoted(created_at=current().created_at), project=pinned()))

    def test_without_the_pin_it_may_not(self) -> None:
        for unpinned in (project(), project(auto_assign=False)):
            with pytest.raises(AlreadyPromoted):
                plan_promotion(look(self.NEWER, project=unpinned))

    def test_without_a_current_it_may_not(self) -> None:
        with pytest.raises(AlreadyPromoted):
            plan_promotion(look(self.NEWER, project=pinned(current=None)))

    def test_a_rollback_of_a_pinned_project_is_still_a_rollback(self) -> None:
        assert plan_rollback(look(promoted(), project=pinned())).path is Path.ROLLBACK


def test_only_domains_that_follow_production_are_affected() -> None:
    domains = (
        domain("www.example.com", redirect="shop.example.com", serves=None),
        domain("shop.example.com"),
        domain("next.example.com", git_branch="next"),
        domain("qa.example.com", custom_environment="env_qa"),
        domain("eu.example.com"),
        domain("old.example.com", redirect="elsewhere.example.org", serves=None),
        domain("preview.example.com", redirect="next.example.com", serves=None),
        domain("pr.example.com", redirect="shop.example.com", git_branch="pr"),
    )
    plan = plan_promotion(look(staged(), domains=domains))
    assert [d.name for d in plan.domains] == ["eu.example.com", "shop.example.com"]
    assert [d.name for d in plan.redirects] == ["www.example.com"]


def test_affected_domains_come_in_one_order_however_they_were_read() -> None:
    names = [f"{n}.example.com" for n in ("c", "a", "b")]
    there = plan_promotion(look(staged(), domains=tuple(map(domain, names))))
    back = plan_promotion(look(staged(), domains=tuple(map(domain, reversed(names)))))
    assert there == back


def test_a_project_without_domains_has_a_plan() -> None:
    assert plan_promotion(look(staged(), domains=())).domains == ()


@pytest.mark.parametrize("before", [True, False])
def test_a_promote_switches_auto_assignment_on_and_a_rollback_off(before: bool) -> None:
    of = project(auto_assign=before)
    for target in (staged(), preview()):
        promotion = plan_promotion(look(target, project=of)).chosen(keep_off=False)
        assert (promotion.auto_assign_before, promotion.auto_assign_after) == (before, True)
    rollback = plan_rollback(look(promoted(), project=of))
    assert (rollback.auto_assign_before, rollback.auto_assign_after) == (before, False)


class TestKeepingAutoAssignmentOff:
    OFF = project(auto_assign=False)

    @pytest.mark.parametrize("target", [staged(), preview()])
    def test_what_is_off_on_purpose_stays_off_unless_the_person_says_otherwise(
        self, target: Deployment
    ) -> None:
        plan = plan_promotion(look(target, project=self.OFF))
        assert (plan.asks_to_keep_off, plan.keep_off, plan.auto_assign_after) == (True, True, False)
        assert plan.chosen(keep_off=None) == plan
        chosen = plan.chosen(keep_off=False)
        assert (chosen.keep_off, chosen.auto_assign_after) == (False, True)

    def test_a_pin_is_undone_unless_the_person_says_otherwise(self) -> None:
        plan = plan_promotion(look(staged(), project=pinned()))
        assert (plan.asks_to_keep_off, plan.keep_off, plan.auto_assign_after) == (True, False, True)
        assert not plan.chosen(keep_off=True).auto_assign_after

    @pytest.mark.parametrize(
        "plan",
        [
            plan_promotion(look(staged())),
            plan_rollback(look(promoted(), project=project(auto_assign=False))),
            plan_promotion(look(staged(), project=project(auto_assign=False, rolling_release=True))),
        ],
    )
    def test_where_there_is_no_choice_none_is_taken(self, plan: Plan) -> None:
        assert not plan.asks_to_keep_off
        assert plan.chosen(keep_off=True) == plan
        assert not plan.keep_off

    def test_the_choice_is_no_part_of_what_is_compared_at_the_click(self) -> None:
        plan = plan_promotion(look(staged(), project=self.OFF))
        assert plan.chosen(keep_off=False).fingerprint() == plan.fingerprint()


def test_how_long_it_takes_is_said_of_a_rebuild_only() -> None:
    recent = tuple(
        promoted(f"dpl_{n}", building_at=NOON, ready_at=NOON + timedelta(seconds=s))
        for n, s in enumerate((30, 40, 50))
    )
    assert plan_promotion(look(preview(), recent=recent)).usual == timedelta(seconds=40)
    assert plan_promotion(look(staged(), recent=recent)).usual is None
    assert plan_rollback(look(promoted(), recent=recent)).usual is None


class TestCautions:
    def test_a_plain_promotion_has_none(self) -> None:
        assert plan_promotion(look(staged())).cautions == ()

    def test_older_than_current(self) -> None:
        old = staged(created_at=NOON - timedelta(days=2))
        assert plan_promotion(look(old)).cautions == (Caution.OLDER_THAN_CURRENT,)
        assert Caution.OLDER_THAN_CURRENT not in plan_rollback(look(promoted())).cautions

    def test_a_promotion_unpins(self) -> None:
        assert plan_promotion(look(staged(), project=pinned())).cautions == (Caution.UNPINS,)

    def test_a_rollback_pins_unless_it_is_so_already(self) -> None:
        assert plan_rollback(look(promoted())).cautions == (Caution.PINS,)
        assert plan_rollback(look(promoted(), project=pinned())).cautions == ()

    @pytest.mark.parametrize(
        ("job", "cautions"),
        [
            ("pending", (Caution.MOVE_UNDER_WAY,)),
            ("in-progress", (Caution.MOVE_UNDER_WAY,)),
            ("succeeded", ()),
            ("failed", ()),
            ("skipped", ()),
        ],
    )
    def test_somebodys_move_is_under_way(self, job: str, cautions: tuple[Caution, ...]) -> None:
        of = project(last_request=request("dpl_else", job))
        assert plan_promotion(look(staged(), project=of)).cautions == cautions
        assert plan_rollback(look(promoted(), project=of)).cautions == (*cautions, Caution.PINS)

    def test_a_domain_is_not_verified(self) -> None:
        plan = plan_promotion(look(staged(), domains=(domain(verified=False),)))
        assert plan.cautions == (Caution.UNVERIFIED_DOMAIN,)

    def test_a_first_deployment_is_older_than_nothing(self) -> None:
        plan = plan_promotion(look(staged(), project=project(current=None)))
        assert plan.current is None
        assert plan.cautions == ()
