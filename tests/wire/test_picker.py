"""`/promote` without X: a dialog that finds a project, then one of its deployments."""

import asyncio

import pytest

from chatbot.sandbox.person import Refused
from chatbot.sandbox.seen import SeenView
from tests.conftest import World

PROJECT, DEPLOYMENT = "picker.project", "picker.deployment"


async def opened(world: World, project: str, *, channel: str = "deploys") -> SeenView:
    """The dialog as Ana has it, once she has chosen a project."""
    await world.ana.types("/promote", channel=channel)
    view = await world.ana.sees_modal("Project")
    await world.ana.chooses(view, action_id=PROJECT, value=project)
    return await world.ana.sees_modal("Deployment")


async def found(world: World, view: SeenView, typed: str, action_id: str = DEPLOYMENT) -> list[str]:
    options = await world.ana.searches(view, typed, action_id=action_id)
    return [option["text"]["text"] for option in options]


async def submit(world: World, view: SeenView, deployment_id: str) -> dict[str, str]:
    """What is complained about, by the action of the field; empty when the dialog was taken."""
    await world.ana.searches(view, "", action_id=DEPLOYMENT)
    blocks = {c.action_id: c.block_id for c in view.controls}
    try:
        await world.ana.submits(view, {blocks[DEPLOYMENT]: {DEPLOYMENT: deployment_id}})
    except Refused as refused:
        return {action: refused.errors[block] for action, block in blocks.items() if block in refused.errors}
    return {}


async def test_a_project_and_a_deployment_are_found_by_typing_and_lead_to_the_confirmation(
    bot: World,
) -> None:
    target = await bot.newest("shop", "Staged")
    await bot.tell_platform_clear("requests")
    await bot.ana.types("/promote", channel="deploys")
    view = await bot.ana.sees_modal("Project")
    assert not await bot.requests()  # it opens without waiting for the platform
    assert await found(bot, view, "", PROJECT) == ["api", "docs", "shop"]
    assert await found(bot, view, "HO", PROJECT) == ["shop"]
    await bot.ana.chooses(view, action_id=PROJECT, value="shop")

    view = await bot.ana.sees_modal("Deployment")
    everything = await found(bot, view, "")
    assert everything[0].startswith("Preview (rebuild) · ")  # the newest one
    assert sum(text.startswith("Staged · ") for text in everything) == 2
    assert sum(text.startswith("Promoted (roll back) · ") for text in everything) == 9
    assert not any(text.startswith(("Current", "Failed")) for text in everything)
    assert await found(bot, view, target["sha"][:9]) == [
        f"Staged · {target['sha'][:7]} Charge VAT by delivery country (#399)"
    ]
    assert len(await found(bot, view, "preview GIFT-cards bob")) == 4
    assert await found(bot, view, "nothing like this") == []

    assert await submit(bot, view, target["id"]) == {}
    assert await bot.ana.modals() == []
    card = await bot.ana.sees(f"Promote shop to {target['sha'][:7]}?", channel="deploys")
    assert card.ephemeral
    assert not await bot.requests("POST")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert await bot.serving("shop") == {target["id"]}


async def test_another_project_takes_the_chosen_deployment_back(bot: World) -> None:
    view = await opened(bot, "docs")
    preview = await bot.newest("docs", "Preview")
    await bot.ana.chooses(view, action_id=DEPLOYMENT, value=preview["id"], typed=preview["sha"])
    await bot.ana.chooses(view, action_id=PROJECT, value="api")
    api_id = await bot.project_id("api")
    async with asyncio.timeout(10):
        while not any(c.block_id.endswith(api_id) for c in view.controls):
            (view,) = await bot.ana.modals()
    assert preview["id"] not in str(view.values)
    assert "Idempotent order creation" in str(await found(bot, view, "idempotent"))
    with pytest.raises(Refused, match="invalid"):  # Slack's own complaint: nothing is chosen
        await bot.ana.submits(view)


async def test_what_has_served_is_rolled_back_to_unless_that_undoes_a_rollback(bot: World) -> None:
    current, before = (await bot.panel())["docs"]["current"], await bot.newest("docs", "Promoted")
    view = await opened(bot, "docs")
    assert await found(bot, view, before["sha"]) == [
        f"Promoted (roll back) · {before['sha'][:7]} Explain rate limits (#101)"
    ]
    assert await submit(bot, view, before["id"]) == {}
    await bot.ana.sees(f"Roll back docs to {before['sha'][:7]}?", channel="deploys")

    await bot.roll_back_outside("docs", before["id"])
    view = await opened(bot, "docs")
    assert (await found(bot, view, current["sha"]))[0].startswith("Promoted · ")
    assert await submit(bot, view, current["id"]) == {}
    await bot.ana.sees(f"Promote docs to {current['sha'][:7]}?", channel="deploys")


async def test_what_has_changed_meanwhile_is_said_in_the_dialog(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    view = await opened(bot, "shop")
    await bot.ana.searches(view, "", action_id=DEPLOYMENT)
    await bot.promote_outside("shop", target["id"])
    blocks = {c.action_id: c.block_id for c in view.controls}
    with pytest.raises(Refused) as refused:
        await bot.ana.submits(view, {blocks[DEPLOYMENT]: {DEPLOYMENT: target["id"]}})
    complaint = refused.value.errors[blocks[DEPLOYMENT]]
    assert f"{target['sha'][:7]} Charge VAT" in complaint
    assert "is already Current of shop, for " in complaint
    assert "`" not in complaint

    preview = await bot.newest("shop", "Preview")
    await bot.tell_platform("expire", {"deployment": preview["id"]})
    # It was offered before, so it can still be chosen.
    with pytest.raises(Refused) as refused:
        await bot.ana.submits(view, {blocks[DEPLOYMENT]: {DEPLOYMENT: preview["id"]}})
    assert "was deleted" in refused.value.errors[blocks[DEPLOYMENT]]
    assert [v.id for v in await bot.ana.modals()] == [view.id]
    assert len([e for e in await bot.audit() if e.action == "picker.refused"]) == 2


async def test_nobody_without_the_right_gets_the_dialog_or_goes_on_in_it(bot: World) -> None:
    await bot.bob.types("/promote", channel="deploys")
    await bot.bob.sees("You may not change production", channel="deploys")
    assert not await bot.bob.modals()

    target = await bot.newest("shop", "Staged")
    view = await opened(bot, "shop")
    await bot.ana.searches(view, "", action_id=DEPLOYMENT)
    await bot.steer("people/U0ANA0001", is_admin=False)
    await bot.tell_platform_clear("requests")
    (only,) = await bot.ana.searches(view, "", action_id=DEPLOYMENT)
    assert only["text"]["text"].startswith("You may not change production from here.")
    (only,) = await bot.ana.searches(view, "shop", action_id=PROJECT)
    assert "You may not change production" in only["text"]["text"]
    blocks = {c.action_id: c.block_id for c in view.controls}
    with pytest.raises(Refused) as refused:
        await bot.ana.submits(view, {blocks[DEPLOYMENT]: {DEPLOYMENT: target["id"]}})
    assert "You may not change production" in refused.value.errors[blocks[DEPLOYMENT]]
    with pytest.raises(Refused) as refused:  # the reason can be clicked on, but is no deployment
        await bot.ana.submits(view, {blocks[DEPLOYMENT]: {DEPLOYMENT: only["value"]}})
    assert refused.value.error == "no_such_option" or refused.value.errors
    assert not await bot.requests()
    denied = [e.action for e in await bot.audit() if e.action.endswith(".denied")]
    assert denied == ["picker.denied", "picker.project.denied", "picker.deployment.denied", "promote.denied"]


async def test_a_platform_that_is_too_slow_for_slack_is_said_to_be(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    view = await opened(bot, "shop")
    await bot.ana.searches(view, "", action_id=DEPLOYMENT)
    await bot.tell_platform("faults", [{"path": "/v", "delay": 2.6, "times": -1}])
    project, deployment, complaint = await asyncio.gather(
        bot.ana.searches(view, "sh", action_id=PROJECT),
        bot.ana.searches(view, "vat", action_id=DEPLOYMENT),
        _complaint(bot, view, target["id"]),
    )
    said = "Vercel did not answer: no answer in time. Try again in a minute."
    assert [option["text"]["text"] for option in project + deployment] == [said, said]
    assert complaint.startswith("Vercel did not answer: no answer in time. Nothing was done.")
    await bot.tell_platform_clear("faults")
    assert await submit(bot, view, target["id"]) == {}  # the dialog is still there
    await bot.ana.sees("Promote shop to", channel="deploys")


async def _complaint(world: World, view: SeenView, deployment_id: str) -> str:
    block = next(c.block_id for c in view.controls if c.action_id == DEPLOYMENT)
    with pytest.raises(Refused) as refused:
        await world.ana.submits(view, {block: {DEPLOYMENT: deployment_id}})
    return refused.value.errors[block]


async def test_in_a_channel_that_is_closed_to_the_bot_the_confirmation_comes_directly(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    view = await opened(bot, "shop", channel="secret")
    assert await submit(bot, view, target["id"]) == {}
    direct = await bot.direct_channel("U0ANA0001")
    card = await bot.ana.sees("Promote shop to", channel=direct)
    await bot.ana.clicks(card, "Promote")
    await bot.ana.sees("is Current", channel=direct)


async def test_slacks_own_trouble_with_the_dialog(bot: World) -> None:
    await bot.slack_fault(method="views.open", error="expired_trigger_id")
    await bot.ana.types("/promote", channel="deploys")
    await bot.ana.sees("Slack did not open the dialog", channel="deploys")

    # Faster than the field for the deployment: the dialog asks for it then.
    await bot.slack_fault(method="views.update", error="internal_error")
    await bot.ana.types("/promote", channel="deploys")
    view = await bot.ana.sees_modal("Project")
    await bot.ana.chooses(view, action_id=PROJECT, value="docs")
    await bot.ana.submits(view)
    view = await bot.ana.sees_modal("Deployment")
    preview = await bot.newest("docs", "Preview")
    assert await submit(bot, view, preview["id"]) == {}
    await bot.ana.sees("Rebuild and promote docs", channel="deploys")


async def test_with_hundreds_of_projects_and_deployments_typing_finds_the_rest(bot: World) -> None:
    await bot.tell_platform("scale", {"projects": 120, "deployments": 12_000})
    await bot.ana.types("/promote", channel="deploys")
    view = await bot.ana.sees_modal("Project")
    shown = await found(bot, view, "", PROJECT)
    assert len(shown) == 100
    projects = bot.platform.store.projects_of(bot.platform.team_id)
    hidden = next(project.name for project in projects if project.name not in shown)
    assert hidden in await found(bot, view, hidden, PROJECT)

    busiest = max(projects, key=lambda project: len(project.deployments))
    await bot.ana.chooses(view, action_id=PROJECT, value=busiest.name)
    view = await bot.ana.sees_modal("Deployment")
    previews = [d for d in busiest.deployments if d.state == "READY" and d.target is None]
    oldest = min((d for d in previews if not d.deleted_by_retention_at), key=lambda d: d.created_at)
    assert oldest.commit.sha[:7] not in str(await found(bot, view, ""))
    assert oldest.commit.sha[:7] in str(await found(bot, view, oldest.commit.sha))
    await bot.ana.closes(view)

    # A short commit is found beyond the newest hundred of the whole team as well.
    everywhere = sorted((d for p in projects for d in p.deployments), key=lambda d: -d.created_at)
    target = next(d for d in everywhere[300:] if d.state == "READY" and d.target is None)
    await bot.ana.types(f"/promote {target.commit.sha[:9]}", channel="deploys")
    await bot.ana.sees(f"Rebuild and promote {target.name} to {target.commit.sha[:7]}?", channel="deploys")
