"""Late visibility: readers see a project and its deployments as they were some seconds ago."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.faults import Faults
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

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults
        self._moments: dict[str, list[Moment]] = {}
        """Oldest first, by the project's id; the first is what readers see until the others are old enough."""
        store.watchers.append(self._remember)

    def follow(self, projects: list[Project]) -> None:
        """From now on, these and no others."""
        self._moments = {
            project.id: self._moments.get(project.id) or [self._moment(project)] for project in projects
        }

    def read_by(self, method: str, path: str) -> Store:
        """The records that a request is answered from."""
        if not self._moments or method != "GET":
            return self._store
        kinds = [kind for kind, pattern in _READS.items() if pattern.fullmatch(path)]
        seen = [
            self._seen(project_id, fault.seconds)
            for project_id in list(self._moments)
            if (fault := self._faults.late_visibility.get(self._name_of(project_id))) is not None
            and any(kind in fault.reads for kind in kinds)
        ]
        if not seen:
            return self._store
        view = copy.copy(self._store)
        for moment in seen:
            view.show_instead(moment.project, moment.aliases)
        return view

    def _name_of(self, project_id: str) -> str:
        """As the fault has it: a project may have been renamed since."""
        return self._moments[project_id][0].project.name

    def _seen(self, project_id: str, seconds: float) -> Moment:
        """Forgets what nobody will see any more."""
        moments = self._moments[project_id]
        latest = self._store.now() - int(1000 * seconds)
        while len(moments) > 1 and moments[1].at <= latest:
            del moments[0]
        return moments[0]

    def _remember(self) -> None:
        for project_id, moments in self._moments.items():
            if (project := self._store.projects.get(project_id)) is not None:
                moments.append(self._moment(project))

    def _moment(self, project: Project) -> Moment:
        aliases = [alias for alias in self._store.aliases.values() if alias.project_id == project.id]
        return Moment(self._store.now(), copy.deepcopy(project), copy.deepcopy(aliases))
