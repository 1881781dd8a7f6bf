"""The one place that speaks HTTP to Vercel."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import MappingProxyType
from typing import TypeVar
from urllib.parse import quote

import aiohttp
from pydantic import BaseModel, ValidationError

from chatbot.domain.deployments import Deployment, Domain, EnvironmentKey, Project
from chatbot.domain.plans import (
    MAX_REASON,
)
from chatbot.domain.releases import RollingRelease
from chatbot.domain.sights import Glimpse
from chatbot.errors import (
    NotAuthorized,
    NotFound,
    PlatformAnswered,
    PlatformError,
    PlatformGarbled,
    PlatformUnreachable,
    RateLimited,
)
from chatbot.vercel import wire
from chatbot.vercel.people import Acquaintances
from chatbot.vercel.retrying import RETRIES, Quota, quota, wait_asked_for, wait_before, worth_another_try

Body = TypeVar("Body", bound=BaseModel)
Page = TypeVar("Page", wire.ProjectsPage, wire.DomainsPage, wire.AliasesPage)

_PAGE = 100
_META = "meta-"
_PROJECTS = "/v10/projects"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Accepted:
    """The platform took the request. Nothing has moved yet; `queued` waits behind a rolling release (202)."""

    queued: bool = False


class VercelClient:
    """One shared session, closed by whoever opened it. `deadline` is seconds for a call with all its retries.

    Every method raises PlatformError; the writes say in its `may_have_applied` whether to look before anything
    else is done.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        url: str,
        token: str,
        team_id: str = "",
        deadline: float = 10.0,
    ) -> None:
        self._session = session
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._scope = {"teamId": team_id} if team_id else {}
        self._deadline = deadline
        self.people = Acquaintances()
        self.quota: Quota | None = None
        """What the last answer of a list of projects said."""

    async def username(self) -> str:
        """Whose token this is; the cheapest call that proves it works."""
        return (await self._get("/v2/user", wire.User)).user.username

    async def owner(self) -> str:
        """What stands for the token's team, or else its user, in the addresses of the dashboard."""
        if not (team_id := self._scope.get("teamId")):
            return await self.username()
        return (await self._get(f"/v2/teams/{quote(team_id, safe='')}", wire.Team)).slug

    async def project(self, id_or_name: str) -> Project:
        page = await self._get(
            f"/v9/projects/{quote(id_or_name, safe='')}", wire.ProjectWire, rollbackInfo="true"
        )
        _answers(id_or_name, page.id, kind="prj_")
        self._learn([page.targets.production] if page.targets else [])
        return page.to_domain()

    async def glimpse(self, project_id: str) -> Glimpse:
        """A project with what its production domains serve: one request."""
        page = await self._get(
            f"/v9/projects/{quote(project_id, safe='')}", wire.ProjectWire, rollbackInfo="true"
        )
        _answers(project_id, page.id)
        return page.to_glimpse()

    async def projects(self) -> list[Project]:
        pages = self._pages(_PROJECTS, wire.ProjectsPage, "from")
        found = {item.id: item async for page in pages for item in page.projects}
        return [item.to_domain() for item in found.values()]

    async def project_pages(self) -> AsyncIterator[list[Glimpse]]:
        """Every project, a page of a hundred at a time: nothing is kept of them. One may come twice."""
        async for page in self._pages(_PROJECTS, wire.ProjectsPage, "from"):
            self._learn(p.targets.production for p in page.projects if p.targets)
            yield [item.to_glimpse() for item in page.projects]

    async def projects_named(self, part: str) -> list[Project]:
        """Those whose name holds `part`; with none given the newest. One page."""
        query = {"search": part} if part else {}
        page = await self._get(_PROJECTS, wire.ProjectsPage, limit=str(_PAGE), **query)
        return [item.to_domain() for item in page.projects]

    async def deployment(self, id_or_host: str) -> Deployment:
        """By id, by its own URL without scheme, or by a domain: then it is what that domain serves."""
        page = await self._get(f"/v13/deployments/{quote(id_or_host, safe='')}", wire.DeploymentWire)
        _answers(id_or_host, page.id, kind="dpl_")
        return page.to_domain()

    async def deployments(
        self, filters: Mapping[str, str] = MappingProxyType({}), *, limit: int = _PAGE
    ) -> list[Deployment]:
        """Newest first, one page. Filters as the platform spells them: projectId, branch, sha, state and so on."""
        page = await self._get("/v6/deployments", wire.DeploymentsPage, limit=str(limit), **filters)
        for item in page.deployments:
            for name, value in filters.items():
                if name == "projectId":
                    _answers(value, item.project_id)
                elif name.startswith(_META):
                    _answers(value, item.meta.get(name.removeprefix(_META), ""))
        self._learn(page.deployments)
        return [item.to_domain() for item in page.deployments]

    async def domains(self, project_id: str) -> list[Domain]:
        """All of a project's domains with what each serves: two requests for up to a hundred."""
        names, serving = await asyncio.gather(self._domain_names(project_id), self.serving(project_id))
        return [item.to_domain(serving.get(item.name)) for item in names]

    async def _domain_names(self, project_id: str) -> list[wire.DomainWire]:
        pages = self._pages(f"/v9/projects/{project_id}/domains", wire.DomainsPage, "until")
        found = {item.name: item async for page in pages for item in page.domains}
        return list(found.values())

    async def serving(self, project_id: str) -> dict[str, str]:
        """Domain name to the id of the deployment that it points to, for a whole project."""
        pages = self._pages("/v4/aliases", wire.AliasesPage, "until", projectId=project_id)
        aliases = [alias async for page in pages for alias in page.aliases]
        for alias in aliases:
            _answers(project_id, alias.project_id)
        return {a.alias: a.deployment_id for a in aliases if a.deployment_id}

    async def environment(self, project_id: str) -> list[EnvironmentKey]:
        page = await self._get(f"/v10/projects/{project_id}/env", wire.EnvironmentPage)
        return [item.to_domain() for item in page.envs]

    async def rolling_release(self, project_id: str) -> RollingRelease | None:
        """The newest of a project, in whatever state; None where there was none."""
        page = await self._get(f"/v1/projects/{project_id}/rolling-release", wire.ReleaseWire)
        return page.to_domain(project_id)

    async def approve_stage(self, project_id: str, canary_id: str, *, active: int, timeout: float) -> None:
        """Let a rolling release go on from its stage `active` to the next. Sent once."""
        body = {"activeStageIndex": active, "nextStageIndex": active + 1, "canaryDeploymentId": canary_id}
        path = f"/v1/projects/{project_id}/rolling-release/approve-stage"
        await self.request("POST", path, json=body, deadline=timeout)

    async def complete_release(self, project_id: str, canary_id: str, *, timeout: float) -> None:
        """Let all visitors get the canary. Sent once."""
        path = f"/v1/projects/{project_id}/rolling-release/complete"
        await self.request("POST", path, json={"canaryDeploymentId": canary_id}, deadline=timeout)

    async def promote(self, project_id: str, deployment_id: str, *, timeout: float) -> Accepted:
        """Point production at a production build. Sent once; 409 means that it is Current already."""
        path = f"/v10/projects/{project_id}/promote/{deployment_id}"
        return await self._move(path, {}, timeout)

    async def rollback(self, project_id: str, deployment_id: str, *, reason: str, timeout: float) -> Accepted:
        """Point production back; a rolling release that is under way is aborted by it.

        `reason` becomes the platform's rollback description.
        """
        query = {"description": _in_reach(reason)} if reason else {}
        return await self._move(f"/v1/projects/{project_id}/rollback/{deployment_id}", query, timeout)

    async def rebuild(self, deployment: Deployment, *, meta: Mapping[str, str], timeout: float) -> Deployment:
        """Build a preview's source again as a production deployment, and return the new one (vercel promote)."""
        return await self._build(deployment, {}, {"action": "promote", **meta}, timeout)

    async def redeploy(
        self, deployment: Deployment, *, meta: Mapping[str, str], timeout: float
    ) -> Deployment:
        """Build a production deployment again from its source, and return the new one (vercel redeploy)."""
        return await self._build(deployment, {"forceNew": "1"}, {"action": "redeploy", **meta}, timeout)

    async def _build(
        self, deployment: Deployment, query: Mapping[str, str], meta: Mapping[str, str], timeout: float
    ) -> Deployment:
        body = {
            "deploymentId": deployment.id,
            "name": deployment.project_name,
            "target": "production",
            "meta": dict(meta),
        }
        _, raw = await self.request("POST", "/v13/deployments", query=query, json=body, deadline=timeout)
        created = _read(raw, wire.DeploymentWire)
        for name, value in meta.items():
            _answers(value, created.meta.get(name, ""))
        return created.to_domain(deployment.project_id)

    async def switch_auto_assignment(self, project_id: str, *, on: bool, timeout: float) -> None:
        """Whether new production builds become Current by themselves. Sent once."""
        body = {"autoAssignCustomDomains": on}
        await self.request("PATCH", f"/v9/projects/{project_id}", json=body, deadline=timeout)

    async def build_log(self, deployment_id: str, *, limit: int) -> list[str]:
        """The last texts of a build's log, oldest first. They may hold anything, secrets as well."""
        query = {"builds": "1", "direction": "backward", "limit": str(limit)}
        return (
            await self._get(f"/v3/deployments/{deployment_id}/events", wire.EventsPage, **query)
        ).to_domain()

    async def failed_checks(self, deployment_id: str) -> list[str]:
        """The names of the checks on a deployment that did not succeed."""
        page = await self._get(f"/v1/deployments/{deployment_id}/checks", wire.ChecksPage)
        return [c.name for c in page.checks if c.conclusion in {"failed", "stale", "canceled"}]

    async def cancel(self, deployment_id: str) -> Deployment:
        """Stop a build. 400 when it has ended."""
        _, raw = await self.request("PATCH", f"/v12/deployments/{deployment_id}/cancel", json={})
        canceled = _read(raw, wire.DeploymentWire)
        _answers(deployment_id, canceled.id)
        return canceled.to_domain()

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        json: object | None = None,
        deadline: float | None = None,
    ) -> tuple[int, bytes]:
        """One call: the status and the body of a success.

        A GET is repeated on 429, 502, 503, 504 and connection errors; a write only on 429 or when its
        connection was refused, so that no byte of it was sent.

        Raises:
            PlatformError: one of its kinds.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + (self._deadline if deadline is None else deadline)
        attempt = 1
        while True:
            try:
                return await self._once(method, path, query, json, end - loop.time())
            except PlatformError as error:
                attempt += 1
                wait = wait_before(attempt, error)
                if not worth_another_try(method, error) or attempt > RETRIES + 1 or loop.time() + wait >= end:
                    raise
                _log.info("%s %s: %s; again in %.1f s", method, path, error, wait)
            await asyncio.sleep(wait)

    async def _once(
        self, method: str, path: str, query: Mapping[str, str] | None, json: object | None, timeout: float
    ) -> tuple[int, bytes]:
        try:
            async with self._session.request(
                method,
                self._url + path,
                params={**(query or {}), **self._scope},
                json=json,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=max(timeout, 0.001)),
                allow_redirects=False,
            ) as answer:
                raw = await answer.read()
                if path == _PROJECTS:
                    self.quota = quota(answer.headers, datetime.now(UTC))
        except aiohttp.ClientConnectorError as error:
            raise PlatformUnreachable("the connection failed", may_have_applied=False) from error
        except TimeoutError as error:
            raise PlatformUnreachable("no answer in time", may_have_applied=method != "GET") from error
        except aiohttp.ClientError as error:
            raise PlatformUnreachable("the answer broke off", may_have_applied=method != "GET") from error
        if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise _error(answer.status, raw, wait_asked_for(answer.headers, datetime.now(UTC)))
        return answer.status, raw

    def _learn(self, made: Iterable[wire.DeploymentWire | None]) -> None:
        for one in made:
            if one is not None and one.creator is not None:
                by = one.creator
                self.people.learn(by.id, by.username, by.email, (by.github_login, by.gitlab_login))

    async def _get(self, path: str, body: type[Body], **query: str) -> Body:
        _, raw = await self.request("GET", path, query=query)
        return _read(raw, body)

    async def _pages(self, path: str, body: type[Page], cursor: str, **query: str) -> AsyncIterator[Page]:
        """`cursor` is the parameter that takes a page's `pagination.next`. What lies on the edge of a page may come
        twice.
        """
        query["limit"] = str(_PAGE)
        while True:
            page = await self._get(path, body, **query)
            yield page
            if page.pagination.next is None:
                return
            query[cursor] = _onward(page.pagination.next, query.get(cursor))

    async def _move(self, path: str, query: Mapping[str, str], timeout: float) -> Accepted:
        # An empty object as body: a request without one was seen refused, one with it never.
        status, _ = await self.request("POST", path, query=query, json={}, deadline=timeout)
        return Accepted(queued=status == HTTPStatus.ACCEPTED)


def _read(raw: bytes, body: type[Body]) -> Body:
    try:
        return body.model_validate_json(raw)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors(include_input=False)[:3])
        raise PlatformGarbled(f"an answer that cannot be read ({fields or 'not JSON'})") from error


def _onward(following: int | str, asked: str | None) -> str:
    """A moment as the next page's bound is exclusive: a twin of that millisecond would be on neither page. So that
    millisecond is asked for again, unless that has just been done.
    """
    again = str(following + 1) if isinstance(following, int) else str(following)
    return str(following) if again == asked else again


def _in_reach(reason: str) -> str:
    """At most so many characters, also for somebody who counts an emoji as two: no rollback fails by its reason."""
    return reason.encode("utf-16-le")[: 2 * MAX_REASON].decode("utf-16-le", "ignore")


def _answers(asked: str, named: object, *, kind: str = "") -> None:
    """An answer to another request is none: one that came twice, or a proxy that mixes them up. `kind`: what
    `asked` begins with where it is an id.
    """
    if asked.startswith(kind) and named is not None and named != asked:
        raise PlatformGarbled("an answer about something else")


def _error(status: int, raw: bytes, wait: float | None) -> PlatformAnswered:
    kind = {401: NotAuthorized, 403: NotAuthorized, 404: NotFound, 410: NotFound, 429: RateLimited}
    try:
        said = wire.ErrorBody.model_validate_json(raw).error.message
    except ValidationError:
        said = ""  # a proxy's page says nothing that would help a person
    return kind.get(status, PlatformAnswered)(status, said, wait)
