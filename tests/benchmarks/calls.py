"""Which requests the bot sent to either platform, by endpoint."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from chatbot.sandbox.launching import Servers

Calls = Counter[str]

_IDS = (
    (re.compile(r"/prj_\w+"), "/{project}"),
    (re.compile(r"/dpl_\w+"), "/{deployment}"),
    (re.compile(r"/github/repos/[^/]+/[^/]+"), "/github/repos/{owner}/{name}"),
    (re.compile(r"/compare/\w+\.\.\.\w+"), "/compare/{from}...{to}"),
)
_GITHUB = " /github/"


@dataclass(frozen=True)
class Endpoint:
    """Requests per promotion, on average: until the card is shown, and from the click until all is told."""

    name: str
    for_the_card: float
    after_the_click: float

    @property
    def total(self) -> float:
        return self.for_the_card + self.after_the_click


async def take_calls(up: Servers, session: aiohttp.ClientSession) -> Calls:
    """Those since the last time: from both servers' own books, which are then empty."""
    async with session.get(f"{up.platform.url}/sandbox/requests") as answer:
        found = Calls(f"{r['method']} {_pattern(r['path'])}" for r in (await answer.json())["requests"])
    async with session.delete(f"{up.platform.url}/sandbox/requests"):
        pass
    sent = up.workspace.backend.recorder.payloads
    found.update(p.get("method", "response URL") for p in sent if p["kind"] in {"api", "response_url"})
    sent.clear()
    return found


def by_endpoint(for_the_card: Sequence[Calls], after_the_click: Sequence[Calls]) -> list[Endpoint]:
    """The averages, of the platforms one after the other, each with its sum."""
    card, click = (sum(counted, Calls()) for counted in (for_the_card, after_the_click))
    count = len(for_the_card)
    endpoints = [Endpoint(name, card[name] / count, click[name] / count) for name in sorted(card | click)]
    github = [e for e in endpoints if _GITHUB in e.name]
    vercel = [e for e in endpoints if "/" in e.name and e not in github]
    slack = [e for e in endpoints if "/" not in e.name]
    platforms = (("Vercel", vercel), ("GitHub", github), ("Slack", slack))
    return [one for name, some in platforms for one in (*some, _sum(f"all of {name}", some))]


def _sum(name: str, endpoints: Sequence[Endpoint]) -> Endpoint:
    return Endpoint(name, sum(e.for_the_card for e in endpoints), sum(e.after_the_click for e in endpoints))


def _pattern(path: str) -> str:
    for ids, name in _IDS:
        path = ids.sub(name, path)
    return path
