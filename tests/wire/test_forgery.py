"""Correctly signed requests that no Slack client would send: acknowledged, and without effect."""

from typing import Any

import pytest

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World
from tests.unit.test_agreements import ACTIONS as BUTTONS
from tests.wire.forging import Forger, nothing_happened, tracebacks


@pytest.fixture
async def forger(world: World) -> Forger:
    return Forger(world, await world.start_bot(http_port=0))


def _action(action_id: Any, value: Any = "x") -> dict[str, Any]:
    return {"type": "button", "block_id": "b", "action_id": action_id, "value": value, "action_ts": "1.0"}


def _confirmation_id(card: SeenMessage) -> str:
    return str(next(c for c in card.controls if c.action_id == "confirmation.confirm").element["value"])


@pytest.mark.parametrize("action_id", ["confirmation.confirm", "confirmation.cancel", "confirmation.choose"])
async def test_a_confirmation_is_of_no_use_to_anybody_else(forger: Forger, action_id: str) -> None:
    world = forger.world
    await world.steer("people/U0BOB0002", is_admin=True)  # he may promote, but has to see it himself
    card = await world.card("shop", "Staged")
    assert await forger.clicks(_action(action_id, _confirmation_id(card)), by="U0BOB0002") == 200
    await world.bob.sees("I do not know this confirmation", channel="deploys")
    await nothing_happened(world)
    await world.ana.clicks(card, "Promote")  # it is not spent
    await world.bob.sees("is Current", channel="deploys")


async def test_the_domains_of_somebody_elses_confirmation_stay_hidden(forger: Forger) -> None:
    world = forger.world
    card = await world.card("shop", "Staged")
    action = _action("confirmation.domains", _confirmation_id(card))
    assert await forger.clicks(action, by="U0BOB0002") == 200
    assert not await world.bob.modals()
    await world.bob.sees("I do not know this confirmation", channel="deploys")


ACTIONS = sorted(a for a in BUTTONS.values() if not a.startswith(("picker.", "link.")))
"""Every button there is. Those of the picker have tests of their own."""

OPEN_TO_ALL = {
    *("home.search", "home.all", "home.page", "home.refresh"),
    *("subscriptions.page", "subscriptions.more"),
    "incident.roll_back_all",
}
"""They show what everybody may see; the last one has to open its dialog first."""


TEXTS = (
    "00000000-0000-4000-8000-000000000000",
    "",
    "' OR 1=1 --",
    "../../v2/user",
    "\x00",
    "x" * 20_000,
    None,
)


async def test_who_may_not_act_gets_nothing_out_of_any_button_and_nothing_is_read(forger: Forger) -> None:
    world = forger.world
    project, target = await world.project_id("shop"), (await world.newest("shop", "Staged"))["id"]
    values = {
        "release.advance": f"{project} {target} 0",
        "release.complete": f"{project} {target} 0",
        "release.abort": f"{project} {target} 0",
        "release.queue": target,
        "deployment.promote": target,
        "deployment.roll_back": target,
    }
    free = {*OPEN_TO_ALL, *(a for a in ACTIONS if a.startswith("confirmation."))}
    guarded = [*(a for a in ACTIONS if a not in free), "confirmation.confirm"]
    await world.tell_platform_clear("requests")
    for action_id in guarded:
        await forger.clicks(_action(action_id, values.get(action_id, project)), by="U0BOB0002")
    assert not await world.requests()
    denials = [e.action for e in await world.audit() if e.action.endswith(".denied")]
    assert sorted(denials) == sorted(f"{action_id}.denied" for action_id in guarded)


@pytest.mark.parametrize("action_id", ACTIONS)
async def test_a_value_that_names_nothing_is_acknowledged_without_effect(
    forger: Forger, caplog: pytest.LogCaptureFixture, action_id: str
) -> None:
    for value in TEXTS:
        assert await forger.clicks(_action(action_id, value)) == 200
    await nothing_happened(forger.world)
    assert not tracebacks(caplog)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_nul_as_value_is_acknowledged_without_effect(
    shared: World, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL takes no such text, not even to look for it."""
    forger = Forger(shared, await shared.start_bot(http_port=0))
    for action_id in ACTIONS:
        assert await forger.clicks(_action(action_id, "\x00")) == 200
    await nothing_happened(shared)
    assert not tracebacks(caplog)


ODD_IDS = (
    "",
    ":1",
    "confirmation.confirm:",
    "confirmation.confirm:x",
    "confirmation.confirm:-1",
    "confirmation.confirm:1:2",
    "confirmation.confirm:\u0661",  # a digit all the same, in Arabic
    "confirmation.confirm\n",
    "CONFIRMATION.CONFIRM",
    " confirmation.confirm",
    "confirmationXconfirm",
    "operation.undo\n<!channel>",
    "x" * 5_000,
)


async def test_an_odd_action_id_is_acknowledged_without_effect(
    forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    for action_id in ODD_IDS:
        assert await forger.clicks(_action(action_id)) == 200
    await nothing_happened(forger.world)
    assert not tracebacks(caplog)


CLICK = _action("confirmation.confirm")
SHAPES: dict[str, dict[str, Any]] = {
    "no team": {"without": "team"},
    "no channel": {"without": "channel"},
    "no container": {"without": "container"},
    "no trigger": {"without": "trigger_id"},
    "no app": {"without": "api_app_id"},
    "neither channel nor container": {"channel": None, "container": None},
    "a nameless user": {"user": {"id": ""}},
    "an unknown type": {"type": "nothing"},
    "no type": {"type": None},
    "a bad response url": {"response_url": "not an address"},
    "no user": {"without": "user"},
    "an empty user": {"user": {}},
    "a text as user": {"user": "U0ANA0001"},
    "a text as channel": {"channel": "C0DEPLOYS"},
    "a number as channel": {"channel": {"id": 5}},
    "no response url": {"without": "response_url"},
    "a number as response url": {"response_url": 5},
    "a number as value": {"action": _action("deployment.promote", 5)},
    "true as value": {"action": _action("deployment.roll_back", value=True)},
    "an object as value": {"action": _action("confirmation.confirm", {"a": 1})},
    "a list as value": {"action": _action("operation.undo", ["x"])},
    "a text as state": {"state": "ticked"},
    "a list as state": {"state": {"values": [1]}},
    "options without values": {"state": {"values": {"b": {"a": {"selected_options": [{}]}}}}},
    "half a character as ticked": {
        "state": {"values": {"b": {"a": {"selected_options": [{"value": "\ud800"}]}}}}
    },
    "half a character as value": {"action": _action("operation.give_up", "\ud800")},
}
# These fail in Bolt itself, before any listener: an error status, and nothing else.
BOLTS_OWN: dict[str, dict[str, Any]] = {
    "a number as action id": {"action": _action(7)},
    "no action": {"actions": []},
    "null as actions": {"actions": None},
    "a text as action": {"actions": ["confirmation.confirm"]},
    "an empty action": {"actions": [{}]},
}
FIELDS = ("text", "team_id", "trigger_id", "user_id", "channel_id", "response_url")
BODIES: tuple[dict[str, str], ...] = ({}, {"x": "y"}, {"payload": "{"}, {"payload": "[]"}, {"payload": '"x"'})


async def test_whatever_the_shape_of_a_request_nothing_happens(forger: Forger) -> None:
    for shape in (SHAPES | BOLTS_OWN).values():
        await forger.clicks(**{"action": CLICK, **shape})
    for field in FIELDS:
        await forger.types(without=field)
    for body in BODIES:
        await forger.sends(body)
    await nothing_happened(forger.world)


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_click_of_an_odd_shape_is_acknowledged(
    forger: Forger, caplog: pytest.LogCaptureFixture, shape: str
) -> None:
    assert await forger.clicks(**{"action": CLICK, **SHAPES[shape]}) < 500
    assert not tracebacks(caplog)


@pytest.mark.parametrize("field", FIELDS)
async def test_a_command_that_lacks_a_field_is_acknowledged(
    forger: Forger, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    assert await forger.types(without=field) == 200
    assert not tracebacks(caplog)


async def test_a_build_that_is_through_cannot_be_given_up(forger: Forger) -> None:
    world = forger.world
    card = await world.card("shop", "Staged")
    await world.hang_next_move("shop")
    await world.ana.clicks(card, "Promote")
    await world.until_audited("operation.accepted")
    (row,) = await world.operations()
    assert await forger.clicks(_action("operation.give_up", row.id)) == 200
    await world.ana.sees("past its build: it cannot be given up", channel="deploys")
    assert not await world.requests("PATCH")
    assert (await world.operations())[0].finished_at is None


async def test_a_request_whose_answer_was_lost_cannot_be_given_up(forger: Forger) -> None:
    """It may have been taken."""
    world = forger.world
    card = await world.card("shop", "Staged")
    await world.tell_platform("faults", [{"method": "POST", "path": "/promote/", "cut": "before"}])
    await world.ana.clicks(card, "Promote")
    await world.bob.sees("I am still looking.", channel="deploys")
    (row,) = await world.operations()
    assert await forger.clicks(_action("operation.give_up", row.id)) == 200
    await world.ana.sees("past its build: it cannot be given up", channel="deploys")
    assert (await world.operations())[0].finished_at is None
