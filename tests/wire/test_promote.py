"""`/promote X`, from the typed command to what visitors get."""

from datetime import timedelta

from tests.conftest import World


async def test_a_staged_deployment_becomes_current_after_a_confirmation(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    before = (await bot.panel())["shop"]["current"]
    await bot.ana.types(f"/promote {target['id']}", channel="deploys")
    card = await bot.ana.sees("Promote shop to", channel="deploys")
    assert card.ephemeral
    for expected in (
        "*Promote, instant.*",
        before["sha"][:7],
        target["sha"][:7],
        f"*Affected domains (4)*, serving `{before['sha'][:7]}` now",
        "• checkout.shop.example.com",
        "Redirects follow: www.shop.example.com → shop.example.com",
        "Changed since, and not in it: `STRIPE_SECRET_KEY`",
        "*Auto-assignment* is off now. Every promote switches it on, unless you keep it off.",
    ):
        assert expected in card.words
    assert "staging.shop.example.com" not in card.words  # belongs to a branch, stays where it is
    assert not await bot.requests("POST")  # nothing moves before the click

    await bot.ana.clicks(card, "Promote")
    done = await bot.bob.sees("is Current", channel="deploys")
    assert (await bot.panel())["shop"]["current"]["id"] == target["id"]
    assert await bot.serving("shop") == {target["id"]}
    assert done.words.count(": ok (200)") == 4
    announced = await bot.bob.sees("Current of shop is now", channel="deploys")
    assert f"Roll back to {before['sha'][:7]}" in announced.buttons
    assert [r["path"] for r in await bot.requests("POST")] == [
        f"/v10/projects/{await bot.project_id('shop')}/promote/{target['id']}"
    ]
    assert bot.bot is not None
    [took] = await bot.bot.bot.history.took(await bot.project_id("shop"))
    assert took > timedelta()  # the next move is looked at when this one was through
    assert await bot.bot.bot.history.took(await bot.project_id("docs")) == [took]


async def test_the_card_becomes_one_line_once_it_is_used(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.ana.clicks(card, "Promote")
    line = await bot.ana.sees("confirmed by", channel="deploys")
    assert line.ts == card.ts
    assert not line.buttons


async def test_a_preview_is_rebuilt_and_then_becomes_current(bot: World) -> None:
    preview = await bot.newest("docs", "Preview")
    await bot.ana.types(f"/promote {preview['id']}", channel="deploys")
    card = await bot.ana.sees("Rebuild and promote docs", channel="deploys")
    assert "*Complete rebuild.*" in card.words
    assert "Only in preview, missing then: `DRAFTS_VISIBLE`" in card.words
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("is Current", channel="deploys")
    current = (await bot.panel())["docs"]["current"]
    assert current["sha"] == preview["sha"]
    assert current["id"] != preview["id"]
    assert await bot.serving("docs") == {current["id"]}
    assert len(await bot.requests("POST")) == 1  # the platform assigns the domains itself


async def test_a_rebuild_is_promoted_when_auto_assignment_is_off(bot: World) -> None:
    preview = await bot.newest("shop", "Preview")
    await bot.ana.types(f"/promote {preview['id']}", channel="deploys")
    card = await bot.ana.sees("Rebuild and promote shop", channel="deploys")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert (await bot.panel())["shop"]["current"]["sha"] == preview["sha"]
    paths = [r["path"] for r in await bot.requests("POST")]
    assert len(paths) == 2
    assert paths[0] == "/v13/deployments"
    assert "/promote/" in paths[1]


async def test_a_failed_rebuild_leaves_production_as_it_was(bot: World) -> None:
    before = (await bot.panel())["docs"]["current"]["id"]
    await bot.tell_platform("faults", [{"build": {"project": "docs", "fails": True}}])
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    failed = await bot.bob.sees(": failed", channel="deploys")
    assert "The new build did not become ready." in failed.words
    assert "Production is as it was." in failed.words
    assert "Build logs" in failed.buttons
    assert (await bot.panel())["docs"]["current"]["id"] == before


async def test_what_was_promoted_before_is_refused_with_the_way_to_it(bot: World) -> None:
    old = await bot.newest("docs", "Promoted")
    await bot.ana.types(f"/promote {old['id']}", channel="deploys")
    refusal = await bot.ana.sees("already promoted once", channel="deploys")
    await bot.ana.clicks(refusal, f"Roll back to {old['sha'][:7]}")
    card = await bot.ana.sees("Roll back docs to", channel="deploys")
    await bot.ana.clicks(card, "Roll back")
    await bot.bob.sees("Production is pinned", channel="deploys")
    assert await bot.serving("docs") == {old["id"]}


async def test_a_branch_means_its_newest_deployment_even_after_an_older_one_was_promoted(bot: World) -> None:
    first = await bot.newest("docs", "Preview")
    card = await bot.card("docs", "Preview")
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("Current of docs is now", channel="deploys")
    push = {"project": "docs", "branch": first["branch"], "message": "Second try"}
    pushed = await bot.tell_platform("push", push)
    await bot.until_state("docs", pushed["deployment"]["id"], "Preview")
    await bot.ana.types(f"/promote {first['branch']}", channel="general")
    card = await bot.ana.sees(f"Rebuild and promote docs to {pushed['sha'][:7]}?", channel="general")
    assert "Second try" in card.words


async def test_a_branch_of_several_projects_is_asked_about(bot: World) -> None:
    await bot.ana.types("/promote main", channel="deploys")
    question = await bot.ana.sees("is in several projects", channel="deploys")
    shop = next(text for text in question.buttons if text.startswith("shop:"))
    await bot.ana.clicks(question, shop)
    await bot.ana.sees("Promote shop to", channel="deploys")
