"""How Slack goes wrong: each way scripted on the workspace, or done to its sockets."""

import asyncio
import random
from collections import Counter
from typing import Any

import aiohttp

from chatbot.sandbox.slack import Workspace

_METHODS = (
    *("chat.postMessage",) * 4,
    *("chat.update",) * 4,
    *("response_url",) * 2,
    "chat.postEphemeral",
    "usergroups.users.list",
)
_FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 429, "retry_after": 1},
    {"status": 503},
    {"error": "internal_error"},
    {"delay": 0.5},
    {"delay": 1.0},
    {"drop": "before"},
    {"drop": "after"},
)
_REASONS = ("warning", "refresh_requested")


class SlackTrouble:
    def __init__(self, workspace: Workspace, session: aiohttp.ClientSession, done: Counter[str]) -> None:
        self._url = f"{workspace.url}/sandbox"
        self._session = session
        self._done = done

    async def once(self, dice: random.Random) -> None:
        """The next call, or the next few, of one method."""
        fault = {"method": dice.choice(_METHODS), "times": dice.randint(1, 4), **dice.choice(_FAULTS)}
        self._done[f"Slack: {_name(fault)}"] += fault["times"]
        async with self._session.post(f"{self._url}/faults", json=fault) as answer:
            answer.raise_for_status()

    async def disturb_sockets(self, dice: random.Random) -> None:
        match dice.choice(("disconnect", "abort", "redeliver", "mute_pong")):
            case "disconnect":
                self._done["Slack: sockets asked to move"] += 1
                await self._socket(do="disconnect", reason=dice.choice(_REASONS))
            case "abort":
                self._done["Slack: sockets cut"] += 1
                await self._socket(do="abort")
            case "redeliver":
                self._done["Slack: an envelope delivered twice"] += 1
                await self._socket(do="redeliver")
            case _:
                self._done["Slack: pings not answered"] += 1
                await self._socket(do="mute_pong", muted=True)
                await asyncio.sleep(dice.uniform(1.0, 4.0))
                await self._socket(do="mute_pong", muted=False)

    async def heal(self) -> None:
        """What was scripted and did not happen is not counted."""
        async with self._session.get(f"{self._url}/faults") as answer:
            for fault in (await answer.json())["faults"]:
                self._done[f"Slack: {_name(fault)}"] -= fault["times"]
        async with self._session.delete(f"{self._url}/faults") as answer:
            answer.raise_for_status()
        await self._socket(do="mute_pong", muted=False)

    async def _socket(self, **what: object) -> None:
        async with self._session.post(f"{self._url}/socket", json=what) as answer:
            await answer.read()  # there may be nothing to deliver again yet


def _name(fault: dict[str, Any]) -> str:
    if fault.get("drop"):
        return f"cut {fault['drop']} it took effect"
    if fault.get("status") == 429:
        return "rate limited"
    if fault.get("status"):
        return f"answered {fault['status']}"
    return f"answered {fault['error']}" if fault.get("error") else "late"
