"""Work that is owned until it ends, also what begins at the last moment."""

import asyncio

from chatbot.services.tasks import Tasks


async def test_closing_waits_for_what_running_work_begins_meanwhile() -> None:
    tasks, done = Tasks(), []

    async def late() -> None:
        await asyncio.sleep(0)
        done.append("late")

    async def early() -> None:
        await asyncio.sleep(0)
        tasks.start(late(), "late")
        done.append("early")

    tasks.start(early(), "early")
    await tasks.close(10)
    assert done == ["early", "late"]


async def test_closing_ends_what_takes_too_long_and_what_it_begins_when_it_is_ended() -> None:
    tasks, ended = Tasks(), []

    async def forever(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)
            if name == "first":
                tasks.start(forever("second"), "second")

    tasks.start(forever("first"), "first")
    await asyncio.sleep(0)
    await tasks.close(0.01)
    assert ended == ["first", "second"]
