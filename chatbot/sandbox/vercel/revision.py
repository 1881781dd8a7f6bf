"""What long polls wait for."""

from __future__ import annotations

import asyncio


class Revision:
    """A number that grows with every visible change, and can be waited for."""

    def __init__(self) -> None:
        self.number = 1
        self.followers = 0
        """How many wait for it to grow."""
        self._closed = False
        self._moved = asyncio.Event()

    def bump(self) -> None:
        self.number += 1
        self._moved.set()
        self._moved = asyncio.Event()

    def close(self) -> None:
        """Let everyone who waits go home, now and from now on."""
        self._closed = True
        self._moved.set()

    @property
    def is_closed(self) -> bool:
        return self._closed

    async def past(self, seen: int, seconds: float) -> int:
        """Wait until the number is greater than `seen`, or for `seconds`; answer the number."""
        self.followers += 1
        try:
            async with asyncio.timeout(seconds):
                while self.number <= seen and not self._closed:
                    await self._moved.wait()
        except TimeoutError:
            pass  # nothing changed in that time: that is the answer
        finally:
            self.followers -= 1
        return self.number
