"""A change of production comes back from its row as it was."""

import pytest
from hypothesis import given

from chatbot.domain.news import Change, Kind
from chatbot.domain.noticing import key_of, without
from chatbot.services.telling.records import as_change, row_of
from storage import outbox
from tests.unit.strategies import changes_of_production


@given(changes_of_production())
def test_a_change_comes_back_as_it_was(change: Change) -> None:
    assert as_change(row_of(change, "key")) == change


@pytest.mark.parametrize("kind", Kind)
def test_storage_and_the_domain_agree_on_what_a_channel_subscribes_to(kind: Kind) -> None:
    own = set(outbox.HEARD_ALONE)
    assert kind.subscription == (kind.value if kind.value in own else "current")


@given(
    changes_of_production(Kind.STAGED).filter(lambda c: c.now is not None),
    changes_of_production(Kind.CURRENT),
)
def test_a_build_that_comes_up_again_is_left_out_and_the_numbers_have_no_gap(
    staged: Change, move: Change
) -> None:
    """Or nothing of its project could ever be recorded again."""
    assert [c.number for c in without((), [staged, move], 6)] == [7, 8]
    (kept,) = without({key_of(staged)}, [staged, move], 6)
    assert (kept.kind, kept.number) == (Kind.CURRENT, 7)
