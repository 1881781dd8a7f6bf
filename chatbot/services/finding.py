"""Which deployments there are of those that a message speaks of. What nobody knows is left out."""

import asyncio

from chatbot.domain.deployments import Deployment
from chatbot.domain.finding import Found
from chatbot.domain.references import Reference
from chatbot.errors import NotAuthorized, NotFound
from chatbot.services.planner import best_of_each_project
from chatbot.vercel import VercelClient

_FULL_SHA = 40
_HOSTS = 3


async def deployments_of(vercel: VercelClient, found: Found) -> list[Deployment]:
    """Those named by id or address first, then those of commits; other addresses only where there is nothing else.

    Raises PlatformError.
    """
    there = await _named(vercel, found.exact)
    shas = {d.commit.sha for d in there if d.commit}
    commits = [c for c in found.commits if not any(sha.startswith(c.value) for sha in shas)]
    if commits:
        there += await _of_commits(vercel, commits)
    if not there:
        there = await _named(vercel, found.hosts[:_HOSTS])
    return list({d.id: d for d in there if not d.deleted}.values())


async def _named(vercel: VercelClient, references: tuple[Reference, ...]) -> list[Deployment]:
    looked_up = await asyncio.gather(*(known(vercel, reference) for reference in references))
    return [deployment for deployment in looked_up if deployment is not None]


async def known(vercel: VercelClient, reference: Reference) -> Deployment | None:
    """By an id or an address. None: it is unknown, deleted, or another team's."""
    try:
        return await vercel.deployment(reference.value)
    except NotFound:
        return None
    except NotAuthorized as error:
        if error.status != 403:
            raise
        return None


async def _of_commits(vercel: VercelClient, commits: list[Reference]) -> list[Deployment]:
    """Among the newest hundred; an older one by its whole hash only."""
    recent, there = await vercel.deployments(), []
    for commit in commits:
        of_it = [d for d in recent if d.commit and d.commit.sha.startswith(commit.value)]
        if not of_it and len(commit.value) == _FULL_SHA:
            of_it = await vercel.deployments({"sha": commit.value})
        there += best_of_each_project(of_it)
    return there
