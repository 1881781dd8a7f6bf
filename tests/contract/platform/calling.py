"""A plain HTTP client of the platform: what the tests see is what any client sees."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from chatbot.sandbox.vercel import Platform

PATIENCE = 10.0
"""Seconds until a condition that is waited for counts as never coming."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def message(self) -> str:
        """Of an error body, which must have the official shape."""
        error = self.body["error"]
        assert set(error) >= {"code", "message"}, self.body
        return str(error["message"])


class Api:
    def __init__(self, session: aiohttp.ClientSession, platform: Platform) -> None:
        self.session = session
        self.platform = platform
        self.token: str | None = platform.token
        self.scope: dict[str, str] = {"teamId": platform.team_id}

    async def call(self, method: str, path: str, /, body: Any = None, **query: str) -> Answer:
        """Query names may not be Python names: `meta-x` is written as `meta__x`."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token is not None else {}
        params = {**self.scope, **{key.replace("__", "-"): value for key, value in query.items()}}
        async with self.session.request(
            method, self.platform.url + path, params=params, json=body, headers=headers, allow_redirects=False
        ) as response:
            raw = await response.text()
            is_json = response.content_type == "application/json"
            return Answer(response.status, json.loads(raw) if is_json else raw, dict(response.headers))

    async def get(self, path: str, **query: str) -> Any:
        answer = await self.call("GET", path, **query)
        assert answer.status == 200, answer
        return answer.body

    async def post(self, path: str, body: Any = None, **query: str) -> Answer:
        return await self.call("POST", path, {} if body is None else body, **query)

    async def project(self, name: str = "shop") -> Any:
        return await self.get(f"/v9/projects/{name}", rollbackInfo="true")

    async def deployments(self, name: str = "shop", **query: str) -> list[Any]:
        body = await self.get("/v6/deployments", projectId=name, **{"limit": "100", **query})
        return list(body["deployments"])

    async def deployment(self, id_or_hostname: str) -> Any:
        return await self.get(f"/v13/deployments/{id_or_hostname}")

    async def current_id(self, name: str = "shop") -> str:
        return str((await self.project(name))["targets"]["production"]["id"])

    async def staged_id(self) -> str:
        return next(str(d["uid"]) for d in await self.deployments() if d.get("readySubstate") == "STAGED")

    async def preview_id(self, name: str = "shop") -> str:
        ready = await self.deployments(name, target="preview", state="READY")
        return str(ready[0]["uid"])

    async def earlier_id(self, name: str = "shop", *, back: int = 1) -> str:
        """The deployment that was Current `back` times ago."""
        current = await self.current_id(name)
        served = [d["uid"] for d in await self.deployments(name) if d.get("readySubstate") == "PROMOTED"]
        return str([one for one in served if one != current][back - 1])

    async def promote(self, deployment_id: str, name: str = "shop") -> Answer:
        project = await self.project(name)
        return await self.post(f"/v10/projects/{project['id']}/promote/{deployment_id}")

    async def roll_back(self, deployment_id: str, name: str = "shop", **query: str) -> Answer:
        project = await self.project(name)
        return await self.post(f"/v9/projects/{project['id']}/rollback/{deployment_id}", **query)

    async def fault(self, *faults: dict[str, Any]) -> None:
        answer = await self.call("POST", "/sandbox/faults", list(faults))
        assert answer.status == 200, answer

    async def push(self, project: str = "shop", **said: Any) -> str:
        answer = await self.call("POST", "/sandbox/push", {"project": project, **said})
        assert answer.status == 200, answer
        return str(answer.body["deployment"]["id"])

    async def panel(self, name: str = "shop") -> Any:
        body = await self.get("/sandbox/panel")
        return next(project for project in body["projects"] if project["name"] == name)

    async def until(self, holds: Callable[[Any], bool], name: str = "shop") -> Any:
        """Wait by long poll until the project's panel satisfies `holds`; answer the panel."""
        revision = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                body = await self.get("/sandbox/panel", since=str(revision), wait="5")
                revision = body["revision"]
                panel = next(project for project in body["projects"] if project["name"] == name)
                if holds(panel):
                    return panel

    async def until_current(self, deployment_id: str, name: str = "shop") -> Any:
        return await self.until(lambda panel: bool(panel["current"]["id"] == deployment_id), name)

    async def until_job(self, status: str, name: str = "shop") -> Any:
        """Wait until `lastAliasRequest` has that status; answer it."""
        revision = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                revision = (await self.get("/sandbox/panel", since=str(revision), wait="1"))["revision"]
                request = (await self.project(name))["lastAliasRequest"]
                if request is not None and request["jobStatus"] == status:
                    return request

    async def until_state(self, deployment_id: str, state: str) -> Any:
        revision = 0
        async with asyncio.timeout(PATIENCE):
            while True:
                revision = (await self.get("/sandbox/panel", since=str(revision), wait="5"))["revision"]
                deployment = await self.deployment(deployment_id)
                if deployment["readyState"] == state:
                    return deployment
