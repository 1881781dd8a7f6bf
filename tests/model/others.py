"""What others do at the platform meanwhile, and what goes wrong there."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from chatbot.sandbox.vercel.records import Project
from tests.model.stage import Stage

WRITE = {"method": "POST", "path": r"/promote/|/rollback/|^/v13/deployments$"}
READ = {"method": "GET", "path": r"^/v9/projects/|^/v4/aliases|^/v13/deployments/|^/v6/deployments"}
FAULTS: dict[str, dict[str, Any]] = {
    "the request is lost": {**WRITE, "cut": "before"},
    "the answer is lost": {**WRITE, "cut": "after"},
    "500 without effect": {**WRITE, "status": 500},
    "500, applied": {**WRITE, "status": 500, "applied": True},
    "502 without effect": {**WRITE, "status": 502},
    "502, applied": {**WRITE, "status": 502, "applied": True},
    "half an answer": {**WRITE, "half": True},
    "refused": {**WRITE, "status": 403},
    "rate limited": {**WRITE, "status": 429, "retry_after": 1},
    "answered late": {**WRITE, "hold": 0.4},
    "done late": {**WRITE, "delay": 0.4},
    "reads answer 500": {**READ, "status": 500, "times": 3},
    "reads answer 503": {**READ, "status": 503, "times": 2},
    "reads break off": {**READ, "cut": "before", "times": 2},
    "reads are half": {**READ, "half": True, "times": 2},
    "reads are garbled": {**READ, "status": 200, "body": {"surprise": []}, "times": 2},
    "reads are refused": {**READ, "status": 403, "times": 4},
    "reads are slow": {**READ, "delay": 0.2, "times": 3},
    "no domain moves": {"alias_job": {"fails_for": "all"}},
    "one domain does not move": {"alias_job": {"fails_for": ["one"]}},
    "the move is skipped": {"alias_job": {"skipped": True}},
    "the move hangs": {"alias_job": {"hangs": True}},
    "the request shows late": {"alias_job": {"late_visibility": 0.5}},
    "the request never shows": {"alias_job": {"absent": True}},
    "the build fails": {"build": {"fails": True}},
    "the build hangs": {"build": {"hangs": True}},
    "everything shows late": {"late_visibility": {"seconds": 0.5}},
}
_OF_A_PROJECT = ("alias_job", "build", "late_visibility")


class Others:
    """`number` chooses among what there is; where there is nothing, nothing happens."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._store = stage.world.platform.store

    async def spoil(self, fault: str, project_id: str, number: int) -> None:
        """The next thing that the fault is about goes wrong."""
        written = deepcopy(FAULTS[fault])
        project = self._store.projects[project_id]
        for kind in _OF_A_PROJECT:
            if kind in written:
                written[kind]["project"] = project.name
        if "fails_for" in written.get("alias_job", {}) and written["alias_job"]["fails_for"] != "all":
            names = [d.name for d in project.production_domains()]
            written["alias_job"]["fails_for"] = [names[number % len(names)]]
        late = written.get("late_visibility", {}).get("seconds", 0.0)
        late = max(late, written.get("alias_job", {}).get("late_visibility", 0.0))
        self._stage.truth.lateness = max(self._stage.truth.lateness, late)
        await self._stage.world.tell_platform("faults", [written])

    async def do(self, what: str, project_id: str, number: int) -> None:
        """One of CHANGES."""
        await CHANGES[what](self, self._store.projects[project_id], number)

    async def _one(self, project: Project, number: int, *states: str) -> str | None:
        """A deployment in one of these states."""
        found = [d["id"] for d in await self._stage.recent(project.id) if d["state"] in states]
        return found[number % min(len(found), 3)] if found else None

    async def promote(self, project: Project, number: int) -> None:
        if target := await self._one(project, number, "Staged", "Promoted"):
            await self._stage.outside("POST", f"/v10/projects/{project.id}/promote/{target}")

    async def roll_back(self, project: Project, number: int) -> None:
        if target := await self._one(project, number, "Promoted"):
            await self._stage.outside("POST", f"/v9/projects/{project.id}/rollback/{target}")

    async def push(self, project: Project, number: int) -> None:
        """Every fourth build fails."""
        await self._stage.world.tell_platform("push", {"project": project.name, "fails": number % 4 == 3})

    async def push_preview(self, project: Project, number: int) -> None:
        push = {"project": project.name, "branch": f"feat/{number}"}
        await self._stage.world.tell_platform("push", push)

    async def delete(self, project: Project, number: int) -> None:
        if target := await self._one(project, number, "Staged", "Promoted", "Preview"):
            await self._stage.outside("DELETE", f"/v13/deployments/{target}")

    async def expire(self, project: Project, number: int) -> None:
        """Retention takes it, unless it is in use."""
        if target := await self._one(project, number, "Staged", "Promoted", "Preview"):
            await self._stage.outside("POST", "/sandbox/expire", {"deployment": target})

    async def add_domain(self, project: Project, number: int) -> None:
        name = f"n{number}.{project.id[-6:].lower()}.example.com"
        await self._stage.outside("POST", f"/v10/projects/{project.id}/domains", {"name": name})

    async def remove_domain(self, project: Project, number: int) -> None:
        """Never the last one."""
        names = [domain.name for domain in project.production_domains()][1:]
        if names:
            path = f"/v9/projects/{project.id}/domains/{names[number % len(names)]}"
            await self._stage.outside("DELETE", path, {"removeRedirects": True})

    async def switch(self, project: Project, _number: int) -> None:
        change = {"autoAssignCustomDomains": not project.auto_assign}
        await self._stage.outside("PATCH", f"/v9/projects/{project.id}", change)

    async def rename(self, project: Project, number: int) -> None:
        name = f"{project.name.partition('-')[0]}-{number}"
        await self._stage.outside("PATCH", f"/v9/projects/{project.id}", {"name": name})

    async def add_variable(self, project: Project, number: int) -> None:
        variable = {"key": f"KEY_{number}", "value": "1", "type": "plain", "target": ["production"]}
        await self._stage.outside("POST", f"/v10/projects/{project.id}/env", variable, upsert="true")

    async def cancel_build(self, project: Project, number: int) -> None:
        if target := await self._one(project, number, "Building"):
            await self._stage.outside("PATCH", f"/v12/deployments/{target}/cancel")


CHANGES: dict[str, Callable[[Others, Project, int], Awaitable[None]]] = {
    "promote": Others.promote,
    "roll back": Others.roll_back,
    "push": Others.push,
    "push a preview": Others.push_preview,
    "delete": Others.delete,
    "expire": Others.expire,
    "add a domain": Others.add_domain,
    "remove a domain": Others.remove_domain,
    "switch auto-assignment": Others.switch,
    "rename": Others.rename,
    "add a variable": Others.add_variable,
    "cancel a build": Others.cancel_build,
}
