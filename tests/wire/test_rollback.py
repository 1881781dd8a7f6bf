"""`/rollback`, its candidates, and the one-click way back."""

import asyncio
import json
import re

from chatbot.messages.wording import escape
from tests.conftest import World

REASON = "checkout <500s> & " + "カート🛒 корзина العربية عربة " * 12


async def test_candidates_come_with_what_served_just_before_first(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    before = (await bot.panel())["shop"]["current"]
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    await bot.ana.types(f"/rollback shop {REASON}", channel="deploys")
    listing = await bot.ana.sees("Roll back shop?", channel="deploys")
    assert listing.buttons[0] == f"Roll back to {before['sha'][:7]}"
    assert re.search(
        r"served about .* until <!date\^[0-9]+\^\{date_short_pretty\} at \{time\}\|", listing.words
    )
    await bot.ana.clicks(listing, listing.buttons[0])
    confirmation = await bot.ana.sees("Roll back shop to", channel="deploys")
    assert f"*Reason*: {escape(REASON[:249])}…" in confirmation.words
    await bot.ana.clicks(confirmation, "Roll back")
    announced = await bot.bob.sees("Production is pinned: new", channel="deploys")
    assert f"Reason: {escape(REASON[:249])}…" in announced.words
    assert await bot.serving("shop") == {before["id"]}
    assert (await bot.panel())["shop"]["pinned"]
    request = (await bot.requests("POST"))[-1]
    description = request["query"]["description"]
    assert REASON.startswith(description.rstrip("…"))
    assert 200 < len(description) <= len(description.encode("utf-16-le")) / 2 <= 250
    assert json.loads((await bot.until_audited("operation.requested")).detail)["reason"] == f"{REASON[:249]}…"


async def test_without_a_project_one_is_asked_for(bot: World) -> None:
    await bot.ana.types("/rollback", channel="deploys")
    question = await bot.ana.sees("Roll back which project?", channel="deploys")
    assert question.buttons == ["api", "docs", "shop"]
    await bot.ana.clicks(question, "docs")
    await bot.ana.sees("Roll back docs?", channel="deploys")


async def test_an_unknown_project_is_refused_with_the_known_ones(bot: World) -> None:
    await bot.ana.types("/rollback shoop", channel="deploys")
    refusal = await bot.ana.sees("I know no project", channel="deploys")
    assert "`shop`" in refusal.words


async def test_a_staged_or_preview_deployment_cannot_be_rolled_back_to(bot: World) -> None:
    for state, sentence in (("Staged", "is Staged: it has never served"), ("Preview", "is a preview")):
        target = await bot.newest("shop", state)
        await bot.ana.types(f"/rollback {target['id']}", channel="deploys")
        await bot.ana.sees(sentence, channel="deploys")


async def test_one_click_rolls_back_and_one_click_undoes_it(bot: World) -> None:
    before = (await bot.panel())["shop"]["current"]["id"]
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    promoted = (await bot.panel())["shop"]["current"]["id"]
    button = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await asyncio.gather(
        *(bot.ana.clicks(announced, button, confirmed=True) for _ in range(3)), return_exceptions=True
    )
    rolled = await bot.ana.sees("Production is pinned", channel="deploys")
    assert await bot.serving("shop") == {before}
    assert len(await bot.requests("POST")) == 2
    undo = next(b for b in rolled.buttons if b.startswith("Undo rollback"))
    await bot.ana.clicks(rolled, undo, confirmed=True)
    async with asyncio.timeout(10):
        while await bot.serving("shop") != {promoted}:
            await bot.until_state("shop", promoted, "Current")
    assert not (await bot.panel())["shop"]["pinned"]


async def test_a_stale_one_click_button_does_nothing(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    staged = await bot.newest("shop", "Staged")
    await bot.promote_outside("shop", staged["id"])
    button = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await bot.ana.clicks(announced, button, confirmed=True)
    await bot.bob.sees("not started", channel="deploys")
    assert await bot.serving("shop") == {staged["id"]}
    assert not [r for r in await bot.requests("POST") if "/rollback/" in r["path"]]


async def test_a_one_click_button_of_an_older_operation_says_so(bot: World) -> None:
    first = await bot.card("shop", "Staged")
    await bot.ana.clicks(first, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    newer = await bot.newest("shop", "Staged")
    second = await bot.card("shop", "Staged")
    await bot.ana.clicks(second, "Promote")
    await bot.ana.sees(f"Current of shop is now `{newer['sha'][:7]}`", channel="deploys")
    button = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await bot.ana.clicks(announced, button, confirmed=True)
    await bot.ana.sees("belonged to an older change", channel="deploys")


async def test_somebody_who_may_not_act_cannot_use_the_one_click_button(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.bob.sees("Current of shop is now", channel="deploys")
    served = await bot.serving("shop")
    button = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await bot.bob.clicks(announced, button, confirmed=True)
    await bot.bob.sees("You may not change production", channel="deploys")
    assert await bot.serving("shop") == served
    assert any(
        e.action == "operation.undo.denied" and e.actor == "slack:U0BOB0002" for e in await bot.audit()
    )


async def test_the_one_click_way_back_works_after_its_own_failed_attempt(bot: World) -> None:
    before = await bot.serving("shop")
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    await bot.tell_platform("faults", [{"method": "POST", "path": ".*/rollback/.*", "status": 422}])
    button = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await bot.ana.clicks(announced, button, confirmed=True)
    await bot.bob.sees(": failed", channel="deploys")
    await bot.ana.clicks(announced, button, confirmed=True)
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert await bot.serving("shop") == before


async def test_the_one_click_way_back_works_after_what_a_colleague_did_not_start(bot: World) -> None:
    before = await bot.serving("shop")
    await bot.steer("people/U0BOB0002", is_admin=True)
    staged = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Staged"]
    await bot.bob.types(f"/promote {staged[1]['id']}", channel="deploys")
    theirs = await bot.bob.sees("Promote shop to", channel="deploys")
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    announced = await bot.ana.sees("Current of shop is now", channel="deploys")
    await bot.bob.clicks(theirs, "Promote")
    await bot.ana.sees("not started", channel="deploys")
    button = next(b for b in announced.buttons if b.startswith("Roll back to"))
    await bot.ana.clicks(announced, button, confirmed=True)
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert await bot.serving("shop") == before


async def test_a_domain_names_the_project_to_roll_back(bot: World) -> None:
    await bot.ana.types("/rollback shop.example.com checkout answers 500", channel="deploys")
    listing = await bot.ana.sees("Roll back shop?", channel="deploys")
    await bot.ana.clicks(listing, listing.buttons[0])
    confirmation = await bot.ana.sees("Roll back shop to", channel="deploys")
    assert "checkout answers 500" in confirmation.words


async def test_an_unknown_deployment_to_roll_back_to_offers_nothing_to_promote(bot: World) -> None:
    await bot.ana.types("/rollback dpl_unknown", channel="deploys")
    refusal = await bot.ana.sees("I know no deployment by the deployment id `dpl_unknown`", channel="deploys")
    assert not refusal.buttons


async def test_a_rollback_does_not_wait_for_a_request_whose_outcome_nobody_knows(bot: World) -> None:
    old = await bot.newest("shop", "Promoted")
    card = await bot.card("shop", "Staged")
    await bot.tell_platform("faults", [{"method": "POST", "path": ".*/promote/.*", "status": 500}])
    await bot.ana.clicks(card, "Promote")
    await bot.until_audited("operation.answered")
    await bot.ana.types(f"/rollback {old['id']}", channel="deploys")
    confirmation = await bot.ana.sees("Roll back shop to", channel="deploys")
    await bot.ana.clicks(confirmation, "Roll back")
    await bot.bob.sees("Production is pinned", channel="deploys")
    await bot.bob.sees("superseded", channel="deploys")
    assert await bot.serving("shop") == {old["id"]}
    assert len(await bot.requests("POST")) == 2


async def test_undo_takes_back_the_last_change_and_undo_again_the_undo(bot: World) -> None:
    before = (await bot.panel())["shop"]["current"]
    await bot.ana.clicks(await bot.card("shop", "Staged"), "Promote")
    promoted = await bot.ana.sees("Current of shop is now", channel="deploys")
    made = (await bot.panel())["shop"]["current"]
    await bot.ana.types("/rollback undo", channel="deploys")
    question = await bot.ana.sees("Undo the last change of which project?", channel="deploys")
    await bot.ana.clicks(question, "shop")
    await bot.ana.sees(f"Roll back shop to {before['sha'][:7]}?", channel="deploys")
    await bot.ana.types("/rollback undo shop the cart is empty", channel="deploys")
    card = await bot.ana.sees("the cart is empty", channel="deploys")
    await bot.ana.clicks(card, "Roll back")
    rolled = await bot.bob.sees("Production is pinned", channel="deploys")
    assert rolled.ts > promoted.ts
    assert await bot.serving("shop") == {before["id"]}
    assert (await bot.requests("POST"))[-1]["query"]["description"] == "the cart is empty"
    await bot.until_all_is_told()
    await bot.ana.types("/rollback undo shop", channel="deploys")
    card = await bot.ana.sees(f"Promote shop to {made['sha'][:7]}?", channel="deploys")
    await bot.ana.clicks(card, "Promote")
    async with asyncio.timeout(20):
        await bot.until_state("shop", made["id"], "Current")
    assert {"the cart is empty"} == {
        json.loads(e.detail)["reason"] for e in await bot.audit() if "reason" in json.loads(e.detail)
    }


async def test_undo_of_what_is_not_current_any_more_says_what_is(bot: World) -> None:
    await bot.ana.types("/rollback undo shop", channel="deploys")
    await bot.ana.sees("I have made no change of shop that could be undone", channel="deploys")
    await bot.ana.clicks(await bot.card("shop", "Staged"), "Promote")
    await bot.ana.sees("Current of shop is now", channel="deploys")
    other = await bot.newest("shop", "Staged")
    await bot.promote_outside("shop", other["id"])
    await bot.ana.types("/rollback undo shop", channel="deploys")
    refusal = await bot.ana.sees("Somebody has moved production since", channel="deploys")
    assert f"`{other['sha'][:7]}`" in refusal.words
    await bot.ana.clicks(refusal, "Roll back…")
    await bot.ana.sees("Roll back shop?", channel="deploys")


async def test_a_pinned_project_is_resumed_with_its_newest_staged_build(bot: World) -> None:
    left = (await bot.panel())["shop"]["current"]
    old = await bot.newest("shop", "Promoted")
    staged = await bot.newest("shop", "Staged")
    await bot.ana.types("/current shop", channel="deploys")
    assert "Resume" not in str((await bot.ana.sees("Current of shop", channel="deploys")).buttons)
    await bot.ana.types(f"/rollback {old['id']}", channel="deploys")
    await bot.ana.clicks(await bot.ana.sees("Roll back shop to", channel="deploys"), "Roll back")
    told = await bot.bob.sees(f"shop: {old['sha'][:7]} is Current", channel="deploys")
    assert "Resume…" in told.buttons
    await bot.ana.types("/rollback shop", channel="deploys")
    listing = await bot.ana.sees("Roll back shop?", channel="deploys")
    forward = listing.buttons.index(f"Roll back to {left['sha'][:7]}")
    assert listing.words.count("newer than Current: this goes forward") == 1
    await bot.ana.clicks(listing, listing.buttons[forward])
    await bot.ana.sees("it goes forward, to what a rollback left", channel="deploys")
    await bot.ana.types("/current shop", channel="deploys")
    current = await bot.ana.sees("pinned by a rollback. New builds", channel="deploys")
    resume = f"Resume with {staged['sha'][:7]}"
    assert listing.buttons[-1] == resume
    assert current.buttons[-2:] == ["Roll back…", resume]
    await bot.ana.clicks(current, resume)
    card = await bot.ana.sees(f"Promote shop to {staged['sha'][:7]}?", channel="deploys")
    await bot.ana.clicks(card, "Promote")
    await bot.until_state("shop", staged["id"], "Current")
    assert not (await bot.panel())["shop"]["pinned"]
    await bot.bob.sees("Auto-assignment was kept off", channel="deploys")  # as it was before the rollback
    await bot.ana.clicks(told, "Resume…")
    await bot.ana.sees("shop is not pinned any more", channel="deploys")


async def test_without_a_staged_build_what_the_rollback_left_is_resumed(bot: World) -> None:
    left = (await bot.panel())["docs"]["current"]
    await bot.roll_back_outside("docs", (await bot.newest("docs", "Promoted"))["id"])
    await bot.ana.types("/current docs", channel="deploys")
    current = await bot.ana.sees("pinned by a rollback", channel="deploys")
    await bot.ana.clicks(current, f"Resume with {left['sha'][:7]}")
    card = await bot.ana.sees(f"Promote docs to {left['sha'][:7]}?", channel="deploys")
    await bot.ana.clicks(card, "Promote")
    await bot.until_state("docs", left["id"], "Current")


async def test_on_hobby_only_the_previous_one_is_a_candidate(bot: World) -> None:
    bot.platform.store.teams[bot.platform.team_id].plan = "hobby"
    before = await bot.newest("docs", "Promoted")
    await bot.ana.types("/rollback docs", channel="deploys")
    listing = await bot.ana.sees("Roll back docs?", channel="deploys")
    assert listing.buttons == [f"Roll back to {before['sha'][:7]}"]
    assert "served about " in listing.words


async def test_the_undo_of_a_rollback_leaves_auto_assignment_as_it_was_before(bot: World) -> None:
    """Every promote switches it on; here it was off on purpose."""
    before = (await bot.panel())["shop"]["current"]["id"]
    target = await bot.newest("shop", "Promoted")
    await bot.ana.types(f"/rollback {target['id']}", channel="deploys")
    card = await bot.ana.sees("Roll back shop to", channel="deploys")
    await bot.ana.clicks(card, "Roll back")
    rolled = await bot.bob.sees("Production is pinned", channel="deploys")
    await bot.ana.clicks(rolled, next(b for b in rolled.buttons if b.startswith("Undo")), confirmed=True)
    await bot.bob.sees("Auto-assignment was kept off", channel="deploys")
    assert await bot.serving("shop") == {before}
    project = await bot.vercel("GET", f"/v9/projects/{await bot.project_id('shop')}")
    assert project["autoAssignCustomDomains"] is False
    assert not (await bot.panel())["shop"]["pinned"]
    assert len(await bot.requests("PATCH")) == 1


async def test_what_the_message_has_no_room_for_is_in_its_thread(bot: World) -> None:
    names = [f"site-{n:02}.example.com" for n in range(30)]
    for name in names:
        bot.add_domain("shop", name)
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    message = await bot.bob.sees("is Current", channel="deploys")
    assert "and 14 more" in message.words
    whole = await bot.bob.sees("*All 34 domains* of shop: 34 serve", channel="deploys", thread=message)
    assert all(f"{name}: ok (200)" in whole.words for name in names)


async def test_a_platform_that_refuses_to_keep_auto_assignment_off_is_told_of(bot: World) -> None:
    fault = {"path": "/v9/projects/", "method": "PATCH", "status": 403, "times": -1}
    target = await bot.newest("shop", "Promoted")
    await bot.ana.types(f"/rollback {target['id']}", channel="deploys")
    await bot.ana.clicks(await bot.ana.sees("Roll back shop to", channel="deploys"), "Roll back")
    rolled = await bot.bob.sees("Production is pinned", channel="deploys")
    await bot.tell_platform("faults", [fault])
    await bot.ana.clicks(rolled, next(b for b in rolled.buttons if b.startswith("Undo")), confirmed=True)
    await bot.until_audited("operation.keep_off_asked")
    bot.clock.move(seconds=11)
    await bot.bob.sees("Auto-assignment could not be kept off: it is on now", channel="deploys")
    assert len(await bot.requests("PATCH")) == 1
