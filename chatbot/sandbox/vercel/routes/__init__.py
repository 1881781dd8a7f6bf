"""The REST API, a module a resource. Handlers read the request, ask the records, and render."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.routes import (
    accounts,
    aliases,
    checks,
    customenvironments,
    deployments,
    domains,
    environment,
    files,
    logs,
    production,
    projectdomains,
    projects,
    rolling_releases,
    webhooks,
)

if TYPE_CHECKING:
    from aiohttp import web

API_ROUTES: list[web.RouteDef] = [
    *accounts.ROUTES,
    *projects.ROUTES,
    *projectdomains.ROUTES,
    *customenvironments.ROUTES,
    *domains.ROUTES,
    *checks.ROUTES,
    *environment.ROUTES,
    *production.ROUTES,
    *rolling_releases.ROUTES,
    *deployments.ROUTES,
    *files.ROUTES,
    *logs.ROUTES,
    *aliases.ROUTES,
    *webhooks.ROUTES,
]
