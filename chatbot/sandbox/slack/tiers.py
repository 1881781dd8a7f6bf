"""Slack's rate limits by tier, where a switch asks for them: calls of a method within a minute.

Tiers: docs.slack.dev/apis/web-api/rate-limits, and each method's own page. Slack lets more pass than it promises;
here exactly the promised number does.
"""

from collections import deque
from collections.abc import Callable
from math import ceil

PER_MINUTE = {2: 20, 3: 50, 4: 100}
TIERS = {
    "chat.delete": 3,
    "chat.postEphemeral": 4,
    "chat.unfurl": 3,
    "chat.update": 3,
    "conversations.history": 3,
    "conversations.info": 3,
    "conversations.join": 3,
    "conversations.list": 2,
    "conversations.members": 4,
    "conversations.open": 3,
    "conversations.replies": 3,
    "files.completeUploadExternal": 4,
    "files.getUploadURLExternal": 4,
    "functions.completeError": 3,
    "functions.completeSuccess": 3,
    "pins.add": 2,
    "pins.list": 2,
    "pins.remove": 2,
    "reactions.add": 3,
    "usergroups.list": 2,
    "usergroups.users.list": 2,
    "users.info": 4,
    "users.list": 2,
    "users.lookupByEmail": 3,
    "views.open": 4,
    "views.publish": 4,
    "views.push": 4,
    "views.update": 4,
}
"""chat.postMessage has a limit of its own, per channel."""


class Tiers:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: dict[str, deque[float]] = {}

    def wait_for(self, method: str) -> int:
        """0 if the call may pass, and is then counted; otherwise the seconds until one may."""
        if method not in TIERS:
            return 0
        now, calls = self._clock(), self._calls.setdefault(method, deque())
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= PER_MINUTE[TIERS[method]]:
            return max(1, ceil(calls[0] + 60 - now))
        calls.append(now)
        return 0
