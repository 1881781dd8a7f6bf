"""What the run notes for itself while it goes on: every click, and what every domain served when."""

from collections import Counter
from dataclasses import dataclass, field
from time import time

from chatbot.sandbox.vercel import Platform


@dataclass(frozen=True)
class Click:
    """A person's click on a button that changes production. `value` is what it carries: the id of a
    confirmation, whose card promised `path` and `target`, or of the operation that it follows.
    """

    person: str
    action: str
    value: str
    label: str
    path: str = ""
    target: str = ""


Serving = dict[str, str | None]


@dataclass
class History:
    """What each production domain of a project served, from each moment on; oldest first."""

    moments: list[tuple[float, Serving]] = field(default_factory=list)

    def during(self, begin: float, end: float) -> list[Serving]:
        """Everything that was served at some time between, the first of it from before."""
        before = [serving for at, serving in self.moments if at <= begin][-1:]
        return before + [serving for at, serving in self.moments if begin < at <= end]


class Record:
    """`done` counts what was done to whom; `refusals` what people were told instead of a card."""

    def __init__(self, platform: Platform) -> None:
        self.clicks: list[Click] = []
        self.histories: dict[str, History] = {}
        self.done: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self._store = platform.store
        platform.store.watchers.append(self._look)
        self._look()

    def _look(self) -> None:
        """After each change of the platform."""
        for project in self._store.projects.values():
            serving = {d.name: self._store.serving(d.name) for d in project.production_domains()}
            moments = self.histories.setdefault(project.id, History()).moments
            if not moments or moments[-1][1] != serving:
                moments.append((time(), serving))
