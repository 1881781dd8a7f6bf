"""One promote or rollback of production, by the bot or by the official CLI, in moments of one clock."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any, Literal

from chatbot.sandbox.vercel.records import Deployment
from tests.benchmarks.scene import CONFIRM, NotCurrent, Scene
from tests.conformance.stage import Cli

Kind = Literal["promote", "rollback"]


@dataclass(frozen=True)
class Move:
    """Epoch seconds: the decision (Ana's click; the start of the command), the end of the program's own start (the
    CLI's first request; the bot is running), the platform's receipt and answer of the request that moves, the
    end of its job, and the proof. The platform's are whole milliseconds. `requests` are all that were sent to
    it after the decision.
    """

    kind: Kind
    decided: float
    started: float
    received: float
    answered: float
    moved: float
    proven: float
    requests: int

    @property
    def job(self) -> float:
        """The platform's own time."""
        return self.moved - self.received

    @property
    def overhead(self) -> float:
        """Over the job, without the start."""
        return self.proven - self.started - self.job

    @property
    def watching(self) -> float:
        """Its part from the answer to the proof."""
        return self.proven - max(self.moved, self.answered)


Mover = Callable[[Kind, Deployment], Awaitable[Move]]


@dataclass(frozen=True)
class BotsHand:
    """Ana types the command, reads the card and clicks; the decision is her click."""

    scene: Scene

    async def __call__(self, kind: Kind, target: Deployment) -> Move:
        scene = self.scene
        card, _ = await scene.card(f"/{kind} {target.id}")
        announcement = scene.announcement()
        await scene.requests()
        decided = time()
        await scene.ana.clicks(card, action_id=CONFIRM)
        await scene.until(announcement)
        sent = await scene.requests()
        return _move(kind, target, sent, decided, started=decided, proven=await scene.proven(target))


@dataclass(frozen=True)
class CommandLine:
    """The official CLI as it comes; its last answer is the proof."""

    scene: Scene
    cli: Cli
    home: Path

    async def __call__(self, kind: Kind, target: Deployment) -> Move:
        await self.scene.requests()
        decided = time()
        await self.runs(kind, target.id, *(("--yes",) if kind == "promote" else ()))
        sent = await self.scene.requests()
        first, last = sent[0]["at"] / 1000, sent[-1]["answered_at"] / 1000
        return _move(kind, target, sent, decided, started=first, proven=last)

    async def runs(self, *arguments: str) -> None:
        """Raises NotCurrent."""
        platform = self.scene.up.platform
        options = ("--api", platform.url, "--token", platform.token, "--scope", "acme")
        config = ("--global-config", str(self.home / "config"))
        printed = await self.cli.run((*arguments, *options, *config), self.home, {})
        if printed.code != 0:
            raise NotCurrent(printed.text)


def _move(
    kind: Kind,
    target: Deployment,
    sent: list[dict[str, Any]],
    decided: float,
    *,
    started: float,
    proven: float,
) -> Move:
    asked = next(r for r in sent if r["method"] == "POST" and r["path"].endswith(f"/{kind}/{target.id}"))
    return Move(
        kind=kind,
        decided=decided,
        started=started,
        received=asked["at"] / 1000,
        answered=asked["answered_at"] / 1000,
        moved=(target.alias_assigned_at or 0) / 1000,
        proven=proven,
        requests=len(sent),
    )
