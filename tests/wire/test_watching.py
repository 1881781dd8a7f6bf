"""Whoever moves production, the bot notices it once."""

from chatbot.domain.news import How, Kind
from tests.conftest import World

OFTEN = 0.1


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
    assert (pin.kind, pin.pinned, pin.along) == (Kind.PINNED, True, True)
    assert await world.changes("docs") == []
