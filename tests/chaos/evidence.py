"""What is left when all is over: of the platform, of Slack, of the database, and of what people did."""

import asyncio
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlmodel import select

from chatbot.sandbox.seen import controls, words
from chatbot.sandbox.slack import Workspace
from chatbot.sandbox.vercel import Platform
from storage import audit, operations
from storage.database import Database
from storage.models import Announcement, AuditEntry, Change, Operation
from tests.chaos.books import Step
from tests.chaos.hearing import Hearing
from tests.chaos.inbox import CHANNELS
from tests.chaos.projects import OUTSIDE
from tests.chaos.record import Click, History

_MOST = 10_000
_BUG = re.compile(r"(failed, reference \w+|IllegalTransition\b.*|DuplicateEntry\b.*|was never retrieved.*)")


@dataclass(frozen=True)
class Write:
    """A request of the bot that changes something, as the platform noted it. `at` is in epoch seconds.

    `operation`: what the body of a new deployment says whose it is.
    """

    at: float
    method: str
    path: str
    status: int | None
    target: str
    operation: str | None = None


@dataclass(frozen=True)
class Said:
    """A message for everybody, at the end. `in_channel`: it does not only show in a thread. `actions`: of its buttons,
    without their numbers.
    """

    ts: str
    channel: str
    thread_ts: str | None
    words: str
    in_channel: bool = True
    actions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Evidence:
    """`hearing`: the channels of each project; `current`: what each serves at the end."""

    rows: list[Operation]
    entries: list[AuditEntry]
    steps: list[Step]
    writes: list[Write]
    said: list[Said]
    clicks: list[Click]
    histories: Mapping[str, History]
    verdict: str
    is_unbroken: bool
    died: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    announcements: list[Announcement] = field(default_factory=list)
    hearing: Hearing = field(default_factory=dict)
    current: Mapping[str, str | None] = field(default_factory=dict)

    def json(self) -> str:
        """All of it, to look at afterwards."""
        tree = {
            "rows": [row.model_dump() for row in self.rows],
            "audit": [entry.model_dump() for entry in self.entries],
            "steps": [asdict(step) for step in self.steps],
            "writes": [asdict(write) for write in self.writes],
            "said": [asdict(said) for said in self.said],
            "changes": [row.model_dump() for row in self.changes],
            "announcements": [row.model_dump() for row in self.announcements],
            "current": dict(self.current),
            "clicks": [asdict(click) for click in self.clicks],
            "served": {project: history.moments for project, history in self.histories.items()},
        }
        return json.dumps(tree, default=str, indent=1)


async def gather(
    *,
    database: Database,
    url: str,
    steps: list[Step],
    platform: Platform,
    workspace: Workspace,
    clicks: list[Click],
    histories: Mapping[str, History],
    died: list[str],
    hearing: Hearing,
) -> Evidence:
    async with database.read() as session:
        rows = await operations.newest(session, limit=_MOST)
        entries = [entry async for entry in audit.export(session)]
        changes = list(await session.exec(select(Change)))
        announcements = list(await session.exec(select(Announcement)))
    verdict, is_unbroken = await _verify(url)
    return Evidence(
        rows=sorted(rows, key=lambda row: row.created_at),
        entries=entries,
        steps=steps,
        writes=[_write(entry) for entry in platform.journal.entries if _is_ours(entry)],
        said=list(_said(workspace, hearing)),
        clicks=clicks,
        histories=histories,
        verdict=verdict,
        is_unbroken=is_unbroken,
        died=died,
        changes=changes,
        announcements=announcements,
        hearing=hearing,
        current={project.id: project.current_id for project in platform.store.projects.values()},
    )


def bugs(logs: list[Path]) -> list[str]:
    """What the bots themselves call a bug, in their logs."""
    found = []
    for log in logs:
        text = log.read_text(errors="replace") if log.exists() else ""
        found += [f"{log.name}: {match[0]}" for match in _BUG.finditer(text)]
    return found


async def _verify(url: str) -> tuple[str, bool]:
    """As anybody checks it: `promotebot audit verify`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "chatbot", "audit", "verify"),
        env={**os.environ, "DATABASE_URL": url},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode().strip(), process.returncode == 0


def _is_ours(entry: dict[str, Any]) -> bool:
    return entry["method"] != "GET" and not OUTSIDE.items() <= entry["query"].items()


def _write(entry: dict[str, Any]) -> Write:
    body = entry["body"] if isinstance(entry["body"], dict) else {}
    creates = entry["path"] == "/v13/deployments"
    return Write(
        at=entry["at"] / 1000,
        method=entry["method"],
        path=entry["path"],
        status=entry["status"],
        target=str(body.get("deploymentId")) if creates else _named(entry["path"]),
        operation=body.get("meta", {}).get("promotebotOperation") if creates else None,
    )


def _named(path: str) -> str:
    """The deployment in it, or else the project."""
    found = re.search(r"dpl_\w+", path) or re.search(r"prj_\w+", path)
    return found[0] if found else ""


def _said(workspace: Workspace, hearing: Hearing) -> list[Said]:
    state = workspace.state
    told = {channel for channels in hearing.values() for channel in channels}
    return [
        Said(
            m.ts,
            channel,
            m.thread_ts,
            "\n".join(words(m.blocks)) or m.text,
            in_channel=m.broadcast or not m.is_reply,
            actions=frozenset(c.action_id.partition(":")[0] for c in controls(m.blocks)),
        )
        for channel in (*{*CHANNELS, *told}, *(c for c in state.channels if c.startswith("D")))
        for m in state.messages(channel)
        if m.by_app
    ]
