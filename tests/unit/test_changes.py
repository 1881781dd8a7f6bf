"""What a move does to the code."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chatbot.domain.changes import (
    CodeChange,
    Comparison,
    Counted,
    builds_between,
    code_change,
    counted,
    looks_like_migration,
)
from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.repositories import Repository
from tests.unit.making import NOON, commit, current, preview, project, promoted, staged

SHOP = Repository.of("github", "acme/shop")
OLD, NEW = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    "path",
    [
        "prisma/migrations/20240102080000_init/migration.sql",
        "apps/api/prisma/migrations/20240102_init/migration.sql",
        "db/migrate/20240102080000_create_orders.rb",
        "shop/orders/migrations/0007_refunds.py",
        "database/migrations/2024_01_02_create_orders.php",
        "priv/repo/migrations/20240102_orders.exs",
        "supabase/migrations/20240102_orders.sql",
        "drizzle/0003_orders.ts",
        "alembic/versions/9f2c_orders.py",
        "src/main/java/db/V2_1__Create_orders.java",
        "flyway/R__views.kt",
        "db/changelog/db.changelog-1.4.xml",
        "schema.sql",
        "Migrations/001.CS",
    ],
)
def test_what_looks_like_a_migration(path: str) -> None:
    assert looks_like_migration(path)


@pytest.mark.parametrize(
    "path",
    [
        "content/migration-v3.mdx",
        "docs/migrations/README.md",
        "app/immigration/page.tsx",
        "src/migrate.ts",
        "lib/sql.ts",
        "drizzle.config.ts",
        "changelog.json",
        "CHANGELOG.md",
        "V1__.java.bak",
        "db/seeds.rb",
        "",
    ],
)
def test_what_does_not(path: str) -> None:
    assert not looks_like_migration(path)


def at(sha: str, repository: Repository | None = SHOP) -> Deployment:
    return staged(commit=commit(sha, repository=repository))


def of(sha: str, **changes: object) -> Project:
    return project(current=current(commit=commit(sha, repository=SHOP)), **changes)


def test_two_commits_of_one_repository_can_be_compared() -> None:
    change = code_change(of(OLD), at(NEW))
    assert change == CodeChange(Counted.NOT_ASKED, SHOP, OLD, NEW)
    assert change.compare_url == f"https://github.com/acme/shop/compare/{OLD}...{NEW}"


def test_the_link_of_a_step_back_shows_what_goes() -> None:
    change = code_change(of(NEW), promoted(commit=commit(OLD, repository=SHOP)))
    assert change.compare_url == f"https://github.com/acme/shop/compare/{OLD}...{NEW}"


def test_what_the_git_host_counts_decides_about_the_direction() -> None:
    change = code_change(of(OLD), at(NEW))
    back = counted(change, Comparison(0), Comparison(3, ("a",)))
    assert (back.forward, back.back, back.goes_back) == (0, 3, True)
    assert back.compare_url == f"https://github.com/acme/shop/compare/{NEW}...{OLD}"
    both = counted(change, Comparison(1, ("a", "b")), Comparison(3, ("b", "c")))
    assert (both.files, both.goes_back, both.counted) == (3, False, Counted.YES)


@pytest.mark.parametrize(
    ("here", "target", "why"),
    [
        (of(OLD), at(OLD), Counted.SAME),
        (of(OLD), staged(commit=None), Counted.NO_COMMIT),
        (project(current=None), at(NEW), Counted.NO_COMMIT),
        (project(current=current(commit=None)), at(NEW), Counted.NO_COMMIT),
        (of(OLD), at(NEW, Repository.of("github", "acme/docs")), Counted.ELSEWHERE),
        (of(OLD), at(NEW, Repository.of("gitlab", "acme/shop")), Counted.ELSEWHERE),
    ],
)
def test_what_cannot_be_compared_says_why(here: Project, target: Deployment, why: Counted) -> None:
    change = code_change(here, target)
    assert (change.counted, change.compare_url) == (why, None)


def test_the_projects_link_knows_where_the_repository_is() -> None:
    own = Repository.of("github", "acme/shop", "https://git.acme.example")
    assert code_change(of(OLD, repository=own), at(NEW)).repository == own
    moved = Repository.of("github", "acme/store")
    assert code_change(of(OLD, repository=moved), at(NEW)).repository == SHOP
    unnamed = project(current=current(commit=commit(OLD)), repository=own)
    assert code_change(unnamed, at(NEW, None)).repository == own
    assert code_change(project(current=current(commit=commit(OLD))), at(NEW, None)).compare_url is None


def test_paths_that_look_like_migrations_are_kept_each_way() -> None:
    brings = Comparison(1, ("db/migrate/2.rb", "app.ts", "db/migrate/1.rb"))
    change = counted(code_change(of(OLD), at(NEW)), brings, Comparison(1, ("x.sql",), cut=True))
    assert change.brings == ("db/migrate/1.rb", "db/migrate/2.rb")
    assert change.takes == ("x.sql",)
    assert change.cut


def test_the_builds_between_are_those_of_production_that_are_ready() -> None:
    def build(hours: float, **changes: object) -> Deployment:
        made = staged(f"dpl_{hours}", created_at=NOON - timedelta(hours=hours))
        return replace(made, **changes)  # type: ignore[arg-type]  # whatever a test is about

    here, target = current(), staged()  # a day and an hour old
    between = [build(2), build(12), build(23)]
    others = [
        build(0.5),
        build(25),
        build(3, ready_state="ERROR"),
        preview("dpl_p", created_at=NOON - timedelta(hours=4)),
        here,
        target,
    ]
    assert builds_between(here, target, [*others, *between]) == 3
    assert builds_between(target, here, between) == 3
    assert builds_between(None, target, between) is None
    assert builds_between(here, target, []) == 0
