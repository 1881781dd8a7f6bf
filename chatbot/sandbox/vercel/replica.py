"""Late visibility: readers see a project and its deployments as they were some seconds ago."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.faults import LateVisibility
    from chatbot.sandbox.vercel.records import Alias, Project
    from chatbot.sandbox.vercel.store import Store

_READS = {
    "project": re.compile(r"/v\d+/projects(/[^/]+)?"),
    "deployment": re.compile(r"/v\d+/deployments(/[^/]+)?"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """How a project was from `at` on."""

    at: int
    project: Project
    aliases: list[Alias]


class Replica:
    """Keeps what readers are still to see, for the projects whose changes show late."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._late: dict[str, LateVisibility] = {}
        """By the project's id."""
        self._moments: dict[str, list[Moment]] = {}
        """Oldest first; the first is what readers see until the others are old enough."""
        store.watchers.append(self._remember)

    def follow(self, late: dict[str, LateVisibility]) -> None:
        """From now on, these projects (by id) and no others."""
        self._late = {key: fault for key, fault in late.items() if key in self._store.projects}
        self._moments = {
            project_id: self._moments.get(project_id) or [self._moment(self._store.projects[project_id])]
            for project_id in self._late
        }

    def read_by(self, method: str, path: str) -> Store:
        """The records that a request is answered from."""
        kinds = [kind for kind, pattern in _READS.items() if pattern.fullmatch(path)]
        late = [
            self._seen(project_id)
            for project_id, fault in self._late.items()
            if method == "GET"
            and any(kind in fault.reads for kind in kinds)
            and project_id in self._store.projects  # what is deleted is gone for everybody
        ]
        if not late:
            return self._store
        view = copy.copy(self._store)
        for moment in late:
            view.show_instead(moment.project, moment.aliases)
        return view

    def _seen(self, project_id: str) -> Moment:
        """Forgets what nobody will see any more."""
        moments = self._moments[project_id]
        latest = self._store.now() - int(1000 * self._late[project_id].seconds)
        while len(moments) > 1 and moments[1].at <= latest:
            del moments[0]
        return moments[0]

    def _remember(self) -> None:
        """Nobody may be reading: what is too old goes here as well."""
        for project_id, moments in self._moments.items():
            if (project := self._store.projects.get(project_id)) is not None:
                moments.append(self._moment(project))
                self._seen(project_id)

    def _moment(self, project: Project) -> Moment:
        aliases = [alias for alias in self._store.aliases.values() if alias.project_id == project.id]
        return Moment(self._store.now(), copy.deepcopy(project), copy.deepcopy(aliases))
