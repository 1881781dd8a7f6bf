"""What the platform really served, at every moment: the yardstick for all that the bot says."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chatbot.sandbox.vercel.records import Deployment, Project
from chatbot.sandbox.vercel.store import Store
from tests.model.facts import META_KEY


@dataclass(frozen=True)
class Moment:
    """From `at` on (seconds since the epoch, real time). `serves` holds the domains that promotes move."""

    at: float
    current: str | None
    serves: dict[str, str | None]
    unverified: frozenset[str]
    auto_assign: bool
    move: tuple[str, str] | None
    environment: tuple[Any, ...] = field(repr=False)
    deployments: dict[str, tuple[str, str | None]] = field(repr=False)

    def all_serve(self, deployment_id: str | None) -> bool:
        return self.current == deployment_id and set(self.serves.values()) <= {deployment_id}


class Truth:
    """Listens to the store; asks nobody. `lateness` is how far readers were behind it at most."""

    def __init__(self, store: Store, account_id: str) -> None:
        self._store = store
        self._moments: dict[str, list[Moment]] = {p.id: [] for p in store.projects_of(account_id)}
        self.lateness = 0.0
        self.projects: dict[str, str] = {}
        """The project of every deployment that there ever was."""
        self.made_for: dict[str, str] = {}
        """The operation that a deployment says it was built for."""
        self.labels: dict[str, str] = {}
        """Of every deployment that there ever was: its commit, as cards show it."""
        store.watchers.append(self._remember)
        self._remember()

    def labelled(self, label: str) -> frozenset[str]:
        return frozenset(known for known, its in self.labels.items() if its == label)

    def now(self, project_id: str) -> Moment:
        return self._moments[project_id][-1]

    def during(self, project_id: str, since: float, until: float) -> list[Moment]:
        """All that a reader may have seen in that time, the oldest first."""
        since -= self.lateness
        moments = [m for m in self._moments[project_id] if m.at <= until]
        first = max((n for n, m in enumerate(moments) if m.at <= since), default=0)
        return moments[first:] or self._moments[project_id][:1]

    def _remember(self) -> None:
        for project_id, moments in self._moments.items():
            if (project := self._store.projects.get(project_id)) is None:
                continue
            self.made_for.update((d.id, d.meta[META_KEY]) for d in project.deployments if META_KEY in d.meta)
            self.projects.update((d.id, project_id) for d in project.deployments)
            self.labels.update((d.id, d.commit.sha[:7]) for d in project.deployments)
            moment = Moment(time.time(), **dict(self._facts(project)))
            if not moments or _without_time(moments[-1]) != _without_time(moment):
                moments.append(moment)

    def _facts(self, project: Project) -> Iterator[tuple[str, Any]]:
        served = [d for d in project.domains.values() if d.is_of_production and d.redirect is None]
        last = next(reversed(project.requests), None)
        yield "current", project.current_id
        yield "serves", {d.name: self._store.serving(d.name) for d in served if d.verified}
        yield "unverified", frozenset(d.name for d in served if not d.verified)
        yield "auto_assign", project.auto_assign
        yield "move", (last.type, last.to_id) if last and last.recorded and last.is_running else None
        yield "environment", tuple(sorted((e.id, e.updated_at) for e in project.env))
        yield "deployments", {d.id: _state(d) for d in project.deployments}


def _state(deployment: Deployment) -> tuple[str, str | None]:
    deleted = deployment.deleted_by_retention_at is not None
    return "DELETED" if deleted else deployment.state, deployment.substate


def _without_time(moment: Moment) -> tuple[Any, ...]:
    return tuple(value for name, value in vars(moment).items() if name != "at")
