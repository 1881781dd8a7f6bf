"""`judge`, by the platform's polling model: a request, its job, and what the project's domains point to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.deployments import AliasRequest, Project
from chatbot.domain.operations import Baseline, Sight, judge
from tests.unit.making import NOON, current, project, request

BEFORE, OURS, THEIRS = "dpl_before", "dpl_ours", "dpl_theirs"
BASELINE = Baseline(BEFORE, NOON)
FRESH = NOON + timedelta(seconds=1)
STALE = (NOON, NOON - timedelta(minutes=5))
JOBS = ("pending", "in-progress", "succeeded", "failed", "skipped")


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
        (BEFORE, asked(OURS, "pending"), Sight.MOVING),
        (BEFORE, asked(OURS, "in-progress"), Sight.MOVING),
        (OURS, asked(OURS, "in-progress"), Sight.MOVING),  # accepted is not arrived
        (BEFORE, asked(OURS, "succeeded"), Sight.MOVING),  # the project read lags behind
        (OURS, asked(OURS, "succeeded"), Sight.ARRIVED),
        (BEFORE, asked(OURS, "failed"), Sight.FAILED),
        (BEFORE, asked(OURS, "skipped"), Sight.FAILED),
        (OURS, asked(OURS, "failed"), Sight.FAILED),  # some domains did not move
        (THEIRS, asked(OURS, "succeeded"), Sight.OVERTAKEN),  # ours arrived, then a push moved on
        (THEIRS, asked(OURS, "pending"), Sight.MOVING),
        # somebody else's request after ours
        *((BEFORE, asked(THEIRS, job), Sight.OVERTAKEN) for job in JOBS),
        (THEIRS, asked(THEIRS, "succeeded"), Sight.OVERTAKEN),
        (OURS, asked(THEIRS, "pending"), Sight.OVERTAKEN),
        # a request from before the ask says nothing
        *((BEFORE, request(OURS, job, requested_at=at), Sight.NOTHING) for job in JOBS for at in STALE),
        *((BEFORE, request(THEIRS, job, requested_at=at), Sight.NOTHING) for job in JOBS for at in STALE),
        *((OURS, request(OURS, job, requested_at=at), Sight.ARRIVED) for job in JOBS for at in STALE),
        (OURS, request(THEIRS, "pending", requested_at=NOON), Sight.ARRIVED),
        (THEIRS, request(OURS, "succeeded", requested_at=NOON), Sight.OVERTAKEN),
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


def test_a_rollback_is_judged_like_a_promote() -> None:
    back = asked(OURS, "succeeded", type="rollback")
    assert judge(seen(OURS, back), final_id=OURS, baseline=BASELINE) is Sight.ARRIVED


ids = st.sampled_from([BEFORE, OURS, THEIRS])
requests = st.none() | st.builds(
    request,
    ids,
    st.sampled_from([*JOBS, "something-new"]),
    requested_at=st.sampled_from([*STALE, FRESH]),
    from_id=st.none() | ids,
    type=st.sampled_from(["promote", "rollback"]),
)
baselines = st.builds(Baseline, st.none() | ids, st.none() | st.just(NOON))


def is_fresh(last: AliasRequest | None, baseline: Baseline) -> bool:
    return last is not None and (baseline.request_at is None or last.requested_at > baseline.request_at)


@given(st.none() | ids, requests, baselines)
def test_arrived_means_that_the_domains_point_to_it(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    if judge(seen(serving, last), final_id=OURS, baseline=baseline) is Sight.ARRIVED:
        assert serving == OURS
        assert not (
            is_fresh(last, baseline) and last and last.job_status in {"pending", "in-progress", "failed"}
        )


@given(st.none() | ids, requests, baselines)
def test_a_request_that_is_not_fresher_than_the_baseline_says_nothing(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    if not is_fresh(last, baseline):
        with_it = judge(seen(serving, last), final_id=OURS, baseline=baseline)
        without = judge(seen(serving), final_id=OURS, baseline=baseline)
        assert with_it is without
        assert with_it not in {Sight.FAILED, Sight.MOVING}


@given(st.none() | ids, requests, baselines)
def test_failed_is_said_of_our_own_request_only(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    if judge(seen(serving, last), final_id=OURS, baseline=baseline) is Sight.FAILED:
        assert last is not None
        assert last.to_id == OURS
        assert last.job_status in {"failed", "skipped"}


@given(st.none() | ids, requests, baselines)
def test_once_it_has_arrived_later_looks_at_the_same_say_so(
    serving: str | None, last: AliasRequest | None, baseline: Baseline
) -> None:
    here = seen(serving, last)
    sight = judge(here, final_id=OURS, baseline=baseline)
    if sight is Sight.ARRIVED and last is not None:
        older = replace(here, last_request=replace(last, requested_at=NOON - timedelta(hours=1)))
        assert judge(older, final_id=OURS, baseline=replace(baseline, request_at=NOON)) is sight
