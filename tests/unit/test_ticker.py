"""What happens by the clock."""

import asyncio

from chatbot.services.tasks import Tasks
from chatbot.services.ticker import Ticker


async def test_a_shutdown_lets_a_tick_that_runs_come_to_its_end() -> None:
    tasks, begun, go_on, through = Tasks(), asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await go_on.wait()
        through.set()

    ticker = Ticker(tasks)
    ticker.every(0.01, tick, "something")
    ticker.start()
    await begun.wait()
    ticker.stop()
    await asyncio.sleep(0)  # what the scheduler has cancelled hears of it
    go_on.set()
    await tasks.close(10)
    assert through.is_set()
