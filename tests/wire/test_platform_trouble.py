"""Whatever the platform answers: a true sentence, nothing half done, an audit entry, and the bot goes on."""

from typing import Any

import pytest

from tests.conftest import World

READ_FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "401": ({"status": 401}, "Vercel refused (401)"),
    "403": ({"status": 403}, "is not among what the bot's token may see"),
    "404": ({"status": 404}, "Nothing was done."),
    "410": ({"status": 410}, "Nothing was done."),
    "422": ({"status": 422}, "Vercel answered 422"),
    "500": ({"status": 500}, "Vercel answered 500"),
    "nothing": ({"cut": "before"}, "Vercel did not answer"),
    "half a body": ({"half": True}, "Vercel did not answer"),
    "not JSON": ({"status": 200, "body": "<html>", "content_type": "text/html"}, "cannot be read"),
}


@pytest.mark.parametrize("fault", READ_FAULTS)
async def test_a_read_that_fails_is_told_and_nothing_is_done(bot: World, fault: str) -> None:
    what, sentence = READ_FAULTS[fault]
    target = await bot.newest("shop", "Staged")
    path = rf"/v13/deployments/{target['id']}"
    await bot.tell_platform("faults", [{"method": "GET", "path": path, "times": -1, **what}])
    await bot.ana.types(f"/promote {target['id']}", channel="deploys")
    await bot.ana.sees(sentence, channel="deploys")
    assert not await bot.requests("POST")
    assert {e.action for e in await bot.audit()} & {"promote.failed", "promote.refused"}
    await bot.ana.types("/current docs", channel="deploys")
    await bot.ana.sees("*docs*:", channel="deploys")


async def test_a_read_is_repeated_after_a_rate_limit(bot: World) -> None:
    fault = {"method": "GET", "path": "/v9/projects/.*", "status": 429, "retry_after": 1, "times": 1}
    await bot.tell_platform("faults", [fault])
    await bot.card("shop", "Staged")


REFUSED: dict[str, dict[str, Any]] = {
    "400": {"status": 400},
    "401": {"status": 401},
    "403": {"status": 403},
    "404": {"status": 404},
    "409": {
        "status": 409,
        "body": {"error": {"code": "conflict", "message": "The project is being transferred"}},
    },
    "410": {"status": 410},
    "422": {"status": 422},
}


@pytest.mark.parametrize("answer", REFUSED)
async def test_a_refused_promote_is_failed_and_production_is_as_it_was(bot: World, answer: str) -> None:
    before = await bot.serving("shop")
    card = await bot.card("shop", "Staged")
    fault = {"method": "POST", "path": ".*/promote/.*", "times": -1, **REFUSED[answer]}
    await bot.tell_platform("faults", [fault])
    await bot.ana.clicks(card, "Promote")
    failed = await bot.bob.sees(": failed", channel="deploys")
    assert "Production did not move." in failed.words
    assert await bot.serving("shop") == before
    assert len(await bot.requests("POST")) == 1
    actions = [e.action for e in await bot.audit()]
    assert actions.count("operation.failed") == actions.count("operation.answered") == 1


UNCLEAR: dict[str, dict[str, Any]] = {
    "500, applied": {"status": 500, "applied": True},
    "the answer is cut": {"cut": "after"},
    "half a body": {"half": True},
}


@pytest.mark.parametrize("answer", UNCLEAR)
async def test_an_unclear_answer_to_an_applied_promote_ends_well(bot: World, answer: str) -> None:
    card = await bot.card("shop", "Staged")
    await bot.tell_platform("faults", [{"method": "POST", "path": ".*/promote/.*", **UNCLEAR[answer]}])
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert len(await bot.requests("POST")) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"cut": "before"}, {"status": 502}])
async def test_an_unclear_answer_without_effect_is_unknown_and_never_asked_again(
    world: World, fault: dict[str, Any]
) -> None:
    await world.start_bot(promotebot_unseen_seconds=1)
    before = await world.serving("shop")
    card = await world.card("shop", "Staged")
    await world.tell_platform("faults", [{"method": "POST", "path": ".*/promote/.*", **fault}])
    await world.ana.clicks(card, "Promote")
    unknown = await world.bob.sees("outcome unknown", channel="deploys")
    assert "I asked once, and did not see it happen." in unknown.words
    assert await world.serving("shop") == before
    assert len(await world.requests("POST")) == 1


async def test_a_rate_limited_promote_is_sent_again_because_it_was_not_taken(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    fault = {"method": "POST", "path": ".*/promote/.*", "status": 429, "retry_after": 1, "times": 1}
    await bot.tell_platform("faults", [fault])
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert [r["status"] for r in await bot.requests("POST")] == [429, 201]


async def test_already_current_is_no_failure(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    said = "The provided deploymentId (dpl_x) is already the current production deployment."
    fault = {"method": "POST", "path": ".*/promote/.*", "status": 409, "applied": True}
    await bot.tell_platform("faults", [{**fault, "body": {"error": {"code": "conflict", "message": said}}}])
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")


async def test_a_domain_that_does_not_move_is_named(bot: World) -> None:
    job = {"project": "shop", "fails_for": ["eu.shop.example.com"]}
    await bot.tell_platform("faults", [{"alias_job": job}])
    before = (await bot.panel())["shop"]["current"]["id"]
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    partly = await bot.bob.sees("only partly moved", channel="deploys")
    assert f"eu.shop.example.com: still on `{before}`" in partly.words
    assert "• shop.example.com: ok (200)" in partly.words


async def test_a_job_that_moves_nothing_is_failed(bot: World) -> None:
    before = await bot.serving("shop")
    await bot.tell_platform("faults", [{"alias_job": {"project": "shop", "fails_for": "all"}}])
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees(": failed", channel="deploys")
    assert await bot.serving("shop") == before


async def test_a_request_that_the_platform_never_records_is_proven_all_the_same(bot: World) -> None:
    await bot.tell_platform("faults", [{"alias_job": {"project": "shop", "absent": True}}])
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")


async def test_a_site_that_answers_500_is_said_to(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.ana.types(f"/promote {target['id']}", channel="deploys")
    card = await bot.ana.sees("Promote shop to", channel="deploys")
    bot.platform.store.deployments[target["id"]].healthy = False
    await bot.ana.clicks(card, "Promote")
    done = await bot.bob.sees("is Current", channel="deploys")
    assert "• shop.example.com: moved, but answers 500" in done.words


async def test_a_lost_answer_to_the_build_request_never_makes_a_second_build(bot: World) -> None:
    card = await bot.card("docs", "Preview")
    await bot.tell_platform("faults", [{"method": "POST", "path": "/v13/deployments", "cut": "after"}])
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert len(await bot.requests("POST")) == 1


async def test_somebody_else_who_is_faster_supersedes(bot: World) -> None:
    job = {"project": "shop", "hangs": True}
    await bot.tell_platform("faults", [{"alias_job": job}])
    staged = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"]
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("Accepted.", channel="deploys")
    await bot.promote_outside("shop", staged[1]["id"])
    superseded = await bot.bob.sees("superseded", channel="deploys")
    assert f"`{staged[1]['id']}`" in superseded.words
    assert await bot.serving("shop") == {staged[1]["id"]}
