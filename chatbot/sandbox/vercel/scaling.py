"""A team with thousands of projects: their history made up from a seed, beside the seeded stories."""

from __future__ import annotations

import gc
import random
import string
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.buildlog import BUILD_FAILED
from chatbot.sandbox.vercel.errors import ApiError
from chatbot.sandbox.vercel.git.edits import LAYOUTS
from chatbot.sandbox.vercel.hostnames import branch_hostname
from chatbot.sandbox.vercel.records import Commit, Crons, Deployment, Domain, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chatbot.sandbox.vercel.records import Team, User
    from chatbot.sandbox.vercel.store import Store

MOST_PROJECTS = 10_000
MOST_DEPLOYMENTS = 1_000_000

HOUR = 3_600_000
DAY = 24 * HOUR
SPAN = 400 * DAY
NEWEST = 5 * HOUR
"""How long ago the last of them was created: the stories stay the newest."""
RETENTION = 330 * DAY
"""The age at which some have been deleted."""
BRANCHES_KEPT = 3
"""Of a project, the newest; the hostnames of older ones are gone with their branches."""

_LETTERS = bytes((string.ascii_letters + string.digits).encode() * 5)[:256]
_HOST_LETTERS = bytes((string.ascii_lowercase + string.digits).encode() * 8)[:256]
"""One letter for each byte: drawing bytes is many times quicker than drawing letters."""
_FIRST = ("amber", "brisk", "calm", "delta", "early", "fleet", "grand", "hazel", "ivory", "jolly", "lunar")
_SECOND = ("atlas", "basket", "cedar", "depot", "engine", "ferry", "garden", "harbor", "island", "kiosk")
_DOES = ("Fix", "Add", "Remove", "Speed up", "Rework", "Document", "Test", "Translate", "Log", "Cache")
_WHAT = ("the cart", "search", "the login", "order mails", "invoices", "the menu", "image sizes")
_MIGRATIONS = ("Add a migration for invoices", "Add a migration for audit logs", "Bump the database driver")
_BRANCHES = ("feat/search", "feat/checkout", "fix/prices", "fix/login", "chore/deps", "perf/images")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much there is beside the stories; each project has at least one deployment.

    Raises ValueError for what cannot be.
    """

    projects: int = 2_000
    deployments: int = 200_000
    seed: int = 7

    def __post_init__(self) -> None:
        if not 1 <= self.projects <= MOST_PROJECTS:
            raise ValueError(f"`projects` should be between 1 and {MOST_PROJECTS}.")
        if not self.projects <= self.deployments <= MOST_DEPLOYMENTS:
            raise ValueError(f"`deployments` should be between `projects` and {MOST_DEPLOYMENTS}.")


def populate(store: Store, team: Team, scale: Scale) -> None:
    """The same seed makes the same ids, commits and order; moments are relative to now.

    Raises ApiError 409 where it has been done before.
    """
    if store.is_populated:
        raise ApiError(409, "The thousands of projects are here already.")
    store.is_populated = True
    with _without_collections():
        _Crowd(store, team, scale).settle()
    store.changed()


@contextmanager
def _without_collections() -> Iterator[None]:
    """Nothing made here is garbage; looking for some would take longer than making it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Crowd:
    def __init__(self, store: Store, team: Team, scale: Scale) -> None:
        self.store = store
        self.team = team
        self.scale = scale
        self.now = store.now()
        self.chance = random.Random(scale.seed)
        self.people = [store.users[member] for member, role in team.members.items() if role != "VIEWER"]

    def settle(self) -> None:
        """In order of creation over all projects, as it would have happened."""
        homes: dict[int, _Home] = {}
        built = []
        for moment, number in zip(self._moments(), self._owners(), strict=True):
            if (home := homes.get(number)) is None:
                home = homes[number] = self._home(number, moment)
            built.append(home.build(moment))
        self.store.add_deployments(built)
        for home in homes.values():
            home.open()

    def _moments(self) -> list[int]:
        """No two alike, oldest first: paging by creation loses nothing."""
        start = self.now - NEWEST - SPAN
        taken = {one.created_at for one in self.store.deployments.values()}
        spare = len(taken)
        drawn = self.chance.sample(range(SPAN), self.scale.deployments + spare)
        free = [start + offset for offset in drawn if start + offset not in taken]
        return sorted(free[: self.scale.deployments])

    def _owners(self) -> list[int]:
        """Whose each deployment is: some projects are much busier than others, none has nothing."""
        count = self.scale.projects
        weights = list(accumulate(1 / (rank + 20) ** 0.6 for rank in range(count)))
        owners = self.chance.choices(range(count), cum_weights=weights, k=self.scale.deployments)
        places = self.chance.sample(range(self.scale.deployments), count)
        for number, place in enumerate(places):
            owners[place] = number
        return owners

    def _home(self, number: int, first_built: int) -> _Home:
        chance = self.chance
        founded = first_built - chance.randrange(HOUR, DAY)
        project = Project(
            id="prj_" + _name(chance, _LETTERS, 28),
            name=f"{chance.choice(_FIRST)}-{chance.choice(_SECOND)}-{number + 1:04d}",
            account_id=self.team.id,
            framework=chance.choice(tuple(LAYOUTS)),
            repo_id=10_000_000 + number,
            created_at=founded,
            updated_at=founded,
            crons=Crons(founded, founded),
            auto_assign=chance.random() < 0.85,
        )
        return _Home(self.store.add_project(project), self)


class _Home:
    """One project as it grows."""

    def __init__(self, project: Project, crowd: _Crowd) -> None:
        self.project = project
        self.crowd = crowd
        self.branches: dict[str, Deployment] = {}
        """The newest READY build of each branch, the branch that was built last at the end."""
        self.branch = ""
        self.number = 0

    def build(self, moment: int) -> Deployment:
        crowd, chance = self.crowd, self.crowd.chance
        user = chance.choice(crowd.people)
        in_production = chance.random() < 0.45
        if not in_production and (not self.branch or chance.random() < 0.35):
            self.branch = f"{chance.choice(_BRANCHES)}-{self.number}"
        self.number += 1
        deployment = Deployment(
            id="dpl_" + _name(chance, _LETTERS, 28),
            project_id=self.project.id,
            account_id=self.project.account_id,
            name=self.project.name,
            url=f"{self.project.name}-{_name(chance, _HOST_LETTERS, 9)}-{crowd.team.slug}.vercel.app",
            commit=self._commit(user, is_on_main=in_production),
            creator_id=user.id,
            target="production" if in_production else None,
            source="git",
            created_at=moment,
            auto_assign=self.project.auto_assign,
            building_at=moment + chance.randrange(1_000, 5_000),
            meta=_NOTHING_ADDED,
        )
        self._finish(deployment, moment + chance.randrange(20_000, 200_000))
        return deployment

    def _commit(self, user: User, *, is_on_main: bool) -> Commit:
        chance = self.crowd.chance
        if chance.random() < 0.03:
            message = chance.choice(_MIGRATIONS)
        else:
            message = f"{chance.choice(_DOES)} {chance.choice(_WHAT)}"
        return Commit(
            sha=f"{chance.getrandbits(160):040x}",
            message=f"{message} (#{self.number})" if is_on_main else message,
            branch=self.project.production_branch if is_on_main else self.branch,
            author_name=user.name,
            author_login=user.username,
        )

    def _finish(self, deployment: Deployment, ended: int) -> None:
        drawn = self.crowd.chance.random()
        if drawn < 0.03:
            deployment.state, deployment.canceled_at = "CANCELED", ended
            return
        deployment.ready_at = ended
        if drawn < 0.11:
            deployment.state, deployment.error = "ERROR", BUILD_FAILED
            return
        deployment.state, deployment.alias_assigned_at = "READY", ended
        self.branches.pop(deployment.commit.branch, None)
        self.branches[deployment.commit.branch] = deployment
        if deployment.target == "production":
            is_live = self.project.auto_assign or drawn < 0.7 or not self.project.served
            deployment.substate = "PROMOTED" if is_live else "STAGED"
            if is_live:
                self.project.served.append(deployment.id)
        elif self.crowd.now - deployment.created_at > RETENTION and drawn < 0.3:
            deployment.deleted_by_retention_at = deployment.created_at + RETENTION

    def open(self) -> None:
        """Domains for production, and the hostnames of the newest branches."""
        store, project = self.crowd.store, self.project
        names = [f"{project.name}.example.com", f"{project.name}-{self.crowd.team.slug}.vercel.app"]
        for number, name in enumerate(names):
            at, apex = project.created_at + number, ".".join(name.split(".")[-2:])
            store.add_domain(project, Domain(name=name, apex=apex, created_at=at, updated_at=at))
        current = store.current_of(project)
        if current is not None:
            project.crons.deployment_id = current.id
            for name in names:
                store.point(name, current, current.ready_at)
        for branch in list(self.branches)[-BRANCHES_KEPT:]:
            built = self.branches[branch]
            if built.deleted_by_retention_at is None:
                store.point(branch_hostname(store, project, branch), built, built.ready_at)


_NOTHING_ADDED: dict[str, str] = {}
"""One for all: what a creator adds is never changed afterwards."""


def _name(chance: random.Random, letters: bytes, length: int) -> str:
    return chance.randbytes(length).translate(letters).decode()
