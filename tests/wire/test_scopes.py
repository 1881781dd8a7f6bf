"""Where the same commands differ: a custom environment, the personal scope, the Hobby and the Pro plan."""

import asyncio
from typing import Any

from chatbot.sandbox.vercel.records import Deployment, Project
from tests.conftest import World


def project_named(world: World, name: str) -> Project:
    return next(p for p in world.platform.store.projects.values() if p.name == name)


def served(world: World, name: str) -> list[Deployment]:
    """What production pointed to, the newest first."""
    store = world.platform.store
    return [store.deployments[one] for one in reversed(project_named(world, name).served)]


async def personally(world: World, method: str, path: str, body: Any) -> Any:
    """The REST API without a team: what belongs to the token's user alone."""
    headers = {"Authorization": f"Bearer {world.platform.token}"}
    async with world.session.request(method, world.platform.url + path, headers=headers, json=body) as answer:
        assert answer.status < 300, await answer.text()
        return await answer.json()


async def built(world: World, deployment_id: str) -> Deployment:
    """Once its build has ended: a personal project is not on the panel."""
    if (build := world.platform._builds._running.get(deployment_id)) is not None:
        await asyncio.wait([build])
    return world.platform.store.deployments[deployment_id]


async def test_what_was_built_for_a_custom_environment_is_rebuilt_for_production(bot: World) -> None:
    of = "/v9/projects/docs"
    matcher = {"type": "equals", "pattern": "qa/rates"}
    qa = await bot.vercel("POST", f"{of}/custom-environments", {"slug": "qa", "branchMatcher": matcher})
    await bot.vercel(
        "POST",
        f"{of}/domains".replace("v9", "v10"),
        {"name": "qa.example.com", "customEnvironmentId": qa["id"]},
    )
    own = {"key": "QA_TOKEN", "value": "1", "type": "plain", "target": [], "customEnvironmentIds": [qa["id"]]}
    await bot.vercel("POST", "/v10/projects/docs/env", own)
    made = (await bot.tell_platform("push", {"project": "docs", "branch": "qa/rates"}))["deployment"]
    await bot.until_state("docs", made["id"], "Preview")
    await bot.tell_platform_clear("requests")

    await bot.ana.types(f"/rollback {made['id']}", channel="deploys")
    await bot.ana.sees("is a preview: it has never served production", channel="deploys")
    await bot.ana.types("/promote https://qa.example.com/", channel="deploys")
    card = await bot.ana.sees("Rebuild and promote docs to", channel="deploys")
    assert "production's variables of now. Those of `qa` are not used." in card.words
    assert "Only in `qa`, missing then: `QA_TOKEN`" in card.words
    assert "DRAFTS_VISIBLE" not in card.words  # preview's, and this is none
    assert "qa.example.com" not in card.words.partition("*Environment*")[0]  # it stays where it is
    await bot.ana.clicks(card, "Rebuild and promote")
    await bot.bob.sees("Current of docs is now", channel="deploys")
    current = served(bot, "docs")[0]
    assert (current.target, current.custom_environment_id) == ("production", None)
    assert current.commit.branch == "qa/rates"
    assert bot.platform.store.serving("qa.example.com") == made["id"]
    (post,) = await bot.requests("POST")
    assert post["path"] == "/v13/deployments"


async def test_a_personal_scope_is_asked_without_a_team(world: World) -> None:
    await world.start_bot(vercel_team_id="")
    await world.tell_platform_clear("requests")
    current, before, _ = served(world, "notes")
    await world.ana.types("/promote notes.example.org", channel="deploys")
    await world.ana.sees("is already Current of notes", channel="deploys")
    await world.ana.types("/promote docs.example.com", channel="deploys")
    await world.ana.sees("is not among what the bot's token may see", channel="deploys")

    # Rebuild: a preview of the person's own.
    order = {"deploymentId": current.id, "name": "notes", "meta": {"action": "redeploy"}}
    made = await personally(world, "POST", "/v13/deployments?forceNew=1", {**order, "target": None})
    preview = await built(world, made["id"])
    assert preview.target is None
    await world.ana.types(f"/promote {preview.url}", channel="deploys")
    await world.ana.clicks(
        await world.ana.sees("Rebuild and promote notes to", channel="deploys"), "Rebuild and promote"
    )
    await world.bob.sees("Current of notes is now", channel="deploys")
    rebuilt = served(world, "notes")[0]
    assert rebuilt.id not in {current.id, preview.id}

    # Rollback: Hobby goes back one step.
    await world.ana.types(f"/rollback {before.id}", channel="deploys")
    await world.ana.sees("on the Hobby plan that is only what served just before Current", channel="deploys")
    await world.ana.types("/rollback", channel="deploys")
    listing = await world.ana.sees("Roll back notes?", channel="deploys")
    assert listing.buttons == [f"Roll back to {current.commit.sha[:7]}"]
    await world.ana.clicks(listing, listing.buttons[0])
    await world.ana.clicks(await world.ana.sees("Roll back notes to", channel="deploys"), "Roll back")
    await world.bob.sees("Production is pinned", channel="deploys")
    assert world.platform.store.serving("notes.example.org") == current.id

    # Promote: a staged build, since production is pinned.
    made = await personally(world, "POST", "/v13/deployments?forceNew=1", {**order, "target": "production"})
    staged = await built(world, made["id"])
    await world.ana.types(f"/promote {staged.id}", channel="deploys")
    card = await world.ana.sees("Promote notes to", channel="deploys")
    await world.ana.clicks(card, "Promote")
    await world.until_all_is_told()
    assert world.platform.store.serving("notes.example.org") == staged.id
    assert not [r for r in await world.requests() if "teamId" in r["query"]]


async def test_what_can_be_rolled_back_to_depends_on_the_plan(bot: World) -> None:
    current, before, older, *_ = served(bot, "docs")
    await bot.ana.types(f"/rollback {older.id}", channel="deploys")
    card = await bot.ana.sees("Roll back docs to", channel="deploys")

    async with bot.session.put(f"{bot.platform.url}/sandbox/plan", json={"plan": "hobby"}) as answer:
        assert answer.status == 200
    await bot.ana.types(f"/rollback {older.id}", channel="deploys")
    await bot.ana.sees("on the Hobby plan that is only what served just before Current", channel="deploys")
    await bot.ana.types("/rollback docs", channel="deploys")
    listing = await bot.ana.sees("Roll back docs?", channel="deploys")
    assert listing.buttons == [f"Roll back to {before.commit.sha[:7]}"]
    await bot.ana.types("/promote", channel="deploys")
    await bot.ana.chooses(await bot.ana.sees_modal("Project"), action_id="picker.project", value="docs")
    options = await bot.ana.searches(
        await bot.ana.sees_modal("Deployment"), "roll back", action_id="picker.deployment"
    )
    assert [option["value"] for option in options] == [before.id]

    # It was possible when the card was shown: now the platform says no, in its own words.
    assert not await bot.requests("POST")
    await bot.ana.clicks(card, "Roll back")
    failed = await bot.bob.sees(": failed", channel="deploys")
    assert "To roll back further than the previous production deployment, upgrade to pro" in failed.words
    assert len(await bot.requests("POST")) == 1
    assert await bot.serving("docs") == {current.id}
