"""From what a person typed to a Plan: find the deployment, look at its project in one round, decide."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches

from chatbot.domain.changes import CodeChange
from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.planning import (
    plan_promotion,
    plan_redeploy,
    plan_rollback,
)
from chatbot.domain.plans import (
    Path,
    Plan,
)
from chatbot.domain.references import Kind, Reference
from chatbot.domain.requests import (
    Ambiguous,
    Deleted,
    OutOfReach,
    UnknownDeployment,
    UnknownProject,
)
from chatbot.errors import NotAuthorized, NotFound
from chatbot.github import GitHubClient
from chatbot.services.releases import Releases
from chatbot.services.surveying import Survey
from chatbot.vercel import VercelClient

_FULL_SHA = 40
_FORBIDDEN = 403
_GONE = 410
_NEAREST = 3
_PAGE = 100
_PAGES_OF_COMMITS = 5
_CANDIDATES = {"rollbackCandidate": "true"}
_BUILDS = {"target": "production"}


class Planner:
    """Reads only. Every method raises Refusal or PlatformError. `git` counts commits, where there is a token."""

    def __init__(self, vercel: VercelClient, git: GitHubClient | None = None) -> None:
        self._vercel = vercel
        self.releases = Releases(vercel)
        self._survey = Survey(vercel, git, self.releases)

    async def promotion(self, reference: Reference, *, may_wait: bool = False) -> Plan:
        """`may_wait`: behind a rolling release that is under way."""
        return plan_promotion(await self._survey.look(await self.find(reference)), may_wait=may_wait)

    async def rollback(self, reference: Reference, reason: str | None = None) -> Plan:
        return plan_rollback(await self._survey.look(await self.find(reference), candidates=True), reason)

    async def back(self, project_id: str, target_id: str) -> Plan:
        """The rollback that a one-click button promises: one round of reads."""
        return plan_rollback(await self._survey.look_back(project_id, target_id))

    async def redeploy(self, reference: Reference) -> Plan:
        """Of a production build that has failed."""
        target = await self.find(reference)
        look, builds = await asyncio.gather(
            self._survey.look(target),
            self._vercel.deployments({"projectId": target.project_id, **_BUILDS}),
        )
        return plan_redeploy(replace(look, recent=tuple(builds)))

    async def step(self, path: Path, project_id: str, canary_id: str, reason: str | None = None) -> Plan:
        """One step of the rolling release that is under way."""
        plan = await self.releases.step(path, project_id, canary_id, reason)
        if path is Path.ABORT:
            return plan  # to what is Current
        return replace(plan, code=await self._survey.code(plan.project, plan.target))

    async def again(self, plan: Plan) -> Plan:
        """The same wish, planned on production as it is now: one round of reads.

        What was a candidate for a rollback when the plan was shown is not looked up again: the platform decides.
        """
        if plan.path.is_step:
            canary_id = plan.newest_release.canary_id if plan.newest_release else None
            step = await self.releases.step(
                plan.path, plan.project.id, canary_id or plan.target.id, plan.reason
            )
            return replace(_choosing_as(plan, step), code=plan.code)
        is_rollback = plan.path is Path.ROLLBACK
        listed = is_rollback and not plan.target.rollback_candidate
        look = await self._survey.look_again(plan.target, candidates=listed)
        if is_rollback:
            fresh = plan_rollback(look, plan.reason)
        elif plan.path is Path.REDEPLOY:
            fresh = plan_redeploy(look)
        else:
            fresh = _choosing_as(plan, plan_promotion(look, may_wait=plan.waits_behind is not None))
        return replace(fresh, usual=plan.usual, code=await self._code(plan, fresh))

    async def _code(self, plan: Plan, fresh: Plan) -> CodeChange | None:
        """Between the same two deployments lies the same."""
        was, now = (p.current.id if p.current else None for p in (plan, fresh))
        return plan.code if was == now else await self._survey.code(fresh.project, fresh.target)

    async def builds(self, project_id: str) -> list[Deployment]:
        """The newest production builds that are ready."""
        filters = {"projectId": project_id, "state": "READY", **_BUILDS}
        return await self._vercel.deployments(filters)

    async def eligible(self, project_id: str) -> list[Deployment]:
        """What an instant rollback can go to, on this team's plan; Current may be among them."""
        return await self._vercel.deployments({"projectId": project_id, **_CANDIDATES})

    async def project(self, name: str) -> Project:
        """Raises UnknownProject with the names that there are."""
        try:
            return await self._vercel.project(name)
        except NotFound:
            known = tuple(sorted(p.name for p in await self._vercel.projects()))
            raise UnknownProject(name, known) from None

    async def promotable(self, project_id: str) -> list[Deployment]:
        """Ready deployments of a project, the newest first."""
        return await self._vercel.deployments({"projectId": project_id, "state": "READY"}, limit=20)

    async def find(self, reference: Reference) -> Deployment:
        """Raises UnknownDeployment, OutOfReach, Ambiguous, Deleted."""
        found, hidden = await self._all(reference)
        best = best_of_each_project(found)
        if not best:
            recent = await self._vercel.deployments()
            if hidden:  # and the token is good: it lists deployments
                raise OutOfReach(reference)
            raise UnknownDeployment(reference, _nearest(reference.value, recent))
        if len(best) > 1:
            raise Ambiguous(reference, tuple(best))
        if best[0].deleted:
            raise Deleted(reference)
        return best[0]

    async def _all(self, reference: Reference) -> tuple[list[Deployment], bool]:
        """And whether there is one that the platform does not show."""
        hidden = False
        if reference.kind in {Kind.ID, Kind.HOST}:
            try:
                return [await self._vercel.deployment(reference.value)], False
            except NotFound as error:
                if error.status == _GONE:
                    raise Deleted(reference) from None
            except NotAuthorized as error:
                if error.status != _FORBIDDEN:
                    raise
                hidden = True
        if reference.kind is Kind.SHA and (found := await self._of_commit(reference.value)):
            return found, False
        # A branch may look like a domain or a commit.
        return ([] if reference.kind is Kind.ID else await self._on_branch(reference.as_branch)), hidden

    async def _on_branch(self, branch: str) -> list[Deployment]:
        """Those that are ready; where none is, the others tell why."""
        ready = await self._vercel.deployments({"branch": branch, "state": "READY"})
        return ready or await self._vercel.deployments({"branch": branch})

    async def _of_commit(self, sha: str) -> list[Deployment]:
        """The platform filters by whole hashes only; a shorter one is looked for among the newest few hundred."""
        if len(sha) == _FULL_SHA:
            return await self._vercel.deployments({"sha": sha})
        older: dict[str, str] = {}
        for _ in range(_PAGES_OF_COMMITS):
            page = await self._vercel.deployments(older)
            found = [d for d in page if d.commit and d.commit.sha.startswith(sha)]
            if found or len(page) < _PAGE:
                return found
            older = {"until": str(int(page[-1].created_at.timestamp() * 1000))}
        return []


def _choosing_as(plan: Plan, fresh: Plan) -> Plan:
    """What was chosen about auto-assignment counts for as long as that is as it was; then the preset does again."""
    same = fresh.auto_assign_before == plan.auto_assign_before
    return fresh.keeping_off(plan.keep_off) if same else fresh


def best_of_each_project(found: Iterable[Deployment]) -> list[Deployment]:
    """The newest one that is ready; of the same commit, a production build before a preview."""
    best: dict[str, Deployment] = {}
    for deployment in sorted(found, key=_worth, reverse=True):
        other = best.setdefault(deployment.project_id, deployment)
        if _serves(deployment) and other.target != "production" and _same_commit(deployment, other):
            best[deployment.project_id] = deployment
    return list(best.values())  # one that was deleted only where there is no other


def _serves(deployment: Deployment) -> bool:
    return deployment.target == "production" and _is_ready(deployment)


def _same_commit(one: Deployment, other: Deployment) -> bool:
    return one.commit is not None and other.commit is not None and one.commit.sha == other.commit.sha


def _is_ready(deployment: Deployment) -> bool:
    return deployment.ready_state == "READY" and not deployment.deleted


def _worth(deployment: Deployment) -> tuple[bool, float]:
    return _is_ready(deployment), deployment.created_at.timestamp()


def _nearest(typed: str, recent: list[Deployment]) -> tuple[Deployment, ...]:
    """The deployments whose id, URL, branch or commit reads most like it; else the newest."""
    spellings: dict[str, Deployment] = {}
    for d in reversed(recent):
        commit = (d.commit.sha[: len(typed)], d.commit.branch) if d.commit else ()
        spellings |= dict.fromkeys((d.id, d.url, d.project_name, *commit), d)
    close = [spellings[s] for s in get_close_matches(typed, spellings, n=2 * _NEAREST, cutoff=0.5)]
    return tuple(dict.fromkeys([*close, *recent]))[:_NEAREST]
