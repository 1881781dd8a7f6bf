"""What a move does to the code: commits forward and back, changed files, and files that look like migrations."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.repositories import Repository

_FOLDERS = frozenset({"migrations", "alembic", "drizzle", "flyway", "liquibase"})
"""Of whatever depth: Django, Laravel, Ecto, Knex, TypeORM, Prisma and Supabase all say `migrations`."""
_RAILS = re.compile(r"(^|/)db/migrate/")
_FILE = re.compile(r"\.sql$|^[vur][0-9._]*__\w.*\.(java|kt|py)$|^(db\.)?changelog\b.*\.(xml|ya?ml|json)$")
"""SQL of any kind; Flyway's migrations in code (`V1__create_orders.java`); Liquibase's change logs."""
_PROSE = (".md", ".mdx", ".rst", ".txt", ".adoc", ".png", ".svg")
_NO_CHANGE_LOG = re.compile(r"^changelog\.(ya?ml|json|xml)$")  # of releases, at the top of a repository


def looks_like_migration(path: str) -> bool:
    """By its name alone: what a database may have gone through when this file was deployed."""
    folders, _, name = path.lower().rpartition("/")
    if name.endswith(_PROSE) or (not folders and _NO_CHANGE_LOG.search(name)):
        return False
    if _FOLDERS & set(folders.split("/")) or _RAILS.search(path.lower()):
        return True
    return _FILE.search(name) is not None


@dataclass(frozen=True)
class Comparison:
    """What one commit has and another has not. `cut`: the git host told only some of the changed files."""

    commits: int
    paths: tuple[str, ...] = ()
    cut: bool = False


class Counted(StrEnum):
    """Whether the commits between two deployments are counted, or why not."""

    YES = "yes"
    SAME = "the same commit"
    NO_COMMIT = "one of the two comes from no commit"
    ELSEWHERE = "the two come from different repositories"
    NOT_ASKED = "the bot has no access to the git host"
    SILENT = "the git host did not answer"
    REFUSED = "the git host refuses the bot's token"
    UNKNOWN = "the git host does not know the commits"


@dataclass(frozen=True)
class CodeChange:
    """From what is Current to the target; each may have commits that the other has not.

    `now` and `then` are their commits; `older`: the target was made before what is Current. `brings` and `takes`
    are the paths that look like migrations, of the commits forward and of those back. `builds_between` is how
    many production builds lie between the two, where the commits are not counted.
    """

    counted: Counted = Counted.NO_COMMIT
    repository: Repository | None = None
    now: str = ""
    then: str = ""
    older: bool = False
    forward: int = 0
    back: int = 0
    files: int = 0
    cut: bool = False
    brings: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    builds_between: int | None = None

    @property
    def goes_back(self) -> bool:
        """Nothing comes, something goes: as far as that is known."""
        return (self.back > 0 and not self.forward) if self.counted is Counted.YES else self.older

    @property
    def compare_url(self) -> str | None:
        """The git host's page of what comes; of a step back, of what goes."""
        if self.repository is None:
            return None
        base, head = (self.then, self.now) if self.goes_back else (self.now, self.then)
        return self.repository.compare_url(base, head)


def code_change(project: Project, target: Deployment) -> CodeChange:
    """As far as the platform tells: what would have to be compared, or why nothing can be."""
    current = project.current
    if current is None or current.commit is None or target.commit is None:
        return CodeChange()
    now, then = current.commit, target.commit
    if now.repository and then.repository and not now.repository.is_same(then.repository):
        return CodeChange(Counted.ELSEWHERE)
    if now.sha == then.sha:
        return CodeChange(Counted.SAME)
    repository = _where(project, now.repository or then.repository)
    older = target.created_at < current.created_at
    return CodeChange(Counted.NOT_ASKED, repository, now.sha, then.sha, older)


def counted(change: CodeChange, brings: Comparison, takes: Comparison) -> CodeChange:
    """With what the git host told: of the commits that come, and of those that go."""
    return replace(
        change,
        counted=Counted.YES,
        forward=brings.commits,
        back=takes.commits,
        files=len({*brings.paths, *takes.paths}),
        cut=brings.cut or takes.cut,
        brings=_migrations(brings.paths),
        takes=_migrations(takes.paths),
    )


def builds_between(
    current: Deployment | None, target: Deployment, builds: Iterable[Deployment]
) -> int | None:
    """Ready production builds made after the older and before the newer of the two; None: nothing is Current."""
    if current is None:
        return None
    first, last = sorted((current.created_at, target.created_at))
    return sum(
        first < build.created_at < last and build.target == "production" and build.ready_state == "READY"
        for build in builds
        if build.id not in {current.id, target.id}
    )


def _where(project: Project, named: Repository | None) -> Repository | None:
    """The project's own link knows the site of a host that a company runs itself; a commit does not."""
    linked = project.repository
    return linked if linked and (named is None or linked.is_same(named)) else named


def _migrations(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(path for path in paths if looks_like_migration(path)))
