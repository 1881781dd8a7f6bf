"""The tour: people promote, rebuild, roll back, meet an outside change and undo another; each result is checked."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp

from chatbot.sandbox.launching import Servers
from chatbot.sandbox.person import NotSeen, Person, Refused
from chatbot.sandbox.seen import SeenMessage

CHANNEL = "deploys"
_DONE = 20.0  # seconds for an operation
_BUILT = 40.0


class TourFailed(Exception):
    """The text says what was expected and what was there."""


class Tour:
    def __init__(self, up: Servers, session: aiohttp.ClientSession, database: Path) -> None:
        self._up = up
        self._session = session
        self._database = database
        self.ana = Person(session, up.workspace.url, "U0ANA0001").in_(CHANNEL)
        self.bob = Person(session, up.workspace.url, "U0BOB0002").in_(CHANNEL)

    async def play(self) -> None:
        for scene in (
            self.promotion,
            self.rebuild,
            self.rollback,
            self.outside_change,
            self.announcement,
            self.audit,
        ):
            print(f"\n== {(scene.__doc__ or '').strip()}")
            await scene()

    async def promotion(self) -> None:
        """Ana promotes a Staged deployment of shop: instant, nothing is rebuilt."""
        target = await self._newest("shop", "Staged")
        await self._types(self.ana, f"/promote {target['id']}")
        card = await self._sees(self.ana, "Promote shop to")
        await self._clicks(self.ana, card, "Promote")
        await self._sees(self.bob, f"shop: {target['sha'][:7]} is Current", _DONE)
        await self._is_current("shop", target["id"])
        await self._sees(self.bob, "Current of shop is now", _DONE)

    async def rebuild(self) -> None:
        """Ana promotes a Preview of docs: a complete rebuild with production's variables."""
        preview = await self._newest("docs", "Preview")
        await self._types(self.ana, f"/promote {preview['id']}")
        card = await self._sees(self.ana, "Rebuild and promote docs")
        await self._clicks(self.ana, card, "Rebuild and promote")
        await self._sees(self.bob, f"docs: {preview['sha'][:7]} is Current", _BUILT)
        current = (await self._project("docs"))["current"]
        _expect(current["id"] != preview["id"], "a new deployment of docs", current["id"])
        _expect(current["sha"] == preview["sha"], f"docs serves {preview['sha']}", current["sha"])

    async def rollback(self) -> None:
        """Docs is broken; Bob may not act, Ana rolls back with one click."""
        broken = (await self._project("docs"))["current"]
        await self._tell("break", {"project": "docs"})
        answers = await self._answers("docs")
        _expect(set(answers.values()) == {500}, "every docs domain answers 500", answers)
        announced = await self._sees(self.bob, "Current of docs is now")
        button = next(text for text in announced.buttons if text.startswith("Roll back to"))
        await self._clicks(self.bob, announced, button, confirmed=True)
        await self._sees(self.bob, "You may not change production from here")
        await self._is_current("docs", broken["id"])
        await self._clicks(self.ana, announced, button, confirmed=True)
        await self._sees(self.bob, "Production is pinned", _DONE)
        docs = await self._project("docs")
        _expect(docs["current"]["id"] != broken["id"], "docs serves something else", docs["current"]["id"])
        _expect(docs["pinned"], "docs is pinned", docs["pinned"])
        answers = await self._answers("docs")
        _expect(set(answers.values()) == {200}, "every docs domain answers 200 again", answers)

    async def outside_change(self) -> None:
        """While Ana reads a confirmation for api, somebody pushes to main: her click does nothing."""
        preview = await self._newest("api", "Preview")
        await self._types(self.ana, f"/promote {preview['id']}")
        card = await self._sees(self.ana, "Rebuild and promote api")
        pushed = await self._tell(
            "push", {"project": "api", "branch": "main", "message": "Tighten the rate limit"}
        )
        await self._until_current("api", pushed["deployment"]["id"])
        await self._clicks(self.ana, card, "Rebuild and promote")
        await self._sees(self.ana, "Nothing was done: what is Current", _DONE)
        await self._is_current("api", pushed["deployment"]["id"])
        await self._types(self.ana, "/current api")
        await self._sees(self.ana, f"*api*: `{pushed['sha'][:7]}` Tighten the rate limit")

    async def announcement(self) -> None:
        """Somebody merges to api: the channel hears of it, and Ana goes back with one click."""
        await self._types(self.bob, "/promotebot subscribe api")
        await self._sees(self.bob, "subscribed this channel to api")
        before = (await self._project("api"))["current"]
        merged = {"project": "api", "branch": "main", "message": "Cache the price list", "author": "dee"}
        pushed = await self._tell("push", merged)
        await self._until_current("api", pushed["deployment"]["id"])
        announced = await self._sees(self.bob, f"Current of api is now `{pushed['sha'][:7]}`", _DONE)
        button = f"Roll back to {before['sha'][:7]}"
        await self._clicks(self.ana, announced, button, confirmed=True)
        await self._sees(self.bob, f"api: {before['sha'][:7]} is Current", _DONE)
        await self._is_current("api", before["id"])
        left = await self._sees(self.bob, f"production has moved on to `{before['sha'][:7]}`", _DONE)
        _expect(button not in left.buttons, "the announcement has lost its button", left.buttons)

    async def audit(self) -> None:
        """The audit log of all this is unbroken."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "chatbot",
            "audit",
            "verify",
            env={**os.environ, "DATABASE_URL": f"sqlite:///{self._database}"},
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await process.communicate()
        print(f"   {said.decode().strip()}")
        _expect(process.returncode == 0, "promotebot audit verify exits 0", process.returncode)

    # What people do and see ---------------------------------------------------------------------------------

    async def _types(self, person: Person, text: str) -> None:
        print(f"{_name(person)} types  {text}")
        await person.types(text)

    async def _clicks(
        self, person: Person, message: SeenMessage, button: str, *, confirmed: bool = False
    ) -> None:
        print(f"{_name(person)} clicks [{button}]")
        await person.clicks(message, button, confirmed=confirmed)

    async def _sees(self, person: Person, text: str, within: float = 10.0) -> SeenMessage:
        message = await person.sees(text, within=within)
        print(f"{_name(person)} sees   " + message.words.replace("\n", "\n            "))
        return message

    # What is true on the platform ---------------------------------------------------------------------------

    async def _project(self, name: str) -> dict[str, Any]:
        async with self._session.get(f"{self._up.platform.url}/sandbox/panel") as answer:
            projects: list[dict[str, Any]] = (await answer.json())["projects"]
        return next(p for p in projects if p["name"] == name)

    async def _newest(self, project: str, state: str) -> dict[str, Any]:
        recent = (await self._project(project))["recent"]
        found: dict[str, Any] | None = next((d for d in recent if d["state"] == state), None)
        if found is None:
            raise TourFailed(f"expected a {state} deployment of {project}, there is none")
        return found

    async def _answers(self, project: str) -> dict[str, int]:
        """What visitors get: status by domain, redirects left out."""
        found = {}
        for domain in (await self._project(project))["domains"]:
            if _serves_production(domain):
                async with self._session.get(self._up.platform.url + domain["site"]) as answer:
                    found[domain["name"]] = answer.status
        return found

    async def _is_current(self, project: str, deployment_id: str) -> None:
        found = await self._project(project)
        serving = {d["deployment_id"] for d in found["domains"] if _serves_production(d)}
        _expect(serving == {deployment_id}, f"every domain of {project} serves {deployment_id}", serving)
        _expect(
            found["current"]["id"] == deployment_id, f"Current is {deployment_id}", found["current"]["id"]
        )

    async def _until_current(self, project: str, deployment_id: str) -> None:
        revision = 0
        async with asyncio.timeout(_BUILT):
            while True:
                url = f"{self._up.platform.url}/sandbox/panel"
                query = {"since": str(revision), "wait": "5"}
                async with self._session.get(url, params=query) as answer:
                    panel = await answer.json()
                revision = panel["revision"]
                found = next(p for p in panel["projects"] if p["name"] == project)
                served = {d["deployment_id"] for d in found["domains"] if _serves_production(d)}
                if served == {deployment_id} and found["current"]["id"] == deployment_id:
                    print(f"(outside)  {project}: {deployment_id} is Current")
                    return

    async def _tell(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        print(f"(outside)  {what} {body}")
        async with self._session.post(f"{self._up.platform.url}/sandbox/{what}", json=body) as answer:
            told: dict[str, Any] = await answer.json()
        return told


async def tour(up: Servers, database: Path) -> int:
    """Exit status: 0, or 1 with what was expected."""
    async with aiohttp.ClientSession() as session:
        try:
            await Tour(up, session, database).play()
        except (TourFailed, NotSeen, Refused, TimeoutError) as error:
            print(f"\nThe tour went wrong: {type(error).__name__}: {error}", file=sys.stderr)
            return 1
    print("\nThe tour went as expected.")
    return 0


def _expect(holds: bool, what: str, found: object) -> None:  # noqa: FBT001 - reads like an assertion
    if not holds:
        raise TourFailed(f"expected: {what}; found: {found}")


def _serves_production(domain: dict[str, Any]) -> bool:
    return not domain["redirect"] and not domain["git_branch"]


def _name(person: Person) -> str:
    return {"U0ANA0001": "Ana", "U0BOB0002": "Bob"}[person.id]
