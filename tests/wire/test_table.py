"""`/promote X`: every row of the table, by every spelling of X. Each row is one test in one world.

Builds under way and rolling releases have tests of their own.
"""

import asyncio
import re
from collections.abc import Iterable, Iterator

from chatbot.sandbox.seen import SeenMessage
from chatbot.sandbox.vercel.records import Deployment
from tests.conftest import World


def by_host(host: str) -> Iterator[str]:
    """As people type or paste it."""
    yield host
    yield f"https://{host}"
    yield f"http://{host}/"
    yield f"https://{host}/cart/1?utm=x#top"
    yield f"HTTPS://{host.upper()}/Cart"
    yield f"{host.upper()}."
    yield f"https://{host}."
    yield f"<https://{host}|{host}>"
    yield f"<https://{host}/cart>"
    yield f"`{host}`"


def by_commit(sha: str) -> Iterator[str]:
    yield from (sha[:7], sha[:12], sha[:39], sha, sha.upper())


def by_itself(deployment: Deployment) -> Iterator[str]:
    yield deployment.id
    yield from by_host(deployment.url)
    yield from by_commit(deployment.commit.sha)


async def answers(world: World, spellings: Iterable[str], expected: str) -> list[SeenMessage]:
    """What Ana is shown for each of them, which has to be what is expected; nothing is done by it."""
    found: list[SeenMessage] = []
    last = next(reversed(await world.ana.reads("deploys")), None)
    for x in spellings:
        await world.ana.types(f"/promote {x}", channel="deploys")
        last = await world.ana.sees("", channel="deploys", after=last)
        assert expected in last.words, f"{x}: {last.words}"
        found.append(last)
    assert not await world.requests("POST")
    return found


def known(world: World, deployment_id: str) -> Deployment:
    return world.platform.store.deployments[deployment_id]


async def pushed(world: World, project: str, branch: str, state: str = "Preview") -> Deployment:
    made = (await world.tell_platform("push", {"project": project, "branch": branch}))["deployment"]["id"]
    await world.until_state(project, made, state)
    return known(world, made)


async def test_a_staged_one_gets_the_plan_to_promote_it(bot: World) -> None:
    target = known(bot, (await bot.newest("shop", "Staged"))["id"])
    spellings = [*by_itself(target), *by_host("shop-git-main-acme.vercel.app")]
    await answers(bot, spellings, f"Promote shop to {target.commit.sha[:7]}?\n*Promote, instant.*")


async def test_a_preview_gets_the_plan_to_rebuild_it(bot: World) -> None:
    target = await pushed(bot, "api", "feat/only-here")
    spellings = [*by_itself(target), *by_host("api-git-feat-only-here-acme.vercel.app"), "feat/only-here"]
    await answers(bot, spellings, f"Rebuild and promote api to {target.commit.sha[:7]}?\n*Complete rebuild.*")


NAMES = ("deadbee", "DEADBEEF", "v1.2.3", "release.next", "Fix.Login", "feature/v1.2.fix", "корзина/a")


async def test_a_branch_is_its_newest_ready_deployment_whatever_its_name_looks_like(bot: World) -> None:
    for name in NAMES:
        await bot.tell_platform("push", {"project": "docs", "branch": name})
    newest = await asyncio.gather(*(pushed(bot, "docs", name) for name in NAMES))
    for name in NAMES:
        await bot.tell_platform("push", {"project": "docs", "branch": name, "fails": True})
    for name, deployment in zip(NAMES, newest, strict=True):
        expected = f"Rebuild and promote docs to {deployment.commit.sha[:7]}?"
        await answers(bot, [name, f"`{name}`"], expected)


async def test_a_promoted_one_is_refused_with_the_way_to_it_unless_it_undoes_a_rollback(bot: World) -> None:
    old, current = await bot.newest("docs", "Promoted"), (await bot.panel())["docs"]["current"]
    said = await answers(
        bot, by_itself(known(bot, old["id"])), "was already promoted once, and cannot be promoted again"
    )
    assert all(message.buttons == [f"Roll back to {old['sha'][:7]}"] for message in said)

    await bot.roll_back_outside("docs", old["id"])
    await bot.tell_platform_clear("requests")
    said = await answers(bot, by_itself(known(bot, current["id"])), f"Promote docs to {current['sha'][:7]}?")
    assert all("Production is pinned by a rollback. This undoes it." in message.words for message in said)
    older = await bot.newest("docs", "Promoted")
    oldest = [d for d in (await bot.panel())["docs"]["recent"] if d["state"] == "Promoted"][-1]
    assert older["id"] == current["id"]
    await answers(bot, [oldest["id"]], "was already promoted once")  # older than what production is pinned to


async def test_current_is_said_to_be_current_and_since_when(bot: World) -> None:
    current = known(bot, (await bot.panel())["docs"]["current"]["id"])
    spellings = [
        *by_itself(current),
        *by_host("docs.example.com"),
        "docs-acme.vercel.app",
        "docs-git-main-acme.vercel.app",
    ]
    said = await answers(bot, spellings, f"`{current.commit.sha[:7]}` Typo in the quick start")
    # It got the domains when it was ready.
    hours = (bot.platform.store.now() - (current.ready_at or 0)) // 3_600_000
    sentence = f"is already Current of docs, for {hours} h. There is nothing to do."
    assert all(sentence in message.words for message in said)
    moved = await bot.newest("shop", "Staged")
    await bot.promote_outside("shop", moved["id"])
    await bot.tell_platform_clear("requests")
    (message,) = await answers(bot, ["eu.shop.example.com"], "is already Current of shop, for ")
    assert re.search(r"for \d+ s\.", message.words)


async def test_what_cannot_serve_is_refused_with_the_reason_and_its_logs(bot: World) -> None:
    failed = known(bot, (await bot.newest("docs", "Failed"))["id"])
    said = await answers(
        bot, by_itself(failed), "so there is nothing to serve. Push a fix, or choose another."
    )
    assert all(message.buttons == ["Build logs"] for message in said)
    canceled = next(d for d in bot.platform.store.deployments.values() if d.state == "CANCELED")
    await answers(bot, [canceled.id, canceled.url, canceled.commit.sha], "was canceled, so there is nothing")
    made = await bot.tell_platform("push", {"project": "docs", "branch": "never/ready", "fails": True})
    await bot.until_state("docs", made["deployment"]["id"], "Failed")
    (message,) = await answers(bot, ["never/ready"], "has failed")
    assert message.buttons == ["Build logs"]

    gone = next(d for d in bot.platform.store.deployments.values() if d.deleted_by_retention_at)
    # No list of the platform has it, so its commit is not known any more.
    await answers(bot, [gone.id, *by_host(gone.url)], "was deleted, so it cannot serve any more")
    portal = next(d for d in bot.platform.store.deployments.values() if d.name == "portal")
    spellings = [portal.id, *by_host(portal.url), "portal.example.com"]
    await answers(bot, spellings, "is not among what the bot's token may see")
    await answers(bot, by_commit(portal.commit.sha), "I know no deployment by the commit")


async def test_an_unknown_x_is_answered_with_the_three_nearest(bot: World) -> None:
    staged = await bot.newest("shop", "Staged")
    sha = staged["sha"]
    mistyped = (
        staged["id"][:-2] + "zz",
        f"https://{known(bot, staged['id']).url.replace('acme', 'acne')}/cart",
        sha[:6] + ("0" if sha[6] != "0" else "1"),
        "feat/dark-mood",
        "nowhere.example.org",
    )
    said = await answers(bot, mistyped, "Did you mean one of these?")
    assert [len(message.buttons) for message in said] == [3] * len(mistyped)
    assert sum(any(sha[:7] in button for button in message.buttons) for message in said) >= 2
    assert any("Dark mode" in button for button in said[3].buttons)
    await bot.ana.clicks(said[0], next(b for b in said[0].buttons if sha[:7] in b))
    await bot.ana.sees("Promote shop to", channel="deploys")


BAD = (
    "a" * 10_000,
    "dpl_" + "x" * 300,
    "<!channel>",
    "<@U0BOB0002>",
    "two words",
    "line\u2028break",
    "a\x07b",
    "развёртывание",
    "部署",
    "dpl_doesnotexist",
    "../../v2/user",
    "dpl_x/../../v2/user?teamId=other",
    "https://evil.example.net/<script>",
    "nowhere.example.org",
    "%00",
)


async def test_a_bad_x_gets_a_sentence_and_changes_nothing(bot: World) -> None:
    for message in await answers(bot, BAD, "Nothing was done."):
        assert "<!channel>" not in message.text
        assert not re.search(r"(?<!&lt;)<@U0BOB", str(message.blocks))
    assert len([entry for entry in await bot.audit() if entry.action == "promote.refused"]) == len(BAD)
    await bot.ana.types("/current docs", channel="deploys")
    await bot.ana.sees("*docs*:", channel="deploys")  # the bot goes on
