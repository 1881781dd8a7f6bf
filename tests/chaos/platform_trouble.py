"""How the platform goes wrong: each way for a while, or once, scripted on the server."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

import aiohttp

from chatbot.sandbox.vercel import Platform
from tests.chaos.projects import Place

_WRITES = r"/(promote|rollback)/|^/v13/deployments$"
_ONE_WRITE: tuple[dict[str, Any], ...] = (
    {"cut": "before"},
    {"cut": "after"},
    {"half": True},
    {"hold": 0.4},
    {"hold": 2.5},
    {"delay": 0.4},
    {"delay": 2.5},
    {"status": 500},
    {"status": 500, "applied": True},
    {"status": 502, "applied": True, "body": "<html>Bad gateway</html>"},
    {"status": 504, "applied": True, "hold": 0.5},
    {"status": 429, "retry_after": 1},
    {"status": 403},
    {"status": 404},
    {"status": 409},
    {"status": 422},
    {"status": 200, "applied": True, "body": {"surprise": []}},
    {"status": 204, "applied": True, "body": ""},
    {"status": 302, "applied": True, "body": ""},
    {"body": "<html>", "applied": True, "content_type": "text/html"},
    {"drip": 0.0},
    {"twice": 0.0},
    {"twice": 0.02},
)
_ONE_READ: tuple[dict[str, Any], ...] = (
    {"body": {"surprise": []}},
    {"body": "<html>"},
    {"status": 404},
    {"status": 401},
    {"status": 429, "retry_after": 1},
    {"delay": 2.0},
    {"half": True},
    {"drip": 0.0005},
    {"twice": 0.0},
    {"twice": 0.02},
)
_ONE_JOB: tuple[dict[str, Any], ...] = (
    {"fails_for": "all"},
    {"skipped": True},
    {"absent": True},
    {"hangs": True},
    {"late_visibility": 1.5},
)
_KINDS = ("status", "rate_limit", "delay", "hold", "cut_before", "cut_after", "half", "content_type", "drip")


class PlatformTrouble:
    def __init__(self, platform: Platform, session: aiohttp.ClientSession, places: list[Place]) -> None:
        self._platform = platform
        self._session = session
        self._places = places
        self.scripted: Counter[str] = Counter()
        """Alias jobs and builds that were to go wrong; requests are counted in the platform's journal."""

    async def once(self, dice: random.Random) -> None:
        """One more thing goes wrong."""
        match dice.choice(("write", "write", "write", "read", "job", "build")):
            case "write":
                await self._add({"method": "POST", "path": _WRITES, **dice.choice(_ONE_WRITE)})
            case "read":
                path = dice.choice(
                    (r"^/v9/projects/", r"^/v13/deployments/", r"^/v6/deployments", r"^/v4/aliases")
                )
                fault = {"method": "GET", "path": path, "times": dice.randint(1, 4), **dice.choice(_ONE_READ)}
                await self._add(fault)
            case "job":
                await self._add(
                    {"alias_job": {"project": dice.choice(self._places).name, **dice.choice(_ONE_JOB)}}
                )
            case _:
                await self._add({"build": {"project": dice.choice(self._places).name, "fails": True}})

    async def for_a_while(self, dice: random.Random, seconds: float) -> None:
        """Anything may go wrong, or reads are late, or the clock is wrong; then it is over."""
        match dice.choice(("random", "random", "late", "clock", "silent")):
            case "random":
                kinds = dice.sample(_KINDS, dice.randint(1, 4))
                seed, rate = dice.randrange(2**31), dice.choice((0.05, 0.15, 0.4))
                await self._add({"random": {"seed": seed, "rate": rate, "kinds": kinds}})
                await asyncio.sleep(seconds)
                await self._add({"random": {"rate": 0.0}})
            case "late":
                name = dice.choice(self._places).name
                self.scripted["reads of a project are late"] += 1
                await self._add({"late_visibility": {"project": name, "seconds": dice.uniform(0.2, 1.5)}})
                await asyncio.sleep(seconds)
                await self._add({"late_visibility": {"project": name, "seconds": 0.001}})
            case "clock":
                self.scripted["the clock is wrong"] += 1
                await self._add({"clock": {"ahead": dice.choice((-90.0, -5.0, 5.0, 90.0))}})
                await asyncio.sleep(seconds)
                await self._add({"clock": {"ahead": 0.0}})
            case _:
                # Nothing is answered at all: every connection is dropped before anything is done.
                await self._add({"random": {"seed": 1, "rate": 1.0, "kinds": ["cut_before"], "path": "^/v"}})
                await asyncio.sleep(min(seconds, 2.0))
                await self._add({"random": {"rate": 0.0}})

    async def heal(self) -> None:
        async with self._session.delete(f"{self._platform.url}/sandbox/faults") as answer:
            answer.raise_for_status()

    def happened(self) -> Counter[str]:
        """By kind, as the platform's journal has them."""
        met = Counter(
            f"Vercel: {_name(entry['fault'])}"
            for entry in self._platform.journal.entries
            if entry.get("fault")
        )
        met.update({f"Vercel: {name}": count for name, count in self.scripted.items()})
        return met

    async def _add(self, fault: dict[str, Any]) -> None:
        for kind in ("alias_job", "build"):
            if kind in fault:
                ((how, _),) = [item for item in fault[kind].items() if item[0] != "project"]
                self.scripted[f"{kind.replace('_', ' ')} {how.replace('_', ' ')}"] += 1
        async with self._session.post(f"{self._platform.url}/sandbox/faults", json=fault) as answer:
            answer.raise_for_status()


def _name(fault: dict[str, Any]) -> str:
    """As people call it."""
    return " and ".join(_parts(fault)) or "answered as usual"


def _parts(fault: dict[str, Any]) -> Iterable[str]:
    if "status" in fault:
        yield f"answered {fault['status']}"
    elif "body" in fault:
        yield "answered nonsense"
    if fault.get("applied"):
        yield "carried out"
    if "cut" in fault:
        yield f"cut {fault['cut']} it was carried out"
    for key, words in (
        ("half", "half an answer"),
        ("content_type", "mislabelled"),
        ("drip", "answered byte by byte"),
        ("delay", "late"),
        ("hold", "answered late"),
        ("twice", "answered twice"),
    ):
        if key in fault:
            yield words
