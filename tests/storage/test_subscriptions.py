import asyncio
from collections.abc import Callable, Collection

from storage import outbox, subscriptions
from storage.database import Database
from storage.models import Subscription
from storage.subscriptions import KINDS
from tests.storage.rows import NOW, SECOND, change

ANA, BOB = "slack:U0ANA0001", "slack:U0BOB0002"


async def add(
    db: Database,
    channel: str = "C0DEPLOYS",
    project: str = "shop",
    kinds: Collection[str] = ("current",),
    *,
    by: str = ANA,
) -> Subscription:
    async with db.write() as session:
        project_id = project if project == subscriptions.ALL else f"prj_{project}"
        return await subscriptions.add(session, channel, project_id, project, kinds, by=by, now=NOW)


async def take(db: Database, project: str = "shop", kinds: Collection[str] = KINDS) -> Subscription | None:
    async with db.write() as session:
        return await subscriptions.take(session, "C0DEPLOYS", f"prj_{project}", kinds)


def kinds_of(row: Subscription | None) -> list[str]:
    return [kind for kind in KINDS if getattr(row, kind)]


async def hearing(db: Database, project: str = "shop", kind: str | None = "current") -> list[str]:
    async with db.read() as session:
        return await subscriptions.hearing(session, f"prj_{project}", kind)


async def test_kinds_are_added_to_what_a_channel_hears_and_taken_from_it(db: Database) -> None:
    assert kinds_of(await add(db)) == ["current"]
    assert kinds_of(await add(db, kinds=["failed", "pinned"], by=BOB)) == ["current", "failed", "pinned"]
    left = await take(db, kinds=["current", "staged"])
    assert kinds_of(left) == ["failed", "pinned"]
    assert left is not None
    assert left.created_by == ANA  # the first to ask
    assert await take(db) is None
    assert await take(db) is None
    async with db.read() as session:
        assert await subscriptions.of_channel(session, "C0DEPLOYS") == []


async def test_nothing_is_lost_when_two_ask_at_once(open_database: Callable[[], Database]) -> None:
    replicas = [open_database() for _ in range(4)]
    await asyncio.gather(*(add(db, kinds=[kind]) for db, kind in zip(replicas, KINDS, strict=True)))
    async with replicas[0].read() as session:
        (row,) = await subscriptions.of_channel(session, "C0DEPLOYS")
    assert kinds_of(row) == list(KINDS)


async def test_a_channels_list_is_by_name_and_says_who_else_hears(db: Database) -> None:
    for project in ("shop", "*", "docs"):
        await add(db, project=project)
    await add(db, "C0OTHER", "shop")
    await add(db, "C0ALL", "*")
    async with db.read() as session:
        assert [s.project_name for s in await subscriptions.of_channel(session, "C0DEPLOYS")] == [
            "*",
            "docs",
            "shop",
        ]
        assert await subscriptions.elsewhere(session, ["prj_shop", "prj_docs"], "C0DEPLOYS") == {
            "prj_shop": ["C0OTHER"]
        }


async def test_a_closed_channel_hears_nothing_until_it_is_open_again(db: Database) -> None:
    await add(db)
    await add(db, "C0ALL", "*", ["failed"])
    async with db.write() as session:
        paused = await subscriptions.close(session, "C0DEPLOYS", why="is_archived", now=NOW)
        assert [(s.project_name, s.why) for s in paused] == [("shop", "is_archived")]
        assert await subscriptions.close(session, "C0DEPLOYS", why="not_in_channel", now=NOW) == []
    assert await hearing(db) == []
    assert await hearing(db, kind="failed") == ["C0ALL"]
    async with db.write() as session:
        assert await subscriptions.closed(session) == ["C0DEPLOYS"]
        assert len(await subscriptions.reopen(session, "C0DEPLOYS")) == 1
        assert await subscriptions.reopen(session, "C0DEPLOYS") == []
    assert await hearing(db) == ["C0DEPLOYS"]
    assert await hearing(db, kind=None) == ["C0ALL", "C0DEPLOYS"]


async def test_one_of_several_replicas_says_that_a_channel_is_closed(
    open_database: Callable[[], Database],
) -> None:
    replicas = [open_database() for _ in range(4)]
    await add(replicas[0])
    await add(replicas[0], project="docs", by=BOB)
    async with replicas[0].write() as session:
        await subscriptions.close(session, "C0DEPLOYS", why="is_archived", now=NOW)
        assert await subscriptions.closed(session, unsaid=True) == ["C0DEPLOYS"]

    async def say(db: Database) -> list[Subscription]:
        async with db.write() as session:
            return await subscriptions.say(session, "C0DEPLOYS", NOW + SECOND)

    said = await asyncio.gather(*map(say, replicas))
    assert sorted(len(each) for each in said) == [0, 0, 0, 2]
    async with replicas[0].write() as session:
        await subscriptions.unsay(session, "C0DEPLOYS", BOB, NOW + SECOND)  # Slack did not take it
    assert [s.project_name for s in await say(replicas[1])] == ["docs"]


async def test_a_projects_new_name_and_its_end_reach_the_subscriptions(db: Database) -> None:
    await add(db, kinds=["failed"])
    await add(db, "C0ALL", "*")
    await add(db, project="docs")
    async with db.write() as session:
        renamed = change(kind="renamed", project_name="store")
        session.add(renamed)
        await outbox.fan_out(session, renamed, (), NOW)
        assert {s.project_name for s in await subscriptions.of_channel(session, "C0DEPLOYS")} == {
            "docs",
            "store",
        }
        gone = change(2, kind="gone", project_name="store")
        session.add(gone)
        told = await outbox.fan_out(session, gone, (), NOW)
        assert [each.channel for each in told] == ["C0ALL", "C0DEPLOYS"]  # whatever they hear of it
        assert [s.project_name for s in await subscriptions.of_channel(session, "C0DEPLOYS")] == ["docs"]
        assert len(await subscriptions.of_channel(session, "C0ALL")) == 1


async def test_what_a_deleted_channel_heard_is_dropped_once_that_was_said(db: Database) -> None:
    await add(db)
    async with db.write() as session:
        await subscriptions.close(session, "C0DEPLOYS", why="is_archived", now=NOW, said=True)
        assert await subscriptions.drop_deleted(session, "C0DEPLOYS") == []
        assert len(await subscriptions.close(session, "C0DEPLOYS", why="deleted", now=NOW)) == 1
        assert await subscriptions.close(session, "C0DEPLOYS", why="deleted", now=NOW) == []
        assert await subscriptions.drop_deleted(session, "C0DEPLOYS") == []
        assert len(await subscriptions.say(session, "C0DEPLOYS", NOW)) == 1
        assert len(await subscriptions.drop_deleted(session, "C0DEPLOYS")) == 1
