"""`judge`, by the platform's polling model: a request, its job, and what the project's domains point to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import AliasRequest, Project
from chatbot.domain.judging import Baseline, Sight, judge
from tests.unit.making import NOON, current, project, request
from tests.unit.strategies import projects

BEFORE, OURS, THEIRS, ELSE = "dpl_before", "dpl_ours", "dpl_theirs", "dpl_else"
BASELINE = Baseline(BEFORE, NOON)
FRESH = NOON + timedelta(seconds=1)
STALE = (NOON, NOON - timedelta(minutes=5))
RUNNING = ("pending", "in-progress")
BROKEN = ("failed", "skipped")
JOBS = (*RUNNING, "succeeded", *BROKEN)


def seen(serving: str | None, last: AliasRequest | None = None) -> Project:
    return project(current=current(serving) if serving else None, last_request=last)


def asked(to_id: str, status: str, **changes: object) -> AliasRequest:
    return request(to_id, status, **{"requested_at": FRESH, **changes})


@pytest.mark.parametrize(
    ("serving", "last", "sight"),
    [
        # nothing recorded: what the domains point to decides
        (BEFORE, None, Sight.NOTHING),
        (OURS, None, Sight.ARRIVED),  # the platform finished at once and recorded nothing
        (THEIRS, None, Sight.OVERTAKEN),  # a push, or somebody in the dashboard
        (None, None, Sight.OVERTAKEN),
        # our request
        *((at, asked(OURS, job), Sight.MOVING) for job in RUNNING for at in (BEFORE, OURS, THEIRS, None)),
        (BEFORE, asked(OURS, "succeeded"), Sight.MOVING),  # the project read lags behind
        (OURS, asked(OURS, "succeeded"), Sight.ARRIVED),
        (THEIRS, asked(OURS, "succeeded"), Sight.OVERTAKEN),  # ours arrived, then a push moved on
        (None, asked(OURS, "succeeded"), Sight.OVERTAKEN),
        *((at, asked(OURS, job), Sight.FAILED) for job in BROKEN for at in (BEFORE, OURS, THEIRS)),
        # somebody else's request, which hides ours: while its job runs nobody knows who wins
        *(
            (at, asked(THEIRS, job), Sight.CONTESTED)
            for job in RUNNING
            for at in (BEFORE, OURS, THEIRS, None)
        ),
        # theirs is through: only Current tells whether it has overtaken ours
        (THEIRS, asked(THEIRS, "succeeded"), Sight.OVERTAKEN),
        (ELSE, asked(THEIRS, "succeeded"), Sight.OVERTAKEN),
        (OURS, asked(THEIRS, "succeeded"), Sight.ARRIVED),
        (BEFORE, asked(THEIRS, "succeeded"), Sight.MOVING),  # the project read lags behind
        # theirs came to nothing: ours decides, as if theirs had not been
        *((BEFORE, asked(THEIRS, job), Sight.NOTHING) for job in BROKEN),
        *((OURS, asked(THEIRS, job), Sight.ARRIVED) for job in BROKEN),
        *((ELSE, asked(THEIRS, job), Sight.OVERTAKEN) for job in BROKEN),
        # theirs goes back to what was Current before the ask
        *((at, asked(BEFORE, job), Sight.CONTESTED) for job in RUNNING for at in (BEFORE, OURS)),
        (BEFORE, asked(BEFORE, "succeeded", type="rollback"), Sight.OVERTAKEN),
        *((BEFORE, asked(BEFORE, job), Sight.NOTHING) for job in (*BROKEN, "something-new")),  # never left
        *((OURS, asked(BEFORE, job), Sight.ARRIVED) for job in BROKEN),
        *((ELSE, asked(BEFORE, job), Sight.OVERTAKEN) for job in BROKEN),
        # a job that the platform calls something new runs no more, and has not failed
        (BEFORE, asked(OURS, "something-new"), Sight.MOVING),
        (OURS, asked(OURS, "something-new"), Sight.ARRIVED),
        (BEFORE, asked(THEIRS, "something-new"), Sight.NOTHING),
        # a request from before the ask says nothing
        *((BEFORE, request(OURS, job, requested_at=at), Sight.NOTHING) for job in JOBS for at in STALE),
        *((BEFORE, request(THEIRS, job, requested_at=at), Sight.NOTHING) for job in JOBS for at in STALE),
        *((BEFORE, request(BEFORE, job, requested_at=at), Sight.NOTHING) for job in JOBS for at in STALE),
        *((OURS, request(OURS, job, requested_at=at), Sight.ARRIVED) for job in JOBS for at in STALE),
        (OURS, request(THEIRS, "pending", requested_at=NOON), Sight.ARRIVED),
        (THEIRS, request(OURS, "succeeded", requested_at=NOON), Sight.OVERTAKEN),
        (THEIRS, request(THEIRS, "pending", requested_at=NOON), Sight.OVERTAKEN),
    ],
)
def test_what_one_look_says(serving: str | None, last: AliasRequest | None, sight: Sight) -> None:
    assert judge(seen(serving, last), final_id=OURS, baseline=BASELINE) is sight


@pytest.mark.parametrize("job", JOBS)
def test_the_first_request_of_a_project_is_fresh_whenever_it_was_made(job: str) -> None:
    first = Baseline(BEFORE, None)
    long_ago = request(OURS, job, requested_at=NOON - timedelta(days=9))
    expected = {"failed": Sight.FAILED, "skipped": Sight.FAILED}.get(job, Sight.MOVING)
    assert judge(seen(BEFORE, long_ago), final_id=OURS, baseline=first) is expected


def test_a_first_deployment_arrives_where_nothing_was() -> None:
    nothing = Baseline(None, None)
    assert judge(seen(None), final_id=OURS, baseline=nothing) is Sight.NOTHING
    assert judge(seen(None, asked(OURS, "succeeded")), final_id=OURS, baseline=nothing) is Sight.MOVING
    assert judge(seen(OURS, asked(OURS, "succeeded")), final_id=OURS, baseline=nothing) is Sight.ARRIVED


@pytest.mark.parametrize(
    ("serving", "last", "sight"),
    [
        (OURS, None, Sight.ARRIVED),  # whether the domains follow is what the proof is for
        (OURS, asked(OURS, "in-progress"), Sight.MOVING),
        (OURS, asked(OURS, "failed"), Sight.FAILED),
        (OURS, asked(THEIRS, "in-progress"), Sight.CONTESTED),
        (THEIRS, asked(THEIRS, "succeeded"), Sight.OVERTAKEN),
    ],
)
def test_a_retry_of_what_is_current_already_is_judged_alike(
    serving: str, last: AliasRequest | None, sight: Sight
) -> None:
    assert judge(seen(serving, last), final_id=OURS, baseline=Baseline(OURS, NOON)) is sight


def test_a_rollback_is_judged_like_a_promote() -> None:
    back = asked(OURS, "succeeded", type="rollback")
    assert judge(seen(OURS, back), final_id=OURS, baseline=BASELINE) is Sight.ARRIVED


ids = st.sampled_from([BEFORE, OURS, THEIRS, ELSE])
requests = st.none() | st.builds(
    request,
    ids,
    st.sampled_from([*JOBS, "something-new"]),
    requested_at=st.sampled_from([*STALE, FRESH]),
    from_id=st.none() | ids,
    type=st.sampled_from(["promote", "rollback"]),
)
baselines = st.builds(Baseline, st.none() | ids, st.none() | st.just(NOON), st.booleans())


def fresh(last: AliasRequest | None, baseline: Baseline) -> AliasRequest | None:
    """The request, if it is newer than the baseline's."""
    if last is None or (baseline.request_at is not None and last.requested_at <= baseline.request_at):
        return None
    return last


@given(st.none() | ids, requests, baselines)
def test_each_sight_is_said_only_of_what_shows_it(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    newer = fresh(last, baseline)
    ours = newer if newer and newer.to_id == OURS else None
    theirs = newer if newer and newer.to_id != OURS else None
    match judge(seen(serving, last), final_id=OURS, baseline=baseline):
        case Sight.ARRIVED:
            assert serving == OURS
            assert not (newer and newer.is_running)
            assert not (ours and ours.job_status in BROKEN)
        case Sight.OVERTAKEN:
            assert serving != OURS
            assert not (newer and newer.is_running)
            brought_back = theirs is not None and (theirs.to_id, theirs.job_status) == (serving, "succeeded")
            assert serving != baseline.current_id or brought_back
        case Sight.CONTESTED:
            assert theirs is not None
            assert theirs.is_running
        case Sight.FAILED:
            assert ours is not None
            assert ours.job_status in BROKEN
        case Sight.MOVING:
            assert newer is not None
            assert serving != OURS or newer.is_running
        case Sight.NOTHING:
            assert serving == baseline.current_id != OURS
            assert not (newer and newer.is_running)
            assert ours is None
            assert not (theirs and theirs.job_status == "succeeded")


@given(st.none() | ids, requests, baselines)
def test_a_request_that_is_not_fresher_than_the_baseline_says_nothing(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    if fresh(last, baseline) is None:
        with_it = judge(seen(serving, last), final_id=OURS, baseline=baseline)
        without = judge(seen(serving), final_id=OURS, baseline=baseline)
        assert with_it is without
        assert with_it in {Sight.ARRIVED, Sight.OVERTAKEN, Sight.NOTHING}


@given(st.none() | ids, requests, baselines)
def test_once_it_has_arrived_later_looks_at_the_same_say_so(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    here = seen(serving, last)
    sight = judge(here, final_id=OURS, baseline=baseline)
    if sight is Sight.ARRIVED and last is not None:
        older = replace(here, last_request=replace(last, requested_at=NOON - timedelta(hours=1)))
        assert judge(older, final_id=OURS, baseline=replace(baseline, request_at=NOON)) is sight


@given(st.none() | ids, requests, baselines)
def test_switching_auto_assignment_changes_no_sight(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    here, switched = seen(serving, last), replace(baseline, auto_assign=not baseline.auto_assign)
    sight = judge(here, final_id=OURS, baseline=baseline)
    assert judge(here, final_id=OURS, baseline=switched) is sight
    assert judge(replace(here, auto_assign=False), final_id=OURS, baseline=baseline) is sight


class TestTheBaseline:
    START = project(last_request=request("dpl_current"))

    def test_it_is_current_the_last_request_and_auto_assignment(self) -> None:
        assert Baseline.of(self.START) == Baseline("dpl_current", NOON, auto_assign=True)
        assert Baseline.of(project(current=None)) == Baseline(None, None, auto_assign=True)
        assert Baseline.of(project(auto_assign=False)) == Baseline("dpl_current", None, auto_assign=False)

    @pytest.mark.parametrize(
        "later",
        [
            replace(START, current=current("dpl_moved")),  # a push
            replace(START, current=None),
            replace(START, last_request=request("dpl_else", "pending", requested_at=FRESH)),
            replace(START, last_request=request("dpl_current", requested_at=FRESH)),  # there and back again
            replace(START, last_request=None),
            replace(START, auto_assign=False),
        ],
    )
    def test_it_holds_no_more_once_production_or_its_ways_have_changed(self, later: Project) -> None:
        assert not Baseline.of(self.START).still_holds(later)

    @pytest.mark.parametrize(
        "later",
        [
            START,
            replace(START, name="renamed"),
            replace(START, current=current(error="a note")),  # the same deployment
            replace(START, last_request=request("dpl_current", "failed")),  # the same request
        ],
    )
    def test_it_holds_whatever_else_changes(self, later: Project) -> None:
        assert Baseline.of(self.START).still_holds(later)

    @given(projects(), projects())
    def test_it_holds_for_what_it_was_made_of_and_both_ways(self, one: Project, other: Project) -> None:
        assert Baseline.of(one).still_holds(one)
        assert Baseline.of(one).still_holds(other) == Baseline.of(other).still_holds(one)
