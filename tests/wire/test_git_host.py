"""The commits between two deployments: counted by GitHub, or said to be uncounted. They never hold up a card."""

from typing import Any

from chatbot.sandbox.seen import SeenMessage
from tests.conftest import World


async def rollback_card(world: World, project: str, steps: int) -> SeenMessage:
    """Of the deployment that served so many before the one before Current."""
    earlier = [d for d in (await world.panel())[project]["recent"] if d["state"] == "Promoted"][steps]
    await world.ana.types(f"/rollback {earlier['id']}", channel="deploys")
    return await world.ana.sees(f"Roll back {project} to {earlier['sha'][:7]}?", channel="deploys")


def compare_link(card: SeenMessage) -> str:
    return str(next(c.element["url"] for c in card.controls if c.label == "Compare"))


async def test_commits_are_counted_forward_with_the_migrations_that_they_bring(bot: World) -> None:
    here = (await bot.panel())["shop"]["current"]["sha"]
    target = await bot.newest("shop", "Staged")
    card = await bot.card("shop", "Staged")
    assert "*2 commits forward*, in 6 files." in card.words
    assert "_add_vat.sql`. Rolling back later does not undo them." in card.words
    assert compare_link(card) == f"https://github.com/acme/shop/compare/{here}...{target['sha']}"


async def test_a_rollback_counts_back_and_names_the_migrations_that_stay(bot: World) -> None:
    card = await rollback_card(bot, "api", 4)
    assert "commits back*" in card.words
    assert "_refunds/migration.sql`. This does not undo them." in card.words
    assert "*Cron jobs* move too. These end: `/jobs/expire-carts` `0 3 * * *`" in card.words


async def test_a_preview_of_a_branch_has_commits_of_its_own_and_lacks_others(bot: World) -> None:
    previews = [d for d in (await bot.panel())["shop"]["recent"] if d["state"] == "Preview"]
    gift_cards = next(d for d in previews if d["branch"] == "feat/gift-cards")
    await bot.ana.types(f"/promote {gift_cards['id']}", channel="deploys")
    card = await bot.ana.sees(f"Rebuild and promote shop to {gift_cards['sha'][:7]}?", channel="deploys")
    assert " forward and " in card.words
    assert " back*, in " in card.words


TROUBLE: list[tuple[dict[str, Any], str]] = [
    ({"hold": 3}, "GitHub did not answer."),
    ({"status": 500}, "GitHub did not answer."),
    ({"body": {"surprise": []}}, "GitHub did not answer."),
    ({"half": True}, "GitHub did not answer."),
    ({"cut": "before"}, "GitHub did not answer."),
    ({"status": 401}, "GitHub refuses my token."),
    ({"status": 403}, "GitHub refuses my token."),
    ({"status": 404}, "GitHub does not know them, or does not show them to me."),
]


async def test_a_git_host_in_trouble_never_prevents_a_card(bot: World) -> None:
    target = await bot.newest("shop", "Staged")
    last = None
    for fault, sentence in TROUBLE:
        await bot.tell_platform_clear("faults")
        await bot.tell_platform("faults", [{"path": "^/github/", "times": -1, **fault}])
        await bot.ana.types(f"/promote {target['id']}", channel="deploys")
        last = await bot.ana.sees("Promote shop to", channel="deploys", after=last)
        assert f"Commits are not counted: {sentence}" in last.words, fault
        assert compare_link(last).startswith("https://github.com/acme/shop/compare/")


async def test_what_the_git_host_said_is_no_part_of_what_is_confirmed(bot: World) -> None:
    card = await bot.card("shop", "Staged")
    await bot.tell_platform("faults", [{"path": "^/github/", "times": -1, "status": 500}])
    await bot.tell_platform_clear("requests")
    await bot.ana.clicks(card, "Promote")
    await bot.bob.sees("is Current", channel="deploys")
    assert not [r for r in await bot.requests() if r["path"].startswith("/github")]


async def test_more_files_than_a_comparison_tells_are_said_to_be_more(bot: World) -> None:
    files = [f"app/pages/p{n:03}.tsx" for n in range(400)]
    pushed = await bot.tell_platform("push", {"project": "shop", "seconds": 0, "files": files})
    await bot.until_state("shop", pushed["deployment"]["id"], "Staged")
    card = await bot.card("shop", "Staged")
    assert "*3 commits forward*, in more than 300 files." in card.words


async def test_without_a_token_the_production_builds_between_are_counted(world: World) -> None:
    await world.start_bot(github_token="")
    card = await world.card("shop", "Staged")
    assert "I have no access to the git host. 1 production build lies between." in card.words
    assert compare_link(card).startswith("https://github.com/acme/shop/compare/")
    back = await rollback_card(world, "api", 1)
    assert "1 production build lies between." in back.words
    assert not [r for r in await world.requests() if r["path"].startswith("/github")]
