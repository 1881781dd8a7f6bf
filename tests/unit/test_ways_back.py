"""A one-click way back holds as long as it is what its button said."""

from dataclasses import replace

import pytest

from chatbot.domain.deployments import Domain
from chatbot.domain.planning import plan_rollback
from chatbot.domain.plans import Look, Part, Plan
from chatbot.domain.waysback import WayBack, core_only, part_that_changed, way_back
from chatbot.messages.message import row, says
from chatbot.messages.oneclick import back_button, pressed
from tests.unit.making import current, domain, pinned, project, promoted, release, request, staged
from tests.unit.saying import buttons
from tests.unit.test_payloads import check

PENDING = request("dpl_elsewhere", "pending")


def plan(**changes: object) -> Plan:
    values = {"project": project(), "target": promoted(), "domains": (domain(),), "environment": ()}
    return plan_rollback(Look(**{**values, **changes}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "part"),
    [
        (plan(), None),
        (plan(domains=(domain(serves="dpl_other"),)), None),
        (plan(domains=(domain(), domain("new.example.com"))), Part.DOMAINS),
        (plan(project=project(auto_assign=False)), None),
        (plan(project=project(current=current("dpl_newer"))), Part.CURRENT),
        (plan(project=project(current=current("dpl_newer"), last_request=PENDING)), Part.CURRENT),
        (plan(project=project(last_request=PENDING)), Part.MOVE),
        (plan(newest_release=release()), Part.RELEASE),
    ],
)
def test_the_button_tells_what_changed_since(now: Plan, part: Part | None) -> None:
    shown = says("Current", row(back_button(WayBack.of(plan()))))
    check(shown)
    carried = pressed(buttons(shown)["Roll back to 3f2a1bc"]["value"])
    assert carried is not None
    assert part_that_changed(carried, now) is part


def test_a_button_made_while_a_move_is_under_way_holds_once_that_has_ended() -> None:
    made = WayBack.of(plan(project=project(last_request=PENDING)))
    assert made.bound == plan().core_fingerprint()


def test_there_is_none_where_an_instant_rollback_cannot_go() -> None:
    assert way_back(project(), promoted(), (domain(),)) == WayBack.of(plan())
    assert way_back(pinned(), promoted(), (domain(),)) is not None
    assert way_back(project(), promoted(rollback_candidate=False), (domain(),)) is None
    assert way_back(project(), staged(), (domain(),)) is None
    assert way_back(project(), promoted(), (domain(),), release()) is None


def test_it_promises_nothing_about_the_environment() -> None:
    stored = core_only(plan())
    assert not stored.environment.version
    assert stored.core_fingerprint() == plan().core_fingerprint()


@pytest.mark.parametrize(
    "value", ["", "prj dpl", "prj dpl - xyz", f"prj dpl - {'0' * 65}", f"p; d - {'0' * 64}"]
)
def test_what_none_of_our_buttons_carries_is_not_read(value: str) -> None:
    assert pressed(value) is None


def test_the_dialog_names_the_target_and_the_domains_within_its_limits() -> None:
    many = tuple(Domain(f"{'d' * 230}{n:03}.example.com") for n in range(200))
    made = WayBack.of(plan(domains=many))
    shown = back_button(replace(made, project_name="p" * 100)).to_dict()
    assert len(shown["confirm"]["text"]["text"]) <= 300
    assert len(shown["value"]) <= 2000
    assert "200 domains" in shown["confirm"]["text"]["text"]
