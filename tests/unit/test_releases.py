"""What the document of a rolling release says about how it goes on."""

from datetime import timedelta

import pytest

from chatbot.domain.deployments import ReleaseStage
from chatbot.domain.releases import ReleaseState
from tests.unit.making import NOON, deployment, release

MINUTE = timedelta(minutes=1)


def test_a_release_in_its_first_stage() -> None:
    made = release()
    assert (made.base_id, made.canary_id) == ("dpl_current", "dpl_canary")
    assert made.stage == ReleaseStage(5)
    assert made.following == ReleaseStage(25)
    assert made.may_advance
    assert not made.is_completing


def test_the_step_to_the_last_stage_is_completing_it() -> None:
    made = release(active=1)
    assert made.following == ReleaseStage(100)
    assert not made.may_advance
    last = release(active=2)
    assert (last.following, last.is_completing) == (None, True)


@pytest.mark.parametrize("state", [ReleaseState.COMPLETE, ReleaseState.ABORTED])
def test_one_that_is_over_does_not_go_on(state: ReleaseState) -> None:
    over = release(state=state)
    assert (over.is_active, over.following, over.may_advance, over.is_completing) == (
        False,
        None,
        False,
        False,
    )


def test_it_is_the_same_however_far_it_is() -> None:
    assert release().is_same(release(active=1, queued_id="dpl_x", updated_at=NOON))
    assert not release().is_same(None)
    assert not release().is_same(release(canary=deployment("dpl_else")))
    assert not release().is_same(release(started_at=NOON + MINUTE))


def test_what_needs_no_approval_goes_on_by_itself() -> None:
    timed = release(stages=(ReleaseStage(5, 10 * MINUTE), ReleaseStage(100)), updated_at=NOON)
    assert timed.goes_on_after(NOON + 4 * MINUTE) == 6 * MINUTE
    assert timed.goes_on_after(NOON + 40 * MINUTE) == timedelta()
    assert release().goes_on_after(NOON) is None
    assert release(state=ReleaseState.ABORTED, active=None).goes_on_after(NOON) is None
