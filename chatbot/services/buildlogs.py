"""The end of the log of a build that failed. People are shown it, and it goes nowhere else: neither to our own log nor
to the audit log.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field

from chatbot.domain.buildlog import end_of
from chatbot.domain.news import Change, Kind
from chatbot.errors import PlatformError
from chatbot.vercel import VercelClient

_READ = 100
_KEPT = 200
_AGAIN_AFTER = 30.0  # seconds
_log = logging.getLogger(__name__)


@dataclass
class _Log:
    """`lines` are None until it was read; `not_before` is on the loop's clock."""

    lines: tuple[str, ...] | None = None
    not_before: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class BuildLogs:
    """A log that has ended does not change: it is read once, for all the channels that are shown it."""

    def __init__(self, vercel: VercelClient, *, shown: bool) -> None:
        self._vercel = vercel
        self._shown = shown
        self._kept: OrderedDict[str, _Log] = OrderedDict()

    async def of(self, change: Change) -> tuple[str, ...]:
        """Of the build that a change tells of, if that is one that failed."""
        build = change.now
        failed = change.kind is Kind.FAILED and build is not None and build.ready_state == "ERROR"
        return await self.end_of(build.id) if failed and build is not None else ()

    async def end_of(self, build_id: str) -> tuple[str, ...]:
        """The last lines, masked; none where logs are kept out of Slack, or this one cannot be read."""
        if not self._shown:
            return ()
        kept = self._kept.setdefault(build_id, _Log())
        async with kept.turn:
            if kept.lines is None and asyncio.get_running_loop().time() >= kept.not_before:
                await self._read(build_id, kept)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return kept.lines or ()

    async def _read(self, build_id: str, kept: _Log) -> None:
        try:
            kept.lines = end_of(await self._vercel.build_log(build_id, limit=_READ))
        except PlatformError as error:
            _log.warning("the log of build %s could not be read: %s", build_id, type(error).__name__)
            kept.not_before = asyncio.get_running_loop().time() + _AGAIN_AFTER
