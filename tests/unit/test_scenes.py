"""What an incident's card suspects: changes that visitors may notice, each with its way back where there is one."""

from datetime import datetime, timedelta
from typing import Any

from chatbot.domain.news import Change, How, Kind, Step
from chatbot.domain.operations import Operation, Stage
from chatbot.domain.planning import plan_promotion
from chatbot.domain.scenes import BecameCurrent, KeysChanged, Standing, Suspect, suspects_of
from chatbot.domain.waysback import WayBack
from chatbot.messages import actions, incidentsuspects
from chatbot.messages.message import Message
from tests.unit import making
from tests.unit.making import NOON
from tests.unit.saying import buttons, words

MINUTE = timedelta(minutes=1)
BEFORE, NOW = making.promoted("dpl_before"), making.current("dpl_now")
WAY = WayBack("prj_shop", "shop", BEFORE, NOW.id, ("shop.example.com",), "0" * 64)
STANDING = Standing(
    "prj_shop",
    "shop",
    making.project(current=NOW, last_request=making.request(NOW.id, requested_at=NOON - 9 * MINUTE)),
    ways=(WAY,),
)


def ago(minutes: float) -> datetime:
    return NOON - minutes * MINUTE


def change(minutes: float, kind: Kind = Kind.CURRENT, how: How = How.PUSHED, **more: Any) -> Change:
    at = ago(minutes)
    values = {"was": BEFORE, "now": NOW, **more}
    return Change(f"chg_{minutes}", "prj_shop", "shop", 1, kind, how, at, at, **values)


def promoted(minutes: float) -> Operation:
    plan = plan_promotion(making.look(making.staged(NOW.id), project=making.project(current=BEFORE)))
    return making.operation(plan, Stage.SUCCEEDED, finished_at=ago(minutes))


def found(**by: Any) -> list[Suspect]:
    return suspects_of(STANDING, NOON, **{"operations": [], "changes": [], "keys": [], **by})


def said(suspect: Suspect) -> tuple[str, list[str]]:
    message = Message("Before it.", (incidentsuspects.suspect(suspect, NOON, 1),))
    return words(message), [b["action_id"] for b in buttons(message).values()]


def test_the_newest_comes_first_and_what_is_older_than_a_day_or_younger_than_the_incident_is_none() -> None:
    changes = [change(12), change(3, now=BEFORE), change(60 * 25), change(-1)]
    assert [s.at for s in found(changes=changes)] == [ago(3), ago(12)]


def test_builds_that_fail_or_wait_are_none_and_neither_is_a_pin() -> None:
    assert (
        found(changes=[change(1), change(2, Kind.FAILED), change(3, Kind.STAGED), change(4, Kind.PINNED)])[1:]
        == []
    )


def test_what_the_bot_did_is_told_once_and_can_be_undone_while_nothing_has_moved_since() -> None:
    mine = promoted(5)
    (one,) = found(operations=[mine], changes=[change(5, operation_id=mine.id), change(6, how=How.BOT)])
    text, ids = said(one)
    assert "*5 min before* · shop: " in text
    assert "promoted by <@U0ANA0001>" in text
    assert ids == [f"{actions.UNDO}:1"]


def test_what_others_did_leads_back_to_what_was_before() -> None:
    (one,) = found(changes=[change(12)])
    assert (one.back, said(one)[1]) == (WAY, [f"{actions.BACK}:101"])


def test_a_rollback_outside_leads_forward_again_by_a_promote() -> None:
    (one,) = found(changes=[change(12, how=How.ROLLED_BACK, was=making.staged("dpl_newer"))])
    assert one.forward is not None
    assert said(one)[1] == [f"{actions.PROMOTE}:1"]


def test_what_production_has_moved_on_from_has_no_button() -> None:
    _, older = found(changes=[change(2), change(12, was=making.promoted("dpl_gone"), now=BEFORE)])
    text, ids = said(older)
    assert "\n" not in text  # that it has is no reason to repeat it under each
    assert ids == []


def test_stages_of_a_rolling_release_are_told_as_such_and_only_the_last_leads_to_it() -> None:
    canary: dict[str, Any] = {"was": NOW, "now": making.canary(), "kind": Kind.RELEASE}
    begun = change(12, step=Step.BEGUN, release=making.release(), **canary)
    gone_on = change(5, step=Step.ADVANCED, release=making.release(active=1), **canary)
    last, first = (s for s in found(changes=[begun, gone_on]) if s.at != ago(9))
    assert (
        "a rolling release of `3f2a1bc` fix the cart (ana, main) began, to 5 % of the visitors"
        in said(first)[0]
    )
    assert "went on, to 25 % of the visitors" in said(last)[0]
    assert (said(first)[1], said(last)[1]) == ([], [f"{actions.SHOW_RELEASE}:1"])
    aborted = change(2, step=Step.ABORTED, release=making.release(), **canary)
    over = found(changes=[begun, aborted])[0]
    assert "was aborted" in said(over)[0]
    assert said(over)[1] == []


def test_what_is_current_is_suspected_where_nobody_told_how_it_came_to_be() -> None:
    (one,) = found()
    assert isinstance(one.about, BecameCurrent)
    assert one.at == ago(9)
    assert said(one)[1] == [f"{actions.BACK}:101"]


def test_variables_that_were_written_within_a_minute_are_one_change_of_names_only() -> None:
    at = ago(12)
    keys = [
        making.record("B", "env_1", updated_at=at),
        making.record("A", "env_2", updated_at=at + timedelta(seconds=0.1)),
        making.record("PREVIEW", "env_3", "preview", updated_at=at),
    ]
    one = next(s for s in found(keys=keys) if isinstance(s.about, KeysChanged))
    text, ids = said(one)
    assert "environment variables written: `A`, `B`" in text
    assert ids == []
