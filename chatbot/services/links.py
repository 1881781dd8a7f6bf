"""What a link leads to, as far as it is this team's: a deployment or a project, as it is now."""

import asyncio
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from chatbot.domain.deployments import Deployment, Domain, Project, State, state_of
from chatbot.domain.references import Kind, Reference, Unreadable, dashboard_page, parse_reference
from chatbot.domain.releases import RollingRelease
from chatbot.errors import NotAuthorized, NotFound
from chatbot.services.finding import known
from chatbot.services.planner import Planner
from chatbot.vercel import VercelClient


@dataclass(frozen=True)
class Seen:
    """`deployment` is None for a link to the project."""

    project: Project
    domains: tuple[Domain, ...]
    deployment: Deployment | None = None
    release: RollingRelease | None = None

    @property
    def id(self) -> str:
        return self.deployment.id if self.deployment else self.project.id


class Links:
    """Reads only."""

    def __init__(self, vercel: VercelClient, planner: Planner) -> None:
        self._vercel = vercel
        self._planner = planner
        self._owner: str | None = None

    async def look(self, url: str) -> Seen | None:
        """None: it leads elsewhere, to another team, or to what is gone. Raises PlatformError."""
        page = dashboard_page(url)
        if page is None:
            reference = _host(url)
            return await self._deployment(reference) if reference else None
        if page.owner != await self._of_the_team():
            return None
        return await (self._deployment(page.deployment) if page.deployment else self._project(page.project))

    async def _of_the_team(self) -> str:
        """Its name in addresses, asked once."""
        if self._owner is None:
            self._owner = (await self._vercel.owner()).lower()
        return self._owner

    async def _deployment(self, reference: Reference) -> Seen | None:
        deployment = await known(self._vercel, reference)
        if deployment is None or deployment.deleted or not deployment.project_id:
            return None
        seen = await self._project(deployment.project_id)
        if seen is None:
            return None
        current = seen.project.current
        if state_of(deployment, current.id if current else None) is State.PROMOTED:
            eligible = await self._planner.eligible(seen.project.id)
            deployment = replace(deployment, rollback_candidate=any(d.id == deployment.id for d in eligible))
        return replace(seen, deployment=deployment)

    async def _project(self, name: str) -> Seen | None:
        try:
            project = await self._vercel.project(name)
        except NotFound:
            return None
        except NotAuthorized as error:
            if error.status != 403:
                raise
            return None
        domains, release = await asyncio.gather(
            self._vercel.domains(project.id), self._planner.releases.under_way(project)
        )
        return Seen(project, tuple(domains), release=release)


def _host(url: str) -> Reference | None:
    """The dashboard's other pages, and what is no address of a site, are none."""
    try:
        host = urlsplit(url).hostname or ""
        reference = parse_reference(f"https://{host}")
    except (ValueError, Unreadable):
        return None
    is_dashboard = host == "vercel.com" or host.endswith(".vercel.com")
    return reference if reference.kind is Kind.HOST and not is_dashboard else None
