from datetime import timedelta

import pytest

from chatbot.domain.deployments import Deployment
from chatbot.domain.ordering import is_out_of_order
from tests.unit.making import NOON, commit, deployment

OLD_SHA, NEW_SHA = "a" * 40, "b" * 40
OLDER = deployment("dpl_older", created_at=NOON - timedelta(hours=2), commit=commit(OLD_SHA))
NEWER = deployment("dpl_newer", created_at=NOON - timedelta(hours=1), commit=commit(NEW_SHA))


def again(built: Deployment, minutes: int) -> Deployment:
    return deployment(f"{built.id}_again", created_at=NOON + timedelta(minutes=minutes), commit=built.commit)


def test_an_older_commit_over_a_newer_one_is_out_of_order_and_the_other_way_round_is_not() -> None:
    assert is_out_of_order(NEWER, OLDER)
    assert not is_out_of_order(OLDER, NEWER)


def test_an_older_commit_that_is_built_again_stays_the_older_one() -> None:
    assert is_out_of_order(NEWER, again(OLDER, 5), [OLDER, NEWER])
    assert not is_out_of_order(again(OLDER, 5), again(NEWER, 6), [OLDER, NEWER])
    assert not is_out_of_order(again(OLDER, 9), NEWER, [OLDER, NEWER])


def test_the_same_commit_is_never_out_of_order() -> None:
    assert not is_out_of_order(again(OLDER, 5), OLDER)


def test_branches_have_no_order_among_each_other() -> None:
    hotfix = deployment(
        "dpl_fix", created_at=NOON - timedelta(hours=3), commit=commit("c" * 40, branch="hotfix")
    )
    assert not is_out_of_order(NEWER, hotfix)


def test_without_a_commit_the_order_of_the_deployments_counts() -> None:
    older, newer = (
        deployment(f"dpl_{n}", commit=None, created_at=NOON + timedelta(minutes=n)) for n in (1, 2)
    )
    assert is_out_of_order(newer, older)
    assert not is_out_of_order(older, newer)
    assert is_out_of_order(newer, OLDER)


@pytest.mark.parametrize(("was", "now"), [(None, OLDER), (NEWER, None), (None, None)])
def test_where_nothing_was_or_is_there_is_no_order(was: Deployment | None, now: Deployment | None) -> None:
    assert not is_out_of_order(was, now)
