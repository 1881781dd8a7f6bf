"""The picker's requests as no Slack client would send them: acknowledged, and without effect."""

import json
from typing import Any

import pytest

from tests.conftest import World
from tests.wire.forging import Forger, nothing_happened, tracebacks

Json = dict[str, Any]
ANA, BOB = "U0ANA0001", "U0BOB0002"


@pytest.fixture
async def forger(world: World) -> Forger:
    return Forger(world, await world.start_bot(http_port=0))


def wrapped(kind: str, by: str = ANA, **fields: Any) -> Json:
    return {
        "type": kind,
        "user": {"id": by, "username": "x", "team_id": "T0ACME001"},
        "team": {"id": "T0ACME001", "domain": "acme"},
        "api_app_id": "A0PROMBOT",
        "trigger_id": "1.2.3",
        **fields,
    }


def held(value: Any) -> Json:
    return {"type": "external_select", "selected_option": {"text": {}, "value": value}}


def view(values: Any, metadata: Any = "C0DEPLOYS", **changes: Any) -> Json:
    made = {
        "id": "V0FORGED",
        "type": "modal",
        "callback_id": "picker.dialog",
        "private_metadata": metadata,
        "state": {"values": values},
    }
    return {**made, **changes}


def choice(project_id: Any, deployment_id: Any) -> Json:
    return {
        "project": {"picker.project": held(project_id)},
        f"deployment:{project_id}": {"picker.deployment": held(deployment_id)},
    }


async def submits(forger: Forger, view_: Any, *, by: str = ANA) -> Json:
    """How the dialog goes on."""
    payload = wrapped("view_submission", by, view=view_, response_urls=[])
    status, said = await forger.asks({"payload": json.dumps(payload)})
    assert status == 200, said
    answer: Json = json.loads(said or "{}")
    return answer


async def searches(
    forger: Forger, action_id: str, block_id: Any, typed: Any = "", *, by: str = ANA
) -> list[Json]:
    payload = wrapped(
        "block_suggestion", by, action_id=action_id, block_id=block_id, value=typed, view=view({})
    )
    status, said = await forger.asks({"payload": json.dumps(payload)})
    assert status == 200, said
    options: list[Json] = json.loads(said)["options"]
    return options


async def test_who_may_not_act_gets_nothing_out_of_the_picker(forger: Forger) -> None:
    world = forger.world
    project_id, target = await world.project_id("shop"), await world.newest("shop", "Staged")
    await world.tell_platform_clear("requests")
    answer = await submits(forger, view(choice(project_id, target["id"])), by=BOB)
    assert "You may not change production" in answer["errors"][f"deployment:{project_id}"]
    for action_id, block_id in (
        ("picker.project", "project"),
        ("picker.deployment", f"deployment:{project_id}"),
    ):
        (only,) = await searches(forger, action_id, block_id, by=BOB)
        assert only["value"] == "-"
        assert "You may not change production" in only["text"]["text"]
    assert not await world.requests()
    assert "confirmation.shown" not in {entry.action for entry in await world.audit()}
    await nothing_happened(world)


PLACES = ("", "<!channel>", "U0BOB0002", '{"channel": "C0DEPLOYS"}', "C0NOWHERE", "x" * 3000)


async def test_a_forged_place_brings_the_confirmation_to_the_person_alone(forger: Forger) -> None:
    world = forger.world
    project_id, target = await world.project_id("shop"), await world.newest("shop", "Staged")
    for number, place in enumerate(PLACES, 1):
        assert await submits(forger, view(choice(project_id, target["id"]), place)) == {}
        cards = await world.ana.reads(await world.direct_channel(ANA))
        assert len([card for card in cards if "Promote shop to" in card.words]) == number, place
    await nothing_happened(world)


async def test_what_was_never_an_option_is_complained_about(
    forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    world = forger.world
    shop, docs = await world.project_id("shop"), await world.project_id("docs")
    preview, failed = await world.newest("docs", "Preview"), await world.newest("docs", "Failed")
    store = world.platform.store
    portal = next(p for p in store.projects.values() if p.name == "portal")
    for project_id, deployment_id, complaint in (
        (shop, preview["id"], "I know no deployment"),  # of another project
        (docs, failed["id"], "there is nothing to serve"),
        (portal.id, portal.deployments[0].id, "Nothing was done."),  # of another team
        (docs, "dpl_doesnotexist", "I know no deployment"),
        ("prj_doesnotexist", preview["id"], "I know no deployment"),
        (docs, "-", "Choose a deployment."),
        (docs, "", "Choose a deployment."),
        (docs, "docs.example.com", "Choose a deployment."),
        (docs, "dpl_x/../../v2/user", "Choose a deployment."),
        (docs, "x" * 20_000, "Choose a deployment."),
        ("-", preview["id"], "Choose a project."),
        ("", preview["id"], "Choose a project."),
        ("../../v2/user", preview["id"], "Choose a project."),
        ("x" * 20_000, preview["id"], "Choose a project."),
    ):
        answer = await submits(forger, view(choice(project_id, deployment_id)))
        (said,) = answer["errors"].values()
        assert complaint in said, (project_id, deployment_id, said)
    assert not tracebacks(caplog)
    assert "confirmation.shown" not in {entry.action for entry in await world.audit()}
    await nothing_happened(world)


STATES: dict[str, Any] = {
    "no state": view({}) | {"state": None},
    "no values": view(None),
    "a text as values": view("x"),
    "nothing chosen": view({"project": {"picker.project": {"selected_option": None}}}),
    "a number as choice": view({"project": {"picker.project": held(5)}}),
    "a text as choice": view({"project": {"picker.project": {"selected_option": "prj"}}}),
    "a list as field": view({"project": []}),
    "half a character": view({"project": {"picker.project": held("\ud800")}}),
    "a nul": view({"project": {"picker.project": held("\0")}}),
    "a number as place": view({}, 5),
    "blocks of elsewhere": view({"elsewhere": {"picker.project": held("prj_shop")}}),
}


async def test_a_submission_of_an_odd_shape_is_acknowledged(
    forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    for name, odd in STATES.items():
        answer = await submits(forger, odd)
        assert answer in ({}, {"response_action": "errors", "errors": {"project": "Choose a project."}}), name
    for by in ("", None, 5):
        await submits(forger, view(choice("prj_shop", "dpl_x")), by=by)  # type: ignore[arg-type]
    # Without a deployment's field it is asked for.
    asked = await submits(forger, view({"project": {"picker.project": held("prj_shop")}}))
    assert asked["response_action"] == "update"
    assert [b.get("block_id") for b in asked["view"]["blocks"]][:2] == ["project", "deployment:prj_shop"]
    assert not tracebacks(caplog)
    await nothing_happened(forger.world)


async def test_a_search_of_an_odd_shape_finds_nothing(
    forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    for block_id in ("", "project", "deployment:", "deployment:../../v2/user", "deployment:a b", 5, None):
        assert await searches(forger, "picker.deployment", block_id) == []
    (unknown,) = await searches(forger, "picker.deployment", "deployment:prj_doesnotexist")
    assert unknown["value"] == "-"
    docs = f"deployment:{await forger.world.project_id('docs')}"
    for typed in ("\0", "\ud800", 5, None, {"a": 1}):
        assert await searches(forger, "picker.project", "project", typed) == []
    for typed in ("' OR 1=1 --", "../../v2/user", "%00", "x" * 20_000, "\u202e", "<!channel>"):
        assert await searches(forger, "picker.project", "project", typed) == []
        assert await searches(forger, "picker.deployment", docs, typed) == []
    assert not tracebacks(caplog)
    await nothing_happened(forger.world)


async def test_choosing_a_project_in_a_view_that_is_not_there_changes_nothing(
    forger: Forger, caplog: pytest.LogCaptureFixture
) -> None:
    action = {
        "type": "external_select",
        "block_id": "project",
        "action_id": "picker.project",
        "action_ts": "1.0",
    }
    for chosen in (held("prj_shop"), held("../x"), held(5), {"selected_option": None}, {}):
        for odd in (view({}), view({}) | {"id": 5}, None, "x", {}):
            assert await forger.clicks(action | chosen, view=odd) == 200
    assert not tracebacks(caplog)
    await nothing_happened(forger.world)


async def test_a_submission_that_is_played_again_shows_a_second_confirmation_and_does_nothing(
    forger: Forger,
) -> None:
    world = forger.world
    project_id, target = await world.project_id("shop"), await world.newest("shop", "Staged")
    for _ in range(2):
        assert await submits(forger, view(choice(project_id, target["id"]))) == {}
    cards = [m for m in await world.ana.reads("deploys") if "Promote shop to" in m.words]
    assert len(cards) == 2
    await nothing_happened(world)
    for card in cards:
        await world.ana.clicks(card, "Promote")
    await world.bob.sees("is Current", channel="deploys")
    await world.until_all_is_told()
    assert await world.promotes() == [target["id"]]
