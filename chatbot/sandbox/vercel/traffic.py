"""Which of the two deployments of a rolling release a visitor gets.

Who a visitor is: the header `X-Visitor`, else the cookie that the first answer set. Each has a fixed place between
0 and 100 for each rolling release, so that who got the canary once keeps it as the percentage grows.
`?vcrrForceCanary=true` and `?vcrrForceStable=true` choose, as on the platform.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.keys import ROLLING, STORE

if TYPE_CHECKING:
    from aiohttp import web

    from chatbot.sandbox.vercel.records import Alias, Deployment
    from chatbot.sandbox.vercel.rollouts import Rollout

VISITOR_HEADER = "X-Visitor"
VISITOR_COOKIE = "_vcrr_visitor"
_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Visit:
    deployment: Deployment
    headers: dict[str, str]
    """For the answer."""
    newcomer: str | None = None
    """The name that the visitor is given, to bring back in the cookie."""


def visit(request: web.Request, alias: Alias) -> Visit | None:
    """None when the alias points at nothing that exists."""
    store = request.app[STORE]
    stable = store.deployments.get(alias.deployment_id or "")
    if stable is None:
        return None
    project = store.projects[stable.project_id]
    rollout, domain = project.rollout, project.domains.get(alias.name)
    if rollout is None or rollout.base_id != stable.id or domain is None or not domain.serves_production:
        return Visit(stable, {})
    name = request.headers.get(VISITOR_HEADER) or request.cookies.get(VISITOR_COOKIE)
    newcomer = secrets.token_hex(8) if name is None else None
    percentage = rollout.percentage(request.app[ROLLING].elapsed_minutes(rollout))
    if not _gets_canary(request, rollout, name or newcomer or "", percentage):
        return Visit(stable, {}, newcomer)
    headers = {"X-Vercel-Canary": "1"} if rollout.config.names_canary else {}
    return Visit(store.deployments[rollout.canary_id], headers, newcomer)


def place(rollout: Rollout, visitor: str) -> float:
    """Of the visitor, from 0 to just below 100; the canary's are those below the percentage."""
    digest = hashlib.sha256(f"{rollout.canary_id}:{visitor}".encode()).digest()
    return int.from_bytes(digest[:8]) % _PLACES / (_PLACES / 100)


def _gets_canary(request: web.Request, rollout: Rollout, visitor: str, percentage: float) -> bool:
    if request.query.get("vcrrForceCanary") == "true":
        return True
    if request.query.get("vcrrForceStable") == "true":
        return False
    return place(rollout, visitor) < percentage
