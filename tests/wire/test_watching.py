"""Whoever moves production, the bot notices it once."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from chatbot.app import Running
from chatbot.domain.news import Change, How, Kind, Step
from chatbot.services.telling.records import as_change
from chatbot.services.watching.records import snapshot_of
from storage import watching
from storage.models import Delivery
from tests.conftest import World

OFTEN = 0.1
SELDOM = 3600


async def test_a_promotion_outside_is_noticed_by_looking_around(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("shop")
    before = (await world.panel())["shop"]["current"]["id"]
    staged = (await world.newest("shop", "Staged"))["id"]
    await world.promote_outside("shop", staged)
    (change,) = await world.until_changed("shop")
    assert (change.kind, change.how, change.number, change.while_away) == (
        Kind.CURRENT,
        How.PROMOTED,
        1,
        False,
    )
    assert (change.was and change.was.id, change.now and change.now.id) == (before, staged)
    assert change.back is not None
    assert (change.back.id, change.bound is not None) == (before, True)


async def test_what_happens_while_the_bot_is_down_is_found_at_its_start(world: World) -> None:
    first = await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("shop", "docs")
    await world.stop(first)
    before = (await world.panel())["shop"]["current"]["id"]
    staged = (await world.newest("shop", "Staged"))["id"]
    await world.promote_outside("shop", staged)
    await world.roll_back_outside("shop", before)
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    there, back, pin = await world.until_changed("shop", 3)
    assert [c.while_away for c in (there, back, pin)] == [True] * 3
    assert (there.now and there.now.id, there.passing) == (staged, True)
    assert (back.now and back.now.id, back.how, back.who and back.who.name) == (
        before,
        How.ROLLED_BACK,
        "ana",
    )
    assert back.back is not None
    assert back.back.id not in {before, staged}  # what a rollback left is no way back
    assert (pin.kind, pin.pinned, pin.along) == (Kind.PINNED, True, True)
    assert await world.changes("docs") == []


async def test_a_promotion_outside_is_noticed_by_its_webhook_with_who_did_it(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=0, **world.webhooks())  # one look around, at the start
    await world.until_watched("shop")
    staged = (await world.newest("shop", "Staged"))["id"]
    await world.promote_outside("shop", staged)
    (change,) = await world.until_changed("shop")
    assert (change.how, change.who and change.who.name) == (How.PROMOTED, "ana")
    assert not change.while_away
    assert (change.now and change.now.id) == staged


async def test_what_ana_does_through_the_bot_is_one_change_that_names_her_operation(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=SELDOM)
    await world.until_watched("shop")
    card = await world.card("shop", "Staged")
    await world.ana.clicks(card, "Promote")
    (change,) = await world.until_changed("shop")
    (operation,) = await world.until_all_is_told()
    assert (change.how, change.operation_id) == (How.BOT, operation.id)
    assert (change.who and change.who.slack_user) == world.ana.id


async def test_what_ana_did_through_the_bot_is_hers_however_late_it_is_noticed(world: World) -> None:
    await world.stop(await until_watching(world))
    unwatched = await world.start_bot()
    await world.ana.clicks(await world.card("shop", "Staged"), "Promote")
    (operation,) = await world.until_all_is_told()
    await world.stop(unwatched)
    world.clock.move(hours=2)
    await until_watching(world)
    (change,) = await world.until_changed("shop")
    assert (change.how, change.operation_id, change.while_away) == (How.BOT, operation.id, False)


async def until_watching(world: World) -> Running:
    bot: Running = await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("shop")
    return bot


async def test_two_bots_record_flapping_once_though_webhooks_come_twice_and_out_of_order(
    shared: World,
) -> None:
    first = await shared.start_bot(promotebot_poll_seconds=OFTEN, **shared.webhooks())
    await shared.until_watched("shop")
    await shared.start_bot(promotebot_poll_seconds=OFTEN, **shared.webhooks())
    before = (await shared.panel())["shop"]["current"]["id"]
    staged = (await shared.newest("shop", "Staged"))["id"]
    await shared.tell_platform(
        "faults",
        [
            {"webhook": {"event": "deployment.promoted", "reorder": True}},
            {"webhook": {"event": "deployment.rollback", "duplicates": 2}},
        ],
    )
    for _ in range(2):
        await shared.promote_outside("shop", staged)
        await shared.roll_back_outside("shop", before)
    await shared.until_changed("shop", 5)
    await shared.until_webhooks_are_looked_at()
    found = await shared.changes("shop")
    assert [c.number for c in found] == list(range(1, len(found) + 1))
    current = [c for c in found if c.kind is Kind.CURRENT]
    assert [c.now and c.now.id for c in current] == [staged, before] * 2
    assert found[-1].pinned

    await shared.stop(first)  # it was the one that looked around
    await shared.tell_platform("faults", [{"webhook": {"drop": True, "times": -1}}])
    await shared.promote_outside("shop", staged)
    assert [c.while_away for c in await shared.until_changed("shop", len(found) + 2)] == [False] * (
        len(found) + 2
    )


def event(project_id: str, **changes: Any) -> bytes:
    payload = {
        "project": {"id": project_id},
        "deployment": {"id": "dpl_nobody_knows"},
        "user": {"id": "usr_ana"},
    }
    values = {
        "id": "evt_1",
        "type": "deployment.promoted",
        "createdAt": 1_700_000_000_000,
        "payload": payload,
    }
    return json.dumps({**values, **changes}).encode()


async def test_forged_broken_enormous_and_strange_webhooks_change_nothing(world: World) -> None:
    hears = world.webhooks()
    await world.start_bot(promotebot_poll_seconds=SELDOM, **hears)
    await world.until_watched("shop")
    secret, shop = hears["promotebot_webhook_secret"], await world.project_id("shop")
    address = f"http://127.0.0.1:{hears['promotebot_webhook_port']}/vercel/webhook"

    async def send(
        body: Any, signed: bytes | None = None, by: str = secret, signature: str | None = None
    ) -> int:
        valid = hmac.new(by.encode(), body if signed is None else signed, "sha1").hexdigest()
        headers = {"x-vercel-signature": signature or valid}
        async with world.session.post(address, data=body, headers=headers) as answer:
            return answer.status

    async def endless() -> AsyncIterator[bytes]:
        """A gigabyte, without saying so."""
        for _ in range(1024):
            yield b"x" * 1_000_000

    good = event(shop)
    asked = len(await world.requests("GET"))
    assert await send(good, by="another secret") == 401
    assert await send(good, signed=good[:-1]) == 401
    assert await send(good, signature="ü") == 401
    assert await send(good[:-9]) == 400
    assert await send(b"[]") == 400
    assert await send(event(shop, createdAt=10**30)) == 400
    assert await send(event(shop, payload={"project": {"id": "x" * 500}})) == 400
    assert await send(b"x" * 300_000) == 413
    with suppress(aiohttp.ClientError):  # it may be cut off before it has read the answer
        assert await send(endless(), signed=b"") == 413
    assert await send(event(shop, type="flag.created")) == 200
    assert await send(event(shop, payload={"project": {"id": shop}, "target": None}, type="x" * 100)) == 200
    assert len(await world.requests("GET")) == asked
    assert [await send(good) for _ in range(3)] == [200] * 3
    assert await send(event("prj_nobody_knows", id="evt_2")) == 200
    await world.until_webhooks_are_looked_at()
    looks = [r for r in await world.requests("GET") if r["path"] == f"/v9/projects/{shop}"]
    assert len(looks) == 1
    assert await world.changes("shop") == []


async def _push(world: World, **push: Any) -> str:
    told = await world.tell_platform("push", {"project": "shop", "branch": "main", **push})
    return str(told["deployment"]["id"])


@pytest.mark.parametrize("by_webhook", [True, False])
async def test_builds_releases_domains_names_and_removal_are_each_noticed(
    world: World, by_webhook: bool
) -> None:
    if by_webhook:
        await world.start_bot(promotebot_poll_seconds=SELDOM, **world.webhooks())
    else:
        await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("docs")
    number = 0

    async def next_one() -> Change:
        nonlocal number
        number += 1
        return (await world.until_changed("docs", number))[number - 1]

    failed = await _push(world, project="docs", fails=True)
    change = await next_one()
    assert (change.kind, change.now and change.now.id) == (Kind.FAILED, failed)

    pushed = await _push(world, project="docs")
    change = await next_one()
    assert (change.kind, change.how, change.now and change.now.id) == (Kind.CURRENT, How.PUSHED, pushed)

    stages = [
        {"targetPercentage": 5, "requireApproval": True},
        {"targetPercentage": 50, "requireApproval": True},
    ]
    config = {
        "enabled": True,
        "advancementType": "manual-approval",
        "stages": [*stages, {"targetPercentage": 100}],
    }
    await world.vercel("PATCH", "/v1/projects/docs/rolling-release/config", config)
    canary = await _push(world, project="docs")
    change = await next_one()
    assert (change.kind, change.step, change.now and change.now.id) == (Kind.RELEASE, Step.BEGUN, canary)
    body = {"canaryDeploymentId": canary, "nextStageIndex": 1}
    await world.vercel("POST", "/v1/projects/docs/rolling-release/approve-stage", body)
    change = await next_one()
    assert (change.step, change.release and change.release.active) == (Step.ADVANCED, 1)
    await world.vercel("POST", "/v1/projects/docs/rolling-release/complete", {"canaryDeploymentId": canary})
    change = await next_one()
    assert (change.kind, change.how, change.now and change.now.id) == (Kind.CURRENT, How.RELEASED, canary)

    await world.vercel("PATCH", "/v9/projects/docs", {"name": "store"})
    change = (await _changes_of(world, change.project_id, number := number + 1))[-1]
    assert (change.kind, change.was_named, change.project_name) == (Kind.RENAMED, "docs", "store")
    await world.vercel("DELETE", "/v9/projects/store")
    change = (await _changes_of(world, change.project_id, number := number + 1))[-1]
    assert (change.kind, change.number) == (Kind.GONE, number)


async def test_a_domain_that_moves_alone_and_a_build_that_stays_staged_are_noticed(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("shop")
    staged = (await world.newest("shop", "Staged"))["id"]
    domain = next(d["name"] for d in (await world.panel())["shop"]["domains"] if not d["redirect"])
    await world.vercel("POST", f"/v2/deployments/{staged}/aliases", {"alias": domain})
    await _until_doubted(world, "shop")
    world.clock.move(seconds=6)
    (change,) = await world.until_changed("shop")
    assert (change.kind, change.domains, change.now and change.now.id) == (Kind.DOMAIN, (domain,), staged)
    await world.vercel("PATCH", "/v9/projects/shop", {"autoAssignCustomDomains": False})
    built = await _push(world)
    change = (await world.until_changed("shop", 2))[-1]
    assert (change.kind, change.now and change.now.id) == (Kind.STAGED, built)


async def _until_doubted(world: World, project: str) -> None:
    """Wait until something was seen that is only believed when it stays."""
    async with asyncio.timeout(20):
        while True:
            async with world.database.read() as session:
                row = await watching.production(session, await world.project_id(project))
            if row is not None and snapshot_of(row).doubt:
                return
            await asyncio.sleep(0.02)  # the database tells nobody


async def _changes_of(world: World, project_id: str, number: int) -> list[Change]:
    async with asyncio.timeout(20):
        while True:
            async with world.database.read() as session:
                found = await watching.newest_changes(session, project_id, limit=500)
            if len(found) >= number:
                return [as_change(row) for row in reversed(found)]
            await asyncio.sleep(0.02)  # the database tells nobody


async def test_a_webhook_whose_taker_died_is_looked_into_by_others(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=SELDOM)
    await world.until_watched("shop")
    shop, now = await world.project_id("shop"), world.clock()
    async with world.database.write() as session:
        taken = Delivery(
            id="evt_1", event="deployment.ready", project_id=shop, at=now, detail="{}", received_at=now
        )
        assert await watching.take(session, taken)
    world.clock.move(seconds=10)
    await world.until_webhooks_are_looked_at()


async def test_over_http_webhooks_arrive_beside_slacks_requests(world: World) -> None:
    for secret, status in (("", 404), ("whsec", 401)):
        bot = await world.start_bot(http_port=0, promotebot_webhook_secret=secret)
        async with world.session.post(f"http://127.0.0.1:{bot.port}/vercel/webhook", data=b"{}") as answer:
            assert answer.status == status


async def test_the_platforms_silence_and_its_limits_only_delay_what_is_noticed(world: World) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("shop")
    shop = await world.project_id("shop")
    faults = [
        {"method": "GET", "path": "/v10/projects$", "status": 500, "times": 2},
        {"method": "GET", "path": "/v10/projects$", "status": 429, "retry_after": 0.2},
        {"method": "GET", "path": f"/v9/projects/{shop}$", "half": True},
    ]
    await world.tell_platform("faults", faults)
    staged = (await world.newest("shop", "Staged"))["id"]
    await world.promote_outside("shop", staged)
    (change,) = await world.until_changed("shop")
    assert (change.now and change.now.id) == staged
    assert await world.platform_faults() == []


async def test_an_older_commit_whose_build_ends_later_is_told_as_out_of_order_with_the_way_on(
    world: World,
) -> None:
    await world.start_bot(promotebot_poll_seconds=OFTEN)
    await world.until_watched("api")
    await world.ana.types("/promotebot subscribe api", channel="deploys")
    await world.ana.sees("subscribed this channel", channel="deploys")
    await world.hold_builds("api")
    slow, fast = [
        (await world.tell_platform("push", {"project": "api", "branch": "main"}))["deployment"]["id"]
        for _ in range(2)
    ]
    await world.until_state("api", fast, "Current")
    newer = (await world.panel())["api"]["current"]
    await world.ana.sees(f"Current of api is now `{newer['sha'][:7]}`", channel="deploys")
    await world.let_build_finish(slow)
    told = await world.ana.sees("*Out of order:* what was Current", channel="deploys")
    assert f"`{newer['sha'][:7]}`" in told.words
    assert await world.serving("api") == {slow}
    await world.ana.clicks(told, "Back to the newer one…")
    card = await world.ana.sees(f"Roll back api to {newer['sha'][:7]}", channel="deploys")
    assert "This is newer than what is Current: it goes forward" in card.words
    await world.ana.clicks(card, "Roll back")
    await world.until_state("api", fast, "Current")
    *_, last = [c for c in await world.until_changed("api", 3) if c.kind is Kind.CURRENT]
    assert (last.now and last.now.id, last.newer) == (fast, None)
